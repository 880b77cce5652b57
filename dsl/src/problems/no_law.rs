//! A strategy without a law pack.

use super::{Facts, say};
use crate::values::Lang;

/// A strategy without a law pack.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoLaw;

impl Facts for NoLaw {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || "la estrategia no dice qué norma de contacto rige".to_owned(), || "the strategy does not say which contact law applies".to_owned())
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "añada por ejemplo `norma PE`".to_owned(), || "add for example `law PE`".to_owned()))
    }
}
