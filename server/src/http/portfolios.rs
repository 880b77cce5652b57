//! Portfolios: a file of accounts comes in, whole or not at all.

use super::problem::Problem;
use super::{Body, bytes};
use crate::app::App;
use crate::compile::RowProblem;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use cobro_dsl::values::NaiveDate;
use cobro_engine::calendar::Instant;
use cobro_engine::durable::store::{Import, Store};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// How rows that are wrong are treated.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// One wrong row refuses the file; else the rest is imported.
    #[serde(default)]
    strict: bool,
    /// The portfolio is taken as it stands at the beginning of this day; without it, with everything that was
    /// paid up to now. What was paid later is not imported: payments come in as events.
    as_of: Option<String>,
}

/// Reports list at most so many rows; the count is always whole.
const LISTED_MAX: usize = 1_000;

pub(super) async fn import(
    State(app): State<Arc<App>>,
    wanted: Result<Query<Wanted>, QueryRejection>,
    body: Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let Query(Wanted { strict, as_of }) =
        wanted.map_err(|rejection| Problem::bad("bad-query", rejection.body_text()))?;
    let as_of = match as_of {
        Some(text) => {
            text.parse().map_err(|_| Problem::bad("bad-date", "`as_of` must be like 2026-03-02"))?
        }
        None => tomorrow(app.now()),
    };
    let bytes = bytes(body)?;
    let language = app.language.clone();
    let read = tokio::task::spawn_blocking(move || language.read_portfolio(&bytes, as_of)).await;
    let portfolio = read.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()));
    let is_refused = portfolio.customers.is_empty() || (strict && !portfolio.problems.is_empty());
    if is_refused {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let problem = Problem::new(status, "portfolio-refused", "nothing was imported");
        return Err(problem
            .with("rows", portfolio.rows)
            .with("rows_wrong", portfolio.problems.len())
            .with("problems", listed(&portfolio.problems)));
    }
    let answer = app.store.import(app.tenant(), portfolio.customers, app.now()).await?;
    app.work.notify_waiters();
    match answer {
        Import::Imported { customers, accounts, invoices } => {
            let report = json!({
                "customers": customers,
                "accounts": accounts,
                "invoices": invoices,
                "rows": portfolio.rows,
                "rows_wrong": portfolio.problems.len(),
                "problems": listed(&portfolio.problems),
                "doubts": listed(&portfolio.doubts),
            });
            Ok((StatusCode::CREATED, Json(report)))
        }
        Import::Refused { existing } => {
            let detail = "some of the accounts exist already; nothing was imported";
            let shown: Vec<&String> = existing.iter().take(LISTED_MAX).collect();
            Err(Problem::new(StatusCode::CONFLICT, "accounts-exist", detail)
                .with("count", existing.len())
                .with("accounts", json!(shown)))
        }
    }
}

/// The first day that has begun nowhere yet.
fn tomorrow(now: Instant) -> NaiveDate {
    let ahead = now.plus_millis(38 * 3_600_000);
    ahead.local(chrono_tz::UTC).date()
}

fn listed(problems: &[RowProblem]) -> Value {
    let shown: Vec<&RowProblem> = problems.iter().take(LISTED_MAX).collect();
    serde_json::to_value(shown).unwrap_or_default()
}
