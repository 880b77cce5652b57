//! Work for people.

use super::{Postgres, Tx, away};
use crate::rows::{self, TaskColumns};
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
    let customers: Vec<&str> = keys.iter().map(|key| key.0.as_str()).collect();
    let accounts: Vec<&str> = keys.iter().map(|key| key.1.as_str()).collect();
    let entered: Vec<i64> = keys.iter().map(|key| key.2).collect();
    let numbers: Vec<i64> = keys.iter().map(|key| i64::from(key.3)).collect();
    let found: Vec<(String, String, i64, i64)> = sqlx::query_as(
        "SELECT t.customer, t.account, t.entered_at, t.task
         FROM (SELECT $1::text AS tenant, * FROM UNNEST($2::text[], $3::text[], $4::bigint[], $5::bigint[]) u (customer, account, entered_at, task) OFFSET 0) j
         JOIN tasks t ON t.tenant = j.tenant AND t.customer = j.customer AND t.account = j.account
           AND t.entered_at = j.entered_at AND t.task = j.task",
    )
    .bind(tenant)
    .bind(customers)
    .bind(accounts)
    .bind(entered)
    .bind(numbers)
    .fetch_all(&mut **tx)
    .await
    .map_err(away)?;
    let key = |(customer, account, entered_at, task)| {
        (customer, account, entered_at, u32::try_from(task).unwrap_or(u32::MAX))
    };
    Ok(found.into_iter().map(key).collect())
}

pub(super) async fn add(tx: &mut Tx, tenant: &Tenant, opened: &[(&str, &NewTask)]) -> Result<()> {
    if opened.is_empty() {
        return Ok(());
    }
    let (mut customers, mut accounts, mut entered, mut numbers) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut versions, mut queues, mut priorities) = (Vec::new(), Vec::new(), Vec::new());
    let (mut opened_at, mut due) = (Vec::new(), Vec::new());
    for (customer, task) in opened {
        customers.push(*customer);
        accounts.push(task.run.account.as_str());
        entered.push(task.run.entered_at.0);
        numbers.push(i64::from(task.task));
        versions.push(task.run.version.to_string());
        queues.push(task.queue.as_str());
        priorities.push(i64::from(priority_number(task.priority)));
        opened_at.push(task.opened_at.0);
        due.push(task.due_at.map(|at| at.0));
    }
    let insert = "INSERT INTO tasks
          (tenant, customer, account, entered_at, task, version, queue, priority, opened_at, due_at)
        SELECT $1, * FROM UNNEST($2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[],
          $8::bigint[], $9::bigint[], $10::bigint[])";
    sqlx::query(insert)
        .bind(tenant)
        .bind(customers)
        .bind(accounts)
        .bind(entered)
        .bind(numbers)
        .bind(versions)
        .bind(queues)
        .bind(priorities)
        .bind(opened_at)
        .bind(due)
        .execute(&mut **tx)
        .await
        .map_err(away)?;
    Ok(())
}

/// The first closing counts.
pub(super) async fn close(tx: &mut Tx, tenant: &Tenant, closed: &[(&str, &ClosedTask)]) -> Result<()> {
    for (customer, task) in closed {
        let update = "UPDATE tasks SET closed_at = $6, result = $7
            WHERE tenant = $1 AND customer = $2 AND account = $3 AND entered_at = $4 AND task = $5
              AND closed_at IS NULL";
        sqlx::query(update)
            .bind(tenant)
            .bind(customer)
            .bind(&task.account)
            .bind(task.entered_at.0)
            .bind(i64::from(task.task))
            .bind(task.closed_at.0)
            .bind(&task.result)
            .execute(&mut **tx)
            .await
            .map_err(away)?;
    }
    Ok(())
}

pub(super) async fn open(db: &Postgres, tenant: &Tenant, limit: u32) -> Result<Vec<TaskRow>> {
    let found: Vec<TaskColumns> = sqlx::query_as(
        "SELECT customer, account, entered_at, task, version, queue, priority, opened_at, due_at
         FROM tasks WHERE tenant = $1 AND closed_at IS NULL
         ORDER BY opened_at, customer, account, entered_at, task LIMIT $2",
    )
    .bind(tenant)
    .bind(i64::from(limit))
    .fetch_all(&db.pool)
    .await
    .map_err(away)?;
    found.into_iter().map(rows::task).collect()
}
