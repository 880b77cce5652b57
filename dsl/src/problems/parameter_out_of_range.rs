//! A parameter has a value that its own bounds do not permit.

use super::{Facts, say};
use crate::values::Lang;

/// A parameter has a value that its own bounds do not permit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParameterOutOfRange {
    /// The parameter.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The value can be compared with the bounds.
    pub is_comparable: bool,
    /// The bounds, in Spanish.
    pub range_es: String,
    /// The bounds, in English.
    pub range_en: String,
}

impl Facts for ParameterOutOfRange {
    fn headline(&self, lang: Lang) -> String {
        say(
            lang,
            || format!("`{}` no puede ser {}", self.name, self.value),
            || format!("`{}` cannot be {}", self.name, self.value),
        )
    }

    fn beside(&self, lang: Lang) -> String {
        say(lang, || format!("se permite {}", self.range_es), || format!("permitted: {}", self.range_en))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        (!self.is_comparable).then(|| {
            say(
                lang,
                || "escriba el valor y sus límites en la misma unidad: días con días, días hábiles con días hábiles".to_owned(),
                || "write the value and its bounds in one unit: days with days, business days with business days".to_owned(),
            )
        })
    }
}
