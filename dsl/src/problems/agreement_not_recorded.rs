//! A customer agrees to something and nothing is written down.

use super::{Facts, say};
use crate::values::Lang;

/// A customer agrees to something and nothing is written down.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AgreementNotRecorded {
    /// What the button says.
    pub label: String,
}

impl Facts for AgreementNotRecorded {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("el cliente responde «{}» y no queda anotado", self.label), || format!("the customer answers “{}” and nothing is written down", self.label))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "añada una nota, una etiqueta o una tarea".to_owned(), || "add a note, a tag or a task".to_owned()))
    }
}
