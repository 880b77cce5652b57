//! What Cobro keeps: customers, history, inputs, timers, outbox, tasks, strategies.
//!
//! In: what the engine's ticks and the API ask of a `Store`. Out: the same after a crash. Absent: meaning; and
//! no name of a database's crate leaves this one.

mod rows;
mod batch;
mod any;
pub mod memory;
pub mod sqlite;
pub mod postgres;
#[cfg(feature = "conformance")]
pub mod conformance;
#[cfg(feature = "conformance")]
pub mod faults;
#[cfg(any(test, feature = "conformance"))]
pub mod temporary;

pub use any::{AnyStore, News};
pub use memory::Memory;
pub use postgres::Postgres;
pub use sqlite::Sqlite;

use cobro_engine::durable::store::Error;
use std::fmt;
use std::fs::{File, TryLockError};

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
    /// Another process serves the store.
    InUse,
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::UnknownKind { scheme } => {
                write!(f, "no store of the kind `{scheme}`: write sqlite://FILE, postgres://… or memory:")
            }
            OpenError::Unavailable(Error::Unavailable(why)) => write!(f, "the store does not open: {why}"),
            OpenError::Unavailable(error) => write!(f, "the store does not open: {error}"),
            OpenError::InUse => {
                f.write_str("another process serves this store: end it, or name another file")
            }
        }
    }
}

impl std::error::Error for OpenError {}

/// Opens the store that a URL names, made ready for use: `sqlite://cobro.db` is a file, made when it is not
/// there; `postgres://…` is a database that many processes may open; `memory:` is forgotten at the end.
pub async fn open(url: &str) -> Result<AnyStore, OpenError> {
    let (scheme, path) = url.split_once(':').unwrap_or((url, ""));
    match scheme {
        "memory" => Ok(AnyStore::Memory(Memory::new())),
        "sqlite" => {
            let path = path.strip_prefix("//").unwrap_or(path);
            Sqlite::open(path).await.map(AnyStore::Sqlite).map_err(OpenError::Unavailable)
        }
        "postgres" | "postgresql" => {
            Postgres::open(url).await.map(AnyStore::Postgres).map_err(OpenError::Unavailable)
        }
        _ => Err(OpenError::UnknownKind { scheme: scheme.to_owned() }),
    }
}

/// The right to serve a store: as long as it lives, no other process gets it. It ends with its process, however
/// that ends.
#[derive(Debug)]
pub struct Hold {
    _file: Option<File>,
}

/// Takes the right to serve the store that a URL names. Two that serve one file would take each other's work for
/// that of a process that has crashed.
pub fn hold(url: &str) -> Result<Hold, OpenError> {
    let Some(path) = url.strip_prefix("sqlite:") else { return Ok(Hold { _file: None }) };
    let path = path.strip_prefix("//").unwrap_or(path);
    let unavailable = |error: std::io::Error| OpenError::Unavailable(Error::Unavailable(Box::new(error)));
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(format!("{path}-serving"))
        .map_err(unavailable)?;
    match file.try_lock() {
        Ok(()) => Ok(Hold { _file: Some(file) }),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse),
        Err(TryLockError::Error(error)) => Err(unavailable(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_served_once_and_memory_by_anybody() {
        let dir = tempfile::TempDir::new().unwrap();
        let url = format!("sqlite://{}", dir.path().join("a.db").display());
        let held = hold(&url).unwrap();
        assert!(matches!(hold(&url), Err(OpenError::InUse)));
        drop(held);
        hold(&url).unwrap();
        let (_one, _other) = (hold("memory:").unwrap(), hold("memory:").unwrap());
    }
}
