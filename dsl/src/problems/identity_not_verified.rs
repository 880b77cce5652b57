//! A message that discloses a debt may come before the customer's identity is verified.

use super::{Facts, say};
use crate::values::Lang;

/// A message that discloses a debt may come before the customer's identity is verified.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IdentityNotVerified {
    /// The message.
    pub template: String,
}

impl Facts for IdentityNotVerified {
    fn headline(&self, lang: Lang) -> String {
        say(
            lang,
            || format!("`{}` revela la deuda, y aquí la identidad puede no estar verificada", self.template),
            || format!("`{}` discloses the debt, and here the identity may not be verified", self.template),
        )
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(
            lang,
            || "ponga antes `verificar identidad hasta 2 días { … }`, o diga con `si no { … }` qué pasa".to_owned(),
            || "put `verify identity up to 2 days { … }` before it, or say with `else { … }` what happens".to_owned(),
        ))
    }
}
