//! A reminder does not say what is owed.

use super::{Facts, say};
use crate::values::Lang;

/// A reminder does not say what is owed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoAmountOrInvoice {
    /// The message's name.
    pub name: String,
}

impl Facts for NoAmountOrInvoice {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("el mensaje `{}` no dice cuánto se debe ni de qué factura", self.name), || format!("the message `{}` says neither how much is owed nor for which invoice", self.name))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "añada `{{saldo}}` o `{{factura}}`".to_owned(), || "add `{{balance}}` or `{{invoice}}`".to_owned()))
    }
}
