//! Operations: runs are held, go on or end. One page of customers a request; `next` is where the following one begins.

use super::problem::Problem;
use super::{Body, bytes, json as read_json};
use crate::app::App;
use axum::Json;
use axum::extract::State;
use cobro_engine::durable::operation::{Act, Became, Mode, Operation, Whom, page};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// What is to be done, to exactly one of `all`, `account`, `segment`, `strategy`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(rename = "do")]
    act: String,
    id: Option<String>,
    all: Option<bool>,
    account: Option<String>,
    segment: Option<String>,
    strategy: Option<String>,
    because: Option<String>,
    #[serde(default)]
    preview: bool,
    after: Option<String>,
    limit: Option<u32>,
}

impl Wanted {
    fn whom(&self) -> Result<Whom, Problem> {
        let named = [
            self.account.clone().map(Whom::Account),
            self.segment.clone().map(Whom::Segment),
            self.strategy.clone().map(Whom::Strategy),
            (self.all == Some(true)).then_some(Whom::All),
        ];
        let mut named = named.into_iter().flatten();
        match (named.next(), named.next()) {
            (Some(whom), None) => Ok(whom),
            _ => Err(Problem::bad(
                "bad-operation",
                "give one of `\"all\": true`, `account`, `segment`, `strategy`; a channel is paused by /v1/stops",
            )),
        }
    }
}

/// One page of an operation, or of its preview.
pub(super) async fn operate(State(app): State<Arc<App>>, body: Body) -> Result<Json<Value>, Problem> {
    let wanted: Wanted = read_json(&bytes(body)?)?;
    let whom = wanted.whom()?;
    let act = Act::parse(&wanted.act)
        .ok_or_else(|| Problem::bad("bad-operation", "`do` is one of pause, resume, cancel"))?;
    let now = app.now();
    let id = wanted.id.unwrap_or_else(|| crate::new_operation_id(act));
    let operation = Operation { id, act, whom, because: wanted.because.unwrap_or_default() };
    let mode = if wanted.preview { Mode::Preview } else { Mode::Do };
    let limit = wanted.limit.unwrap_or(1_000).clamp(1, 10_000);
    let page = page(&app.store, app.tenant(), &operation, mode, wanted.after.as_deref(), limit, now).await?;
    if mode == Mode::Do {
        tracing::warn!(act = act.word(), id = operation.id, accounts = page.items.len(), "an operation");
        app.work.notify_waiters();
    }
    let items = page.items.iter().map(|(account, became)| match became {
        Became::Would => json!({ "account": account, "result": "would" }),
        Became::Done => json!({ "account": account, "result": "accepted" }),
        Became::Before => json!({ "account": account, "result": "before" }),
        Became::Unreadable(why) => json!({ "customer": account, "result": "unreadable", "why": why }),
    });
    Ok(Json(json!({
        "operation": operation.id,
        "preview": mode == Mode::Preview,
        "count": page.items.len(),
        "customers": page.looked_at,
        "items": items.collect::<Vec<_>>(),
        "next": page.next,
    })))
}
