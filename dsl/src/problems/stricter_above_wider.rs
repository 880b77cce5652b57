//! A condition that is awaited stands above a wider one, and gives way to it.

use super::{Facts, say};
use crate::values::Lang;

/// A condition that is awaited stands above a wider one, and gives way to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StricterAboveWider;

impl Facts for StricterAboveWider {
    fn headline(&self, lang: Lang) -> String {
        say(
            lang,
            || "esta condición cede el paso a una más amplia que está debajo".to_owned(),
            || "this condition gives way to a wider one below it".to_owned(),
        )
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(
            lang,
            || "cuando se cumplen las dos a la vez, vale la flecha de abajo: ponga debajo la más estricta".to_owned(),
            || "when both hold at one moment the lower arrow is taken: put the stricter one below".to_owned(),
        ))
    }
}
