//! A young debt is written to as if it were old.

use super::{Facts, say};
use crate::values::Lang;

/// A young debt is written to as if it were old.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HarshForItsAge {
    /// The words.
    pub word: String,
    /// The most days past due.
    pub days: i64,
}

impl Facts for HarshForItsAge {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("`{}` es duro para deudas de hasta {} días", self.word, self.days), || format!("`{}` is harsh for debts of up to {} days", self.word, self.days))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "con pocos días de mora casi todos solo se olvidaron".to_owned(), || "in the first days most people simply forgot".to_owned()))
    }
}
