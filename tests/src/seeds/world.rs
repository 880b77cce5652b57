//! What a seed plays in: time, dice, people's answers, the provider, and a ledger of what was really done.
//!
//! In: calls of the workers. Out: faults, and what was seen. Absent: judging the end; that is `check`'s.

use super::LEASE_MILLIS;
use crate::law_chance::{self, Dice, Played, letter};
use crate::oracle::{Kind, Log};
use cobro_engine::calendar::Instant;
use cobro_engine::customer::Customer;
use cobro_engine::durable::channel::{Channel, Handover};
use cobro_engine::durable::programs::{Judged, Programs};
use cobro_engine::durable::store::*;
use cobro_engine::gate::Reach;
use cobro_engine::input::{Arrived, Event};
use cobro_store::faults::{Fault, Guard, Witness};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;

/// What was seen of a seed.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Messages that providers had.
    pub sent: u64,
    /// Events that were kept.
    pub events: u64,
    /// Transitions committed.
    pub transitions: u64,
    /// Customers whose turns made the same state again.
    pub replayed: u64,
    /// Messages that nobody knows of at the end.
    pub unknown: u64,
    /// Messages that were within a minute of too early, measured by when they really went out.
    pub within_a_minute: u64,
    /// Faults and how often there were.
    pub faults: BTreeMap<&'static str, u64>,
    /// Everything that is wrong.
    pub wrong: Vec<String>,
}

impl Seen {
    /// Adds another; what was wrong is handed back.
    pub fn add(&mut self, other: Seen) -> Vec<String> {
        self.sent += other.sent;
        self.events += other.events;
        self.transitions += other.transitions;
        self.replayed += other.replayed;
        self.unknown += other.unknown;
        self.within_a_minute += other.within_a_minute;
        for (fault, count) in other.faults {
            *self.faults.entry(fault).or_default() += count;
        }
        other.wrong
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Seen { sent, events, transitions, replayed, unknown, within_a_minute, faults, .. } = self;
        writeln!(
            f,
            "{transitions} transitions, {events} events, {sent} messages ({unknown} unknown at the end)"
        )?;
        writeln!(
            f,
            "{replayed} customers made again and equal; {within_a_minute} messages within a minute of too early"
        )?;
        writeln!(f, "faults:")?;
        for (fault, count) in faults {
            writeln!(f, "  {count:>9}  {fault}")?;
        }
        Ok(())
    }
}

pub(super) struct World<'a> {
    played: &'a Played,
    off: Option<Guard>,
    paused: AtomicBool,
    rested: AtomicBool,
    worked: AtomicBool,
    inside: Mutex<Inside<'a>>,
}

struct Inside<'a> {
    dice: Dice,
    now: Instant,
    is_calm: bool,
    programs: Vec<Judged>,
    logs: BTreeMap<String, Log<'a>>,
    damaged: BTreeSet<String>,
    coming: BTreeMap<(Instant, u64), NewInput>,
    told: u64,
    names: BTreeSet<(String, String)>,
    ledger: Ledger,
    seen: Seen,
}

/// What was really done, by those who did it.
#[derive(Default)]
pub(super) struct Ledger {
    /// Inputs kept, by customer.
    pub(super) kept: BTreeMap<String, u64>,
    /// Inputs taken, by customer and number.
    pub(super) taken: BTreeSet<(String, u64)>,
    /// Minor units paid, by account.
    pub(super) paid: BTreeMap<String, i64>,
    /// Messages that the provider had.
    pub(super) gone: BTreeSet<String>,
}

impl<'a> World<'a> {
    pub(super) fn new(
        played: &'a Played,
        customers: &[Customer],
        start: Instant,
        off: Option<Guard>,
        mut dice: Dice,
    ) -> World<'a> {
        let damaged = customers.iter().filter(|_| dice.below(12) == 0).map(|one| one.id.clone()).collect();
        let inside = Inside {
            now: start,
            is_calm: false,
            programs: Vec::new(),
            logs: customers.iter().map(|customer| (customer.id.clone(), played.log(customer))).collect(),
            damaged,
            coming: BTreeMap::new(),
            told: 0,
            names: BTreeSet::new(),
            ledger: Ledger::default(),
            seen: Seen::default(),
            dice,
        };
        let (paused, rested, worked) = Default::default();
        World { played, off, paused, rested, worked, inside: Mutex::new(inside) }
    }

    fn inside(&self) -> MutexGuard<'_, Inside<'a>> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn below(&self, sides: u64) -> u64 {
        self.inside().dice.below(sides)
    }

    pub(super) fn now(&self) -> Instant {
        self.inside().now
    }

    /// Work takes time.
    pub(super) fn tick(&self) {
        let mut inside = self.inside();
        let millis = if inside.is_calm { 1 } else { inside.dice.below(40) as i64 };
        inside.now = inside.now.plus_millis(millis);
    }

    /// Time goes on to a moment.
    pub(super) fn go_on_to(&self, next: Instant) {
        let mut inside = self.inside();
        inside.now = next.max(inside.now.plus_millis(1));
    }

    pub(super) fn is_calm(&self) -> bool {
        self.inside().is_calm
    }

    /// No more faults.
    pub(super) fn calm(&self) {
        self.inside().is_calm = true;
    }

    pub(super) fn deploy(&self, judged: &Judged) {
        self.inside().programs.push(judged.clone());
    }

    pub(super) fn versions(&self) -> usize {
        self.inside().programs.len()
    }

    /// What a process knows that looks now.
    pub(super) fn programs(&self) -> Programs {
        let mut programs = Programs::default();
        programs.set_may_grow(true);
        for judged in &self.inside().programs {
            programs.add(judged.clone());
            programs.make_current("s", judged.program.version);
        }
        programs
    }

    pub(super) fn tally(&self, fault: &'static str) {
        *self.inside().seen.faults.entry(fault).or_default() += 1;
    }

    pub(super) fn wrong(&self, what: String) {
        self.inside().seen.wrong.push(what);
    }

    pub(super) fn note_problems(&self, problems: u64) {
        if problems > 0 {
            self.wrong(format!("{problems} messages could not be judged"));
        }
    }

    pub(super) fn with_ledger<T>(&self, look: impl FnOnce(&Ledger) -> T) -> T {
        look(&self.inside().ledger)
    }

    pub(super) fn add(&self, change: impl FnOnce(&mut Seen)) {
        change(&mut self.inside().seen);
    }

    pub(super) fn is_poisoned(&self, customer: &str) -> bool {
        self.inside().damaged.contains(customer)
    }

    pub(super) fn seen(&self) -> Seen {
        self.inside().seen.clone()
    }

    pub(super) fn expect(&self, at: Instant, account: &str, what: InboxInput) {
        let mut inside = self.inside();
        inside.expect(at, account, what);
    }

    /// Tells an input once more, some time later.
    pub(super) fn again(&self, input: NewInput, why: &'static str) {
        let mut inside = self.inside();
        *inside.seen.faults.entry(why).or_default() += 1;
        let millis = 1 + inside.dice.below(20_000) as i64;
        inside.told += 1;
        let key = (inside.now.plus_millis(millis), inside.told);
        inside.coming.insert(key, input);
    }

    pub(super) fn next_coming(&self) -> Option<Instant> {
        self.inside().coming.first_key_value().map(|((at, _), _)| *at)
    }

    /// The next input whose moment has come.
    pub(super) fn next_told(&self) -> Option<NewInput> {
        let mut inside = self.inside();
        let now = inside.now;
        inside.coming.first_key_value().filter(|((at, _), _)| *at <= now)?;
        inside.coming.pop_first().map(|(_, input)| input)
    }

    /// Stops here until it is this process's turn again.
    async fn stop(&self, flag: &AtomicBool) {
        flag.store(true, Ordering::SeqCst);
        let mut is_over = false;
        poll_fn(|_| {
            if is_over {
                return Poll::Ready(());
            }
            is_over = true;
            self.paused.store(true, Ordering::SeqCst);
            Poll::Pending
        })
        .await;
    }

    /// Rests until time goes on or somebody has worked.
    pub(super) async fn rest_or_go_on(&self, worked: bool) {
        self.stop(if worked { &self.worked } else { &self.rested }).await;
    }

    pub(super) fn took_pause(&self) -> bool {
        self.paused.swap(false, Ordering::SeqCst)
    }

    pub(super) fn took_rest(&self) -> bool {
        self.rested.swap(false, Ordering::SeqCst)
    }

    pub(super) fn took_work(&self) -> bool {
        self.worked.swap(false, Ordering::SeqCst)
    }
}

impl Inside<'_> {
    fn expect(&mut self, at: Instant, account: &str, what: InboxInput) {
        self.told += 1;
        let (source, id) = ("chance".to_owned(), self.told.to_string());
        self.coming.insert((at, self.told), NewInput { source, id, account: account.to_owned(), what });
    }
}

impl Witness for World<'_> {
    fn fault(&self, call: &'static str) -> Fault {
        let mut inside = self.inside();
        if inside.is_calm {
            return Fault::None;
        }
        let (name, fault) = match inside.dice.below(160) {
            0 | 1 => ("store away, nothing done", Fault::Before),
            2 if call != "moved_on" => ("store did it, its answer was lost", Fault::After),
            _ => return Fault::None,
        };
        *inside.seen.faults.entry(name).or_default() += 1;
        fault
    }

    async fn pause(&self) {
        let ignored = AtomicBool::new(false);
        self.stop(&ignored).await;
    }

    fn is_off(&self, guard: Guard) -> bool {
        self.off == Some(guard)
    }

    fn is_damaged(&self, customer: &str) -> bool {
        let mut inside = self.inside();
        let is_damaged = inside.damaged.contains(customer);
        if is_damaged {
            *inside.seen.faults.entry("state cannot be read").or_default() += 1;
        }
        is_damaged
    }

    fn accepted(&self, inputs: &[NewInput], answers: &[Intake]) {
        let mut inside = self.inside();
        let now = inside.now;
        for (input, answer) in inputs.iter().zip(answers) {
            if *answer == Intake::UnknownAccount {
                inside.seen.wrong.push(format!("no account {}", input.account));
            }
            if *answer != Intake::Accepted {
                continue;
            }
            let Some((customer, debt)) = place(&input.account) else { continue };
            *inside.ledger.kept.entry(customer.clone()).or_default() += 1;
            let InboxInput::Event(arrived) = &input.what else { continue };
            inside.seen.events += 1;
            if !inside.names.insert((input.source.clone(), input.id.clone())) {
                inside.seen.wrong.push(format!("an event was taken in twice: {} {}", input.source, input.id));
                continue;
            }
            if let Event::PaymentReceived { amount, .. } = arrived.event {
                *inside.ledger.paid.entry(input.account.clone()).or_default() += amount;
            }
            if let Some(log) = inside.logs.get_mut(&customer) {
                law_chance::tell(log, now.0, debt, &arrived.event);
            }
        }
    }

    fn committed(&self, commits: &[Commit], answers: &[Result<u64>]) {
        let mut inside = self.inside();
        for (commit, answer) in commits.iter().zip(answers) {
            match answer {
                Ok(_) => inside.seen.transitions += 1,
                Err(Error::Conflict { .. }) => {
                    *inside.seen.faults.entry("a stale worker was turned away").or_default() += 1;
                }
                Err(error) => inside.seen.wrong.push(format!("a commit failed: {error}")),
            }
            if answer.is_err() {
                continue;
            }
            for number in &commit.taken {
                let key = (commit.claim.customer.clone(), *number);
                if !inside.ledger.taken.insert(key) {
                    let customer = &commit.claim.customer;
                    inside.seen.wrong.push(format!("input {number} of {customer} was taken twice"));
                }
            }
        }
    }
}

impl Channel for World<'_> {
    async fn send(&self, row: &OutboxRow) -> Handover {
        let answer = self.inside().take(self.played, row);
        // Receipts may come in before the answer does.
        self.pause().await;
        answer
    }
}

impl Inside<'_> {
    /// The provider gets a message.
    fn take(&mut self, played: &Played, row: &OutboxRow) -> Handover {
        let now = self.now;
        let answer = if self.is_calm { 19 } else { self.dice.below(20) };
        let (name, handover, is_taken) = match answer {
            0 => ("provider refuses", Handover::Refused { why: "no such number".to_owned() }, false),
            1 | 2 => {
                *self.seen.faults.entry("provider is busy").or_default() += 1;
                return Handover::Later { why: "busy".to_owned() };
            }
            3 => ("provider took it, its answer was lost", Handover::Unknown, true),
            4 => ("provider timed out and did not take it", Handover::Unknown, false),
            _ => ("", Handover::Accepted { provider_id: row.id.clone() }, true),
        };
        if !name.is_empty() {
            *self.seen.faults.entry(name).or_default() += 1;
        }
        self.judge(played, row, now);
        let Some((customer, debt)) = place(&row.run.account) else { return handover };
        if !is_taken {
            if let Some(log) = self.logs.get_mut(&customer) {
                log.receipt(debt, row.message.number, false);
            }
            return handover;
        }
        let (number, channel) = (row.message.number, row.message.channel);
        let mut events = law_chance::reactions(played, &mut self.dice, number, channel, now);
        match self.dice.below(12) {
            0 => {
                *self.seen.faults.entry("receipt before the send's answer").or_default() += 1;
                events.push((now, Event::MessageDelivered { message: number }));
            }
            1 => {
                *self.seen.faults.entry("receipts out of order and late").or_default() += 1;
                let later = |days: u64| now.plus_millis(days as i64 * 86_400_000);
                let late = 1 + self.dice.below(5);
                events.push((later(0), Event::MessageRead { message: number }));
                events.push((later(late), Event::MessageDelivered { message: number }));
            }
            2 => {
                let amount = 1 + self.dice.below(60) as i64;
                events.push((now, Event::PaymentReceived { amount, invoice: None, reference: None }));
            }
            _ => {}
        }
        if events.is_empty() {
            *self.seen.faults.entry("no receipt ever").or_default() += 1;
        }
        for (at, event) in events {
            self.expect(at, &row.run.account, InboxInput::Event(Arrived { event, occurred_at: at }));
        }
        handover
    }

    /// Was it right that this message went out at this moment?
    fn judge(&mut self, played: &Played, row: &OutboxRow, now: Instant) {
        let mut wrong = Vec::new();
        if !self.ledger.gone.insert(row.id.clone()) {
            wrong.push(format!("{} went out twice", row.id));
        }
        self.seen.sent += 1;
        let Some((customer, debt)) = place(&row.run.account) else { return };
        let Some(log) = self.logs.get_mut(&customer) else { return };
        let channel = letter(row.message.channel);
        let kind = match row.message.template.0 {
            template if template == played.ask => Kind::Contact,
            // What it was let through as is for the log to confirm.
            _ if row.message.reach == Reach::NewContact => Kind::Told,
            _ => log.told_as(now.0, channel, debt, row.message.reach == Reach::Exempt),
        };
        // A contact counts from the moment for which it was decided, at most a minute before it goes out: the next may
        // come so much too early.
        let is_hours = |rule: &&str| rule.ends_with("hours") || rule.starts_with("hours");
        let at_that_moment = log.forbids(now.0, channel, debt, kind);
        let a_minute_later = log.forbids(now.0 + LEASE_MILLIS, channel, debt, kind);
        let rule = log
            .forbids_for_good(channel, debt, kind)
            .or(at_that_moment.filter(is_hours))
            .or(at_that_moment.and(a_minute_later.filter(|rule| !is_hours(rule))));
        if let Some(rule) = rule {
            let when = now.rfc3339(log.zone());
            wrong.push(format!("{rule}: {channel} of {} at {when}; before it {}", row.id, log.told()));
        } else if at_that_moment.is_some() {
            self.seen.within_a_minute += 1;
        }
        log.sent(now.0, channel, debt, row.message.number, kind);
        self.seen.wrong.extend(wrong);
    }
}

/// The customer and the debt of an account.
pub(super) fn place(account: &str) -> Option<(String, usize)> {
    let (customer, debt) = account.split_once('-')?;
    Some((customer.to_owned(), debt.parse().ok()?))
}
