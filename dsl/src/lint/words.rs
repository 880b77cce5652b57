//! The lists of words, read once.

use crate::keywords::fold;
use crate::values::Lang;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The lists of a language, folded.
pub(super) struct Words {
    lists: BTreeMap<String, Vec<String>>,
}

/// The lists of a language, and behind them those of the other: a text is in the customer's language, whatever the
/// keywords around it are.
pub(super) fn words(lang: Lang) -> &'static Words {
    static LISTS: OnceLock<(Words, Words)> = OnceLock::new();
    let (es, en) = LISTS.get_or_init(|| {
        let text = include_str!("../../lints/words.toml");
        // A test reads the file as it is: what cannot be read here would be empty there too.
        let mut tables: BTreeMap<String, BTreeMap<String, Vec<String>>> =
            toml::from_str(text).unwrap_or_default();
        let mut one = |lang: Lang| {
            let lists = tables.remove(lang.code()).unwrap_or_default();
            let fold_all = |words: Vec<String>| words.iter().map(|word| spaced(word)).collect();
            Words { lists: lists.into_iter().map(|(name, words)| (name, fold_all(words))).collect() }
        };
        let (es, en) = (one(Lang::Es), one(Lang::En));
        (es.before(&en), en.before(&es))
    });
    lang.pick(es, en)
}

impl Words {
    /// These lists, each followed by the same list of another language.
    fn before(&self, other: &Words) -> Words {
        let mut lists = self.lists.clone();
        for (name, words) in &other.lists {
            lists.entry(name.clone()).or_default().extend(words.iter().cloned());
        }
        Words { lists }
    }

    /// The first word of a list that stands in a text, as a whole word.
    pub(super) fn find(&self, list: &str, text: &str) -> Option<&str> {
        let text = spaced(text);
        self.lists.get(list)?.iter().find(|word| text.contains(word.as_str())).map(|word| word.trim())
    }
}

/// Without accents, capitals and signs, one blank between words and at both ends.
fn spaced(text: &str) -> String {
    let plain: String = fold(text).chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    format!(" {} ", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_there_in_each_language() {
        for lang in Lang::ALL {
            for list in ["threats", "late", "subject", "stop", "pay", "demand", "agree"] {
                assert!(
                    words(lang).lists.get(list).is_some_and(|list| list.len() > 3),
                    "{list} {}",
                    lang.code()
                );
            }
        }
    }

    #[test]
    fn whole_words_only() {
        assert_eq!(words(Lang::Es).find("threats", "Le haremos un EMBARGO."), Some("embargo"));
        assert_eq!(words(Lang::Es).find("threats", "Sin embargos"), None);
        assert_eq!(words(Lang::En).find("stop", "Responde BAJA"), Some("baja"));
    }
}
