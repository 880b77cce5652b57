//! The shares of a split do not add up to 100 %.

use super::{Facts, say};
use crate::values::Lang;

/// The shares of a split do not add up to 100 %.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SharesNotWhole {
    /// What they add up to, `90%`.
    pub sum: String,
}

impl Facts for SharesNotWhole {
    fn headline(&self, lang: Lang) -> String {
        say(
            lang,
            || format!("los porcentajes suman {}, no 100%", self.sum),
            || format!("the percentages add up to {}, not 100%", self.sum),
        )
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(
            lang,
            || "cada cuenta debe caer en un grupo, y solo en uno".to_owned(),
            || "every account must fall into one group, and only one".to_owned(),
        ))
    }
}
