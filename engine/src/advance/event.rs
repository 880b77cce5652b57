//! Events: first the facts, then the innermost handler that takes it, the enclosing ones, then `always`.

use super::Walk;
use crate::contacts::Reached;
use crate::input::{Answer, Event};
use crate::record::{Entry, EventSeen, Recorder, Taker};
use crate::run::Park;
use cobro_dsl::program::{NameId, Op, Program, Slice, Trigger};
use cobro_dsl::values::Channel;

/// A conversation that the customer opened stays open so long after their last answer (WhatsApp's customer
/// service window; taken for every channel).
const CONVERSATION_MILLIS: i64 = 24 * 3600 * 1000;

impl<R: Recorder> Walk<'_, R> {
    pub(super) fn event(&mut self, event: &Event) {
        let seen = self.update_facts(event);
        let is_open = self.run().is_some_and(|run| run.is_open());
        if !is_open {
            self.record(|| Entry::Happened { event: seen, taker: Taker::NoRun });
            return;
        }
        let trigger = self.trigger(event);
        let Some((handler, depth)) = trigger.and_then(|trigger| self.taker(trigger)) else {
            self.record(|| Entry::Happened { event: seen, taker: Taker::Nobody });
            self.task_done_without_handler(event);
            return;
        };
        let taker = match depth {
            Some(_) => Taker::Wait(handler),
            None => Taker::Always(handler),
        };
        self.record(|| Entry::Happened { event: seen, taker });
        let is_done = matches!(event, Event::TaskDone { .. });
        if let (Some(depth), Some(run)) = (depth, self.run_mut()) {
            // The handler stands on top of its own wait; what it interrupted inside that wait is over. A task
            // that is done is no longer waited for.
            run.stack.truncate(depth + usize::from(!is_done));
            if is_done {
                run.open_task = None;
            }
        }
        if let Some(handler) = self.context.program.handlers.get(handler as usize) {
            self.walk(handler.body);
        }
        // The deadline of a wait below may have passed while the handler ran.
        self.timer();
    }

    /// A result that nobody names: the task is over and the run goes on behind it.
    fn task_done_without_handler(&mut self, event: &Event) {
        let Event::TaskDone { task, .. } = event else { return };
        let program = self.context.program;
        let Some(run) = self.run_mut().filter(|run| run.open_task == Some(*task)) else { return };
        let Some(depth) = run.stack.iter().rposition(|place| place.park == Park::Task) else { return };
        let op = run.stack.get(depth).map(|place| place.op);
        run.stack.truncate(depth);
        run.open_task = None;
        if let Some(Op::Assign { next, .. }) = op.map(|op| program.op(op)) {
            self.walk(*next);
            self.timer();
        }
    }

    /// What happened changes what is known, whether or not a handler takes it.
    fn update_facts(&mut self, event: &Event) -> EventSeen {
        let (now, today, debt) = (self.now, self.today, self.debt());
        match event {
            Event::PaymentReceived { amount, invoice } => {
                let mut balance = 0;
                if let Some(account) = self.account_mut() {
                    account.pay(*amount, invoice.as_deref(), today);
                    balance = account.balance_on(today).minor;
                }
                EventSeen::Payment { amount: *amount, balance }
            }
            Event::ResponseReceived { channel, answer } => {
                let until = now.plus_millis(CONVERSATION_MILLIS);
                if let Some(conversation) = self.customer.conversations.get_mut(channel.index()) {
                    *conversation = Some(until);
                }
                self.customer.contacts.talk(now, *channel, debt);
                let (button, text) = match answer {
                    Answer::Button(button) => (button.clone(), String::new()),
                    Answer::Text(text) => (String::new(), text.clone()),
                };
                EventSeen::Response { channel: *channel, button, text }
            }
            Event::MessageDelivered { message } => {
                self.customer.contacts.mark(debt, *message, Reached::Device);
                EventSeen::Delivered { message: *message }
            }
            Event::MessageRead { message } => {
                self.customer.contacts.mark(debt, *message, Reached::Device);
                EventSeen::Read { message: *message }
            }
            Event::MessageNotDelivered { message } => {
                self.customer.contacts.mark(debt, *message, Reached::Nobody);
                EventSeen::NotDelivered { message: *message }
            }
            Event::OptedOut { channels } => {
                self.customer.opted_out.0 |= channels.0;
                EventSeen::OptedOut { channels: words(channels.iter()) }
            }
            Event::OptedIn { channels } => {
                self.customer.opted_out.0 &= !channels.0;
                EventSeen::OptedIn { channels: words(channels.iter()) }
            }
            Event::DisputeOpened | Event::DisputeClosed => {
                let is_open = *event == Event::DisputeOpened;
                if let Some(account) = self.account_mut() {
                    account.disputed = is_open;
                }
                if is_open { EventSeen::DisputeOpened } else { EventSeen::DisputeClosed }
            }
            Event::WrongPersonReached { channel } => {
                self.customer.blocked = self.customer.blocked.with(*channel);
                EventSeen::WrongPerson { channel: *channel }
            }
            Event::TaskDone { task, result } => EventSeen::TaskDone { task: *task, result: result.clone() },
        }
    }

    /// What handlers would call the event; `None` when none can be meant. Receipts count for the last message
    /// only: what became of an earlier one no longer says anything about where the run stands.
    fn trigger(&self, event: &Event) -> Option<Trigger> {
        let program = self.context.program;
        let is_last = |message: &u32| self.run().is_some_and(|run| run.messages == *message);
        match event {
            Event::PaymentReceived { .. } => {
                let is_paid = self.account()?.balance_on(self.today).minor <= 0;
                Some(if is_paid { Trigger::FullPayment } else { Trigger::PartialPayment })
            }
            Event::ResponseReceived { answer, .. } => Some(match answer {
                Answer::Button(button) => {
                    program.name_id(button).map_or(Trigger::AnyResponse, Trigger::Response)
                }
                Answer::Text(_) => Trigger::AnyResponse,
            }),
            Event::MessageDelivered { message } => is_last(message).then_some(Trigger::Delivered),
            Event::MessageRead { message } => is_last(message).then_some(Trigger::Read),
            Event::MessageNotDelivered { message } => is_last(message).then_some(Trigger::NotDelivered),
            Event::OptedOut { .. } => Some(Trigger::OptOut),
            Event::DisputeOpened => Some(Trigger::Dispute),
            Event::WrongPersonReached { .. } => Some(Trigger::WrongPerson),
            Event::TaskDone { task, result } => {
                let is_open = self.run().is_some_and(|run| run.open_task == Some(*task));
                let trigger = program.name_id(result).map_or(Trigger::AnyDone, Trigger::Done);
                is_open.then_some(trigger)
            }
            Event::DisputeClosed => Some(Trigger::DisputeClosed),
            Event::OptedIn { .. } => None,
        }
    }

    /// The handler that takes it, with the depth of the place it belongs to (`None` for `always`).
    fn taker(&self, trigger: Trigger) -> Option<(u32, Option<usize>)> {
        let program = self.context.program;
        let stack = &self.run()?.stack;
        for (depth, place) in stack.iter().enumerate().rev() {
            let handlers = match (place.park, program.op(place.op)) {
                (Park::Wait, Op::Wait { handlers, .. }) | (Park::Task, Op::Assign { handlers, .. }) => {
                    *handlers
                }
                _ => continue,
            };
            if let Some(handler) = find(program, handlers, trigger) {
                return Some((handler, Some(depth)));
            }
        }
        find(program, program.always, trigger).map(|handler| (handler, None))
    }
}

/// The handler of a slice that takes a trigger: the one that names it, else the one for any of its kind.
fn find(program: &Program, slice: Slice, trigger: Trigger) -> Option<u32> {
    let handlers = slice.of(&program.handlers);
    let at = |wanted: Trigger| handlers.iter().position(|handler| handler.trigger == wanted);
    let any = match trigger {
        Trigger::Response(NameId(_)) => Some(Trigger::AnyResponse),
        Trigger::Done(NameId(_)) => Some(Trigger::AnyDone),
        _ => None,
    };
    at(trigger).or_else(|| any.and_then(at)).map(|at| slice.start + at as u32)
}

fn words(channels: impl Iterator<Item = Channel>) -> Vec<String> {
    channels.map(|channel| channel.word().to_owned()).collect()
}
