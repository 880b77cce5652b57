//! `1.200` means different amounts in different countries.

use super::{Facts, say};
use crate::values::Lang;

/// `1.200` means different amounts in different countries.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AmbiguousNumber {
    /// As written.
    pub written: String,
    /// Whole.
    pub whole: String,
    /// Decimal.
    pub decimal: String,
}

impl Facts for AmbiguousNumber {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("`{}` se puede leer de dos maneras", self.written), || format!("`{}` can be read in two ways", self.written))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || format!("escriba `{}` o `{}`: sin separador de miles y con punto decimal", self.whole, self.decimal), || format!("write `{}` or `{}`: no thousands separator, and a decimal point", self.whole, self.decimal)))
    }
}
