//! A fact is named that does not exist.

use super::{Facts, say};
use crate::values::Lang;

/// A fact is named that does not exist.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownFact {
    /// The name as written.
    pub name: String,
    /// The nearest that exists.
    pub nearest: Option<String>,
}

impl Facts for UnknownFact {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("no se conoce el dato `{}`", self.name), || format!("there is no fact `{}`", self.name))
    }

    fn beside(&self, lang: Lang) -> String {
        super::did_you_mean(lang, self.nearest.as_deref())
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "la lista de datos está en docs/language.md".to_owned(), || "the facts are listed in docs/language.md".to_owned()))
    }
}
