//! When something is next due for a customer, and who holds them.

use super::{Sqlite, Tx, away};
use crate::rows::{self, count, list, stored};
use cobro_engine::calendar::Instant;
use cobro_engine::durable::store::*;
use std::collections::BTreeMap;

/// Who is due and nobody holds, the longest due first.
pub(super) const DUE: &str = "SELECT customer FROM timers INDEXED BY timers_due
    WHERE tenant = ?1 AND due_at <= ?2 AND parked IS NULL AND (lease_until IS NULL OR lease_until <= ?4)
    ORDER BY due_at, customer LIMIT ?3";

pub(super) async fn is_anybody_due(db: &Sqlite, tenant: &Tenant, want: ClaimWanted<'_>) -> Result<bool> {
    let due = sqlx::query_as::<_, (String,)>(DUE).bind(tenant).bind(want.now.0).bind(1).bind(want.clock.0);
    Ok(due.fetch_optional(&db.reader).await.map_err(away)?.is_some())
}

pub(super) async fn claim(db: &Sqlite, tenant: &Tenant, want: ClaimWanted<'_>) -> Result<Claimed> {
    let mut claimed = Claimed::default();
    // A poll that finds nothing must not make writers wait.
    if !is_anybody_due(db, tenant, want).await? {
        return Ok(claimed);
    }
    let mut tx = db.begin().await?;
    let due =
        sqlx::query_as::<_, (String,)>(DUE).bind(tenant).bind(want.now.0).bind(want.limit).bind(want.clock.0);
    let due: Vec<(String,)> = due.fetch_all(&mut *tx).await.map_err(away)?;
    let due: Vec<String> = due.into_iter().map(|(customer,)| customer).collect();
    let names = list(&due)?;
    let update = "WITH j (t, customer) AS MATERIALIZED (SELECT ?1, value FROM json_each(?2))
        UPDATE timers SET lease = lease + 1, lease_until = ?3, worker = ?4 FROM j
        WHERE tenant = j.t AND timers.customer = j.customer";
    sqlx::query(update)
        .bind(tenant)
        .bind(&names)
        .bind(want.until.0)
        .bind(want.worker)
        .execute(&mut *tx)
        .await
        .map_err(away)?;
    let states: Vec<(String, i64, String, i64)> = sqlx::query_as(
        "SELECT c.customer, c.version, c.state, t.lease FROM json_each(?2) j
         CROSS JOIN customers c ON c.tenant = ?1 AND c.customer = j.value
         CROSS JOIN timers t ON t.tenant = ?1 AND t.customer = j.value
         ORDER BY j.key",
    )
    .bind(tenant)
    .bind(&names)
    .fetch_all(&mut *tx)
    .await
    .map_err(away)?;
    type Waiting = (String, (i64, String, i64, String));
    let waiting: Vec<(String, i64, String, i64, String)> = sqlx::query_as(
        "SELECT i.customer, i.number, i.account, i.arrived_at, i.what FROM json_each(?2) j
         CROSS JOIN inbox i INDEXED BY inbox_waiting
           ON i.tenant = ?1 AND i.customer = j.value AND i.taken_at IS NULL AND i.arrived_at <= ?3
         ORDER BY j.key, i.arrived_at, i.number",
    )
    .bind(tenant)
    .bind(&names)
    .bind(want.now.0)
    .fetch_all(&mut *tx)
    .await
    .map_err(away)?;
    tx.commit().await.map_err(away)?;

    let mut inboxes: BTreeMap<String, Vec<Waiting>> = BTreeMap::new();
    for (customer, number, account, arrived_at, what) in waiting {
        inboxes.entry(customer.clone()).or_default().push((customer, (number, account, arrived_at, what)));
    }
    for (id, version, state, lease) in states {
        let claim = Claim { customer: id.clone(), state: count(version), lease: count(lease) };
        let inbox = inboxes.remove(&id).unwrap_or_default();
        let inbox: Result<Vec<InboxRow>> =
            inbox.into_iter().map(|(customer, columns)| rows::inbox(&customer, columns)).collect();
        match (rows::customer(&id, &state), inbox) {
            (Ok(customer), Ok(inbox)) => claimed.loaded.push(Loaded { claim, customer, inbox }),
            (Err(error), _) | (_, Err(error)) => claimed.damaged.push((claim, why(error))),
        }
    }
    Ok(claimed)
}

/// What is wrong with a row, for the person who will look.
pub(super) fn why(error: Error) -> String {
    match error {
        Error::Corrupt { why, .. } => why,
        other @ (Error::Conflict { .. } | Error::Unavailable(_)) => other.to_string(),
    }
}

pub(super) async fn release(db: &Sqlite, tenant: &Tenant, claims: Vec<Claim>) -> Result<()> {
    let claims: Vec<(&str, i64)> =
        claims.iter().map(|claim| (claim.customer.as_str(), stored(claim.lease))).collect();
    let mut tx = db.begin().await?;
    let update = "WITH j (t, customer, lease) AS MATERIALIZED (
          SELECT ?1, value ->> 0, value ->> 1 FROM json_each(?2))
        UPDATE timers SET lease_until = NULL, worker = NULL FROM j
        WHERE tenant = j.t AND timers.customer = j.customer AND timers.lease = j.lease";
    sqlx::query(update).bind(tenant).bind(list(&claims)?).execute(&mut *tx).await.map_err(away)?;
    tx.commit().await.map_err(away)
}

pub(super) async fn park(db: &Sqlite, tenant: &Tenant, claim: Claim, why: &str) -> Result<()> {
    let mut tx = db.begin().await?;
    let update = "UPDATE timers SET lease_until = NULL, worker = NULL, parked = ?4
        WHERE tenant = ?1 AND customer = ?2 AND lease = ?3 AND lease_until IS NOT NULL";
    let update = sqlx::query(update).bind(tenant).bind(&claim.customer).bind(stored(claim.lease)).bind(why);
    update.execute(&mut *tx).await.map_err(away)?;
    tx.commit().await.map_err(away)
}

/// Parks customers whom nobody holds.
pub(super) async fn park_free(tx: &mut Tx, tenant: &Tenant, parked: &[(String, String)]) -> Result<()> {
    let update = "WITH j (t, customer, why) AS MATERIALIZED (
          SELECT ?1, value ->> 0, value ->> 1 FROM json_each(?2))
        UPDATE timers SET parked = j.why FROM j WHERE tenant = j.t AND timers.customer = j.customer";
    sqlx::query(update).bind(tenant).bind(list(parked)?).execute(&mut **tx).await.map_err(away)?;
    Ok(())
}

/// Ends the holds of dead workers.
pub(super) async fn recover(tx: &mut Tx, tenant: &Tenant, clock: Instant) -> Result<u64> {
    let update = "UPDATE timers INDEXED BY timers_due SET lease_until = NULL, worker = NULL
        WHERE tenant = ?1 AND due_at <= ?2 AND parked IS NULL AND lease_until IS NOT NULL";
    let released = sqlx::query(update).bind(tenant).bind(clock.0).execute(&mut **tx).await.map_err(away)?;
    Ok(released.rows_affected())
}

/// Tries parked customers again.
pub(super) async fn resume(db: &Sqlite, tenant: &Tenant) -> Result<u64> {
    let mut tx = db.begin().await?;
    let update =
        "UPDATE timers INDEXED BY timers_parked SET parked = NULL WHERE tenant = ?1 AND parked IS NOT NULL";
    let resumed = sqlx::query(update).bind(tenant).execute(&mut *tx).await.map_err(away)?;
    tx.commit().await.map_err(away)?;
    Ok(resumed.rows_affected())
}

/// Does a write end the hold on its customers?
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Hold {
    Ends,
    Stays,
}

/// Sets when customers wake and the number of their last history row; whether an input waits is looked up.
pub(super) async fn set(
    tx: &mut Tx,
    tenant: &Tenant,
    customers: &[(&str, Option<i64>, i64)],
    hold: Hold,
) -> Result<()> {
    let update = "WITH n (t, name, wake, history, arrived) AS MATERIALIZED (
          SELECT ?1, j.value ->> 0, j.value ->> 1, j.value ->> 2,
            (SELECT MIN(arrived_at) FROM inbox i INDEXED BY inbox_waiting
             WHERE i.tenant = ?1 AND i.customer = j.value ->> 0 AND i.taken_at IS NULL)
          FROM json_each(?2) j)
        UPDATE timers SET wake_at = n.wake, last_history = n.history,
          lease_until = CASE WHEN ?3 THEN NULL ELSE lease_until END,
          worker = CASE WHEN ?3 THEN NULL ELSE worker END,
          due_at = MIN(COALESCE(n.wake, n.arrived), COALESCE(n.arrived, n.wake))
        FROM n WHERE tenant = n.t AND customer = n.name";
    let update = sqlx::query(update).bind(tenant).bind(list(customers)?).bind(hold == Hold::Ends);
    update.execute(&mut **tx).await.map_err(away)?;
    Ok(())
}

/// How a customer is left after a round: when they wake, when they are due, and whether they are put aside.
pub(super) struct Rest<'a> {
    pub(super) customer: &'a str,
    pub(super) wake_at: Option<i64>,
    pub(super) due_at: Option<i64>,
    pub(super) last_history: i64,
    pub(super) parked: Option<&'a str>,
}

/// Leaves customers as a round has made them. The number of the hold goes up: whoever held them before has lost it.
pub(super) async fn rest(tx: &mut Tx, tenant: &Tenant, rests: &[Rest<'_>]) -> Result<()> {
    type Columns<'a> = (&'a str, Option<i64>, Option<i64>, i64, Option<&'a str>);
    let columns: Vec<Columns<'_>> = rests
        .iter()
        .map(|rest| (rest.customer, rest.wake_at, rest.due_at, rest.last_history, rest.parked))
        .collect();
    let update = "WITH n (t, name, wake, due, history, parked) AS MATERIALIZED (
          SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?2))
        UPDATE timers SET wake_at = n.wake, due_at = n.due, last_history = n.history, parked = n.parked,
          lease = lease + 1, lease_until = NULL, worker = NULL
        FROM n WHERE tenant = n.t AND customer = n.name";
    sqlx::query(update).bind(tenant).bind(list(&columns)?).execute(&mut **tx).await.map_err(away)?;
    Ok(())
}

pub(super) async fn moved_on(
    db: &Sqlite,
    tenant: &Tenant,
    customer: &str,
    state: u64,
) -> Result<Option<Instant>> {
    let found: Option<(i64, Option<i64>)> = sqlx::query_as(
        "SELECT c.version, (SELECT min(i.arrived_at) FROM inbox i INDEXED BY inbox_waiting
           WHERE i.tenant = c.tenant AND i.customer = c.customer AND i.taken_at IS NULL)
         FROM customers c WHERE c.tenant = ?1 AND c.customer = ?2",
    )
    .bind(tenant)
    .bind(customer)
    .fetch_optional(&db.reader)
    .await
    .map_err(away)?;
    Ok(match found {
        Some((version, None)) if count(version) == state => None,
        Some((_, arrived_at)) => Some(arrived_at.map_or(Instant::FIRST, Instant)),
        None => Some(Instant::FIRST),
    })
}

pub(super) async fn next_due(db: &Sqlite, tenant: &Tenant, after: Instant) -> Result<Option<Instant>> {
    let (at,): (Option<i64>,) = sqlx::query_as(
        "SELECT MIN(at) FROM (
           SELECT MIN(due_at) AS at FROM timers INDEXED BY timers_due
             WHERE tenant = ?1 AND due_at > ?2 AND parked IS NULL
           UNION ALL
           SELECT MIN(not_before) FROM outbox INDEXED BY outbox_queued
             WHERE tenant = ?1 AND not_before > ?2 AND state = 'queued')",
    )
    .bind(tenant)
    .bind(after.0)
    .fetch_one(&db.reader)
    .await
    .map_err(away)?;
    Ok(at.map(Instant))
}

pub(super) async fn backlog(db: &Sqlite, tenant: &Tenant, now: Instant) -> Result<Backlog> {
    let found: (i64, i64, i64, i64, i64, i64) = sqlx::query_as(
        "SELECT
           (SELECT COUNT(*) FROM inbox INDEXED BY inbox_waiting WHERE tenant = ?1 AND taken_at IS NULL),
           (SELECT COUNT(*) FROM timers INDEXED BY timers_due
              WHERE tenant = ?1 AND due_at <= ?2 AND parked IS NULL),
           (SELECT COUNT(*) FROM outbox INDEXED BY outbox_queued WHERE tenant = ?1 AND state = 'queued'),
           (SELECT COUNT(*) FROM outbox INDEXED BY outbox_marked WHERE tenant = ?1 AND state = 'marked'),
           (SELECT COUNT(*) FROM outbox INDEXED BY outbox_unknown WHERE tenant = ?1 AND state = 'unknown'),
           (SELECT COUNT(*) FROM timers INDEXED BY timers_parked WHERE tenant = ?1 AND parked IS NOT NULL)",
    )
    .bind(tenant)
    .bind(now.0)
    .fetch_one(&db.reader)
    .await
    .map_err(away)?;
    let (inputs, due, queued, marked, unknown, parked) = found;
    Ok(Backlog {
        inputs: count(inputs),
        due: count(due),
        queued: count(queued),
        marked: count(marked),
        unknown: count(unknown),
        parked: count(parked),
    })
}
