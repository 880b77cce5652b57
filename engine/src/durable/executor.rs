//! The executor: claim what is due, let `advance` take it, commit.
//!
//! In: a store, programs, the moment. Out: transitions, each committed with its history, messages and tasks
//! in one transaction. Absent: sending; meaning, which is `advance`'s.

use super::programs::{Judged, Programs};
use super::store::{
    Claim, ClaimWanted, Claimed, ClosedTask, Commit, HistoryRow, InboxInput, InboxRow, Kept, Loaded,
    NewMessage, NewTask, Result, RunKey, Store, Tenant, Worked,
};
use crate::advance::{Context, advance};
use crate::calendar::Instant;
use crate::customer::Customer;
use crate::effect::{Effect, Message};
use crate::input::{Event, Input};
use crate::record::{Entry, Rows};
use crate::run::Run;
use crate::timeline::next_timer;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How a worker works.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    /// Its name, for people.
    pub worker: &'a str,
    /// The moment on the clock of leases, which is the machine's own.
    pub clock: Instant,
    /// How long it may hold a customer, in milliseconds.
    pub lease_millis: i64,
    /// How many customers it takes at once.
    pub customers_at_once: u32,
}

/// What a tick did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Done {
    /// Customers taken hold of.
    pub claimed: u64,
    /// Transitions committed.
    pub committed: u64,
    /// Inputs and timers taken by `advance` and committed.
    pub taken: u64,
    /// Messages put into the outbox.
    pub messages: u64,
    /// Times that the gate put a message off.
    pub deferred: u64,
    /// Times that the gate said never.
    pub refused: u64,
    /// Customers somebody else changed meanwhile; they are taken again.
    pub conflicts: u64,
    /// Customers put aside until a person has looked.
    pub parked: u64,
    /// Customers given back because a strategy version is not known here yet: it has just been deployed.
    pub unready: u64,
}

/// A run that was carried on for so many timers at one moment does not come to rest.
const TIMERS_MAX: u32 = 1_000;

/// One round: takes what is due by `now`, at most as many customers as the settings say.
pub async fn tick<S: Store>(
    store: &S,
    tenant: &Tenant,
    programs: &Programs,
    settings: Settings<'_>,
    now: Instant,
) -> Result<Done> {
    let mut done = Done::default();
    // Without any strategy there is no run, and nothing to judge an event by: inputs wait for the first one.
    if programs.is_empty() {
        return Ok(done);
    }
    let want = ClaimWanted {
        now,
        clock: settings.clock,
        worker: settings.worker,
        until: settings.clock.plus_millis(settings.lease_millis),
        limit: settings.customers_at_once,
    };
    let mut sizes = Vec::new();
    let kept = store
        .round(tenant, want, now, |claimed| {
            done = Done::default();
            sizes.clear();
            work(programs, claimed, now, &mut done, &mut sizes)
        })
        .await?;
    for (kept, size) in kept.into_iter().zip(sizes) {
        match kept {
            Kept::Committed => {
                done.committed += 1;
                done.taken += size.taken;
                done.messages += size.messages;
                done.deferred += size.deferred;
                done.refused += size.refused;
            }
            Kept::Conflict => done.conflicts += 1,
            Kept::Parked => done.parked += 1,
        }
    }
    Ok(done)
}

/// What a transition will have done once it is kept.
struct Size {
    taken: u64,
    messages: u64,
    deferred: u64,
    refused: u64,
}

/// Lets `advance` make the transitions of those who were claimed.
fn work(
    programs: &Programs,
    claimed: Claimed,
    now: Instant,
    done: &mut Done,
    sizes: &mut Vec<Size>,
) -> Worked {
    done.claimed = (claimed.loaded.len() + claimed.damaged.len()) as u64;
    let mut worked = Worked { parked: claimed.damaged, ..Worked::default() };
    for loaded in claimed.loaded {
        if programs.may_grow() && !is_known(programs, &loaded) {
            done.unready += 1;
            worked.released.push(loaded.claim);
            continue;
        }
        let claim = loaded.claim.clone();
        match guarded(programs, loaded, now) {
            Ok(Turn { commit, taken }) => {
                let (deferred, refused) = answers(&commit.history);
                sizes.push(Size { taken, messages: commit.outbox.len() as u64, deferred, refused });
                worked.commits.push(commit);
            }
            Err(why) => worked.parked.push((claim, why)),
        }
    }
    done.parked = worked.parked.len() as u64;
    worked
}

/// How often the gate put a message off, and how often it said never.
fn answers(history: &[HistoryRow]) -> (u64, u64) {
    let count = |is_it: fn(&Entry) -> bool| history.iter().filter(|row| is_it(&row.entry)).count() as u64;
    (
        count(|entry| matches!(entry, Entry::Deferred { .. })),
        count(|entry| matches!(entry, Entry::Refused { .. })),
    )
}

/// Is every version known that a customer's runs and offers ask for?
fn is_known(programs: &Programs, loaded: &Loaded) -> bool {
    let runs = loaded.customer.accounts.iter().filter_map(|account| account.run.as_ref());
    let runs = runs.filter(|run| run.is_open()).map(|run| run.version);
    let offers = loaded.inbox.iter().filter_map(|row| match row.what {
        InboxInput::Enter(version) => Some(version),
        InboxInput::Event(_) => None,
    });
    runs.chain(offers).all(|version| programs.get(version).is_some())
}

/// Makes a transition again: the same customer, inputs and moment lead to the same commit.
pub(super) fn again(
    programs: &Programs,
    customer: Customer,
    inbox: Vec<InboxRow>,
    at: Instant,
) -> std::result::Result<Commit, String> {
    let claim = Claim { customer: customer.id.clone(), state: 0, lease: 0 };
    guarded(programs, Loaded { claim, customer, inbox }, at).map(|turn| turn.commit)
}

/// A customer's turn: what to commit, and how much was taken.
#[derive(Debug)]
struct Turn {
    commit: Commit,
    taken: u64,
}

/// A panic is a bug of ours that concerns one customer; the others go on. Its words may quote a person's
/// data, so they are not kept.
fn guarded(programs: &Programs, loaded: Loaded, now: Instant) -> std::result::Result<Turn, String> {
    let mut step = |context: Context<'_>,
                    customer: &mut Customer,
                    account: usize,
                    input: &Input,
                    rows: &mut Rows,
                    effects: &mut Vec<Effect>| {
        advance(context, customer, account, input, now, rows, effects);
    };
    catch_unwind(AssertUnwindSafe(|| carry_on(programs, loaded, now, &mut step)))
        .unwrap_or_else(|_| Err("the engine panicked".to_owned()))
}

type Step<'a> = dyn FnMut(Context<'_>, &mut Customer, usize, &Input, &mut Rows, &mut Vec<Effect>) + 'a;

/// What is next for a customer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Next {
    Input,
    Timer { account: usize },
}

/// The earliest comes first; at the same instant events come before timers: a payment at the very moment of
/// a timeout counts as paid. Timers of the same instant go by the order of the accounts.
fn next(customer: &Customer, inbox: &VecDeque<InboxRow>, now: Instant) -> Option<Next> {
    let arrived_at = inbox.front().map(|row| row.arrived_at).filter(|at| *at <= now);
    let timer = next_timer(customer).filter(|(wake, _)| *wake <= now);
    match (arrived_at, timer) {
        (Some(at), Some((wake, account))) if wake < at => Some(Next::Timer { account }),
        (Some(_), _) => Some(Next::Input),
        (None, Some((_, account))) => Some(Next::Timer { account }),
        (None, None) => None,
    }
}

/// Lets `step` take everything that is due for one customer, in order.
fn carry_on(
    programs: &Programs,
    loaded: Loaded,
    now: Instant,
    step: &mut Step<'_>,
) -> std::result::Result<Turn, String> {
    let Loaded { claim, customer: before, inbox } = loaded;
    let mut inbox: Vec<InboxRow> = inbox;
    inbox.sort_by_key(|row| (row.arrived_at, row.number));
    let mut inbox = VecDeque::from(inbox);
    let mut customer = before.clone();
    let mut turn = Turn {
        commit: Commit {
            claim,
            customer: None,
            taken: Vec::new(),
            history: Vec::new(),
            outbox: Vec::new(),
            tasks_opened: Vec::new(),
            tasks_closed: Vec::new(),
        },
        taken: 0,
    };
    let mut timers = 0;
    while let Some(next) = next(&customer, &inbox, now) {
        let (account, input, offered) = match next {
            Next::Timer { account } => (account, Input::Timer, None),
            Next::Input => {
                let Some(row) = inbox.pop_front() else { break };
                turn.commit.taken.push(row.number);
                let account = customer.accounts.iter().position(|known| known.id == row.account);
                let account = account.ok_or("an input is for an account that the customer does not have")?;
                match row.what {
                    InboxInput::Event(arrived) => (account, Input::Event(arrived.into_event()), None),
                    InboxInput::Enter(version) => (account, Input::Enter, Some(version)),
                }
            }
        };
        let run = run_of(&customer, account).cloned();
        let dates = |customer: &Customer| {
            customer.accounts.get(account).map(|known| (known.promises, known.plans.clone()))
        };
        let dates_before = dates(&customer);
        let judged = match (offered, &run) {
            (Some(version), _) => programs.get(version),
            (None, Some(run)) if run.is_open() => programs.get(run.version),
            // One that enters again enters the version that is current.
            (None, Some(run)) if input == Input::Timer => programs.current_of(run.version),
            (None, Some(run)) => programs.get(run.version).or_else(|| programs.newest()),
            (None, None) => programs.newest(),
        };
        let judged = judged.ok_or("the strategy version is not known here")?;
        let mut rows = Rows::default();
        let mut effects = Vec::new();
        step(judged.context(), &mut customer, account, &input, &mut rows, &mut effects);
        turn.taken += 1;
        if input == Input::Timer {
            timers += 1;
            if run.as_ref() == run_of(&customer, account) && dates_before == dates(&customer) {
                return Err("a due timer changed nothing".to_owned());
            }
            if timers > TIMERS_MAX {
                return Err("a run does not come to rest".to_owned());
            }
        }
        keep(&mut turn.commit, &customer, account, judged, now, rows, effects)?;
        close_done(&mut turn.commit, &customer, account, run.as_ref(), &input, now);
    }
    // Nobody would ever look at such a run again.
    if customer.accounts.iter().filter_map(|account| account.run.as_ref()).any(Run::is_stuck) {
        return Err("a run waits for nothing: no moment, no event and no task".to_owned());
    }
    turn.commit.customer = (customer != before).then_some(customer);
    Ok(turn)
}

fn run_of(customer: &Customer, account: usize) -> Option<&Run> {
    customer.accounts.get(account).and_then(|known| known.run.as_ref())
}

/// Puts what `advance` did and asked for into the commit.
fn keep(
    commit: &mut Commit,
    customer: &Customer,
    account: usize,
    judged: &Judged,
    now: Instant,
    rows: Rows,
    effects: Vec<Effect>,
) -> std::result::Result<(), String> {
    commit.history.extend(history(customer, account, judged, rows));
    if effects.is_empty() {
        return Ok(());
    }
    let run = customer.accounts.get(account).zip(run_of(customer, account)).map(|(known, run)| RunKey {
        account: known.id.clone(),
        entered_at: run.entered_at,
        version: run.version,
    });
    let run = run.ok_or("something is asked for by an account without a run")?;
    for effect in effects {
        match effect {
            Effect::SendMessage(message) => {
                commit.outbox.push(NewMessage { run: run.clone(), decided_at: now, message });
            }
            Effect::CallWebhook { call, webhook } => {
                let message = Message::call(call, judged.program.name(webhook));
                commit.outbox.push(NewMessage { run: run.clone(), decided_at: now, message });
            }
            Effect::OpenTask { task, queue, priority, due_at } => commit.tasks_opened.push(NewTask {
                run: run.clone(),
                task,
                queue: judged.program.name(queue).to_owned(),
                priority,
                opened_at: now,
                due_at,
            }),
            Effect::CloseTask { task } => commit.tasks_closed.push(ClosedTask {
                account: run.account.clone(),
                entered_at: run.entered_at,
                task,
                result: None,
                closed_at: now,
            }),
        }
    }
    Ok(())
}

/// Rows as they are kept: the account by its id, with the version whose ids they name.
pub(super) fn history(
    customer: &Customer,
    account: usize,
    judged: &Judged,
    rows: Rows,
) -> impl Iterator<Item = HistoryRow> {
    rows.0.into_iter().filter_map(move |row| {
        let version = if row.account == account {
            judged.program.version
        } else {
            run_of(customer, row.account).map_or(judged.program.version, |run| run.version)
        };
        let account = customer.accounts.get(row.account)?.id.clone();
        Some(HistoryRow { at: row.at, account, version, entry: row.entry })
    })
}

/// A task that its person has done is closed with the result; `advance` closes only those it goes on without.
fn close_done(
    commit: &mut Commit,
    customer: &Customer,
    account: usize,
    before: Option<&Run>,
    input: &Input,
    now: Instant,
) {
    let Input::Event(Event::TaskDone { task, result }) = input else { return };
    let Some(before) = before.filter(|run| run.open_tasks().any(|open| open == *task)) else { return };
    let is_open_still = run_of(customer, account)
        .is_some_and(|run| run.entered_at == before.entered_at && run.open_tasks().any(|open| open == *task));
    let Some(known) = customer.accounts.get(account).filter(|_| !is_open_still) else { return };
    commit.tasks_closed.retain(|closed| {
        (&closed.account, closed.entered_at, closed.task) != (&known.id, before.entered_at, *task)
    });
    commit.tasks_closed.push(ClosedTask {
        account: known.id.clone(),
        entered_at: before.entered_at,
        task: *task,
        result: Some(result.clone()),
        closed_at: now,
    });
}

#[cfg(test)]
mod tests;
