//! A date or time that no calendar or clock has.

use super::{Facts, say};
use crate::values::Lang;

/// A date or time that no calendar or clock has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ImpossibleDate {
    /// As written.
    pub written: String,
}

impl Facts for ImpossibleDate {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("`{}` no existe en el calendario o el reloj", self.written), || format!("`{}` is not on any calendar or clock", self.written))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "las fechas se escriben 2026-03-31 y las horas 09:30".to_owned(), || "dates are written 2026-03-31 and times 09:30".to_owned()))
    }
}
