//! From a step no outcome can be reached.

use super::{Facts, say};
use crate::values::Lang;

/// From a step no outcome can be reached.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NeverEnds {
    /// The name as written.
    pub name: String,
}

impl Facts for NeverEnds {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("desde el paso `{}` no se llega a ningún final", self.name), || format!("from the step `{}` no outcome can be reached", self.name))
    }
}
