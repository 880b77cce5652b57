//! A statement after the run has left.

use super::{Facts, say};
use crate::values::Lang;

/// A statement after the run has left.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnreachableStatement;

impl Facts for UnreachableStatement {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || "esto no se ejecuta nunca".to_owned(), || "this never runs".to_owned())
    }

    fn beside(&self, lang: Lang) -> String {
        say(lang, || "la cuenta ya salió del paso".to_owned(), || "the account has left the step".to_owned())
    }
}
