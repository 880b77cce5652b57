//! The durable side of the engine: ticks over traits. `async` lives here and nowhere else in the crate, and
//! without a runtime: a tick is told the time and does one round of work.

pub mod store;
pub mod wire;
pub mod channel;
pub mod programs;
pub mod backoff;
pub mod executor;
pub mod dispatcher;
pub mod scheduler;
pub mod operation;
pub mod replay;
