//! Transitions of many customers in one transaction, each whole or not at all.
//!
//! The writer is alone, so what is checked at the beginning still holds at the end: conflicts are found
//! first, and the rest is written table by table, not customer by customer.

use super::timers::Hold;
use super::{Sqlite, Tx, away, customers, history, inbox, is_known_already, outbox, tasks, timers};
use crate::batch::{Batch, Standing, are_new};
use crate::rows::{corrupt, count, list, stored};
use cobro_engine::calendar::Instant;
use cobro_engine::durable::store::*;
use std::collections::{BTreeMap, BTreeSet};

/// How a customer stands, and who holds them.
struct Held {
    standing: Standing,
    lease: u64,
    is_held: bool,
}

pub(super) async fn commit(
    db: &Sqlite,
    tenant: &Tenant,
    commits: Vec<Commit>,
    now: Instant,
) -> Result<Vec<Result<u64>>> {
    // That a message or task is there already is a bug of ours. It is not looked for until the database says so.
    match attempt(db, tenant, &commits, now, Look::Trust).await {
        Err(error) if is_known_already(&error) => attempt(db, tenant, &commits, now, Look::First).await,
        done => done,
    }
}

/// Are messages and tasks looked for before they are written?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Trust,
    First,
}

async fn attempt(
    db: &Sqlite,
    tenant: &Tenant,
    commits: &[Commit],
    now: Instant,
    look: Look,
) -> Result<Vec<Result<u64>>> {
    let mut tx = db.begin().await?;
    let mut standings = standings(&mut tx, tenant, commits).await?;
    let (mut known_messages, mut known_tasks) = (BTreeSet::new(), BTreeSet::new());
    if look == Look::First {
        let of = |commit: &Commit| commit.claim.customer.clone();
        let messages: Vec<(String, String)> = commits
            .iter()
            .flat_map(|commit| commit.outbox.iter().map(|message| (of(commit), message.id())))
            .collect();
        known_messages = outbox::known(&mut tx, tenant, &messages).await?;
        let keys: Vec<tasks::Key> = commits
            .iter()
            .flat_map(|commit| {
                commit.tasks_opened.iter().map(|task| tasks::key(&commit.claim.customer, task))
            })
            .collect();
        known_tasks = tasks::known(&mut tx, tenant, &keys).await?;
    }

    let mut answers = Vec::with_capacity(commits.len());
    let mut batch = Batch::default();
    let mut rests: Vec<(&str, Option<i64>, i64)> = Vec::new();
    for commit in commits {
        let id = commit.claim.customer.as_str();
        let held = standings.get_mut(id).filter(|held| {
            held.is_held && held.lease == commit.claim.lease && held.standing.version == commit.claim.state
        });
        let Some(Held { standing, is_held, .. }) = held else {
            answers.push(Err(Error::Conflict { customer: id.to_owned() }));
            continue;
        };
        if !are_new(commit.outbox.iter().map(|message| (id.to_owned(), message.id())), &mut known_messages) {
            answers.push(Err(corrupt(id, "a message has the id of another")));
            continue;
        }
        if !are_new(commit.tasks_opened.iter().map(|task| tasks::key(id, task)), &mut known_tasks) {
            answers.push(Err(corrupt(id, "a task has the number of another")));
            continue;
        }
        *is_held = false;
        batch.add(commit, standing, now)?;
        rests.push((id, standing.wake_at, stored(standing.last_history)));
        answers.push(Ok(standing.version));
    }
    write(&mut tx, tenant, &batch, now).await?;
    timers::set(&mut tx, tenant, &rests, Hold::Ends).await?;
    tx.commit().await.map_err(away)?;
    Ok(answers)
}

/// Writes everything but when customers are due.
pub(super) async fn write(tx: &mut Tx, tenant: &Tenant, batch: &Batch<'_>, now: Instant) -> Result<()> {
    inbox::take(tx, tenant, &batch.taken, now).await?;
    customers::write(tx, tenant, &batch.changed, &batch.moved).await?;
    history::add(tx, tenant, &batch.history).await?;
    history::add_turns(tx, tenant, &batch.turns, now).await?;
    outbox::add(tx, tenant, &batch.messages).await?;
    tasks::add(tx, tenant, &batch.opened).await?;
    tasks::close(tx, tenant, &batch.closed).await
}

async fn standings(
    tx: &mut super::Tx,
    tenant: &Tenant,
    commits: &[Commit],
) -> Result<BTreeMap<String, Held>> {
    let names: Vec<&str> = commits.iter().map(|commit| commit.claim.customer.as_str()).collect();
    let found: Vec<(String, i64, i64, bool, i64, Option<i64>)> = sqlx::query_as(
        "SELECT c.customer, c.version, t.lease, t.lease_until IS NOT NULL, t.last_history, t.wake_at
         FROM json_each(?2) j
         CROSS JOIN customers c ON c.tenant = ?1 AND c.customer = j.value
         CROSS JOIN timers t ON t.tenant = ?1 AND t.customer = j.value",
    )
    .bind(tenant)
    .bind(list(&names)?)
    .fetch_all(&mut **tx)
    .await
    .map_err(away)?;
    let standing = |(customer, version, lease, is_held, last_history, wake_at)| {
        let (version, lease, last_history) = (count(version), count(lease), count(last_history));
        (
            customer,
            Held { standing: Standing { version, last_history, wake_at, places: None }, lease, is_held },
        )
    };
    Ok(found.into_iter().map(standing).collect())
}
