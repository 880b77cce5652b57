//! What a history says of the effect of contacts, and what it cannot say.
//!
//! In: months with and without contact. Out: the raw comparison, the comparison of like with like, and whom contacts went to.
//! Absent: a claim. Who is contacted was chosen by somebody, by what no file shows; only a lot makes both sides alike.

use super::{Cells, Fit, Month, Rate};
use std::collections::BTreeMap;

/// What was seen of contacts.
#[derive(Clone, PartialEq, Debug)]
pub struct Seen {
    /// Months with contact.
    pub with: Rate,
    /// Months without.
    pub without: Rate,
    /// What the fit, which knows nothing of contacts, says of the months with contact, and of those without: the lower of
    /// the two are the harder cases.
    pub foretold: (f64, f64),
    /// With against without among accounts of the same age, amount and months late: the ratio with its bounds.
    pub alike: Option<(f64, f64, f64)>,
    /// Of the months, those whose like have been seen both with contact and without.
    pub overlap: f64,
}

impl Seen {
    /// With against without, all in one.
    pub fn raw(&self) -> f64 {
        self.with.share() / self.without.share().max(1e-9)
    }

    /// Contacts went to the harder cases.
    pub fn went_to_the_hard(&self) -> bool {
        self.foretold.0 < 0.95 * self.foretold.1
    }

    /// The factor of the hazard, with its bounds, for contacts that were given by lot.
    pub fn lift(&self) -> Option<(f64, f64, f64)> {
        let (ratio, low, high) = self.alike?;
        let base = self.without.share().clamp(1e-6, 0.999);
        let lift = |ratio: f64| (1.0 - (base * ratio).min(0.999)).ln() / (1.0 - base).ln();
        Some((lift(ratio), lift(low), lift(high)))
    }
}

/// Compares months with and without contact; `None` when all are of one kind.
pub fn seen(months: &[Month], plain: &Fit) -> Option<Seen> {
    let cells: &Cells = &plain.cells;
    let (mut with, mut without, mut foretold) = (Rate::default(), Rate::default(), (0.0, 0.0));
    let mut strata: BTreeMap<(usize, usize, u32), (Rate, Rate)> = BTreeMap::new();
    for month in months {
        let chance = plain.foretold(&[], month);
        let key =
            (cells.age(month), cells.amount(month), month.late_before.map_or(9, |before| before.min(3)));
        let of = strata.entry(key).or_default();
        if month.contacted {
            with.take(month.happened);
            of.0.take(month.happened);
            foretold.0 += chance;
        } else {
            without.take(month.happened);
            of.1.take(month.happened);
            foretold.1 += chance;
        }
    }
    if with.of == 0 || without.of == 0 {
        return None;
    }
    let foretold = (foretold.0 / with.of as f64, foretold.1 / without.of as f64);
    let both = strata.values().filter(|(with, without)| with.of > 0 && without.of > 0);
    let covered: u64 = both.map(|(with, without)| with.of + without.of).sum();
    let overlap = covered as f64 / (with.of + without.of) as f64;
    Some(Seen { with, without, foretold, alike: alike(strata.values()), overlap })
}

/// The common ratio of Mantel and Haenszel (1959) with the bounds of Greenland and Robins (1985).
fn alike<'a>(strata: impl Iterator<Item = &'a (Rate, Rate)>) -> Option<(f64, f64, f64)> {
    let (mut above, mut below, mut spread) = (0.0, 0.0, 0.0);
    for (with, without) in strata {
        let (a, n1, c, n0) = (with.count as f64, with.of as f64, without.count as f64, without.of as f64);
        let n = n1 + n0;
        if n1 == 0.0 || n0 == 0.0 {
            continue;
        }
        above += a * n0 / n;
        below += c * n1 / n;
        spread += (n1 * n0 * (a + c) - a * c * n) / (n * n);
    }
    if above <= 0.0 || below <= 0.0 {
        return None;
    }
    let (ratio, half) = (above / below, 1.96 * (spread / (above * below)).max(0.0).sqrt());
    Some((ratio, ratio * (-half).exp(), ratio * half.exp()))
}
