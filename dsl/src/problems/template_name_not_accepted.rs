//! WhatsApp takes no such name for a template.

use super::{Facts, say};
use crate::values::Lang;

/// WhatsApp takes no such name for a template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TemplateNameNotAccepted {
    /// As written.
    pub name: String,
}

impl Facts for TemplateNameNotAccepted {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("WhatsApp no acepta `{}` como nombre de plantilla", self.name), || format!("WhatsApp takes no template called `{}`", self.name))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "solo minúsculas sin tilde, cifras y `_`".to_owned(), || "lower-case letters, digits and `_` only".to_owned()))
    }
}
