//! Something stands where the language expects something else.

use super::{Facts, say};
use crate::values::Lang;

/// Something stands where the language expects something else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnexpectedText {
    /// As written; empty where the line is over.
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
        if self.found.is_empty() {
            return say(lang, || "aquí falta algo".to_owned(), || "something is missing here".to_owned());
        }
        say(lang, || format!("no se entiende `{}`", self.found), || format!("`{}` is not understood", self.found))
    }

    fn beside(&self, lang: Lang) -> String {
        match &self.nearest {
            Some(nearest) => super::did_you_mean(lang, Some(nearest)),
            None if self.found.is_empty() => {
                say(lang, || format!("después va {}", self.expected_es), || format!("{} comes next", self.expected_en))
            }
            None => say(lang, || format!("aquí se espera {}", self.expected_es), || format!("expected here: {}", self.expected_en)),
        }
    }
}
