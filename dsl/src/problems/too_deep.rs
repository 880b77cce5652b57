//! Something is nested, or strung together, beyond what a reader can follow.

use super::{Facts, say};
use crate::values::Lang;

/// Something is nested, or strung together, beyond what a reader can follow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TooDeep {
    /// Blocks inside blocks.
    Blocks {
        /// Deepest that is read.
        deepest: u32,
    },
    /// Parentheses, or one `not` after another.
    Parentheses {
        /// Deepest that is read.
        deepest: u32,
    },
    /// A condition of very many parts.
    Condition {
        /// Most parts that are read.
        most: u32,
    },
}

impl Facts for TooDeep {
    fn headline(&self, lang: Lang) -> String {
        match self {
            TooDeep::Blocks { deepest } => say(
                lang,
                || format!("hay más de {deepest} bloques uno dentro de otro"),
                || format!("more than {deepest} blocks stand inside each other"),
            ),
            TooDeep::Parentheses { deepest } => say(
                lang,
                || format!("la condición anida más de {deepest} paréntesis o negaciones"),
                || format!("the condition nests more than {deepest} parentheses or negations"),
            ),
            TooDeep::Condition { most } => say(
                lang,
                || format!("la condición une más de {most} partes"),
                || format!("the condition joins more than {most} parts"),
            ),
        }
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(match self {
            TooDeep::Blocks { .. } => say(
                lang,
                || "divida el paso en varios pasos".to_owned(),
                || "split the step into several steps".to_owned(),
            ),
            TooDeep::Parentheses { .. } | TooDeep::Condition { .. } => say(
                lang,
                || "divida la condición en varios `si`".to_owned(),
                || "split the condition into several `if`".to_owned(),
            ),
        })
    }
}
