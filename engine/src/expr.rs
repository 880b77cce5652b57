//! Evaluates conditions, and says which facts they read.
//!
//! In: an expression of a program, an account's facts. Out: a value, or `None` when a fact it needs is unknown.
//! An unknown part makes `and` false only with a false part and `or` true only with a true one, as in SQL; a
//! condition that comes out unknown does not hold.

use crate::facts::{Facts, Seen};
use crate::record::FactSeen;
use cobro_dsl::program::expr::{Arithmetic, Comparison, Expr, ExprId, Exprs};
use cobro_dsl::values::{Lang, Money, Number};
use std::cmp::Ordering;

/// Does a condition hold? Unknown is no.
pub fn holds(exprs: &Exprs, id: ExprId, facts: &Facts<'_>) -> bool {
    truth(exprs, id, facts) == Some(true)
}

fn truth(exprs: &Exprs, id: ExprId, facts: &Facts<'_>) -> Option<bool> {
    match value(exprs, id, facts) {
        Some(Seen::Truth(is)) => Some(is),
        _ => None,
    }
}

/// The value of an expression.
pub fn value<'a>(exprs: &'a Exprs, id: ExprId, facts: &Facts<'a>) -> Option<Seen<'a>> {
    let is = |truth: Option<bool>| truth.map(Seen::Truth);
    match exprs.get(id)? {
        Expr::Value(value) => Some(Seen::from(value)),
        Expr::Fact(fact) => facts.value(*fact),
        Expr::Field(name, at_first) => facts.account.field(name).or(at_first.as_ref()).map(Seen::from),
        Expr::Tagged(name) => Some(Seen::Truth(facts.account.tags.contains(name))),
        Expr::Named(_, holds) => value(exprs, *holds, facts),
        Expr::Not(x) => is(truth(exprs, *x, facts).map(|held| !held)),
        Expr::And(x, y) => is(match (truth(exprs, *x, facts), truth(exprs, *y, facts)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        }),
        Expr::Or(x, y) => is(match (truth(exprs, *x, facts), truth(exprs, *y, facts)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        }),
        Expr::Compare(sign, x, y) => is(compare(*sign, value(exprs, *x, facts), value(exprs, *y, facts))),
        Expr::Between(x, low, high) => {
            let x = value(exprs, *x, facts);
            let low = compare(Comparison::GreaterOrEqual, x, value(exprs, *low, facts));
            let high = compare(Comparison::LessOrEqual, x, value(exprs, *high, facts));
            is(match (low, high) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            })
        }
        Expr::In(x, choices) => {
            let x = value(exprs, *x, facts)?;
            let found = choices.iter().any(|choice| {
                compare(Comparison::Equal, Some(x), value(exprs, *choice, facts)) == Some(true)
            });
            Some(Seen::Truth(found))
        }
        Expr::Arithmetic(sign, x, y) => arithmetic(*sign, value(exprs, *x, facts)?, value(exprs, *y, facts)?),
    }
}

fn compare(sign: Comparison, x: Option<Seen<'_>>, y: Option<Seen<'_>>) -> Option<bool> {
    order(x?, y?).map(|order| sign.holds(order))
}

/// Values of different types, or amounts of different currencies, have no order.
fn order(x: Seen<'_>, y: Seen<'_>) -> Option<Ordering> {
    Some(match (x, y) {
        (Seen::Money(x), Seen::Money(y)) if x.currency == y.currency => x.minor.cmp(&y.minor),
        (Seen::Number(x), Seen::Number(y)) | (Seen::Percent(x), Seen::Percent(y)) => x.cmp(&y),
        (Seen::Date(x), Seen::Date(y)) => x.cmp(&y),
        (Seen::Text(x), Seen::Text(y)) => x.cmp(y),
        (Seen::Truth(x), Seen::Truth(y)) => x.cmp(&y),
        _ => return None,
    })
}

/// Exact, over 128 bits, rounded half away from zero; `None` on a division by zero or when it does not fit.
fn arithmetic<'a>(sign: Arithmetic, x: Seen<'a>, y: Seen<'a>) -> Option<Seen<'a>> {
    const SCALE: i128 = Number::SCALE as i128;
    let small = |value: i128| i64::try_from(value).ok();
    let number = |value: i128| small(value).map(|value| Seen::Number(Number(value)));
    match (sign, x, y) {
        (Arithmetic::Add, Seen::Money(x), Seen::Money(y)) => x.checked_add(y).map(Seen::Money),
        (Arithmetic::Subtract, Seen::Money(x), Seen::Money(y)) => {
            x.checked_add(Money::new(y.minor.checked_neg()?, y.currency)).map(Seen::Money)
        }
        (Arithmetic::Multiply, Seen::Money(money), Seen::Number(by))
        | (Arithmetic::Multiply, Seen::Number(by), Seen::Money(money)) => {
            let minor = small(divide(i128::from(money.minor) * i128::from(by.0), SCALE)?)?;
            Some(Seen::Money(Money::new(minor, money.currency)))
        }
        (Arithmetic::Multiply, Seen::Money(money), Seen::Percent(by))
        | (Arithmetic::Multiply, Seen::Percent(by), Seen::Money(money)) => {
            let minor = small(divide(i128::from(money.minor) * i128::from(by.0), SCALE * 100)?)?;
            Some(Seen::Money(Money::new(minor, money.currency)))
        }
        (Arithmetic::Divide, Seen::Money(money), Seen::Number(by)) => {
            let minor = small(divide(i128::from(money.minor) * SCALE, i128::from(by.0))?)?;
            Some(Seen::Money(Money::new(minor, money.currency)))
        }
        (Arithmetic::Divide, Seen::Money(x), Seen::Money(y)) if x.currency == y.currency => {
            number(divide(i128::from(x.minor) * SCALE, i128::from(y.minor))?)
        }
        (Arithmetic::Add, Seen::Number(x), Seen::Number(y)) => number(i128::from(x.0) + i128::from(y.0)),
        (Arithmetic::Subtract, Seen::Number(x), Seen::Number(y)) => number(i128::from(x.0) - i128::from(y.0)),
        (Arithmetic::Multiply, Seen::Number(x), Seen::Number(y)) => {
            number(divide(i128::from(x.0) * i128::from(y.0), SCALE)?)
        }
        (Arithmetic::Divide, Seen::Number(x), Seen::Number(y)) => {
            number(divide(i128::from(x.0) * SCALE, i128::from(y.0))?)
        }
        (Arithmetic::Subtract, Seen::Date(x), Seen::Date(y)) => {
            Some(Seen::Number(Number::whole((x - y).num_days())))
        }
        (Arithmetic::Add | Arithmetic::Subtract, Seen::Date(date), Seen::Number(days)) => {
            let days = days.0 / Number::SCALE;
            let days = if sign == Arithmetic::Add { days } else { -days };
            date.checked_add_signed(chrono::TimeDelta::try_days(days)?).map(Seen::Date)
        }
        _ => None,
    }
}

fn divide(x: i128, y: i128) -> Option<i128> {
    if y == 0 {
        return None;
    }
    let (quotient, rest) = (x / y, x % y);
    let away = if rest.abs() * 2 >= y.abs() { (x.signum() * y.signum()).signum() } else { 0 };
    Some(quotient + away)
}

/// The facts that an expression reads, each once, in the order of the text, with their values.
pub fn facts_seen(exprs: &Exprs, id: ExprId, facts: &Facts<'_>) -> Vec<FactSeen> {
    let mut found = Vec::new();
    collect(exprs, id, &mut found);
    let seen = |(id, name): (ExprId, &str)| FactSeen {
        fact: name.to_owned(),
        value: value(exprs, id, facts).map(Seen::kept),
    };
    found.into_iter().map(seen).collect()
}

/// Notes the facts, fields and tags below a node: the node that reads one, and its name.
fn collect<'a>(exprs: &'a Exprs, id: ExprId, found: &mut Vec<(ExprId, &'a str)>) {
    let mut note = |name: &'a str| {
        if found.iter().all(|(_, known)| *known != name) {
            found.push((id, name));
        }
    };
    match exprs.get(id) {
        Some(Expr::Fact(fact)) => note(fact.name(Lang::En)),
        Some(Expr::Field(name, _) | Expr::Tagged(name)) => note(name),
        Some(Expr::Named(_, x)) => collect(exprs, *x, found),
        Some(Expr::Not(x)) => collect(exprs, *x, found),
        Some(Expr::And(x, y) | Expr::Or(x, y) | Expr::Compare(_, x, y) | Expr::Arithmetic(_, x, y)) => {
            collect(exprs, *x, found);
            collect(exprs, *y, found);
        }
        Some(Expr::Between(x, low, high)) => {
            for part in [x, low, high] {
                collect(exprs, *part, found);
            }
        }
        Some(Expr::In(x, choices)) => {
            collect(exprs, *x, found);
            choices.iter().for_each(|choice| collect(exprs, *choice, found));
        }
        Some(Expr::Value(_)) | None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn division_rounds_half_away_from_zero() {
        for (x, y, expected) in [(5, 2, 3), (-5, 2, -3), (4, 3, 1), (-4, 3, -1), (5, -2, -3), (7, 0, 0)] {
            assert_eq!(divide(x, y).unwrap_or(0), expected, "{x} / {y}");
        }
    }
}
