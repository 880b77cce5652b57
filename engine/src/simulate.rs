//! The dry-run: what a strategy would do to a portfolio.
//!
//! In: a program, customers with what really happened to them, a behaviour, a first day and a number of days.
//! Out: counts that add up over customers, so that the caller may spread customers over threads and add the
//! parts. Absent: its own idea of what a strategy means, threads, files.

use crate::advance::{Context, would_enter};
use crate::behaviour::{Behaviour, Debtor};
use crate::calendar::Instant;
use crate::customer::Customer;
use crate::input::{Event, Input};
use crate::portfolio::History;
use crate::record::{Entry, EventSeen, Recorder, Row};
use crate::timeline::Timeline;
use crate::trace::rule_name;
use chrono::Days;
use cobro_dsl::program::Program;
use cobro_dsl::values::{NaiveDate, NaiveTime};
use std::collections::BTreeMap;
use std::str::FromStr;

/// The span of a dry-run.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    /// The first local day.
    pub from: NaiveDate,
    /// How many days.
    pub days: u32,
    /// The first local day after it.
    pub end: NaiveDate,
    /// The seed of every draw.
    pub seed: u64,
    /// When the portfolio is reviewed: local dates and times in the strategy's zone, in order.
    pub reviews: Vec<Instant>,
    /// The last instant.
    pub until: Instant,
}

/// Why a dry-run cannot start.
#[derive(Debug, PartialEq, Eq)]
pub enum Error {
    /// The span runs off the calendar.
    OutOfCalendar,
    /// The strategy's review schedule cannot be read.
    BadSchedule,
}

impl Plan {
    /// Lays out the span: reviews by the program's cron schedule in its zone.
    pub fn new(program: &Program, from: NaiveDate, days: u32, seed: u64) -> Result<Plan, Error> {
        let end = from.checked_add_days(Days::new(u64::from(days))).ok_or(Error::OutOfCalendar)?;
        // Nothing is told of years that are not written with four digits.
        let calendar =
            Instant::FIRST.local(chrono_tz::UTC).date()..=Instant::LAST.local(chrono_tz::UTC).date();
        if days == 0 || !calendar.contains(&from) || !calendar.contains(&end) {
            return Err(Error::OutOfCalendar);
        }
        let start = Instant::resolve(from.and_time(NaiveTime::MIN), program.zone);
        let until = Instant::resolve(end.and_time(NaiveTime::MIN), program.zone).plus_millis(-1);
        let schedule = cron::Schedule::from_str(&program.review).map_err(|_| Error::BadSchedule)?;
        // The schedule is asked for times after a moment; a review at the very start counts.
        let before = start.plus_millis(-1).in_zone(program.zone);
        let reviews = schedule
            .after(&before)
            .map(|at| Instant(at.timestamp_millis()))
            .take_while(|at| *at <= until)
            .collect();
        Ok(Plan { from, days, end, seed, reviews, until })
    }
}

/// What a dry-run counted. Amounts are minor units of the strategy's currency.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Accounts in the portfolio.
    pub accounts: u64,
    /// Accounts in another currency than the strategy's: never entered.
    pub other_currency: u64,
    /// Owed at the start, by all accounts in the strategy's currency.
    pub owed: i64,
    /// Accounts that entered.
    pub entered: u64,
    /// Owed by the accounts that entered, at the moment they entered.
    pub owed_entered: i64,
    /// Inputs that were taken.
    pub transitions: u64,
    /// Messages handed over, by channel's word.
    pub sent: BTreeMap<&'static str, u64>,
    /// Of those, new contacts that limits count.
    pub contacts: u64,
    /// Messages handed over, by local date.
    pub by_day: BTreeMap<NaiveDate, u64>,
    /// Times that the gate said "not before", by rule.
    pub deferred: BTreeMap<&'static str, u64>,
    /// Times that the gate said "never", by rule.
    pub refused: BTreeMap<&'static str, u64>,
    /// Runs that ended, by outcome: how many, and what they owed when they entered.
    pub outcomes: BTreeMap<u16, (u64, i64)>,
    /// Runs that had not ended, and what they owed when they entered.
    pub open: (u64, i64),
    /// Times each step was come to.
    pub steps: BTreeMap<u16, u64>,
    /// Tasks opened, by queue.
    pub tasks: BTreeMap<u16, u64>,
    /// Payments after the account entered: how many.
    pub payments: u64,
    /// Paid after the account entered, up to what was owed.
    pub recovered: i64,
    /// Paid by accounts that had not entered, up to what was owed.
    pub paid_outside: i64,
    /// Every payment as it came, to the cent: also what went beyond the debt.
    pub received: i64,
}

impl Tally {
    /// Adds what another part of the portfolio counted. Amounts stay at the largest rather than turn over.
    pub fn add(&mut self, other: &Tally) {
        fn sum<K: Ord + Copy>(into: &mut BTreeMap<K, u64>, from: &BTreeMap<K, u64>) {
            for (key, count) in from {
                *into.entry(*key).or_default() += count;
            }
        }
        self.accounts += other.accounts;
        self.other_currency += other.other_currency;
        self.owed = self.owed.saturating_add(other.owed);
        self.entered += other.entered;
        self.owed_entered = self.owed_entered.saturating_add(other.owed_entered);
        self.transitions += other.transitions;
        sum(&mut self.sent, &other.sent);
        self.contacts += other.contacts;
        sum(&mut self.by_day, &other.by_day);
        sum(&mut self.deferred, &other.deferred);
        sum(&mut self.refused, &other.refused);
        for (outcome, (count, amount)) in &other.outcomes {
            let into = self.outcomes.entry(*outcome).or_default();
            into.0 += count;
            into.1 = into.1.saturating_add(*amount);
        }
        self.open.0 += other.open.0;
        self.open.1 = self.open.1.saturating_add(other.open.1);
        sum(&mut self.steps, &other.steps);
        sum(&mut self.tasks, &other.tasks);
        self.payments += other.payments;
        self.recovered = self.recovered.saturating_add(other.recovered);
        self.paid_outside = self.paid_outside.saturating_add(other.paid_outside);
        self.received = self.received.saturating_add(other.received);
    }
}

/// Plays one customer from the first day to the last and counts into `tally`; keeps every row in `rows` when
/// somebody asks for them. `history` holds, for each account, what really happened to it.
pub fn play(
    context: Context<'_>,
    behaviour: &Behaviour,
    plan: &Plan,
    customer: &mut Customer,
    history: &[History],
    tally: &mut Tally,
    rows: Option<&mut Vec<Row>>,
) {
    let program = context.program;
    let zone = customer.zone.unwrap_or(program.zone);
    let mut timeline = Timeline::default();
    // Replayed payments come at the first moment of their local day: before any message of that day.
    if *behaviour == Behaviour::History {
        for (account, history) in history.iter().enumerate() {
            for payment in &history.payments {
                let at = Instant::resolve(payment.on.and_time(NaiveTime::MIN), zone);
                if payment.on >= plan.from && payment.on < plan.end {
                    let invoice = Some(payment.invoice.clone());
                    let event = Event::PaymentReceived { amount: payment.amount, invoice, reference: None };
                    timeline.push(at, account, Input::Event(event));
                }
            }
        }
    }
    let mut counter = Counter {
        program,
        zone,
        tally,
        owed: customer.accounts.iter().map(|account| account.balance_on(plan.from).minor).collect(),
        owed_at_entry: vec![0; customer.accounts.len()],
        is_other: customer.accounts.iter().map(|account| account.currency != program.currency).collect(),
        rows,
    };
    counter.start(customer, plan);
    let mut debtor = Debtor::new(behaviour, context, customer, plan.seed);
    let mut reviews = plan.reviews.iter().copied().peekable();
    for day in 0..plan.days {
        let Some(today) = plan.from.checked_add_days(Days::new(u64::from(day))) else { break };
        let midnight = Instant::resolve(today.and_time(NaiveTime::MIN), zone);
        counter.tally.transitions +=
            timeline.play(context, customer, midnight.plus_millis(-1), &mut counter, &mut debtor);
        counter.invoices_issued(customer, today);
        if *behaviour != Behaviour::History {
            for account in 0..customer.accounts.len() {
                debtor.day(customer, account, today, midnight, &mut timeline);
            }
        }
        // The day's end is asked of the zone: where clocks change it has 23 or 25 hours.
        let Some(next) = today.succ_opt() else { break };
        let tomorrow = Instant::resolve(next.and_time(NaiveTime::MIN), zone);
        while let Some(review) = reviews.next_if(|review| *review < tomorrow) {
            counter.tally.transitions +=
                timeline.play(context, customer, review.plus_millis(-1), &mut counter, &mut debtor);
            for account in 0..customer.accounts.len() {
                let today = review.local(zone).date();
                let enters = customer
                    .accounts
                    .get(account)
                    .is_some_and(|known| would_enter(program, customer, known, today));
                if enters {
                    timeline.push(review, account, Input::Enter);
                }
            }
        }
    }
    counter.tally.transitions += timeline.play(context, customer, plan.until, &mut counter, &mut debtor);
    counter.finish(customer);
}

/// Counts rows as they come; keeps them when somebody asked for them.
struct Counter<'a> {
    program: &'a Program,
    zone: chrono_tz::Tz,
    tally: &'a mut Tally,
    /// What each account still owed when last seen.
    owed: Vec<i64>,
    owed_at_entry: Vec<i64>,
    /// Which accounts are kept in another currency than the strategy's.
    is_other: Vec<bool>,
    rows: Option<&'a mut Vec<Row>>,
}

impl Counter<'_> {
    fn start(&mut self, customer: &Customer, plan: &Plan) {
        for account in &customer.accounts {
            self.tally.accounts += 1;
            if account.currency == self.program.currency {
                self.tally.owed = self.tally.owed.saturating_add(account.balance_on(plan.from).minor);
            } else {
                self.tally.other_currency += 1;
            }
        }
    }

    /// An invoice issued meanwhile raises what is owed.
    fn invoices_issued(&mut self, customer: &Customer, today: NaiveDate) {
        for (owed, account) in self.owed.iter_mut().zip(&customer.accounts) {
            *owed = account.balance_on(today).minor;
        }
    }

    fn finish(&mut self, customer: &Customer) {
        for (account, owed) in customer.accounts.iter().zip(&self.owed_at_entry) {
            if account.run.as_ref().is_some_and(|run| run.is_open()) {
                self.tally.open.0 += 1;
                self.tally.open.1 = self.tally.open.1.saturating_add(*owed);
            }
        }
    }

    fn count(&mut self, at: Instant, account: usize, entry: &Entry) {
        let tally = &mut *self.tally;
        match entry {
            Entry::Entered { step, .. } => {
                tally.entered += 1;
                *tally.steps.entry(*step).or_default() += 1;
                let owed = self.owed.get(account).copied().unwrap_or(0);
                tally.owed_entered = tally.owed_entered.saturating_add(owed);
                if let Some(at_entry) = self.owed_at_entry.get_mut(account) {
                    *at_entry = owed;
                }
            }
            Entry::WentTo { step, .. } => *tally.steps.entry(*step).or_default() += 1,
            Entry::Sent { channel, reach, .. } => {
                *tally.sent.entry(channel.word()).or_default() += 1;
                tally.contacts += u64::from(*reach == crate::gate::Reach::NewContact);
                *tally.by_day.entry(at.local(self.zone).date()).or_default() += 1;
            }
            Entry::Deferred { rule, .. } => *tally.deferred.entry(rule_name(rule)).or_default() += 1,
            Entry::Refused { rule, .. } => *tally.refused.entry(rule_name(rule)).or_default() += 1,
            Entry::Escalated { to: None, .. } => *tally.refused.entry("no_channel_left").or_default() += 1,
            Entry::Assigned { queue, .. } => *tally.tasks.entry(*queue).or_default() += 1,
            Entry::Happened { event: EventSeen::Payment { amount, balance }, taker } => {
                // Money of another currency is nothing that this report could add.
                if self.is_other.get(account) == Some(&true) {
                    return;
                }
                let Some(owed) = self.owed.get_mut(account) else { return };
                let applied = owed.saturating_sub(*balance).clamp(0, (*amount).max(0));
                *owed = *balance;
                tally.received = tally.received.saturating_add(*amount);
                tally.payments += 1;
                let entered = self.owed_at_entry.get(account).is_some_and(|at_entry| *at_entry > 0);
                if entered || *taker != crate::record::Taker::NoRun {
                    tally.recovered = tally.recovered.saturating_add(applied);
                } else {
                    tally.paid_outside = tally.paid_outside.saturating_add(applied);
                }
            }
            Entry::Happened { event: EventSeen::PaymentReversed { amount, balance }, .. } => {
                if self.is_other.get(account) == Some(&true) {
                    return;
                }
                let Some(owed) = self.owed.get_mut(account) else { return };
                let given_back = balance.saturating_sub(*owed).clamp(0, (*amount).max(0));
                *owed = *balance;
                tally.received = tally.received.saturating_sub(*amount);
                if self.owed_at_entry.get(account).is_some_and(|at_entry| *at_entry > 0) {
                    tally.recovered = tally.recovered.saturating_sub(given_back);
                } else {
                    tally.paid_outside = tally.paid_outside.saturating_sub(given_back);
                }
            }
            Entry::Happened { event: EventSeen::BalanceChanged { balance, .. }, .. } => {
                if let Some(owed) = self.owed.get_mut(account) {
                    *owed = *balance;
                }
            }
            Entry::Ended { outcome, .. } => {
                let into = tally.outcomes.entry(*outcome).or_default();
                into.0 += 1;
                into.1 = into.1.saturating_add(self.owed_at_entry.get(account).copied().unwrap_or(0));
            }
            Entry::Escalated { .. }
            | Entry::OnHold { .. }
            | Entry::Released { .. }
            | Entry::Waits { .. }
            | Entry::Awaits { .. }
            | Entry::Held { .. }
            | Entry::WaitOver { .. }
            | Entry::Offered { .. }
            | Entry::Follows { .. }
            | Entry::NotWaited { .. }
            | Entry::TimedOut { .. }
            | Entry::Happened { .. }
            | Entry::Branched { .. }
            | Entry::Tagged { .. }
            | Entry::Set { .. }
            | Entry::Repeats { .. }
            | Entry::Split { .. }
            | Entry::Noted { .. }
            | Entry::Withdrawn { .. } => {}
        }
    }
}

impl Recorder for Counter<'_> {
    const KEEPS: bool = false;

    fn record(&mut self, at: Instant, account: usize, make: impl FnOnce() -> Entry) {
        let entry = make();
        self.count(at, account, &entry);
        if let Some(rows) = &mut self.rows {
            rows.push(Row { at, account, entry });
        }
    }
}
