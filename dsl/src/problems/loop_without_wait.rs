//! A way round through steps that never waits.

use super::{Facts, say};
use crate::values::Lang;

/// A way round through steps that never waits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LoopWithoutWait {
    /// Steps.
    pub steps: String,
}

impl Facts for LoopWithoutWait {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("este recorrido puede repetirse sin esperar: {}", self.steps), || format!("this way round can repeat without waiting: {}", self.steps))
    }

    fn beside(&self, lang: Lang) -> String {
        say(lang, || "vuelve aquí sin espera".to_owned(), || "comes back without a wait".to_owned())
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "añada una espera antes de volver, por ejemplo `esperar 2 días hábiles`".to_owned(), || "add a wait before going back, for example `wait 2 business days`".to_owned()))
    }
}
