//! More buttons than the channel takes.

use super::{Facts, say};
use crate::values::Lang;

/// More buttons than the channel takes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TooManyButtons {
    /// Most.
    pub most: u32,
}

impl Facts for TooManyButtons {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("este canal acepta hasta {} botones", self.most), || format!("this channel takes at most {} buttons", self.most))
    }

    fn beside(&self, lang: Lang) -> String {
        say(lang, || "este sobra".to_owned(), || "one too many".to_owned())
    }
}
