//! A moment of a test lies before the one before it.

use super::{Facts, say};
use crate::values::Lang;

/// A moment of a test lies before the one before it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TestOutOfOrder;

impl Facts for TestOutOfOrder {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || "este momento es anterior al de la línea previa".to_owned(), || "this moment lies before that of the line above".to_owned())
    }
}
