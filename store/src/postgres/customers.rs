//! Customers and their accounts: brought in, looked at, counted.

use super::{Postgres, Tx, away, history};
use crate::rows::{self, corrupt, count};
use cobro_engine::calendar::Instant;
use cobro_engine::customer::{Account, Customer};
use cobro_engine::durable::store::*;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use std::collections::{BTreeMap, BTreeSet};

/// All of it, or nothing when an account exists already.
pub(super) async fn import(
    db: &Postgres,
    tenant: &Tenant,
    customers: Vec<Customer>,
    now: Instant,
) -> Result<Import> {
    let Gathered { customers, twice } = gather(customers);
    let mut tx = db.begin().await?;
    let mut existing = name_accounts(&mut tx, tenant, &customers).await?;
    existing.extend(twice);
    if !existing.is_empty() {
        return Ok(Import::Refused { existing: existing.into_iter().collect() });
    }

    let accounts = accounts_of(&customers).count() as u64;
    let invoices = accounts_of(&customers).map(|(_, account)| account.invoices.len() as u64).sum();
    add_accounts(&mut tx, tenant, accounts_of(&customers)).await?;
    let new = add_timers(&mut tx, tenant, &customers).await?;
    let known: Vec<&str> =
        customers.iter().map(|customer| customer.id.as_str()).filter(|id| !new.contains(*id)).collect();
    let known = states_to_change(&mut tx, tenant, known).await?;

    let mut turns: Vec<Customer> = Vec::new();
    let (mut ids, mut states) = (Vec::new(), Vec::new());
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
                states.push(rows::state_text(&customer)?);
                ids.push(customer.id.clone());
                turns.push(customer);
            }
        }
    }
    let insert = "INSERT INTO customers (tenant, customer, version, state)
        SELECT $1, j.customer, 1, j.state FROM UNNEST($2::text[], $3::text[]) j (customer, state)";
    sqlx::query(insert).bind(tenant).bind(ids).bind(states).execute(&mut *tx).await.map_err(away)?;
    write_states(&mut tx, tenant, joined.into_iter().unzip()).await?;
    let version = |customer: &Customer| known.get(&customer.id).map_or(1, |(_, version)| count(*version) + 1);
    let turns: Vec<(&str, u64, Option<&Customer>)> =
        turns.iter().map(|customer| (customer.id.as_str(), version(customer), Some(customer))).collect();
    history::add_turns(&mut tx, tenant, &turns, now).await?;
    tx.commit().await.map_err(away)?;
    Ok(Import::Imported { customers: new.len() as u64, accounts, invoices })
}

/// Takes the names of accounts and answers those that were taken. In their order: two imports at once wait for each
/// other in no circle.
async fn name_accounts(tx: &mut Tx, tenant: &Tenant, customers: &[Customer]) -> Result<BTreeSet<String>> {
    let names: BTreeMap<&str, &str> =
        accounts_of(customers).map(|(customer, account)| (account.id.as_str(), customer)).collect();
    let (accounts, customers): (Vec<&str>, Vec<&str>) = names.iter().unzip();
    let found: Vec<(String,)> = sqlx::query_as(
        "INSERT INTO account_names (tenant, account, customer)
         SELECT $1, * FROM UNNEST($2::text[], $3::text[]) ON CONFLICT DO NOTHING RETURNING account",
    )
    .bind(tenant)
    .bind(accounts)
    .bind(customers)
    .fetch_all(&mut **tx)
    .await
    .map_err(away)?;
    let new: BTreeSet<String> = found.into_iter().map(|(account,)| account).collect();
    Ok(names.into_keys().filter(|account| !new.contains(*account)).map(str::to_owned).collect())
}

async fn add_accounts<'a>(
    tx: &mut Tx,
    tenant: &Tenant,
    accounts: impl Iterator<Item = (&'a str, &'a Account)>,
) -> Result<()> {
    let mut currencies = Vec::new();
    let mut places = Places::default();
    for (customer, account) in accounts {
        currencies.push(account.currency.code().to_owned());
        places.push(customer, account);
    }
    let insert = "INSERT INTO accounts
          (tenant, currency, customer, account, version, entered_at, step, outcome, ended_at)
        SELECT $1, * FROM UNNEST($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
          $8::bigint[], $9::bigint[])";
    let insert = sqlx::query(insert).bind(tenant).bind(currencies);
    places.bind(insert).execute(&mut **tx).await.map_err(away)?;
    Ok(())
}

/// The row of `timers` is made first: whoever makes it has made the customer. Answers who was not there.
async fn add_timers(tx: &mut Tx, tenant: &Tenant, customers: &[Customer]) -> Result<BTreeSet<String>> {
    let wakes: BTreeMap<&str, Option<i64>> = customers
        .iter()
        .map(|customer| (customer.id.as_str(), customer.next_wake().map(|at| at.0)))
        .collect();
    let (names, wakes): (Vec<&str>, Vec<Option<i64>>) = wakes.into_iter().unzip();
    let found: Vec<(String,)> = sqlx::query_as(
        "INSERT INTO timers (tenant, customer, wake_at, due_at)
         SELECT $1, j.customer, j.wake, j.wake FROM UNNEST($2::text[], $3::bigint[]) j (customer, wake)
         ON CONFLICT DO NOTHING RETURNING customer",
    )
    .bind(tenant)
    .bind(names)
    .bind(wakes)
    .fetch_all(&mut **tx)
    .await
    .map_err(away)?;
    Ok(found.into_iter().map(|(customer,)| customer).collect())
}

/// The states of customers whom this transaction is going to change.
async fn states_to_change(
    tx: &mut Tx,
    tenant: &Tenant,
    mut names: Vec<&str>,
) -> Result<BTreeMap<String, (String, i64)>> {
    if names.is_empty() {
        return Ok(BTreeMap::new());
    }
    names.sort_unstable();
    let lock = "SELECT t.customer FROM (SELECT $1::text AS tenant, UNNEST($2::text[]) AS customer OFFSET 0) j
        JOIN timers t ON t.tenant = j.tenant AND t.customer = j.customer ORDER BY t.customer FOR UPDATE OF t";
    sqlx::query(lock).bind(tenant).bind(&names).execute(&mut **tx).await.map_err(away)?;
    let found: Vec<(String, String, i64)> = sqlx::query_as(
        "SELECT c.customer, c.state, c.version FROM (SELECT $1::text AS tenant, UNNEST($2::text[]) AS customer OFFSET 0) j
         JOIN customers c ON c.tenant = j.tenant AND c.customer = j.customer",
    )
    .bind(tenant)
    .bind(&names)
    .fetch_all(&mut **tx)
    .await
    .map_err(away)?;
    Ok(found.into_iter().map(|(id, state, version)| (id, (state, version))).collect())
}

async fn write_states(
    tx: &mut Tx,
    tenant: &Tenant,
    (names, states): (Vec<String>, Vec<String>),
) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let update = "UPDATE customers c SET version = c.version + 1, state = j.state
        FROM (SELECT $1::text AS tenant, * FROM UNNEST($2::text[], $3::text[]) u (customer, state) OFFSET 0) j
        WHERE c.tenant = j.tenant AND c.customer = j.customer";
    sqlx::query(update).bind(tenant).bind(names).bind(states).execute(&mut **tx).await.map_err(away)?;
    Ok(())
}

/// Accounts and where their runs stand, as columns.
#[derive(Default)]
struct Places {
    customers: Vec<String>,
    accounts: Vec<String>,
    versions: Vec<Option<String>>,
    entered: Vec<Option<i64>>,
    steps: Vec<Option<i64>>,
    outcomes: Vec<Option<i64>>,
    ended: Vec<Option<i64>>,
}

type Statement<'q> = Query<'q, sqlx::Postgres, PgArguments>;

impl Places {
    fn push(&mut self, customer: &str, account: &Account) {
        let (version, entered_at, step, outcome, ended_at) = rows::place(account);
        self.customers.push(customer.to_owned());
        self.accounts.push(account.id.clone());
        self.versions.push(version);
        self.entered.push(entered_at);
        self.steps.push(step);
        self.outcomes.push(outcome);
        self.ended.push(ended_at);
    }

    fn bind(self, statement: Statement<'_>) -> Statement<'_> {
        statement
            .bind(self.customers)
            .bind(self.accounts)
            .bind(self.versions)
            .bind(self.entered)
            .bind(self.steps)
            .bind(self.outcomes)
            .bind(self.ended)
    }
}

fn accounts_of(customers: &[Customer]) -> impl Iterator<Item = (&str, &Account)> {
    customers
        .iter()
        .flat_map(|customer| customer.accounts.iter().map(|account| (customer.id.as_str(), account)))
}

/// The customer of an account.
pub(super) async fn customer_of(db: &Postgres, tenant: &Tenant, account: &str) -> Result<Option<String>> {
    let found: Option<(String,)> =
        sqlx::query_as("SELECT customer FROM account_names WHERE tenant = $1 AND account = $2")
            .bind(tenant)
            .bind(account)
            .fetch_optional(&db.pool)
            .await
            .map_err(away)?;
    Ok(found.map(|(customer,)| customer))
}

/// The customers of those accounts that exist.
pub(super) async fn customers_of(
    tx: &mut Tx,
    tenant: &Tenant,
    accounts: &[&str],
) -> Result<BTreeMap<String, String>> {
    let found: Vec<(String, String)> = sqlx::query_as(
        "SELECT n.account, n.customer
         FROM (SELECT $1::text AS tenant, UNNEST($2::text[]) AS account OFFSET 0) j
         JOIN account_names n ON n.tenant = j.tenant AND n.account = j.account",
    )
    .bind(tenant)
    .bind(accounts)
    .fetch_all(&mut **tx)
    .await
    .map_err(away)?;
    Ok(found.into_iter().collect())
}

pub(super) async fn account(db: &Postgres, tenant: &Tenant, id: &str) -> Result<Option<AccountView>> {
    let Some(customer) = customer_of(db, tenant, id).await? else { return Ok(None) };
    type Columns = (String, i64, String, Option<i64>, Option<String>, i64);
    let found: Option<Columns> = sqlx::query_as(
        "SELECT c.customer, c.version, c.state, t.due_at, t.parked,
           (SELECT COUNT(*) FROM inbox i
            WHERE i.tenant = c.tenant AND i.customer = c.customer AND i.taken_at IS NULL)
         FROM customers c JOIN timers t ON t.tenant = c.tenant AND t.customer = c.customer
         WHERE c.tenant = $1 AND c.customer = $2",
    )
    .bind(tenant)
    .bind(customer)
    .fetch_optional(&db.pool)
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
    db: &Postgres,
    tenant: &Tenant,
    accounts: Vec<String>,
) -> Result<BTreeMap<String, Currency>> {
    let accounts: Vec<&str> = accounts.iter().map(String::as_str).collect();
    let mut tx = db.begin().await?;
    let (accounts, customers): (Vec<String>, Vec<String>) =
        customers_of(&mut tx, tenant, &accounts).await?.into_iter().unzip();
    let found: Vec<(String, String)> = sqlx::query_as(
        "SELECT a.account, a.currency FROM (SELECT $1::text AS tenant, * FROM UNNEST($2::text[], $3::text[]) u (customer, account) OFFSET 0) j
         JOIN accounts a ON a.tenant = j.tenant AND a.customer = j.customer AND a.account = j.account",
    )
    .bind(tenant)
    .bind(customers)
    .bind(accounts)
    .fetch_all(&mut *tx)
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
    db: &Postgres,
    tenant: &Tenant,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<String>> {
    // The empty text comes before every id, and no account has it.
    let found: Vec<(String,)> = sqlx::query_as(
        "SELECT account FROM accounts
         WHERE tenant = $1 AND account > $2 AND version IS NULL ORDER BY account LIMIT $3",
    )
    .bind(tenant)
    .bind(after.unwrap_or(""))
    .bind(i64::from(limit))
    .fetch_all(&db.pool)
    .await
    .map_err(away)?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

pub(super) async fn named(
    db: &Postgres,
    tenant: &Tenant,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<String>> {
    // The empty text comes before every id, and no customer has it.
    let found: Vec<(String,)> = sqlx::query_as(
        "SELECT customer FROM customers WHERE tenant = $1 AND customer > $2 ORDER BY customer LIMIT $3",
    )
    .bind(tenant)
    .bind(after.unwrap_or(""))
    .bind(i64::from(limit))
    .fetch_all(&db.pool)
    .await
    .map_err(away)?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

pub(super) async fn states(
    db: &Postgres,
    tenant: &Tenant,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<rows::State>> {
    let found: Vec<(String, String)> = sqlx::query_as(
        "SELECT customer, state FROM customers WHERE tenant = $1 AND customer > $2 ORDER BY customer LIMIT $3",
    )
    .bind(tenant)
    .bind(after.unwrap_or(""))
    .bind(i64::from(limit))
    .fetch_all(&db.pool)
    .await
    .map_err(away)?;
    Ok(found.into_iter().map(rows::state).collect())
}

pub(super) async fn counts(db: &Postgres, tenant: &Tenant, version: Version) -> Result<Counts> {
    let found: Vec<(Option<i64>, i64, i64)> = sqlx::query_as(
        "SELECT outcome, CASE WHEN outcome IS NULL THEN step ELSE -1 END AS place, COUNT(*) FROM accounts
         WHERE tenant = $1 AND version = $2 GROUP BY outcome, place ORDER BY outcome, place",
    )
    .bind(tenant)
    .bind(version.to_string())
    .fetch_all(&db.pool)
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
    tx: &mut Tx,
    tenant: &Tenant,
    changed: &[&Customer],
    moved: &[(&str, &Account)],
) -> Result<()> {
    if changed.is_empty() {
        return Ok(());
    }
    let (mut names, mut states) = (Vec::with_capacity(changed.len()), Vec::with_capacity(changed.len()));
    for customer in changed {
        names.push(customer.id.clone());
        states.push(rows::state_text(customer)?);
    }
    write_states(tx, tenant, (names, states)).await?;
    let mut places = Places::default();
    for (customer, account) in moved.iter().filter(|(_, account)| account.run.is_some()) {
        places.push(customer, account);
    }
    if places.accounts.is_empty() {
        return Ok(());
    }
    // Only what has moved is written: an update touches an index.
    let update = "UPDATE accounts a SET version = j.version, entered_at = j.entered_at, step = j.step,
          outcome = j.outcome, ended_at = j.ended_at
        FROM (SELECT $1::text AS tenant, * FROM UNNEST($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[]) u (customer, account, version, entered_at, step, outcome, ended_at) OFFSET 0) j
        WHERE a.tenant = j.tenant AND a.customer = j.customer AND a.account = j.account
          AND (a.version, a.entered_at, a.step, a.outcome, a.ended_at) IS DISTINCT FROM
            (j.version, j.entered_at, j.step, j.outcome, j.ended_at)";
    places.bind(sqlx::query(update).bind(tenant)).execute(&mut **tx).await.map_err(away)?;
    Ok(())
}
