//! A `{` has no `}`.

use super::{Facts, say};
use crate::values::Lang;

/// A `{` has no `}`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnclosedBlock {
    /// Opened by.
    pub opened_by: String,
}

impl Facts for UnclosedBlock {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("falta `}}` para cerrar `{}`", self.opened_by), || format!("`{}` is never closed with `}}`", self.opened_by))
    }

    fn beside(&self, lang: Lang) -> String {
        say(lang, || "se abre aquí".to_owned(), || "opened here".to_owned())
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "añada `}` al final del bloque".to_owned(), || "add `}` at the end of the block".to_owned()))
    }
}
