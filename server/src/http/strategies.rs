//! Strategies: deployed, listed, drawn with live counts, and accounts offered to them.

use super::problem::Problem;
use super::{Body, bytes, json as read_json, text};
use crate::app::App;
use crate::clock::rfc3339;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use cobro_dsl::program::{Op, OutcomeKind, Program};
use cobro_engine::durable::programs::Judged;
use cobro_engine::durable::scheduler::offer_all;
use cobro_engine::durable::store::{Counts, Deployed, InboxInput, Intake, NewInput, Store};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Checks a text and makes it the current version of its strategy.
pub(super) async fn deploy(
    State(app): State<Arc<App>>,
    body: Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let text = text(body)?;
    let judged = app.compile(text.clone()).await.map_err(|findings| {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let problem = Problem::new(status, "strategy-has-errors", "the strategy has errors");
        problem.with("findings", serde_json::to_value(findings).unwrap_or_default())
    })?;
    let (name, version) = (judged.program.name.clone(), judged.program.version);
    let deployed = app.store.deploy(app.tenant(), &name, version, &text, app.now()).await?;
    app.put_current(judged);
    app.work.notify_waiters();
    let (status, word) = match deployed {
        Deployed::New => (StatusCode::CREATED, "new"),
        Deployed::Again => (StatusCode::OK, "again"),
        Deployed::Unchanged => (StatusCode::OK, "unchanged"),
    };
    Ok((status, Json(json!({ "name": name, "version": version.to_string(), "deployed": word }))))
}

/// Every version of every strategy.
pub(super) async fn list(State(app): State<Arc<App>>) -> Result<Json<Value>, Problem> {
    let rows = app.store.strategies(app.tenant()).await?;
    let rows: Vec<Value> = rows
        .into_iter()
        .map(|row| {
            json!({
                "name": row.name,
                "version": row.version.to_string(),
                "deployed_at": rfc3339(row.deployed_at),
                "is_current": row.is_current,
            })
        })
        .collect();
    Ok(Json(json!({ "strategies": rows })))
}

/// The steps and arrows of the current version, with the runs that stand there now.
pub(super) async fn graph(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
) -> Result<Json<Value>, Problem> {
    let judged = current(&app, &name)?;
    let counts = app.store.counts(app.tenant(), judged.program.version).await?;
    Ok(Json(graph_of(&judged.program, &counts)))
}

fn current(app: &App, name: &str) -> Result<Judged, Problem> {
    let programs = app.programs();
    let found = programs.current().find(|(known, _)| *known == name).map(|(_, judged)| judged.clone());
    found.ok_or_else(|| Problem::missing("unknown-strategy", "there is no strategy of that name"))
}

fn graph_of(program: &Program, counts: &Counts) -> Value {
    let steps = program.steps.iter().enumerate().map(|(at, step)| {
        let open = counts.open.iter().find(|(id, _)| usize::from(id.0) == at).map_or(0, |(_, runs)| *runs);
        let line = program.origin.steps.get(at).map(|(_, line)| *line);
        json!({ "id": at, "name": step.name, "line": line, "open": open })
    });
    let outcomes = program.outcomes.iter().enumerate().map(|(at, outcome)| {
        let ended = counts.ended.iter().find(|(id, _)| usize::from(id.0) == at).map_or(0, |(_, runs)| *runs);
        let kind = match outcome.kind {
            OutcomeKind::Success => "success",
            OutcomeKind::Neutral => "neutral",
            OutcomeKind::Failure => "failure",
        };
        json!({ "id": at, "name": outcome.name, "kind": kind, "ended": ended })
    });
    let arrows = program.arrows().filter_map(|op| {
        // An arrow of `always` leaves every step.
        let from = program.step_of(op).map(|step| step.0);
        let line = program.origin.line(op);
        match program.op(op) {
            Op::Go(step) => Some(json!({ "from": from, "to_step": step.0, "line": line })),
            Op::End(outcome) => Some(json!({ "from": from, "to_outcome": outcome.0, "line": line })),
            _ => None,
        }
    });
    json!({
        "name": program.name,
        "title": program.title,
        "version": program.version.to_string(),
        "start": program.start.0,
        "steps": steps.collect::<Vec<_>>(),
        "outcomes": outcomes.collect::<Vec<_>>(),
        "arrows": arrows.collect::<Vec<_>>(),
    })
}

/// Which accounts to offer; without a body, all that never had a run.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Enrol {
    accounts: Vec<String>,
}

/// Offers accounts to the current version. Whether one enters is the strategy's own condition.
pub(super) async fn enrol(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let version = current(&app, &name)?.program.version;
    let body = bytes(body)?;
    let now = app.now();
    let source = format!("enrol {name} {}", now.0);
    if body.is_empty() {
        let offered = offer_all(&app.store, app.tenant(), version, &source, now).await?;
        app.work.notify_waiters();
        return Ok(Json(json!({ "offered": offered, "unknown": [] })));
    }
    let Enrol { accounts } = read_json(&body)?;
    let offers = accounts.iter().map(|account| NewInput {
        source: source.clone(),
        id: account.clone(),
        account: account.clone(),
        what: InboxInput::Enter(version),
    });
    let answers = app.store.accept(app.tenant(), offers.collect(), now).await?;
    app.work.notify_waiters();
    let count = |which| answers.iter().filter(|answer| **answer == which).count();
    let unknown = accounts.iter().zip(&answers).filter(|(_, answer)| **answer == Intake::UnknownAccount);
    let unknown: Vec<&String> = unknown.map(|(account, _)| account).collect();
    Ok(Json(json!({ "offered": count(Intake::Accepted), "unknown": unknown })))
}
