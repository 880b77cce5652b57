//! A keyword of the other language.

use super::{Facts, say};
use crate::values::Lang;

/// A keyword of the other language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WrongLanguageWord {
    /// As written.
    pub written: String,
    /// Right.
    pub right: String,
    /// Lang es.
    pub lang_es: String,
    /// Lang en.
    pub lang_en: String,
}

impl Facts for WrongLanguageWord {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("`{}` es de otro idioma; este archivo está en {}", self.written, self.lang_es), || format!("`{}` belongs to another language; this file is in {}", self.written, self.lang_en))
    }

    fn beside(&self, lang: Lang) -> String {
        say(lang, || format!("aquí es `{}`", self.right), || format!("here it is `{}`", self.right))
    }
}
