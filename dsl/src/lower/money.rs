//! Amounts and shares.

use crate::ast;
use crate::program::Part;
use crate::values::{Currency, Number, parse_scaled};

/// `None` when the figure is out of range, which was told.
pub(super) fn part(part: &ast::Part) -> Option<Part> {
    Some(match part {
        ast::Part::Amount(figure, currency) => {
            Part::Amount(parse_scaled(figure, Currency::parse(&currency.text)?.digits())?)
        }
        ast::Part::Share(figure) => Part::Share(Number::parse(figure)?),
    })
}
