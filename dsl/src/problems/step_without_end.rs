//! A step can come to its end without saying where to go.

use super::{Facts, say};
use crate::values::Lang;

/// A step can come to its end without saying where to go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StepWithoutEnd {
    /// The name as written.
    pub name: String,
}

impl Facts for StepWithoutEnd {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("el paso `{}` puede acabarse sin decir a dónde seguir", self.name), || format!("the step `{}` can run out without saying where to go", self.name))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "termine el paso con `-> otro_paso` o `fin resultado`".to_owned(), || "end the step with `-> other_step` or `end outcome`".to_owned()))
    }
}
