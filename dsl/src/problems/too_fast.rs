//! Messages follow each other so fast that the gate has to put one off.

use super::{Facts, say};
use crate::law::cited;
use crate::values::Lang;

/// Messages follow each other so fast that the gate has to put one off.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TooFast {
    /// The step; empty outside of any.
    pub step: String,
    /// By so many minutes at least.
    pub minutes: u32,
    /// The rule in Spanish.
    pub rule_es: String,
    /// The rule in English.
    pub rule_en: String,
    /// The law's article; empty for the strategy's own limit.
    pub article: String,
}

impl Facts for TooFast {
    fn headline(&self, lang: Lang) -> String {
        let (es, en) = crate::flow::time(self.minutes);
        say(
            lang,
            || format!("paso `{}`: la puerta aplazará este contacto al menos {es}", self.step),
            || format!("step `{}`: the gate will put this contact off by at least {en}", self.step),
        )
    }

    fn beside(&self, lang: Lang) -> String {
        let by = |lang, own: &str| match self.article.as_str() {
            "" => own.to_owned(),
            article => cited(article, lang),
        };
        say(
            lang,
            || format!("{} ({})", self.rule_es, by(Lang::Es, "límite de la estrategia")),
            || format!("{} ({})", self.rule_en, by(Lang::En, "the strategy's own limit")),
        )
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(
            lang,
            || "aun si nadie responde llega demasiado pronto: espere más, o cuente con la demora".to_owned(),
            || "even when nobody answers it comes too soon: wait longer, or reckon with the delay".to_owned(),
        ))
    }
}
