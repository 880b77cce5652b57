//! An SMS that is sent, and paid, in many parts.

use super::{Facts, say};
use crate::values::Lang;

/// An SMS that is sent, and paid, in many parts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SmsInManyParts {
    /// How many, about.
    pub parts: u32,
    /// Without letters that shorten the parts.
    pub is_gsm: bool,
}

impl Facts for SmsInManyParts {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("este SMS sale en unas {} partes, y cada una se paga", self.parts), || format!("this SMS goes out in about {} parts, and each is paid for", self.parts))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || "acórtelo; una letra como `á`, `í`, `ó` o `ú` baja cada parte de 160 a 70 letras".to_owned(), || "shorten it; a letter such as `á`, `í`, `ó` or `ú` takes each part from 160 letters down to 70".to_owned()))
    }
}
