//! A message that asks for payment goes out to who has just paid everything.

use super::{Facts, say};
use crate::values::Lang;

/// A message that asks for payment goes out to who has just paid everything.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MessageAfterPayment {
    /// The message's name.
    pub name: String,
}

impl Facts for MessageAfterPayment {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("`{}` pide un pago a quien acaba de pagar todo", self.name), || format!("`{}` asks for payment from who has just paid everything", self.name))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "la norma de la casa lo detiene y no sale; envíe una constancia o termine".to_owned(), || "the gate stops it and it does not go out; send a receipt or end".to_owned()))
    }
}
