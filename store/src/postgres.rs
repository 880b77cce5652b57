//! The store in PostgreSQL: many processes on one database, and the same schema on a database that is distributed.
//!
//! In: the calls of [`Store`]. Out: the same answers as memory gives, after a crash as well. Absent: waiting for a
//! worker that is paused in the middle of a transaction; the database ends its session.
//!
//! A list of rows is one bind for each column, an array; `UNNEST` makes rows of them again. Writers of one customer
//! take turns by the lock of the customer's row in `timers`, which each takes first, those of a batch in the order
//! of their names: nobody waits in a circle. What is read after that lock was committed before it. Every look
//! goes along an index whatever the statistics say, so the planner is not let near its other joins.

mod customers;
mod inbox;
mod timers;
mod commit;
mod round;
#[path = "copy.rs"]
mod copy;
mod history;
mod outbox;
mod tasks;
mod strategies;
mod stops;
#[cfg(feature = "conformance")]
mod dump;

use crate::rows::corrupt;
use cobro_engine::calendar::Instant;
use cobro_engine::customer::Customer;
use cobro_engine::durable::store::*;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions};
use sqlx::{SqlSafeStr, Transaction};
use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

/// A store in PostgreSQL.
pub struct Postgres {
    pool: PgPool,
}

type Tx = Transaction<'static, sqlx::Postgres>;

/// A failure of the database, by what the caller may do about it: the same call later, unless what it was given
/// can never be kept.
fn away(error: sqlx::Error) -> Error {
    let code = error.as_database_error().and_then(|error| error.code());
    match code.filter(|code| code.starts_with("22")) {
        Some(_) => corrupt("a text", "PostgreSQL cannot keep it: it holds the character zero"),
        None => Error::Unavailable(Box::new(error)),
    }
}

/// Was a row there already that was to be new?
fn is_known_already(error: &Error) -> bool {
    let Error::Unavailable(source) = error else { return false };
    let source = source.downcast_ref::<sqlx::Error>().and_then(|error| error.as_database_error());
    source.is_some_and(|error| error.is_unique_violation())
}

const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "first", include_str!("../../migrations/postgres/0001_first.sql")),
    (2, "marks_and_turns", include_str!("../../migrations/postgres/0002_marks_and_turns.sql")),
    (3, "stops", include_str!("../../migrations/postgres/0003_stops.sql")),
];

/// How each session is set. A worker that stops in the middle of a transaction holds its customers no longer than
/// this; one that hangs on a lock gives up and tries again.
const SESSION: &[(&str, &str)] = &[
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("jit", "off"),
    ("idle_in_transaction_session_timeout", "20s"),
    ("lock_timeout", "20s"),
];

/// Connections of one process: its loops, and some for requests.
const CONNECTIONS_MAX: u32 = 10;

impl Postgres {
    /// Opens the database and brings its tables up to date. Many may do so at once.
    pub async fn open(url: &str) -> Result<Postgres> {
        let options = PgConnectOptions::from_str(url).map_err(away)?;
        let options =
            options.application_name("cobro").statement_cache_capacity(200).options(SESSION.iter().copied());
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options)
            .await
            .map_err(away)?;
        let migrations = MIGRATIONS.iter().map(|(version, name, sql)| {
            Migration::new(*version, (*name).into(), MigrationType::Simple, sql.into_sql_str(), false)
        });
        let migrator = Migrator::with_migrations(migrations.collect());
        migrator.run(&pool).await.map_err(|error| Error::Unavailable(Box::new(error)))?;
        Ok(Postgres { pool })
    }

    /// Ends all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// A transaction that only reads, all at one moment.
    async fn read(&self) -> Result<Tx> {
        self.pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await.map_err(away)
    }

    async fn begin(&self) -> Result<Tx> {
        self.pool.begin().await.map_err(away)
    }
}

/// What processes tell each other: that inputs came in, a strategy was deployed or the clock was moved. Transitions
/// are not told: it would make their commits wait for each other.
const CHANNEL: &str = "cobro";

pub(crate) async fn tell(tx: &mut Tx, tenant: &Tenant) -> Result<()> {
    let tell = "SELECT pg_notify($1, $2)";
    sqlx::query(tell).bind(CHANNEL).bind(tenant).execute(&mut **tx).await.map_err(away)?;
    Ok(())
}

/// What other processes tell.
pub struct News {
    listener: PgListener,
}

impl News {
    /// The next of it. A connection that was lost is made again; what was told meanwhile is lost, and the next poll
    /// finds it.
    pub async fn next(&mut self) -> Result<()> {
        self.listener.recv().await.map(|_| ()).map_err(away)
    }
}

impl Postgres {
    /// Listens to what other processes tell.
    pub async fn news(&self) -> Result<News> {
        let mut listener = PgListener::connect_with(&self.pool).await.map_err(away)?;
        listener.listen(CHANNEL).await.map_err(away)?;
        Ok(News { listener })
    }
}

impl Store for Postgres {
    async fn recover(&self, tenant: &Tenant, others: Others, clock: Instant) -> Result<Recovered> {
        let mut tx = self.begin().await?;
        let unknown = outbox::recover(&mut tx, tenant, others, clock).await?;
        let released = match others {
            Others::None => timers::recover(&mut tx, tenant, clock).await?,
            Others::Perhaps => 0,
        };
        tx.commit().await.map_err(away)?;
        Ok(Recovered { unknown, released })
    }

    async fn resume(&self, tenant: &Tenant) -> Result<u64> {
        timers::resume(self, tenant).await
    }

    async fn import(&self, tenant: &Tenant, customers: Vec<Customer>, now: Instant) -> Result<Import> {
        customers::import(self, tenant, customers, now).await
    }

    async fn deploy(
        &self,
        tenant: &Tenant,
        name: &str,
        version: Version,
        text: &str,
        now: Instant,
    ) -> Result<Deployed> {
        strategies::deploy(self, tenant, name, version, text, now).await
    }

    async fn deployed(&self, tenant: &Tenant) -> Result<(u64, Option<Instant>)> {
        strategies::deployed(self, tenant).await
    }

    async fn strategies(&self, tenant: &Tenant) -> Result<Vec<StrategyRow>> {
        strategies::all(self, tenant).await
    }

    async fn strategy(&self, tenant: &Tenant, version: Version) -> Result<Option<StrategyRow>> {
        strategies::by_version(self, tenant, version).await
    }

    async fn current(&self, tenant: &Tenant, name: &str) -> Result<Option<StrategyRow>> {
        strategies::current(self, tenant, name).await
    }

    async fn reviewed_at(&self, tenant: &Tenant, name: &str) -> Result<Option<Instant>> {
        strategies::reviewed_at(self, tenant, name).await
    }

    async fn set_reviewed_at(&self, tenant: &Tenant, name: &str, at: Instant) -> Result<()> {
        strategies::set_reviewed_at(self, tenant, name, at).await
    }

    async fn accept(&self, tenant: &Tenant, inputs: Vec<NewInput>, now: Instant) -> Result<Vec<Intake>> {
        let mut tx = self.begin().await?;
        let answers = inbox::accept(&mut tx, tenant, inputs, now).await?;
        tell(&mut tx, tenant).await?;
        tx.commit().await.map_err(away)?;
        Ok(answers)
    }

    async fn claim(&self, tenant: &Tenant, want: ClaimWanted<'_>) -> Result<Claimed> {
        timers::claim(self, tenant, want).await
    }

    async fn commit(&self, tenant: &Tenant, commits: Vec<Commit>, now: Instant) -> Result<Vec<Result<u64>>> {
        commit::commit(self, tenant, commits, now).await
    }

    async fn round<W: FnMut(Claimed) -> Worked + Send>(
        &self,
        tenant: &Tenant,
        want: ClaimWanted<'_>,
        now: Instant,
        work: W,
    ) -> Result<Vec<Kept>> {
        round::round(self, tenant, want, now, work).await
    }

    async fn release(&self, tenant: &Tenant, claims: Vec<Claim>) -> Result<()> {
        timers::release(self, tenant, claims).await
    }

    async fn park(&self, tenant: &Tenant, claim: Claim, why: &str) -> Result<()> {
        timers::park(self, tenant, claim, why).await
    }

    async fn take_outbox(&self, tenant: &Tenant, want: TakeWanted<'_>) -> Result<Taken> {
        outbox::take(self, tenant, want).await
    }

    async fn record(&self, tenant: &Tenant, handed: Vec<Handed>, now: Instant) -> Result<Vec<Result<u64>>> {
        outbox::record(self, tenant, handed, now).await
    }

    async fn moved_on(&self, tenant: &Tenant, customer: &str, state: u64) -> Result<Option<Instant>> {
        timers::moved_on(self, tenant, customer, state).await
    }

    async fn stop(&self, tenant: &Tenant, stop: &Stop, why: &str, now: Instant) -> Result<bool> {
        stops::stop(self, tenant, stop, why, now).await
    }

    async fn lift(&self, tenant: &Tenant, stop: &Stop) -> Result<bool> {
        stops::lift(self, tenant, stop).await
    }

    async fn stops(&self, tenant: &Tenant) -> Result<Vec<Stopped>> {
        stops::all(self, tenant).await
    }

    async fn next_due(&self, tenant: &Tenant, after: Instant) -> Result<Option<Instant>> {
        timers::next_due(self, tenant, after).await
    }

    async fn account(&self, tenant: &Tenant, account: &str) -> Result<Option<AccountView>> {
        customers::account(self, tenant, account).await
    }

    async fn timeline(
        &self,
        tenant: &Tenant,
        account: &str,
        after: u64,
        limit: u32,
    ) -> Result<Vec<TimelineRow>> {
        history::timeline(self, tenant, account, after, limit).await
    }

    async fn turns(&self, tenant: &Tenant, customer: &str) -> Result<Vec<Turn>> {
        history::turns(self, tenant, customer).await
    }

    async fn customers(&self, tenant: &Tenant, after: Option<&str>, limit: u32) -> Result<Vec<String>> {
        customers::named(self, tenant, after, limit).await
    }

    async fn states(
        &self,
        tenant: &Tenant,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<crate::rows::State>> {
        customers::states(self, tenant, after, limit).await
    }

    async fn outbox(&self, tenant: &Tenant, want: OutboxWanted) -> Result<Vec<OutboxRow>> {
        outbox::list(self, tenant, want).await
    }

    async fn message(&self, tenant: &Tenant, id: &str) -> Result<Option<OutboxRow>> {
        outbox::one(self, tenant, id).await
    }

    async fn tasks(&self, tenant: &Tenant, limit: u32) -> Result<Vec<TaskRow>> {
        tasks::open(self, tenant, limit).await
    }

    async fn currencies(&self, tenant: &Tenant, accounts: Vec<String>) -> Result<BTreeMap<String, Currency>> {
        customers::currencies(self, tenant, accounts).await
    }

    async fn accounts_without_run(
        &self,
        tenant: &Tenant,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>> {
        customers::without_run(self, tenant, after, limit).await
    }

    async fn counts(&self, tenant: &Tenant, version: Version) -> Result<Counts> {
        customers::counts(self, tenant, version).await
    }

    async fn backlog(&self, tenant: &Tenant, now: Instant) -> Result<Backlog> {
        timers::backlog(self, tenant, now).await
    }

    async fn clock_offset(&self, tenant: &Tenant) -> Result<i64> {
        strategies::clock_offset(self, tenant).await
    }

    async fn advance_clock_offset(&self, tenant: &Tenant, millis: i64) -> Result<i64> {
        strategies::advance_clock_offset(self, tenant, millis).await
    }
}

#[cfg(test)]
mod plans;
