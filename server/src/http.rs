//! All routes on one page. Each resource has its own file.
//!
//! In: requests. Out: JSON, and `application/problem+json` for every error whoever makes it. A 2xx to a write
//! means that it is durable.

mod accounts;
mod events;
mod health;
mod operations;
mod portfolios;
mod problem;
mod sandbox;
mod stops;
mod strategies;

use crate::app::App;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use problem::Problem;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};

pub(crate) fn routes(app: Arc<App>) -> Router {
    let timeout = app.config.request_timeout;
    let body_max = DefaultBodyLimit::max(app.config.body_bytes_max);
    let portfolio_max = DefaultBodyLimit::max(app.config.portfolio_bytes_max);
    let mut routes = Router::new()
        .route("/health", get(health::alive))
        .route("/ready", get(health::ready))
        .route("/v1/strategies", post(strategies::deploy).get(strategies::list))
        .route("/v1/strategies/{name}/graph", get(strategies::graph))
        .route("/v1/strategies/{name}/graph.svg", get(strategies::drawing))
        .route("/v1/strategies/{name}/enrol", post(strategies::enrol))
        .route("/v1/events", post(events::accept))
        .route("/v1/accounts/{id}", get(accounts::show))
        .route("/v1/accounts/{id}/timeline", get(accounts::timeline))
        .route("/v1/outbox", get(accounts::outbox))
        .route("/v1/stops", get(stops::list).post(stops::stop).delete(stops::lift))
        .route("/v1/operations", post(operations::operate))
        .route("/metrics", get(health::metrics));
    if app.config.sandbox {
        routes = routes
            .route("/v1/sandbox/messages", get(sandbox::messages))
            .route("/v1/sandbox/answers", post(sandbox::answer))
            .route("/v1/sandbox/clock", get(sandbox::clock).post(sandbox::move_clock));
    }
    routes
        .layer(body_max)
        .route("/v1/portfolios", post(portfolios::import).layer(portfolio_max))
        .fallback(|| async { Problem::new(StatusCode::NOT_FOUND, "no-such-route", "there is nothing here") })
        .method_not_allowed_fallback(|| async {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "this can not be done here")
        })
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, timeout))
        .layer(RequestBodyTimeoutLayer::new(timeout))
        .layer(CatchPanicLayer::custom(problem::of_panic))
        .layer(from_fn(problem::for_every_error))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .with_state(app)
}

/// A body that was read whole.
type Body = Result<axum::body::Bytes, BytesRejection>;

/// The bytes of a body.
fn bytes(body: Body) -> Result<axum::body::Bytes, Problem> {
    body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", "the body is too large")
        }
        _ => {
            Problem::new(StatusCode::BAD_REQUEST, "body-unreadable", "the body could not be read to its end")
        }
    })
}

/// The text of a body.
fn text(body: Body) -> Result<String, Problem> {
    let bytes = bytes(body)?;
    let not_text = |_| Problem::new(StatusCode::BAD_REQUEST, "not-utf8", "the text is not UTF-8");
    String::from_utf8(bytes.into()).map_err(not_text)
}

/// The JSON of a body.
fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        let code = if error.is_data() { "not-as-expected" } else { "not-json" };
        Problem::new(StatusCode::BAD_REQUEST, code, error.to_string())
    })
}

/// How many rows a list gives when nobody says, and at most.
fn page(limit: Option<u32>) -> u32 {
    limit.unwrap_or(100).clamp(1, 1_000)
}
