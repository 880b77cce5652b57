//! A portfolio straight into a database, for the command line.
//!
//! In: customers that were read and checked. Out: all of them kept, or none. Absent: a running service; one
//! that runs on the same file takes them up at its next poll.

use crate::StartError;
use crate::clock::Clock;
use crate::config::Config;
use cobro_engine::customer::Customer;
use cobro_engine::durable::store::{Import, Store as _};

/// Keeps the customers in the database of a configuration; nothing when one of their accounts is there already.
pub async fn import(config: &Config, customers: Vec<Customer>) -> Result<Import, StartError> {
    let store = cobro_store::open(&config.database).await.map_err(StartError::Open)?;
    let ahead = store.clock_offset(&config.tenant).await.map_err(StartError::Store)?;
    let import = store.import(&config.tenant, customers, Clock::new(ahead).now()).await;
    store.close().await;
    import.map_err(StartError::Store)
}
