//! Two things have one name.

use super::{Facts, say};
use crate::values::Lang;

/// Two things have one name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DuplicateName {
    /// The name as written.
    pub name: String,
}

impl Facts for DuplicateName {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("el nombre `{}` ya está usado", self.name), || format!("the name `{}` is used already", self.name))
    }

    fn beside(&self, lang: Lang) -> String {
        say(lang, || "segunda vez".to_owned(), || "second time".to_owned())
    }
}
