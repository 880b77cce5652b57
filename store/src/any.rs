//! One of the stores, chosen when the program runs. Each call goes to the one that is open.

use crate::postgres::News as PostgresNews;
use crate::{Memory, Postgres, Sqlite};
use cobro_engine::calendar::Instant;
use cobro_engine::customer::Customer;
use cobro_engine::durable::store::*;
use std::collections::BTreeMap;

/// A store that is open.
pub enum AnyStore {
    /// In memory.
    Memory(Memory),
    /// In a file.
    Sqlite(Sqlite),
    /// In PostgreSQL.
    Postgres(Postgres),
}

/// What other processes say.
pub struct News(Option<PostgresNews>);

impl News {
    /// The next of it.
    pub async fn next(&mut self) -> Result<()> {
        match &mut self.0 {
            Some(news) => news.next().await,
            None => std::future::pending().await,
        }
    }
}

macro_rules! each {
    ($(fn $name:ident(&self, tenant: &Tenant $(, $arg:ident: $kind:ty)*) -> $answer:ty;)*) => {
        impl Store for AnyStore {
            $(async fn $name(&self, tenant: &Tenant $(, $arg: $kind)*) -> Result<$answer> {
                match self {
                    AnyStore::Memory(store) => store.$name(tenant $(, $arg)*).await,
                    AnyStore::Sqlite(store) => store.$name(tenant $(, $arg)*).await,
                    AnyStore::Postgres(store) => store.$name(tenant $(, $arg)*).await,
                }
            })*

            async fn round<W: FnMut(Claimed) -> Worked + Send>(
                &self,
                tenant: &Tenant,
                want: ClaimWanted<'_>,
                now: Instant,
                work: W,
            ) -> Result<Vec<Kept>> {
                match self {
                    AnyStore::Memory(store) => store.round(tenant, want, now, work).await,
                    AnyStore::Sqlite(store) => store.round(tenant, want, now, work).await,
                    AnyStore::Postgres(store) => store.round(tenant, want, now, work).await,
                }
            }
        }
    };
}

each! {
    fn recover(&self, tenant: &Tenant, others: Others, clock: Instant) -> Recovered;
    fn resume(&self, tenant: &Tenant) -> u64;
    fn import(&self, tenant: &Tenant, customers: Vec<Customer>, now: Instant) -> Import;
    fn deploy(&self, tenant: &Tenant, name: &str, version: Version, text: &str, now: Instant) -> Deployed;
    fn deployed(&self, tenant: &Tenant) -> (u64, Option<Instant>);
    fn strategies(&self, tenant: &Tenant) -> Vec<StrategyRow>;
    fn strategy(&self, tenant: &Tenant, version: Version) -> Option<StrategyRow>;
    fn current(&self, tenant: &Tenant, name: &str) -> Option<StrategyRow>;
    fn reviewed_at(&self, tenant: &Tenant, name: &str) -> Option<Instant>;
    fn set_reviewed_at(&self, tenant: &Tenant, name: &str, at: Instant) -> ();
    fn accept(&self, tenant: &Tenant, inputs: Vec<NewInput>, now: Instant) -> Vec<Intake>;
    fn claim(&self, tenant: &Tenant, want: ClaimWanted<'_>) -> Claimed;
    fn commit(&self, tenant: &Tenant, commits: Vec<Commit>, now: Instant) -> Vec<Result<u64>>;
    fn release(&self, tenant: &Tenant, claims: Vec<Claim>) -> ();
    fn park(&self, tenant: &Tenant, claim: Claim, why: &str) -> ();
    fn take_outbox(&self, tenant: &Tenant, want: TakeWanted<'_>) -> Taken;
    fn record(&self, tenant: &Tenant, handed: Vec<Handed>, now: Instant) -> Vec<Result<u64>>;
    fn moved_on(&self, tenant: &Tenant, customer: &str, state: u64) -> Option<Instant>;
    fn stop(&self, tenant: &Tenant, stop: &Stop, why: &str, now: Instant) -> bool;
    fn lift(&self, tenant: &Tenant, stop: &Stop) -> bool;
    fn stops(&self, tenant: &Tenant) -> Vec<Stopped>;
    fn next_due(&self, tenant: &Tenant, after: Instant) -> Option<Instant>;
    fn account(&self, tenant: &Tenant, account: &str) -> Option<AccountView>;
    fn timeline(&self, tenant: &Tenant, account: &str, after: u64, limit: u32) -> Vec<TimelineRow>;
    fn turns(&self, tenant: &Tenant, customer: &str) -> Vec<Turn>;
    fn customers(&self, tenant: &Tenant, after: Option<&str>, limit: u32) -> Vec<String>;
    fn states(&self, tenant: &Tenant, after: Option<&str>, limit: u32) -> Vec<crate::rows::State>;
    fn outbox(&self, tenant: &Tenant, want: OutboxWanted) -> Vec<OutboxRow>;
    fn message(&self, tenant: &Tenant, id: &str) -> Option<OutboxRow>;
    fn tasks(&self, tenant: &Tenant, limit: u32) -> Vec<TaskRow>;
    fn currencies(&self, tenant: &Tenant, accounts: Vec<String>) -> BTreeMap<String, Currency>;
    fn accounts_without_run(&self, tenant: &Tenant, after: Option<&str>, limit: u32) -> Vec<String>;
    fn counts(&self, tenant: &Tenant, version: Version) -> Counts;
    fn backlog(&self, tenant: &Tenant, now: Instant) -> Backlog;
    fn clock_offset(&self, tenant: &Tenant) -> i64;
    fn advance_clock_offset(&self, tenant: &Tenant, millis: i64) -> i64;
}

impl AnyStore {
    /// May several processes work on it at once?
    pub fn is_shared(&self) -> bool {
        match self {
            AnyStore::Memory(_) | AnyStore::Sqlite(_) => false,
            AnyStore::Postgres(_) => true,
        }
    }

    /// Comes back when another process says that there is something new; never where there is no other process.
    pub async fn news(&self) -> Result<News> {
        match self {
            AnyStore::Memory(_) | AnyStore::Sqlite(_) => Ok(News(None)),
            AnyStore::Postgres(store) => Ok(News(Some(store.news().await?))),
        }
    }

    /// Ends all connections.
    pub async fn close(&self) {
        match self {
            AnyStore::Memory(_) => {}
            AnyStore::Sqlite(store) => store.close().await,
            AnyStore::Postgres(store) => store.close().await,
        }
    }
}
