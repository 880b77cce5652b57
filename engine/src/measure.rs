//! What a strategy did to a portfolio, in figures: one definition of each for simulator, comparison and reports.
//!
//! In: rows of history, told to a [`Meter`] customer by customer. Out: [`Measures`], which add up over customers, so that
//! neither threads nor the order of rows can change them. Money is whole minor units. Absent: words, files, opinions; what
//! each figure means and where its definition is from stands in `docs/measures.md`.

mod bucket;
mod meter;
pub mod resample;
pub mod surprise;

pub use bucket::{BUCKETS, Bucket};
pub use meter::{Fate, Keep, Meter, Paid};

use cobro_dsl::values::{Channel, NaiveDate};
use std::collections::BTreeMap;

/// A payment is put down to the account's last message when it comes at most so many days after it.
pub const CREDIT_DAYS: i64 = 7;

/// Accounts are looked at for their bucket every so many days.
pub const ROLL_DAYS: u32 = 30;

/// WhatsApp's limits: different customers written to outside a conversation within a day. The last has none.
pub const WHATSAPP_TIERS: [u64; 4] = [250, 2_000, 10_000, 100_000];

/// What was counted. Amounts are minor units of the strategy's currency.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Measures {
    /// Accounts in the portfolio.
    pub accounts: u64,
    /// Accounts in another currency than the strategy's: never entered, in no amount.
    pub other_currency: u64,
    /// Owed at the start, by all accounts in the strategy's currency.
    pub owed: i64,
    /// Accounts that entered.
    pub entered: u64,
    /// Owed by the accounts that entered, at the moment they entered.
    pub owed_entered: i64,
    /// Inputs that were taken.
    pub transitions: u64,
    /// Messages that limits count as new contacts.
    pub contacts: u64,
    /// What became of messages, by channel in the order of `Channel::ALL`.
    pub channels: [Funnel; 4],
    /// Recovered without a message in the days before that it could be put down to.
    pub unprompted: i64,
    /// Day by day, from the first.
    pub days: Vec<Day>,
    /// Messages by channel and local hour.
    pub hours: [[u64; 24]; 4],
    /// Times that the gate said "not before", by rule.
    pub deferred: BTreeMap<&'static str, u64>,
    /// Times that the gate said "never", by rule.
    pub refused: BTreeMap<&'static str, u64>,
    /// Runs that ended, by outcome: how many, and what they owed when they entered.
    pub outcomes: BTreeMap<u16, Count>,
    /// Runs that had not ended.
    pub open: Count,
    /// Times each step was come to.
    pub steps: BTreeMap<u16, u64>,
    /// Times each arrow was taken, by its operation.
    pub arrows: BTreeMap<u32, u64>,
    /// Tasks opened, by queue.
    pub tasks: BTreeMap<u16, u64>,
    /// Answers, by button; free text stands under the empty name.
    pub answers: BTreeMap<String, u64>,
    /// Customers who asked not to be contacted, disputes opened, channels that reached somebody else.
    pub objections: Objections,
    /// Promises.
    pub promises: Promised,
    /// Every payment after the account entered or before it: how many.
    pub payments: u64,
    /// Paid after the account entered, up to what was owed.
    pub recovered: i64,
    /// Paid by accounts that had not entered, up to what was owed.
    pub paid_outside: i64,
    /// Every payment as it came, to the cent: also what went beyond the debt.
    pub received: i64,
    /// Where accounts went between age buckets, pooled over every thirty days.
    pub roll: Roll,
    /// What was owed and invoiced, for DSO and CEI.
    pub receivables: Receivables,
    /// By age bucket at the start.
    pub buckets: [Part; BUCKETS],
    /// By segment; accounts without one stand under the empty name.
    pub segments: BTreeMap<String, Part>,
}

/// How many, and how much.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Count {
    /// How many.
    pub count: u64,
    /// Minor units.
    pub amount: i64,
}

/// What became of the messages of a channel. Each message counts once in each place.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Funnel {
    /// Handed over.
    pub sent: u64,
    /// Known to have arrived.
    pub delivered: u64,
    /// Known not to have arrived.
    pub bounced: u64,
    /// Read.
    pub read: u64,
    /// Answered.
    pub answered: u64,
    /// Followed by a payment that is put down to them.
    pub paid: u64,
    /// The money of those payments, up to what was owed.
    pub recovered: i64,
}

/// A day of the dry-run, by local date.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Day {
    /// Messages, by channel.
    pub sent: [u64; 4],
    /// Customers written to by WhatsApp outside a conversation: each once.
    pub whatsapp_customers: u64,
    /// Messages by sending number, when the plan has several.
    pub whatsapp_numbers: Vec<u64>,
    /// Tasks opened.
    pub tasks_opened: u64,
    /// Tasks done.
    pub tasks_done: u64,
    /// Tasks with a person when the day began.
    pub tasks_open: u64,
    /// Payments that came.
    pub payments: u64,
    /// Paid, up to what was owed, by all accounts in the currency.
    pub collected: i64,
}

/// Who objected.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Objections {
    /// Opted out.
    pub opted_out: u64,
    /// Opened a dispute.
    pub disputed: u64,
    /// Turned out to be somebody else.
    pub wrong_person: u64,
}

/// How promises went.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Promised {
    /// Made.
    pub made: Count,
    /// Kept.
    pub kept: Count,
    /// Broken.
    pub broken: Count,
}

/// Accounts and amounts by the bucket they were in and the one they were in thirty days later.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Roll {
    /// From, then to; the amount is what was owed before.
    pub cells: [[Count; BUCKETS]; BUCKETS],
}

/// What DSO and CEI are made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Receivables {
    /// Owed when the last day was over.
    pub owed_at_end: i64,
    /// Of that, not yet due.
    pub not_due_at_end: i64,
    /// Invoiced on days of the dry-run after the first, of what was still to be paid.
    pub invoiced: i64,
    /// Came to, of invoices with a date of issue before the dry-run.
    pub billed_before: i64,
    /// Came to, of invoices with a date of issue by the end of it.
    pub billed_by_end: i64,
    /// The first date of issue.
    pub first_issued_on: Option<NaiveDate>,
}

/// A part of the portfolio.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Part {
    /// Accounts.
    pub accounts: u64,
    /// Owed at the start.
    pub owed: i64,
    /// Entered.
    pub entered: u64,
    /// Messages, by channel.
    pub sent: [u64; 4],
    /// Tasks.
    pub tasks: u64,
    /// Paid, up to what was owed.
    pub collected: i64,
    /// Accounts that owe nothing at the end.
    pub cleared: u64,
}

impl Measures {
    /// Nothing counted yet, for a span of days.
    pub fn over(days: u32, whatsapp_numbers: u32) -> Measures {
        let day = Day { whatsapp_numbers: vec![0; whatsapp_numbers.max(1) as usize], ..Day::default() };
        Measures { days: vec![day; days as usize], ..Measures::default() }
    }

    /// Adds what another part of the portfolio counted. Amounts stay at the largest rather than turn over.
    pub fn add(&mut self, other: &Measures) {
        self.accounts += other.accounts;
        self.other_currency += other.other_currency;
        grow(&mut self.owed, other.owed);
        self.entered += other.entered;
        grow(&mut self.owed_entered, other.owed_entered);
        self.transitions += other.transitions;
        self.contacts += other.contacts;
        self.channels.iter_mut().zip(&other.channels).for_each(|(into, from)| into.add(from));
        grow(&mut self.unprompted, other.unprompted);
        self.days.resize(self.days.len().max(other.days.len()), Day::default());
        self.days.iter_mut().zip(&other.days).for_each(|(into, from)| into.add(from));
        for (into, from) in self.hours.iter_mut().zip(&other.hours) {
            sum(into, from);
        }
        merge(&mut self.deferred, &other.deferred);
        merge(&mut self.refused, &other.refused);
        for (outcome, count) in &other.outcomes {
            self.outcomes.entry(*outcome).or_default().add(*count);
        }
        self.open.add(other.open);
        merge(&mut self.steps, &other.steps);
        merge(&mut self.arrows, &other.arrows);
        merge(&mut self.tasks, &other.tasks);
        merge(&mut self.answers, &other.answers);
        self.objections.opted_out += other.objections.opted_out;
        self.objections.disputed += other.objections.disputed;
        self.objections.wrong_person += other.objections.wrong_person;
        self.promises.made.add(other.promises.made);
        self.promises.kept.add(other.promises.kept);
        self.promises.broken.add(other.promises.broken);
        self.payments += other.payments;
        grow(&mut self.recovered, other.recovered);
        grow(&mut self.paid_outside, other.paid_outside);
        grow(&mut self.received, other.received);
        for (into, from) in self.roll.cells.iter_mut().flatten().zip(other.roll.cells.iter().flatten()) {
            into.add(*from);
        }
        self.receivables.add(&other.receivables);
        self.buckets.iter_mut().zip(&other.buckets).for_each(|(into, from)| into.add(from));
        for (segment, part) in &other.segments {
            match self.segments.get_mut(segment) {
                Some(into) => into.add(part),
                None => {
                    self.segments.insert(segment.clone(), *part);
                }
            }
        }
    }

    /// Messages handed over.
    pub fn sent(&self) -> u64 {
        self.channels.iter().map(|channel| channel.sent).sum()
    }

    /// The messages of a channel.
    pub fn channel(&self, channel: Channel) -> Funnel {
        self.channels.get(channel.index()).copied().unwrap_or_default()
    }

    /// All channels together.
    pub fn funnel(&self) -> Funnel {
        let mut all = Funnel::default();
        self.channels.iter().for_each(|channel| all.add(channel));
        all
    }

    /// Paid up to what was owed, entered or not: where the recovery curve ends.
    pub fn collected(&self) -> i64 {
        self.recovered.saturating_add(self.paid_outside)
    }

    /// The recovery curve: collected by the end of each day.
    pub fn curve(&self) -> Vec<i64> {
        let mut so_far = 0_i64;
        let mut curve = Vec::with_capacity(self.days.len());
        for day in &self.days {
            so_far = so_far.saturating_add(day.collected);
            curve.push(so_far);
        }
        curve
    }

    /// Days sales outstanding before the first day and after the last; `None` where the portfolio does not date its
    /// invoices.
    pub fn dso(&self, from: NaiveDate, end: NaiveDate) -> (Option<f64>, Option<f64>) {
        let known = &self.receivables;
        let of = |owed: i64, billed: i64, on: NaiveDate| {
            let span = (on - known.first_issued_on?).num_days();
            (billed > 0 && span > 0).then(|| owed as f64 / billed as f64 * span as f64)
        };
        (of(self.owed, known.billed_before, from), of(known.owed_at_end, known.billed_by_end, end))
    }

    /// The collection effectiveness index, in percent: of what could be collected, what was.
    pub fn cei(&self) -> Option<f64> {
        let known = &self.receivables;
        let all = self.owed.saturating_add(known.invoiced);
        let could = all.saturating_sub(known.not_due_at_end);
        (could > 0).then(|| all.saturating_sub(known.owed_at_end) as f64 * 100.0 / could as f64)
    }
}

impl Count {
    fn add(&mut self, other: Count) {
        self.count += other.count;
        grow(&mut self.amount, other.amount);
    }

    fn one(&mut self, amount: i64) {
        self.add(Count { count: 1, amount });
    }
}

impl Funnel {
    fn add(&mut self, other: &Funnel) {
        self.sent += other.sent;
        self.delivered += other.delivered;
        self.bounced += other.bounced;
        self.read += other.read;
        self.answered += other.answered;
        self.paid += other.paid;
        grow(&mut self.recovered, other.recovered);
    }
}

impl Day {
    fn add(&mut self, other: &Day) {
        sum(&mut self.sent, &other.sent);
        self.whatsapp_customers += other.whatsapp_customers;
        self.whatsapp_numbers.resize(self.whatsapp_numbers.len().max(other.whatsapp_numbers.len()), 0);
        sum(&mut self.whatsapp_numbers, &other.whatsapp_numbers);
        self.tasks_opened += other.tasks_opened;
        self.tasks_done += other.tasks_done;
        self.tasks_open += other.tasks_open;
        self.payments += other.payments;
        grow(&mut self.collected, other.collected);
    }

    /// Messages of all channels.
    pub fn messages(&self) -> u64 {
        self.sent.iter().sum()
    }
}

impl Receivables {
    fn add(&mut self, other: &Receivables) {
        grow(&mut self.owed_at_end, other.owed_at_end);
        grow(&mut self.not_due_at_end, other.not_due_at_end);
        grow(&mut self.invoiced, other.invoiced);
        grow(&mut self.billed_before, other.billed_before);
        grow(&mut self.billed_by_end, other.billed_by_end);
        self.first_issued_on = self.first_issued_on.into_iter().chain(other.first_issued_on).min();
    }
}

impl Part {
    fn add(&mut self, other: &Part) {
        self.accounts += other.accounts;
        grow(&mut self.owed, other.owed);
        self.entered += other.entered;
        sum(&mut self.sent, &other.sent);
        self.tasks += other.tasks;
        grow(&mut self.collected, other.collected);
        self.cleared += other.cleared;
    }
}

/// Amounts stay at the largest rather than turn over.
fn grow(into: &mut i64, by: i64) {
    *into = into.saturating_add(by);
}

fn sum(into: &mut [u64], from: &[u64]) {
    into.iter_mut().zip(from).for_each(|(into, from)| *into += from);
}

fn merge<K: Ord + Clone>(into: &mut BTreeMap<K, u64>, from: &BTreeMap<K, u64>) {
    for (key, count) in from {
        match into.get_mut(key) {
            Some(into) => *into += count,
            None => {
                into.insert(key.clone(), *count);
            }
        }
    }
}
