//! A date in the order of some country.

use super::{Facts, say};
use crate::values::Lang;

/// A date in the order of some country.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AmbiguousDate {
    /// As written.
    pub written: String,
    /// What may be meant: year, month, day.
    pub readings: Vec<String>,
}

impl Facts for AmbiguousDate {
    fn headline(&self, lang: Lang) -> String {
        if self.readings.len() > 1 {
            return say(
                lang,
                || format!("la fecha `{}` se puede leer de dos maneras", self.written),
                || format!("the date `{}` can be read in two ways", self.written),
            );
        }
        say(
            lang,
            || format!("la fecha `{}` va al revés: primero el año", self.written),
            || format!("the date `{}` is the wrong way round: the year comes first", self.written),
        )
    }

    fn help(&self, lang: Lang) -> Option<String> {
        let quoted: Vec<String> = self.readings.iter().map(|reading| format!("`{reading}`")).collect();
        let readings = quoted.join(lang.pick(" o ", " or "));
        if readings.is_empty() {
            return Some(say(
                lang,
                || "escriba año, mes y día: `2026-03-02`".to_owned(),
                || "write year, month and day: `2026-03-02`".to_owned(),
            ));
        }
        Some(say(
            lang,
            || format!("escriba {readings}: año, mes y día"),
            || format!("write {readings}: year, month and day"),
        ))
    }
}
