//! Something may happen that no handler takes.

use super::{Facts, say};
use crate::values::Lang;

/// Something may happen that no handler takes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NobodyTakes {
    /// What may happen.
    pub what: String,
}

impl Facts for NobodyTakes {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("puede ocurrir `{}` y nada lo atiende", self.what), || format!("`{}` may happen and nothing takes it", self.what))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "atiéndalo en la espera que sigue, o en `siempre`".to_owned(), || "take it in the wait that follows, or in `always`".to_owned()))
    }
}
