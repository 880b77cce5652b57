//! A step was renamed from a name that another still has.

use super::{Facts, say};
use crate::values::Lang;

/// A step was renamed from a name that another still has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OldNameInUse {
    /// The old name.
    pub name: String,
}

impl Facts for OldNameInUse {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("`{}` todavía es el nombre de otro paso o final", self.name), || format!("`{}` is still the name of another step or outcome", self.name))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(
            lang,
            || "una cuenta que estaba en ese paso no sabría a cuál de los dos va".to_owned(),
            || "an account that stood in that step would not know to which of the two it goes".to_owned(),
        ))
    }
}
