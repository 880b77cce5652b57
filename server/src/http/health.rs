//! Is it alive, and can it work?

use super::problem::Problem;
use crate::app::App;
use crate::clock::rfc3339;
use axum::Json;
use axum::extract::State;
use cobro_engine::durable::store::Store;
use serde_json::{Value, json};
use std::sync::Arc;

/// The process answers. Says nothing about the store.
pub(super) async fn alive() -> Json<Value> {
    Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

/// The store answers; with what waits and what is stuck.
pub(super) async fn ready(State(app): State<Arc<App>>) -> Result<Json<Value>, Problem> {
    let now = app.now();
    let backlog = app.store.backlog(app.tenant(), now).await?;
    Ok(Json(json!({
        "status": "ready",
        "now": rfc3339(now),
        "sandbox": app.config.sandbox,
        "waiting": { "inputs": backlog.inputs, "customers_due": backlog.due, "messages": backlog.queued },
        "handing_over": backlog.marked,
        "unknown": backlog.unknown,
        "parked": backlog.parked,
    })))
}

/// What was done and what waits, for Prometheus.
pub(super) async fn metrics(
    State(app): State<Arc<App>>,
) -> Result<([(axum::http::HeaderName, &'static str); 1], String), Problem> {
    let text = crate::telemetry::metrics(&app).await?;
    Ok(([(axum::http::header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text))
}
