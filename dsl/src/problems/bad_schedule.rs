//! A review schedule that cannot be read.

use super::{Facts, say};
use crate::values::Lang;

/// A review schedule that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadSchedule {
    /// Why.
    pub why: String,
}

impl Facts for BadSchedule {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || "no se entiende el horario de revisión".to_owned(), || "the review schedule is not understood".to_owned())
    }

    fn beside(&self, lang: Lang) -> String {
        say(lang, || self.why.clone(), || self.why.clone())
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "seis partes: segundo minuto hora día mes día-de-semana, por ejemplo \"0 0 7 * * Mon-Sat\"".to_owned(), || "six parts: second minute hour day month weekday, for example \"0 0 7 * * Mon-Sat\"".to_owned()))
    }
}
