//! Inputs that wait to be taken.

use super::{Tx, away, customers};
use crate::rows::{count, input_text, stored};
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
    let customers = customers::customers_of(tx, tenant, &accounts).await?;
    // In the order of their names, as every writer locks them.
    let names: BTreeSet<&str> = customers.values().map(String::as_str).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let found: Vec<(String, i64)> = sqlx::query_as(
        "SELECT t.customer, t.last_input FROM (SELECT $1::text AS tenant, UNNEST($2::text[]) AS customer OFFSET 0) j
         JOIN timers t ON t.tenant = j.tenant AND t.customer = j.customer ORDER BY t.customer FOR UPDATE OF t",
    )
    .bind(tenant)
    .bind(names)
    .fetch_all(&mut **tx)
    .await
    .map_err(away)?;
    let mut last: BTreeMap<String, u64> =
        found.into_iter().map(|(customer, number)| (customer, count(number))).collect();
    let known = inputs.iter().filter(|input| customers.contains_key(&input.account));
    let mut new =
        note_names(tx, tenant, known.map(|input| (input.source.as_str(), input.id.as_str()))).await?;

    let mut answers = Vec::with_capacity(inputs.len());
    let mut rows = Rows::default();
    let mut touched: BTreeMap<&str, u64> = BTreeMap::new();
    for input in &inputs {
        let customer = customers.get(&input.account);
        let Some((customer, number)) = customer.and_then(|id| Some((id, last.get_mut(id)?))) else {
            answers.push(Intake::UnknownAccount);
            continue;
        };
        if !new.remove(&(input.source.clone(), input.id.clone())) {
            answers.push(Intake::Duplicate);
            continue;
        }
        *number += 1;
        touched.insert(customer, *number);
        rows.customers.push(customer);
        rows.numbers.push(stored(*number));
        rows.accounts.push(&input.account);
        rows.sources.push(&input.source);
        rows.ids.push(&input.id);
        rows.offers.push(matches!(input.what, InboxInput::Enter(_)));
        rows.texts.push(input_text(&input.what)?);
        answers.push(Intake::Accepted);
    }
    if touched.is_empty() {
        return Ok(answers);
    }
    let insert = "INSERT INTO inbox
          (tenant, customer, number, account, source, id, is_offer, what, arrived_at)
        SELECT $1, j.*, $2::bigint FROM UNNEST($3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::bool[],
          $9::text[]) j";
    sqlx::query(insert)
        .bind(tenant)
        .bind(now.0)
        .bind(rows.customers)
        .bind(rows.numbers)
        .bind(rows.accounts)
        .bind(rows.sources)
        .bind(rows.ids)
        .bind(rows.offers)
        .bind(rows.texts)
        .execute(&mut **tx)
        .await
        .map_err(away)?;
    let (names, last): (Vec<&str>, Vec<i64>) =
        touched.into_iter().map(|(name, last)| (name, stored(last))).unzip();
    let update = "UPDATE timers t SET last_input = j.last, due_at = LEAST(t.due_at, $2)
        FROM (SELECT $1::text AS tenant, * FROM UNNEST($3::text[], $4::bigint[]) u (customer, last) OFFSET 0) j
        WHERE t.tenant = j.tenant AND t.customer = j.customer";
    sqlx::query(update)
        .bind(tenant)
        .bind(now.0)
        .bind(names)
        .bind(last)
        .execute(&mut **tx)
        .await
        .map_err(away)?;
    Ok(answers)
}

/// The columns of new rows.
#[derive(Default)]
struct Rows<'a> {
    customers: Vec<&'a str>,
    numbers: Vec<i64>,
    accounts: Vec<&'a str>,
    sources: Vec<&'a str>,
    ids: Vec<&'a str>,
    offers: Vec<bool>,
    texts: Vec<String>,
}

/// Notes (source, id) and answers which of them were not known. A transaction that is noting the same one is
/// waited for: a duplicate is told only of what is durable.
async fn note_names(
    tx: &mut Tx,
    tenant: &Tenant,
    names: impl Iterator<Item = (&str, &str)>,
) -> Result<BTreeSet<(String, String)>> {
    let names: BTreeSet<(&str, &str)> = names.collect();
    let (sources, ids): (Vec<&str>, Vec<&str>) = names.into_iter().unzip();
    let found: Vec<(String, String)> = sqlx::query_as(
        "INSERT INTO inbox_names (tenant, source, id)
         SELECT $1, * FROM UNNEST($2::text[], $3::text[]) ON CONFLICT DO NOTHING RETURNING source, id",
    )
    .bind(tenant)
    .bind(sources)
    .bind(ids)
    .fetch_all(&mut **tx)
    .await
    .map_err(away)?;
    Ok(found.into_iter().collect())
}

/// Customer, number, and the state version that taking it led to.
pub(super) type Taken<'a> = (&'a str, i64, Option<i64>);

/// What has led to something stays as evidence, and so does every event; an offer that led to nothing goes. The
/// name of an offer is free again.
pub(super) async fn take(tx: &mut Tx, tenant: &Tenant, taken: &[Taken<'_>], now: Instant) -> Result<()> {
    if taken.is_empty() {
        return Ok(());
    }
    let customers: Vec<&str> = taken.iter().map(|(customer, _, _)| *customer).collect();
    let numbers: Vec<i64> = taken.iter().map(|(_, number, _)| *number).collect();
    let turns: Vec<Option<i64>> = taken.iter().map(|(_, _, turn)| *turn).collect();
    let update = "UPDATE inbox i SET taken_at = $2, taken_by = j.turn
        FROM (SELECT $1::text AS tenant, * FROM UNNEST($3::text[], $4::bigint[], $5::bigint[]) u (customer, number, turn) OFFSET 0) j
        WHERE i.tenant = j.tenant AND i.customer = j.customer AND i.number = j.number AND num_nulls(i.taken_at) = 1
        RETURNING i.is_offer, i.taken_by IS NULL, i.customer, i.number, i.source, i.id";
    let taken: Vec<(bool, bool, String, i64, String, String)> = sqlx::query_as(update)
        .bind(tenant)
        .bind(now.0)
        .bind(&customers)
        .bind(&numbers)
        .bind(turns)
        .fetch_all(&mut **tx)
        .await
        .map_err(away)?;
    let (mut sources, mut ids) = (Vec::new(), Vec::new());
    let (mut customers, mut numbers) = (Vec::new(), Vec::new());
    for (_, led_to_nothing, customer, number, source, id) in taken.into_iter().filter(|row| row.0) {
        sources.push(source);
        ids.push(id);
        if led_to_nothing {
            customers.push(customer);
            numbers.push(number);
        }
    }
    if ids.is_empty() {
        return Ok(());
    }
    let delete = "DELETE FROM inbox_names n USING (SELECT $1::text AS tenant, * FROM UNNEST($2::text[], $3::text[]) u (source, id) OFFSET 0) j
        WHERE n.tenant = j.tenant AND n.source = j.source AND n.id = j.id";
    sqlx::query(delete).bind(tenant).bind(sources).bind(ids).execute(&mut **tx).await.map_err(away)?;
    if customers.is_empty() {
        return Ok(());
    }
    let delete = "DELETE FROM inbox i USING (SELECT $1::text AS tenant, * FROM UNNEST($2::text[], $3::bigint[]) u (customer, number) OFFSET 0) j
        WHERE i.tenant = j.tenant AND i.customer = j.customer AND i.number = j.number";
    sqlx::query(delete).bind(tenant).bind(customers).bind(numbers).execute(&mut **tx).await.map_err(away)?;
    Ok(())
}
