//! `1.200` means different amounts in different countries.

use super::{Facts, say};
use crate::values::Lang;

/// A figure with separators that countries read differently.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AmbiguousNumber {
    /// As written.
    pub written: String,
    /// What may be meant, without such separators: one reading or two.
    pub readings: Vec<String>,
}

impl Facts for AmbiguousNumber {
    fn headline(&self, lang: Lang) -> String {
        if self.readings.len() > 1 {
            return say(
                lang,
                || format!("`{}` se puede leer de dos maneras", self.written),
                || format!("`{}` can be read in two ways", self.written),
            );
        }
        say(
            lang,
            || format!("`{}` lleva un separador que aquí no se usa", self.written),
            || format!("`{}` has a separator that is not used here", self.written),
        )
    }

    fn help(&self, lang: Lang) -> Option<String> {
        let quoted: Vec<String> = self.readings.iter().map(|reading| format!("`{reading}`")).collect();
        let or = lang.pick(" o ", " or ");
        let readings = quoted.join(or);
        Some(say(
            lang,
            || format!("escriba {readings}: sin separador de miles y con punto decimal"),
            || format!("write {readings}: no thousands separator, and a decimal point"),
        ))
    }
}
