//! Young and old debts get the same text.

use super::{Facts, say};
use crate::values::Lang;

/// Young and old debts get the same text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SameTextForEveryAge {
    /// The message's name.
    pub name: String,
}

impl Facts for SameTextForEveryAge {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("todas las edades de deuda reciben el mismo texto, `{}`", self.name), || format!("debts of every age get the same text, `{}`", self.name))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "escriba otro mensaje para las deudas más antiguas, o acorte a quién entra".to_owned(), || "write another message for older debts, or narrow who enters".to_owned()))
    }
}
