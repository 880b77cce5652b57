//! Two intents have one phrase.

use super::{Facts, say};
use crate::values::Lang;

/// Two intents have one phrase.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PhraseTwice {
    /// The intent that has it already.
    pub intent: String,
}

impl Facts for PhraseTwice {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("esta frase ya es de la intención `{}`", self.intent), || format!("this phrase belongs to the intent `{}` already", self.intent))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "quítela de una de las dos, o hágala más larga: la frase con más palabras gana".to_owned(), || "take it out of one of them, or make it longer: the phrase with more words wins".to_owned()))
    }
}
