//! A handler waits for a button that no message has.

use super::{Facts, say};
use crate::values::Lang;

/// A handler waits for a button that no message has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownButton {
    /// The name as written.
    pub name: String,
    /// The nearest that exists.
    pub nearest: Option<String>,
}

impl Facts for UnknownButton {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("ningún mensaje tiene el botón `{}`", self.name), || format!("no message has the button `{}`", self.name))
    }

    fn beside(&self, lang: Lang) -> String {
        super::did_you_mean(lang, self.nearest.as_deref())
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "añada el botón a una plantilla que este paso envía".to_owned(), || "add the button to a template that this step sends".to_owned()))
    }
}
