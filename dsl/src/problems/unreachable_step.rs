//! No way leads to a step.

use super::{Facts, say};
use crate::values::Lang;

/// No way leads to a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnreachableStep {
    /// The name as written.
    pub name: String,
}

impl Facts for UnreachableStep {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("ningún camino llega al paso `{}`", self.name), || format!("no way leads to the step `{}`", self.name))
    }
}
