//! How debtors act in a dry-run: what becomes of messages, who answers, who pays.
//!
//! In: a model as data (TOML), a seed, an account's key. Out: events on the account's timeline. Absent: any
//! randomness of its own; every draw is a hash of seed, account and number, so an account's fate does not
//! depend on which others are in the file, nor on their order.

pub mod wire;

use crate::advance::Context;
use crate::calendar::Instant;
use crate::customer::Customer;
use crate::effect::{Effect, Message};
use crate::input::{Answer, Event, Input};
use crate::stable::{hash, mix};
use crate::timeline::{Timeline, World};
use cobro_dsl::program::{NameId, Op, Trigger};
use cobro_dsl::values::{ChannelSet, NaiveDate};
use std::collections::BTreeMap;

/// Why a behaviour file cannot be used.
#[derive(Debug)]
pub struct Error {
    /// What is wrong and where, in the file's words.
    pub why: String,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.why)
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

/// A model of debtors. Every number is a chance from 0 to 1 unless it says otherwise.
#[derive(Clone, PartialEq, Debug)]
pub struct Model {
    /// What it is called in reports.
    pub name: String,
    /// What becomes of a message, by channel in the order of `Channel::ALL`.
    pub channels: [Reception; 4],
    /// Weight of each button when a message with buttons is answered; `*` is any other.
    pub answers: BTreeMap<String, f64>,
    /// Of those who read a message, how many ask not to be contacted.
    pub opt_out: f64,
    /// Of those who read a message, how many contest the debt.
    pub dispute: f64,
    /// Chance to pay on a day, by days past due: from, to (both included), chance.
    pub payment: Vec<(i64, i64, f64)>,
    /// The chance is multiplied by this while a contact is fresh.
    pub lift: f64,
    /// So many days a contact is fresh.
    pub lift_days: i64,
    /// Of the payments, how many pay all that is owed; the rest pay 10 to 60 %.
    pub full: f64,
    /// Weight of each result when a person does a task; `*` is any other.
    pub results: BTreeMap<String, f64>,
    /// So many days a task takes.
    pub task_days: i64,
}

/// What becomes of a message on a channel.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Reception {
    /// It reaches the device.
    pub delivered: f64,
    /// Of those, it is read.
    pub read: f64,
    /// Of those, it is answered when it can be.
    pub answered: f64,
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

    /// The next draw, from 0 to below 1.
    pub fn unit(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        (mix(self.state) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn chance(&mut self, chance: f64) -> bool {
        self.unit() < chance
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
    draws: Vec<Draws>,
    /// The last contact of each account.
    contacted_at: Vec<Option<Instant>>,
}

impl<'a> Debtor<'a> {
    /// The world of a customer under a seed.
    pub fn new(behaviour: &'a Behaviour, context: Context<'a>, customer: &Customer, seed: u64) -> Debtor<'a> {
        let draws = customer.accounts.iter().map(|account| Draws::of(seed, &account.id)).collect();
        Debtor { behaviour, context, draws, contacted_at: vec![None; customer.accounts.len()] }
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
        let (Some(draws), Some(owed)) = (self.draws.get_mut(account), customer.accounts.get(account)) else {
            return;
        };
        let balance = owed.balance_on(today).minor;
        let Some(oldest) = owed.oldest_unpaid(today) else { return };
        let late = (today - oldest.due_on).num_days();
        let (drawn, part) = (draws.unit(), draws.unit());
        let hour = draws.minutes(7.0 * 60.0, 22.0 * 60.0);
        let band = model.payment.iter().find(|(from, to, _)| (*from..=*to).contains(&late));
        let fresh = model.lift_days * 24 * 3_600_000;
        let contacted = self.contacted_at.get(account).copied().flatten();
        let is_fresh = contacted.is_some_and(|at| midnight.0 - at.0 <= fresh);
        let chance = band.map_or(0.0, |(_, _, chance)| *chance) * if is_fresh { model.lift } else { 1.0 };
        if balance > 0 && drawn < chance {
            let amount = if part < model.full { balance } else { share(balance, 0.1 + 0.5 * part) };
            let event = Event::PaymentReceived { amount: amount.max(1), invoice: None, reference: None };
            timeline.push(midnight.plus_millis(hour), account, Input::Event(event));
        }
    }

    fn message(
        &mut self,
        model: &Model,
        account: usize,
        message: &Message,
        now: Instant,
        timeline: &mut Timeline,
    ) {
        if let Some(at) = self.contacted_at.get_mut(account) {
            *at = Some(now);
        }
        let Some(draws) = self.draws.get_mut(account) else { return };
        let reception = model.channels.get(message.channel.index()).copied().unwrap_or_default();
        let number = message.number;
        let mut push = |at: Instant, event: Event| timeline.push(at, account, Input::Event(event));
        if !draws.chance(reception.delivered) {
            push(now.plus_millis(draws.minutes(1.0, 10.0)), Event::MessageNotDelivered { message: number });
            return;
        }
        let delivered_at = now.plus_millis(draws.minutes(0.1, 5.0));
        push(delivered_at, Event::MessageDelivered { message: number });
        if !draws.chance(reception.read) {
            return;
        }
        let read_at = delivered_at.plus_millis(draws.minutes(1.0, 600.0));
        push(read_at, Event::MessageRead { message: number });
        let after = read_at.plus_millis(draws.minutes(0.5, 30.0));
        if draws.chance(model.opt_out) {
            return push(after, Event::OptedOut { channels: ChannelSet::ALL });
        }
        if draws.chance(model.dispute) {
            return push(after, Event::DisputeOpened { reason: None });
        }
        let template = self.context.program.templates.get(usize::from(message.template.0));
        let buttons = template
            .and_then(|template| template.form(message.channel))
            .map_or(&[][..], |form| &form.buttons);
        if buttons.is_empty() || !draws.chance(reception.answered) {
            return;
        }
        let names = buttons.iter().map(|button| self.context.program.name(button.name));
        if let Some(button) = choose(&model.answers, names, draws) {
            let answer = Answer::Button(button.to_owned());
            push(after, Event::ResponseReceived { channel: message.channel, answer, said_at: None });
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
        let Some(draws) = self.draws.get_mut(account) else { return };
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
        let Behaviour::Model(model) = self.behaviour else { return };
        match effect {
            Effect::SendMessage(message) => self.message(model, account, &message, now, timeline),
            Effect::OpenTask { task, .. } => self.task(model, customer, account, task, now, timeline),
            Effect::CloseTask { .. } => {}
        }
    }
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
