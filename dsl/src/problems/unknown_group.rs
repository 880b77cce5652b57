//! A test names an experiment, or a group of one, that the strategy does not have.

use super::{Facts, say};
use crate::values::Lang;

/// A test names an experiment, or a group of one, that the strategy does not have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownGroup {
    /// The name as written.
    pub name: String,
    /// The nearest that exists.
    pub nearest: Option<String>,
}

impl Facts for UnknownGroup {
    fn headline(&self, lang: Lang) -> String {
        say(
            lang,
            || format!("la estrategia no reparte ningún `{}`", self.name),
            || format!("the strategy splits no `{}`", self.name),
        )
    }

    fn beside(&self, lang: Lang) -> String {
        super::did_you_mean(lang, self.nearest.as_deref())
    }
}
