//! When something is next due for a customer, and who holds them.

use super::{Postgres, Tx, away};
use crate::rows::{self, count, stored};
use cobro_engine::calendar::Instant;
use cobro_engine::durable::store::*;
use std::collections::BTreeMap;

/// Who is due, nobody holds, and no other worker is just taking.
const CLAIM: &str = "WITH due AS MATERIALIZED (
      SELECT tenant, customer, due_at FROM timers
      WHERE tenant = $1 AND due_at <= $2 AND parked IS NULL AND (lease_until IS NULL OR lease_until <= $6)
      ORDER BY due_at, customer LIMIT $3 FOR UPDATE SKIP LOCKED)
    UPDATE timers t SET lease = t.lease + 1, lease_until = $4, worker = $5 FROM due
    WHERE t.tenant = due.tenant AND t.customer = due.customer
    RETURNING due.due_at, t.customer, t.lease";

pub(super) async fn claim(db: &Postgres, tenant: &Tenant, want: ClaimWanted<'_>) -> Result<Claimed> {
    let mut claimed = Claimed::default();
    let mut tx = db.begin().await?;
    let mut held: Vec<(i64, String, i64)> = sqlx::query_as(CLAIM)
        .bind(tenant)
        .bind(want.now.0)
        .bind(i64::from(want.limit))
        .bind(want.until.0)
        .bind(want.worker)
        .bind(want.clock.0)
        .fetch_all(&mut *tx)
        .await
        .map_err(away)?;
    if held.is_empty() {
        return Ok(claimed);
    }
    held.sort_unstable();
    let names: Vec<&str> = held.iter().map(|(_, customer, _)| customer.as_str()).collect();
    let found: Vec<(String, i64, String)> = sqlx::query_as(
        "SELECT c.customer, c.version, c.state FROM (SELECT $1::text AS tenant, UNNEST($2::text[]) AS customer OFFSET 0) j
         JOIN customers c ON c.tenant = j.tenant AND c.customer = j.customer",
    )
    .bind(tenant)
    .bind(&names)
    .fetch_all(&mut *tx)
    .await
    .map_err(away)?;
    let mut found: BTreeMap<String, (i64, String)> =
        found.into_iter().map(|(id, version, state)| (id, (version, state))).collect();
    type Waiting = (String, (i64, String, i64, String));
    let waiting: Vec<(String, i64, String, i64, String)> = sqlx::query_as(
        "SELECT i.customer, i.number, i.account, i.arrived_at, i.what FROM (SELECT $1::text AS tenant, * FROM UNNEST($2::text[]) u (customer) OFFSET 0) j
         CROSS JOIN LATERAL (SELECT * FROM inbox i WHERE i.tenant = j.tenant AND i.customer = j.customer
           AND i.taken_at IS NULL AND i.arrived_at <= $3 OFFSET 0) i
         ORDER BY i.customer, i.arrived_at, i.number",
    )
    .bind(tenant)
    .bind(&names)
    .bind(want.now.0)
    .fetch_all(&mut *tx)
    .await
    .map_err(away)?;
    tx.commit().await.map_err(away)?;
    let states = held.into_iter().filter_map(|(_, id, lease)| {
        let (version, state) = found.remove(&id)?;
        Some((id, version, state, lease))
    });

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

pub(super) async fn release(db: &Postgres, tenant: &Tenant, claims: Vec<Claim>) -> Result<()> {
    let mut claims = claims;
    claims.sort_unstable();
    let (names, leases): (Vec<&str>, Vec<i64>) =
        claims.iter().map(|claim| (claim.customer.as_str(), stored(claim.lease))).unzip();
    let mut tx = db.begin().await?;
    lock(&mut tx, tenant, &names).await?;
    let update = "UPDATE timers t SET lease_until = NULL, worker = NULL
        FROM (SELECT $1::text AS tenant, * FROM UNNEST($2::text[], $3::bigint[]) u (customer, lease) OFFSET 0) j
        WHERE t.tenant = j.tenant AND t.customer = j.customer AND t.lease = j.lease";
    sqlx::query(update).bind(tenant).bind(&names).bind(leases).execute(&mut *tx).await.map_err(away)?;
    tx.commit().await.map_err(away)
}

/// Takes the turns of customers, in the order of their names.
pub(super) async fn lock(tx: &mut Tx, tenant: &Tenant, names: &[&str]) -> Result<()> {
    let lock = "SELECT t.customer FROM (SELECT $1::text AS tenant, UNNEST($2::text[]) AS customer OFFSET 0) j
        JOIN timers t ON t.tenant = j.tenant AND t.customer = j.customer ORDER BY t.customer FOR UPDATE OF t";
    sqlx::query(lock).bind(tenant).bind(names).execute(&mut **tx).await.map_err(away)?;
    Ok(())
}

pub(super) async fn park(db: &Postgres, tenant: &Tenant, claim: Claim, why: &str) -> Result<()> {
    let mut tx = db.begin().await?;
    let update = "UPDATE timers SET lease_until = NULL, worker = NULL, parked = $4
        WHERE tenant = $1 AND customer = $2 AND lease = $3 AND lease_until IS NOT NULL";
    let update = sqlx::query(update).bind(tenant).bind(&claim.customer).bind(stored(claim.lease)).bind(why);
    update.execute(&mut *tx).await.map_err(away)?;
    tx.commit().await.map_err(away)
}

/// Parks customers whom nobody holds.
pub(super) async fn park_free(tx: &mut Tx, tenant: &Tenant, parked: &[(String, String)]) -> Result<()> {
    let mut parked = parked.to_vec();
    parked.sort_unstable();
    let (names, why): (Vec<&str>, Vec<&str>) =
        parked.iter().map(|(name, why)| (name.as_str(), why.as_str())).unzip();
    lock(tx, tenant, &names).await?;
    let update = "UPDATE timers t SET parked = j.why FROM (SELECT $1::text AS tenant, * FROM UNNEST($2::text[], $3::text[]) u (customer, why) OFFSET 0) j
        WHERE t.tenant = j.tenant AND t.customer = j.customer";
    sqlx::query(update).bind(tenant).bind(names).bind(why).execute(&mut **tx).await.map_err(away)?;
    Ok(())
}

/// Ends the holds of dead workers.
pub(super) async fn recover(tx: &mut Tx, tenant: &Tenant, clock: Instant) -> Result<u64> {
    let update = "UPDATE timers SET lease_until = NULL, worker = NULL
        WHERE tenant = $1 AND due_at <= $2 AND parked IS NULL AND lease_until IS NOT NULL";
    let released = sqlx::query(update).bind(tenant).bind(clock.0).execute(&mut **tx).await.map_err(away)?;
    Ok(released.rows_affected())
}

/// Tries parked customers again.
pub(super) async fn resume(db: &Postgres, tenant: &Tenant) -> Result<u64> {
    let mut tx = db.begin().await?;
    let update = "UPDATE timers SET parked = NULL WHERE tenant = $1 AND parked IS NOT NULL";
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
    let names: Vec<&str> = customers.iter().map(|(name, _, _)| *name).collect();
    let wakes: Vec<Option<i64>> = customers.iter().map(|(_, wake, _)| *wake).collect();
    let last: Vec<i64> = customers.iter().map(|(_, _, last)| *last).collect();
    let update = "UPDATE timers t SET wake_at = n.wake, last_history = n.history,
          lease_until = CASE WHEN $2 THEN NULL ELSE lease_until END,
          worker = CASE WHEN $2 THEN NULL ELSE worker END,
          due_at = LEAST(n.wake, (SELECT MIN(arrived_at) FROM inbox i
            WHERE i.tenant = $1 AND i.customer = n.customer AND i.taken_at IS NULL))
        FROM (SELECT $1::text AS tenant, * FROM UNNEST($3::text[], $4::bigint[], $5::bigint[]) u (customer, wake, history) OFFSET 0) n
        WHERE t.tenant = n.tenant AND t.customer = n.customer";
    sqlx::query(update)
        .bind(tenant)
        .bind(hold == Hold::Ends)
        .bind(names)
        .bind(wakes)
        .bind(last)
        .execute(&mut **tx)
        .await
        .map_err(away)?;
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
    let update =
        "UPDATE timers t SET wake_at = n.wake, due_at = n.due, last_history = n.history, parked = n.parked,
          lease = t.lease + 1, lease_until = NULL, worker = NULL
        FROM (SELECT $1::text AS tenant, * FROM UNNEST($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[]) u (customer, wake, due, history, parked) OFFSET 0) n
        WHERE t.tenant = n.tenant AND t.customer = n.customer";
    sqlx::query(update)
        .bind(tenant)
        .bind(rests.iter().map(|rest| rest.customer).collect::<Vec<_>>())
        .bind(rests.iter().map(|rest| rest.wake_at).collect::<Vec<_>>())
        .bind(rests.iter().map(|rest| rest.due_at).collect::<Vec<_>>())
        .bind(rests.iter().map(|rest| rest.last_history).collect::<Vec<_>>())
        .bind(rests.iter().map(|rest| rest.parked).collect::<Vec<_>>())
        .execute(&mut **tx)
        .await
        .map_err(away)?;
    Ok(())
}

pub(super) async fn moved_on(
    db: &Postgres,
    tenant: &Tenant,
    customer: &str,
    state: u64,
) -> Result<Option<Instant>> {
    let found: Option<(i64, Option<i64>)> = sqlx::query_as(
        "SELECT c.version, (SELECT min(i.arrived_at) FROM inbox i
           WHERE i.tenant = c.tenant AND i.customer = c.customer AND i.taken_at IS NULL)
         FROM customers c WHERE c.tenant = $1 AND c.customer = $2",
    )
    .bind(tenant)
    .bind(customer)
    .fetch_optional(&db.pool)
    .await
    .map_err(away)?;
    Ok(match found {
        Some((version, None)) if count(version) == state => None,
        Some((_, arrived_at)) => Some(arrived_at.map_or(Instant::FIRST, Instant)),
        None => Some(Instant::FIRST),
    })
}

pub(super) async fn next_due(db: &Postgres, tenant: &Tenant, after: Instant) -> Result<Option<Instant>> {
    let (at,): (Option<i64>,) = sqlx::query_as(
        "SELECT MIN(at) FROM (
           SELECT MIN(due_at) AS at FROM timers
             WHERE tenant = $1 AND due_at > $2 AND parked IS NULL
           UNION ALL
           SELECT MIN(not_before) FROM outbox
             WHERE tenant = $1 AND not_before > $2 AND state = 'queued') found",
    )
    .bind(tenant)
    .bind(after.0)
    .fetch_one(&db.pool)
    .await
    .map_err(away)?;
    Ok(at.map(Instant))
}

pub(super) async fn backlog(db: &Postgres, tenant: &Tenant, now: Instant) -> Result<Backlog> {
    let found: (i64, i64, i64, i64, i64, i64) = sqlx::query_as(
        "SELECT
           (SELECT COUNT(*) FROM inbox WHERE tenant = $1 AND taken_at IS NULL),
           (SELECT COUNT(*) FROM timers
              WHERE tenant = $1 AND due_at <= $2 AND parked IS NULL),
           (SELECT COUNT(*) FROM outbox WHERE tenant = $1 AND state = 'queued'),
           (SELECT COUNT(*) FROM outbox WHERE tenant = $1 AND state = 'marked'),
           (SELECT COUNT(*) FROM outbox WHERE tenant = $1 AND state = 'unknown'),
           (SELECT COUNT(*) FROM timers WHERE tenant = $1 AND parked IS NOT NULL)",
    )
    .bind(tenant)
    .bind(now.0)
    .fetch_one(&db.pool)
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
