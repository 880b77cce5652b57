//! Transitions of many customers in one transaction, each whole or not at all.
//!
//! The writer is alone, so what is checked at the beginning still holds at the end: conflicts are found
//! first, and the rest is written table by table, not customer by customer.

use super::timers::Hold;
use super::{Sqlite, away, customers, history, inbox, is_known_already, outbox, tasks, timers};
use crate::rows::{corrupt, count, is_untold, list, stored};
use cobro_engine::calendar::Instant;
use cobro_engine::customer::Customer;
use cobro_engine::durable::store::*;
use std::collections::{BTreeMap, BTreeSet};

/// How a customer stands before a commit.
struct Standing {
    version: u64,
    lease: u64,
    is_held: bool,
    last_history: u64,
    wake_at: Option<i64>,
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
    let mut taken: Vec<inbox::Taken<'_>> = Vec::new();
    let mut changed: Vec<&Customer> = Vec::new();
    let mut rows: Vec<(&str, u64, Option<u64>, &HistoryRow)> = Vec::new();
    let mut turns: Vec<(&str, u64, Option<&Customer>)> = Vec::new();
    let mut messages: Vec<(&str, &NewMessage)> = Vec::new();
    let mut opened: Vec<(&str, &NewTask)> = Vec::new();
    let mut closed: Vec<(&str, &ClosedTask)> = Vec::new();
    let mut rests: Vec<(&str, Option<i64>, i64)> = Vec::new();
    for commit in commits {
        let id = commit.claim.customer.as_str();
        let standing = standings.get_mut(id).filter(|standing| {
            standing.is_held && standing.lease == commit.claim.lease && standing.version == commit.claim.state
        });
        let Some(standing) = standing else {
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
        standing.is_held = false;
        let turn = commit.customer.is_some().then_some(standing.version + 1);
        taken.extend(commit.taken.iter().map(|number| (id, stored(*number), turn.map(stored))));
        if let Some(customer) = &commit.customer {
            standing.version += 1;
            standing.wake_at = customer.next_wake().map(|at| at.0);
            changed.push(customer);
            if is_untold(&commit.history, now) {
                turns.push((id, standing.version, None));
            }
        }
        for row in &commit.history {
            standing.last_history += 1;
            rows.push((id, standing.last_history, turn, row));
        }
        messages.extend(commit.outbox.iter().map(|message| (id, message)));
        opened.extend(commit.tasks_opened.iter().map(|task| (id, task)));
        closed.extend(commit.tasks_closed.iter().map(|task| (id, task)));
        rests.push((id, standing.wake_at, stored(standing.last_history)));
        answers.push(Ok(standing.version));
    }

    inbox::take(&mut tx, tenant, &taken, now).await?;
    customers::write(&mut tx, tenant, &changed).await?;
    history::add(&mut tx, tenant, &rows).await?;
    history::add_turns(&mut tx, tenant, &turns, now).await?;
    outbox::add(&mut tx, tenant, &messages).await?;
    tasks::add(&mut tx, tenant, &opened).await?;
    tasks::close(&mut tx, tenant, &closed).await?;
    timers::set(&mut tx, tenant, &rests, Hold::Ends).await?;
    tx.commit().await.map_err(away)?;
    Ok(answers)
}

/// Are all of these new, and different from each other? Then they are known from now on.
fn are_new<K: Ord>(keys: impl Iterator<Item = K>, known: &mut BTreeSet<K>) -> bool {
    let mut these = BTreeSet::new();
    for key in keys {
        if known.contains(&key) || !these.insert(key) {
            return false;
        }
    }
    known.append(&mut these);
    true
}

async fn standings(
    tx: &mut super::Tx,
    tenant: &Tenant,
    commits: &[Commit],
) -> Result<BTreeMap<String, Standing>> {
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
        (customer, Standing { version, lease, is_held, last_history, wake_at })
    };
    Ok(found.into_iter().map(standing).collect())
}
