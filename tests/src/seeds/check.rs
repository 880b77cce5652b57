//! What must hold when everything has come to rest.
//!
//! In: the store, what was really done. Out: everything that is wrong, told to the world. Absent: law; each message
//! was judged at its moment.

use super::TENANT;
use super::world::{World, place};
use cobro_engine::customer::Customer;
use cobro_engine::durable::programs::Judged;
use cobro_engine::durable::replay::{Deployment, compare, replay};
use cobro_engine::durable::store::*;
use cobro_engine::record::Entry;
use std::collections::{BTreeMap, BTreeSet};

pub(super) async fn all<S: Store>(
    store: &S,
    world: &World<'_>,
    versions: &[Judged; 2],
    customers: &[Customer],
) -> anyhow::Result<()> {
    let strategies = store.strategies(TENANT).await?;
    let deployed = |judged: &Judged| {
        let row = strategies.iter().find(|row| row.version == judged.program.version)?;
        Some(Deployment { at: row.deployed_at, judged: judged.clone() })
    };
    let deployments: Vec<Deployment> = versions.iter().filter_map(deployed).collect();
    let mut decided: BTreeMap<String, u64> = BTreeMap::new();
    for customer in customers {
        one(store, world, &deployments, customer, &mut decided).await?;
    }
    messages(store, world, &decided).await
}

async fn one<S: Store>(
    store: &S,
    world: &World<'_>,
    deployments: &[Deployment],
    customer: &Customer,
    decided: &mut BTreeMap<String, u64>,
) -> anyhow::Result<()> {
    let id = customer.id.as_str();
    let mut numbers = BTreeSet::new();
    let mut view = None;
    for account in &customer.accounts {
        for row in store.timeline(TENANT, &account.id, 0, 1_000_000).await? {
            if !numbers.insert(row.number) {
                world.wrong(format!("two history rows of {id} have the number {}", row.number));
            }
            if matches!(row.row.entry, Entry::Sent { .. }) {
                *decided.entry(account.id.clone()).or_default() += 1;
            }
        }
        view = store.account(TENANT, &account.id).await?;
        let Some(view) = &view else {
            world.wrong(format!("{} is gone", account.id));
            continue;
        };
        let known = &view.customer.accounts[view.account];
        let is_stuck = known.run.as_ref().is_some_and(|run| run.is_stuck());
        if is_stuck && view.parked.is_none() {
            world.wrong(format!("{} waits for nothing", account.id));
        }
        let open: i64 = known.invoices.iter().map(|invoice| invoice.open).sum();
        let before: i64 = account.invoices.iter().map(|invoice| invoice.open).sum();
        let allocated = before - open + known.credit;
        let paid = world.with_ledger(|ledger| ledger.paid.get(&account.id).copied().unwrap_or(0));
        if !world.is_poisoned(id) && allocated != paid {
            world.wrong(format!("{}: {paid} came in and {allocated} is allocated", account.id));
        }
    }
    if !numbers.iter().copied().eq(1..=numbers.len() as u64) {
        world.wrong(format!("the history of {id} has a gap: {numbers:?}"));
    }
    let Some(view) = view else { return Ok(()) };
    if world.is_poisoned(id) {
        if view.parked.is_none() && view.due_at.is_some() {
            world.wrong(format!("{id} is damaged and was not put aside"));
        }
        if !numbers.is_empty() {
            world.wrong(format!("{id} is damaged and went on"));
        }
    } else {
        if let Some(why) = &view.parked {
            world.wrong(format!("{id} was put aside: {why}"));
        }
        if view.waiting > 0 {
            world.wrong(format!("{} inputs of {id} were never taken", view.waiting));
        }
        let told = |ledger: &super::world::Ledger| {
            let taken = ledger.taken.iter().filter(|(customer, _)| customer == id).count() as u64;
            (ledger.kept.get(id).copied().unwrap_or(0), taken)
        };
        let (kept, taken) = world.with_ledger(told);
        // The dispatcher's own inputs, of messages that did not arrive, were kept as well.
        if taken < kept {
            world.wrong(format!("{kept} inputs of {id} were kept and {taken} taken"));
        }
    }
    let played = replay(deployments, store.turns(TENANT, id).await?, None);
    match played.and_then(|played| compare(&played, &view.customer, view.state)) {
        Ok(()) => world.add(|seen| seen.replayed += 1),
        Err(difference) => world.wrong(format!("{id} replays otherwise: {difference}")),
    }
    Ok(())
}

/// Messages, their history and what providers had agree one to one.
async fn messages<S: Store>(
    store: &S,
    world: &World<'_>,
    decided: &BTreeMap<String, u64>,
) -> anyhow::Result<()> {
    let all = OutboxWanted { limit: 1_000_000, ..OutboxWanted::default() };
    let mut rows: BTreeMap<String, u64> = BTreeMap::new();
    let mut known = BTreeSet::new();
    for row in store.outbox(TENANT, all).await? {
        *rows.entry(row.run.account.clone()).or_default() += 1;
        let is_gone = world.with_ledger(|ledger| ledger.gone.contains(&row.id));
        let is_poisoned = place(&row.run.account).is_some_and(|(customer, _)| world.is_poisoned(&customer));
        let is_possible = match row.state {
            OutboxState::Accepted => is_gone,
            OutboxState::Unknown => {
                world.add(|seen| seen.unknown += 1);
                true
            }
            // The provider said so when it had it in its hands.
            OutboxState::Refused => true,
            OutboxState::Withdrawn => !is_gone,
            OutboxState::Queued => is_poisoned,
            OutboxState::Marked => false,
        };
        if !is_possible {
            world.wrong(format!("{} is {:?}, and went out: {is_gone}", row.id, row.state));
        }
        known.insert(row.id);
    }
    if rows != *decided {
        world.wrong(format!("messages of accounts {rows:?}, in their histories {decided:?}"));
    }
    let silent: Vec<String> = world.with_ledger(|ledger| ledger.gone.difference(&known).cloned().collect());
    if !silent.is_empty() {
        world.wrong(format!("went out and is not in the outbox: {silent:?}"));
    }
    Ok(())
}
