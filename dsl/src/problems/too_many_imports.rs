//! More files are imported than one strategy can need.

use super::{Facts, say};
use crate::values::Lang;

/// More files are imported than one strategy can need.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TooManyImports {
    /// How many there may be.
    pub most: u32,
}

impl Facts for TooManyImports {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("se importan más de {} archivos", self.most), || format!("more than {} files are imported", self.most))
    }
}
