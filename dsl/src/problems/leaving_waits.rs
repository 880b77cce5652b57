//! On the way out of a stage something waits, or leads elsewhere.

use super::{Facts, say};
use crate::values::Lang;

/// On the way out of a stage something waits, or leads elsewhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeavingWaits;

impl Facts for LeavingWaits {
    fn headline(&self, lang: Lang) -> String {
        say(
            lang,
            || "al salir de una etapa no se puede esperar, enviar ni ir a otra parte".to_owned(),
            || "on leaving a stage nothing can wait, be sent or lead elsewhere".to_owned(),
        )
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(
            lang,
            || "déjelo para la etapa a la que llega; aquí caben nota, etiquetar, poner, suspender, llamar webhook y si"
                .to_owned(),
            || "leave it to the stage that comes; here may stand note, tag, set, hold, call webhook and if".to_owned(),
        ))
    }
}
