//! How far a figure might have come out otherwise: the bootstrap over customers.
//!
//! In: customers, each with their key, what they owed and what they paid when. Out: bands. Each customer is drawn so many
//! times over as a Poisson variable of mean 1 says, which is taken from a hash of their key: so parts of a portfolio add
//! up, and neither threads nor the order of rows change a band. Two dry-runs of the same customers draw the same, so that
//! their difference has a band of its own.
//!
//! The Poisson bootstrap: Chamandy, Muralidharan, Najmi and Naidu (2012), "Estimating uncertainty for massive data
//! streams", Google technical report.

use super::grow;
use crate::stable::{hash, mix};

/// So many portfolios are drawn.
pub const REPLICATES: usize = 200;

/// The middle of drawn portfolios that a band covers.
pub const COVERED: f64 = 0.95;

/// Drawn portfolios.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Resample {
    days: usize,
    /// Owed by each drawn portfolio at the start.
    owed: Vec<i64>,
    /// Collected on each day by each drawn portfolio: all days of the first, then of the second.
    collected: Vec<i64>,
}

/// A figure's band.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Band {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

impl Resample {
    /// Nothing drawn yet.
    pub fn over(days: u32) -> Resample {
        let days = days as usize;
        Resample { days, owed: vec![0; REPLICATES], collected: vec![0; REPLICATES * days] }
    }

    /// Draws one customer into every portfolio: what they owed, and day and amount of each payment.
    pub fn draw(&mut self, customer: &str, owed: i64, paid: impl Iterator<Item = (usize, i64)> + Clone) {
        let base = hash([customer, "resample"]);
        for at in 0..REPLICATES {
            let times = poisson(base, at);
            if times == 0 {
                continue;
            }
            if let Some(into) = self.owed.get_mut(at) {
                grow(into, owed.saturating_mul(times));
            }
            for (day, amount) in paid.clone().filter(|(day, _)| *day < self.days) {
                if let Some(into) = self.collected.get_mut(at * self.days + day) {
                    grow(into, amount.saturating_mul(times));
                }
            }
        }
    }

    /// Adds another part of the portfolio.
    pub fn add(&mut self, other: &Resample) {
        self.owed.iter_mut().zip(&other.owed).for_each(|(into, by)| grow(into, *by));
        self.collected.iter_mut().zip(&other.collected).for_each(|(into, by)| grow(into, *by));
    }

    /// For each day, the share of what was owed that was collected by its end.
    pub fn bands(&self) -> Vec<Band> {
        bands(&self.shares(), self.days)
    }

    /// The same for the difference to another dry-run of the same customers.
    pub fn bands_against(&self, other: &Resample) -> Vec<Band> {
        let mut shares = self.shares();
        shares.iter_mut().zip(other.shares()).for_each(|(share, other)| *share -= other);
        bands(&shares, self.days)
    }

    fn shares(&self) -> Vec<f64> {
        let mut shares = Vec::with_capacity(self.collected.len());
        for (owed, days) in self.owed.iter().zip(self.collected.chunks(self.days.max(1))) {
            let mut so_far = 0_i64;
            for collected in days {
                grow(&mut so_far, *collected);
                shares.push(so_far as f64 / (*owed).max(1) as f64);
            }
        }
        shares
    }
}

fn bands(shares: &[f64], days: usize) -> Vec<Band> {
    let mut bands = Vec::with_capacity(days);
    for day in 0..days {
        let mut drawn: Vec<f64> = shares.iter().skip(day).step_by(days).copied().collect();
        drawn.sort_by(f64::total_cmp);
        let outside = (1.0 - COVERED) / 2.0;
        let place = |share: f64| (share * drawn.len().saturating_sub(1) as f64).round() as usize;
        let at = |share: f64| drawn.get(place(share)).copied().unwrap_or(0.0);
        bands.push(Band { low: at(outside), high: at(1.0 - outside) });
    }
    bands
}

/// How many times over a customer is drawn: sixteen bits of a hash against the distribution of Poisson with mean 1.
fn poisson(base: u64, replicate: usize) -> i64 {
    /// Chance of at most 0, 1, … of 65,536.
    const UP_TO: [u64; 8] = [24_109, 48_218, 60_273, 64_291, 65_296, 65_497, 65_530, 65_535];
    let bits = mix(base ^ mix((replicate as u64 / 4).wrapping_add(0x5eed)));
    let point = (bits >> (16 * (replicate as u64 % 4))) & 0xffff;
    UP_TO.iter().take_while(|up_to| point >= **up_to).count() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_is_drawn_once_on_average() {
        let mut counts = [0_i64; 9];
        for customer in 0..500 {
            let base = hash([format!("C{customer}").as_str(), "resample"]);
            for replicate in 0..REPLICATES {
                counts[poisson(base, replicate) as usize] += 1;
            }
        }
        let all: i64 = counts.iter().sum();
        let mean = counts.iter().enumerate().map(|(k, n)| k as i64 * n).sum::<i64>() as f64 / all as f64;
        assert!((mean - 1.0).abs() < 0.02, "mean {mean}");
        assert!((counts[0] as f64 / all as f64 - 0.3679).abs() < 0.005, "{counts:?}");
    }

    // 1,000 customers who owe 100 and pay it with chance 0.3: the share has a standard error of
    // sqrt(0.3 * 0.7 / 1000) = 0.0145, so 95 % of drawn portfolios lie within 0.0284 on either side.
    #[test]
    fn the_band_is_as_wide_as_theory_says() {
        let mut drawn = Resample::over(1);
        for customer in 0..1000 {
            let paid = (customer % 10 < 3).then_some((0, 100));
            drawn.draw(&format!("C{customer}"), 100, paid.into_iter());
        }
        let band = drawn.bands()[0];
        let half = (band.high - band.low) / 2.0;
        assert!(band.low < 0.3 && 0.3 < band.high && (half - 0.0284).abs() < 0.006, "{band:?}");
        assert_eq!(drawn.bands_against(&drawn)[0], Band { low: 0.0, high: 0.0 });
    }

    #[test]
    fn parts_add_up() {
        let draw = |into: &mut Resample, customer: &str| into.draw(customer, 50, [(1, 20)].into_iter());
        let (mut whole, mut one, mut other) = (Resample::over(2), Resample::over(2), Resample::over(2));
        ["a", "b"].iter().for_each(|customer| draw(&mut whole, customer));
        draw(&mut one, "b");
        draw(&mut other, "a");
        one.add(&other);
        assert_eq!(whole, one);
    }
}
