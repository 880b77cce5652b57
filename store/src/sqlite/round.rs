//! A round of transitions in one transaction. The writer is alone, so nobody needs to be held: each customer is written
//! once, and there is one wait for the disk.

use super::{Sqlite, Tx, away, commit, is_known_already, timers};
use crate::batch::{Batch, Standing, due_at, places};
use crate::rows::{self, corrupt, count, list, stored};
use cobro_engine::calendar::Instant;
use cobro_engine::durable::store::*;
use std::collections::BTreeMap;

/// A customer as they stand, with the inputs that wait: number and moment of arrival.
struct Held {
    standing: Standing,
    due_at: i64,
    waiting: Vec<(u64, i64)>,
}

pub(super) async fn round<W: FnMut(Claimed) -> Worked + Send>(
    db: &Sqlite,
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
    db: &Sqlite,
    tenant: &Tenant,
    want: ClaimWanted<'_>,
    now: Instant,
    work: &mut W,
) -> Result<Vec<Kept>> {
    // A poll that finds nothing must not make writers wait.
    if !timers::is_anybody_due(db, tenant, want).await? {
        work(Claimed::default());
        return Ok(Vec::new());
    }
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

async fn load(
    tx: &mut Tx,
    tenant: &Tenant,
    want: ClaimWanted<'_>,
) -> Result<(Claimed, BTreeMap<String, Held>)> {
    let mut claimed = Claimed::default();
    let mut held: BTreeMap<String, Held> = BTreeMap::new();
    let due = sqlx::query_as::<_, (String,)>(timers::DUE).bind(tenant).bind(want.now.0);
    let due: Vec<(String,)> =
        due.bind(want.limit).bind(want.clock.0).fetch_all(&mut **tx).await.map_err(away)?;
    if due.is_empty() {
        return Ok((claimed, held));
    }
    let names: Vec<&str> = due.iter().map(|(customer,)| customer.as_str()).collect();
    let names = list(&names)?;
    type Columns = (String, i64, String, i64, i64, i64, Option<i64>);
    let states: Vec<Columns> = sqlx::query_as(
        "SELECT c.customer, c.version, c.state, t.due_at, t.lease, t.last_history, t.wake_at FROM json_each(?2) j
         CROSS JOIN customers c ON c.tenant = ?1 AND c.customer = j.value
         CROSS JOIN timers t ON t.tenant = ?1 AND t.customer = j.value
         ORDER BY j.key",
    )
    .bind(tenant)
    .bind(&names)
    .fetch_all(&mut **tx)
    .await
    .map_err(away)?;
    let waiting: Vec<(String, i64, String, i64, String)> = sqlx::query_as(
        "SELECT i.customer, i.number, i.account, i.arrived_at, i.what FROM json_each(?2) j
         CROSS JOIN inbox i INDEXED BY inbox_waiting
           ON i.tenant = ?1 AND i.customer = j.value AND i.taken_at IS NULL
         ORDER BY j.key, i.arrived_at, i.number",
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
    for (id, version, state, due_at, lease, last_history, wake_at) in states {
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
