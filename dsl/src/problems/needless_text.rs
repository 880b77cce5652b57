//! Something that is never needed.

use super::{Facts, say};
use crate::values::Lang;

/// Something that is never needed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NeedlessText {
    /// As written.
    pub written: String,
}

impl Facts for NeedlessText {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("`{}` no hace falta aquí", self.written), || format!("`{}` is not needed here", self.written))
    }

    fn beside(&self, lang: Lang) -> String {
        say(lang, || "quítelo".to_owned(), || "remove it".to_owned())
    }
}
