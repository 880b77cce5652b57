//! A file is imported that cannot be read.

use super::{Facts, say};
use crate::values::Lang;

/// A file is imported that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ImportNotFound {
    /// As written.
    pub path: String,
    /// Why, in Spanish.
    pub why_es: String,
    /// Why, in English.
    pub why_en: String,
}

impl Facts for ImportNotFound {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("no se pudo leer `{}`: {}", self.path, self.why_es), || format!("`{}` could not be read: {}", self.path, self.why_en))
    }
}
