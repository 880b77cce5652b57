//! A stage that needs a condition has none, or the first has one.

use super::{Facts, say};
use crate::values::Lang;

/// A stage that needs a condition has none, or the first has one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StageCondition {
    /// The stage.
    pub name: String,
    /// It is the first, which must have none.
    pub is_first: bool,
}

impl Facts for StageCondition {
    fn headline(&self, lang: Lang) -> String {
        let name = &self.name;
        match self.is_first {
            true => say(
                lang,
                || format!("la primera etapa, `{name}`, tiene una condición"),
                || format!("the first stage, `{name}`, has a condition"),
            ),
            false => say(
                lang,
                || format!("la etapa `{name}` no tiene condición"),
                || format!("the stage `{name}` has no condition"),
            ),
        }
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(match self.is_first {
            true => say(
                lang,
                || "quítela: en la primera está la cuenta que no cumple la de ninguna otra".to_owned(),
                || "take it away: the first is where an account is that no other holds of".to_owned(),
            ),
            false => say(
                lang,
                || format!("diga cuándo: `etapa {} si dias_mora >= 30 {{ … }}`", self.name),
                || format!("say when: `stage {} when days_past_due >= 30 {{ … }}`", self.name),
            ),
        })
    }
}
