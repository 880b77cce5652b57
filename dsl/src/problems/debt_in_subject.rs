//! The subject of an e-mail tells others of a debt.

use super::{Facts, say};
use crate::values::Lang;

/// The subject of an e-mail tells others of a debt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DebtInSubject {
    /// The word.
    pub word: String,
}

impl Facts for DebtInSubject {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("el asunto dice `{}`: otros pueden leerlo", self.word), || format!("the subject says `{}`: others may read it", self.word))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "nombre la empresa o la factura, no la deuda".to_owned(), || "name the company or the invoice, not the debt".to_owned()))
    }
}
