//! A strategy's messages together: tone by age, one text for every age, answers that nobody takes, agreements that leave
//! no trace.

use super::segments::days_at_entry;
use super::words::words;
use crate::ast::Strategy;
use crate::diagnostic::Diagnostic;
use crate::graph::words::trigger as trigger_words;
use crate::problems::{AgreementNotRecorded, HarshForItsAge, NobodyTakes, SameTextForEveryAge};
use crate::program::{Form, Handler, Op, OpId, Piece, Program, TemplateId, Trigger};
use crate::ranges::Ranges;
use crate::source::Span;
use std::collections::BTreeSet;

/// A debt of so many days is young: a message about it does not speak of courts.
const YOUNG_DAYS: i64 = 30;
/// A strategy over more days than these should not say the same thing throughout.
const SAME_TEXT_DAYS: i64 = 60;

pub(super) fn check(strategy: &Strategy, program: &Program, findings: &mut Vec<Diagnostic>) {
    let sends: Vec<(OpId, TemplateId)> = (0..program.ops.len() as u32)
        .map(OpId)
        .filter_map(|op| match program.op(op) {
            Op::Send { template, .. } => Some((op, *template)),
            _ => None,
        })
        .collect();
    let days = days_at_entry(program);
    tone(program, &sends, days.as_ref(), findings);
    same_text(strategy, program, &sends, days.as_ref(), findings);
    untaken(strategy, program, &sends, findings);
    agreements(program, findings);
}

fn place(program: &Program, op: OpId) -> Span {
    program.origin.ops.get(op.0 as usize).map(|(span, _)| *span).unwrap_or_default()
}

fn forms(program: &Program, template: TemplateId) -> &[Form] {
    program.templates.get(usize::from(template.0)).map_or(&[], |template| &template.forms)
}

fn told(form: &Form) -> String {
    let words = form.text.iter().filter_map(|piece| match piece {
        Piece::Text(text) => Some(text.as_str()),
        Piece::Fact(_) | Piece::Field(..) => None,
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A strategy that takes only young debts does not speak of courts.
fn tone(
    program: &Program,
    sends: &[(OpId, TemplateId)],
    days: Option<&Ranges>,
    findings: &mut Vec<Diagnostic>,
) {
    let Some(most) = days.and_then(Ranges::greatest).filter(|most| *most <= YOUNG_DAYS) else { return };
    for (op, template) in sends {
        let list = words(program.lang);
        let word = forms(program, *template).iter().find_map(|form| list.find("late", &told(form)));
        if let Some(word) = word {
            let problem = HarshForItsAge { word: word.to_owned(), days: most };
            findings.push(Diagnostic::new(problem, place(program, *op)));
        }
    }
}

/// Accounts of many ages get one message and no other.
fn same_text(
    strategy: &Strategy,
    program: &Program,
    sends: &[(OpId, TemplateId)],
    days: Option<&Ranges>,
    findings: &mut Vec<Diagnostic>,
) {
    let asks =
        |template: &TemplateId| forms(program, *template).iter().any(|form| form.purpose.asks_for_payment());
    let asked: Vec<&TemplateId> = sends.iter().map(|(_, template)| template).filter(|t| asks(t)).collect();
    let distinct: BTreeSet<_> = asked.iter().collect();
    let is_long = match days {
        Some(days) => days.greatest().is_none_or(|most| most - days.least().unwrap_or(0) > SAME_TEXT_DAYS),
        None => true,
    };
    if let (1, true, true, Some(only)) = (distinct.len(), asked.len() > 1, is_long, asked.first()) {
        let problem = SameTextForEveryAge { name: program.template_name(**only).to_owned() };
        findings.push(Diagnostic::new(problem, strategy.name.span));
    }
}

/// A button that is offered and that no handler answers; a dispute that nobody takes.
fn untaken(
    strategy: &Strategy,
    program: &Program,
    sends: &[(OpId, TemplateId)],
    findings: &mut Vec<Diagnostic>,
) {
    let takes = |wanted: Trigger| program.handlers.iter().any(|handler| handler.trigger == wanted);
    if takes(Trigger::AnyResponse) {
        return;
    }
    let mut seen = BTreeSet::new();
    for (op, template) in sends {
        for button in forms(program, *template).iter().flat_map(|form| &form.buttons) {
            if !takes(Trigger::Response(button.name)) && seen.insert(button.name) {
                let what = trigger_words(program, Trigger::Response(button.name), program.lang);
                findings.push(Diagnostic::new(NobodyTakes { what }, place(program, *op)));
            }
        }
    }
    let asks = sends.iter().flat_map(|(_, t)| forms(program, *t)).any(|form| form.purpose.asks_for_payment());
    if asks && !takes(Trigger::Dispute) {
        let what = trigger_words(program, Trigger::Dispute, program.lang);
        findings.push(Diagnostic::new(NobodyTakes { what }, strategy.name.span));
    }
}

/// A customer agrees to something by a button, and nothing is written down about it.
fn agreements(program: &Program, findings: &mut Vec<Diagnostic>) {
    let list = words(program.lang);
    let labels = |handler: &Handler| {
        let Trigger::Response(name) = handler.trigger else { return None };
        let buttons = program.templates.iter().flat_map(|t| &t.forms).flat_map(|form| &form.buttons);
        buttons.into_iter().find(|button| button.name == name).map(|button| button.label.clone())
    };
    for (at, handler) in program.handlers.iter().enumerate() {
        let Some(label) = labels(handler).filter(|label| list.find("agree", label).is_some()) else {
            continue;
        };
        if !writes_down(program, handler.body) {
            let span = program.origin.handlers.get(at).map(|(span, _)| *span).unwrap_or_default();
            findings.push(Diagnostic::new(AgreementNotRecorded { label }, span));
        }
    }
}

/// Is something noted, tagged, set or given to a person on the way from here, before a wait?
fn writes_down(program: &Program, from: OpId) -> bool {
    let (mut at, mut seen) = (from, BTreeSet::new());
    while seen.insert(at) {
        at = match program.op(at) {
            Op::Note { .. } | Op::Block { .. } | Op::Tag { .. } | Op::Set { .. } | Op::Assign { .. } => {
                return true;
            }
            Op::Send { next, .. } | Op::Escalate { next } => *next,
            Op::Go(step) => match program.steps.get(usize::from(step.0)) {
                Some(step) => step.entry,
                None => return false,
            },
            _ => return false,
        };
    }
    false
}
