//! An outcome is named that is not declared.

use super::{Facts, say};
use crate::values::Lang;

/// An outcome is named that is not declared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownOutcome {
    /// The name as written.
    pub name: String,
    /// The nearest that exists.
    pub nearest: Option<String>,
}

impl Facts for UnknownOutcome {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("el final `{}` no está declarado", self.name), || format!("the outcome `{}` is not declared", self.name))
    }

    fn beside(&self, lang: Lang) -> String {
        super::did_you_mean(lang, self.nearest.as_deref())
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || format!("declárelo en la estrategia: `fin {}`", self.name), || format!("declare it in the strategy: `end {}`", self.name)))
    }
}
