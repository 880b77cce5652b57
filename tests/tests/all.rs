//! Every test that stands outside a crate, in one binary: linking one costs as much as linking one of twenty.
//! One file a subject; `cargo nextest run -p cobro-tests law_durable::` runs one of them.
#![allow(missing_docs)]

mod agreement;
mod behaviour;
mod by_hand;
mod calibrate;
mod cases;
mod cli;
mod conformance;
mod everyday_mistakes;
mod fuzz;
mod http;
mod import;
mod kill;
mod late;
mod law_durable;
#[cfg(feature = "faults")]
mod law_faults;
mod law_oracle;
mod law_pages;
mod law_persons;
mod meaning;
mod operations;
mod payments;
mod report;
mod sample;
mod seeds;
mod serve_page;
mod ticks;
mod tidy;
mod tools;
mod webhook_calls;
mod webhooks;
mod whole;
mod workers;
