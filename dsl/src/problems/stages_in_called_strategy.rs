//! A strategy that has stages is called by another.

use super::{Facts, say};
use crate::values::Lang;

/// A strategy that has stages is called by another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StagesInCalledStrategy {
    /// The strategy.
    pub name: String,
}

impl Facts for StagesInCalledStrategy {
    fn headline(&self, lang: Lang) -> String {
        let name = &self.name;
        say(
            lang,
            || format!("`{name}` tiene etapas, y por eso no se puede seguir con ella desde otra"),
            || format!("`{name}` has stages, and so cannot be called by another"),
        )
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(
            lang,
            || "escriba las etapas en la estrategia que llama, y llame desde cada una lo que hace".to_owned(),
            || "write the stages in the calling strategy, and call from each what it does".to_owned(),
        ))
    }
}
