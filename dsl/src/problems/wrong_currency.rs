//! An amount in another currency than the strategy's.

use super::{Facts, say};
use crate::values::Lang;

/// An amount in another currency than the strategy's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WrongCurrency {
    /// As written.
    pub found: String,
    /// Wanted.
    pub wanted: String,
}

impl Facts for WrongCurrency {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("el monto está en {} y la estrategia en {}", self.found, self.wanted), || format!("the amount is in {} and the strategy in {}", self.found, self.wanted))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "nunca se suman ni comparan monedas distintas".to_owned(), || "different currencies are never added or compared".to_owned()))
    }
}
