//! A stage in which no account can ever be: whenever its condition holds, that of a more severe one does.

use super::{Facts, say};
use crate::values::Lang;

/// A stage in which no account can ever be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StageNeverHolds {
    /// The stage.
    pub name: String,
    /// The more severe one.
    pub other: String,
}

impl Facts for StageNeverHolds {
    fn headline(&self, lang: Lang) -> String {
        let (name, other) = (&self.name, &self.other);
        say(
            lang,
            || format!("en la etapa `{name}` no estará nadie: quien la cumple cumple también `{other}`"),
            || format!("nobody will be in the stage `{name}`: whoever fits it fits `{other}` too"),
        )
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(
            lang,
            || "las etapas van de la más leve a la más grave: ponga debajo la más estricta".to_owned(),
            || "stages go from the mildest to the most severe: put the stricter one below".to_owned(),
        ))
    }
}
