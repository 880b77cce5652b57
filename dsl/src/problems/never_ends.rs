//! A round that only the customer can end.

use super::{Facts, say};
use crate::values::Lang;

/// A round that only the customer can end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NeverEnds {
    /// The steps of the round, in backticks.
    pub steps: String,
}

impl Facts for NeverEnds {
    fn headline(&self, lang: Lang) -> String {
        say(
            lang,
            || format!("si nadie paga ni responde, la cuenta nunca sale de {}", self.steps),
            || format!("when nobody pays or answers, the account never leaves {}", self.steps),
        )
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(
            lang,
            || "dé una salida, por ejemplo `si dias_mora > 90 { fin sin_acuerdo }`".to_owned(),
            || "give it a way out, for example `if days_past_due > 90 { end unresolved }`".to_owned(),
        ))
    }
}
