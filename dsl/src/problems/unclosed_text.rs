//! A quoted text does not end on its line.

use super::{Facts, say};
use crate::values::Lang;

/// A quoted text does not end on its line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnclosedText;

impl Facts for UnclosedText {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || "falta la comilla que cierra el texto".to_owned(), || "the text has no closing quote".to_owned())
    }

    fn beside(&self, lang: Lang) -> String {
        say(lang, || "empieza aquí".to_owned(), || "it starts here".to_owned())
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "los textos terminan en su propia línea; use \\n para un salto de línea".to_owned(), || "a text ends on its own line; use \\n for a line break".to_owned()))
    }
}
