//! Waits for an answer that no message asks for, and ladders that lead nowhere.

use super::{Flow, Reached, Sent};
use crate::diagnostic::Diagnostic;
use crate::keywords::Keyword;
use crate::problems::{AnswerWithoutMessage, EscalateNowhere, Problem};
use crate::program::{NameId, Op, OpId, Program, Slice, TemplateId, Trigger};
use crate::source::Span;
use crate::values::Channel;
use std::collections::BTreeMap;

pub(super) fn check(flow: &Flow<'_>, findings: &mut Vec<Diagnostic>) {
    let program = &flow.draft.program;
    let sent = sends(flow);
    let mut answers = Answers {
        flow,
        answerable: Reached::from(&flow.graph, sent.iter().map(|(op, _)| *op)),
        by_button: BTreeMap::new(),
        sent: &sent,
    };
    let climbing = sent.iter().filter(|(op, template)| climbs(program, *op, *template));
    let can_escalate = Reached::from(&flow.graph, climbing.map(|(op, _)| *op));
    for op in flow.ops().filter(|op| flow.reached.contains(*op)) {
        match program.op(op) {
            Op::Wait { handlers, .. } | Op::Assign { handlers, .. } | Op::Await { handlers, .. } => {
                answers.check(op, *handlers, findings);
            }
            Op::Escalate { .. } if !can_escalate.contains(op) => {
                let name =
                    last_before(flow, &sent, op).map(|template| program.template_name(template).to_owned());
                findings.push(Diagnostic::new(EscalateNowhere { name }, flow.place(op)));
            }
            _ => {}
        }
    }
}

struct Answers<'a> {
    flow: &'a Flow<'a>,
    /// Where some message may have been sent before.
    answerable: Reached,
    /// Where a message with a button may have been sent before.
    by_button: BTreeMap<NameId, Reached>,
    sent: &'a [Sent],
}

impl Answers<'_> {
    fn check(&mut self, op: OpId, handlers: Slice, findings: &mut Vec<Diagnostic>) {
        let program = &self.flow.draft.program;
        for (at, handler) in handlers.of(&program.handlers).iter().enumerate() {
            let button = match handler.trigger {
                Trigger::AnyResponse => None,
                Trigger::Response(name) if program.intents.iter().any(|intent| intent.name == name) => None,
                Trigger::Response(button) => Some(button),
                _ => continue,
            };
            let has_message = self.answerable.contains(op);
            if has_message && button.is_none_or(|button| self.may_be_pressed(button, op)) {
                continue;
            }
            let place = program.origin.handlers.get(handlers.start as usize + at);
            let place = place.map_or(self.flow.place(op), |(span, _)| *span);
            // A button that no message of the file has was told when the names were checked.
            if is_told(findings, place) {
                continue;
            }
            let always = Keyword::Always.word(program.lang);
            let step = program.step_of(op).map_or(always, |step| program.step_name(step)).to_owned();
            let button = button.filter(|_| has_message).map(|button| program.name(button).to_owned());
            findings.push(Diagnostic::new(AnswerWithoutMessage { step, button }, place));
        }
    }

    fn may_be_pressed(&mut self, button: NameId, at: OpId) -> bool {
        let program = &self.flow.draft.program;
        let reached = self.by_button.entry(button).or_insert_with(|| {
            let with_it = self.sent.iter().filter(|(_, template)| has_button(program, *template, button));
            Reached::from(&self.flow.graph, with_it.map(|(op, _)| *op))
        });
        reached.contains(at)
    }
}

fn is_told(findings: &[Diagnostic], place: Span) -> bool {
    findings.iter().any(|finding| {
        let is_inside = place.start <= finding.span.start && finding.span.end <= place.end;
        is_inside && matches!(finding.problem, Problem::UnknownButton(_))
    })
}

fn has_button(program: &Program, template: TemplateId, button: NameId) -> bool {
    let forms = program.templates.get(usize::from(template.0)).map_or(&[][..], |template| &template.forms);
    forms.iter().flat_map(|form| &form.buttons).any(|known| known.name == button)
}

/// The messages that some account may get.
fn sends(flow: &Flow<'_>) -> Vec<Sent> {
    let reached = flow.ops().filter(|op| flow.reached.contains(*op));
    let sent = reached.filter_map(|op| match flow.draft.program.op(op) {
        Op::Send { template, .. } => Some((op, *template)),
        _ => None,
    });
    sent.collect()
}

/// Of the messages that may come before an operation the one nearest above it in the text.
fn last_before(flow: &Flow<'_>, sent: &[Sent], at: OpId) -> Option<TemplateId> {
    let before = sent.iter().filter(|(op, _)| Reached::from(&flow.graph, [*op]).contains(at));
    before
        .max_by_key(|(op, _)| (flow.place(*op) < flow.place(at), flow.place(*op)))
        .map(|(_, template)| *template)
}

/// Has the message a form for a rung of the ladder above the channel it is sent on?
fn climbs(program: &Program, send: OpId, template: TemplateId) -> bool {
    let Op::Send { channel, .. } = program.op(send) else { return false };
    let Some(template) = program.templates.get(usize::from(template.0)) else { return false };
    let ladder = &program.contact.ladder;
    let has_form = |rung: &Channel| template.form(*rung).is_some();
    let above = match channel {
        Some(channel) => ladder.iter().position(|rung| rung == channel).map_or(0, |rung| rung + 1),
        // Without a channel it goes out on the first rung that takes it, at best.
        None => ladder.iter().position(has_form).map_or(ladder.len(), |rung| rung + 1),
    };
    ladder.iter().skip(above).any(has_form)
}
