//! Segments over one fact that overlap or leave a gap, and what an account may be when it enters.

use crate::ast::{Clause, Strategy};
use crate::diagnostic::Diagnostic;
use crate::problems::{SegmentsLeaveGap, SegmentsOverlap};
use crate::program::Program;
use crate::program::expr::{Expr, ExprId};
use crate::ranges::{FACTS, LEAST, Ranges, ranges, said};
use crate::source::Span;
use crate::vocabulary::Fact;

/// Segments over one fact are told apart by it: an account is in one of them, and in one only.
pub(super) fn check(strategy: &Strategy, program: &Program, findings: &mut Vec<Diagnostic>) {
    let span = |name: &str| {
        strategy.clauses.iter().find_map(|clause| match &clause.is {
            Clause::Condition(condition) if condition.name.text == name => Some(condition.name.span),
            _ => None,
        })
    };
    for fact in FACTS {
        let mut known: Vec<(&str, Ranges, Span)> = Vec::new();
        for (name, holds) in &program.segments {
            let (Some(ranges), Some(span)) = (ranges(program, *holds, fact), span(name)) else { continue };
            let clash = known.iter().find_map(|(other, theirs, at)| {
                let both = ranges.and(theirs);
                Some((*other, *at, *both.0.first()?))
            });
            if let Some((other, at, (low, high))) = clash {
                let value = if low == LEAST { high } else { low };
                let problem = SegmentsOverlap {
                    name: name.clone(),
                    other: other.to_owned(),
                    value: said(program, fact, value),
                    fact: fact.name(program.lang).to_owned(),
                };
                findings.push(Diagnostic::new(problem, span).also(
                    at,
                    "el otro segmento",
                    "the other segment",
                ));
            }
            known.push((name, ranges, span));
        }
        if known.len() < 2 {
            continue;
        }
        let together = known.iter().fold(Ranges(Vec::new()), |all, (_, ranges, _)| all.or(ranges));
        // What lies between two segments; what lies beyond the first and the last is left out on purpose.
        for pair in together.0.windows(2) {
            let [(_, end), (start, _)] = pair else { continue };
            let (from, to) = (end.saturating_add(1), start.saturating_sub(1));
            let last = known.iter().rev().find(|(_, ranges, _)| ranges.0.iter().any(|(low, _)| low == start));
            if let Some((_, _, span)) = last {
                let problem = SegmentsLeaveGap {
                    from: said(program, fact, from),
                    to: said(program, fact, to),
                    fact: fact.name(program.lang).to_owned(),
                };
                findings.push(Diagnostic::new(problem, *span));
            }
        }
    }
}

/// The days past due with which an account may enter; `None` when the condition does not say.
pub(super) fn days_at_entry(program: &Program) -> Option<Ranges> {
    fn joined(program: &Program, id: ExprId) -> Option<Ranges> {
        match program.exprs.get(id)? {
            Expr::And(x, y) => match (joined(program, *x), joined(program, *y)) {
                (Some(x), Some(y)) => Some(x.and(&y)),
                (one, other) => one.or(other),
            },
            _ => ranges(program, id, Fact::DaysPastDue),
        }
    }
    joined(program, program.enter).filter(|days| *days != Ranges::all())
}
