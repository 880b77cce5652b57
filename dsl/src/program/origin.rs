//! Where the parts of a program stand in the text. Kept apart from the meaning, so that the version of a
//! program cannot see spelling or layout.

use super::OpId;
use crate::source::Span;

/// Places in the text, by id.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The file's name.
    pub file: String,
    /// Place of each operation, with its line from 1.
    pub ops: Vec<(Span, u32)>,
    /// Place of each handler, with its line from 1.
    pub handlers: Vec<(Span, u32)>,
    /// Place of each guarantee, with its line from 1.
    pub guarantees: Vec<(Span, u32)>,
    /// Place of each step's name, with its line from 1.
    pub steps: Vec<(Span, u32)>,
    /// Strategies that were called: what the names of their steps begin with, and their names.
    pub calls: Vec<(String, String)>,
}

impl Origin {
    /// The line of an operation, from 1; 0 when unknown.
    pub fn line(&self, op: OpId) -> u32 {
        self.ops.get(op.0 as usize).map_or(0, |(_, line)| *line)
    }

    /// The line of a handler, from 1; 0 when unknown.
    pub fn handler_line(&self, handler: u32) -> u32 {
        self.handlers.get(handler as usize).map_or(0, |(_, line)| *line)
    }
}
