//! Something is set that is no field of the strategy.

use super::{Facts, say};
use crate::values::Lang;

/// Something is set that is no field of the strategy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownField {
    /// The name as written.
    pub name: String,
    /// The nearest that exists.
    pub nearest: Option<String>,
}

impl Facts for UnknownField {
    fn headline(&self, lang: Lang) -> String {
        say(
            lang,
            || format!("`{}` no es un campo de la estrategia", self.name),
            || format!("`{}` is no field of the strategy", self.name),
        )
    }

    fn beside(&self, lang: Lang) -> String {
        super::did_you_mean(lang, self.nearest.as_deref())
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(
            lang,
            || format!("declare el campo en la estrategia, por ejemplo `campo {} número`", self.name),
            || format!("declare the field in the strategy, for example `field {} number`", self.name),
        ))
    }
}
