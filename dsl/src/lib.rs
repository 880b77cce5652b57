//! Text to program: Cobro's language.
//!
//! In: the text of a strategy. Out: findings about it and, when none is an error, a program.
//! Absent: clocks, files, networks. This crate never imports the engine.

pub mod values;
pub mod law;
pub mod source;
pub mod vocabulary;
pub mod program;
