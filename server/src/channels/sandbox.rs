//! The sandbox: takes every message and sends none. The outbox shows what would have gone out, and a person
//! answers through the API.
//!
//! In: messages. Out: a line for each in a file, when one is asked for: a witness that does not depend on the
//! store, by which a test of crashes can see that nothing went out twice.

use cobro_engine::durable::channel::{Channel, Handover};
use cobro_engine::durable::store::OutboxRow;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

pub(crate) struct Sandbox {
    log: Option<Mutex<File>>,
}

impl Sandbox {
    pub(crate) fn open(log: Option<&Path>) -> std::io::Result<Sandbox> {
        let open = |path: &Path| OpenOptions::new().create(true).append(true).open(path).map(Mutex::new);
        Ok(Sandbox { log: log.map(open).transpose()? })
    }
}

impl Channel for Sandbox {
    async fn send(&self, row: &OutboxRow) -> Handover {
        if let Some(log) = &self.log {
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            // One write for one line: a process that is killed leaves whole lines.
            if log.write_all(format!("{}\n", row.id).as_bytes()).is_err() {
                return Handover::Unknown;
            }
        }
        Handover::Accepted { provider_id: format!("sandbox/{}", row.id) }
    }
}
