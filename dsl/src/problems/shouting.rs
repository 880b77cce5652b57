//! Words in capitals one after another.

use super::{Facts, say};
use crate::values::Lang;

/// Words in capitals one after another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shouting {
    /// The words.
    pub word: String,
}

impl Facts for Shouting {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("`{}` en mayúsculas suena a grito", self.word), || format!("`{}` in capitals sounds like shouting", self.word))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "escríbalo en minúsculas".to_owned(), || "write it in lower case".to_owned()))
    }
}
