//! Blocks stand inside blocks too many times.

use super::{Facts, say};
use crate::values::Lang;

/// Blocks stand inside blocks too many times.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TooDeep {
    /// Deepest.
    pub deepest: u32,
}

impl Facts for TooDeep {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("hay más de {} bloques uno dentro de otro", self.deepest), || format!("more than {} blocks stand inside each other", self.deepest))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "divida el paso en varios pasos".to_owned(), || "split the step into several steps".to_owned()))
    }
}
