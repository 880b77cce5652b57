//! A message that says it tells or confirms asks for payment.

use super::{Facts, say};
use crate::keywords::Keyword as K;
use crate::values::{Lang, Purpose};

/// A message that says it tells or confirms asks for payment: the law would let it through where a reminder must wait.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AsksThoughItTells {
    /// The template.
    pub name: String,
    /// What the template says it is for.
    pub purpose: Purpose,
    /// The words that ask.
    pub word: String,
}

impl Facts for AsksThoughItTells {
    fn headline(&self, lang: Lang) -> String {
        let AsksThoughItTells { name, word, purpose } = self;
        let word_of = match purpose {
            Purpose::Receipt => K::Receipt,
            _ => K::Information,
        };
        let purpose = word_of.word(lang);
        say(
            lang,
            || format!("`{name}` dice ser {purpose} y pide pagar: `{word}`"),
            || format!("`{name}` says it is {purpose} and asks for payment: `{word}`"),
        )
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(
            lang,
            || "quite el pedido, o escriba `finalidad recordatorio`: los límites de contacto cuentan los recordatorios".to_owned(),
            || "leave the demand out, or write `purpose reminder`: limits of contacts count reminders".to_owned(),
        ))
    }
}
