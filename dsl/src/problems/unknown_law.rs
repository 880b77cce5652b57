//! There is no law pack of that code.

use super::{Facts, say};
use crate::values::Lang;

/// There is no law pack of that code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownLaw {
    /// The name as written.
    pub name: String,
    /// Known.
    pub known: String,
}

impl Facts for UnknownLaw {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("no hay norma `{}`", self.name), || format!("there is no law pack `{}`", self.name))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || format!("hay normas para: {}", self.known), || format!("there are packs for: {}", self.known)))
    }
}
