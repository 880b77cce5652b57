//! A portfolio with history as months of accounts.
//!
//! In: a portfolio as it stood on the first day of a month, perhaps months late as the creditor recorded them, perhaps days
//! of contact. Out: [`Month`]s, each from what was known when it began. Absent: anything that came later.

use super::{Event, Month};
use crate::customer::Account;
use crate::portfolio::{History, Portfolio};
use chrono::{Datelike, Months};
use cobro_dsl::values::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// What is known beside the portfolio.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// Months late at the end of each month, by account: the first month, then one figure a month; nought or less is not late.
    pub months_late: Option<(NaiveDate, BTreeMap<String, Vec<i32>>)>,
    /// Days on which an account was contacted.
    pub contacts: Option<BTreeSet<(String, NaiveDate)>>,
}

/// The months of a portfolio from its own day on, which is the first of a month.
pub fn months(portfolio: &Portfolio, beside: &Beside, count: u32, event: Event) -> Vec<Month> {
    let firsts: Vec<NaiveDate> =
        (0..=count).filter_map(|month| portfolio.as_of.checked_add_months(Months::new(month))).collect();
    let mut months = Vec::new();
    for (number, (_, account, history)) in portfolio.accounts().enumerate() {
        let lateness = Lateness::of(account, history, beside, &firsts);
        for (at, span) in firsts.windows(2).enumerate() {
            let &[first, next] = span else { continue };
            let owed = owed(account, history, first);
            let Some(days_late) = lateness.days(at) else { continue };
            let paid = history.payments.iter().filter(|payment| (first..next).contains(&payment.on));
            let paid = paid.fold(0_i64, |sum, payment| sum.saturating_add(payment.amount));
            let happened = match event {
                Event::Payment if owed > 0 => paid > 0,
                Event::Cure if days_late > 0 => match lateness.days(at + 1) {
                    Some(later) => later <= 0,
                    None => continue,
                },
                Event::Payment | Event::Cure => continue,
            };
            let contacted = beside.contacts.as_ref().is_some_and(|contacts| {
                let from = (account.id.clone(), first);
                contacts.range(from..(account.id.clone(), next)).next().is_some()
            });
            months.push(Month {
                account: u32::try_from(number).unwrap_or(u32::MAX),
                month: u32::try_from(at).unwrap_or(u32::MAX),
                days_late,
                late_before: if days_late > 0 { lateness.before(at) } else { Some(0) },
                owed,
                paid,
                happened,
                contacted,
            });
        }
    }
    months
}

/// What was owed at the beginning of a day: by the last statement, or by what was issued and not paid.
fn owed(account: &Account, history: &History, on: NaiveDate) -> i64 {
    if let Some(statement) = history.statements.iter().rev().find(|statement| statement.on < on) {
        return statement.balance;
    }
    let paid = history.payments.iter().filter(|payment| payment.on < on).map(|payment| payment.amount);
    paid.fold(account.balance_on(on).minor, i64::saturating_sub)
}

/// Days past due at the beginning of each month, as far as they are known; and of the month before the first.
struct Lateness {
    days: Vec<Option<i64>>,
    /// Known months before the first one.
    earlier: Vec<bool>,
}

impl Lateness {
    fn of(account: &Account, history: &History, beside: &Beside, firsts: &[NaiveDate]) -> Lateness {
        let Some((from, table)) = &beside.months_late else {
            let days = firsts.iter().map(|first| Some(by_invoices(account, history, *first))).collect();
            return Lateness { days, earlier: Vec::new() };
        };
        let row = table.get(&account.id).map_or(&[][..], Vec::as_slice);
        // A month begins as the one before ended.
        let at = |first: &NaiveDate| {
            let months = (first.year() - from.year()) * 12 + first.month0() as i32 - from.month0() as i32 - 1;
            usize::try_from(months).ok()
        };
        let days = |first: &NaiveDate| Some(by_months(*row.get(at(first)?)?));
        let before = firsts.first().and_then(at).unwrap_or(0);
        let earlier = row.iter().take(before).map(|late| *late > 0).collect();
        Lateness { days: firsts.iter().map(days).collect(), earlier }
    }

    fn days(&self, at: usize) -> Option<i64> {
        self.days.get(at).copied().flatten()
    }

    /// Months late in a row before a month; none where the row begins before the data.
    fn before(&self, at: usize) -> Option<u32> {
        let known = self.days.get(..at)?.iter().map(|days| days.map(|days| days > 0));
        let rows = self.earlier.iter().map(|late| Some(*late)).chain(known).rev();
        for (row, is_late) in (0_u32..).zip(rows) {
            if !is_late? {
                return Some(row);
            }
        }
        None
    }
}

/// Bills are monthly and due on the 25th: whoever is one month late when a month begins is some six days past due.
fn by_months(late: i32) -> i64 {
    if late > 0 { i64::from(late - 1) * 30 + 6 } else { -24 }
}

/// Of the oldest invoice that was not paid when a day began.
fn by_invoices(account: &Account, history: &History, on: NaiveDate) -> i64 {
    let open = account.issued_by(on).filter(|invoice| {
        let paid = history.payments.iter().filter(|payment| payment.on < on && payment.invoice == invoice.id);
        invoice.open > paid.fold(0_i64, |sum, payment| sum.saturating_add(payment.amount))
    });
    open.map(|invoice| invoice.due_on).min().map_or(-24, |due_on| (on - due_on).num_days())
}
