//! A message is sent on a channel for which it has no template.

use super::{Facts, say};
use crate::values::Lang;

/// A message is sent on a channel for which it has no template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoFormForChannel {
    /// The name as written.
    pub name: String,
    /// Channel.
    pub channel: String,
}

impl Facts for NoFormForChannel {
    fn headline(&self, lang: Lang) -> String {
        say(lang, || format!("la plantilla `{}` no existe para {}", self.name, self.channel), || format!("there is no template `{}` for {}", self.name, self.channel))
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(say(lang, || format!("escriba también `plantilla {} para {}`", self.name, self.channel), || format!("write `template {} for {}` too", self.name, self.channel)))
    }
}
