//! Rows to engine types and back, once for all databases.
//!
//! In: columns as text and integers. Out: engine types, or [`Error::Corrupt`] with the place. Absent: SQL.

use cobro_engine::calendar::Instant;
use cobro_engine::customer::{Account, Customer, wire as customer_wire};
use cobro_engine::durable::store::{
    Error, Handed, HistoryRow, InboxInput, InboxRow, NewTask, OutboxRow, OutboxState, Outcome, Result,
    RunKey, Stop, Stopped, StrategyRow, TaskRow, TimelineRow, Turn, Version,
};
use cobro_engine::durable::wire;
use cobro_engine::effect::Message;
use cobro_engine::record::Entry;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) fn corrupt(what: impl Into<String>, why: impl Into<String>) -> Error {
    Error::Corrupt { what: what.into(), why: why.into() }
}

/// A list as one bind: `json_each` and its like make rows of it again.
pub(crate) fn list<T: Serialize>(rows: &[T]) -> Result<String> {
    serde_json::to_string(rows).map_err(|error| corrupt("a list of rows", error.to_string()))
}

/// A count or number that is never negative.
pub(crate) fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// A count as databases keep it.
pub(crate) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(crate) fn state_text(customer: &Customer) -> Result<String> {
    customer_wire::write(customer).map_err(|why| corrupt(&customer.id, why))
}

pub(crate) fn customer(id: &str, state: &str) -> Result<Customer> {
    let customer = customer_wire::read(state).map_err(|why| corrupt(id, why))?;
    if customer.id == id { Ok(customer) } else { Err(corrupt(id, "the state is another customer's")) }
}

pub(crate) fn version(text: &str) -> Result<Version> {
    Version::parse(text).ok_or_else(|| corrupt("a strategy", "the version is no version"))
}

pub(crate) fn input_text(input: &InboxInput) -> Result<String> {
    wire::write_input(input).map_err(|why| corrupt("an input", why))
}

pub(crate) fn inbox(customer: &str, columns: InboxColumns) -> Result<InboxRow> {
    let (number, account, arrived_at, what) = columns;
    let what = wire::read_input(&what).map_err(|why| corrupt(customer, why))?;
    Ok(InboxRow { number: count(number), account, arrived_at: Instant(arrived_at), what })
}

pub(crate) fn entry_text(entry: &Entry) -> Result<String> {
    serde_json::to_string(entry).map_err(|error| corrupt("a history row", error.to_string()))
}

/// Number, instant, account, version, entry.
pub(crate) type HistoryColumns = (i64, i64, String, String, String);

pub(crate) fn timeline(columns: HistoryColumns) -> Result<TimelineRow> {
    let (number, at, account, program, entry) = columns;
    let entry = serde_json::from_str(&entry).map_err(|error: serde_json::Error| {
        corrupt(format!("history of account {account}"), format!("row {number}, column {}", error.column()))
    })?;
    let row = HistoryRow { at: Instant(at), account, version: version(&program)?, entry };
    Ok(TimelineRow { number: count(number), row })
}

pub(crate) fn message_text(message: &Message) -> Result<String> {
    wire::write_message(message).map_err(|why| corrupt("a message", why))
}

/// Id, customer, account, entered at, version, decided at, not before, state, attempts, mark, provider's id, why,
/// message.
pub(crate) type OutboxColumns =
    (String, String, String, i64, String, i64, i64, String, i64, i64, String, String, String);

pub(crate) fn outbox(columns: OutboxColumns) -> Result<OutboxRow> {
    let (
        id,
        customer,
        account,
        entered_at,
        program,
        decided_at,
        not_before,
        state,
        attempts,
        mark,
        provider_id,
        why,
        message,
    ) = columns;
    let damaged = |why: String| corrupt(format!("message {id}"), why);
    let state = OutboxState::parse(&state).ok_or_else(|| damaged("there is no such state".to_owned()))?;
    let message = wire::read_message(&message).map_err(damaged)?;
    let run = RunKey { account, entered_at: Instant(entered_at), version: version(&program)? };
    Ok(OutboxRow {
        id,
        customer,
        run,
        decided_at: Instant(decided_at),
        not_before: Instant(not_before),
        state,
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        mark: count(mark),
        provider_id,
        why,
        message,
    })
}

/// What becomes of a message: state, why, the provider's id, and for one that waits again until when and how often it
/// was put off.
pub(crate) type OutcomeColumns = (&'static str, String, Option<String>, Option<i64>, Option<i64>);

pub(crate) fn outcome(outcome: Outcome) -> OutcomeColumns {
    let plain = |state: OutboxState, why| (state.word(), why, None, None, None);
    match outcome {
        Outcome::Accepted { provider_id } => {
            (OutboxState::Accepted.word(), String::new(), Some(provider_id), None, None)
        }
        Outcome::Refused { why } => plain(OutboxState::Refused, why),
        Outcome::Withdrawn { why } => plain(OutboxState::Withdrawn, why),
        Outcome::Unknown => plain(OutboxState::Unknown, String::new()),
        Outcome::Later { not_before, attempts, why } => {
            (OutboxState::Queued.word(), why, None, Some(not_before.0), Some(i64::from(attempts)))
        }
    }
}

/// Can these be written as one set? Each message once, and nothing but the message changes.
pub(crate) fn are_plain(handed: &[Handed]) -> bool {
    let mut ids = BTreeSet::new();
    handed.iter().all(|handed| {
        let is_all = handed.change.is_none() && handed.inputs.is_empty() && handed.message.is_none();
        is_all && ids.insert((&handed.customer, &handed.id))
    })
}

/// The answers to messages that were written as one set: the states of customers, a conflict where a mark was lost.
pub(crate) fn plain_answers(
    keys: Vec<(String, String)>,
    written: Vec<(String, String)>,
    versions: Vec<(String, i64)>,
) -> Vec<Result<u64>> {
    let written: BTreeSet<(String, String)> = written.into_iter().collect();
    let versions: BTreeMap<String, i64> = versions.into_iter().collect();
    let answer = |key: (String, String)| match versions.get(&key.0).filter(|_| written.contains(&key)) {
        Some(version) => Ok(count(*version)),
        None => Err(Error::Conflict { customer: key.0 }),
    };
    keys.into_iter().map(answer).collect()
}

/// Number, account, instant of arrival, text.
type InboxColumns = (i64, String, i64, String);

/// Turns from what is kept of a customer: version, moment and state of those from outside; version and input of
/// those that took one; version and history row.
pub(crate) fn turns(
    customer_id: &str,
    kept: Vec<(i64, i64, Option<String>)>,
    inputs: Vec<(i64, i64, InboxColumns)>,
    history: Vec<(i64, HistoryColumns)>,
) -> Result<Vec<Turn>> {
    let mut turns: BTreeMap<u64, Turn> = BTreeMap::new();
    let empty =
        |version, at| Turn { version, at: Instant(at), state: None, inputs: Vec::new(), rows: Vec::new() };
    for (version, at, state) in kept {
        let state = state.map(|state| customer(customer_id, &state)).transpose()?;
        let version = count(version);
        turns.insert(version, Turn { state, ..empty(version, at) });
    }
    for (version, taken_at, columns) in inputs {
        let version = count(version);
        let turn = turns.entry(version).or_insert_with(|| empty(version, taken_at));
        turn.inputs.push(inbox(customer_id, columns)?);
    }
    for (version, columns) in history {
        let version = count(version);
        let row = timeline(columns)?.row;
        turns.entry(version).or_insert_with(|| empty(version, row.at.0)).rows.push(row);
    }
    Ok(turns.into_values().collect())
}

/// Must a turn be kept in a row of its own? Its history rows tell its moment otherwise.
pub(crate) fn is_untold(history: &[HistoryRow], now: Instant) -> bool {
    history.first().is_none_or(|row| row.at != now)
}

/// Customer, account, entered at, task, version, queue, priority, opened at, due at.
pub(crate) type TaskColumns = (String, String, i64, i64, String, String, i64, i64, Option<i64>);

pub(crate) fn task(columns: TaskColumns) -> Result<TaskRow> {
    let (customer, account, entered_at, task, program, queue, priority, opened_at, due_at) = columns;
    let priority = u8::try_from(priority).map_err(|_| "there is no such priority".to_owned());
    let priority =
        priority.and_then(wire::priority_of).map_err(|why| corrupt(format!("a task of {account}"), why))?;
    let run = RunKey { account, entered_at: Instant(entered_at), version: version(&program)? };
    let task = NewTask {
        run,
        task: u32::try_from(task).unwrap_or(u32::MAX),
        queue,
        priority,
        opened_at: Instant(opened_at),
        due_at: due_at.map(Instant),
    };
    Ok(TaskRow { customer, task })
}

/// A stop from its kind, name, reason and moment.
pub(crate) fn stopped((kind, name, why, at): (String, String, String, i64)) -> Result<Stopped> {
    let stop = Stop::parse(&kind, &name).ok_or_else(|| corrupt("a stop", "there is nothing of this kind"))?;
    Ok(Stopped { stop, why, at: Instant(at) })
}

/// Name, version, text, deployed at, is current.
pub(crate) type StrategyColumns = (String, String, String, i64, bool);

pub(crate) fn strategy(columns: StrategyColumns) -> Result<StrategyRow> {
    let (name, program, text, deployed_at, is_current) = columns;
    Ok(StrategyRow { name, version: version(&program)?, text, deployed_at: Instant(deployed_at), is_current })
}

/// Where an account's run stands: version, entered at, step, outcome, ended at.
pub(crate) type Place = (Option<String>, Option<i64>, Option<i64>, Option<i64>, Option<i64>);

pub(crate) fn place(account: &Account) -> Place {
    let Some(run) = &account.run else { return (None, None, None, None, None) };
    (
        Some(run.version.to_string()),
        Some(run.entered_at.0),
        Some(i64::from(run.step.0)),
        run.ended.map(|(outcome, _)| i64::from(outcome.0)),
        run.ended.map(|(_, at)| at.0),
    )
}

/// The account that a message's id names.
pub(crate) fn account_of_message(id: &str) -> Option<&str> {
    id.rsplitn(3, '/').nth(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_may_have_strokes_in_its_name() {
        assert_eq!(account_of_message("A/1/100/2"), Some("A/1"));
        assert_eq!(account_of_message("A/1"), None);
    }
}
