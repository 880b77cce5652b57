//! A template is named that does not exist.

use super::{Facts, say};
use crate::values::Lang;

/// A template is named that does not exist.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownTemplate {
    /// The name as written.
    pub name: String,
    /// The nearest that exists.
    pub nearest: Option<String>,
}

impl Facts for UnknownTemplate {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("la plantilla `{}` no existe", self.name), || format!("there is no template `{}`", self.name))
    }

    fn beside(&self, lang: Lang) -> String {
        super::did_you_mean(lang, self.nearest.as_deref())
    }
}
