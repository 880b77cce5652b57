//! `send` and `escalate`: ask the gate, then hand the message over, wait, or take the other way.

use super::message::{is_complete, render};
use super::{Next, Walk};
use crate::contacts::Contact;
use crate::effect::{Effect, Message};
use crate::gate::{self, Answer, Reach, Rule};
use crate::record::{Entry, Recorder, Skipped};
use crate::run::Park;
use cobro_dsl::program::{Form, OpId, TemplateId};
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
        let (channel, answer) = match channel {
            Some(channel) => (Some(channel), self.ask(channel, template)),
            None => self.first_channel(template),
        };
        match (channel, answer) {
            (Some(channel), Answer::Now { reach, used }) => {
                self.hand_over(at, channel, template, reach, used);
                Next::Op(next)
            }
            (Some(channel), Answer::NotBefore { at: until, rule }) => {
                self.record(|| Entry::Deferred { channel, template: template.0, until, rule, op: at.0 });
                self.park(at, Park::Gate, Some(until))
            }
            (channel, Answer::Never { rule }) => {
                self.record(|| Entry::Refused { channel, template: template.0, rule, op: at.0 });
                Next::Op(otherwise)
            }
            (None, _) => Next::Op(otherwise),
        }
    }

    /// Where a message without a named channel goes: the conversation that the customer opened last, then the
    /// channel of the last message, then the ladder from its top; the first on which the gate does not say never.
    fn first_channel(&self, template: TemplateId) -> (Option<Channel>, Answer) {
        let conversation = self.customer.conversation(self.now);
        let last = self.run().and_then(|run| run.channel).filter(|last| Some(*last) != conversation);
        let ladder = self.context.program.contact.ladder.iter().copied();
        let ladder = ladder.filter(|rung| Some(*rung) != last && Some(*rung) != conversation);
        let mut first_no = None;
        for channel in conversation.into_iter().chain(last).chain(ladder) {
            match self.ask(channel, template) {
                Answer::Never { rule } => first_no = first_no.or(Some((channel, rule))),
                answer => return (Some(channel), answer),
            }
        }
        match first_no {
            Some((channel, rule)) => (Some(channel), Answer::Never { rule }),
            None => (None, Answer::Never { rule: Rule::NoChannelLeft }),
        }
    }

    /// Sends the last message again on the next rung of the ladder on which the gate does not say never.
    pub(super) fn escalate(&mut self, at: OpId, next: OpId) -> Next {
        let Some((from, template)) = self.run().map(|run| (run.channel, run.template)) else {
            return Next::Rest;
        };
        let Some(template) = template else {
            let rule = Rule::NoForm;
            self.record(|| Entry::Refused { channel: None, template: 0, rule, op: at.0 });
            return Next::Op(next);
        };
        let ladder = &self.context.program.contact.ladder;
        let above = ladder.iter().position(|rung| Some(*rung) == from).map_or(0, |rung| rung + 1);
        let mut skipped = Vec::new();
        for channel in ladder.iter().copied().skip(above) {
            match self.ask(channel, template) {
                Answer::Never { rule } => skipped.push(Skipped { channel, rule }),
                Answer::NotBefore { at: until, rule } => {
                    self.record(|| Entry::Deferred { channel, template: template.0, until, rule, op: at.0 });
                    return self.park(at, Park::Gate, Some(until));
                }
                Answer::Now { reach, used } => {
                    self.record(|| Entry::Escalated { from, to: Some(channel), skipped, op: at.0 });
                    self.hand_over(at, channel, template, reach, used);
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
            own_contact: None,
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
        self.record(|| Entry::Sent { message: number, channel, template: template.0, reach, used, op: at.0 });
        // Written out before the contact is noted, so that the text tells the facts that the gate saw.
        let (mut subject, mut text, mut address) = (String::new(), String::new(), String::new());
        if R::KEEPS {
            if let (Some(form), Some(account)) = (self.form(channel, template), self.account()) {
                let facts = crate::facts::Facts { customer: self.customer, account, today: self.today };
                (subject, text) = (render(&form.subject, &facts), render(&form.text, &facts));
            }
            address = self.customer.address(channel).unwrap_or("").to_owned();
        }
        if self.context.law.counts(reach) {
            let contact = Contact::new(self.now, channel, self.debt(), number);
            self.customer.contacts.record(contact);
        }
        let message = Message { number, channel, address, template, reach, subject, text };
        self.effects.push(Effect::SendMessage(message));
    }
}
