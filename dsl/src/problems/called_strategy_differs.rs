//! A strategy that is called says something else than its caller.

use super::{Facts, say};
use crate::values::Lang;

/// A strategy that is called says something else than its caller.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CalledStrategyDiffers {
    /// The strategy that is called.
    pub strategy: String,
    /// What it says, in Spanish.
    pub what_es: String,
    /// What it says, in English.
    pub what_en: String,
}

impl Facts for CalledStrategyDiffers {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("`{}` dice otra cosa que quien la llama: `{}`", self.strategy, self.what_es), || format!("`{}` says something else than its caller: `{}`", self.strategy, self.what_en))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "una cuenta corre con una sola regla: dígala en la estrategia que llama, o al inicio del archivo para ambas".to_owned(), || "an account runs under one rule: say it in the strategy that calls, or at the top of the file for both".to_owned()))
    }
}
