//! Advice: what is allowed and still better done otherwise. Decent messages, answers that nobody takes, messages that may
//! come too late for their conversation.
//!
//! In: a file without errors, its programs. Out: findings of severity advice. Absent: anything that must be refused;
//! that is `check` and `flow`. The words that messages are judged by are data: `lints/words.toml`.

mod conversation;
mod messages;
mod order;
mod segments;
mod strategies;
mod words;

use crate::ast::{File, Item};
use crate::diagnostic::{Diagnostic, arrange};
use crate::program::Program;

/// Advice about a sound file.
pub(crate) fn advise(file: &File, programs: &[Program]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for item in &file.items {
        match item {
            Item::Template(template) => messages::check(template, file.lang, &mut findings),
            Item::Strategy(strategy) => {
                let program = programs.iter().find(|program| program.name == strategy.name.text);
                if let Some(program) = program {
                    segments::check(strategy, program, &mut findings);
                    strategies::check(strategy, program, &mut findings);
                    conversation::check(program, &mut findings);
                    order::check(program, &mut findings);
                }
            }
            _ => {}
        }
    }
    arrange(findings)
}
