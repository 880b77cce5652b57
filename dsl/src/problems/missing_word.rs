//! A word was left out.

use super::{Facts, say};
use crate::values::Lang;

/// A word was left out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MissingWord {
    /// The word.
    pub word: String,
    /// What stands in its place.
    pub before: String,
}

impl Facts for MissingWord {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("falta `{}` antes de `{}`", self.word, self.before), || format!("`{}` is missing before `{}`", self.word, self.before))
    }
}
