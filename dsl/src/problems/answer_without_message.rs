//! A wait for an answer where no message can be answered.

use super::{Facts, say};
use crate::values::Lang;

/// A wait for an answer where no message can be answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AnswerWithoutMessage {
    /// Step.
    pub step: String,
}

impl Facts for AnswerWithoutMessage {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("en `{}` se espera una respuesta y ningún mensaje la pide", self.step), || format!("`{}` waits for an answer and no message asks for one", self.step))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "envíe antes una plantilla con botones".to_owned(), || "send a template with buttons first".to_owned()))
    }
}
