//! A task is put into a queue that is not declared, where others are.

use super::{Facts, say};
use crate::values::Lang;

/// A task is put into a queue that is not declared, where others are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownQueue {
    /// The queue.
    pub name: String,
    /// The nearest that is declared.
    pub nearest: Option<String>,
}

impl Facts for UnknownQueue {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("la cola `{}` no está declarada", self.name), || format!("the queue `{}` is not declared", self.name))
    }

    fn beside(&self, lang: Lang) -> String {
        super::did_you_mean(lang, self.nearest.as_deref())
    }
}
