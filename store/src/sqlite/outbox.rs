//! Messages on their way out.

use super::timers::{self, Hold};
use super::{Sqlite, Tx, away, customers, history, inbox};
use crate::memory::STOPPED;
use crate::rows::{self, OutboxColumns, account_of_message, count, message_text, stored};
use cobro_engine::calendar::Instant;
use cobro_engine::durable::store::*;
use std::collections::BTreeSet;

/// Those of these (customer, id) that are there already.
pub(super) async fn known(
    tx: &mut Tx,
    tenant: &Tenant,
    keys: &[(String, String)],
) -> Result<BTreeSet<(String, String)>> {
    if keys.is_empty() {
        return Ok(BTreeSet::new());
    }
    let found: Vec<(String, String)> = sqlx::query_as(
        "SELECT o.customer, o.id FROM json_each(?2) j
         CROSS JOIN outbox o ON o.tenant = ?1 AND o.customer = j.value ->> 0 AND o.id = j.value ->> 1",
    )
    .bind(tenant)
    .bind(rows::list(keys)?)
    .fetch_all(&mut **tx)
    .await
    .map_err(away)?;
    Ok(found.into_iter().collect())
}

pub(super) async fn add(tx: &mut Tx, tenant: &Tenant, added: &[(&str, &NewMessage)]) -> Result<()> {
    if added.is_empty() {
        return Ok(());
    }
    type Columns<'a> = (&'a str, String, &'a str, i64, String, u32, i64, String);
    let mut rows: Vec<Columns<'_>> = Vec::with_capacity(added.len());
    for (customer, new) in added {
        let NewMessage { run, decided_at, message } = new;
        let (version, text) = (run.version.to_string(), message_text(message)?);
        let (entered_at, number) = (run.entered_at.0, message.number);
        rows.push((customer, new.id(), &run.account, entered_at, version, number, decided_at.0, text));
    }
    let insert = "INSERT INTO outbox (tenant, customer, id, account, entered_at, version, number, decided_at,
          not_before, state, message)
        SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
          value ->> 6, 'queued', value ->> 7
        FROM json_each(?2)";
    sqlx::query(insert).bind(tenant).bind(rows::list(&rows)?).execute(&mut **tx).await.map_err(away)?;
    Ok(())
}

/// Queued, due, and their customer neither parked nor held nor with an input that waits: it may be a payment.
const READY: &str = "SELECT o.customer, o.id FROM outbox o INDEXED BY outbox_queued
    CROSS JOIN timers t ON t.tenant = o.tenant AND t.customer = o.customer
    WHERE o.tenant = ?1 AND o.state = 'queued' AND o.not_before <= ?2
      AND t.parked IS NULL AND (t.lease_until IS NULL OR t.lease_until <= ?4)
      AND NOT EXISTS (SELECT 1 FROM inbox i INDEXED BY inbox_waiting
        WHERE i.tenant = o.tenant AND i.customer = o.customer AND i.taken_at IS NULL AND i.arrived_at <= ?2)
    ORDER BY o.not_before, o.customer, o.account, o.number, o.id LIMIT ?3";

pub(super) async fn take(db: &Sqlite, tenant: &Tenant, want: TakeWanted<'_>) -> Result<Taken> {
    let mut taken = Taken::default();
    // A poll that finds nothing must not make writers wait.
    let ready =
        sqlx::query_as::<_, (String, String)>(READY).bind(tenant).bind(want.now.0).bind(1).bind(want.clock.0);
    if ready.fetch_optional(&db.reader).await.map_err(away)?.is_none() {
        return Ok(taken);
    }
    let mut tx = db.begin().await?;
    let ready = sqlx::query_as::<_, (String, String)>(READY)
        .bind(tenant)
        .bind(want.now.0)
        .bind(want.limit)
        .bind(want.clock.0);
    let ready: Vec<(String, String)> = ready.fetch_all(&mut *tx).await.map_err(away)?;
    let names: BTreeSet<&str> = ready.iter().map(|(customer, _)| customer.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let states: Vec<(String, i64, String)> = sqlx::query_as(
        "SELECT c.customer, c.version, c.state FROM json_each(?2) j
         CROSS JOIN customers c ON c.tenant = ?1 AND c.customer = j.value ORDER BY c.customer",
    )
    .bind(tenant)
    .bind(rows::list(&names)?)
    .fetch_all(&mut *tx)
    .await
    .map_err(away)?;
    let mut damaged: Vec<(String, String)> = Vec::new();
    for (id, version, state) in states {
        match rows::customer(&id, &state) {
            Ok(customer) => taken.customers.push((count(version), customer)),
            Err(error) => damaged.push((id, timers::why(error))),
        }
    }
    // Read before they are marked: a customer with a row that cannot be read is put aside, the others go on.
    let found: Vec<OutboxColumns> = sqlx::query_as(
        "SELECT o.id, o.customer, o.account, o.entered_at, o.version, o.decided_at, o.not_before, o.state,
           o.attempts, o.mark, o.provider_id, o.why, o.message
         FROM json_each(?2) j
         CROSS JOIN outbox o ON o.tenant = ?1 AND o.customer = j.value ->> 0 AND o.id = j.value ->> 1
         ORDER BY j.key",
    )
    .bind(tenant)
    .bind(rows::list(&ready)?)
    .fetch_all(&mut *tx)
    .await
    .map_err(away)?;
    for ((customer, _), columns) in ready.iter().zip(found) {
        match rows::outbox(columns) {
            Ok(row) => taken.rows.push(OutboxRow { state: OutboxState::Marked, mark: row.mark + 1, ..row }),
            Err(error) => damaged.push((customer.clone(), timers::why(error))),
        }
    }
    if !damaged.is_empty() {
        timers::park_free(&mut tx, tenant, &damaged).await?;
        let is_damaged = |id: &str| damaged.iter().any(|(customer, _)| customer == id);
        taken.rows.retain(|row| !is_damaged(&row.customer));
        taken.customers.retain(|(_, customer)| !is_damaged(&customer.id));
    }
    let marks: Vec<(&str, &str)> =
        taken.rows.iter().map(|row| (row.customer.as_str(), row.id.as_str())).collect();
    let update = "WITH j (t, customer, id) AS MATERIALIZED (
          SELECT ?1, value ->> 0, value ->> 1 FROM json_each(?2))
        UPDATE outbox AS o SET state = 'marked', worker = ?3, mark = mark + 1, marked_until = ?4 FROM j
        WHERE o.tenant = j.t AND o.customer = j.customer AND o.id = j.id";
    sqlx::query(update)
        .bind(tenant)
        .bind(rows::list(&marks)?)
        .bind(want.worker)
        .bind(want.until.0)
        .execute(&mut *tx)
        .await
        .map_err(away)?;
    tx.commit().await.map_err(away)?;
    taken.damaged = damaged.into_iter().map(|(id, _)| id).collect();
    Ok(taken)
}

pub(super) async fn record(
    db: &Sqlite,
    tenant: &Tenant,
    handed: Vec<Handed>,
    now: Instant,
) -> Result<Vec<Result<u64>>> {
    if rows::are_plain(&handed) {
        return record_plain(db, tenant, handed).await;
    }
    let mut tx = db.begin().await?;
    let mut answers = Vec::with_capacity(handed.len());
    for handed in handed {
        answers.push(record_one(&mut tx, tenant, handed, now).await?);
    }
    tx.commit().await.map_err(away)?;
    Ok(answers)
}

/// The outer result is of the transaction, the inner one of the message.
async fn record_one(tx: &mut Tx, tenant: &Tenant, handed: Handed, now: Instant) -> Result<Result<u64>> {
    let Handed { id, customer, mark, outcome, change, inputs, message } = handed;
    let found: Option<(i64, i64)> = sqlx::query_as(
        "SELECT c.version, t.last_history FROM outbox o
         JOIN customers c ON c.tenant = o.tenant AND c.customer = o.customer
         JOIN timers t ON t.tenant = o.tenant AND t.customer = o.customer
         WHERE o.tenant = ?1 AND o.customer = ?2 AND o.id = ?3 AND o.state = 'marked' AND o.mark = ?4",
    )
    .bind(tenant)
    .bind(&customer)
    .bind(&id)
    .bind(stored(mark))
    .fetch_optional(&mut **tx)
    .await
    .map_err(away)?;
    let Some((version, last_history)) =
        found.filter(|(version, _)| change.as_ref().is_none_or(|change| change.state == count(*version)))
    else {
        return Ok(Err(Error::Conflict { customer }));
    };
    write_outcome(tx, tenant, &customer, &id, outcome).await?;
    if let Some(message) = message {
        let update = "UPDATE outbox SET message = ?4 WHERE tenant = ?1 AND customer = ?2 AND id = ?3";
        let written = sqlx::query(update).bind(tenant).bind(&customer).bind(&id);
        written.bind(rows::message_text(&message)?).execute(&mut **tx).await.map_err(away)?;
    }
    let mut version = count(version);
    if let Some(change) = change {
        customers::write(tx, tenant, &[&change.customer]).await?;
        history::add_turns(tx, tenant, &[(&customer, version + 1, Some(&change.customer))], now).await?;
        let numbers = count(last_history) + 1..;
        let rows = numbers
            .zip(&change.history)
            .map(|(number, row)| (customer.as_str(), number, Some(version + 1), row));
        history::add(tx, tenant, &rows.collect::<Vec<_>>()).await?;
        let wake = change.customer.next_wake().map(|at| at.0);
        let last_history = last_history + stored(change.history.len() as u64);
        timers::set(tx, tenant, &[(&customer, wake, last_history)], Hold::Stays).await?;
        version += 1;
    }
    inbox::accept(tx, tenant, inputs, now).await?;
    Ok(Ok(version))
}

async fn write_outcome(
    tx: &mut Tx,
    tenant: &Tenant,
    customer: &str,
    id: &str,
    outcome: Outcome,
) -> Result<()> {
    let (state, why, provider_id, not_before, attempts) = rows::outcome(outcome);
    let update = "UPDATE outbox SET state = ?4, why = ?5, provider_id = COALESCE(?6, provider_id),
          not_before = COALESCE(?7, not_before), attempts = COALESCE(?8, attempts), worker = NULL
        WHERE tenant = ?1 AND customer = ?2 AND id = ?3 AND state = 'marked'";
    sqlx::query(update)
        .bind(tenant)
        .bind(customer)
        .bind(id)
        .bind(state)
        .bind(why)
        .bind(provider_id)
        .bind(not_before)
        .bind(attempts)
        .execute(&mut **tx)
        .await
        .map_err(away)?;
    Ok(())
}

/// Most messages change nothing but themselves: all of them in one statement.
async fn record_plain(db: &Sqlite, tenant: &Tenant, handed: Vec<Handed>) -> Result<Vec<Result<u64>>> {
    let mut keys = Vec::with_capacity(handed.len());
    let mut columns = Vec::with_capacity(handed.len());
    for Handed { id, customer, mark, outcome, .. } in handed {
        columns.push((customer.clone(), id.clone(), stored(mark), rows::outcome(outcome)));
        keys.push((customer, id));
    }
    let mut tx = db.begin().await?;
    // The plus keeps it from looking along the index of everything that is marked.
    let update = "WITH j (t, customer, id, mark, state, why, provider_id, not_before, attempts) AS MATERIALIZED (
          SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> '$[3][0]', value ->> '$[3][1]',
            value ->> '$[3][2]', value ->> '$[3][3]', value ->> '$[3][4]'
          FROM json_each(?2))
        UPDATE outbox AS o SET state = j.state, why = j.why, provider_id = COALESCE(j.provider_id, o.provider_id),
          not_before = COALESCE(j.not_before, o.not_before), attempts = COALESCE(j.attempts, o.attempts),
          worker = NULL
        FROM j
        WHERE o.tenant = j.t AND o.customer = j.customer AND o.id = j.id AND o.mark = j.mark
          AND +o.state = 'marked'
        RETURNING customer, id";
    let written: Vec<(String, String)> = sqlx::query_as(update)
        .bind(tenant)
        .bind(rows::list(&columns)?)
        .fetch_all(&mut *tx)
        .await
        .map_err(away)?;
    let names: Vec<&str> = keys.iter().map(|(customer, _)| customer.as_str()).collect();
    let versions: Vec<(String, i64)> = sqlx::query_as(
        "SELECT c.customer, c.version FROM json_each(?2) j
         CROSS JOIN customers c ON c.tenant = ?1 AND c.customer = j.value",
    )
    .bind(tenant)
    .bind(rows::list(&names)?)
    .fetch_all(&mut *tx)
    .await
    .map_err(away)?;
    tx.commit().await.map_err(away)?;
    Ok(rows::plain_answers(keys, written, versions))
}

/// Nobody knows whether these went out.
pub(super) async fn recover(tx: &mut Tx, tenant: &Tenant, others: Others, clock: Instant) -> Result<u64> {
    let update = "UPDATE outbox INDEXED BY outbox_marked SET state = 'unknown', why = ?2, worker = NULL
        WHERE tenant = ?1 AND state = 'marked' AND (?3 OR COALESCE(marked_until, 0) <= ?4)";
    let found = sqlx::query(update)
        .bind(tenant)
        .bind(STOPPED)
        .bind(others == Others::None)
        .bind(clock.0)
        .execute(&mut **tx)
        .await
        .map_err(away)?;
    Ok(found.rows_affected())
}

pub(super) async fn list(db: &Sqlite, tenant: &Tenant, want: OutboxWanted) -> Result<Vec<OutboxRow>> {
    let (after_at, after_id) = want.after.map_or((i64::MIN, String::new()), |(at, id)| (at.0, id));
    let state = want.state.map(OutboxState::word);
    let found: Vec<OutboxColumns> = match want.account {
        Some(account) => sqlx::query_as(
            "SELECT o.id, o.customer, o.account, o.entered_at, o.version, o.decided_at, o.not_before, o.state,
               o.attempts, o.mark, o.provider_id, o.why, o.message
             FROM accounts a CROSS JOIN outbox o ON o.tenant = a.tenant AND o.customer = a.customer
             WHERE a.tenant = ?1 AND a.account = ?6 AND o.account = ?6
               AND (o.decided_at, o.id) > (?2, ?3) AND (?4 IS NULL OR o.state = ?4)
             ORDER BY o.decided_at, o.id LIMIT ?5",
        )
        .bind(tenant)
        .bind(after_at)
        .bind(after_id)
        .bind(state)
        .bind(want.limit)
        .bind(account),
        None => sqlx::query_as(
            "SELECT id, customer, account, entered_at, version, decided_at, not_before, state, attempts, mark,
               provider_id, why, message
             FROM outbox INDEXED BY outbox_by_time
             WHERE tenant = ?1 AND (decided_at, id) > (?2, ?3) AND (?4 IS NULL OR state = ?4)
             ORDER BY decided_at, id LIMIT ?5",
        )
        .bind(tenant)
        .bind(after_at)
        .bind(after_id)
        .bind(state)
        .bind(want.limit),
    }
    .fetch_all(&db.reader)
    .await
    .map_err(away)?;
    found.into_iter().map(rows::outbox).collect()
}

pub(super) async fn one(db: &Sqlite, tenant: &Tenant, id: &str) -> Result<Option<OutboxRow>> {
    let Some(account) = account_of_message(id) else { return Ok(None) };
    let found: Option<OutboxColumns> = sqlx::query_as(
        "SELECT o.id, o.customer, o.account, o.entered_at, o.version, o.decided_at, o.not_before, o.state,
           o.attempts, o.mark, o.provider_id, o.why, o.message
         FROM accounts a
         JOIN outbox o ON o.tenant = a.tenant AND o.customer = a.customer AND o.id = ?3
         WHERE a.tenant = ?1 AND a.account = ?2",
    )
    .bind(tenant)
    .bind(account)
    .bind(id)
    .fetch_optional(&db.reader)
    .await
    .map_err(away)?;
    found.map(rows::outbox).transpose()
}
