//! A parameter stands where a value of another type is wanted.

use super::{Facts, say};
use crate::values::Lang;

/// A parameter stands where a value of another type is wanted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParameterOfAnotherType {
    /// The parameter.
    pub name: String,
    /// What it is, in Spanish.
    pub found_es: String,
    /// What it is, in English.
    pub found_en: String,
    /// What is wanted, in Spanish.
    pub wanted_es: String,
    /// What is wanted, in English.
    pub wanted_en: String,
}

impl Facts for ParameterOfAnotherType {
    fn headline(&self, lang: Lang) -> String {
        say(
            lang,
            || format!("el parámetro `{}` es {}, y aquí va {}", self.name, self.found_es, self.wanted_es),
            || format!("the parameter `{}` is {}, and {} is wanted here", self.name, self.found_en, self.wanted_en),
        )
    }
}
