//! A value stands where a yes or no is wanted.

use super::{Facts, say};
use crate::values::Lang;

/// A value stands where a yes or no is wanted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotACondition {
    /// Found es.
    pub found_es: String,
    /// Found en.
    pub found_en: String,
}

impl Facts for NotACondition {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("aquí hace falta una condición, no {}", self.found_es), || format!("a condition is wanted here, not {}", self.found_en))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "compare el dato con algo, por ejemplo `saldo >= 20 PEN`".to_owned(), || "compare the fact with something, for example `balance >= 20 PEN`".to_owned()))
    }
}
