//! What happened and why: rows are only ever added.

use super::{Postgres, Tx, away, customers};
use crate::rows::{self, HistoryColumns, entry_text, stored};
use cobro_engine::durable::store::*;

/// Adds rows, each with its customer and number.
pub(super) async fn add(tx: &mut Tx, tenant: &Tenant, added: &[(&str, u64, &HistoryRow)]) -> Result<()> {
    if added.is_empty() {
        return Ok(());
    }
    let (mut customers, mut numbers, mut moments) = (Vec::new(), Vec::new(), Vec::new());
    let (mut accounts, mut versions, mut entries) = (Vec::new(), Vec::new(), Vec::new());
    for (customer, number, row) in added {
        customers.push(*customer);
        numbers.push(stored(*number));
        moments.push(row.at.0);
        accounts.push(row.account.as_str());
        versions.push(row.version.to_string());
        entries.push(entry_text(&row.entry)?);
    }
    let insert = "INSERT INTO history (tenant, customer, number, at, account, version, entry)
        SELECT $1, * FROM UNNEST($2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[])";
    sqlx::query(insert)
        .bind(tenant)
        .bind(customers)
        .bind(numbers)
        .bind(moments)
        .bind(accounts)
        .bind(versions)
        .bind(entries)
        .execute(&mut **tx)
        .await
        .map_err(away)?;
    Ok(())
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
    found.into_iter().map(rows::timeline).collect()
}
