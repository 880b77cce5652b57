//! A strategy is called with a parameter that it does not have.

use super::{Facts, say};
use crate::values::Lang;

/// A strategy is called with a parameter that it does not have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownArgument {
    /// The parameter.
    pub name: String,
    /// The strategy that is called.
    pub strategy: String,
    /// The nearest that it has.
    pub nearest: Option<String>,
}

impl Facts for UnknownArgument {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("`{}` no tiene parámetro `{}`", self.strategy, self.name), || format!("`{}` has no parameter `{}`", self.strategy, self.name))
    }

    fn beside(&self, lang: Lang) -> String {
        super::did_you_mean(lang, self.nearest.as_deref())
    }
}
