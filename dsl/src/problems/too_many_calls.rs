//! A strategy calls more others than anybody could follow.

use super::{Facts, say};
use crate::values::Lang;

/// A strategy calls more others than anybody could follow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TooManyCalls {
    /// How many calls there may be, those of called strategies included.
    pub most: u32,
}

impl Facts for TooManyCalls {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("más de {} llamadas a otras estrategias", self.most), || format!("more than {} calls of other strategies", self.most))
    }
}
