//! Between two segments lie accounts of neither.

use super::{Facts, say};
use crate::values::Lang;

/// Between two segments lie accounts of neither.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SegmentsLeaveGap {
    /// The first value between them.
    pub from: String,
    /// The last.
    pub to: String,
    /// The fact.
    pub fact: String,
}

impl Facts for SegmentsLeaveGap {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("ningún segmento toma {} de {} a {}", self.fact, self.from, self.to), || format!("no segment takes {} from {} to {}", self.fact, self.from, self.to))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "amplíe uno de los dos, o añada otro".to_owned(), || "widen one of the two, or add another".to_owned()))
    }
}
