//! Plans: a debt paid in parts, what is paid of it, and what is due next.
//!
//! In: instalments, payments. Out: which instalment is paid, and the next instant at which one is late. Absent: how a plan
//! of the strategy becomes dates and amounts; that is `advance`'s.

use crate::calendar::Instant;
use cobro_dsl::values::NaiveDate;

pub mod wire;

/// The plans of an account. One at a time is paid by.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plans {
    /// The one that is paid by.
    pub open: Option<Box<Plan>>,
    /// How many were completed.
    pub completed: u32,
    /// How many were broken.
    pub broken: u32,
    /// How many were accepted: the number of the last one.
    pub made: u32,
}

/// A plan that was accepted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// Its name in the strategy.
    pub name: String,
    /// The sum of its instalments, in minor units.
    pub total: i64,
    /// What was paid since it was accepted, in minor units.
    pub paid: i64,
    /// What is to be paid when, in order; the down payment is the first.
    pub instalments: Vec<Instalment>,
    /// Of so many instalments it was told that their date is over.
    pub missed: u32,
}

/// A part of a plan.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instalment {
    /// The date by which it is paid.
    pub due_on: NaiveDate,
    /// Minor units.
    pub amount: i64,
    /// The first moment after its date.
    pub late_at: Instant,
    /// The first moment after the grace.
    pub over_at: Instant,
}

/// What time alone brings about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Due {
    /// An instalment's date is over: its number, from 0.
    Missed(usize),
    /// The grace of one is over: its number, from 0.
    Over(usize),
}

impl Plan {
    /// How many instalments are paid in full.
    pub fn covered(&self) -> usize {
        let mut sum = 0_i64;
        let reached = |instalment: &&Instalment| {
            sum = sum.saturating_add(instalment.amount);
            sum <= self.paid
        };
        self.instalments.iter().take_while(reached).count()
    }

    /// The first instalment that is not paid in full, and what is still to be paid of it.
    pub fn next(&self) -> Option<(Instalment, i64)> {
        let covered = self.covered();
        let before =
            self.instalments.iter().take(covered).fold(0_i64, |sum, it| sum.saturating_add(it.amount));
        let next = *self.instalments.get(covered)?;
        Some((next, next.amount.saturating_sub(self.paid.saturating_sub(before).max(0))))
    }

    /// What time brings about next, and when. What is told at an instant comes before what it leads to.
    pub fn next_due(&self) -> Option<(Instant, Due)> {
        let covered = self.covered();
        let over = self.instalments.get(covered).map(|it| (it.over_at, Due::Over(covered)));
        let told = covered.max(self.missed as usize);
        let missed = self.instalments.get(told).map(|it| (it.late_at, Due::Missed(told)));
        match (missed, over) {
            (Some(missed), Some(over)) => Some(if missed.0 <= over.0 { missed } else { over }),
            (missed, over) => missed.or(over),
        }
    }
}

impl Plans {
    /// The next instant at which time alone changes something.
    pub fn next_wake(&self) -> Option<Instant> {
        self.open.as_ref().and_then(|plan| plan.next_due()).map(|(at, _)| at)
    }
}

/// Instalments that add up to a sum to the minor unit: what does not divide evenly is paid with the first.
pub fn shares(sum: i64, count: u32) -> impl Iterator<Item = i64> {
    let count_of = i64::from(count.max(1));
    let (each, rest) = (sum / count_of, sum % count_of);
    (0..count).map(move |at| if at == 0 { each + rest } else { each })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(amounts: &[i64], paid: i64) -> Plan {
        let instalment = |(at, amount): (usize, &i64)| {
            let late_at = Instant(1000 * (at as i64 + 1));
            let over_at = late_at.plus_millis(300);
            Instalment { due_on: NaiveDate::default(), amount: *amount, late_at, over_at }
        };
        let instalments: Vec<Instalment> = amounts.iter().enumerate().map(instalment).collect();
        let total = amounts.iter().sum();
        Plan { name: "p".into(), total, paid, instalments, missed: 0 }
    }

    #[test]
    fn shares_add_up_to_the_cent() {
        for sum in [0, 1, 11, 12, 13, 10_000, 9_999_999, i64::MAX] {
            for count in [1, 2, 3, 7, 12, 120] {
                let shares: Vec<i64> = shares(sum, count).collect();
                assert_eq!(shares.iter().sum::<i64>(), sum);
                assert_eq!(shares.len(), count as usize);
                assert!(shares.windows(2).all(|pair| pair[0] >= pair[1]), "the first is the largest");
            }
        }
    }

    #[test]
    fn what_is_paid_covers_the_oldest_first() {
        let next = |paid| plan(&[40, 30, 30], paid).next().map(|(_, left)| left);
        assert_eq!(
            (next(0), next(39), next(40), next(65), next(100)),
            (Some(40), Some(1), Some(30), Some(5), None)
        );
        assert_eq!(plan(&[40, 30, 30], 70).covered(), 2);
    }

    #[test]
    fn its_date_comes_before_its_grace_and_is_told_once() {
        let mut plan = plan(&[40, 30], 0);
        assert_eq!(plan.next_due(), Some((Instant(1000), Due::Missed(0))));
        plan.missed = 1;
        assert_eq!(plan.next_due(), Some((Instant(1300), Due::Over(0))));
        plan.paid = 40;
        assert_eq!(plan.next_due(), Some((Instant(2000), Due::Missed(1))));
        plan.paid = 70;
        assert_eq!(plan.next_due(), None);
    }
}
