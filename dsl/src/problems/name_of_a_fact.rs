//! A field or a condition is called like a fact.

use super::{Facts, say};
use crate::values::Lang;

/// A field or a condition is called like a fact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NameOfAFact {
    /// The name.
    pub name: String,
}

impl Facts for NameOfAFact {
    fn headline(&self, lang: Lang) -> String {
        say(
            lang,
            || format!("`{}` ya es el nombre de un dato", self.name),
            || format!("`{}` is the name of a fact already", self.name),
        )
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(
            lang,
            || "elija otro nombre; la lista de datos está en docs/language.md".to_owned(),
            || "choose another name; the facts are listed in docs/language.md".to_owned(),
        ))
    }
}
