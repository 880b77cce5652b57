//! Files import each other in a round.

use super::{Facts, say};
use crate::values::Lang;

/// Files import each other in a round.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ImportCycle {
    /// The files of the round, in order.
    pub round: String,
}

impl Facts for ImportCycle {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("los archivos se importan en círculo: {}", self.round), || format!("the files import each other in a round: {}", self.round))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(
            lang,
            || "ponga lo que ambos necesitan en un tercer archivo".to_owned(),
            || "put what both need into a third file".to_owned(),
        ))
    }
}
