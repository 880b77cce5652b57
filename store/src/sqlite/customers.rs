//! Customers and their accounts: brought in, looked at, counted.

use super::{Sqlite, away, history};
use crate::rows::{self, Place, corrupt, count, list};
use cobro_engine::calendar::Instant;
use cobro_engine::customer::{Account, Customer};
use cobro_engine::durable::store::*;
use std::collections::{BTreeMap, BTreeSet};

/// All of it, or nothing when an account exists already.
pub(super) async fn import(
    db: &Sqlite,
    tenant: &Tenant,
    customers: Vec<Customer>,
    now: Instant,
) -> Result<Import> {
    let Gathered { customers, twice } = gather(customers);
    let ids: Vec<&str> = accounts_of(&customers).map(|(_, account)| account.id.as_str()).collect();
    let mut tx = db.begin().await?;
    let known: Vec<(String,)> = sqlx::query_as(
        "SELECT a.account FROM json_each(?2) j
         CROSS JOIN accounts a ON a.tenant = ?1 AND a.account = j.value",
    )
    .bind(tenant)
    .bind(list(&ids)?)
    .fetch_all(&mut *tx)
    .await
    .map_err(away)?;
    let existing: BTreeSet<String> = known.into_iter().map(|(id,)| id).chain(twice).collect();
    if !existing.is_empty() {
        return Ok(Import::Refused { existing: existing.into_iter().collect() });
    }

    let names: Vec<&str> = customers.iter().map(|customer| customer.id.as_str()).collect();
    let known: Vec<(String, String, i64)> = sqlx::query_as(
        "SELECT c.customer, c.state, c.version FROM json_each(?2) j
         CROSS JOIN customers c ON c.tenant = ?1 AND c.customer = j.value",
    )
    .bind(tenant)
    .bind(list(&names)?)
    .fetch_all(&mut *tx)
    .await
    .map_err(away)?;
    let known: BTreeMap<String, (String, i64)> =
        known.into_iter().map(|(id, state, version)| (id, (state, version))).collect();

    let places: Vec<(String, String, String, Place)> = accounts_of(&customers)
        .map(|(customer, account)| {
            let currency = account.currency.code().to_owned();
            (customer.to_owned(), account.id.clone(), currency, rows::place(account))
        })
        .collect();
    let invoices = accounts_of(&customers).map(|(_, account)| account.invoices.len() as u64).sum();
    let accounts = places.len() as u64;
    let mut turns: Vec<Customer> = Vec::new();
    let mut new: Vec<(String, String, Option<i64>)> = Vec::new();
    let mut joined: Vec<(String, String)> = Vec::new();
    for customer in customers {
        match known.get(&customer.id) {
            Some((state, _)) => {
                let mut grown = rows::customer(&customer.id, state)?;
                join(&mut grown, customer);
                let state = rows::state_text(&grown)?;
                joined.push((grown.id.clone(), state));
                turns.push(grown);
            }
            None => {
                let state = rows::state_text(&customer)?;
                let wake = customer.next_wake().map(|at| at.0);
                new.push((customer.id.clone(), state, wake));
                turns.push(customer);
            }
        }
    }

    let rows = list(&new)?;
    let insert = "INSERT INTO customers (tenant, customer, version, state)
        SELECT ?1, value ->> 0, 1, value ->> 1 FROM json_each(?2)";
    sqlx::query(insert).bind(tenant).bind(&rows).execute(&mut *tx).await.map_err(away)?;
    let insert = "INSERT INTO timers (tenant, customer, wake_at, due_at)
        SELECT ?1, value ->> 0, value ->> 2, value ->> 2 FROM json_each(?2)";
    sqlx::query(insert).bind(tenant).bind(&rows).execute(&mut *tx).await.map_err(away)?;
    let update = "WITH j (t, customer, state) AS MATERIALIZED (
          SELECT ?1, value ->> 0, value ->> 1 FROM json_each(?2))
        UPDATE customers SET version = version + 1, state = j.state FROM j
        WHERE tenant = j.t AND customers.customer = j.customer";
    sqlx::query(update).bind(tenant).bind(list(&joined)?).execute(&mut *tx).await.map_err(away)?;
    let insert = "INSERT INTO accounts
          (tenant, customer, account, currency, version, entered_at, step, outcome, ended_at)
        SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> '$[3][0]', value ->> '$[3][1]',
          value ->> '$[3][2]', value ->> '$[3][3]', value ->> '$[3][4]'
        FROM json_each(?2)";
    sqlx::query(insert).bind(tenant).bind(list(&places)?).execute(&mut *tx).await.map_err(away)?;
    let version = |customer: &Customer| known.get(&customer.id).map_or(1, |(_, version)| count(*version) + 1);
    let turns: Vec<(&str, u64, Option<&Customer>)> =
        turns.iter().map(|customer| (customer.id.as_str(), version(customer), Some(customer))).collect();
    history::add_turns(&mut tx, tenant, &turns, now).await?;
    tx.commit().await.map_err(away)?;
    Ok(Import::Imported { customers: new.len() as u64, accounts, invoices })
}

fn accounts_of(customers: &[Customer]) -> impl Iterator<Item = (&str, &cobro_engine::customer::Account)> {
    customers
        .iter()
        .flat_map(|customer| customer.accounts.iter().map(|account| (customer.id.as_str(), account)))
}

pub(super) async fn account(db: &Sqlite, tenant: &Tenant, id: &str) -> Result<Option<AccountView>> {
    type Columns = (String, i64, String, Option<i64>, Option<String>, i64);
    let found: Option<Columns> = sqlx::query_as(
        "SELECT c.customer, c.version, c.state, t.due_at, t.parked,
           (SELECT COUNT(*) FROM inbox i
            WHERE i.tenant = c.tenant AND i.customer = c.customer AND i.taken_at IS NULL)
         FROM accounts a
         JOIN customers c ON c.tenant = a.tenant AND c.customer = a.customer
         JOIN timers t ON t.tenant = a.tenant AND t.customer = a.customer
         WHERE a.tenant = ?1 AND a.account = ?2",
    )
    .bind(tenant)
    .bind(id)
    .fetch_optional(&db.reader)
    .await
    .map_err(away)?;
    let Some((customer, version, state, due_at, parked, waiting)) = found else { return Ok(None) };
    let customer = rows::customer(&customer, &state)?;
    let account = customer.accounts.iter().position(|known| known.id == id);
    let account = account.ok_or_else(|| corrupt(&customer.id, "the state lacks an account"))?;
    Ok(Some(AccountView {
        customer,
        account,
        state: count(version),
        due_at: due_at.map(Instant),
        waiting: count(waiting),
        parked,
    }))
}

pub(super) async fn currencies(
    db: &Sqlite,
    tenant: &Tenant,
    accounts: Vec<String>,
) -> Result<BTreeMap<String, Currency>> {
    let found: Vec<(String, String)> = sqlx::query_as(
        "SELECT a.account, a.currency FROM json_each(?2) j
         CROSS JOIN accounts a ON a.tenant = ?1 AND a.account = j.value",
    )
    .bind(tenant)
    .bind(list(&accounts)?)
    .fetch_all(&db.reader)
    .await
    .map_err(away)?;
    let read = |(account, code): (String, String)| {
        let currency =
            Currency::parse(&code).ok_or_else(|| corrupt(&account, "there is no such currency"))?;
        Ok((account, currency))
    };
    found.into_iter().map(read).collect()
}

pub(super) async fn without_run(
    db: &Sqlite,
    tenant: &Tenant,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<String>> {
    // The empty text comes before every id, and no account has it.
    let found: Vec<(String,)> = sqlx::query_as(
        "SELECT account FROM accounts INDEXED BY accounts_without_run
         WHERE tenant = ?1 AND account > ?2 AND version IS NULL ORDER BY account LIMIT ?3",
    )
    .bind(tenant)
    .bind(after.unwrap_or(""))
    .bind(limit)
    .fetch_all(&db.reader)
    .await
    .map_err(away)?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

pub(super) async fn named(
    db: &Sqlite,
    tenant: &Tenant,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<String>> {
    // The empty text comes before every id, and no customer has it.
    let found: Vec<(String,)> = sqlx::query_as(
        "SELECT customer FROM customers WHERE tenant = ?1 AND customer > ?2 ORDER BY customer LIMIT ?3",
    )
    .bind(tenant)
    .bind(after.unwrap_or(""))
    .bind(limit)
    .fetch_all(&db.reader)
    .await
    .map_err(away)?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

pub(super) async fn states(
    db: &Sqlite,
    tenant: &Tenant,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<rows::State>> {
    let found: Vec<(String, String)> = sqlx::query_as(
        "SELECT customer, state FROM customers WHERE tenant = ?1 AND customer > ?2 ORDER BY customer LIMIT ?3",
    )
    .bind(tenant)
    .bind(after.unwrap_or(""))
    .bind(limit)
    .fetch_all(&db.reader)
    .await
    .map_err(away)?;
    Ok(found.into_iter().map(rows::state).collect())
}

pub(super) async fn counts(db: &Sqlite, tenant: &Tenant, version: Version) -> Result<Counts> {
    let found: Vec<(Option<i64>, i64, i64)> = sqlx::query_as(
        "SELECT outcome, CASE WHEN outcome IS NULL THEN step ELSE -1 END AS place, COUNT(*) FROM accounts
         WHERE tenant = ?1 AND version = ?2 GROUP BY outcome, place ORDER BY outcome, place",
    )
    .bind(tenant)
    .bind(version.to_string())
    .fetch_all(&db.reader)
    .await
    .map_err(away)?;
    let damaged = || corrupt(format!("version {version}"), "a step or outcome is out of range");
    let mut counts = Counts::default();
    for (outcome, step, runs) in found {
        match outcome {
            Some(outcome) => {
                let outcome = OutcomeId(u16::try_from(outcome).map_err(|_| damaged())?);
                counts.ended.push((outcome, count(runs)));
            }
            None => counts.open.push((StepId(u16::try_from(step).map_err(|_| damaged())?), count(runs))),
        }
    }
    Ok(counts)
}

/// Writes the states of customers who have changed, and where their runs stand.
pub(super) async fn write(
    tx: &mut super::Tx,
    tenant: &Tenant,
    changed: &[&Customer],
    moved: &[(&str, &Account)],
) -> Result<()> {
    if changed.is_empty() {
        return Ok(());
    }
    let mut states: Vec<(&str, String)> = Vec::with_capacity(changed.len());
    for customer in changed {
        states.push((&customer.id, rows::state_text(customer)?));
    }
    let moved = moved.iter().filter(|(_, account)| account.run.is_some());
    let places: Vec<(&str, &str, Place)> =
        moved.map(|(customer, account)| (*customer, account.id.as_str(), rows::place(account))).collect();
    let update = "WITH j (t, customer, state) AS MATERIALIZED (
          SELECT ?1, value ->> 0, value ->> 1 FROM json_each(?2))
        UPDATE customers SET version = version + 1, state = j.state FROM j
        WHERE tenant = j.t AND customers.customer = j.customer";
    sqlx::query(update).bind(tenant).bind(list(&states)?).execute(&mut **tx).await.map_err(away)?;
    if places.is_empty() {
        return Ok(());
    }
    // Only what has moved is written: an update touches an index.
    let update =
        "WITH j (t, customer, account, version, entered_at, step, outcome, ended_at) AS MATERIALIZED (
          SELECT ?1, value ->> 0, value ->> 1, value ->> '$[2][0]', value ->> '$[2][1]', value ->> '$[2][2]',
            value ->> '$[2][3]', value ->> '$[2][4]'
          FROM json_each(?2))
        UPDATE accounts AS a SET version = j.version, entered_at = j.entered_at, step = j.step,
          outcome = j.outcome, ended_at = j.ended_at
        FROM j
        WHERE a.tenant = j.t AND a.customer = j.customer AND a.account = j.account
          AND (a.version, a.entered_at, a.step, a.outcome, a.ended_at) IS NOT
            (j.version, j.entered_at, j.step, j.outcome, j.ended_at)";
    sqlx::query(update).bind(tenant).bind(list(&places)?).execute(&mut **tx).await.map_err(away)?;
    Ok(())
}
