//! The head of a strategy lacks something it must say.

use super::{Facts, say};
use crate::values::Lang;

/// The head of a strategy lacks something it must say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MissingClause {
    /// What es.
    pub what_es: String,
    /// What en.
    pub what_en: String,
    /// Example es.
    pub example_es: String,
    /// Example en.
    pub example_en: String,
}

impl Facts for MissingClause {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("falta `{}`", self.what_es), || format!("`{}` is missing", self.what_en))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || format!("por ejemplo: {}", self.example_es), || format!("for example: {}", self.example_en)))
    }
}
