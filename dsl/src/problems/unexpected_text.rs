//! Something stands where the language expects something else.

use super::{Facts, say};
use crate::values::Lang;

/// Something stands where the language expects something else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnexpectedText {
    /// As written.
    pub found: String,
    /// Expected es.
    pub expected_es: String,
    /// Expected en.
    pub expected_en: String,
    /// The nearest that exists.
    pub nearest: Option<String>,
}

impl Facts for UnexpectedText {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("no se entiende `{}`", self.found), || format!("`{}` is not understood", self.found))
    }

    fn beside(&self, lang: Lang) -> String {
        match &self.nearest {
            Some(nearest) => super::did_you_mean(lang, Some(nearest)),
            None => say(lang, || format!("aquí se espera {}", self.expected_es), || format!("expected here: {}", self.expected_en)),
        }
    }
}
