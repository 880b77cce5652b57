//! Hours that end before they begin.

use super::{Facts, say};
use crate::values::Lang;

/// Hours that end before they begin.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HoursReversed;

impl Facts for HoursReversed {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || "el horario termina antes de empezar".to_owned(), || "the hours end before they begin".to_owned())
    }
}
