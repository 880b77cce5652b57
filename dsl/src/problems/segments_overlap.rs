//! An account may be in two segments at once.

use super::{Facts, say};
use crate::values::Lang;

/// An account may be in two segments at once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SegmentsOverlap {
    /// The segment.
    pub name: String,
    /// The other segment.
    pub other: String,
    /// A value that both take.
    pub value: String,
    /// The fact.
    pub fact: String,
}

impl Facts for SegmentsOverlap {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("los segmentos `{}` y `{}` se cruzan: {} de {} cae en los dos", self.other, self.name, self.fact, self.value), || format!("the segments `{}` and `{}` overlap: {} of {} falls into both", self.other, self.name, self.fact, self.value))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "deje que uno termine donde empieza el otro".to_owned(), || "let one end where the other begins".to_owned()))
    }
}
