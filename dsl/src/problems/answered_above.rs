//! An `if` that can only be met where one above it is.

use super::{Facts, say};
use crate::values::Lang;

/// An `if` that can only be met where one above it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AnsweredAbove;

impl Facts for AnsweredAbove {
    fn headline(&self, lang: Lang) -> String {
        say(
            lang,
            || "aquí no llega ninguna cuenta que cumpla esto: quien lo cumple ya fue por la condición de arriba".to_owned(),
            || "no account that meets this comes here: whoever meets it has gone by the condition above".to_owned(),
        )
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(
            lang,
            || "pregunte primero lo más estricto y después lo más amplio".to_owned(),
            || "ask the stricter question first, and the wider one after it".to_owned(),
        ))
    }
}
