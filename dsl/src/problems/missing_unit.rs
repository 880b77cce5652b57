//! A length of time without its unit.

use super::{Facts, say};
use crate::values::Lang;

/// A length of time without its unit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MissingUnit {
    /// As written.
    pub written: String,
}

impl Facts for MissingUnit {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("`{}` ¿de qué? falta la unidad", self.written), || format!("`{}` of what? the unit is missing", self.written))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || format!("escriba por ejemplo `{0} días`, `{0} días hábiles` o `{0} horas`", self.written), || format!("write for example `{0} days`, `{0} business days` or `{0} hours`", self.written)))
    }
}
