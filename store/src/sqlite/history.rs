//! What happened and why: rows are only ever added.

use super::{Sqlite, Tx, away};
use crate::rows::{self, HistoryColumns, entry_text, list, stored};
use cobro_engine::durable::store::*;

/// Adds rows, each with its customer and number.
pub(super) async fn add(tx: &mut Tx, tenant: &Tenant, added: &[(&str, u64, &HistoryRow)]) -> Result<()> {
    if added.is_empty() {
        return Ok(());
    }
    let mut rows: Vec<(&str, i64, i64, &str, String, String)> = Vec::with_capacity(added.len());
    for (customer, number, row) in added {
        let entry = entry_text(&row.entry)?;
        rows.push((customer, stored(*number), row.at.0, &row.account, row.version.to_string(), entry));
    }
    let insert = "INSERT INTO history (tenant, customer, number, at, account, version, entry)
        SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
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
    found.into_iter().map(rows::timeline).collect()
}
