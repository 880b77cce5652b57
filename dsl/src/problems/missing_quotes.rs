//! A text without its quotes.

use super::{Facts, say};
use crate::values::Lang;

/// A text without its quotes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MissingQuotes {
    /// As written.
    pub written: String,
}

impl Facts for MissingQuotes {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("el texto `{}` va entre comillas", self.written), || format!("the text `{}` stands in quotes", self.written))
    }
}
