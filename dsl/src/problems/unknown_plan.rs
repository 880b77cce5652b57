//! A plan is named that does not exist.

use super::{Facts, say};
use crate::values::Lang;

/// A plan is named that does not exist.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownPlan {
    /// The name as written.
    pub name: String,
    /// The nearest that exists.
    pub nearest: Option<String>,
}

impl Facts for UnknownPlan {
    fn headline(&self, lang: Lang) -> String {
        say(
            lang,
            || format!("no hay un convenio `{}`", self.name),
            || format!("there is no plan `{}`", self.name),
        )
    }

    fn beside(&self, lang: Lang) -> String {
        super::did_you_mean(lang, self.nearest.as_deref())
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(
            lang,
            || format!("declárelo en la estrategia: `convenio {} {{ 3 cuotas mensuales }}`", self.name),
            || format!("declare it in the strategy: `plan {} {{ 3 instalments monthly }}`", self.name),
        ))
    }
}
