//! What happened and why: rows are only ever added.

use super::copy::Lines;
use super::{Postgres, Tx, away, customers};
use crate::batch::NewHistory;
use crate::rows::{self, HistoryColumns, state_text, stored};
use cobro_engine::calendar::Instant;
use cobro_engine::customer::Customer;
use cobro_engine::durable::store::*;

/// Adds rows.
pub(super) async fn add(tx: &mut Tx, tenant: &Tenant, added: &[NewHistory<'_>]) -> Result<()> {
    let mut lines = Lines::default();
    for NewHistory { customer, number, at, account, version, entry, turn } in added {
        lines.text(tenant).text(customer).number(*number).number(*at).text(account);
        lines.text(&version.to_string()).text(entry).maybe(*turn).end();
    }
    let copy = "COPY history (tenant, customer, number, at, account, version, entry, turn) FROM STDIN";
    lines.copy(tx, copy).await
}

pub(super) async fn timeline(
    db: &Postgres,
    tenant: &Tenant,
    account: &str,
    after: u64,
    limit: u32,
) -> Result<Vec<TimelineRow>> {
    let Some(customer) = customers::customer_of(db, tenant, account).await? else { return Ok(Vec::new()) };
    let found: Vec<HistoryColumns> = sqlx::query_as(
        "SELECT number, at, account, version, entry FROM history
         WHERE tenant = $1 AND customer = $2 AND account = $3 AND number > $4
         ORDER BY number LIMIT $5",
    )
    .bind(tenant)
    .bind(customer)
    .bind(account)
    .bind(stored(after))
    .bind(i64::from(limit))
    .fetch_all(&db.pool)
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
    let (mut customers, mut versions, mut states) = (Vec::new(), Vec::new(), Vec::new());
    for (customer, version, state) in turns {
        customers.push(*customer);
        versions.push(stored(*version));
        states.push(state.map(state_text).transpose()?);
    }
    let insert = "INSERT INTO turns (tenant, at, customer, version, state)
        SELECT $1, $2::bigint, j.* FROM UNNEST($3::text[], $4::bigint[], $5::text[]) j";
    sqlx::query(insert)
        .bind(tenant)
        .bind(now.0)
        .bind(customers)
        .bind(versions)
        .bind(states)
        .execute(&mut **tx)
        .await
        .map_err(away)?;
    Ok(())
}

pub(super) async fn turns(db: &Postgres, tenant: &Tenant, customer: &str) -> Result<Vec<Turn>> {
    // At one moment: what is committed meanwhile would be seen in one list and not in the other.
    let mut tx = db.read().await?;
    let kept: Vec<(i64, i64, Option<String>)> = sqlx::query_as(
        "SELECT version, at, state FROM turns WHERE tenant = $1 AND customer = $2 ORDER BY version",
    )
    .bind(tenant)
    .bind(customer)
    .fetch_all(&mut *tx)
    .await
    .map_err(away)?;
    let inputs: Vec<(i64, i64, i64, String, i64, String)> = sqlx::query_as(
        "SELECT taken_by, taken_at, number, account, arrived_at, what FROM inbox
         WHERE tenant = $1 AND customer = $2 AND taken_by IS NOT NULL ORDER BY number",
    )
    .bind(tenant)
    .bind(customer)
    .fetch_all(&mut *tx)
    .await
    .map_err(away)?;
    let rows: Vec<(i64, i64, i64, String, String, String)> = sqlx::query_as(
        "SELECT turn, number, at, account, version, entry FROM history
         WHERE tenant = $1 AND customer = $2 AND turn IS NOT NULL ORDER BY number",
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
