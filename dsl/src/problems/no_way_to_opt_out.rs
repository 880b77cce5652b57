//! A message does not say how to stop such messages.

use super::{Facts, say};
use crate::values::Lang;

/// A message does not say how to stop such messages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoWayToOptOut {
    /// The message's name.
    pub name: String,
}

impl Facts for NoWayToOptOut {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("el mensaje `{}` no dice cómo dejar de recibirlos", self.name), || format!("the message `{}` does not say how to get no more of them", self.name))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "añada por ejemplo: Responde BAJA si no quieres recibir estos mensajes".to_owned(), || "add for example: Answer STOP to get no more of these messages".to_owned()))
    }
}
