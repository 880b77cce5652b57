//! W1 by hand: the least that any correct engine must write, for the benchmark.
//!
//! In: a database, a number of accounts. Out: how fast. Claims due rows (PostgreSQL: with SKIP LOCKED, two
//! connections), moves them in one statement, adds one history row and one message to each, one transaction a batch.
//! Absent: everything else: law, limits, what is decided, leases, replay.

use crate::work::{Meter, Work};
use anyhow::ensure;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection as _, PgPool, SqliteConnection};
use std::path::Path;
use std::time::{Duration, Instant};

/// How fast it was.
pub struct Best {
    /// Rows moved.
    pub transitions: u64,
    /// In which time.
    pub time: Duration,
    /// With how much work.
    pub work: Work,
    /// Over so many connections.
    pub connections: u32,
}

const STATE: &str = r#"{"id":"C00000","phone":"+51900000000","contacts":[[1924956000000,"whatsapp"]],"accounts":[{"id":"A00000","currency":"PEN","invoices":[["F00000","2031-02-20",10000,10000]],"run":{"step":0,"place":[2,"wait",1925215200000]}}]}"#;
const ENTRY: &str = r#"{"sent":{"message":1,"channel":"whatsapp","template":0,"reach":"new_contact"}}"#;
const MESSAGE: &str = r#"{"number":1,"channel":"whatsapp","address":"+51900000000","text":"Hola Ana, debes S/ 100.00 a Comercial Andina. Responde BAJA para no recibir más."}"#;
/// Each account goes through so many transitions.
const ROUNDS: i64 = 3;

/// By hand on SQLite: one writer, batches in a transaction.
pub async fn sqlite(file: &Path, accounts: u64, batch: i64) -> anyhow::Result<Best> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .row_buffer_size(1_024)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let mut db = SqliteConnection::connect_with(&options).await?;
    for table in [
        "CREATE TABLE runs (id INTEGER PRIMARY KEY, due_at INTEGER, step INTEGER NOT NULL, state TEXT NOT NULL)",
        "CREATE INDEX runs_due ON runs (due_at, id) WHERE due_at IS NOT NULL",
        "CREATE TABLE history (id INTEGER, number INTEGER, at INTEGER, entry TEXT, PRIMARY KEY (id, number)) WITHOUT ROWID",
        "CREATE TABLE outbox (id INTEGER, number INTEGER, state TEXT, message TEXT, PRIMARY KEY (id, number)) WITHOUT ROWID",
    ] {
        sqlx::query(table).execute(&mut db).await?;
    }
    let fill = "INSERT INTO runs SELECT value, 0, 0, ?2 FROM generate_series(1, ?1)";
    let fill = sqlx::query(fill).bind(accounts as i64).bind(STATE).execute(&mut db).await;
    if fill.is_err() {
        let fill = "WITH RECURSIVE n(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < ?1)
            INSERT INTO runs SELECT v, 0, 0, ?2 FROM n";
        sqlx::query(fill).bind(accounts as i64).bind(STATE).execute(&mut db).await?;
    }
    let meter = Meter::default();
    let (began, before) = (Instant::now(), meter.read());
    let mut transitions = 0;
    for round in 0..ROUNDS {
        loop {
            let mut tx = db.begin_with("BEGIN IMMEDIATE").await?;
            let due: Vec<(i64,)> = sqlx::query_as(
                "SELECT id FROM runs INDEXED BY runs_due WHERE due_at <= ?1 ORDER BY due_at, id LIMIT ?2",
            )
            .bind(round)
            .bind(batch)
            .fetch_all(&mut *tx)
            .await?;
            if due.is_empty() {
                break;
            }
            let ids: Vec<i64> = due.iter().map(|(id,)| *id).collect();
            let ids = serde_json::to_string(&ids)?;
            let next = (round + 1 < ROUNDS).then_some(round + 1);
            sqlx::query("UPDATE runs SET step = step + 1, due_at = ?2, state = ?3 WHERE id IN (SELECT value FROM json_each(?1))")
                .bind(&ids)
                .bind(next)
                .bind(STATE)
                .execute(&mut *tx)
                .await?;
            sqlx::query("INSERT INTO history SELECT value, ?2, ?2, ?3 FROM json_each(?1)")
                .bind(&ids)
                .bind(round)
                .bind(ENTRY)
                .execute(&mut *tx)
                .await?;
            sqlx::query("INSERT INTO outbox SELECT value, ?2, 'queued', ?3 FROM json_each(?1)")
                .bind(&ids)
                .bind(round)
                .bind(MESSAGE)
                .execute(&mut *tx)
                .await?;
            tx.commit().await?;
            transitions += due.len() as u64;
        }
    }
    Ok(Best { transitions, time: began.elapsed(), work: meter.read().since(before), connections: 1 })
}

/// By hand on PostgreSQL: two connections.
pub async fn postgres(url: &str, accounts: u64, batch: i64) -> anyhow::Result<Best> {
    let schema_name = format!("best_{}", std::process::id());
    schema(url, &schema_name).await?;
    let sign = if url.contains('?') { '&' } else { '?' };
    let pool = PgPool::connect(&format!("{url}{sign}options[search_path]={schema_name}")).await?;
    for table in [
        "CREATE TABLE runs (id BIGINT PRIMARY KEY, due_at BIGINT, step BIGINT NOT NULL, state TEXT NOT NULL) WITH (fillfactor = 70)",
        "CREATE INDEX runs_due ON runs (due_at, id) WHERE due_at IS NOT NULL",
        "CREATE TABLE history (id BIGINT, number BIGINT, at BIGINT, entry TEXT, PRIMARY KEY (id, number))",
        "CREATE TABLE outbox (id BIGINT, number BIGINT, state TEXT, message TEXT, PRIMARY KEY (id, number))",
    ] {
        sqlx::query(table).execute(&pool).await?;
    }
    let fill = "INSERT INTO runs SELECT n, 0, 0, $2 FROM generate_series(1, $1::bigint) n";
    sqlx::query(fill).bind(accounts as i64).bind(STATE).execute(&pool).await?;
    sqlx::query("ANALYZE runs").execute(&pool).await?;
    let meter = meter(url).await?;
    let (began, before) = (Instant::now(), meter.read());
    let mut transitions = 0;
    for round in 0..ROUNDS {
        let mut two = tokio::task::JoinSet::new();
        for _ in 0..2 {
            two.spawn(hand_over_hand(pool.clone(), round, batch));
        }
        while let Some(one) = two.join_next().await {
            transitions += one??;
        }
    }
    let best = Best { transitions, time: began.elapsed(), work: meter.read().since(before), connections: 2 };
    pool.close().await;
    drop_schema(url, &schema_name).await?;
    Ok(best)
}

async fn hand_over_hand(pool: PgPool, round: i64, batch: i64) -> anyhow::Result<u64> {
    let mut transitions = 0;
    loop {
        let mut tx = pool.begin().await?;
        let due: Vec<(i64,)> = sqlx::query_as(
            "SELECT id FROM runs WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED",
        )
        .bind(round)
        .bind(batch)
        .fetch_all(&mut *tx)
        .await?;
        if due.is_empty() {
            return Ok(transitions);
        }
        let ids: Vec<i64> = due.iter().map(|(id,)| *id).collect();
        let states: Vec<&str> = vec![STATE; ids.len()];
        let next = (round + 1 < ROUNDS).then_some(round + 1);
        sqlx::query(
            "UPDATE runs r SET step = r.step + 1, due_at = $2, state = j.state
             FROM UNNEST($1::bigint[], $3::text[]) j (id, state) WHERE r.id = j.id",
        )
        .bind(&ids)
        .bind(next)
        .bind(states)
        .execute(&mut *tx)
        .await?;
        copy(&mut tx, "COPY history FROM STDIN", &ids, |id| format!("{id}\t{round}\t{round}\t{ENTRY}\n"))
            .await?;
        copy(&mut tx, "COPY outbox FROM STDIN", &ids, |id| format!("{id}\t{round}\tqueued\t{MESSAGE}\n"))
            .await?;
        tx.commit().await?;
        transitions += ids.len() as u64;
    }
}

async fn copy(
    db: &mut PgConnection,
    statement: &str,
    ids: &[i64],
    line: impl Fn(i64) -> String,
) -> anyhow::Result<()> {
    let text: String = ids.iter().map(|id| line(*id)).collect();
    let mut copying = db.copy_in_raw(statement).await?;
    copying.send(text.as_bytes()).await?;
    copying.finish().await?;
    Ok(())
}

/// An empty schema.
pub async fn schema(url: &str, name: &str) -> anyhow::Result<()> {
    let mut db = PgConnection::connect(url).await?;
    for statement in [format!("DROP SCHEMA IF EXISTS {name} CASCADE"), format!("CREATE SCHEMA {name}")] {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut db).await?;
    }
    Ok(())
}

/// What a schema takes on disk, with its indexes.
pub async fn schema_bytes(url: &str, name: &str) -> anyhow::Result<u64> {
    let mut db = PgConnection::connect(url).await?;
    let (bytes,): (i64,) = sqlx::query_as(
        "SELECT COALESCE(SUM(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c
         JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind = 'r'",
    )
    .bind(name)
    .fetch_one(&mut db)
    .await?;
    Ok(u64::try_from(bytes)?)
}

/// Away with a schema.
pub async fn drop_schema(url: &str, name: &str) -> anyhow::Result<()> {
    let mut db = PgConnection::connect(url).await?;
    sqlx::query(AssertSqlSafe(format!("DROP SCHEMA {name} CASCADE"))).execute(&mut db).await?;
    Ok(())
}

/// Counts the work of a PostgreSQL beside this process.
pub async fn meter(url: &str) -> anyhow::Result<Meter> {
    let mut db = PgConnection::connect(url).await?;
    let (session,): (i32,) = sqlx::query_as("SELECT pg_backend_pid()").fetch_one(&mut db).await?;
    Ok(Meter::beside(u32::try_from(session)?))
}

/// Bytes of the log that a PostgreSQL has written so far.
pub async fn log_bytes(url: &str) -> anyhow::Result<u64> {
    let mut db = PgConnection::connect(url).await?;
    let (bytes,): (i64,) = sqlx::query_as("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint")
        .fetch_one(&mut db)
        .await?;
    Ok(u64::try_from(bytes)?)
}

/// A commit that does not wait for the disk is no commit: figures of such a database say nothing.
pub async fn ensure_durable(url: &str) -> anyhow::Result<()> {
    let mut db = PgConnection::connect(url).await?;
    for (setting, wanted) in [("fsync", "on"), ("synchronous_commit", "on"), ("full_page_writes", "on")] {
        let (value,): (String,) =
            sqlx::query_as("SELECT current_setting($1)").bind(setting).fetch_one(&mut db).await?;
        ensure!(value == wanted, "{setting} is {value}: start it with {setting}={wanted}");
    }
    Ok(())
}
