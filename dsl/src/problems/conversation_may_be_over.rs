//! A WhatsApp message without an approved template may go out when the conversation is over.

use super::{Facts, say};
use crate::values::Lang;

/// A WhatsApp message without an approved template may go out when the conversation is over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConversationMayBeOver {
    /// The message's name.
    pub name: String,
}

impl Facts for ConversationMayBeOver {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("`{}` no tiene plantilla aprobada y puede salir fuera de las 24 horas de conversación", self.name), || format!("`{}` has no approved template and may go out after the 24 hours of a conversation", self.name))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "añada `aprobada como`, o diga qué hacer si no sale: `si no { … }`".to_owned(), || "add `approved as`, or say what to do when it cannot go out: `else { … }`".to_owned()))
    }
}
