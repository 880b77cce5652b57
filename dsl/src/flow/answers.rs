//! Waits for an answer where no message can be answered, and ladders that lead nowhere.

use super::{Flow, from};
use crate::diagnostic::Diagnostic;
use crate::problems::{AnswerWithoutMessage, EscalateNowhere};
use crate::program::{Op, OpId, Program, TemplateId, Trigger};
use std::collections::BTreeSet;

pub(super) fn check(flow: &Flow<'_>, findings: &mut Vec<Diagnostic>) {
    let program = &flow.draft.program;
    let sent = sends(flow);
    let answerable = from(&flow.graph, sent.iter().map(|(op, _)| *op));
    let has_other_forms = |template: &TemplateId| other_forms(program, *template);
    let can_escalate = from(&flow.graph, sent.iter().filter(|(_, t)| has_other_forms(t)).map(|(op, _)| *op));
    for op in flow.reached.iter().copied() {
        let place = program.origin.ops.get(op.0 as usize).map(|(span, _)| *span).unwrap_or_default();
        match program.op(op) {
            Op::Wait { handlers, .. } if !answerable.contains(&op) => {
                let waits = |trigger| matches!(trigger, Trigger::Response(_) | Trigger::AnyResponse);
                let at = handlers.of(&program.handlers).iter().position(|handler| waits(handler.trigger));
                let Some(at) = at else { continue };
                let span = program
                    .origin
                    .handlers
                    .get(handlers.start as usize + at)
                    .map_or(place, |(span, _)| *span);
                let step = program.step_of(op).map_or("", |step| program.step_name(step)).to_owned();
                findings.push(Diagnostic::new(AnswerWithoutMessage { step }, span));
            }
            Op::Escalate { .. } if !can_escalate.contains(&op) => {
                let name =
                    sent.first().map_or_else(String::new, |(_, t)| program.template_name(*t).to_owned());
                findings.push(Diagnostic::new(EscalateNowhere { name }, place));
            }
            _ => {}
        }
    }
}

/// The messages that some account may get.
fn sends(flow: &Flow<'_>) -> Vec<(OpId, TemplateId)> {
    let reached: &BTreeSet<OpId> = &flow.reached;
    reached
        .iter()
        .filter_map(|op| match flow.draft.program.op(*op) {
            Op::Send { template, .. } => Some((*op, *template)),
            _ => None,
        })
        .collect()
}

fn other_forms(program: &Program, template: TemplateId) -> bool {
    let forms = program.templates.get(usize::from(template.0)).map_or(0, |template| template.forms.len());
    forms > 1
}
