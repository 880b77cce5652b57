//! The sandbox: the messages that would have gone out, answers to them, and the clock.

use super::accounts::{OutboxPage, cursor, template_name};
use super::problem::Problem;
use super::{Body, bytes, json as read_json};
use crate::app::App;
use crate::clock::{is_sayable, parse_rfc3339, parse_span, rfc3339};
use crate::loops::{Work, until_quiet};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use cobro_engine::calendar::Instant;
use cobro_engine::durable::scheduler::next_review;
use cobro_engine::durable::store::{InboxInput, Intake, NewInput, OutboxRow, OutboxState, Store};
use cobro_engine::input::{Answer, Arrived, Event};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Messages as the debtor would have them, with the buttons to answer by.
pub(super) async fn messages(
    State(app): State<Arc<App>>,
    wanted: Result<Query<OutboxPage>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(wanted) = wanted.map_err(|rejection| Problem::bad("bad-query", rejection.body_text()))?;
    let wanted = wanted.wanted(Some(OutboxState::Accepted))?;
    let limit = wanted.limit;
    let rows = app.store.outbox(app.tenant(), wanted).await?;
    let shown = |row: &OutboxRow| {
        json!({
            "id": row.id,
            "account": row.run.account,
            "number": row.message.number,
            "at": rfc3339(row.decided_at),
            "channel": row.message.channel.word(),
            "to": row.message.address,
            "template": template_name(&app, row.run.version, row.message.template),
            "subject": row.message.subject,
            "text": row.message.text,
            "documents": row.message.documents,
            "webhook": row.message.called().map(|_| &row.message.webhook),
            "buttons": buttons(&app, row),
        })
    };
    let next = cursor(&rows, limit);
    Ok(Json(json!({ "messages": rows.iter().map(shown).collect::<Vec<_>>(), "next": next })))
}

fn buttons(app: &App, row: &OutboxRow) -> Vec<Value> {
    if row.message.called().is_some() {
        return Vec::new();
    }
    let programs = app.programs();
    let Some(judged) = programs.get(row.run.version) else { return Vec::new() };
    let template = judged.program.templates.get(usize::from(row.message.template.0));
    let form = template.and_then(|template| template.form(row.message.channel));
    let shown = |button: &cobro_dsl::program::Button| json!({ "name": judged.program.name(button.name), "label": button.label });
    form.map_or_else(Vec::new, |form| form.buttons.iter().map(shown).collect())
}

/// What the debtor does with a message: presses a button, writes, or nothing but the device's receipt.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reaction {
    message: String,
    button: Option<String>,
    text: Option<String>,
    receipt: Option<Receipt>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Receipt {
    Delivered,
    Read,
    NotDelivered,
}

/// Answers a message as the debtor would.
pub(super) async fn answer(State(app): State<Arc<App>>, body: Body) -> Result<Json<Value>, Problem> {
    let reaction: Reaction = read_json(&bytes(body)?)?;
    let row = app.store.message(app.tenant(), &reaction.message).await?;
    let row = row.ok_or_else(|| Problem::missing("unknown-message", "there is no such message"))?;
    let (channel, message) = (row.message.channel, row.message.number);
    let (event, key) = match (reaction.button, reaction.text, reaction.receipt) {
        (Some(button), None, None) => {
            let key = format!("button {button}");
            (Event::ResponseReceived { channel, answer: Answer::Button(button), said_at: None }, key)
        }
        (None, Some(text), None) => {
            let key = format!("text at {}", app.now().0);
            (Event::ResponseReceived { channel, answer: Answer::Text(text), said_at: None }, key)
        }
        (None, None, Some(Receipt::Delivered)) => {
            (Event::MessageDelivered { message }, "delivered".to_owned())
        }
        (None, None, Some(Receipt::Read)) => (Event::MessageRead { message }, "read".to_owned()),
        (None, None, Some(Receipt::NotDelivered)) => {
            (Event::MessageNotDelivered { message }, "not delivered".to_owned())
        }
        _ => return Err(Problem::bad("bad-answer", "give one of `button`, `text` and `receipt`")),
    };
    let now = app.now();
    let input = NewInput {
        source: "sandbox".to_owned(),
        id: format!("{} {key}", row.id),
        account: row.run.account,
        what: InboxInput::Event(Arrived { event, occurred_at: now }),
    };
    let answers = app.store.accept(app.tenant(), vec![input], now).await?;
    app.work.notify_waiters();
    let word = if answers.contains(&Intake::Accepted) { "accepted" } else { "duplicate" };
    Ok(Json(json!({ "result": word })))
}

/// The time as the service has it.
pub(super) async fn clock(State(app): State<Arc<App>>) -> Json<Value> {
    Json(json!({ "now": rfc3339(app.now()) }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    advance: Option<String>,
    to: Option<String>,
}

/// One request works at most so long; whoever wants more asks again.
const WORK_MAX: Duration = Duration::from_secs(20);

/// Moves time forward, through every instant at which something falls due, in order: nothing sees a jump.
pub(super) async fn move_clock(State(app): State<Arc<App>>, body: Body) -> Result<Json<Value>, Problem> {
    let wanted: Move = read_json(&bytes(body)?)?;
    let started = app.now();
    let target = match (&wanted.advance, &wanted.to) {
        (Some(span), None) => parse_span(span).map(|millis| started.plus_millis(millis)),
        (None, Some(to)) => parse_rfc3339(to),
        _ => None,
    };
    let target = target.filter(|target| is_sayable(*target)).ok_or_else(|| {
        Problem::bad("bad-move", "give `advance` like \"3 days\", or `to` like \"2026-03-02T10:00:00Z\"")
    })?;
    if target < started {
        let detail = "the clock can only be moved forward";
        return Err(Problem::new(StatusCode::CONFLICT, "not-backward", detail).with("now", rfc3339(started)));
    }
    // In a task of its own: a caller who goes away must not leave a customer half way through a tick.
    let moving = tokio::spawn(async move { walk(&app, target).await });
    match moving.await {
        Ok(answer) => answer.map(Json),
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
}

async fn walk(app: &App, target: Instant) -> Result<Value, Problem> {
    // The loops stand still meanwhile: this walk is the only one who ticks.
    let _turn = app.turn.write().await;
    let deadline = tokio::time::Instant::now() + WORK_MAX;
    let mut work = Work::default();
    let mut now = app.now();
    let mut instants = 0_u64;
    let is_reached = loop {
        if !until_quiet(app, now, deadline, &mut work).await? {
            break false;
        }
        let due = app.store.next_due(app.tenant(), now).await?;
        let review = next_review(&app.programs(), now);
        let next = due.into_iter().chain(review).min().filter(|next| *next <= target);
        let Some(next) = next else {
            set(app, target.max(now)).await?;
            break true;
        };
        if tokio::time::Instant::now() >= deadline {
            break false;
        }
        // First the clock, durably, then the work: after a crash the time is not before what was done.
        set(app, next).await?;
        now = next;
        instants += 1;
    };
    Ok(json!({
        "now": rfc3339(app.now()),
        "is_reached": is_reached,
        "instants": instants,
        "transitions": work.transitions,
        "inputs_and_timers": work.inputs_and_timers,
        "messages": work.sent,
        "messages_deferred": work.deferred,
        "messages_withdrawn": work.withdrawn,
        "accounts_offered": work.offered,
        "parked": work.parked,
    }))
}

async fn set(app: &App, at: Instant) -> Result<(), Problem> {
    let ahead = app.clock.ahead_for(at);
    let ahead = app.store.advance_clock_offset(app.tenant(), ahead).await?;
    app.clock.run_ahead(ahead);
    Ok(())
}
