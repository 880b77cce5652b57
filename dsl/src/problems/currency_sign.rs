//! An amount with a sign or a word for its currency.

use super::{Facts, say};
use crate::values::Lang;

/// An amount with a sign or a word for its currency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CurrencySign {
    /// As written.
    pub written: String,
    /// With the currency's letters.
    pub right: String,
}

impl Facts for CurrencySign {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("`{}` no dice la moneda con sus letras", self.written), || format!("`{}` does not name the currency by its letters", self.written))
    }

    fn beside(&self, lang: Lang) -> String {
        say(lang, || format!("se escribe `{}`", self.right), || format!("write `{}`", self.right))
    }
}
