//! How debtors act in a dry-run: what becomes of messages, who answers, who pays.
//!
//! In: a model as data (TOML), a seed, an account's key. Out: events on the account's timeline. Absent: any
//! randomness of its own; every draw is a hash of seed, account and number, so an account's fate does not
//! depend on which others are in the file, nor on their order.

pub mod model;
pub mod wire;

pub use model::Model;

use crate::advance::Context;
use crate::calendar::Instant;
use crate::customer::Customer;
use crate::effect::{Effect, Message};
use crate::input::{Answer, Event, Input};
use crate::stable::{hash, mix};
use crate::timeline::{Timeline, World};
use chrono::{Datelike, Timelike};
use cobro_dsl::program::{NameId, Op, Trigger};
use cobro_dsl::values::{Channel, ChannelSet, NaiveDate, Purpose};
use model::{Act, Around, DebtorType, Does, Kind, Persona, When};
use std::collections::BTreeMap;

/// Why a behaviour file cannot be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    /// What is wrong and where, in Spanish.
    pub es: String,
    /// The same in English.
    pub en: String,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.en)
    }
}

impl std::error::Error for Error {}

/// How debtors act.
#[derive(Clone, PartialEq, Debug)]
pub enum Behaviour {
    /// What really happened: only the payments of the portfolio; nobody answers, every message arrives.
    History,
    /// Draws from a model.
    Model(Box<Model>),
}

/// What draws are about.
#[derive(Clone, Copy)]
enum What {
    Payment,
    Message,
    Task,
    Type,
}

/// A stream of draws for one account.
///
/// Each draw is SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators") of a
/// counter, started from a hash of seed and account.
#[derive(Clone, Copy, Debug)]
pub struct Draws {
    state: u64,
}

impl Draws {
    /// The stream of an account under a seed.
    pub fn of(seed: u64, account: &str) -> Draws {
        Draws { state: mix(hash([account]) ^ mix(seed)) }
    }

    /// The draws about one thing: a day, a message, a task. They depend on nothing else, so that two strategies meet the
    /// same debtor: who would pay on a day under the one would pay on that day under the other.
    fn about(self, what: What, number: u64) -> Draws {
        Draws { state: mix(self.state ^ mix(number.wrapping_mul(4).wrapping_add(what as u64))) }
    }

    /// The next draw, from 0 to below 1.
    pub fn unit(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        (mix(self.state) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Milliseconds between two numbers of minutes.
    fn minutes(&mut self, from: f64, to: f64) -> i64 {
        ((from + (to - from) * self.unit()) * 60_000.0) as i64
    }
}

/// The world of one customer in a dry-run.
pub struct Debtor<'a> {
    behaviour: &'a Behaviour,
    context: Context<'a>,
    zone: chrono_tz::Tz,
    accounts: Vec<Known>,
    /// What kind of debtor the customer is.
    kind: Option<&'a DebtorType>,
    persona: Option<&'a Persona>,
    /// Local days that have begun.
    days: u32,
}

/// What is remembered of an account.
struct Known {
    draws: Draws,
    /// The last contact, and which part of the lift it has.
    contacted: Option<(Instant, f64)>,
    contacts: u32,
    /// Day and channel of the last message, and how many it was of them.
    written_on: (u64, u64),
}

impl<'a> Debtor<'a> {
    /// The world of a customer under a seed.
    pub fn new(behaviour: &'a Behaviour, context: Context<'a>, customer: &Customer, seed: u64) -> Debtor<'a> {
        let draws = customer.accounts.iter().map(|account| Draws::of(seed, &account.id));
        let known = |draws| Known { draws, contacted: None, contacts: 0, written_on: (0, 0) };
        let (mut kind, mut persona) = (None, None);
        if let Behaviour::Model(model) = behaviour
            && !(model.types.is_empty() && model.personas.is_empty())
        {
            // The type belongs to the person: all their accounts have it.
            let of_type = Draws::of(seed, &customer.id).about(What::Type, 0);
            kind = model::by_share(&model.types, |kind| kind.share, of_type);
            persona = model::by_share(&model.personas, |persona| persona.share, of_type);
        }
        let zone = customer.zone.unwrap_or(context.program.zone);
        Debtor { behaviour, context, zone, accounts: draws.map(known).collect(), kind, persona, days: 0 }
    }

    /// Does the account pay on a day? Puts the payment on the timeline, at some hour of the day.
    pub fn day(
        &mut self,
        customer: &Customer,
        account: usize,
        today: NaiveDate,
        midnight: Instant,
        timeline: &mut Timeline,
    ) {
        let Behaviour::Model(model) = self.behaviour else { return };
        if account == 0 {
            self.days += 1;
        }
        let (Some(known), Some(owed)) = (self.accounts.get(account), customer.accounts.get(account)) else {
            return;
        };
        if model.kind == Kind::Scripted {
            return self.script_of_day(customer, account, midnight, timeline);
        }
        let mut draws = known.draws.about(What::Payment, today.num_days_from_ce().unsigned_abs().into());
        let Some(oldest) = owed.oldest_unpaid(today) else { return };
        let late = (today - oldest.due_on).num_days();
        let (drawn, part) = (draws.unit(), draws.unit());
        let mut chance = model::at(&model.payment, late, 0.0);
        if !model.overdue_invoices.is_empty() {
            let overdue = owed.issued_by(today).filter(|one| one.open > 0 && one.due_on < today).count();
            chance *= model::at(&model.overdue_invoices, overdue as i64, 1.0);
        }
        if !model.owed.is_empty() {
            let owes = owed.balance_on(today);
            chance *= model::at(&model.owed, owes.minor / owes.currency.minor_per_unit().max(1), 1.0);
        }
        if let Some(kind) = self.kind {
            chance *= kind.payment;
        }
        if let Some((at, part)) = known.contacted {
            let days_ago = (midnight.0 - at.0).max(0) as f64 / (24.0 * 3_600_000.0);
            chance *= model.lift.factor(days_ago, part * self.kind.map_or(1.0, |kind| kind.lift));
        }
        // The worst debtor pays only where the model leaves no choice.
        let pays = match model.kind {
            Kind::Adversarial => chance >= 1.0,
            Kind::Empirical | Kind::Scripted => drawn < chance,
        };
        let balance = owed.balance_on(today).minor;
        if balance > 0 && pays {
            let hour = draws.minutes(7.0 * 60.0, 22.0 * 60.0);
            let full = self.kind.and_then(|kind| kind.full).unwrap_or(model.full);
            let (least, most) = model.part;
            let rest = if full < 1.0 { (part - full) / (1.0 - full) } else { 0.0 };
            let amount = if part < full { balance } else { share(balance, least + (most - least) * rest) };
            pay(account, amount, midnight.plus_millis(hour), timeline);
        }
    }

    fn message(
        &mut self,
        model: &Model,
        customer: &Customer,
        account: usize,
        message: &Message,
        now: Instant,
        timeline: &mut Timeline,
    ) {
        let Some(known) = self.accounts.get_mut(account) else { return };
        let form = self.context.program.templates.get(usize::from(message.template.0));
        let form = form.and_then(|template| template.form(message.channel));
        let purpose = form.map_or(Purpose::Reminder, |form| form.purpose);
        let local = now.local(self.zone);
        let (hour, weekday) = (i64::from(local.hour()), local.weekday().num_days_from_monday() as usize);
        let earlier = i64::from(known.contacts);
        let around = |around: &Around| around.factor(hour, weekday, earlier, purpose);
        known.contacts += 1;
        known.contacted = Some((now, model.lift.part(message.channel, around(&model.lift.around))));
        if model.kind == Kind::Scripted {
            return self.script_of_message(customer, account, message, now, timeline);
        }
        // A message draws by its day and channel, not by its number: what another strategy sent before is all the same.
        let day = now.0.div_euclid(24 * 3_600_000).unsigned_abs() * 4 + message.channel.index() as u64;
        let nth = if known.written_on.0 == day { known.written_on.1 + 1 } else { 0 };
        known.written_on = (day, nth);
        let mut draws = known.draws.about(What::Message, day * 64 + nth);
        let is_worst = model.kind == Kind::Adversarial;
        let happens = |draws: &mut Draws, chance: f64, is_good: bool| {
            let drawn = draws.unit();
            match is_worst {
                true => {
                    if is_good {
                        chance >= 1.0
                    } else {
                        chance > 0.0
                    }
                }
                false => drawn < chance,
            }
        };
        let reception = model.channels.get(message.channel.index()).copied().unwrap_or_default();
        let number = message.number;
        let mut push = |at: Instant, event: Event| timeline.push(at, account, Input::Event(event));
        if !happens(&mut draws, reception.delivered, true) {
            push(now.plus_millis(draws.minutes(1.0, 10.0)), Event::MessageNotDelivered { message: number });
            return;
        }
        let delivered_at = now.plus_millis(draws.minutes(0.1, 5.0));
        push(delivered_at, Event::MessageDelivered { message: number });
        let read = reception.read * around(&model.reading) * self.kind.map_or(1.0, |kind| kind.read);
        // Who means ill reads what lets them object.
        let objects = is_worst && model.opt_out + model.dispute + model.wrong_person > 0.0 && read > 0.0;
        if !happens(&mut draws, read, true) && !objects {
            return;
        }
        let read_at = delivered_at.plus_millis(draws.minutes(1.0, 600.0));
        push(read_at, Event::MessageRead { message: number });
        let after = read_at.plus_millis(draws.minutes(0.5, 30.0));
        if happens(&mut draws, model.opt_out, false) {
            return push(after, Event::OptedOut { channels: ChannelSet::ALL });
        }
        if happens(&mut draws, model.dispute, false) {
            return push(after, Event::DisputeOpened { reason: None });
        }
        if happens(&mut draws, model.wrong_person, false) {
            return push(after, Event::WrongPersonReached { channel: message.channel });
        }
        let buttons = form.map_or(&[][..], |form| &form.buttons);
        let answered =
            reception.answered * around(&model.answering) * self.kind.map_or(1.0, |kind| kind.answered);
        if buttons.is_empty() || !happens(&mut draws, answered, true) {
            return;
        }
        let names = buttons.iter().map(|button| self.context.program.name(button.name));
        if let Some(button) = choose(&model.answers, names, &mut draws) {
            let answer = Answer::Button(button.to_owned());
            push(after, Event::ResponseReceived { channel: message.channel, answer, said_at: None });
        }
    }

    fn script_of_day(&self, customer: &Customer, account: usize, midnight: Instant, timeline: &mut Timeline) {
        let noon = midnight.plus_millis(12 * 3_600_000);
        for act in self.persona.iter().flat_map(|persona| &persona.acts) {
            if act.when == When::Day(self.days) {
                self.act(customer, account, &act.does, Channel::Whatsapp, None, noon, timeline);
            }
        }
    }

    fn script_of_message(
        &self,
        customer: &Customer,
        account: usize,
        message: &Message,
        now: Instant,
        timeline: &mut Timeline,
    ) {
        let acts = || self.persona.iter().flat_map(|persona| &persona.acts);
        let of_this = |act: &&Act| matches!(act.when, When::Message(number, _) if number == message.number);
        if !acts().filter(of_this).any(|act| act.does == Does::Bounce) {
            let delivered = Event::MessageDelivered { message: message.number };
            timeline.push(now.plus_millis(60_000), account, Input::Event(delivered));
        }
        for act in acts().filter(of_this) {
            if let When::Message(_, hours) = act.when {
                let at = now.plus_millis((hours * 3_600_000.0) as i64);
                self.act(customer, account, &act.does, message.channel, Some(message.number), at, timeline);
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what an act needs to be an event")]
    fn act(
        &self,
        customer: &Customer,
        account: usize,
        does: &Does,
        channel: Channel,
        message: Option<u32>,
        at: Instant,
        timeline: &mut Timeline,
    ) {
        let event = match does {
            Does::Pay(part) => {
                let today = at.local(self.zone).date();
                let owed =
                    customer.accounts.get(account).map_or(0, |account| account.balance_on(today).minor);
                if owed > 0 {
                    pay(account, share(owed, *part), at, timeline);
                }
                return;
            }
            Does::Answer(button) => Some(Event::ResponseReceived {
                channel,
                answer: Answer::Button(button.clone()),
                said_at: None,
            }),
            Does::Say(text) => {
                Some(Event::ResponseReceived { channel, answer: Answer::Text(text.clone()), said_at: None })
            }
            Does::Bounce => message.map(|message| Event::MessageNotDelivered { message }),
            Does::Read => message.map(|message| Event::MessageRead { message }),
            Does::OptOut => Some(Event::OptedOut { channels: ChannelSet::ALL }),
            Does::Dispute => Some(Event::DisputeOpened { reason: None }),
            Does::WrongPerson => Some(Event::WrongPersonReached { channel }),
        };
        if let Some(event) = event {
            timeline.push(at, account, Input::Event(event));
        }
    }

    fn task(
        &mut self,
        model: &Model,
        customer: &Customer,
        account: usize,
        task: u32,
        now: Instant,
        timeline: &mut Timeline,
    ) {
        let program = self.context.program;
        let place = customer.accounts.get(account).and_then(|account| account.run.as_ref()?.stack.last());
        let Some(Op::Assign { handlers, .. }) = place.map(|place| program.op(place.op)) else { return };
        let named = |trigger: Trigger| match trigger {
            Trigger::Done(NameId(at)) => program.names.get(usize::from(at)).map(String::as_str),
            _ => None,
        };
        let results: Vec<&str> =
            handlers.of(&program.handlers).iter().filter_map(|handler| named(handler.trigger)).collect();
        // The worst debtor is never reached; a persona's tasks are left to people.
        if model.kind != Kind::Empirical {
            return;
        }
        let Some(known) = self.accounts.get(account) else { return };
        let draws = &mut known.draws.about(What::Task, task.into());
        let days = model.task_days.max(0) as f64;
        let at = now.plus_millis(draws.minutes(60.0, days * 24.0 * 60.0 + 120.0));
        if let Some(result) = choose(&model.results, results.into_iter(), draws) {
            let event = Event::TaskDone { task, result: result.to_owned() };
            timeline.push(at, account, Input::Event(event));
        }
    }
}

impl World for Debtor<'_> {
    fn take(
        &mut self,
        customer: &Customer,
        account: usize,
        effect: Effect,
        now: Instant,
        timeline: &mut Timeline,
    ) {
        // Other systems answer, whoever the debtors are.
        if let Effect::CallWebhook { call, .. } = effect {
            let answer = Event::WebhookAnswered { call, is_done: true };
            return timeline.push(now, account, Input::Event(answer));
        }
        let Behaviour::Model(model) = self.behaviour else { return };
        match effect {
            Effect::SendMessage(message) => self.message(model, customer, account, &message, now, timeline),
            Effect::OpenTask { task, .. } => self.task(model, customer, account, task, now, timeline),
            Effect::CloseTask { .. } | Effect::CallWebhook { .. } => {}
        }
    }
}

/// A payment comes, of at least the smallest coin.
fn pay(account: usize, amount: i64, at: Instant, timeline: &mut Timeline) {
    let event = Event::PaymentReceived { amount: amount.max(1), invoice: None, reference: None };
    timeline.push(at, account, Input::Event(event));
}

fn share(amount: i64, share: f64) -> i64 {
    (amount as f64 * share) as i64
}

/// One of some names by weight. Weights are for names; `*` is for names without one.
fn choose<'a>(
    weights: &BTreeMap<String, f64>,
    names: impl Iterator<Item = &'a str> + Clone,
    draws: &mut Draws,
) -> Option<&'a str> {
    let weight = |name: &str| weights.get(name).or_else(|| weights.get("*")).copied().unwrap_or(0.0).max(0.0);
    let total: f64 = names.clone().map(weight).sum();
    let mut left = draws.unit() * total;
    let mut last = None;
    for name in names {
        let weight = weight(name);
        if weight > 0.0 {
            last = Some(name);
            if left < weight {
                return last;
            }
        }
        left -= weight;
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accounts_draws_depend_on_seed_and_key_only() {
        let first = |seed, account| Draws::of(seed, account).unit();
        assert_eq!(first(1, "A"), first(1, "A"));
        assert_ne!(first(1, "A"), first(2, "A"));
        assert_ne!(first(1, "A"), first(1, "B"));
    }

    #[test]
    fn draws_are_spread_evenly() {
        let mut draws = Draws::of(7, "A");
        let low = (0..10_000).filter(|_| draws.unit() < 0.5).count();
        assert!((4_800..5_200).contains(&low), "{low} of 10000 below one half");
    }

    #[test]
    fn a_name_is_chosen_by_its_weight() {
        let weights = BTreeMap::from([("pay".to_owned(), 3.0), ("*".to_owned(), 1.0)]);
        let mut draws = Draws::of(7, "A");
        let names = ["pay", "later"];
        let pay =
            (0..10_000).filter(|_| choose(&weights, names.into_iter(), &mut draws) == Some("pay")).count();
        assert!((7_200..7_800).contains(&pay), "{pay} of 10000");
    }
}
