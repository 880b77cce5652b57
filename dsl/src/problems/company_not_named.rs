//! A message does not say who writes.

use super::{Facts, say};
use crate::values::Lang;

/// A message does not say who writes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CompanyNotNamed {
    /// The message's name.
    pub name: String,
}

impl Facts for CompanyNotNamed {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("el mensaje `{}` no dice qué empresa escribe", self.name), || format!("the message `{}` does not say which company writes", self.name))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "añada `{{empresa}}`".to_owned(), || "add `{{company}}`".to_owned()))
    }
}
