//! What Cobro keeps: customers, history, inputs, timers, outbox, tasks, strategies.
//!
//! In: what the engine's ticks and the API ask of a `Store`. Out: the same after a crash. Absent: meaning; and
//! no name of a database's crate leaves this one.

mod rows;
mod any;
pub mod memory;
pub mod sqlite;
#[cfg(feature = "conformance")]
pub mod conformance;

pub use any::AnyStore;
pub use memory::Memory;
pub use sqlite::Sqlite;

use cobro_engine::durable::store::Error;
use std::fmt;

/// Why a store could not be opened.
#[derive(Debug)]
pub enum OpenError {
    /// The URL names no kind of store that we know.
    UnknownKind {
        /// The URL's scheme.
        scheme: String,
    },
    /// The store did not open.
    Unavailable(Error),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::UnknownKind { scheme } => {
                write!(f, "no store of the kind `{scheme}`: write sqlite://FILE or memory:")
            }
            OpenError::Unavailable(_) => f.write_str("the store does not open"),
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            OpenError::UnknownKind { .. } => None,
            OpenError::Unavailable(error) => Some(error),
        }
    }
}

/// Opens the store that a URL names, made ready for use: `sqlite://cobro.db` is a file, made when it is not
/// there; `memory:` is forgotten at the end.
pub async fn open(url: &str) -> Result<AnyStore, OpenError> {
    let (scheme, path) = url.split_once(':').unwrap_or((url, ""));
    match scheme {
        "memory" => Ok(AnyStore::Memory(Memory::new())),
        "sqlite" => {
            let path = path.strip_prefix("//").unwrap_or(path);
            Sqlite::open(path).await.map(AnyStore::Sqlite).map_err(OpenError::Unavailable)
        }
        _ => Err(OpenError::UnknownKind { scheme: scheme.to_owned() }),
    }
}
