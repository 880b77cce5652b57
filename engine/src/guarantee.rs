//! Holds runs to what their strategy guarantees.
//!
//! In: a program, a customer, and the whole record of their runs. Out: every guarantee that was broken, at its moment.
//! `test` and `simulate` ask this of every run that they make. Absent: proof over all runs that there can be.

use crate::advance::Context;
use crate::calendar::{self, Instant};
use crate::contacts::{Contact, Count, Ledger};
use crate::customer::Customer;
use crate::gate::Reach;
use crate::record::{Entry, EventSeen, Row};
use cobro_dsl::law::Unit;
use cobro_dsl::program::Program;
use cobro_dsl::program::guarantee::Guarantee;
use cobro_dsl::values::{Channel, ChannelSet, Lang, Money, NaiveDate, Number};
use std::collections::BTreeMap;

/// What one message costs, by channel, in whole units of the strategy's currency.
pub type Prices = BTreeMap<Channel, Number>;

/// A guarantee that was broken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Breach {
    /// Its number in the program.
    pub guarantee: usize,
    /// Of which account.
    pub account: usize,
    /// When.
    pub at: Instant,
}

/// The guarantees that were broken by a customer's runs, each once for each account, at the first moment. `until` is
/// the last moment that the record tells of.
pub fn check(
    context: Context<'_>,
    customer: &Customer,
    rows: &[Row],
    prices: &Prices,
    until: Instant,
) -> Vec<Breach> {
    let judge =
        Judge { context, customer, zone: customer.zone.unwrap_or(context.program.zone), rows, prices, until };
    let all = context.program.guarantees.iter().enumerate();
    let mut breaches: Vec<Breach> = all
        .flat_map(|(number, guarantee)| {
            let broken = judge.one(guarantee).into_iter();
            broken.map(move |(account, at)| Breach { guarantee: number, account, at })
        })
        .collect();
    breaches.sort_by_key(|breach| (breach.at, breach.account, breach.guarantee));
    breaches
}

/// A guarantee of a program, as people say it.
pub fn words(program: &Program, guarantee: usize, lang: Lang) -> String {
    let guarantee = program.guarantees.get(guarantee);
    guarantee.map_or_else(String::new, |guarantee| cobro_dsl::graph::words::guarantee(guarantee, lang))
}

struct Judge<'a> {
    context: Context<'a>,
    customer: &'a Customer,
    zone: chrono_tz::Tz,
    rows: &'a [Row],
    prices: &'a Prices,
    until: Instant,
}

impl Judge<'_> {
    /// Accounts with the first moment at which the guarantee was broken.
    fn one(&self, guarantee: &Guarantee) -> BTreeMap<usize, Instant> {
        match guarantee {
            Guarantee::NoSendAfterPayment => self.after_payment(),
            Guarantee::NoSendAfterOptOut => self.after_opt_out(),
            Guarantee::NoSendOutside(week) => self.first(|row, _| {
                let local = row.at.local(self.zone);
                let is_holiday = self.context.law.holidays.contains(local.date());
                let minute = (local.time().signed_duration_since(chrono::NaiveTime::MIN)).num_minutes();
                let day = week.on(chrono::Datelike::weekday(&local.date()), is_holiday);
                !day.iter().any(|stretch| {
                    i64::from(stretch.open.minutes()) <= minute && minute < i64::from(stretch.close.minutes())
                })
            }),
            Guarantee::AtMost(limit) => {
                let mut ledger = Ledger::default();
                let count = Count {
                    window: limit.window,
                    channels: limit.channels,
                    zone: self.zone,
                    unit: Unit::Attempt,
                    debt: None,
                    without: None,
                };
                self.first(move |row, channel| {
                    let is_contact = matches!(row.entry, Entry::Sent { reach: Reach::NewContact, .. });
                    if !is_contact || !limit.channels.contains(channel) {
                        return false;
                    }
                    let is_over = ledger.used(&count, row.at) >= limit.contacts_max;
                    ledger.record(Contact::new(row.at, channel, 0, 0));
                    is_over
                })
            }
            Guarantee::EndsWithin(lapse) => self.ends_within(*lapse),
            Guarantee::CostAtMost(most) => self.cost(*most),
        }
    }

    /// The first message of each account of which something is so. Asked of every message, in order.
    fn first(&self, mut is_so: impl FnMut(&Row, Channel) -> bool) -> BTreeMap<usize, Instant> {
        let mut found = BTreeMap::new();
        for row in self.rows {
            let Entry::Sent { channel, .. } = &row.entry else { continue };
            if is_so(row, *channel) {
                found.entry(row.account).or_insert(row.at);
            }
        }
        found
    }

    /// A message that asks for payment, sent after nothing was owed and before something is owed again.
    fn after_payment(&self) -> BTreeMap<usize, Instant> {
        let mut paid: BTreeMap<usize, NaiveDate> = BTreeMap::new();
        let mut found = BTreeMap::new();
        for row in self.rows {
            match &row.entry {
                Entry::Happened { event: EventSeen::Payment { balance, .. }, .. } => {
                    if *balance <= 0 {
                        paid.insert(row.account, row.at.local(self.zone).date());
                    } else {
                        paid.remove(&row.account);
                    }
                }
                Entry::Sent { channel, template, .. } if self.asks(*template, *channel) => {
                    let today = row.at.local(self.zone).date();
                    let is_paid =
                        paid.get(&row.account).is_some_and(|on| !self.owes_anew(row.account, *on, today));
                    if is_paid {
                        found.entry(row.account).or_insert(row.at);
                    }
                }
                _ => {}
            }
        }
        found
    }

    fn asks(&self, template: u16, channel: Channel) -> bool {
        let template = self.context.program.templates.get(usize::from(template));
        let form = template.and_then(|template| template.form(channel));
        form.is_some_and(|form| form.purpose.asks_for_payment())
    }

    /// Was an invoice issued after a date and up to another?
    fn owes_anew(&self, account: usize, after: NaiveDate, to: NaiveDate) -> bool {
        let account = self.customer.accounts.get(account);
        let mut invoices = account.into_iter().flat_map(|account| &account.invoices);
        invoices.any(|invoice| invoice.issued_on.is_some_and(|on| after < on && on <= to))
    }

    fn after_opt_out(&self) -> BTreeMap<usize, Instant> {
        let mut out = ChannelSet::default();
        let mut found = BTreeMap::new();
        let set =
            |words: &[String]| words.iter().filter_map(|word| Channel::parse(word)).collect::<ChannelSet>();
        for row in self.rows {
            match &row.entry {
                Entry::Happened { event: EventSeen::OptedOut { channels }, .. } => out.0 |= set(channels).0,
                Entry::Happened { event: EventSeen::OptedIn { channels }, .. } => out.0 &= !set(channels).0,
                Entry::Sent { channel, .. } if out.contains(*channel) => {
                    found.entry(row.account).or_insert(row.at);
                }
                _ => {}
            }
        }
        found
    }

    fn ends_within(&self, lapse: cobro_dsl::values::Lapse) -> BTreeMap<usize, Instant> {
        let mut due: BTreeMap<usize, Instant> = BTreeMap::new();
        let mut found = BTreeMap::new();
        for row in self.rows {
            match &row.entry {
                Entry::Entered { .. } => {
                    let at = calendar::add(row.at, lapse, self.zone, &self.context.law.holidays);
                    due.insert(row.account, at);
                }
                Entry::Ended { .. } => {
                    if let Some(at) = due.remove(&row.account).filter(|at| row.at > *at) {
                        found.entry(row.account).or_insert(at);
                    }
                }
                _ => {}
            }
        }
        for (account, at) in due {
            if at < self.until {
                found.entry(account).or_insert(at);
            }
        }
        found
    }

    fn cost(&self, most: Money) -> BTreeMap<usize, Instant> {
        let mut spent: BTreeMap<usize, i128> = BTreeMap::new();
        // Both sides in ten-thousandths of a minor unit.
        let most_scaled = i128::from(most.minor) * i128::from(Number::SCALE);
        let minor = i128::from(most.currency.minor_per_unit());
        self.first(|row, channel| {
            let price = self.prices.get(&channel).map_or(0, |price| i128::from(price.0));
            let spent = spent.entry(row.account).or_default();
            *spent += price * minor;
            *spent > most_scaled
        })
    }
}
