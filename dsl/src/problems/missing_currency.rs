//! A figure without a currency meets an amount.

use super::{Facts, say};
use crate::values::Lang;

/// A figure without a currency meets an amount.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MissingCurrency {
    /// Figure.
    pub figure: String,
    /// Currency.
    pub currency: String,
}

impl Facts for MissingCurrency {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("falta la moneda de `{}`", self.figure), || format!("`{}` has no currency", self.figure))
    }

    fn beside(&self, lang: Lang) -> String {
        say(lang, || format!("¿`{} {}`?", self.figure, self.currency), || format!("`{} {}`?", self.figure, self.currency))
    }
}
