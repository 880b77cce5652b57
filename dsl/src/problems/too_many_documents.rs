//! A message that its channel cannot carry documents for.

use super::{Facts, say};
use crate::values::Lang;

/// A message that its channel cannot carry documents for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TooManyDocuments {
    /// The channel carries one; else it carries none.
    pub one: bool,
}

impl Facts for TooManyDocuments {
    fn headline(&self, lang: Lang) -> String {
        match self.one {
            true => say(
                lang,
                || "un mensaje de WhatsApp lleva un solo documento".to_owned(),
                || "a WhatsApp message carries one document only".to_owned(),
            ),
            false => say(
                lang,
                || "este canal no lleva documentos".to_owned(),
                || "this channel carries no documents".to_owned(),
            ),
        }
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(
            lang,
            || "adjúntelo en la plantilla para correo".to_owned(),
            || "attach it in the template for email".to_owned(),
        ))
    }
}
