//! Intents as written.

use super::{Name, Text};
use crate::source::Span;

/// `intent name { "…" pattern "…" }`: words that turn free text into an answer.
#[derive(Clone, Debug)]
pub struct Intent {
    /// Its name.
    pub name: Name,
    /// Its phrases, in the author's order.
    pub phrases: Vec<Phrase>,
    /// From its keyword to its closing brace.
    pub span: Span,
}

/// One phrase of an intent.
#[derive(Clone, Debug)]
pub struct Phrase {
    /// As written.
    pub text: Text,
    /// A `*` in it stands for any words.
    pub is_pattern: bool,
}
