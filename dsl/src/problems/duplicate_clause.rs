//! The head of a strategy says one thing twice.

use super::{Facts, say};
use crate::values::Lang;

/// The head of a strategy says one thing twice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DuplicateClause {
    /// Name es.
    pub name_es: String,
    /// Name en.
    pub name_en: String,
}

impl Facts for DuplicateClause {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("`{}` está dos veces", self.name_es), || format!("`{}` is said twice", self.name_en))
    }

    fn beside(&self, lang: Lang) -> String {
        say(lang, || "segunda vez".to_owned(), || "second time".to_owned())
    }
}
