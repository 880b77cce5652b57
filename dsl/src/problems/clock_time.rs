//! A time of day as clocks and people say it.

use super::{Facts, say};
use crate::values::Lang;

/// A time of day as clocks and people say it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClockTime {
    /// As written.
    pub written: String,
    /// As it is written here.
    pub right: String,
}

impl Facts for ClockTime {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("la hora `{}` se escribe `{}`", self.written, self.right), || format!("the time `{}` is written `{}`", self.written, self.right))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "las horas van de 00:00 a 24:00, con dos puntos".to_owned(), || "times go from 00:00 to 24:00, with a colon".to_owned()))
    }
}
