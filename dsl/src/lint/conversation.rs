//! How long ago the customer may have written when a message goes out: a WhatsApp message without an approved template is
//! taken only within 24 hours. And messages that go out right after everything was paid.
//!
//! The longest time is followed along every way, from an answer on; a way on which nobody answered is too long from
//! the start. What a handler comes back to counts as the wait itself.

use crate::diagnostic::Diagnostic;
use crate::problems::{ConversationMayBeOver, MessageAfterPayment};
use crate::program::{Op, OpId, Program, Slice, Trigger, Until};
use crate::values::{Channel, Lapse};
use std::collections::BTreeSet;

/// Minutes in which an answer without an approved template is taken.
const WINDOW: u32 = 24 * 60;

pub(super) fn check(program: &Program, findings: &mut Vec<Diagnostic>) {
    let since = since_the_answer(program);
    for (at, op) in program.ops.iter().enumerate() {
        let Op::Send { channel, template, next, otherwise } = op else { continue };
        let may_be_whatsapp = channel.is_none_or(|channel| channel == Channel::Whatsapp);
        let form = program.templates.get(usize::from(template.0)).and_then(|t| t.form(Channel::Whatsapp));
        let is_free = form.is_some_and(|form| form.approved_as.is_empty());
        let is_late = since.get(at).copied().flatten().is_some_and(|minutes| minutes >= WINDOW);
        if may_be_whatsapp && is_free && is_late && next == otherwise {
            let name = program.template_name(*template).to_owned();
            let span = program.origin.ops.get(at).map(|(span, _)| *span).unwrap_or_default();
            findings.push(Diagnostic::new(ConversationMayBeOver { name }, span));
        }
    }
    after_payment(program, findings);
}

/// For each operation the most minutes since the customer's last answer; `None` where nobody comes.
fn since_the_answer(program: &Program) -> Vec<Option<u32>> {
    let mut since: Vec<Option<u32>> = vec![None; program.ops.len()];
    let mut open: Vec<(OpId, u32)> = Vec::new();
    if let Some(start) = program.steps.get(usize::from(program.start.0)) {
        open.push((start.entry, WINDOW));
    }
    open.extend(handled(program, program.always, WINDOW));
    while let Some((at, minutes)) = open.pop() {
        let minutes = minutes.min(WINDOW);
        match since.get_mut(at.0 as usize) {
            Some(known) if known.is_none_or(|known| known < minutes) => *known = Some(minutes),
            _ => continue,
        }
        let mut to = |next: OpId| open.push((next, minutes));
        match program.op(at) {
            Op::Send { next, otherwise, .. } => {
                to(*next);
                to(*otherwise);
            }
            Op::Escalate { next }
            | Op::Note { next, .. }
            | Op::Tag { next, .. }
            | Op::Set { next, .. }
            | Op::Hold { next, .. }
            | Op::Block { next, .. }
            | Op::Release { next } => to(*next),
            Op::Branch { then, otherwise, .. } => {
                to(*then);
                to(*otherwise);
            }
            Op::Wait { until, handlers, timeout } => {
                let after = minutes.saturating_add(longest(until));
                open.push((*timeout, after));
                open.extend(handled(program, *handlers, after));
            }
            Op::Assign { handlers, timeout, next, due, .. } => {
                let after = minutes.saturating_add(due.map_or(WINDOW, lapse));
                open.extend([(*timeout, after), (*next, after)]);
                open.extend(handled(program, *handlers, after));
            }
            Op::Await { up_to, handlers, timeout, next, .. } => {
                let after = minutes.saturating_add(up_to.map_or(WINDOW, lapse));
                open.extend([(*timeout, after), (*next, after)]);
                open.extend(handled(program, *handlers, after));
            }
            Op::Repeat { body, .. } => to(*body),
            Op::Again { body, next, .. } => {
                to(*body);
                to(*next);
            }
            Op::Split { ways, .. } => ways.iter().for_each(|way| to(way.body)),
            Op::Go(step) => {
                if let Some(step) = program.steps.get(usize::from(step.0)) {
                    to(step.entry);
                }
            }
            Op::End(_) | Op::Resume => {}
        }
    }
    since
}

/// An answer begins the conversation anew; everything else may happen at the end of the wait.
fn handled(program: &Program, handlers: Slice, after: u32) -> Vec<(OpId, u32)> {
    let one = |trigger: Trigger| match trigger {
        Trigger::Response(_) | Trigger::AnyResponse => 0,
        _ => after,
    };
    handlers.of(&program.handlers).iter().map(|handler| (handler.body, one(handler.trigger))).collect()
}

fn longest(until: &Until) -> u32 {
    match until {
        Until::For(lapse) => self::lapse(*lapse),
        _ => WINDOW,
    }
}

fn lapse(lapse: Lapse) -> u32 {
    match lapse {
        Lapse::Seconds(seconds) => seconds.div_ceil(60),
        Lapse::Days(0) => 0,
        _ => WINDOW,
    }
}

/// Who has paid everything is not asked for money: a message that asks for it, sent at once, is refused by the gate.
fn after_payment(program: &Program, findings: &mut Vec<Diagnostic>) {
    let paid = program.handlers.iter().filter(|handler| handler.trigger == Trigger::FullPayment);
    let mut told = BTreeSet::new();
    for handler in paid {
        let (mut at, mut seen) = (handler.body, BTreeSet::new());
        // Past a wait or a question something may be owed again.
        while seen.insert(at) {
            at = match program.op(at) {
                Op::Send { template, next, .. } => {
                    let forms = program.templates.get(usize::from(template.0)).map_or(&[][..], |t| &t.forms);
                    if forms.iter().any(|form| form.purpose.asks_for_payment()) && told.insert(at) {
                        let name = program.template_name(*template).to_owned();
                        let span = program.origin.ops.get(at.0 as usize).map(|(span, _)| *span);
                        findings
                            .push(Diagnostic::new(MessageAfterPayment { name }, span.unwrap_or_default()));
                    }
                    *next
                }
                Op::Escalate { next }
                | Op::Note { next, .. }
                | Op::Block { next, .. }
                | Op::Tag { next, .. }
                | Op::Set { next, .. } => *next,
                Op::Go(step) => match program.steps.get(usize::from(step.0)) {
                    Some(step) => step.entry,
                    None => break,
                },
                _ => break,
            };
        }
    }
}
