//! A template without a text.

use super::{Facts, say};
use crate::values::Lang;

/// A template without a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TemplateWithoutText {
    /// The name as written.
    pub name: String,
}

impl Facts for TemplateWithoutText {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("la plantilla `{}` no tiene texto", self.name), || format!("the template `{}` has no text", self.name))
    }
}
