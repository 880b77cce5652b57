//! Conditions whose order makes one of them do nothing: a question that was answered above, a stricter handler above a wider.
//!
//! In: a program. Out: advice at the condition that does nothing. Two conditions are compared where both speak of one fact
//! alone.

use crate::diagnostic::Diagnostic;
use crate::graph;
use crate::problems::{AnsweredAbove, StricterAboveWider};
use crate::program::expr::ExprId;
use crate::program::{Handler, Op, OpId, Program};
use crate::ranges::{FACTS, Ranges, ranges};

pub(super) fn check(program: &Program, findings: &mut Vec<Diagnostic>) {
    branches(program, findings);
    let scopes = program.steps.iter().flat_map(|step| &step.scopes);
    let waits = program.ops.iter().filter_map(|op| match op {
        Op::Wait { handlers, .. } | Op::Assign { handlers, .. } | Op::Await { handlers, .. } => {
            Some(handlers)
        }
        _ => None,
    });
    let mut seen = Vec::new();
    for slice in scopes.chain(waits).chain([&program.always]) {
        if slice.len > 1 && !seen.contains(slice) {
            seen.push(*slice);
            handlers(program, slice.start, slice.of(&program.handlers), findings);
        }
    }
}

/// An `if` that is only asked when another was not met, and can only be met where that one is.
fn branches(program: &Program, findings: &mut Vec<Diagnostic>) {
    let ways = graph::operations(program);
    let sole = |op: OpId| {
        let mut before = ways.neighbors_directed(graph::node(op), petgraph::Direction::Incoming);
        let first = before.next().map(|node| OpId(node.index() as u32));
        first.filter(|_| before.next().is_none())
    };
    for (at, op) in program.ops.iter().enumerate() {
        let Op::Branch { condition, .. } = op else { continue };
        let mut above: Vec<(OpId, ExprId)> = Vec::new();
        let mut from = OpId(at as u32);
        while let Some(before) = sole(from).filter(|before| above.iter().all(|(known, _)| known != before)) {
            match program.op(before) {
                Op::Branch { condition, then, otherwise } if *otherwise == from && then != otherwise => {
                    above.push((before, *condition));
                }
                _ => break,
            }
            from = before;
        }
        let hidden = FACTS.iter().find_map(|fact| {
            let own = ranges(program, *condition, *fact)?;
            let mut met = Ranges(Vec::new());
            above.iter().find(|(_, other)| {
                if let Some(other) = ranges(program, *other, *fact) {
                    met = met.or(&other);
                }
                own.is_within(&met)
            })
        });
        if let Some((by, _)) = hidden {
            let span =
                |op: OpId| program.origin.ops.get(op.0 as usize).map(|(span, _)| *span).unwrap_or_default();
            let finding = Diagnostic::new(AnsweredAbove, span(OpId(at as u32)));
            findings.push(finding.also(span(*by), "ya preguntado aquí", "asked here already"));
        }
    }
}

/// A handler that is only an arrow gives way to a later one that is too: above a wider one it is never taken when both hold.
fn handlers(program: &Program, start: u32, handlers: &[Handler], findings: &mut Vec<Diagnostic>) {
    let arrow = |handler: &Handler| {
        let is_arrow = matches!(program.op(handler.body), Op::Go(_) | Op::End(_));
        handler.trigger.condition().filter(|_| is_arrow)
    };
    let place = |row: usize| program.origin.handlers.get(start as usize + row).map(|(span, _)| *span);
    for (row, handler) in handlers.iter().enumerate() {
        let Some(condition) = arrow(handler) else { continue };
        let wider = handlers.iter().enumerate().skip(row + 1).find(|(_, later)| {
            arrow(later).is_some_and(|later| {
                FACTS.iter().any(|fact| {
                    let both = (ranges(program, condition, *fact), ranges(program, later, *fact));
                    matches!(both, (Some(own), Some(later)) if own != later && own.is_within(&later))
                })
            })
        });
        if let (Some((later, _)), Some(span)) = (wider, place(row)) {
            let also = place(later).unwrap_or(span);
            let finding = Diagnostic::new(StricterAboveWider, span);
            findings.push(finding.also(also, "la más amplia", "the wider one"));
        }
    }
}
