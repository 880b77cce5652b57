//! An e-mail without a subject.

use super::{Facts, say};
use crate::values::Lang;

/// An e-mail without a subject.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MissingSubject {
    /// The name as written.
    pub name: String,
}

impl Facts for MissingSubject {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("el correo `{}` no tiene asunto", self.name), || format!("the e-mail `{}` has no subject", self.name))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "añada `asunto \"…\"`".to_owned(), || "add `subject \"…\"`".to_owned()))
    }
}
