//! A handler for something that cannot happen there.

use super::{Facts, say};
use crate::values::Lang;

/// A handler for something that cannot happen there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MisplacedHandler {
    /// Trigger.
    pub trigger: String,
}

impl Facts for MisplacedHandler {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("`{}` no puede ocurrir aquí", self.trigger), || format!("`{}` cannot happen here", self.trigger))
    }
}
