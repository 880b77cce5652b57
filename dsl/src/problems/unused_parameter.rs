//! A parameter that nothing uses: changing it would change nothing.

use super::{Facts, say};
use crate::values::Lang;

/// A parameter that nothing uses: changing it would change nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnusedParameter {
    /// The parameter.
    pub name: String,
}

impl Facts for UnusedParameter {
    fn headline(&self, lang: Lang) -> String {
        say(
            lang,
            || format!("nada usa el parámetro `{}`", self.name),
            || format!("nothing uses the parameter `{}`", self.name),
        )
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(
            lang,
            || "escriba su nombre donde va su valor, debajo de su declaración; o quítelo".to_owned(),
            || "write its name where its value belongs, below its declaration; or take it away".to_owned(),
        ))
    }
}
