//! A limit over so many days that contacts are not remembered for as long.

use super::{Facts, say};
use crate::values::Lang;

/// A limit over so many days that contacts are not remembered for as long.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LimitTooLong {
    /// The days as written.
    pub days: u32,
    /// The most there may be.
    pub most: u32,
}

impl Facts for LimitTooLong {
    fn headline(&self, lang: Lang) -> String {
        let LimitTooLong { days, most } = self;
        say(
            lang,
            || format!("un límite cuenta de 1 a {most} días, no {days}"),
            || format!("a limit counts over 1 to {most} days, not {days}"),
        )
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(
            lang,
            || format!("los contactos se recuerdan poco más de un año: escriba a lo más `en {} días`", self.most),
            || format!("contacts are remembered for little more than a year: write at most `in {} days`", self.most),
        ))
    }
}
