//! A time zone that does not exist.

use super::{Facts, say};
use crate::values::Lang;

/// A time zone that does not exist.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownTimeZone {
    /// As written.
    pub written: String,
    /// The nearest that exists.
    pub nearest: Option<String>,
}

impl Facts for UnknownTimeZone {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("la zona horaria `{}` no existe", self.written), || format!("there is no time zone `{}`", self.written))
    }

    fn beside(&self, lang: Lang) -> String {
        super::did_you_mean(lang, self.nearest.as_deref())
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "se escribe continente y ciudad, por ejemplo America/Lima".to_owned(), || "it is written continent and city, for example America/Lima".to_owned()))
    }
}
