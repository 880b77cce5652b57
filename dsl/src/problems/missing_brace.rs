//! A block without its `{`.

use super::{Facts, say};
use crate::values::Lang;

/// A block without its `{`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MissingBrace {
    /// What stands before the place.
    pub behind: String,
}

impl Facts for MissingBrace {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("falta `{{` después de `{}`", self.behind), || format!("`{{` is missing behind `{}`", self.behind))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "lo que depende de una línea va entre `{` y `}`".to_owned(), || "what hangs on a line stands between `{` and `}`".to_owned()))
    }
}
