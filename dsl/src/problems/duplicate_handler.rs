//! Two handlers for one event.

use super::{Facts, say};
use crate::values::Lang;

/// Two handlers for one event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DuplicateHandler;

impl Facts for DuplicateHandler {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || "el mismo suceso ya se atiende arriba".to_owned(), || "the same event is handled above already".to_owned())
    }

    fn beside(&self, lang: Lang) -> String {
        say(lang, || "segunda vez".to_owned(), || "second time".to_owned())
    }
}
