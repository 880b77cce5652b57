//! An event is named that the strategy does not declare.

use super::{Facts, say};
use crate::values::Lang;

/// An event is named that the strategy does not declare.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownEvent {
    /// The name as written.
    pub name: String,
    /// The nearest that exists.
    pub nearest: Option<String>,
}

impl Facts for UnknownEvent {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("la estrategia no declara el suceso `{}`", self.name), || format!("the strategy declares no event `{}`", self.name))
    }

    fn beside(&self, lang: Lang) -> String {
        super::did_you_mean(lang, self.nearest.as_deref())
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || format!("declárelo al comienzo de la estrategia: `suceso {}`", self.name), || format!("declare it at the head of the strategy: `event {}`", self.name)))
    }
}
