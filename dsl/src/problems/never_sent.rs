//! A test expects a message that the strategy never sends.

use super::{Facts, say};
use crate::values::Lang;

/// A test expects a message that the strategy never sends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NeverSent {
    /// The message.
    pub name: String,
    /// The strategy.
    pub strategy: String,
}

impl Facts for NeverSent {
    fn headline(&self, lang: Lang) -> String {
        say(
            lang,
            || format!("la estrategia `{}` nunca envía `{}`", self.strategy, self.name),
            || format!("the strategy `{}` never sends `{}`", self.strategy, self.name),
        )
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(
            lang,
            || "la prueba no podría cumplirse: corrija el nombre o envíe la plantilla en un paso".to_owned(),
            || "the test could never hold: correct the name or send the template in a step".to_owned(),
        ))
    }
}
