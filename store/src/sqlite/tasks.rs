//! Work for people.

use super::{Sqlite, Tx, away};
use crate::rows::{self, TaskColumns, list};
use cobro_engine::durable::store::*;
use cobro_engine::durable::wire::priority_number;
use std::collections::BTreeSet;

/// Customer, account, entered at, task.
pub(super) type Key = (String, String, i64, u32);

pub(super) fn key(customer: &str, task: &NewTask) -> Key {
    (customer.to_owned(), task.run.account.clone(), task.run.entered_at.0, task.task)
}

/// Those of these tasks that are there already.
pub(super) async fn known(tx: &mut Tx, tenant: &Tenant, keys: &[Key]) -> Result<BTreeSet<Key>> {
    if keys.is_empty() {
        return Ok(BTreeSet::new());
    }
    let found: Vec<(String, String, i64, u32)> = sqlx::query_as(
        "SELECT t.customer, t.account, t.entered_at, t.task FROM json_each(?2) j
         CROSS JOIN tasks t ON t.tenant = ?1 AND t.customer = j.value ->> 0 AND t.account = j.value ->> 1
           AND t.entered_at = j.value ->> 2 AND t.task = j.value ->> 3",
    )
    .bind(tenant)
    .bind(list(keys)?)
    .fetch_all(&mut **tx)
    .await
    .map_err(away)?;
    Ok(found.into_iter().collect())
}

pub(super) async fn add(tx: &mut Tx, tenant: &Tenant, opened: &[(&str, &NewTask)]) -> Result<()> {
    if opened.is_empty() {
        return Ok(());
    }
    type Columns<'a> = (&'a str, &'a str, i64, u32, String, &'a str, u8, i64, Option<i64>);
    let rows = opened.iter().map(|(customer, task)| -> Columns<'_> {
        let NewTask { run, task, queue, priority, opened_at, due_at } = task;
        let due_at = due_at.map(|at| at.0);
        let version = run.version.to_string();
        let priority = priority_number(*priority);
        (customer, &run.account, run.entered_at.0, *task, version, queue, priority, opened_at.0, due_at)
    });
    let rows: Vec<Columns<'_>> = rows.collect();
    let insert = "INSERT INTO tasks
          (tenant, customer, account, entered_at, task, version, queue, priority, opened_at, due_at)
        SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
          value ->> 7, value ->> 8
        FROM json_each(?2)";
    sqlx::query(insert).bind(tenant).bind(list(&rows)?).execute(&mut **tx).await.map_err(away)?;
    Ok(())
}

/// The first closing counts.
pub(super) async fn close(tx: &mut Tx, tenant: &Tenant, closed: &[(&str, &ClosedTask)]) -> Result<()> {
    for (customer, task) in closed {
        let update = "UPDATE tasks SET closed_at = ?6, result = ?7
            WHERE tenant = ?1 AND customer = ?2 AND account = ?3 AND entered_at = ?4 AND task = ?5
              AND closed_at IS NULL";
        sqlx::query(update)
            .bind(tenant)
            .bind(customer)
            .bind(&task.account)
            .bind(task.entered_at.0)
            .bind(task.task)
            .bind(task.closed_at.0)
            .bind(&task.result)
            .execute(&mut **tx)
            .await
            .map_err(away)?;
    }
    Ok(())
}

pub(super) async fn open(db: &Sqlite, tenant: &Tenant, limit: u32) -> Result<Vec<TaskRow>> {
    let found: Vec<TaskColumns> = sqlx::query_as(
        "SELECT customer, account, entered_at, task, version, queue, priority, opened_at, due_at
         FROM tasks INDEXED BY tasks_open WHERE tenant = ?1 AND closed_at IS NULL
         ORDER BY opened_at, customer, account, entered_at, task LIMIT ?2",
    )
    .bind(tenant)
    .bind(limit)
    .fetch_all(&db.reader)
    .await
    .map_err(away)?;
    found.into_iter().map(rows::task).collect()
}
