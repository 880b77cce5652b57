//! A sign of another tool.

use super::{Facts, say};
use crate::values::Lang;

/// A sign of another tool.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WrongSign {
    /// As written.
    pub written: String,
    /// How it is written here.
    pub right: String,
}

impl Facts for WrongSign {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("aquí `{}` se escribe `{}`", self.written, self.right), || format!("`{}` is written `{}` here", self.written, self.right))
    }
}
