//! What happened and why: rows are only ever added.

use super::{Sqlite, Tx, away};
use crate::batch::NewHistory;
use crate::rows::{self, HistoryColumns, list, state_text, stored};
use cobro_engine::calendar::Instant;
use cobro_engine::customer::Customer;
use cobro_engine::durable::store::*;

/// Adds rows.
pub(super) async fn add(tx: &mut Tx, tenant: &Tenant, added: &[NewHistory<'_>]) -> Result<()> {
    if added.is_empty() {
        return Ok(());
    }
    type Columns<'a> = (&'a str, i64, i64, &'a str, String, &'a str, Option<i64>);
    let mut rows: Vec<Columns<'_>> = Vec::with_capacity(added.len());
    for NewHistory { customer, number, at, account, version, entry, turn } in added {
        rows.push((customer, *number, *at, account, version.to_string(), entry, *turn));
    }
    let insert = "INSERT INTO history (tenant, customer, number, at, account, version, entry, turn)
        SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
          value ->> 6
        FROM json_each(?2)";
    sqlx::query(insert).bind(tenant).bind(list(&rows)?).execute(&mut **tx).await.map_err(away)?;
    Ok(())
}

pub(super) async fn timeline(
    db: &Sqlite,
    tenant: &Tenant,
    account: &str,
    after: u64,
    limit: u32,
) -> Result<Vec<TimelineRow>> {
    let found: Vec<HistoryColumns> = sqlx::query_as(
        "SELECT h.number, h.at, h.account, h.version, h.entry FROM accounts a
         CROSS JOIN history h ON h.tenant = a.tenant AND h.customer = a.customer
         WHERE a.tenant = ?1 AND a.account = ?2 AND h.account = ?2 AND h.number > ?3
         ORDER BY h.number LIMIT ?4",
    )
    .bind(tenant)
    .bind(account)
    .bind(stored(after))
    .bind(limit)
    .fetch_all(&db.reader)
    .await
    .map_err(away)?;
    rows::timeline_page(found, after, limit)
}

/// Keeps turns that no history row tells: version, and the state that came from outside.
pub(super) async fn add_turns(
    tx: &mut Tx,
    tenant: &Tenant,
    turns: &[(&str, u64, Option<&Customer>)],
    now: Instant,
) -> Result<()> {
    if turns.is_empty() {
        return Ok(());
    }
    let mut rows: Vec<(&str, i64, Option<String>)> = Vec::with_capacity(turns.len());
    for (customer, version, state) in turns {
        rows.push((customer, stored(*version), state.map(state_text).transpose()?));
    }
    let insert = "INSERT INTO turns (tenant, customer, version, at, state)
        SELECT ?1, value ->> 0, value ->> 1, ?3, value ->> 2 FROM json_each(?2)";
    sqlx::query(insert).bind(tenant).bind(list(&rows)?).bind(now.0).execute(&mut **tx).await.map_err(away)?;
    Ok(())
}

pub(super) async fn turns(db: &Sqlite, tenant: &Tenant, customer: &str) -> Result<Vec<Turn>> {
    // At one moment: what is committed meanwhile would be seen in one list and not in the other.
    let mut tx = db.read().await?;
    let kept: Vec<(i64, i64, Option<String>)> = sqlx::query_as(
        "SELECT version, at, state FROM turns WHERE tenant = ?1 AND customer = ?2 ORDER BY version",
    )
    .bind(tenant)
    .bind(customer)
    .fetch_all(&mut *tx)
    .await
    .map_err(away)?;
    let inputs: Vec<(i64, i64, i64, String, i64, String)> = sqlx::query_as(
        "SELECT taken_by, taken_at, number, account, arrived_at, what FROM inbox
         WHERE tenant = ?1 AND customer = ?2 AND taken_by IS NOT NULL ORDER BY number",
    )
    .bind(tenant)
    .bind(customer)
    .fetch_all(&mut *tx)
    .await
    .map_err(away)?;
    let rows: Vec<(i64, i64, i64, String, String, String)> = sqlx::query_as(
        "SELECT turn, number, at, account, version, entry FROM history
         WHERE tenant = ?1 AND customer = ?2 AND turn IS NOT NULL ORDER BY number",
    )
    .bind(tenant)
    .bind(customer)
    .fetch_all(&mut *tx)
    .await
    .map_err(away)?;
    let inputs = inputs
        .into_iter()
        .map(|(by, at, number, account, arrived_at, what)| (by, at, (number, account, arrived_at, what)));
    let rows = rows
        .into_iter()
        .map(|(turn, number, at, account, version, entry)| (turn, (number, at, account, version, entry)));
    rows::turns(customer, kept, inputs.collect(), rows.collect())
}
