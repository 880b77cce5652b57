//! A step is named that does not exist.

use super::{Facts, say};
use crate::values::Lang;

/// A step is named that does not exist.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownStep {
    /// The name as written.
    pub name: String,
    /// The nearest that exists.
    pub nearest: Option<String>,
}

impl Facts for UnknownStep {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("el paso `{}` no existe", self.name), || format!("there is no step `{}`", self.name))
    }

    fn beside(&self, lang: Lang) -> String {
        super::did_you_mean(lang, self.nearest.as_deref())
    }
}
