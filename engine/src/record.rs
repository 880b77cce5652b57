//! What happened and why: rows of history, told to a [`Recorder`].
//!
//! In: what `advance` did. Out: typed rows; words come last, in `trace`. `Silent` costs nothing: the row is
//! never made.

pub mod wire;

pub use wire::{Entry, EventSeen, FactSeen, NotWaited, Skipped, Taker, ValueSeen};

use crate::calendar::Instant;

/// One row of history.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// When `advance` did it.
    pub at: Instant,
    /// Which of the customer's accounts.
    pub account: usize,
    /// What it did, and why.
    pub entry: Entry,
}

/// Is told what happened.
pub trait Recorder {
    /// The rows are kept, so messages are worth writing out in full.
    const KEEPS: bool;

    /// Takes a row; `make` is only called by a recorder that keeps rows.
    fn record(&mut self, at: Instant, account: usize, make: impl FnOnce() -> Entry);
}

/// Keeps nothing.
pub struct Silent;

impl Recorder for Silent {
    const KEEPS: bool = false;

    fn record(&mut self, _at: Instant, _account: usize, _make: impl FnOnce() -> Entry) {}
}

/// Keeps every row.
#[derive(Default)]
pub struct Rows(pub Vec<Row>);

impl Recorder for Rows {
    const KEEPS: bool = true;

    fn record(&mut self, at: Instant, account: usize, make: impl FnOnce() -> Entry) {
        self.0.push(Row { at, account, entry: make() });
    }
}
