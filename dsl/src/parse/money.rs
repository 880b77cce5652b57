//! Amounts and shares, and what is said of payments and promises.

use super::Kind;
use super::cursor::Cursor;
use super::statements::lapse;
use crate::ast::{At, Clause, Part};
use crate::keywords::Keyword as K;

/// `50 PEN`, `20%`.
pub(super) fn part(c: &mut Cursor<'_>) -> Option<At<Part>> {
    let token = c.peek();
    let is = match token.kind {
        Kind::Percent => {
            c.skip(1);
            Part::Share(c.written(token).trim_end_matches('%').to_owned())
        }
        Kind::Number => {
            c.skip(1);
            let figure = c.written(token).to_owned();
            Part::Amount(figure, c.name("la moneda: 50 PEN", "the currency: 50 PEN")?)
        }
        _ => {
            c.expected("un monto o un porcentaje: 50 PEN, 20%", "an amount or a share: 50 PEN, 20%");
            return None;
        }
    };
    Some(At { is, span: c.since(token.span.start) })
}

/// `of at least 50 PEN`, `>= 50%`, or nothing: any payment.
#[allow(clippy::option_option, reason = "outer: could be read; inner: was written")]
pub(super) fn at_least(c: &mut Cursor<'_>) -> Option<Option<At<Part>>> {
    if c.eat(K::OfAtLeast) || c.eat_sign(">=") {
        return part(c).map(Some);
    }
    Some(None)
}

/// `1 business day [tolerance 5%]`
pub(super) fn promise_grace(c: &mut Cursor<'_>) -> Option<Clause> {
    let grace = lapse(c)?;
    let tolerance = if c.eat(K::Tolerance) { Some(part(c)?) } else { None };
    Some(Clause::PromiseGrace(grace, tolerance))
}
