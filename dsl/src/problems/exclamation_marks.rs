//! Several exclamation marks.

use super::{Facts, say};
use crate::values::Lang;

/// Several exclamation marks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExclamationMarks {
    /// How many.
    pub count: u32,
}

impl Facts for ExclamationMarks {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("{} signos de exclamación en un mensaje de cobranza", self.count), || format!("{} exclamation marks in a collection message", self.count))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "deje uno como máximo".to_owned(), || "leave one at most".to_owned()))
    }
}
