//! The dispatcher: mark, ask the gate again, hand over, record.
//!
//! In: a store, programs, a channel, the moment. Out: messages at providers, each at most once. Absent:
//! deciding what to send; that was `advance`'s, and is only taken back here.
//!
//! A message is marked in a transaction of its own before the provider is called. Whatever happens then, no
//! road leads from an unknown end back to sending: a second message can break the law.

use super::backoff;
use super::channel::{Channel, Handover};
use super::executor::history;
use super::programs::Programs;
use super::store::{
    Change, Error, Handed, InboxInput, NewInput, OutboxRow, Outcome, Result, Store, TakeWanted, Tenant,
};
use crate::advance::{ask_again, withdraw};
use crate::calendar::Instant;
use crate::customer::Customer;
use crate::gate::{Answer, Rule};
use crate::input::{Arrived, Event};
use crate::record::Rows;
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// How a dispatcher works.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    /// Its name, for people.
    pub worker: &'a str,
    /// How many messages it marks at once.
    pub messages_at_once: u32,
}

/// What a tick did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Done {
    /// Messages marked.
    pub marked: u64,
    /// Taken by the provider.
    pub accepted: u64,
    /// Refused by the provider, or put off too often.
    pub refused: u64,
    /// Back in the queue for later.
    pub later: u64,
    /// Taken back: the gate said no.
    pub withdrawn: u64,
    /// Nobody knows.
    pub unknown: u64,
    /// Messages that could not be judged: a bug of ours, or a version that is not known here.
    pub problems: u64,
}

/// Answers are kept after so many messages: each commit costs a write to the disk, and each answer that was
/// not kept is an unknown after a crash.
const RECORDED_AT_ONCE: usize = 16;

/// A message that cannot be judged is looked at again after so long.
const PROBLEM_PAUSE_MILLIS: i64 = 3_600_000;

/// One round over the messages that are due by `now`.
pub async fn tick<S: Store, C: Channel>(
    store: &S,
    tenant: &Tenant,
    programs: &Programs,
    channel: &C,
    settings: Settings<'_>,
    now: Instant,
) -> Result<Done> {
    let want = TakeWanted { now, worker: settings.worker, limit: settings.messages_at_once };
    let taken = store.take_outbox(tenant, want).await?;
    let mut done = Done { marked: taken.rows.len() as u64, ..Done::default() };
    let mut customers: BTreeMap<String, (u64, Customer)> =
        taken.customers.into_iter().map(|known| (known.1.id.clone(), known)).collect();
    let mut waiting: Vec<Handed> = Vec::new();
    for row in taken.rows {
        let verdict = judge(programs, customers.get(&row.customer), &row, now);
        let handed = match verdict {
            Verdict::Send => {
                let handover = never_panicking(channel.send(&row)).await;
                hand_over(programs, customers.get(&row.customer), &row, handover, now)
            }
            Verdict::Withdraw(handed) | Verdict::Later(handed) => *handed,
            Verdict::Problem(why) => {
                done.problems += 1;
                later(&row, now.plus_millis(PROBLEM_PAUSE_MILLIS), row.attempts, why.to_owned())
            }
        };
        count(&mut done, &handed.outcome);
        // A changed customer is kept at once, so that their next message is judged by what is kept.
        let is_change = handed.change.is_some();
        waiting.push(handed);
        if is_change || waiting.len() >= RECORDED_AT_ONCE {
            record(store, tenant, &mut waiting, &mut customers, &mut done, now).await?;
        }
    }
    record(store, tenant, &mut waiting, &mut customers, &mut done, now).await?;
    Ok(done)
}

/// What the gate, asked again, says.
enum Verdict {
    Send,
    Withdraw(Box<Handed>),
    Later(Box<Handed>),
    Problem(&'static str),
}

/// Between queueing and now the customer may have paid, opted out, or the hour may have passed.
fn judge(programs: &Programs, customer: Option<&(u64, Customer)>, row: &OutboxRow, now: Instant) -> Verdict {
    let Some((state, customer)) = customer else { return Verdict::Problem("the customer is not there") };
    let Some(judged) = programs.get(row.run.version) else {
        return Verdict::Problem("the strategy version is not known here");
    };
    let account = customer.accounts.iter().position(|known| known.id == row.run.account);
    let Some(account) = account else { return Verdict::Problem("the account is not there") };
    let asked = catch_unwind(AssertUnwindSafe(|| {
        match ask_again(judged.context(), customer, account, &row.message, row.decided_at, now) {
            Answer::Now { .. } => Verdict::Send,
            // The gate means later than now; a message that is due again at once would spin.
            Answer::NotBefore { at, rule } => {
                Verdict::Later(Box::new(later(row, at.max(now.plus_millis(1)), row.attempts, words(&rule))))
            }
            Answer::Never { rule } => {
                let mut changed = customer.clone();
                let mut rows = Rows::default();
                withdraw(
                    &judged.law,
                    &mut changed,
                    account,
                    &row.message,
                    row.decided_at,
                    rule.clone(),
                    now,
                    &mut rows,
                );
                let history = history(&changed, account, judged, rows).collect();
                Verdict::Withdraw(Box::new(Handed {
                    id: row.id.clone(),
                    customer: row.customer.clone(),
                    outcome: Outcome::Withdrawn { why: words(&rule) },
                    inputs: not_delivered(customer, account, row, now),
                    change: Some(Change { state: *state, customer: changed, history }),
                }))
            }
        }
    }));
    asked.unwrap_or(Verdict::Problem("the engine panicked"))
}

fn words(rule: &Rule) -> String {
    serde_json::to_string(rule).unwrap_or_default()
}

/// The strategy hears that a message did not arrive, if the run that sent it is still the account's run:
/// another run counts its messages anew.
fn not_delivered(customer: &Customer, account: usize, row: &OutboxRow, now: Instant) -> Vec<NewInput> {
    let run = customer.accounts.get(account).and_then(|known| known.run.as_ref());
    if run.is_none_or(|run| run.entered_at != row.run.entered_at) {
        return Vec::new();
    }
    let event = Event::MessageNotDelivered { message: row.message.number };
    vec![NewInput {
        source: "dispatcher".to_owned(),
        id: row.id.clone(),
        account: row.run.account.clone(),
        what: InboxInput::Event(Arrived { event, occurred_at: now }),
    }]
}

fn later(row: &OutboxRow, not_before: Instant, attempts: u32, why: String) -> Handed {
    Handed {
        id: row.id.clone(),
        customer: row.customer.clone(),
        outcome: Outcome::Later { not_before, attempts, why },
        change: None,
        inputs: Vec::new(),
    }
}

/// What the provider's answer means for the message.
fn hand_over(
    programs: &Programs,
    customer: Option<&(u64, Customer)>,
    row: &OutboxRow,
    handover: Handover,
    now: Instant,
) -> Handed {
    let outcome = match handover {
        Handover::Accepted { provider_id } => Outcome::Accepted { provider_id },
        Handover::Refused { why } => Outcome::Refused { why },
        Handover::Unknown => Outcome::Unknown,
        Handover::Later { why } => {
            let attempts = row.attempts.saturating_add(1);
            match backoff::pause(attempts) {
                Some(millis) => return later(row, now.plus_millis(millis), attempts, why),
                None => Outcome::Refused { why },
            }
        }
    };
    let mut handed = Handed {
        id: row.id.clone(),
        customer: row.customer.clone(),
        outcome,
        change: None,
        inputs: Vec::new(),
    };
    if let (Outcome::Refused { .. }, Some((state, customer))) = (&handed.outcome, customer) {
        handed.change = uncounted(programs, *state, customer, row);
        let account = customer.accounts.iter().position(|known| known.id == row.run.account);
        handed.inputs = account.map_or_else(Vec::new, |account| not_delivered(customer, account, row, now));
    }
    handed
}

/// What a provider refused has reached nobody, so it is no contact. An unknown one may have.
fn uncounted(programs: &Programs, state: u64, customer: &Customer, row: &OutboxRow) -> Option<Change> {
    let law = &programs.get(row.run.version)?.law;
    let mut customer = customer.clone();
    let is_forgotten =
        law.counts(row.message.reach) && customer.contacts.forget(row.decided_at, row.message.channel);
    is_forgotten.then_some(Change { state, customer, history: Vec::new() })
}

fn count(done: &mut Done, outcome: &Outcome) {
    match outcome {
        Outcome::Accepted { .. } => done.accepted += 1,
        Outcome::Refused { .. } => done.refused += 1,
        Outcome::Later { .. } => done.later += 1,
        Outcome::Withdrawn { .. } => done.withdrawn += 1,
        Outcome::Unknown => done.unknown += 1,
    }
}

/// Keeps what became of messages.
async fn record<S: Store>(
    store: &S,
    tenant: &Tenant,
    waiting: &mut Vec<Handed>,
    customers: &mut BTreeMap<String, (u64, Customer)>,
    done: &mut Done,
    now: Instant,
) -> Result<()> {
    if waiting.is_empty() {
        return Ok(());
    }
    let handed = std::mem::take(waiting);
    let answers = store.record(tenant, handed.clone(), now).await?;
    let mut again = Vec::new();
    for (handed, answer) in handed.into_iter().zip(answers) {
        match (answer, handed.change) {
            (Ok(state), Some(change)) => {
                customers.insert(handed.customer, (state, change.customer));
            }
            (Err(Error::Conflict { .. }), Some(_)) => {
                again.push(without_change(
                    done,
                    handed.id,
                    handed.customer,
                    handed.outcome,
                    handed.inputs,
                    now,
                ));
            }
            (Ok(_), None) => {}
            // Somebody has made it unknown meanwhile, and unknown it stays.
            (Err(Error::Conflict { .. }), None) => {}
            (Err(error @ (Error::Corrupt { .. } | Error::Unavailable(_))), _) => return Err(error),
        }
    }
    if !again.is_empty() {
        store.record(tenant, again, now).await?;
    }
    Ok(())
}

/// What to keep when the customer has changed meanwhile. A withdrawal goes back to the queue: nothing was
/// sent, and the gate will be asked about the customer as they are. A refusal stands, and its contact stays
/// counted: that is the stricter side.
fn without_change(
    done: &mut Done,
    id: String,
    customer: String,
    outcome: Outcome,
    inputs: Vec<NewInput>,
    now: Instant,
) -> Handed {
    if !matches!(outcome, Outcome::Withdrawn { .. }) {
        return Handed { id, customer, outcome, change: None, inputs };
    }
    done.withdrawn = done.withdrawn.saturating_sub(1);
    done.later += 1;
    let why = "the customer has changed meanwhile".to_owned();
    let outcome = Outcome::Later { not_before: now, attempts: 0, why };
    Handed { id, customer, outcome, change: None, inputs: Vec::new() }
}

/// A channel that panics may or may not have sent.
async fn never_panicking(send: impl Future<Output = Handover> + Send) -> Handover {
    let mut send = pin!(send);
    poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| send.as_mut().poll(context)))
            .unwrap_or(Poll::Ready(Handover::Unknown))
    })
    .await
}
