//! A strategy permits what the law forbids.

use super::{Facts, say};
use crate::law::cited;
use crate::values::Lang;

/// A strategy permits what the law forbids.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LooserThanLaw {
    /// Law.
    pub law: String,
    /// What es.
    pub what_es: String,
    /// What en.
    pub what_en: String,
    /// Article.
    pub article: String,
}

impl Facts for LooserThanLaw {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("la norma {} no lo permite: {}", self.law, self.what_es), || format!("the law of {} does not permit it: {}", self.law, self.what_en))
    }

    fn beside(&self, lang: Lang) -> String {
        let is_caution = self.article.starts_with("none found") || self.article.contains("; none found");
        let told = |lang, caution: &str| if is_caution { caution.to_owned() } else { cited(&self.article, lang) };
        say(
            lang,
            || told(Lang::Es, "ninguna ley lo dice: es una cautela del paquete"),
            || told(Lang::En, "no law says so: it is a caution of the pack"),
        )
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "la estrategia puede ser más estricta que la norma, nunca menos".to_owned(), || "a strategy may be stricter than the law, never looser".to_owned()))
    }
}
