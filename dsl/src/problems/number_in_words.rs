//! A figure written as a word.

use super::{Facts, say};
use crate::values::Lang;

/// A figure written as a word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NumberInWords {
    /// As written.
    pub written: String,
    /// In figures.
    pub right: String,
}

impl Facts for NumberInWords {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("`{}` se escribe con cifras", self.written), || format!("`{}` is written in figures", self.written))
    }

    fn beside(&self, lang: Lang) -> String {
        say(lang, || format!("`{}`", self.right), || format!("`{}`", self.right))
    }
}
