//! The store in a SQLite file: the default, without anything to install.
//!
//! In: the calls of [`Store`]. Out: the same answers as memory gives, after a crash as well. Absent: a second
//! writer; SQLite has one, so tasks queue for one connection here instead of polling for a lock there.
//!
//! A list of rows is one bind, a JSON array. Where it joins a table that is read, `CROSS JOIN` keeps the list
//! outside and the table inside; where it joins a table that is updated, a `MATERIALIZED` list does. Left to
//! itself SQLite walks the whole table and searches the list for each row, which a test below forbids.

mod customers;
mod inbox;
mod timers;
mod commit;
mod round;
mod history;
mod outbox;
mod tasks;
mod strategies;
mod stops;
#[cfg(feature = "conformance")]
mod dump;

use cobro_engine::calendar::Instant;
use cobro_engine::customer::Customer;
use cobro_engine::durable::store::*;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{SqlSafeStr, Transaction};
use std::collections::BTreeMap;
use std::time::Duration;

/// A store in a SQLite file.
pub struct Sqlite {
    /// One connection: whoever wants to write waits for it in turn.
    writer: SqlitePool,
    /// Readers see what was last committed and never wait for the writer.
    reader: SqlitePool,
}

type Tx = Transaction<'static, sqlx::Sqlite>;

/// A failure of the database, by what the caller may do about it: the same call later.
fn away(error: sqlx::Error) -> Error {
    Error::Unavailable(Box::new(error))
}

/// Was a row there already that was to be new?
fn is_known_already(error: &Error) -> bool {
    let Error::Unavailable(source) = error else { return false };
    let source = source.downcast_ref::<sqlx::Error>().and_then(|error| error.as_database_error());
    source.is_some_and(|error| error.is_unique_violation())
}

const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "first", include_str!("../../migrations/sqlite/0001_first.sql")),
    (2, "marks_and_turns", include_str!("../../migrations/sqlite/0002_marks_and_turns.sql")),
    (3, "stops", include_str!("../../migrations/sqlite/0003_stops.sql")),
];

impl Sqlite {
    /// Opens the file, makes it when it is not there, and brings its tables up to date.
    pub async fn open(path: &str) -> Result<Sqlite> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            // Each would look the customer up again for every row of a commit that holds their row already.
            .foreign_keys(false)
            .busy_timeout(Duration::from_secs(5))
            // Rows come from a thread of their own: a batch of them at once, not one after the other.
            .row_buffer_size(1_024)
            .statement_cache_capacity(200);
        // A 2xx means durable, so a commit waits for the disk.
        let writing = options
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let writer = SqlitePoolOptions::new().max_connections(1).connect_with(writing).await.map_err(away)?;
        let migrations = MIGRATIONS.iter().map(|(version, name, sql)| {
            Migration::new(*version, (*name).into(), MigrationType::Simple, sql.into_sql_str(), false)
        });
        let migrator = Migrator::with_migrations(migrations.collect());
        migrator.run(&writer).await.map_err(|error| Error::Unavailable(Box::new(error)))?;
        let reading = options.read_only(true);
        let reader = SqlitePoolOptions::new().max_connections(4).connect_with(reading).await.map_err(away)?;
        Ok(Sqlite { writer, reader })
    }

    /// Ends all connections; the file is whole without its log afterwards.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }

    /// A transaction that only reads, all at one moment.
    async fn read(&self) -> Result<Tx> {
        self.reader.begin().await.map_err(away)
    }

    /// A transaction that will write. It takes the write lock at once: one that begins by reading could not
    /// get it later without failing.
    async fn begin(&self) -> Result<Tx> {
        match self.writer.begin_with("BEGIN IMMEDIATE").await {
            // On a full disk SQLite ends a transaction by itself, and the connection still believes to be in
            // it: every later one would fail, long after there is room again.
            Err(sqlx::Error::InvalidSavePointStatement) => {
                let stuck = self.writer.acquire().await.map_err(away)?;
                // What it says when it closes says nothing about the next one.
                let _ = stuck.close().await;
                self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(away)
            }
            begun => begun.map_err(away),
        }
    }
}

impl Store for Sqlite {
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
mod tests {
    use super::*;
    use cobro_engine::customer::Account;
    use sqlx::AssertSqlSafe;

    const FILES: &[&str] = &[
        include_str!("sqlite/customers.rs"),
        include_str!("sqlite/inbox.rs"),
        include_str!("sqlite/timers.rs"),
        include_str!("sqlite/commit.rs"),
        include_str!("sqlite/round.rs"),
        include_str!("sqlite/history.rs"),
        include_str!("sqlite/outbox.rs"),
        include_str!("sqlite/tasks.rs"),
        include_str!("sqlite/strategies.rs"),
        include_str!("sqlite/stops.rs"),
    ];

    /// The statements of a file: its string literals that begin like one.
    fn statements(file: &str) -> impl Iterator<Item = &str> {
        let verbs = ["SELECT", "UPDATE", "INSERT", "DELETE", "WITH"];
        file.split('"').filter(move |text| verbs.iter().any(|verb| text.trim_start().starts_with(verb)))
    }

    /// Looks that go through all of a tenant's rows and may: the index holds only what is open, or few exist.
    const WHOLE: &[&str] = &[
        "inbox_waiting",
        "outbox_queued",
        "outbox_marked",
        "outbox_unknown",
        "timers_held",
        "timers_parked",
        "tasks_open",
        "strategies USING PRIMARY KEY",
        "stops USING PRIMARY KEY",
    ];

    fn customers(count: usize) -> Vec<Customer> {
        (0..count)
            .map(|at| {
                let mut customer = Customer::new(format!("C{at}"));
                let currency = Currency::parse("PEN").unwrap();
                customer.accounts.push(Account::new(format!("A{at}"), currency));
                customer
            })
            .collect()
    }

    #[tokio::test]
    async fn a_disk_that_was_full_is_written_to_again() {
        let dir = tempfile::TempDir::new().unwrap();
        let store = Sqlite::open(dir.path().join("cobro.db").to_str().unwrap()).await.unwrap();
        let pages: (i64,) = sqlx::query_as("PRAGMA page_count").fetch_one(&store.writer).await.unwrap();
        let full = AssertSqlSafe(format!("PRAGMA max_page_count = {}", pages.0 + 10));
        sqlx::query(full).execute(&store.writer).await.unwrap();
        let refused = store.import("t", customers(5_000), Instant(0)).await;
        assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
        // There is room for one, and nothing of the many is there.
        let taken = store.import("t", customers(1), Instant(0)).await.unwrap();
        assert!(matches!(taken, Import::Imported { accounts: 1, .. }), "{taken:?}");
    }

    #[tokio::test]
    async fn no_statement_walks_a_table() {
        let dir = tempfile::TempDir::new().unwrap();
        let store = Sqlite::open(dir.path().join("cobro.db").to_str().unwrap()).await.unwrap();
        let mut count = 0;
        for sql in FILES.iter().flat_map(|file| statements(file)) {
            let binds = (1..=9).filter(|n| sql.contains(&format!("?{n}"))).max().unwrap_or(0);
            let mut query = sqlx::query_as(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")));
            for _ in 0..binds {
                query = query.bind("[]");
            }
            let plan: Vec<(i64, i64, i64, String)> = query.fetch_all(&store.writer).await.unwrap();
            for (_, _, _, look) in plan {
                let list = ["SCAN j", "SCAN n", "SCAN json_each", "SCAN CONSTANT"];
                let walks = look.starts_with("SCAN") && !list.iter().any(|list| look.starts_with(list));
                let whole = look.ends_with("(tenant=?)") && !WHOLE.iter().any(|index| look.contains(index));
                assert!(!walks && !whole, "{look}\n{sql}");
            }
            count += 1;
        }
        assert!(count > 40, "only {count} statements were found");
    }
}
