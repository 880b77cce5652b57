//! A figure too large, too small, or with too many decimals.

use super::{Facts, say};
use crate::values::Lang;

/// A figure too large, too small, or with too many decimals.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FigureOutOfRange {
    /// As written.
    pub written: String,
}

impl Facts for FigureOutOfRange {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("la cifra `{}` no cabe", self.written), || format!("the figure `{}` does not fit", self.written))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "hay demasiadas cifras o demasiados decimales".to_owned(), || "there are too many digits, or too many decimals".to_owned()))
    }
}
