//! No message before this can go out on another channel of the ladder.

use super::{Facts, say};
use crate::values::Lang;

/// No message before this can go out on another channel of the ladder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EscalateNowhere {
    /// The last message before it; `None` when there is none at all.
    pub name: Option<String>,
}

impl Facts for EscalateNowhere {
    fn headline(&self, lang: Lang) -> String {
        match &self.name {
            Some(name) => say(
                lang,
                || format!("`{name}` no tiene plantilla para un canal más alto de la escala"),
                || format!("`{name}` has no template for a higher channel of the ladder"),
            ),
            None => say(
                lang,
                || "ningún mensaje se envía antes de escalar".to_owned(),
                || "no message is sent before this escalates".to_owned(),
            ),
        }
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(match &self.name {
            Some(name) => say(
                lang,
                || format!("escriba `plantilla {name}` para otro canal, o cambie la escala"),
                || format!("write `template {name}` for another channel, or change the ladder"),
            ),
            None => say(
                lang,
                || "escalar repite el último mensaje por el canal siguiente: envíe uno antes".to_owned(),
                || "escalating repeats the last message on the next channel: send one first".to_owned(),
            ),
        })
    }
}
