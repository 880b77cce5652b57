//! A strategy calls itself, by whatever way.

use super::{Facts, say};
use crate::values::Lang;

/// A strategy calls itself, by whatever way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StrategyCallsItself {
    /// The strategies of the round, in order.
    pub round: String,
}

impl Facts for StrategyCallsItself {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("las estrategias se llaman en círculo: {}", self.round), || format!("the strategies call each other in a round: {}", self.round))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "para volver a un paso use una flecha dentro de una misma estrategia".to_owned(), || "to come back to a step use an arrow within one strategy".to_owned()))
    }
}
