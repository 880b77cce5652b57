//! A template that nothing sends.

use super::{Facts, say};
use crate::values::Lang;

/// A template that nothing sends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnusedTemplate {
    /// The name as written.
    pub name: String,
}

impl Facts for UnusedTemplate {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("nada envía la plantilla `{}`", self.name), || format!("nothing sends the template `{}`", self.name))
    }
}
