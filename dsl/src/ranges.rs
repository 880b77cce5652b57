//! Conditions over one fact as ranges of its values.
//!
//! In: a condition of a program. Out: the values of a fact for which it holds. Ranges are of whole steps of the fact: days and
//! counts in ones, amounts in minor units, other figures in ten-thousandths. A condition that speaks of something else too is
//! not judged.

use crate::program::Program;
use crate::program::expr::{Comparison, Expr, ExprId};
use crate::values::{Number, Type, Value};
use crate::vocabulary::Fact;

/// Values of one fact, as ranges in order that do not touch; both ends belong to them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Ranges(pub(crate) Vec<(i64, i64)>);

pub(crate) const LEAST: i64 = i64::MIN;
const GREATEST: i64 = i64::MAX;

impl Ranges {
    pub(crate) fn all() -> Ranges {
        Ranges(vec![(LEAST, GREATEST)])
    }

    /// The least value, when there is one.
    pub(crate) fn least(&self) -> Option<i64> {
        self.0.first().map(|(low, _)| *low).filter(|low| *low != LEAST)
    }

    /// The greatest value, when there is one.
    pub(crate) fn greatest(&self) -> Option<i64> {
        self.0.last().map(|(_, high)| *high).filter(|high| *high != GREATEST)
    }

    fn of(mut parts: Vec<(i64, i64)>) -> Ranges {
        parts.retain(|(low, high)| low <= high);
        parts.sort_unstable();
        let mut joined: Vec<(i64, i64)> = Vec::new();
        for (low, high) in parts {
            match joined.last_mut() {
                Some((_, last)) if low <= last.saturating_add(1) => *last = (*last).max(high),
                _ => joined.push((low, high)),
            }
        }
        Ranges(joined)
    }

    /// Is every value also one of others?
    pub(crate) fn is_within(&self, others: &Ranges) -> bool {
        self.and(others) == *self
    }

    pub(crate) fn and(&self, other: &Ranges) -> Ranges {
        let pairs =
            self.0.iter().flat_map(|(a, b)| other.0.iter().map(move |(c, d)| ((*a).max(*c), (*b).min(*d))));
        Ranges::of(pairs.collect())
    }

    pub(crate) fn or(&self, other: &Ranges) -> Ranges {
        Ranges::of(self.0.iter().chain(&other.0).copied().collect())
    }

    pub(crate) fn not(&self) -> Ranges {
        let (mut out, mut from) = (Vec::new(), Some(LEAST));
        for (low, high) in &self.0 {
            if let (Some(from), Some(to)) = (from, low.checked_sub(1)) {
                out.push((from, to));
            }
            from = high.checked_add(1);
        }
        out.extend(from.map(|from| (from, GREATEST)));
        Ranges::of(out)
    }
}

/// The values of a fact for which a condition holds; `None` when it speaks of anything else.
pub(crate) fn ranges(program: &Program, id: ExprId, fact: Fact) -> Option<Ranges> {
    let of = |id: &ExprId| ranges(program, *id, fact);
    let is_fact = |id: &ExprId| program.exprs.get(*id) == Some(&Expr::Fact(fact));
    let figure = |id: &ExprId| match program.exprs.get(*id) {
        Some(Expr::Value(value)) => steps(value, fact),
        _ => None,
    };
    Some(match program.exprs.get(id)? {
        Expr::And(x, y) => of(x)?.and(&of(y)?),
        Expr::Or(x, y) => of(x)?.or(&of(y)?),
        Expr::Not(x) => of(x)?.not(),
        Expr::Named(_, holds) => of(holds)?,
        Expr::Between(x, low, high) if is_fact(x) => Ranges::of(vec![(figure(low)?, figure(high)?)]),
        Expr::In(x, choices) if is_fact(x) => {
            let points: Option<Vec<_>> = choices.iter().map(|c| figure(c).map(|at| (at, at))).collect();
            Ranges::of(points?)
        }
        Expr::Compare(sign, x, y) if is_fact(x) => compared(*sign, figure(y)?),
        Expr::Compare(sign, x, y) if is_fact(y) => compared(turned(*sign), figure(x)?),
        _ => return None,
    })
}

fn compared(sign: Comparison, at: i64) -> Ranges {
    let (below, above) = (at.saturating_sub(1), at.saturating_add(1));
    Ranges::of(match sign {
        Comparison::Equal => vec![(at, at)],
        Comparison::NotEqual => vec![(LEAST, below), (above, GREATEST)],
        Comparison::Less => vec![(LEAST, below)],
        Comparison::LessOrEqual => vec![(LEAST, at)],
        Comparison::Greater => vec![(above, GREATEST)],
        Comparison::GreaterOrEqual => vec![(at, GREATEST)],
    })
}

/// `30 < days` is `days > 30`.
fn turned(sign: Comparison) -> Comparison {
    match sign {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        same => same,
    }
}

/// Facts that are counted in ones.
fn is_whole(fact: Fact) -> bool {
    fact.kind() == Type::Number && fact != Fact::RiskScore
}

fn steps(value: &Value, fact: Fact) -> Option<i64> {
    match value {
        Value::Number(number) if is_whole(fact) => {
            (number.0 % Number::SCALE == 0).then_some(number.0 / Number::SCALE)
        }
        Value::Number(number) | Value::Percent(number) => Some(number.0),
        Value::Money(amount) => Some(amount.minor),
        _ => None,
    }
}

/// A step as the author writes it.
pub(crate) fn said(program: &Program, fact: Fact, at: i64) -> String {
    match fact.kind() {
        Type::Money => crate::graph::words::money(crate::values::Money::new(at, program.currency)),
        _ if is_whole(fact) => at.to_string(),
        _ => Number(at).to_string(),
    }
}

/// The facts that accounts are usually told apart by.
pub(crate) const FACTS: [Fact; 7] = [
    Fact::DaysPastDue,
    Fact::Balance,
    Fact::AmountDue,
    Fact::RiskScore,
    Fact::OverdueInvoices,
    Fact::UnpaidInvoices,
    Fact::BrokenPromises,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_joined_cut_and_turned() {
        let young = compared(Comparison::LessOrEqual, 30);
        let old = compared(Comparison::Greater, 30);
        assert_eq!(young.or(&old), Ranges::all());
        assert_eq!(young.and(&old), Ranges(Vec::new()));
        assert_eq!(young.not(), old);
        assert_eq!(Ranges::of(vec![(5, 3), (1, 2), (3, 4)]), Ranges(vec![(1, 4)]));
    }
}
