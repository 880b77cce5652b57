//! Is the fit any good? What it says of debt that is late for longer, and of months that it has not seen.
//!
//! In: a fit and months. Out: tables with what was expected, its bounds and what was. Absent: mercy.

use super::{Event, Fit, Month, Rate, fit};
use std::collections::BTreeMap;

/// Accounts equally late, by how long they have been late.
#[derive(Clone, Debug, PartialEq)]
pub struct Memory {
    /// Months late in a row before this one; the last is that many or more.
    pub late_before: u32,
    /// What was counted.
    pub seen: Rate,
    /// What a model without hidden types says of these accounts.
    pub forgetful: f64,
    /// What the fit says of them.
    pub foretold: f64,
}

/// From so many months on they are counted together.
pub const LATE_MOST: u32 = 4;

/// The table of memory for the age that has most late months. A model without types says nearly the same in each row.
pub fn memory(months: &[Month], fitted: &Fit, plain: &Fit) -> Vec<Memory> {
    let mut of_age: BTreeMap<usize, u64> = BTreeMap::new();
    let is_late = |month: &&Month| month.days_late > 0 && month.late_before.is_some();
    for month in months.iter().filter(is_late) {
        *of_age.entry(fitted.cells.age(month)).or_default() += 1;
    }
    let Some(age) = of_age.iter().max_by_key(|(_, count)| **count).map(|(age, _)| *age) else {
        return Vec::new();
    };
    let mut rows: BTreeMap<u32, (Rate, f64, f64)> = BTreeMap::new();
    each(months, |earlier, month| {
        if !is_late(&month) || fitted.cells.age(month) != age {
            return;
        }
        let before = month.late_before.unwrap_or(0).min(LATE_MOST);
        let row = rows.entry(before).or_default();
        row.0.take(month.happened);
        row.1 += plain.foretold(earlier, month);
        row.2 += fitted.foretold(earlier, month);
    });
    rows.into_iter()
        .map(|(late_before, (seen, forgetful, foretold))| {
            let of = (seen.of as f64).max(1.0);
            Memory { late_before, seen, forgetful: forgetful / of, foretold: foretold / of }
        })
        .collect()
}

/// Rows that a model's figure is not within the bounds of.
pub fn missed(rows: &[Memory], of: impl Fn(&Memory) -> f64) -> usize {
    rows.iter().filter(|row| !row.seen.permits(of(row))).count()
}

/// Each month with the earlier months of its account.
fn each<'a>(months: &'a [Month], mut tell: impl FnMut(&[&'a Month], &'a Month)) {
    let mut of_account: BTreeMap<u32, Vec<&Month>> = BTreeMap::new();
    for month in months {
        of_account.entry(month.account).or_default().push(month);
    }
    for mut of_one in of_account.into_values() {
        of_one.sort_by_key(|month| month.month);
        for (at, month) in of_one.iter().enumerate() {
            tell(of_one.get(..at).unwrap_or(&[]), month);
        }
    }
}

/// A month that the fit had not seen, foretold.
#[derive(Clone, Debug, PartialEq)]
pub struct Foretold {
    /// Which month.
    pub month: u32,
    /// Accounts of which it was foretold.
    pub accounts: u64,
    /// How many of them it was to happen to: from, middle, to.
    pub expected: (f64, f64, f64),
    /// How many it happened to.
    pub count: u64,
    /// What was to be paid, in minor units: from, middle, to.
    pub money: (f64, f64, f64),
    /// What was paid, up to what was owed.
    pub paid: i64,
}

impl Foretold {
    /// Was the count within its band?
    pub fn holds(&self) -> bool {
        (self.expected.0..=self.expected.2).contains(&(self.count as f64))
    }

    /// Was the money within its band?
    pub fn money_holds(&self) -> bool {
        (self.money.0..=self.money.2).contains(&(self.paid as f64))
    }
}

/// Student's 97.5 % for one to five degrees of freedom; beyond, nearly the normal's.
const STUDENT: [f64; 5] = [12.706, 4.303, 3.182, 2.776, 2.571];

/// Fits the months before `first` and foretells the others, each from what was known when it began. The band has the chance
/// of each account and how far the months of the fit lay apart from what the fit says of them.
pub fn out_of_sample(months: &[Month], by_month: bool, types: usize, first: u32) -> Vec<Foretold> {
    let past: Vec<Month> = months.iter().filter(|month| month.month < first).cloned().collect();
    let fitted = fit(&past, super::Cells::of(&past, by_month), types);
    #[derive(Default)]
    struct Sums {
        accounts: u64,
        expected: f64,
        variance: f64,
        money: f64,
        count: u64,
        paid: i64,
    }
    let mut of_month: BTreeMap<u32, Sums> = BTreeMap::new();
    each(months, |earlier, month| {
        let chance = fitted.foretold(earlier, month);
        let sums = of_month.entry(month.month).or_default();
        sums.accounts += 1;
        sums.expected += chance;
        sums.variance += chance * (1.0 - chance);
        sums.money += chance * month.owed as f64 * fitted.paid_share;
        if month.happened {
            sums.count += 1;
            sums.paid = sums.paid.saturating_add(month.paid.clamp(0, month.owed.max(0)));
        }
    });
    let seen: Vec<(f64, f64)> = of_month
        .iter()
        .filter(|(month, _)| **month < first)
        .map(|(_, sums)| {
            (sums.count as f64 / sums.expected.max(1e-9), sums.paid as f64 / sums.money.max(1e-9))
        })
        .collect();
    let counts = spread(seen.iter().map(|ratios| ratios.0).collect());
    let money = spread(seen.iter().map(|ratios| ratios.1).collect());
    of_month
        .into_iter()
        .filter(|(month, _)| *month >= first)
        .map(|(month, sums)| {
            let half = ((counts * sums.expected).powi(2) + 1.96_f64.powi(2) * sums.variance).sqrt();
            let relative = money.max(half / sums.expected.max(1e-9));
            let band = |middle: f64, half: f64| ((middle - half).max(0.0), middle, middle + half);
            Foretold {
                month,
                accounts: sums.accounts,
                expected: band(sums.expected, half),
                count: sums.count,
                money: band(sums.money, sums.money * relative),
                paid: sums.paid,
            }
        })
        .collect()
}

/// Half of the band of the next of some figures, as a part of it.
fn spread(of: Vec<f64>) -> f64 {
    let count = of.len() as f64;
    if count < 2.0 {
        return 0.0;
    }
    let mean = of.iter().sum::<f64>() / count;
    let variance = of.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / (count - 1.0);
    STUDENT.get(of.len() - 2).copied().unwrap_or(2.3) * (variance * (1.0 + 1.0 / count)).sqrt()
}

/// Has the data what a fit of this event needs?
pub fn enough(months: &[Month], event: Event) -> bool {
    let happened = months.iter().filter(|month| month.happened).count();
    match event {
        Event::Payment | Event::Cure => happened >= 30 && months.len() - happened >= 30,
    }
}
