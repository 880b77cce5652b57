//! A webhook is named that is not declared.

use super::{Facts, say};
use crate::values::Lang;

/// A webhook is named that is not declared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownWebhook {
    /// The name as written.
    pub name: String,
    /// The nearest that exists.
    pub nearest: Option<String>,
}

impl Facts for UnknownWebhook {
    fn headline(&self, lang: Lang) -> String {
        say(
            lang,
            || format!("no hay un webhook `{}`", self.name),
            || format!("there is no webhook `{}`", self.name),
        )
    }

    fn beside(&self, lang: Lang) -> String {
        super::did_you_mean(lang, self.nearest.as_deref())
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(
            lang,
            || format!("declárelo en la estrategia: `webhook {}`", self.name),
            || format!("declare it in the strategy: `webhook {}`", self.name),
        ))
    }
}
