//! Program and input to run: what a strategy means.
//!
//! In: a checked program, a customer with their accounts, what came in, the moment. Out: the customer as they
//! are after it, effects for somebody else to carry out, and rows that say why.
//! Absent: clocks, files, threads, randomness, databases. `durable` is the only place with `async`, and it
//! has no runtime.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::todo,
        clippy::unimplemented
    )
)]

pub mod stable;
pub mod calendar;
pub mod contacts;
pub mod customer;
pub mod run;
pub mod input;
pub mod effect;
pub mod facts;
pub mod expr;
pub mod turn;
pub mod gate;
pub mod guarantee;
pub mod record;
pub mod portfolio;
pub mod advance;
pub mod timeline;
pub mod trace;
pub mod testing;
pub mod sample;
pub mod behaviour;
pub mod measure;
pub mod simulate;
pub mod compare;
pub mod durable;
