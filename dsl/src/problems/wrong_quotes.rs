//! Quotes of a word processor.

use super::{Facts, say};
use crate::values::Lang;

/// Quotes of a word processor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WrongQuotes;

impl Facts for WrongQuotes {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || "estas comillas no sirven aquí".to_owned(), || "these quotes cannot be used here".to_owned())
    }

    fn beside(&self, lang: Lang) -> String {
        say(lang, || "use comillas rectas: `\"`".to_owned(), || "use straight quotes: `\"`".to_owned())
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "los procesadores de texto cambian las comillas solos; en una estrategia son siempre `\"`".to_owned(), || "word processors change quotes by themselves; a strategy always uses `\"`".to_owned()))
    }
}
