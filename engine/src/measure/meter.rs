//! The meter: rows of one customer's history become counts.

use super::{Bucket, CREDIT_DAYS, Measures, ROLL_DAYS, grow};
use crate::calendar::Instant;
use crate::customer::{Account, Customer};
use crate::gate::Reach;
use crate::record::{Entry, EventSeen, Recorder, Row, Taker};
use crate::stable::{hash, mix};
use crate::trace::rule_name;
use chrono::Timelike;
use cobro_dsl::program::Program;
use cobro_dsl::values::{Channel, NaiveDate, Value};
use cobro_dsl::vocabulary::Fact;

/// What the caller wants kept beside the counts.
#[derive(Default)]
pub struct Keep<'a> {
    /// Every row.
    pub rows: Option<&'a mut Vec<Row>>,
    /// How each account fared.
    pub fates: Option<&'a mut Vec<Fate>>,
    /// Every payment, up to what was owed.
    pub paid: Option<&'a mut Vec<Paid>>,
}

/// How one account fared. Amounts are minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fate {
    /// It entered the strategy.
    pub entered: bool,
    /// Its bucket at the start.
    pub bucket: Bucket,
    /// Owed at the start.
    pub owed: i64,
    /// Paid, up to what was owed.
    pub paid: i64,
    /// Messages, by channel.
    pub sent: [u32; 4],
    /// Tasks.
    pub tasks: u32,
}

/// A payment of one account, up to what was owed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Paid {
    /// Which of the customer's accounts.
    pub account: usize,
    /// The day of the dry-run, from 0.
    pub day: usize,
    /// Minor units.
    pub amount: i64,
}

/// Counts the rows of one customer as they come; keeps what somebody asked for.
pub struct Meter<'a, 'k> {
    zone: chrono_tz::Tz,
    from: NaiveDate,
    measures: &'a mut Measures,
    keep: &'a mut Keep<'k>,
    accounts: Vec<Seen>,
    messages: Vec<Message>,
    /// Of the customer's messages, which of the creditor's numbers sends them.
    number: usize,
    /// The last day on which the customer was written to by WhatsApp outside a conversation.
    whatsapp_day: Option<usize>,
}

/// What is remembered of an account.
struct Seen {
    fate: Fate,
    /// What it still owed when last seen.
    owed: i64,
    owed_at_entry: i64,
    /// Kept in another currency than the strategy's.
    is_other: bool,
    /// Its bucket and what it owed at the last look.
    rolled_from: (Bucket, i64),
}

/// What is remembered of a message.
struct Message {
    account: usize,
    number: u32,
    channel: usize,
    at: Instant,
    delivered: bool,
    bounced: bool,
    read: bool,
    answered: bool,
    paid: bool,
}

impl<'a, 'k> Meter<'a, 'k> {
    /// Begins with a customer on the first day.
    pub fn start(
        program: &'a Program,
        customer: &Customer,
        from: NaiveDate,
        measures: &'a mut Measures,
        keep: &'a mut Keep<'k>,
    ) -> Meter<'a, 'k> {
        let numbers = measures.days.first().map_or(1, |day| day.whatsapp_numbers.len()).max(1);
        let number = match numbers {
            1 => 0,
            numbers => (mix(hash([customer.id.as_str()])) % numbers as u64) as usize,
        };
        let mut accounts = Vec::with_capacity(customer.accounts.len());
        for account in &customer.accounts {
            measures.accounts += 1;
            let owed = account.balance_on(from).minor;
            let is_other = account.currency != program.currency;
            let bucket = Bucket::of(account, from);
            if is_other {
                measures.other_currency += 1;
            } else {
                grow(&mut measures.owed, owed);
                billed(measures, account, from);
            }
            let fate = Fate { entered: false, bucket, owed, paid: 0, sent: [0; 4], tasks: 0 };
            let rolled_from = (bucket, owed);
            accounts.push(Seen { fate, owed, owed_at_entry: 0, is_other, rolled_from });
        }
        let zone = customer.zone.unwrap_or(program.zone);
        let messages = Vec::new();
        Meter { zone, from, measures, keep, accounts, messages, number, whatsapp_day: None }
    }

    /// So many inputs were taken.
    pub fn taken(&mut self, inputs: u64) {
        self.measures.transitions += inputs;
    }

    /// A day begins: invoices issued today raise what is owed, tasks lie with people, buckets are looked at.
    pub fn morning(&mut self, customer: &Customer, day: u32, today: NaiveDate) {
        let mut tasks_open = 0;
        for (seen, account) in self.accounts.iter_mut().zip(&customer.accounts) {
            let owed = account.balance_on(today).minor;
            if !seen.is_other && day > 0 {
                grow(&mut self.measures.receivables.invoiced, owed.saturating_sub(seen.owed).max(0));
            }
            seen.owed = owed;
            tasks_open += account.run.as_ref().map_or(0, |run| run.open_tasks().count() as u64);
        }
        if let Some(day) = self.measures.days.get_mut(day as usize) {
            day.tasks_open += tasks_open;
        }
        if day > 0 && day.is_multiple_of(ROLL_DAYS) {
            self.roll(customer, today);
        }
    }

    /// The last day is over; `end` is the day after it.
    pub fn finish(mut self, customer: &Customer, days: u32, end: NaiveDate) {
        if days < ROLL_DAYS || days.is_multiple_of(ROLL_DAYS) {
            self.roll(customer, end);
        }
        for (seen, account) in self.accounts.iter().zip(&customer.accounts) {
            let fate = &seen.fate;
            if let Some(fates) = &mut self.keep.fates {
                fates.push(*fate);
            }
            if account.run.as_ref().is_some_and(|run| run.is_open()) {
                self.measures.open.one(seen.owed_at_entry);
            }
            if seen.is_other {
                continue;
            }
            let last = end.pred_opt().unwrap_or(end);
            let owed = account.balance_on(last).minor;
            let known = &mut self.measures.receivables;
            grow(&mut known.owed_at_end, owed);
            for invoice in account.issued_by(last).filter(|invoice| invoice.due_on >= end) {
                grow(&mut known.not_due_at_end, invoice.open);
            }
            let part = super::Part {
                accounts: 1,
                owed: fate.owed,
                entered: u64::from(fate.entered),
                sent: fate.sent.map(u64::from),
                tasks: u64::from(fate.tasks),
                collected: fate.paid,
                cleared: u64::from(fate.owed > 0 && owed == 0),
            };
            if let Some(into) = self.measures.buckets.get_mut(fate.bucket.index()) {
                into.add(&part);
            }
            let segment = match account.stated(Fact::Segment) {
                Some(Value::Text(segment)) => segment.as_str(),
                _ => "",
            };
            match self.measures.segments.get_mut(segment) {
                Some(into) => into.add(&part),
                None => {
                    self.measures.segments.insert(segment.to_owned(), part);
                }
            }
        }
    }

    fn roll(&mut self, customer: &Customer, today: NaiveDate) {
        for (seen, account) in self.accounts.iter_mut().zip(&customer.accounts) {
            if seen.is_other {
                continue;
            }
            let (from, owed) = seen.rolled_from;
            let to = Bucket::of(account, today);
            let cell = self.measures.roll.cells.get_mut(from.index());
            if let Some(cell) = cell.and_then(|row| row.get_mut(to.index())) {
                cell.one(owed);
            }
            seen.rolled_from = (to, account.balance_on(today).minor);
        }
    }

    /// The day of the dry-run at a moment; what lies past its end counts with the last day.
    fn day(&self, at: Instant) -> usize {
        let days = (at.local(self.zone).date() - self.from).num_days();
        usize::try_from(days).unwrap_or(0).min(self.measures.days.len().saturating_sub(1))
    }

    fn sent(&mut self, at: Instant, account: usize, number: u32, channel: Channel, reach: Reach) {
        let (on, day) = (channel.index(), self.day(at));
        let hour = at.local(self.zone).hour() as usize;
        self.measures.contacts += u64::from(reach == Reach::NewContact);
        if let Some(funnel) = self.measures.channels.get_mut(on) {
            funnel.sent += 1;
        }
        if let Some(hours) = self.measures.hours.get_mut(on)
            && let Some(count) = hours.get_mut(hour)
        {
            *count += 1;
        }
        if let Some(into) = self.measures.days.get_mut(day) {
            if let Some(count) = into.sent.get_mut(on) {
                *count += 1;
            }
            if channel == Channel::Whatsapp {
                if let Some(count) = into.whatsapp_numbers.get_mut(self.number) {
                    *count += 1;
                }
                if reach != Reach::Reply && self.whatsapp_day != Some(day) {
                    self.whatsapp_day = Some(day);
                    into.whatsapp_customers += 1;
                }
            }
        }
        if let Some(seen) = self.accounts.get_mut(account)
            && let Some(count) = seen.fate.sent.get_mut(on)
        {
            *count += 1;
        }
        self.messages.push(Message {
            account,
            number,
            channel: on,
            at,
            delivered: false,
            bounced: false,
            read: false,
            answered: false,
            paid: false,
        });
    }

    /// Marks a message and counts it, the first time.
    fn mark(
        &mut self,
        account: usize,
        number: u32,
        flag: fn(&mut Message) -> &mut bool,
    ) -> Option<&mut super::Funnel> {
        let is_it = |known: &&mut Message| known.account == account && known.number == number;
        let message = self.messages.iter_mut().rev().find(is_it)?;
        let marked = flag(message);
        if std::mem::replace(marked, true) {
            return None;
        }
        self.measures.channels.get_mut(message.channel)
    }

    fn answered(&mut self, account: usize, channel: Channel) {
        let is_it = |known: &&Message| known.account == account && known.channel == channel.index();
        let Some(number) = self.messages.iter().rev().find(is_it).map(|message| message.number) else {
            return;
        };
        if let Some(funnel) = self.mark(account, number, |message| &mut message.answered) {
            funnel.answered += 1;
        }
    }

    fn payment(&mut self, at: Instant, account: usize, amount: i64, balance: i64, taker: Taker) {
        let day = self.day(at);
        let Some(seen) = self.accounts.get_mut(account) else { return };
        // Money of another currency is nothing that these figures could add.
        if seen.is_other {
            return;
        }
        let applied = seen.owed.saturating_sub(balance).clamp(0, amount.max(0));
        seen.owed = balance;
        grow(&mut seen.fate.paid, applied);
        let measures = &mut *self.measures;
        grow(&mut measures.received, amount);
        measures.payments += 1;
        if let Some(day) = measures.days.get_mut(day) {
            day.payments += 1;
            grow(&mut day.collected, applied);
        }
        if let Some(paid) = &mut self.keep.paid {
            paid.push(Paid { account, day, amount: applied });
        }
        if !seen.fate.entered && taker == Taker::NoRun {
            return grow(&mut measures.paid_outside, applied);
        }
        grow(&mut measures.recovered, applied);
        let fresh = at.plus_millis(-CREDIT_DAYS * 24 * 3_600_000);
        let last = self.messages.iter_mut().rev().find(|message| message.account == account);
        let Some(message) = last.filter(|message| message.at >= fresh) else {
            return grow(&mut measures.unprompted, applied);
        };
        if let Some(funnel) = measures.channels.get_mut(message.channel) {
            funnel.paid += u64::from(!std::mem::replace(&mut message.paid, true));
            grow(&mut funnel.recovered, applied);
        }
    }

    /// Money that had come is taken back: it is collected no longer.
    fn reversed(&mut self, at: Instant, account: usize, amount: i64, balance: i64) {
        let day = self.day(at);
        let Some(seen) = self.accounts.get_mut(account).filter(|seen| !seen.is_other) else { return };
        let given_back = balance.saturating_sub(seen.owed).clamp(0, amount.max(0));
        seen.owed = balance;
        grow(&mut seen.fate.paid, -given_back);
        let measures = &mut *self.measures;
        grow(&mut measures.received, amount.saturating_neg());
        if let Some(day) = measures.days.get_mut(day) {
            grow(&mut day.collected, -given_back);
        }
        if let Some(paid) = &mut self.keep.paid {
            paid.push(Paid { account, day, amount: -given_back });
        }
        match seen.fate.entered {
            true => {
                grow(&mut measures.recovered, -given_back);
                grow(&mut measures.unprompted, -given_back);
            }
            false => grow(&mut measures.paid_outside, -given_back),
        }
    }

    fn event(&mut self, at: Instant, account: usize, event: &EventSeen, taker: Taker) {
        match event {
            EventSeen::Payment { amount, balance } => self.payment(at, account, *amount, *balance, taker),
            EventSeen::PaymentReversed { amount, balance } => self.reversed(at, account, *amount, *balance),
            EventSeen::BalanceChanged { balance, .. } => {
                if let Some(seen) = self.accounts.get_mut(account) {
                    seen.owed = *balance;
                }
            }
            EventSeen::Response { channel, button, .. } => {
                match self.measures.answers.get_mut(button) {
                    Some(count) => *count += 1,
                    None => {
                        self.measures.answers.insert(button.clone(), 1);
                    }
                }
                self.answered(account, *channel);
            }
            EventSeen::Delivered { message } => {
                if let Some(funnel) = self.mark(account, *message, |message| &mut message.delivered) {
                    funnel.delivered += 1;
                }
            }
            EventSeen::Read { message } => {
                if let Some(funnel) = self.mark(account, *message, |message| &mut message.read) {
                    funnel.read += 1;
                }
            }
            EventSeen::NotDelivered { message } => {
                if let Some(funnel) = self.mark(account, *message, |message| &mut message.bounced) {
                    funnel.bounced += 1;
                }
            }
            EventSeen::OptedOut { .. } => self.measures.objections.opted_out += 1,
            EventSeen::DisputeOpened { .. } => self.measures.objections.disputed += 1,
            EventSeen::WrongPerson { .. } => self.measures.objections.wrong_person += 1,
            EventSeen::PromiseMade { amount, .. } => self.measures.promises.made.one(*amount),
            EventSeen::PromiseKept { amount, .. } => self.measures.promises.kept.one(*amount),
            EventSeen::PromiseBroken { amount, .. } => self.measures.promises.broken.one(*amount),
            EventSeen::TaskDone { .. } => {
                let day = self.day(at);
                if let Some(day) = self.measures.days.get_mut(day) {
                    day.tasks_done += 1;
                }
            }
            _ => {}
        }
    }

    fn count(&mut self, at: Instant, account: usize, entry: &Entry) {
        let measures = &mut *self.measures;
        match entry {
            Entry::Entered { step, .. } => {
                measures.entered += 1;
                *measures.steps.entry(*step).or_default() += 1;
                if let Some(seen) = self.accounts.get_mut(account) {
                    seen.fate.entered = true;
                    seen.owed_at_entry = seen.owed;
                    grow(&mut measures.owed_entered, seen.owed);
                }
            }
            Entry::WentTo { step, arrow } => {
                *measures.steps.entry(*step).or_default() += 1;
                *measures.arrows.entry(*arrow).or_default() += 1;
            }
            Entry::Staged { step, is_back, arrow, .. } => {
                *measures.steps.entry(*step).or_default() += 1;
                if !is_back {
                    *measures.arrows.entry(*arrow).or_default() += 1;
                }
            }
            Entry::Sent { message, channel, reach, .. } => self.sent(at, account, *message, *channel, *reach),
            Entry::Deferred { rule, .. } => *measures.deferred.entry(rule_name(rule)).or_default() += 1,
            Entry::Refused { rule, .. } => *measures.refused.entry(rule_name(rule)).or_default() += 1,
            Entry::Escalated { to: None, .. } => {
                *measures.refused.entry("no_channel_left").or_default() += 1;
            }
            Entry::Assigned { queue, .. } => {
                *measures.tasks.entry(*queue).or_default() += 1;
                if let Some(seen) = self.accounts.get_mut(account) {
                    seen.fate.tasks += 1;
                }
                let day = self.day(at);
                if let Some(day) = self.measures.days.get_mut(day) {
                    day.tasks_opened += 1;
                }
            }
            Entry::Happened { event, taker } => self.event(at, account, event, *taker),
            Entry::Ended { outcome, arrow } => {
                let owed = self.accounts.get(account).map_or(0, |seen| seen.owed_at_entry);
                measures.outcomes.entry(*outcome).or_default().one(owed);
                *measures.arrows.entry(*arrow).or_default() += 1;
            }
            // The rest tells how a run got on; nothing of it is counted.
            _ => {}
        }
    }
}

/// What invoices with a date of issue came to.
fn billed(measures: &mut Measures, account: &Account, from: NaiveDate) {
    let end = from.checked_add_days(chrono::Days::new(measures.days.len() as u64)).unwrap_or(from);
    let known = &mut measures.receivables;
    for invoice in &account.invoices {
        let Some(on) = invoice.issued_on.filter(|on| *on < end) else { continue };
        known.first_issued_on = known.first_issued_on.into_iter().chain([on]).min();
        grow(&mut known.billed_by_end, invoice.amount);
        if on < from {
            grow(&mut known.billed_before, invoice.amount);
        }
    }
}

impl Recorder for Meter<'_, '_> {
    const KEEPS: bool = false;

    fn record(&mut self, at: Instant, account: usize, make: impl FnOnce() -> Entry) {
        let entry = make();
        self.count(at, account, &entry);
        if let Some(rows) = &mut self.keep.rows {
            rows.push(Row { at, account, entry });
        }
    }
}
