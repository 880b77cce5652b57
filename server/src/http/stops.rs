//! Stops: what must not go out from now on. Kept before the answer, asked before every message.

use super::problem::Problem;
use super::{Body, bytes, json as read_json};
use crate::app::App;
use crate::clock::rfc3339;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cobro_engine::durable::store::{Stop, Stopped, Store};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// What is to be stopped or lifted: exactly one of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "one of `all`, `channel`, `strategy`, `account`")]
struct Wanted {
    all: Option<bool>,
    channel: Option<String>,
    strategy: Option<String>,
    account: Option<String>,
    because: Option<String>,
}

impl Wanted {
    fn stop(&self) -> Result<Stop, Problem> {
        let named = [("channel", &self.channel), ("strategy", &self.strategy), ("account", &self.account)];
        let named: Vec<(&str, &str)> =
            named.into_iter().filter_map(|(kind, name)| Some((kind, name.as_deref()?))).collect();
        let stop = match (self.all == Some(true), named.as_slice()) {
            (true, []) => Some(Stop::All),
            (false, [(kind, name)]) => Stop::parse(kind, name),
            _ => None,
        };
        let detail =
            "give one of `\"all\": true`, `channel` (whatsapp, email, sms, call), `strategy`, `account`";
        stop.ok_or_else(|| Problem::bad("bad-stop", detail))
    }
}

/// Everything that is stopped.
pub(super) async fn list(State(app): State<Arc<App>>) -> Result<Json<Value>, Problem> {
    let stops = app.store.stops(app.tenant()).await?;
    Ok(Json(json!({ "stops": stops.iter().map(shown).collect::<Vec<_>>() })))
}

fn shown(stopped: &Stopped) -> Value {
    let Stopped { stop, why, at } = stopped;
    let mut shown = json!({ "because": why, "since": rfc3339(*at) });
    shown[stop.kind()] = if *stop == Stop::All { json!(true) } else { json!(stop.name()) };
    shown
}

/// Nothing of it goes out from now on.
pub(super) async fn stop(
    State(app): State<Arc<App>>,
    body: Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let wanted: Wanted = read_json(&bytes(body)?)?;
    let stop = wanted.stop()?;
    let why = wanted.because.as_deref().unwrap_or("");
    let is_new = app.store.stop(app.tenant(), &stop, why, app.now()).await?;
    tracing::warn!(kind = stop.kind(), name = stop.name(), is_new, "stopped");
    let queued = app.store.backlog(app.tenant(), app.now()).await?.queued;
    let result = if is_new { "stopped" } else { "was stopped already" };
    Ok((StatusCode::OK, Json(json!({ "result": result, "messages_queued": queued }))))
}

/// It goes on: messages that wait are judged anew by the gate, each at its own moment.
pub(super) async fn lift(State(app): State<Arc<App>>, body: Body) -> Result<Json<Value>, Problem> {
    let wanted: Wanted = read_json(&bytes(body)?)?;
    let stop = wanted.stop()?;
    let was_there = app.store.lift(app.tenant(), &stop).await?;
    tracing::warn!(kind = stop.kind(), name = stop.name(), was_there, "lifted");
    app.work.notify_waiters();
    Ok(Json(json!({ "result": if was_there { "lifted" } else { "was not stopped" } })))
}
