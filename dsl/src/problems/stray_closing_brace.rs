//! A `}` closes nothing.

use super::{Facts, say};
use crate::values::Lang;

/// A `}` closes nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StrayClosingBrace;

impl Facts for StrayClosingBrace {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || "esta `}` no cierra nada".to_string(), || "this `}` closes nothing".to_string())
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "quítela, o busque la `{` que falta antes".to_owned(), || "remove it, or look for a missing `{` before it".to_owned()))
    }
}
