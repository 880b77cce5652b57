//! A test names a strategy that is not in the file.

use super::{Facts, say};
use crate::values::Lang;

/// A test names a strategy that is not in the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownStrategy {
    /// The name as written.
    pub name: String,
    /// The nearest that exists.
    pub nearest: Option<String>,
}

impl Facts for UnknownStrategy {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("la estrategia `{}` no está en este archivo", self.name), || format!("the strategy `{}` is not in this file", self.name))
    }

    fn beside(&self, lang: Lang) -> String {
        super::did_you_mean(lang, self.nearest.as_deref())
    }
}
