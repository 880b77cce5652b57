//! A message threatens.

use super::{Facts, say};
use crate::values::Lang;

/// A message threatens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ThreateningWords {
    /// The word.
    pub word: String,
}

impl Facts for ThreateningWords {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("`{}` suena a amenaza", self.word), || format!("`{}` sounds like a threat", self.word))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "diga qué se debe, cómo pagarlo y cómo pedir ayuda; amenazar es ilegal en muchos países".to_owned(), || "say what is owed, how to pay and how to ask for help; threats are illegal in many countries".to_owned()))
    }
}
