//! Fitting a model of debtors to what really happened: chances with their bounds, and what the data cannot tell.
//!
//! In: months of accounts ([`Month`]), made from a portfolio with history by [`panel`]. Out: a [`Fit`], the checks of
//! [`check`] and what [`contact`] says of contacts. Absent: files, words, and any chance: the same history gives the same fit.

pub mod check;
pub mod contact;
pub mod panel;

use std::collections::BTreeMap;

/// What is to be foretold of a month.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// The account paid something.
    Payment,
    /// An account that was late is not any more.
    Cure,
}

/// A month of an account, as it stood when the month began and as it went.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Month {
    /// Which account.
    pub account: u32,
    /// Which month, counted from the first.
    pub month: u32,
    /// Days past due when the month began; below nought when nothing was due yet.
    pub days_late: i64,
    /// Months late in a row before this one; `None` where that reaches back beyond the data.
    pub late_before: Option<u32>,
    /// Owed when the month began, in minor units.
    pub owed: i64,
    /// Paid in the month, in minor units.
    pub paid: i64,
    /// What is to be foretold came about.
    pub happened: bool,
    /// Somebody contacted the account in the month.
    pub contacted: bool,
}

/// A share of so many, with bounds that hold in 95 of 100 cases.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Rate {
    /// Of so many.
    pub of: u64,
    /// So many.
    pub count: u64,
}

impl Rate {
    /// Counts one more.
    pub fn take(&mut self, happened: bool) {
        self.of += 1;
        self.count += u64::from(happened);
    }

    /// The share; nought of nothing.
    pub fn share(&self) -> f64 {
        if self.of == 0 { 0.0 } else { self.count as f64 / self.of as f64 }
    }

    /// Bounds after Wilson (1927, "Probable inference"), which stay within 0 and 1 and hold for small numbers too. Months
    /// are taken as independent.
    pub fn bounds(&self) -> (f64, f64) {
        if self.of == 0 {
            return (0.0, 1.0);
        }
        let (of, share, z) = (self.of as f64, self.share(), 1.959_964_f64);
        let middle = share + z * z / (2.0 * of);
        let half = z * (share * (1.0 - share) / of + z * z / (4.0 * of * of)).sqrt();
        let scale = 1.0 + z * z / of;
        (((middle - half) / scale).max(0.0), ((middle + half) / scale).min(1.0))
    }

    /// Is a share within the bounds?
    pub fn permits(&self, share: f64) -> bool {
        let (low, high) = self.bounds();
        (low..=high).contains(&share)
    }
}

/// Ages and amounts by which accounts are told apart.
#[derive(Clone, PartialEq, Debug)]
pub struct Cells {
    /// The first and last day past due of each age.
    pub ages: Vec<(i64, i64)>,
    /// The first amount of each segment but the lowest, in minor units.
    pub amounts: Vec<i64>,
}

/// Where months are counted by days: a month belongs where its middle is.
const BY_DAY: [(i64, i64); 6] = [(-3650, 0), (1, 30), (31, 60), (61, 90), (91, 180), (181, 3650)];
/// Where only months late are known. One and two are one age: sources tell them apart badly.
const BY_MONTH: [(i64, i64); 5] = [(-3650, 0), (1, 60), (61, 90), (91, 180), (181, 3650)];

impl Cells {
    /// Ages by what is known of lateness; amounts in three parts of the same number of months.
    pub fn of(months: &[Month], by_month: bool) -> Cells {
        let mut owed: Vec<i64> = months.iter().map(|month| month.owed).collect();
        owed.sort_unstable();
        let third = |part: usize| owed.get(owed.len() * part / 3).copied();
        let mut amounts: Vec<i64> = [third(1), third(2)].into_iter().flatten().filter(|at| *at > 0).collect();
        amounts.dedup();
        Cells { ages: if by_month { BY_MONTH.to_vec() } else { BY_DAY.to_vec() }, amounts }
    }

    /// The age of a month.
    pub fn age(&self, month: &Month) -> usize {
        let middle = month.days_late + 15;
        self.ages.iter().position(|(from, to)| (*from..=*to).contains(&middle)).unwrap_or(0)
    }

    /// The segment of a month.
    pub fn amount(&self, month: &Month) -> usize {
        self.amounts.iter().filter(|from| month.owed >= **from).count()
    }
}

/// A hidden type of debtor.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Kind {
    /// Of all debtors.
    pub share: f64,
    /// The chance is that of so many: a factor of the hazard.
    pub factor: f64,
}

/// What was fitted.
#[derive(Clone, PartialEq, Debug)]
pub struct Fit {
    /// How accounts are told apart.
    pub cells: Cells,
    /// What was counted in each age.
    pub ages: Vec<Rate>,
    /// Hazard of a month in each age, of a debtor with the factor 1.
    pub hazards: Vec<f64>,
    /// Factor of each amount segment.
    pub amounts: Vec<f64>,
    /// What was counted in each amount segment.
    pub amount_rates: Vec<Rate>,
    /// Hidden types; one when debtors are alike.
    pub kinds: Vec<Kind>,
    /// Of the months in which it happened, those that paid all that was owed.
    pub full: Rate,
    /// Of what was owed, what the others paid on average.
    pub part: f64,
    /// Of what was owed, what was paid in all months in which it happened.
    pub paid_share: f64,
}

/// Rounds of expectation and maximisation.
const ROUNDS: usize = 80;

/// The chance of a month with a hazard.
pub fn chance(hazard: f64) -> f64 {
    1.0 - (-hazard).exp()
}

/// The chance of a day that comes to a chance of a month of thirty days.
pub fn daily(monthly: f64) -> f64 {
    1.0 - (1.0 - monthly).max(0.0).powf(1.0 / 30.0)
}

/// The same history of some accounts: what counts for the fit, once.
struct Alike {
    accounts: f64,
    months: Vec<(usize, usize, bool)>,
}

/// Fits hazards by age, factors by amount and so many hidden types, by expectation and maximisation of a proportional
/// hazard (Prentice and Gloeckler 1978, grouped in months; types as in Heckman and Singer 1984). Months whose beginning of
/// lateness is not in the data are left out of the types: who is in them has been chosen by what is not seen.
pub fn fit(months: &[Month], cells: Cells, types: usize) -> Fit {
    let mut fit = Fit {
        ages: vec![Rate::default(); cells.ages.len()],
        hazards: vec![0.0; cells.ages.len()],
        amounts: vec![1.0; cells.amounts.len() + 1],
        amount_rates: vec![Rate::default(); cells.amounts.len() + 1],
        kinds: kinds(types),
        full: Rate::default(),
        part: 0.0,
        paid_share: 0.0,
        cells,
    };
    fit.count(months);
    let alike = alike(months, &fit.cells);
    for (hazard, rate) in fit.hazards.iter_mut().zip(&fit.ages) {
        *hazard = -(1.0 - rate.share()).max(1e-6).ln();
    }
    for _ in 0..ROUNDS {
        fit.round(&alike);
    }
    // An age that nobody had is taken to be like the nearest younger one.
    let mut last = None;
    for (hazard, rate) in fit.hazards.iter_mut().zip(&fit.ages) {
        if rate.of == 0 {
            *hazard = last.unwrap_or(*hazard);
        }
        last = Some(*hazard);
    }
    fit
}

/// To begin with types differ, or they would stay the same.
fn kinds(types: usize) -> Vec<Kind> {
    let share = 1.0 / types.max(1) as f64;
    (0..types.max(1)).map(|at| Kind { share, factor: 1.0 / (1.0 + 4.0 * at as f64) }).collect()
}

fn alike(months: &[Month], cells: &Cells) -> Vec<Alike> {
    // Where no beginning is in the data there is only the rest.
    let any = months.iter().any(|month| month.late_before.is_some());
    let known = months.iter().filter(|month| month.late_before.is_some() || !any);
    let mut of_account: BTreeMap<u32, Vec<(usize, usize, bool)>> = BTreeMap::new();
    for month in known {
        let row = (cells.age(month), cells.amount(month), month.happened);
        of_account.entry(month.account).or_default().push(row);
    }
    let mut counted: BTreeMap<Vec<(usize, usize, bool)>, f64> = BTreeMap::new();
    for months in of_account.into_values() {
        *counted.entry(months).or_default() += 1.0;
    }
    counted.into_iter().map(|(months, accounts)| Alike { accounts, months }).collect()
}

impl Fit {
    fn count(&mut self, months: &[Month]) {
        let (mut paid, mut owed, mut part, mut part_owed) = (0.0, 0.0, 0.0, 0.0);
        for month in months {
            if let Some(rate) = self.ages.get_mut(self.cells.age(month)) {
                rate.take(month.happened);
            }
            if let Some(rate) = self.amount_rates.get_mut(self.cells.amount(month)) {
                rate.take(month.happened);
            }
            if month.happened && month.owed > 0 {
                let is_full = month.paid >= month.owed;
                self.full.take(is_full);
                let sum = month.paid.min(month.owed) as f64;
                (paid, owed) = (paid + sum, owed + month.owed as f64);
                if !is_full {
                    (part, part_owed) = (part + sum, part_owed + month.owed as f64);
                }
            }
        }
        self.paid_share = paid / f64::max(owed, 1.0);
        self.part = part / f64::max(part_owed, 1.0);
    }

    /// The hazard of a month of a debtor with the factor 1.
    fn hazard(&self, age: usize, amount: usize) -> f64 {
        self.hazards.get(age).copied().unwrap_or(0.0) * self.amounts.get(amount).copied().unwrap_or(1.0)
    }

    /// How far each type explains what is known of a debtor.
    fn weigh<'a>(&self, months: impl Iterator<Item = &'a (usize, usize, bool)>) -> Vec<f64> {
        let mut weights: Vec<f64> = self.kinds.iter().map(|kind| kind.share).collect();
        for (age, amount, happened) in months {
            let hazard = self.hazard(*age, *amount);
            for (weight, kind) in weights.iter_mut().zip(&self.kinds) {
                let chance = chance(hazard * kind.factor).clamp(1e-9, 1.0 - 1e-9);
                *weight *= if *happened { chance } else { 1.0 - chance };
            }
        }
        let total: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= total.max(f64::MIN_POSITIVE));
        weights
    }

    /// The chance of a month, given earlier months of the same account.
    pub fn foretold(&self, earlier: &[&Month], month: &Month) -> f64 {
        let rows: Vec<_> = earlier
            .iter()
            .filter(|month| month.late_before.is_some())
            .map(|month| (self.cells.age(month), self.cells.amount(month), month.happened))
            .collect();
        let hazard = self.hazard(self.cells.age(month), self.cells.amount(month));
        let weights = self.weigh(rows.iter());
        weights.iter().zip(&self.kinds).map(|(weight, kind)| weight * chance(hazard * kind.factor)).sum()
    }

    /// One round: a month in which it happened stands for as many events as a Poisson process with the hazard has when it
    /// has any; then each factor is what makes expected and counted events equal.
    fn round(&mut self, alike: &[Alike]) {
        let mut kinds = vec![(0.0, 0.0, 0.0); self.kinds.len()];
        let mut ages = vec![(0.0, 0.0); self.hazards.len()];
        let mut amounts = vec![(0.0, 0.0); self.amounts.len()];
        let mut accounts = 0.0;
        for one in alike {
            let weights = self.weigh(one.months.iter());
            accounts += one.accounts;
            for ((weight, kind), sums) in weights.iter().zip(&self.kinds).zip(&mut kinds) {
                let weight = weight * one.accounts;
                sums.0 += weight;
                for (age, amount, happened) in &one.months {
                    let hazard = self.hazard(*age, *amount);
                    let full = hazard * kind.factor;
                    let events = if *happened { full / chance(full).max(1e-12) } else { 0.0 };
                    sums.1 += weight * events;
                    sums.2 += weight * hazard;
                    if let Some(age_sums) = ages.get_mut(*age) {
                        age_sums.0 += weight * events;
                        age_sums.1 += weight * full;
                    }
                    if let Some(amount_sums) = amounts.get_mut(*amount) {
                        amount_sums.0 += weight * events;
                        amount_sums.1 += weight * full;
                    }
                }
            }
        }
        // One after the other would be exact; a root of each step keeps three steps at once from going too far.
        let step =
            |events: f64, expected: f64| if expected > 0.0 { (events / expected).powf(0.7) } else { 1.0 };
        for (hazard, (events, expected)) in self.hazards.iter_mut().zip(ages) {
            *hazard = (*hazard * step(events, expected)).clamp(1e-6, 20.0);
        }
        for (factor, (events, expected)) in self.amounts.iter_mut().zip(amounts) {
            *factor = (*factor * step(events, expected).sqrt()).clamp(0.01, 100.0);
        }
        if self.kinds.len() > 1 {
            for (kind, (weight, events, expected)) in self.kinds.iter_mut().zip(kinds) {
                kind.share = weight / f64::max(accounts, 1.0);
                let by = if expected > 0.0 { events / expected / kind.factor } else { 1.0 };
                kind.factor = (kind.factor * by).clamp(1e-4, 100.0);
            }
        }
        self.settle();
    }

    /// Only products count: the first type has the factor 1, and amounts are 1 on average of what was counted.
    fn settle(&mut self) {
        let first = self.kinds.first().map_or(1.0, |kind| kind.factor).max(1e-9);
        let of: f64 = self.amount_rates.iter().map(|rate| rate.of as f64).sum();
        let mean = self.amounts.iter().zip(&self.amount_rates).map(|(factor, rate)| factor * rate.of as f64);
        let mean = (mean.sum::<f64>() / of.max(1.0)).max(1e-9);
        self.kinds.iter_mut().for_each(|kind| kind.factor /= first);
        self.amounts.iter_mut().for_each(|factor| *factor /= mean);
        self.hazards.iter_mut().for_each(|hazard| *hazard *= first * mean);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_those_of_wilson() {
        let rate = Rate { of: 10, count: 0 };
        let (low, high) = rate.bounds();
        assert!(low == 0.0 && (high - 0.2775).abs() < 1e-3, "{low} {high}");
        let (low, high) = Rate { of: 100, count: 50 }.bounds();
        assert!((low - 0.4038).abs() < 1e-3 && (high - 0.5962).abs() < 1e-3, "{low} {high}");
    }

    #[test]
    fn a_day_thirty_times_is_a_month() {
        assert!((1.0 - (1.0 - daily(0.4)).powi(30) - 0.4).abs() < 1e-12);
    }
}
