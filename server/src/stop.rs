//! Stops from the command line, straight in the database: they hold even when no service answers.
//!
//! In: a database, what is to be stopped or lifted. Out: whether that changed anything; what is stopped. Absent:
//! waiting; whoever hands messages over asks before each.

use crate::StartError;
use crate::clock::{Clock, rfc3339};
use crate::config::Config;
use cobro_engine::durable::store::{Stop, Store as _};

/// What is done with a stop.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StopWanted {
    /// It begins.
    Stop(Stop, String),
    /// It ends.
    Lift(Stop),
    /// Nothing; what is stopped is told.
    List,
}

/// What is stopped: kind, name, why, since when.
pub type StopLine = (String, String, String, String);

/// Stops, lifts, or looks. Whether that changed anything, and what is stopped now.
pub async fn stop(config: &Config, wanted: &StopWanted) -> Result<(bool, Vec<StopLine>), StartError> {
    let store = cobro_store::open(&config.database).await.map_err(StartError::Open)?;
    let tenant = config.tenant.as_str();
    let done = async {
        let now = Clock::new(store.clock_offset(tenant).await?).now();
        let changed = match wanted {
            StopWanted::Stop(stop, why) => store.stop(tenant, stop, why, now).await?,
            StopWanted::Lift(stop) => store.lift(tenant, stop).await?,
            StopWanted::List => false,
        };
        let lines = store.stops(tenant).await?.into_iter().map(|stopped| {
            let (kind, name) = (stopped.stop.kind().to_owned(), stopped.stop.name().to_owned());
            (kind, name, stopped.why, rfc3339(stopped.at))
        });
        Ok((changed, lines.collect()))
    };
    let done = done.await;
    store.close().await;
    done.map_err(StartError::Store)
}
