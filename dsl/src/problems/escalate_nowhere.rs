//! No message before this can go out on another channel.

use super::{Facts, say};
use crate::values::Lang;

/// No message before this can go out on another channel.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EscalateNowhere {
    /// The name as written.
    pub name: String,
}

impl Facts for EscalateNowhere {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || "ningún mensaje anterior tiene plantilla para otro canal".to_owned(), || "no message before this has a template for another channel".to_owned())
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || format!("escriba `plantilla {}` para otro canal de la escala", self.name), || format!("write `template {}` for another channel of the ladder", self.name)))
    }
}
