//! Events: first the facts, then the innermost handler that takes it, the enclosing ones, then `always`.

use super::Walk;
use super::payment::Paid;
use crate::calendar::Instant;
use crate::contacts::{Contact, Reached};
use crate::customer::Said;
use crate::gate::Reach;
use crate::input::{Answer, Event};
use crate::record::{Entry, EventSeen, Recorder, Taker};
use crate::run::{Park, Run};
use cobro_dsl::program::{NameId, Op, OpId, Program, Slice, Trigger};
use cobro_dsl::values::{Channel, ChannelSet};

/// A conversation that the customer opened stays open so long after their last answer (WhatsApp's customer
/// service window; taken for every channel).
const CONVERSATION_MILLIS: i64 = 24 * 3600 * 1000;

impl<R: Recorder> Walk<'_, R> {
    pub(super) fn event(&mut self, event: &Event) {
        // Who writes the word that every message offers has opted out, whichever way it came in.
        let stop = Event::OptedOut { channels: ChannelSet::ALL };
        let event = match event {
            Event::ResponseReceived { answer: Answer::Text(text), .. } if asks_to_stop(text) => &stop,
            Event::ResponseReceived { answer: Answer::Button(button), .. } if self.is_to_stop(button) => {
                // What the strategy does about the button, it does besides.
                if let Some(seen) = self.update_facts(&stop) {
                    let trigger = self.trigger(&stop);
                    self.happened(seen, trigger, Some(&stop));
                }
                event
            }
            event => event,
        };
        match event {
            Event::PaymentReceived { amount, invoice, reference } => {
                return self.payment(*amount, invoice.as_deref(), reference.as_deref());
            }
            Event::PaymentReversed { reference } => return self.payment_reversed(reference),
            Event::PlanAccepted { plan } => return self.plan_accepted(plan.as_deref()),
            Event::PlanRejected => return self.plan_rejected(),
            Event::WebhookAnswered { call, is_done } => return self.webhook_answered(*call, *is_done),
            Event::IdentityVerified { channel } => return self.identity(*channel, true),
            Event::IdentityFailed { channel } => return self.identity(*channel, false),
            _ => {}
        }
        let Some(seen) = self.update_facts(event) else { return };
        let trigger = self.trigger(event);
        if let Event::ResponseReceived { answer: Answer::Button(button), .. } = event
            && let Some(accepts) = self.answer_to_offer(button)
            && trigger.is_none_or(|trigger| self.taker(trigger, None, None).is_none())
        {
            self.happened(seen, None, None);
            return if accepts { self.plan_accepted(None) } else { self.plan_rejected() };
        }
        // Who owes nothing any more has kept what they promised.
        let is_clear = matches!(event, Event::BalanceChanged { balance: 0 });
        let kept = if is_clear { self.pay_promise(0, None) } else { None };
        let plan = if is_clear { self.pay_plan(0) } else { None };
        self.happened(seen, trigger, Some(event));
        if let Some(kept) = kept {
            self.happened(kept, Some(Trigger::PromiseKept), None);
        }
        if let Some(plan) = plan {
            self.tell_plan(plan);
        }
    }

    /// Is it a button that says what who opts out writes?
    fn is_to_stop(&self, button: &str) -> bool {
        let forms = self.context.program.templates.iter().flat_map(|template| &template.forms);
        let mut buttons = forms.flat_map(|form| &form.buttons);
        asks_to_stop(button)
            || buttons
                .any(|known| self.context.program.name(known.name) == button && asks_to_stop(&known.label))
    }

    /// Something happened, and the facts know: the handler for it runs. `event` is what came from outside.
    pub(super) fn happened(&mut self, seen: EventSeen, trigger: Option<Trigger>, event: Option<&Event>) {
        let paid = self.paid.take();
        let is_open = self.run().is_some_and(|run| run.is_open());
        if !is_open {
            self.record(|| Entry::Happened { event: seen, taker: Taker::NoRun });
            return;
        }
        if let Some((trigger, (depth, op))) =
            trigger.and_then(|trigger| Some((trigger, self.settled_place(trigger)?)))
        {
            return self.settle(seen, trigger, depth, op);
        }
        let task = match event {
            Some(Event::TaskDone { task, .. }) => Some(*task),
            _ => None,
        };
        let Some((handler, depth)) = trigger.and_then(|trigger| self.taker(trigger, task, paid)) else {
            self.record(|| Entry::Happened { event: seen, taker: Taker::Nobody });
            if let Some(task) = task {
                self.done_without_handler(task);
            }
            return;
        };
        let taker = match depth {
            Some(_) => Taker::Wait(handler),
            None => Taker::Always(handler),
        };
        self.record(|| Entry::Happened { event: seen, taker });
        if let Some(depth) = depth {
            // The handler stands on top of its own wait; what it interrupted inside that wait is over.
            self.leave_places(depth + 1);
            // A task that is done is no longer waited for: it is left without being called off.
            if let (Some(_), Some(run)) = (task, self.run_mut()) {
                run.stack.truncate(depth);
            }
        }
        if let Some(handler) = self.context.program.handlers.get(handler as usize) {
            self.walk(handler.body);
        }
        // What the event changed is looked at before deadlines of the same instant.
        self.conditions();
        // The deadline of a wait below may have passed while the handler ran.
        self.timer();
    }

    /// What settles a statement is for that statement alone: the run goes on with its handler, else behind it.
    pub(super) fn settle(&mut self, seen: EventSeen, trigger: Trigger, depth: usize, op: OpId) {
        let program = self.context.program;
        let taker = match program.op(op) {
            Op::Await { handlers, .. } => {
                find(program, *handlers, trigger).map_or(Taker::Nobody, Taker::Wait)
            }
            _ => Taker::Nobody,
        };
        self.record(|| Entry::Happened { event: seen, taker });
        self.leave_places(depth);
        self.walk(program.settled(op, trigger));
        self.timer();
    }

    /// A result that nobody names: the task is over and the run goes on behind it.
    fn done_without_handler(&mut self, task: u32) {
        let program = self.context.program;
        let Some(depth) = self.run().and_then(|run| depth_of(run, task)) else { return };
        let op = self.run().and_then(|run| run.stack.get(depth)).map(|place| place.op);
        self.leave_places(depth + 1);
        if let Some(run) = self.run_mut() {
            run.stack.truncate(depth);
        }
        if let Some(Op::Assign { next, .. }) = op.map(|op| program.op(op)) {
            self.walk(*next);
            self.conditions();
            self.timer();
        }
    }

    /// What happened changes what is known, whether or not a handler takes it.
    fn update_facts(&mut self, event: &Event) -> Option<EventSeen> {
        let (now, today, debt) = (self.now, self.today, self.debt());
        Some(match event {
            // These have roads of their own.
            Event::PaymentReceived { .. }
            | Event::PaymentReversed { .. }
            | Event::PlanAccepted { .. }
            | Event::PlanRejected
            | Event::WebhookAnswered { .. }
            | Event::IdentityVerified { .. }
            | Event::IdentityFailed { .. } => return None,
            Event::ResponseReceived { channel, answer, said_at } => {
                let said_at = said_at.map_or(now, |at| at.min(now));
                self.said(said_at, *channel);
                self.customer.contacts.talk(said_at, *channel, debt);
                let program = self.context.program;
                let (button, text, intent) = match answer {
                    Answer::Button(button) => (button.clone(), String::new(), String::new()),
                    Answer::Text(text) => {
                        let intent = program.intent_of(text).map_or("", |intent| program.name(intent));
                        (String::new(), text.clone(), intent.to_owned())
                    }
                };
                EventSeen::Response { channel: *channel, button, text, intent }
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
                // Who allows a channel again authorises it.
                self.customer.authorised.get_or_insert_default().0 |= channels.0;
                EventSeen::OptedIn { channels: words(channels.iter()) }
            }
            Event::BalanceChanged { balance } => {
                let before = self.account().map_or(0, |account| account.balance_on(today).minor);
                if let Some(account) = self.account_mut() {
                    account.set_balance(*balance, today);
                }
                EventSeen::BalanceChanged { before, balance: *balance }
            }
            Event::HoldPlaced { until, because } => self.hold_placed(*until, because),
            Event::HoldReleased => self.hold_released(),
            Event::Custom { name } => EventSeen::Custom { name: name.clone() },
            Event::DisputeOpened { reason } => {
                if let Some(account) = self.account_mut() {
                    account.disputed = true;
                    account.dispute_reason = reason.clone();
                }
                EventSeen::DisputeOpened { reason: reason.clone().unwrap_or_default() }
            }
            Event::DisputeClosed { upheld } => {
                // Who is right is asked for nothing until the books are put right.
                let stays = *upheld == Some(true);
                if let Some(account) = self.account_mut() {
                    account.disputed &= stays;
                }
                EventSeen::DisputeClosed { upheld: *upheld }
            }
            Event::WrongPersonReached { channel } => {
                // Somebody else has the telephone, and not only one of the ways to reach it.
                let reached = self.customer.same_address(*channel);
                self.customer.blocked.0 |= reached.0;
                for channel in reached.iter() {
                    if let Some(verified) = self.customer.verified.get_mut(channel.index()) {
                        *verified = None;
                    }
                }
                self.customer.contacts.stranger(*channel);
                // Who talked to us there was not the customer.
                for other in reached.iter() {
                    if let Some(conversation) = self.customer.conversations.get_mut(other.index()) {
                        *conversation = None;
                    }
                    for account in &mut self.customer.accounts {
                        if let Some(said) = account.said.get_mut(other.index()) {
                            *said = None;
                        }
                    }
                }
                EventSeen::WrongPerson { channel: *channel }
            }
            Event::Moved { zone } => {
                self.customer.zone = Some(*zone);
                // What follows at this moment is reckoned there.
                self.zone = *zone;
                self.today = now.local(*zone).date();
                EventSeen::Moved { zone: zone.name().to_owned() }
            }
            Event::ContactMade { channel, made_at, answered } => {
                self.contact_made(*channel, (*made_at).min(now), *answered)
            }
            Event::PromiseMade { on, amount } => self.promise_made(*on, *amount),
            Event::TaskDone { task, result } => EventSeen::TaskDone { task: *task, result: result.clone() },
        })
    }

    /// What was said opens a conversation, and may be answered once. What comes late opens nothing new, and takes nothing
    /// back from what was said after it.
    fn said(&mut self, at: Instant, channel: Channel) {
        let until = at.plus_millis(CONVERSATION_MILLIS);
        if let Some(conversation) = self.customer.conversations.get_mut(channel.index()) {
            *conversation = (*conversation).max(Some(until));
        }
        if let Some(said) = self.account_mut().and_then(|account| account.said.get_mut(channel.index()))
            && said.is_none_or(|before| before.until <= until)
        {
            *said = Some(Said { until, is_answered: false });
        }
    }

    /// An agent's own contact enters the ledger like any other. An answer to a customer who wrote first is a reply.
    fn contact_made(&mut self, channel: Channel, made_at: Instant, answered: bool) -> EventSeen {
        // A call that we make is a contact, whatever was said before; what was said is answered once, by whom ever.
        let is_open = |said: &Said| {
            let since = said.until.plus_millis(-CONVERSATION_MILLIS);
            !said.is_answered && since <= made_at && made_at < said.until
        };
        let said = self.account().and_then(|account| account.said.get(channel.index()).copied().flatten());
        let is_reply = channel != Channel::Call && said.as_ref().is_some_and(is_open);
        if let Some(account) = self.account_mut().filter(|_| is_reply) {
            account.went_out(Reach::Reply, channel, true);
        }
        let reach = if is_reply { Reach::Reply } else { Reach::NewContact };
        let debt = self.debt();
        if self.context.law.counts(reach) {
            let reached = match (answered, channel) {
                (true, _) => Reached::Answered,
                (false, Channel::Call) => Reached::Nobody,
                // Nobody has said what became of the message.
                (false, _) => Reached::Unknown,
            };
            let contact = Contact { reached, ..Contact::new(made_at, channel, debt, 0) };
            self.customer.contacts.record(contact);
        }
        if answered {
            self.customer.contacts.note_talk(made_at, channel, debt);
        }
        EventSeen::ContactMade { channel, made_at, answered }
    }

    /// What handlers would call the event; `None` when none can be meant. Receipts count for the last message
    /// only: what became of an earlier one no longer says anything about where the run stands.
    fn trigger(&self, event: &Event) -> Option<Trigger> {
        let program = self.context.program;
        let is_last = |message: &u32| self.run().is_some_and(|run| run.messages == *message);
        match event {
            Event::PaymentReceived { .. }
            | Event::PaymentReversed { .. }
            | Event::PlanAccepted { .. }
            | Event::PlanRejected
            | Event::WebhookAnswered { .. }
            | Event::IdentityVerified { .. }
            | Event::IdentityFailed { .. } => None,
            Event::ResponseReceived { answer, .. } => Some(match answer {
                Answer::Button(button) => {
                    program.name_id(button).map_or(Trigger::AnyResponse, Trigger::Response)
                }
                Answer::Text(text) => program.intent_of(text).map_or(Trigger::AnyResponse, Trigger::Response),
            }),
            Event::MessageDelivered { message } => is_last(message).then_some(Trigger::Delivered),
            Event::MessageRead { message } => is_last(message).then_some(Trigger::Read),
            Event::MessageNotDelivered { message } => is_last(message).then_some(Trigger::NotDelivered),
            Event::OptedOut { .. } => Some(Trigger::OptOut),
            Event::DisputeOpened { .. } => Some(Trigger::Dispute),
            Event::WrongPersonReached { .. } => Some(Trigger::WrongPerson),
            Event::TaskDone { task, result } => {
                let is_open = self.run().is_some_and(|run| depth_of(run, *task).is_some());
                let trigger = program.name_id(result).map_or(Trigger::AnyDone, Trigger::Done);
                is_open.then_some(trigger)
            }
            Event::DisputeClosed { upheld } => Some(match upheld {
                None => Trigger::DisputeClosed,
                Some(true) => Trigger::DisputeUpheld,
                Some(false) => Trigger::DisputeRejected,
            }),
            Event::PromiseMade { .. } => Some(Trigger::Promise),
            Event::HoldPlaced { .. }
            | Event::HoldReleased
            | Event::ContactMade { .. }
            | Event::Moved { .. } => None,
            Event::OptedIn { .. } => Some(Trigger::OptIn),
            Event::BalanceChanged { .. } => Some(Trigger::BalanceChanged),
            Event::Custom { name } => program.name_id(name).map(Trigger::Event),
        }
    }

    /// The handler that takes it, with the depth of the place it belongs to (`None` for `always`).
    fn taker(&self, trigger: Trigger, task: Option<u32>, paid: Option<Paid>) -> Option<(u32, Option<usize>)> {
        let program = self.context.program;
        match paid {
            Some(paid) => self.payment_taker(trigger, paid),
            None => self.innermost(task, |slice| find(program, slice, trigger)),
        }
    }

    /// The innermost place, then `always`, that has a handler.
    pub(super) fn innermost(
        &self,
        task: Option<u32>,
        find: impl Fn(Slice) -> Option<u32>,
    ) -> Option<(u32, Option<usize>)> {
        let program = self.context.program;
        let stack = &self.run()?.stack;
        for (depth, place) in stack.iter().enumerate().rev() {
            let handlers = match (place.park, program.op(place.op)) {
                (Park::Wait, Op::Wait { handlers, .. })
                | (Park::Wait | Park::Call(_), Op::Await { handlers, .. }) => *handlers,
                // The result of a task is for its own place alone.
                (Park::Task(own), Op::Assign { handlers, .. }) if task.is_none_or(|done| done == own) => {
                    *handlers
                }
                _ => continue,
            };
            if let Some(handler) = find(handlers) {
                return Some((handler, Some(depth)));
            }
        }
        let step = self.run().and_then(|run| program.steps.get(usize::from(run.step.0)));
        let scopes = step.map_or(&[][..], |step| &step.scopes).iter().copied();
        let mut wide = scopes.chain([program.always]);
        wide.find_map(find).map(|handler| (handler, None))
    }
}

/// The handler of a slice that takes a trigger: the one that names it, else the one for any of its kind.
fn find(program: &Program, slice: Slice, trigger: Trigger) -> Option<u32> {
    let handlers = slice.of(&program.handlers);
    let at = |wanted: Trigger| handlers.iter().position(|handler| handler.trigger == wanted);
    let any = match trigger {
        Trigger::Response(NameId(_)) => Some(Trigger::AnyResponse),
        Trigger::Done(NameId(_)) => Some(Trigger::AnyDone),
        Trigger::DisputeUpheld | Trigger::DisputeRejected => Some(Trigger::DisputeClosed),
        // Who does not tell them apart treats a promise kept in part as broken.
        Trigger::PromisePartlyKept => Some(Trigger::PromiseBroken),
        _ => None,
    };
    at(trigger).or_else(|| any.and_then(at)).map(|at| slice.start + at as u32)
}

/// Where the run waits for a task.
fn depth_of(run: &Run, task: u32) -> Option<usize> {
    run.stack.iter().position(|place| place.park == Park::Task(task))
}

fn words(channels: impl Iterator<Item = Channel>) -> Vec<String> {
    channels.map(|channel| channel.word().to_owned()).collect()
}

/// Words that, alone in an answer, ask not to be contacted any more. The messages say which to write.
/// What is written alone to opt out, without accents: our own word, and those that carriers and providers want taken
/// (STOP, STOPALL, UNSUBSCRIBE, CANCEL, END, QUIT, REVOKE, OPTOUT). `cancelar` is no such word: it is what people write who
/// want to pay.
const STOP_WORDS: [&str; 27] = [
    "baja",
    "salir",
    "no mas",
    "no more",
    "stop it",
    "stop stop",
    "basta",
    "ya basta",
    "alto",
    "dar de baja",
    "darme de baja",
    "parar",
    "pare",
    "sair",
    "descadastrar",
    "stop",
    "stopall",
    "stop all",
    "opt out",
    "optout",
    "unsubscribe",
    "cancel",
    "end",
    "quit",
    "revoke",
    "remove me",
    "me remova",
];

/// What asks to be left alone wherever it stands in a text.
const STOP_PHRASES: [&str; 38] = [
    "no mas mensajes",
    "no mas llamadas",
    "no quiero mas mensajes",
    "no quiero recibir",
    "no deseo recibir",
    "no quiero que me escriban",
    "no quiero que me llamen",
    "no me vuelvan a",
    "no me molesten",
    "no me envien",
    "dejenme en paz",
    "dejeme en paz",
    "dejame en paz",
    "borren mi numero",
    "eliminen mi numero",
    "borrar mi numero",
    "do not text",
    "don t text",
    "do not call me",
    "don t call me",
    "leave me alone",
    "remove my number",
    "no me escriban",
    "no me escribas",
    "no me contacten",
    "no me contactes",
    "no me llamen",
    "no me llames",
    "no me manden",
    "dejen de escribirme",
    "dejen de llamarme",
    "dejen de molestar",
    "do not contact me",
    "don t contact me",
    "stop contacting me",
    "stop texting me",
    "nao me mande",
    "nao me ligue",
];

/// What people add to be polite, or to say that it is they who want it.
const FILLERS: [&str; 10] =
    ["por", "favor", "please", "gracias", "thanks", "obrigado", "quiero", "deseo", "solicito", "quero"];

fn asks_to_stop(text: &str) -> bool {
    // Nobody asks behind so many letters; a long text is not copied whole.
    let read: String = text.chars().take(LETTERS_READ).collect();
    let plain = |text: &str| {
        let letters: String = text.chars().map(|c| if c.is_alphabetic() { c } else { ' ' }).collect();
        cobro_dsl::keywords::fold(&letters).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let all = plain(&read);
    if STOP_PHRASES.iter().any(|phrase| all.contains(phrase)) {
        return true;
    }
    // The word alone, as the whole text or as a sentence of it; not behind a line's end, where words go on.
    let is_word = |text: &str| {
        let text = plain(text);
        let meant: Vec<&str> = text.split(' ').filter(|word| !FILLERS.contains(word)).collect();
        STOP_WORDS.contains(&meant.join(" ").as_str())
    };
    is_word(&all) || read.split(['.', '!', '?', ';', ',']).any(is_word)
}

/// So many letters of an answer are read.
const LETTERS_READ: usize = 600;

#[cfg(test)]
mod tests {
    use super::asks_to_stop;

    #[test]
    fn the_word_alone_asks_to_stop() {
        let texts = [
            "BAJA",
            " baja.",
            "Baja!!",
            "STOP",
            "dar de\nbaja",
            "«BAJA»",
            "QUIT",
            "StopAll",
            "Stop please",
            "BAJA por favor",
            "quiero darme de baja",
            "Por favor, no me escriban más",
            "SAIR",
            "do not contact me",
            "Não me mande mensagens",
            "do not text me",
            "don't text me",
            "Leave me alone",
            "no quiero recibir más mensajes",
            "No más mensajes",
            "no me vuelvan a escribir",
            "¡Déjenme en paz!",
            "salir",
            "borren mi número",
            "stop stop",
            "STOP. Do not contact me again. I have told you twice already that this is not my debt, and I will tell you no more.",
            "Hola, baja, gracias",
        ];
        for text in texts {
            assert!(asks_to_stop(text), "{text}");
        }
        for text in [
            "",
            "la cuota baja cuando",
            "no me den de baja",
            "bajar",
            "cancelar",
            "quiero cancelar la deuda",
            "at the end",
            "pagaré a fin de mes, gracias",
        ] {
            assert!(!asks_to_stop(text), "{text}");
        }
    }
}
