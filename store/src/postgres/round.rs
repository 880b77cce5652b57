//! A round of transitions in one transaction: those who are due are locked, not leased, so that each is written once.
//!
//! A worker that stops in the middle holds them until the database ends its session; one that dies, until its
//! connection does. Nothing of its work is there then.

use super::{Postgres, Tx, away, commit, is_known_already, timers};
use crate::batch::{Batch, Standing, due_at, places};
use crate::rows::{self, corrupt, count, stored};
use cobro_engine::calendar::Instant;
use cobro_engine::durable::store::*;
use std::collections::BTreeMap;

/// Who is due, nobody holds, and no other worker is just taking.
const DUE: &str = "SELECT due_at, customer, lease, last_history, wake_at FROM timers
    WHERE tenant = $1 AND due_at <= $2 AND parked IS NULL AND (lease_until IS NULL OR lease_until <= $4)
    ORDER BY due_at, customer LIMIT $3 FOR UPDATE SKIP LOCKED";

/// A customer as they stand, with the inputs that wait: number and moment of arrival.
struct Held {
    standing: Standing,
    due_at: i64,
    waiting: Vec<(u64, i64)>,
}

pub(super) async fn round<W: FnMut(Claimed) -> Worked + Send>(
    db: &Postgres,
    tenant: &Tenant,
    want: ClaimWanted<'_>,
    now: Instant,
    mut work: W,
) -> Result<Vec<Kept>> {
    // That a message or task is there already is a bug of ours; step by step it is found out whose.
    match at_once(db, tenant, want, now, &mut work).await {
        Err(error) if is_known_already(&error) => step_by_step(db, tenant, want, now, work).await,
        done => done,
    }
}

async fn at_once<W: FnMut(Claimed) -> Worked + Send>(
    db: &Postgres,
    tenant: &Tenant,
    want: ClaimWanted<'_>,
    now: Instant,
    work: &mut W,
) -> Result<Vec<Kept>> {
    let mut tx = db.begin().await?;
    let (claimed, mut held) = load(&mut tx, tenant, want).await?;
    if held.is_empty() {
        work(claimed);
        return Ok(Vec::new());
    }
    let worked = work(claimed);
    let mut batch = Batch::default();
    let mut rests: Vec<timers::Rest<'_>> = Vec::with_capacity(held.len());
    for commit in &worked.commits {
        let id = commit.claim.customer.as_str();
        let mut known = held.remove(id).ok_or_else(|| corrupt(id, "it was not claimed"))?;
        known.waiting.retain(|(number, _)| !commit.taken.contains(number));
        batch.add(commit, &mut known.standing, now)?;
        let due_at = due_at(known.standing.wake_at, known.waiting.iter().map(|(_, at)| *at));
        rests.push(timers::Rest {
            customer: id,
            wake_at: known.standing.wake_at,
            due_at,
            last_history: stored(known.standing.last_history),
            parked: None,
        });
    }
    let parked: BTreeMap<&str, &str> =
        worked.parked.iter().map(|(claim, why)| (claim.customer.as_str(), why.as_str())).collect();
    for (id, known) in &held {
        rests.push(timers::Rest {
            customer: id,
            wake_at: known.standing.wake_at,
            due_at: Some(known.due_at),
            last_history: stored(known.standing.last_history),
            parked: parked.get(id.as_str()).copied(),
        });
    }
    commit::write(&mut tx, tenant, &batch, now).await?;
    timers::rest(&mut tx, tenant, &rests).await?;
    tx.commit().await.map_err(away)?;
    Ok(vec![Kept::Committed; worked.commits.len()])
}

/// Locks those who are due. What is read after that was committed before it.
async fn load(
    tx: &mut Tx,
    tenant: &Tenant,
    want: ClaimWanted<'_>,
) -> Result<(Claimed, BTreeMap<String, Held>)> {
    let mut claimed = Claimed::default();
    let mut held: BTreeMap<String, Held> = BTreeMap::new();
    let mut due: Vec<(i64, String, i64, i64, Option<i64>)> = sqlx::query_as(DUE)
        .bind(tenant)
        .bind(want.now.0)
        .bind(i64::from(want.limit))
        .bind(want.clock.0)
        .fetch_all(&mut **tx)
        .await
        .map_err(away)?;
    if due.is_empty() {
        return Ok((claimed, held));
    }
    due.sort_unstable();
    let names: Vec<&str> = due.iter().map(|(_, customer, ..)| customer.as_str()).collect();
    let states: Vec<(String, i64, String)> = sqlx::query_as(
        "SELECT c.customer, c.version, c.state FROM (SELECT $1::text AS tenant, UNNEST($2::text[]) AS customer OFFSET 0) j
         JOIN customers c ON c.tenant = j.tenant AND c.customer = j.customer",
    )
    .bind(tenant)
    .bind(&names)
    .fetch_all(&mut **tx)
    .await
    .map_err(away)?;
    let mut states: BTreeMap<String, (i64, String)> =
        states.into_iter().map(|(id, version, state)| (id, (version, state))).collect();
    let waiting: Vec<(String, i64, String, i64, String)> = sqlx::query_as(
        "SELECT i.customer, i.number, i.account, i.arrived_at, i.what FROM (SELECT $1::text AS tenant, * FROM UNNEST($2::text[]) u (customer) OFFSET 0) j
         CROSS JOIN LATERAL (SELECT * FROM inbox i WHERE i.tenant = j.tenant AND i.customer = j.customer
           AND i.taken_at IS NULL OFFSET 0) i
         ORDER BY i.customer, i.arrived_at, i.number",
    )
    .bind(tenant)
    .bind(&names)
    .fetch_all(&mut **tx)
    .await
    .map_err(away)?;
    let mut inboxes: BTreeMap<String, Vec<rows::InboxColumns>> = BTreeMap::new();
    for (customer, number, account, arrived_at, what) in waiting {
        inboxes.entry(customer).or_default().push((number, account, arrived_at, what));
    }
    for (due_at, id, lease, last_history, wake_at) in due {
        let Some((version, state)) = states.remove(&id) else { continue };
        let inbox = inboxes.remove(&id).unwrap_or_default();
        let waiting = inbox.iter().map(|(number, _, arrived_at, _)| (count(*number), *arrived_at)).collect();
        let claim = Claim { customer: id.clone(), state: count(version), lease: count(lease) + 1 };
        let due_inbox = inbox.into_iter().filter(|(_, _, arrived_at, _)| *arrived_at <= want.now.0);
        let inbox: Result<Vec<InboxRow>> = due_inbox.map(|columns| rows::inbox(&id, columns)).collect();
        let mut known = None;
        match (rows::customer(&id, &state), inbox) {
            (Ok(customer), Ok(inbox)) => {
                known = Some(places(&customer));
                claimed.loaded.push(Loaded { claim, customer, inbox });
            }
            (Err(error), _) | (_, Err(error)) => claimed.damaged.push((claim, timers::why(error))),
        }
        let (version, last_history) = (count(version), count(last_history));
        let standing = Standing { version, last_history, wake_at, places: known };
        held.insert(id, Held { standing, due_at, waiting });
    }
    Ok((claimed, held))
}
