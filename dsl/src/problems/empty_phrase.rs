//! A phrase of an intent has no word.

use super::{Facts, say};
use crate::values::Lang;

/// A phrase of an intent has no word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EmptyPhrase;

impl Facts for EmptyPhrase {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || "esta frase no tiene ninguna palabra".to_owned(), || "this phrase has no word".to_owned())
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "lo que no reconoce ninguna intención lo atiende `cuando respuesta` sin nombre".to_owned(), || "what no intent recognises is taken by `on response` without a name".to_owned()))
    }
}
