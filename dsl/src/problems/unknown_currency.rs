//! A currency that is not in the table.

use super::{Facts, say};
use crate::values::Lang;

/// A currency that is not in the table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownCurrency {
    /// As written.
    pub written: String,
    /// The nearest that exists.
    pub nearest: Option<String>,
}

impl Facts for UnknownCurrency {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("la moneda `{}` no existe", self.written), || format!("there is no currency `{}`", self.written))
    }

    fn beside(&self, lang: Lang) -> String {
        super::did_you_mean(lang, self.nearest.as_deref())
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "use el código de tres letras, por ejemplo PEN, COP, MXN".to_owned(), || "use the three letters, for example PEN, COP, MXN".to_owned()))
    }
}
