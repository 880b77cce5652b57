//! Neither the law pack nor the strategy limits how often somebody is contacted.

use super::{Facts, say};
use crate::values::Lang;

/// Neither the law pack nor the strategy limits how often somebody is contacted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoLimit {
    /// The law pack's code, as written in a file.
    pub law: String,
    /// The channels in Spanish.
    pub channels_es: String,
    /// The channels in English.
    pub channels_en: String,
}

impl Facts for NoLimit {
    fn headline(&self, lang: Lang) -> String {
        let NoLimit { law, channels_es, channels_en } = self;
        say(
            lang,
            || format!("ni la norma {law} ni la estrategia limitan los contactos por {channels_es}"),
            || format!("neither the law {law} nor the strategy limits contacts by {channels_en}"),
        )
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(
            lang,
            || "añada por ejemplo `contacto { máximo 1 por día }`: quien debe por varias cuentas recibe los mensajes de todas".to_owned(),
            || "add for example `contact { at most 1 per day }`: who owes on several accounts gets the messages of all".to_owned(),
        ))
    }
}
