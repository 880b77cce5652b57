//! A reminder does not say how to pay.

use super::{Facts, say};
use crate::values::Lang;

/// A reminder does not say how to pay.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoWayToPay {
    /// The message's name.
    pub name: String,
}

impl Facts for NoWayToPay {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("el mensaje `{}` no dice cómo pagar", self.name), || format!("the message `{}` does not say how to pay", self.name))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "añada `{{enlace_pago}}` o un botón para pagar".to_owned(), || "add `{{pay_link}}` or a button to pay".to_owned()))
    }
}
