//! A wait for an answer that no message asks for.

use super::{Facts, say};
use crate::values::Lang;

/// A wait for an answer that no message asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AnswerWithoutMessage {
    /// Where the account waits.
    pub step: String,
    /// The button, when messages were sent but none has it.
    pub button: Option<String>,
}

impl Facts for AnswerWithoutMessage {
    fn headline(&self, lang: Lang) -> String {
        match &self.button {
            Some(button) => say(
                lang,
                || format!("ningún mensaje enviado antes de aquí tiene el botón `{button}`"),
                || format!("no message sent before this has the button `{button}`"),
            ),
            None => say(
                lang,
                || format!("en `{}` se espera una respuesta y ningún mensaje la pide", self.step),
                || format!("`{}` waits for an answer and no message asks for one", self.step),
            ),
        }
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(match &self.button {
            Some(_) => say(
                lang,
                || "añada el botón a la plantilla que se envía antes, o quite esta respuesta".to_owned(),
                || "add the button to the template that is sent before, or remove this answer".to_owned(),
            ),
            None => say(
                lang,
                || "envíe antes una plantilla con botones".to_owned(),
                || "send a template with buttons first".to_owned(),
            ),
        })
    }
}
