//! Two values of different types meet.

use super::{Facts, say};
use crate::values::Lang;

/// Two values of different types meet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypeMismatch {
    /// Left es.
    pub left_es: String,
    /// Left en.
    pub left_en: String,
    /// Right es.
    pub right_es: String,
    /// Right en.
    pub right_en: String,
}

impl Facts for TypeMismatch {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("{} con {} no se puede comparar ni calcular", self.left_es, self.right_es), || format!("{} and {} cannot be compared or computed with", self.left_en, self.right_en))
    }
}
