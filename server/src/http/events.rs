//! Events: facts from outside, one or a batch. The second of the same (source, id) does nothing, so a sender
//! that did not hear the answer sends again.

use super::problem::Problem;
use super::{Body, bytes, json as read_json};
use crate::app::App;
use crate::clock::parse_rfc3339;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cobro_dsl::values::{Channel, ChannelSet, Currency, parse_scaled};
use cobro_engine::calendar::Instant;
use cobro_engine::durable::store::{InboxInput, Intake, NewInput, Store};
use cobro_engine::input::{Answer, Arrived, Event};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The largest batch.
const BATCH_MAX: usize = 10_000;
/// The longest key.
const KEY_MAX: usize = 200;
/// The longest free text.
const TEXT_MAX: usize = 10_000;

/// An event as it is sent to us.
#[derive(Deserialize)]
#[serde(expecting = "an event with `id`, `account` and `type`")]
struct Sent {
    #[serde(default = "api")]
    source: String,
    id: String,
    account: String,
    occurred_at: Option<String>,
    #[serde(flatten)]
    what: What,
}

fn api() -> String {
    "api".to_owned()
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum What {
    PaymentReceived { amount: String, currency: String, invoice: Option<String>, payment: Option<String> },
    PaymentReversed { payment: String },
    ResponseReceived { channel: String, button: Option<String>, text: Option<String> },
    MessageDelivered { message: u32 },
    MessageRead { message: u32 },
    MessageNotDelivered { message: u32 },
    OptedOut { channels: Option<Vec<String>> },
    OptedIn { channels: Option<Vec<String>> },
    BalanceChanged { balance: String, currency: String },
    Custom { name: String },
    HoldPlaced { until: String, because: Option<String> },
    HoldReleased {},
    DisputeOpened { reason: Option<String> },
    DisputeClosed { upheld: Option<bool> },
    PlanAccepted { plan: Option<String> },
    PlanRejected {},
    IdentityVerified { channel: Option<String> },
    IdentityFailed { channel: Option<String> },
    WrongPersonReached { channel: String },
    Moved { timezone: String },
    ContactMade { channel: String, answered: bool },
    PromiseMade { amount: String, currency: String, on: String },
    TaskDone { task: u32, result: String },
}

/// Takes one event, or an array of them.
pub(super) async fn accept(State(app): State<Arc<App>>, body: Body) -> Result<Json<Value>, Problem> {
    match read_json(&bytes(body)?)? {
        Value::Array(batch) if batch.len() > BATCH_MAX => {
            let detail = format!("a batch has at most {BATCH_MAX} events");
            Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "batch-too-large", detail))
        }
        Value::Array(batch) => {
            let answers = take(&app, batch).await?;
            let count =
                |which: Intake| answers.iter().filter(|answer| answer.as_ref().ok() == Some(&which)).count();
            let (accepted, duplicate) = (count(Intake::Accepted), count(Intake::Duplicate));
            let refused = answers.len() - accepted - duplicate;
            let results: Vec<Value> = answers.into_iter().map(shown).collect();
            Ok(Json(json!({
                "accepted": accepted, "duplicate": duplicate, "refused": refused, "results": results,
            })))
        }
        one => match take(&app, vec![one]).await?.pop() {
            Some(Ok(Intake::UnknownAccount)) => Err(unknown_account()),
            Some(Ok(answer)) => Ok(Json(shown(Ok(answer)))),
            Some(Err(problem)) => Err(problem),
            None => Ok(Json(json!({}))),
        },
    }
}

fn unknown_account() -> Problem {
    Problem::missing("unknown-account", "there is no such account")
}

fn shown(answer: Result<Intake, Problem>) -> Value {
    match answer {
        Ok(Intake::Accepted) => json!({ "result": "accepted" }),
        Ok(Intake::Duplicate) => json!({ "result": "duplicate" }),
        Ok(Intake::UnknownAccount) => json!({ "result": "refused", "problem": unknown_account().to_json() }),
        Err(problem) => json!({ "result": "refused", "problem": problem.to_json() }),
    }
}

/// Reads each event by itself, so that a wrong one does not refuse the others, and keeps the right ones.
async fn take(app: &App, batch: Vec<Value>) -> Result<Vec<Result<Intake, Problem>>, Problem> {
    let now = app.now();
    let sent: Vec<Result<Sent, Problem>> = batch
        .into_iter()
        .map(|one| {
            serde_json::from_value(one).map_err(|error| Problem::bad("not-an-event", error.to_string()))
        })
        .collect();
    let is_money = |what: &What| {
        matches!(what, What::PaymentReceived { .. } | What::PromiseMade { .. } | What::BalanceChanged { .. })
    };
    let paid = sent.iter().flatten().filter(|sent| is_money(&sent.what));
    let paid: BTreeSet<String> = paid.map(|sent| sent.account.clone()).collect();
    let currencies = app.store.currencies(app.tenant(), paid.into_iter().collect()).await?;
    let read: Vec<Result<NewInput, Problem>> =
        sent.into_iter().map(|sent| sent.and_then(|sent| input(sent, &currencies, now))).collect();
    let inputs: Vec<NewInput> = read.iter().flatten().cloned().collect();
    let kept =
        if inputs.is_empty() { Vec::new() } else { app.store.accept(app.tenant(), inputs, now).await? };
    app.work.notify_waiters();
    let mut kept = kept.into_iter();
    let answer = |read: Result<NewInput, Problem>| match read {
        Ok(_) => Ok(kept.next().unwrap_or(Intake::UnknownAccount)),
        Err(problem) => Err(problem),
    };
    Ok(read.into_iter().map(answer).collect())
}

fn input(sent: Sent, currencies: &BTreeMap<String, Currency>, now: Instant) -> Result<NewInput, Problem> {
    for (name, key) in [("source", &sent.source), ("id", &sent.id), ("account", &sent.account)] {
        let is_key = !key.is_empty() && key.len() <= KEY_MAX && !key.chars().any(char::is_control);
        if !is_key {
            let detail = format!("`{name}` must have 1 to {KEY_MAX} bytes and no control characters");
            return Err(Problem::bad("bad-key", detail));
        }
    }
    let occurred_at = match &sent.occurred_at {
        None => now,
        Some(text) => parse_rfc3339(text).ok_or_else(|| {
            Problem::bad("bad-time", "`occurred_at` must be like 2026-03-02T10:00:00-05:00")
        })?,
    };
    let event = event(sent.what, &sent.id, currencies.get(&sent.account).copied(), occurred_at)?;
    let what = InboxInput::Event(Arrived { event, occurred_at });
    Ok(NewInput { source: sent.source, id: sent.id, account: sent.account, what })
}

fn name_of_payment(name: String) -> Result<String, Problem> {
    let is_name = !name.is_empty() && name.len() <= KEY_MAX && !name.chars().any(char::is_control);
    let detail = format!("`payment` must have 1 to {KEY_MAX} bytes and no control characters");
    is_name.then_some(name).ok_or_else(|| Problem::bad("bad-key", detail))
}

fn event(
    what: What,
    id: &str,
    account_currency: Option<Currency>,
    occurred_at: Instant,
) -> Result<Event, Problem> {
    Ok(match what {
        What::PaymentReceived { amount, currency, invoice, payment } => {
            let amount = minor_units(&amount, &currency, account_currency)?;
            // A payment that has no name of its own is known by its event's.
            let reference = Some(payment.unwrap_or_else(|| id.to_owned()));
            Event::PaymentReceived { amount, invoice, reference: reference.map(name_of_payment).transpose()? }
        }
        What::PaymentReversed { payment } => Event::PaymentReversed { reference: name_of_payment(payment)? },
        What::ResponseReceived { channel: word, button, text } => {
            let channel = channel(&word)?;
            let answer = match (button, text) {
                (Some(button), None) => Answer::Button(button),
                (None, Some(text)) if text.len() <= TEXT_MAX => Answer::Text(text),
                _ => return Err(Problem::bad("bad-answer", "an answer has a `button` or a short `text`")),
            };
            Event::ResponseReceived { channel, answer, said_at: None }
        }
        What::MessageDelivered { message } => Event::MessageDelivered { message },
        What::MessageRead { message } => Event::MessageRead { message },
        What::MessageNotDelivered { message } => Event::MessageNotDelivered { message },
        What::OptedOut { channels: words } => Event::OptedOut { channels: channels(words)? },
        What::OptedIn { channels: words } => Event::OptedIn { channels: channels(words)? },
        What::BalanceChanged { balance, currency } => {
            Event::BalanceChanged { balance: owed(&balance, &currency, account_currency)? }
        }
        What::HoldPlaced { until, because } => {
            let until = until
                .parse()
                .map_err(|_| Problem::bad("bad-date", "`until` must be a date like 2026-03-20"))?;
            let because = because.unwrap_or_default();
            if because.len() > TEXT_MAX {
                return Err(Problem::bad("bad-reason", "`because` is too long"));
            }
            Event::HoldPlaced { until, because }
        }
        What::HoldReleased {} => Event::HoldReleased,
        What::Custom { name } if !name.is_empty() && name.len() <= KEY_MAX => Event::Custom { name },
        What::Custom { .. } => {
            return Err(Problem::bad("bad-name", format!("`name` must have 1 to {KEY_MAX} bytes")));
        }
        What::DisputeOpened { reason } if reason.as_ref().is_some_and(|it| it.len() > TEXT_MAX) => {
            return Err(Problem::bad("bad-reason", "`reason` is too long"));
        }
        What::DisputeOpened { reason } => Event::DisputeOpened { reason },
        What::DisputeClosed { upheld } => Event::DisputeClosed { upheld },
        What::PlanAccepted { plan } => Event::PlanAccepted { plan },
        What::PlanRejected {} => Event::PlanRejected,
        What::IdentityVerified { channel: word } => {
            Event::IdentityVerified { channel: word.as_deref().map(channel).transpose()? }
        }
        What::IdentityFailed { channel: word } => {
            Event::IdentityFailed { channel: word.as_deref().map(channel).transpose()? }
        }
        What::WrongPersonReached { channel: word } => Event::WrongPersonReached { channel: channel(&word)? },
        What::Moved { timezone } => {
            let unknown = || Problem::bad("unknown-time-zone", "`timezone` must be like America/Lima");
            Event::Moved { zone: timezone.parse().map_err(|_| unknown())? }
        }
        What::ContactMade { channel: word, answered } => {
            Event::ContactMade { channel: channel(&word)?, made_at: occurred_at, answered }
        }
        What::PromiseMade { amount, currency, on } => {
            let amount = minor_units(&amount, &currency, account_currency)?;
            let on =
                on.parse().map_err(|_| Problem::bad("bad-date", "`on` must be a date like 2026-03-10"))?;
            Event::PromiseMade { on, amount }
        }
        What::TaskDone { task, result } => Event::TaskDone { task, result },
    })
}

/// An amount is written with its currency, and both must be the account's: `120.50` in one currency is
/// another debt's money in the next. An account that is not there is refused later, by the store.
fn minor_units(amount: &str, currency: &str, account: Option<Currency>) -> Result<i64, Problem> {
    figure(amount, currency, account)?.filter(|minor| *minor > 0).ok_or_else(|| {
        Problem::bad("bad-amount", "`amount` must be a positive number like \"120.50\", as text")
    })
}

/// What is owed may be nothing.
fn owed(balance: &str, currency: &str, account: Option<Currency>) -> Result<i64, Problem> {
    figure(balance, currency, account)?.filter(|minor| *minor >= 0).ok_or_else(|| {
        Problem::bad("bad-amount", "`balance` must be a number like \"120.50\", not negative, as text")
    })
}

fn figure(amount: &str, currency: &str, account: Option<Currency>) -> Result<Option<i64>, Problem> {
    let known = Currency::parse(currency)
        .ok_or_else(|| Problem::bad("unknown-currency", "`currency` must be three letters, like PEN"))?;
    if account.is_some_and(|account| account != known) {
        return Err(Problem::bad("other-currency", "the account is kept in another currency"));
    }
    Ok(parse_scaled(amount, known.digits()))
}

fn channel(word: &str) -> Result<Channel, Problem> {
    let found = Channel::parse(word);
    found.ok_or_else(|| Problem::bad("unknown-channel", "a channel is whatsapp, email, sms or call"))
}

/// Without a word, all of them.
fn channels(words: Option<Vec<String>>) -> Result<ChannelSet, Problem> {
    let Some(words) = words else { return Ok(ChannelSet::ALL) };
    words.iter().map(|word| channel(word)).collect()
}
