//! A text longer than the channel takes.

use super::{Facts, say};
use crate::values::Lang;

/// A text longer than the channel takes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TextTooLong {
    /// Length.
    pub length: u32,
    /// Most.
    pub most: u32,
}

impl Facts for TextTooLong {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("el texto tiene {} caracteres y el canal acepta {}", self.length, self.most), || format!("the text has {} characters and the channel takes {}", self.length, self.most))
    }
}
