//! Inputs that wait to be taken.

use super::{Tx, away};
use crate::rows::{count, input_text, list, stored};
use cobro_engine::calendar::Instant;
use cobro_engine::durable::store::*;
use std::collections::{BTreeMap, BTreeSet};

/// Keeps inputs in the order given and makes their customers due.
pub(super) async fn accept(
    tx: &mut Tx,
    tenant: &Tenant,
    inputs: Vec<NewInput>,
    now: Instant,
) -> Result<Vec<Intake>> {
    if inputs.is_empty() {
        return Ok(Vec::new());
    }
    let accounts: BTreeSet<&str> = inputs.iter().map(|input| input.account.as_str()).collect();
    let accounts: Vec<&str> = accounts.into_iter().collect();
    let found: Vec<(String, String, i64)> = sqlx::query_as(
        "SELECT a.account, a.customer, t.last_input FROM json_each(?2) j
         CROSS JOIN accounts a ON a.tenant = ?1 AND a.account = j.value
         CROSS JOIN timers t ON t.tenant = ?1 AND t.customer = a.customer",
    )
    .bind(tenant)
    .bind(list(&accounts)?)
    .fetch_all(&mut **tx)
    .await
    .map_err(away)?;
    let mut customers: BTreeMap<String, String> = BTreeMap::new();
    let mut last: BTreeMap<String, u64> = BTreeMap::new();
    for (account, customer, number) in found {
        last.insert(customer.clone(), count(number));
        customers.insert(account, customer);
    }

    let keys: Vec<(&str, &str)> =
        inputs.iter().map(|input| (input.source.as_str(), input.id.as_str())).collect();
    let found: Vec<(String, String)> = sqlx::query_as(
        "SELECT i.source, i.id FROM json_each(?2) j
         CROSS JOIN inbox i ON i.tenant = ?1 AND i.source = j.value ->> 0 AND i.id = j.value ->> 1
           AND (i.is_offer = 0 OR i.taken_at IS NULL)",
    )
    .bind(tenant)
    .bind(list(&keys)?)
    .fetch_all(&mut **tx)
    .await
    .map_err(away)?;
    let mut seen: BTreeSet<(String, String)> = found.into_iter().collect();

    let mut answers = Vec::with_capacity(inputs.len());
    let mut rows: Vec<(&str, i64, &str, &str, &str, bool, String)> = Vec::with_capacity(inputs.len());
    let mut touched: BTreeMap<&str, u64> = BTreeMap::new();
    for input in &inputs {
        let customer = customers.get(&input.account);
        let Some((customer, number)) = customer.and_then(|id| Some((id, last.get_mut(id)?))) else {
            answers.push(Intake::UnknownAccount);
            continue;
        };
        if !seen.insert((input.source.clone(), input.id.clone())) {
            answers.push(Intake::Duplicate);
            continue;
        }
        *number += 1;
        touched.insert(customer, *number);
        let is_offer = matches!(input.what, InboxInput::Enter(_));
        let what = input_text(&input.what)?;
        rows.push((customer, stored(*number), &input.account, &input.source, &input.id, is_offer, what));
        answers.push(Intake::Accepted);
    }
    let insert = "INSERT INTO inbox
          (tenant, customer, number, account, source, id, arrived_at, is_offer, what)
        SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, ?3, value ->> 5, value ->> 6
        FROM json_each(?2)";
    sqlx::query(insert).bind(tenant).bind(list(&rows)?).bind(now.0).execute(&mut **tx).await.map_err(away)?;
    let touched: Vec<(&str, u64)> = touched.into_iter().collect();
    let update = "WITH j (t, customer, last) AS MATERIALIZED (
          SELECT ?1, value ->> 0, value ->> 1 FROM json_each(?2))
        UPDATE timers SET last_input = j.last, due_at = MIN(COALESCE(due_at, ?3), ?3)
        FROM j WHERE tenant = j.t AND timers.customer = j.customer";
    sqlx::query(update)
        .bind(tenant)
        .bind(list(&touched)?)
        .bind(now.0)
        .execute(&mut **tx)
        .await
        .map_err(away)?;
    Ok(answers)
}

/// Customer, number, and the state version that taking it led to.
pub(super) type Taken<'a> = (&'a str, i64, Option<i64>);

/// What has led to something stays as evidence, and so does every event; an offer that led to nothing goes.
pub(super) async fn take(tx: &mut Tx, tenant: &Tenant, taken: &[Taken<'_>], now: Instant) -> Result<()> {
    if taken.is_empty() {
        return Ok(());
    }
    let taken = list(taken)?;
    let delete = "DELETE FROM inbox WHERE (tenant, customer, number) IN
          (SELECT ?1, value ->> 0, value ->> 1 FROM json_each(?2) WHERE value ->> 2 IS NULL)
        AND is_offer = 1 AND taken_at IS NULL";
    sqlx::query(delete).bind(tenant).bind(&taken).execute(&mut **tx).await.map_err(away)?;
    let update = "WITH j (t, customer, number, turn) AS MATERIALIZED (
          SELECT ?1, value ->> 0, value ->> 1, value ->> 2 FROM json_each(?2))
        UPDATE inbox AS i SET taken_at = ?3, taken_by = j.turn FROM j
        WHERE i.tenant = j.t AND i.customer = j.customer AND i.number = j.number AND i.taken_at IS NULL";
    sqlx::query(update).bind(tenant).bind(&taken).bind(now.0).execute(&mut **tx).await.map_err(away)?;
    Ok(())
}
