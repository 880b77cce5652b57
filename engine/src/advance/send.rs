//! `send` and `escalate`: ask the gate, then hand the message over, wait, or take the other way.

use super::message::{is_complete, written};
use super::{Next, Walk};
use crate::contacts::Contact;
use crate::effect::{Effect, Message};
use crate::gate::{self, Answer, Reach, Rule};
use crate::record::{Entry, Recorder, Skipped};
use crate::run::Park;
use cobro_dsl::program::{Document, Form, OpId, TemplateId};
use cobro_dsl::values::Channel;

impl<R: Recorder> Walk<'_, R> {
    pub(super) fn send(
        &mut self,
        at: OpId,
        channel: Option<Channel>,
        template: TemplateId,
        next: OpId,
        otherwise: OpId,
    ) -> Next {
        let mut passed = Vec::new();
        let (channel, answer) = match channel {
            Some(channel) => (Some(channel), self.ask(channel, template)),
            None => self.first_channel(template, &mut passed),
        };
        match (channel, answer) {
            (Some(channel), Answer::Now { reach, used }) => {
                self.hand_over(at, channel, template, reach, used, passed);
                Next::Op(next)
            }
            (Some(channel), Answer::NotBefore { at: until, rule }) => {
                let template = template.0;
                self.record(|| Entry::Deferred { channel, template, until, rule, passed, op: at.0 });
                self.park(at, Park::Gate, Some(until))
            }
            (channel, Answer::Never { rule }) => {
                self.record(|| Entry::Refused { channel, template: template.0, rule, passed, op: at.0 });
                Next::Op(otherwise)
            }
            (None, _) => Next::Op(otherwise),
        }
    }

    /// Where a message without a named channel goes: the conversation that the customer opened last, then the
    /// channel of the last message, then the ladder from its top; the first on which the gate does not say never.
    /// The channels that were passed over are told with their reasons, so that nothing unsent is without a record.
    fn first_channel(&self, template: TemplateId, passed: &mut Vec<Skipped>) -> (Option<Channel>, Answer) {
        let conversation = self.customer.conversation(self.now);
        let last = self.run().and_then(|run| run.channel).filter(|last| Some(*last) != conversation);
        let ladder = self.context.program.contact.ladder.iter().copied();
        let ladder = ladder.filter(|rung| Some(*rung) != last && Some(*rung) != conversation);
        for channel in conversation.into_iter().chain(last).chain(ladder) {
            match self.ask(channel, template) {
                Answer::Never { rule } => passed.push(Skipped { channel, rule }),
                answer => return (Some(channel), answer),
            }
        }
        if passed.is_empty() {
            return (None, Answer::Never { rule: Rule::NoChannelLeft });
        }
        // The first is the one that the message was meant for.
        let Skipped { channel, rule } = passed.remove(0);
        (Some(channel), Answer::Never { rule })
    }

    /// Sends the last message again on the next rung of the ladder on which the gate does not say never.
    pub(super) fn escalate(&mut self, at: OpId, next: OpId) -> Next {
        let Some((from, template)) = self.run().map(|run| (run.channel, run.template)) else {
            return Next::Rest;
        };
        let Some(template) = template else {
            let (rule, passed) = (Rule::NoForm, Vec::new());
            self.record(|| Entry::Refused { channel: None, template: 0, rule, passed, op: at.0 });
            return Next::Op(next);
        };
        let ladder = &self.context.program.contact.ladder;
        let above = ladder.iter().position(|rung| Some(*rung) == from).map_or(0, |rung| rung + 1);
        let mut skipped = Vec::new();
        for channel in ladder.iter().copied().skip(above) {
            match self.ask(channel, template) {
                Answer::Never { rule } => skipped.push(Skipped { channel, rule }),
                Answer::NotBefore { at: until, rule } => {
                    let (template, passed) = (template.0, skipped);
                    self.record(|| Entry::Deferred { channel, template, until, rule, passed, op: at.0 });
                    return self.park(at, Park::Gate, Some(until));
                }
                Answer::Now { reach, used } => {
                    self.record(|| Entry::Escalated { from, to: Some(channel), skipped, op: at.0 });
                    self.hand_over(at, channel, template, reach, used, Vec::new());
                    return Next::Op(next);
                }
            }
        }
        self.record(|| Entry::Escalated { from, to: None, skipped, op: at.0 });
        Next::Op(next)
    }

    fn form(&self, channel: Channel, template: TemplateId) -> Option<&Form> {
        self.context.program.templates.get(usize::from(template.0))?.form(channel)
    }

    /// Asks the gate about a message on a channel; a message that cannot be written is refused before.
    fn ask(&self, channel: Channel, template: TemplateId) -> Answer {
        let Some(form) = self.form(channel, template) else { return Answer::Never { rule: Rule::NoForm } };
        if self.is_late && form.purpose.asks_for_payment() {
            return Answer::Never { rule: Rule::Late };
        }
        let Some(account) = self.account() else { return Answer::Never { rule: Rule::NoAddress } };
        let answer = gate::ask(&gate::Question {
            law: self.context.law,
            policy: &self.context.program.contact,
            customer: self.customer,
            account,
            debt: self.debt(),
            zone: self.zone,
            other_zones: self.context.law.other_zones(self.customer),
            channel,
            purpose: form.purpose,
            now: self.now,
            decided: None,
            asks_identity: self.context.program.identity.is_some() && form.discloses,
        });
        if let Answer::Now { .. } = answer {
            let facts = crate::facts::Facts { customer: self.customer, account, today: self.today };
            if let Err(rule) = is_complete(form, &facts) {
                return Answer::Never { rule };
            }
        }
        answer
    }

    fn hand_over(
        &mut self,
        at: OpId,
        channel: Channel,
        template: TemplateId,
        reach: Reach,
        used: Option<(u32, u32)>,
        passed: Vec<Skipped>,
    ) {
        let asks = self.form(channel, template).is_some_and(|form| form.purpose.asks_for_payment());
        let now = self.now;
        let Some(run) = self.run_mut() else { return };
        let step = run.step;
        run.messages += 1;
        // A receipt or an answer on the way is not what an escalation would send again.
        if asks {
            run.channel = Some(channel);
            run.template = Some(template);
            run.sent_at = Some(now);
        }
        let number = run.messages;
        self.runs(step);
        let documents = if R::KEEPS { self.documents(channel, template) } else { Vec::new() };
        let going = documents.clone();
        self.record(|| {
            let template = template.0;
            Entry::Sent {
                message: number,
                channel,
                template,
                reach,
                used,
                passed,
                documents: going,
                op: at.0,
            }
        });
        // Written out before the contact is noted, so that the text tells the facts that the gate saw.
        let (mut subject, mut text, mut address) = (String::new(), String::new(), String::new());
        if R::KEEPS {
            if let (Some(form), Some(account)) = (self.form(channel, template), self.account()) {
                let facts = crate::facts::Facts { customer: self.customer, account, today: self.today };
                (subject, text) = written(form, &facts);
            }
            address = self.customer.address(channel).unwrap_or("").to_owned();
        }
        if let Some(account) = self.account_mut() {
            account.went_out(reach, channel, true);
        }
        if self.context.law.counts(reach) {
            let contact = Contact::new(self.now, channel, self.debt(), number);
            self.customer.contacts.record(contact);
        }
        let webhook = String::new();
        let message =
            Message { number, channel, address, template, reach, subject, text, documents, webhook };
        self.effects.push(Effect::SendMessage(message));
    }

    /// The documents that go with a message, as the account is now.
    fn documents(&self, channel: Channel, template: TemplateId) -> Vec<String> {
        let (Some(form), Some(account)) = (self.form(channel, template), self.account()) else {
            return Vec::new();
        };
        let invoice = |invoice: &crate::customer::Invoice| format!("invoice {}", invoice.id);
        let unpaid = || account.issued_by(self.today).filter(|invoice| invoice.open > 0);
        let of = |document: &Document| -> Vec<String> {
            match document {
                Document::Invoice => account.oldest_unpaid(self.today).map(invoice).into_iter().collect(),
                Document::Invoices => unpaid().map(invoice).collect(),
                Document::Statement => vec![format!("statement {}", account.id)],
            }
        };
        form.documents.iter().flat_map(of).collect()
    }
}
