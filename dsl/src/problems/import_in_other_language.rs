//! A file is imported whose keywords are of the other language.

use super::{Facts, say};
use crate::values::Lang;

/// A file is imported whose keywords are of the other language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ImportInOtherLanguage {
    /// The file.
    pub path: String,
    /// The language of the file that imports it.
    pub lang: Lang,
}

impl Facts for ImportInOtherLanguage {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("`{}` tiene las palabras clave en otro idioma", self.path), || format!("`{}` has its keywords in another language", self.path))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        let command = format!("cobro fmt --lang {} {}", self.lang.code(), self.path);
        Some(say(lang, || format!("conviértalo con `{command}`"), || format!("convert it with `{command}`")))
    }
}
