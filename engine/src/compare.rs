//! Two strategies on the same customers: what the second does otherwise, and whether the difference is more than luck.
//!
//! In: for each customer, what either strategy did and brought in, under the same draws. Out: sums that add up over
//! customers, and from them differences with confidence intervals. Absent: playing (`simulate`) and words.
//!
//! Differences are paired: what moves a customer under both strategies cancels. A customer is one observation, with all
//! their accounts, for accounts of one customer share limits and are not independent.

use crate::calendar::Instant;
use crate::record::{Entry, Row};
use cobro_dsl::program::{NameId, Program, TemplateId};
use cobro_dsl::values::Channel;

/// Normal quantile of a two-sided level of 95 %.
const Z: f64 = 1.959_963_985;

/// Sums over pairs, exact.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Pairs {
    /// Customers.
    pub customers: u64,
    /// Sum under the first strategy.
    pub first: i128,
    /// Sum under the second strategy.
    pub second: i128,
    first_squared: i128,
    second_squared: i128,
    product: i128,
}

/// An estimate with the ends of its interval of 95 %.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Half of its interval.
    pub half: f64,
}

impl Estimate {
    /// The interval leaves nought out: more than luck.
    pub fn is_significant(self) -> bool {
        self.value.abs() > self.half
    }
}

impl Pairs {
    /// Takes a customer's figures under both strategies.
    pub fn take(&mut self, first: i64, second: i64) {
        let (one, other) = (i128::from(first), i128::from(second));
        self.customers += 1;
        self.first += one;
        self.second += other;
        self.first_squared += one * one;
        self.second_squared += other * other;
        self.product += one * other;
    }

    /// Adds another part of the portfolio.
    pub fn add(&mut self, other: &Pairs) {
        self.customers += other.customers;
        self.first += other.first;
        self.second += other.second;
        self.first_squared += other.first_squared;
        self.second_squared += other.second_squared;
        self.product += other.product;
    }

    /// Second less first, of the whole portfolio.
    pub fn difference(&self) -> Estimate {
        let sum = (self.second - self.first) as f64;
        let squares = (self.first_squared + self.second_squared - 2 * self.product) as f64;
        let n = self.customers as f64;
        let spread = (squares - sum * sum / n.max(1.0)).max(0.0);
        Estimate { value: sum, half: Z * (spread * n / (n - 1.0).max(1.0)).sqrt() }
    }

    /// How much more the second has, as a share of the first; `None` when the first has nothing.
    pub fn relative(&self) -> Option<Estimate> {
        if self.first == 0 {
            return None;
        }
        let (first, n) = (self.first as f64, self.customers as f64);
        let ratio = self.second as f64 / first;
        // The residuals of a ratio of sums (delta method).
        let squares = self.second_squared as f64 - 2.0 * ratio * self.product as f64
            + ratio * ratio * self.first_squared as f64;
        let half = Z * (squares.max(0.0) * n / (n - 1.0).max(1.0)).sqrt() / first.abs();
        Some(Estimate { value: ratio - 1.0, half })
    }
}

/// Something that a strategy did to an account: what one sees of it from outside.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Touch<'a> {
    /// When.
    pub at: Instant,
    /// The channel of a message; `None` for a task.
    pub channel: Option<Channel>,
    /// The message's template, or the task's queue.
    pub name: &'a str,
}

/// What a strategy did to one account, in order.
pub fn touches<'a>(program: &'a Program, rows: &[Row], account: usize) -> Vec<Touch<'a>> {
    let touch = |row: &Row| match &row.entry {
        Entry::Sent { channel, template, .. } => Some(Touch {
            at: row.at,
            channel: Some(*channel),
            name: program.template_name(TemplateId(*template)),
        }),
        Entry::Assigned { queue, .. } => {
            Some(Touch { at: row.at, channel: None, name: program.name(NameId(*queue)) })
        }
        _ => None,
    };
    rows.iter().filter(|row| row.account == account).filter_map(touch).collect()
}

/// The first moment at which two treatments part; `None` when they are the same.
pub fn parts_at(first: &[Touch<'_>], second: &[Touch<'_>]) -> Option<Instant> {
    let same = first.iter().zip(second).take_while(|(one, other)| one == other).count();
    first.get(same).into_iter().chain(second.get(same)).map(|touch| touch.at).min()
}

/// Messages that only the second treatment has, and those that only the first has, by local date, channel and template.
pub fn added_and_removed(
    first: &[Touch<'_>],
    second: &[Touch<'_>],
    zone: chrono_tz::Tz,
) -> ([u64; 4], [u64; 4]) {
    let key = |touch: &Touch<'_>| (touch.at.local(zone).date(), touch.channel, touch.name.to_owned());
    let mut left: Vec<_> = first.iter().filter(|touch| touch.channel.is_some()).map(key).collect();
    let (mut added, mut removed) = ([0; 4], [0; 4]);
    let count = |into: &mut [u64; 4], channel: Option<Channel>| {
        if let Some(count) = channel.and_then(|channel| into.get_mut(channel.index())) {
            *count += 1;
        }
    };
    for touch in second.iter().filter(|touch| touch.channel.is_some()).map(key) {
        match left.iter().position(|known| *known == touch) {
            Some(at) => {
                left.swap_remove(at);
            }
            None => count(&mut added, touch.1),
        }
    }
    left.iter().for_each(|(_, channel, _)| count(&mut removed, *channel));
    (added, removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Differences 1, 3, 5: sum 9, variance 4, so the sum's standard error is sqrt(3 * 4).
    #[test]
    fn the_interval_is_that_of_paired_differences() {
        let mut pairs = Pairs::default();
        for (first, second) in [(10, 11), (20, 23), (30, 35)] {
            pairs.take(first, second);
        }
        let difference = pairs.difference();
        assert_eq!(difference.value, 9.0);
        assert!((difference.half - Z * 12.0_f64.sqrt()).abs() < 1e-9);
        assert!(difference.is_significant());
        assert!((pairs.relative().unwrap().value - 0.15).abs() < 1e-12);
    }

    #[test]
    fn parts_add_up_and_the_same_is_no_difference() {
        let (mut whole, mut one, mut other) = (Pairs::default(), Pairs::default(), Pairs::default());
        whole.take(5, 5);
        whole.take(-7, -7);
        one.take(-7, -7);
        other.take(5, 5);
        one.add(&other);
        assert_eq!(whole, one);
        assert_eq!(whole.difference(), Estimate { value: 0.0, half: 0.0 });
        assert!(!whole.difference().is_significant());
    }

    #[test]
    fn treatments_part_where_the_first_touch_differs() {
        let touch = |at, name| Touch { at: Instant(at), channel: Some(Channel::Sms), name };
        let first = [touch(1, "a"), touch(5, "b")];
        assert_eq!(parts_at(&first, &first), None);
        assert_eq!(parts_at(&first, &[touch(1, "a"), touch(3, "b")]), Some(Instant(3)));
        assert_eq!(parts_at(&first, &first[..1]), Some(Instant(5)));
        let (added, removed) = added_and_removed(&first, &first[..1], chrono_tz::UTC);
        assert_eq!((added, removed), ([0; 4], [0, 0, 1, 0]));
    }
}
