//! Operations from the command line, straight in the database: runs are held, go on or end even when no service answers.
//!
//! In: a database, the operation. Out: each account with what became of it, page by page. Absent: waiting until workers
//! have taken it; it is durable, and no message of these accounts goes out before they have.

use crate::StartError;
use crate::clock::Clock;
use crate::config::Config;
use cobro_engine::durable::operation::{Act, Became, Mode, Operation, page};
use cobro_engine::durable::store::{Result as Kept, Store};

/// Customers of one transaction.
const AT_ONCE: u32 = 1_000;

/// Hears of a page: its accounts, and customers looked at so far.
pub type Told<'a> = dyn FnMut(&[(String, Became)], u64) + Send + 'a;

/// A name for an operation that has none yet.
pub fn new_operation_id(act: Act) -> String {
    format!("{}-{}", act.word(), Clock::new(0).machine().0)
}

/// Carries an operation out, or previews it. `told` hears of each page: its accounts, and customers looked at so far.
pub async fn operate(
    config: &Config,
    operation: &Operation,
    mode: Mode,
    told: &mut Told<'_>,
) -> Result<(), StartError> {
    let store = cobro_store::open(&config.database).await.map_err(StartError::Open)?;
    let done = carry_out(&store, config.tenant.as_str(), operation, mode, told).await;
    store.close().await;
    done.map_err(StartError::Store)
}

async fn carry_out<S: Store>(
    store: &S,
    tenant: &str,
    operation: &Operation,
    mode: Mode,
    told: &mut Told<'_>,
) -> Kept<()> {
    let now = Clock::new(store.clock_offset(tenant).await?).now();
    let (mut after, mut looked_at) = (None::<String>, 0);
    loop {
        let page = page(store, tenant, operation, mode, after.as_deref(), AT_ONCE, now).await?;
        looked_at += page.looked_at;
        told(&page.items, looked_at);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}
