//! Accounts: facts, where the run stands, what comes next, what happened; and the messages.

use super::page;
use super::problem::Problem;
use crate::app::App;
use crate::clock::rfc3339;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use cobro_dsl::program::{OpId, OutcomeId, Program, StepId, TemplateId};
use cobro_dsl::values::{Channel, Lang, Money, Value as Fact};
use cobro_engine::calendar::Instant;
use cobro_engine::customer::{Account, sum};
use cobro_engine::durable::store::{
    AccountView, OutboxRow, OutboxState, OutboxWanted, Store, TimelineRow, Version,
};
use cobro_engine::record::Entry;
use cobro_engine::run::{Park, Run};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

fn unknown() -> Problem {
    Problem::missing("unknown-account", "there is no such account")
}

/// An account: facts, state, step, and what comes next and when.
pub(super) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let view = app.store.account(app.tenant(), &id).await?.ok_or_else(unknown)?;
    let account = view.customer.accounts.get(view.account).ok_or_else(unknown)?;
    let run = account.run.as_ref().map(|run| shown_run(&app, run));
    Ok(Json(json!({
        "account": account.id,
        "customer": view.customer.id,
        "facts": facts(&view, account),
        "run": run,
        "next": next(&view, account),
        "inputs_waiting": view.waiting,
        "parked": view.parked,
    })))
}

/// What is known of the account. Addresses are not shown: who reads a state has no need of them.
fn facts(view: &AccountView, account: &Account) -> Value {
    let customer = &view.customer;
    let words = |set: cobro_dsl::values::ChannelSet| set.iter().map(Channel::word).collect::<Vec<_>>();
    let open = sum(account.invoices.iter().map(|invoice| invoice.open));
    let money = |minor| Money::new(minor, account.currency).to_string();
    let invoices = account.invoices.iter().map(|invoice| {
        json!({
            "id": invoice.id,
            "due_on": invoice.due_on.to_string(),
            "amount": money(invoice.amount),
            "open": money(invoice.open),
        })
    });
    let stated = account.facts.iter().map(|(fact, value)| {
        let value = match value {
            Fact::Money(money) => json!(money.to_string()),
            Fact::Number(number) | Fact::Percent(number) => json!(number.to_string()),
            Fact::Date(on) => json!(on.to_string()),
            Fact::Text(text) => json!(text),
            Fact::Truth(truth) => json!(truth),
        };
        (fact.name(Lang::En).to_owned(), value)
    });
    json!({
        "currency": account.currency.code(),
        "open": money(open),
        "credit": money(account.credit),
        "invoices": invoices.collect::<Vec<_>>(),
        "last_payment_on": account.last_payment_on.map(|on| on.to_string()),
        "disputed": account.disputed,
        "hold": account.hold.as_ref().map(|hold| json!({
            "until": rfc3339(hold.until), "because": hold.because,
        })),
        "promise": account.promises.open.map(|promise| json!({
            "on": promise.on.to_string(), "amount": money(promise.amount), "paid": money(promise.paid),
        })),
        "tags": account.tags,
        "promises_kept": account.promises.kept,
        "promises_broken": account.promises.broken,
        "has_phone": customer.phone.is_some(),
        "has_email": customer.email.is_some(),
        "role": account.role.word(),
        "authorised": customer.authorised.map(words),
        "opted_out": words(customer.opted_out),
        "blocked": words(customer.blocked),
        "stated": stated.collect::<Map<String, Value>>(),
    })
}

fn shown_run(app: &App, run: &Run) -> Value {
    let programs = app.programs();
    let program = programs.get(run.version).map(|judged| &judged.program);
    let ended = run.ended.map(|(outcome, at)| {
        json!({ "outcome": program.map(|program| program.outcome_name(outcome)), "at": rfc3339(at) })
    });
    json!({
        "strategy": program.map(|program| program.name.as_str()),
        "version": run.version.to_string(),
        "step": program.map(|program| program.step_name(run.step)),
        "entered_at": rfc3339(run.entered_at),
        "messages": run.messages,
        "open_task": run.open_tasks().next_back(),
        "is_open": run.is_open(),
        "ended": ended,
    })
}

/// What comes next and when; null when nothing will happen by itself.
fn next(view: &AccountView, account: &Account) -> Value {
    if view.parked.is_some() {
        return json!({ "what": "a person must look", "at": null });
    }
    let promise = account.promises.open.map(|promise| promise.due_at);
    if let Some(due_at) = promise.filter(|due_at| account.next_wake() == Some(*due_at)) {
        return json!({ "what": "the promise is too late", "at": rfc3339(due_at) });
    }
    let run = account.run.as_ref();
    let is_next = |at: &Instant| account.next_wake() == Some(*at);
    if let Some(at) = run.and_then(|run| run.watch.wake).filter(is_next) {
        return json!({ "what": "a condition may change", "at": rfc3339(at) });
    }
    if let Some(at) = run.and_then(|run| run.again_at).filter(is_next) {
        return json!({ "what": "the account may enter again", "at": rfc3339(at) });
    }
    let Some(place) = run.and_then(|run| run.stack.last()) else { return Value::Null };
    let what = match place.park {
        Park::Wait => "the wait ends",
        Park::Gate => "the message is asked for again",
        Park::Task(_) => "the task is due",
        Park::Call(_) => "the call's answer is no longer waited for",
        Park::Repeat { .. } => "the run goes on",
    };
    json!({ "what": what, "at": place.wake.map(rfc3339) })
}

/// Which page of a list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TimelinePage {
    after: Option<u64>,
    limit: Option<u32>,
}

/// What happened to an account and why, oldest first.
pub(super) async fn timeline(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    wanted: Result<Query<TimelinePage>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(wanted) = wanted.map_err(|rejection| Problem::bad("bad-query", rejection.body_text()))?;
    let limit = page(wanted.limit);
    let rows = app.store.timeline(app.tenant(), &id, wanted.after.unwrap_or(0), limit).await?;
    if rows.is_empty() && app.store.account(app.tenant(), &id).await?.is_none() {
        return Err(unknown());
    }
    let next = rows.last().filter(|_| rows.len() == limit as usize).map(|row| row.number);
    let programs = app.programs();
    let shown = |row: &TimelineRow| {
        let program = programs.get(row.row.version).map(|judged| judged.program.as_ref());
        json!({
            "number": row.number,
            "at": rfc3339(row.row.at),
            "version": row.row.version.to_string(),
            "entry": serde_json::to_value(&row.row.entry).unwrap_or_default(),
            "names": program.map(|program| names(program, &row.row.entry)),
        })
    };
    Ok(Json(json!({ "rows": rows.iter().map(shown).collect::<Vec<_>>(), "next": next })))
}

/// The names and lines behind an entry's ids.
fn names(program: &Program, entry: &Entry) -> Value {
    let line = |op: u32| program.origin.line(OpId(op));
    let step = |id: u16| program.step_name(StepId(id));
    let template = |id: u16| program.template_name(TemplateId(id));
    match entry {
        Entry::Entered { step: id, .. } | Entry::Stays { step: id, .. } => json!({ "step": step(*id) }),
        Entry::WentTo { step: id, arrow } | Entry::Staged { step: id, arrow, .. } => {
            json!({ "step": step(*id), "line": line(*arrow) })
        }
        Entry::Sent { template: id, op, .. }
        | Entry::Deferred { template: id, op, .. }
        | Entry::Refused { template: id, op, .. } => json!({ "template": template(*id), "line": line(*op) }),
        Entry::Escalated { op, .. }
        | Entry::Waits { op, .. }
        | Entry::Awaits { op, .. }
        | Entry::OnHold { op, .. }
        | Entry::Late { op, .. }
        | Entry::Released { op }
        | Entry::Blocked { op, .. }
        | Entry::WaitOver { op, .. }
        | Entry::TimedOut { op }
        | Entry::Repeats { op, .. }
        | Entry::Branched { op, .. } => json!({ "line": line(*op) }),
        Entry::Held { handler, .. } => json!({ "line": program.origin.handler_line(*handler) }),
        Entry::Tagged { tag: id, op, .. } => {
            json!({ "tag": program.name(cobro_dsl::program::NameId(*id)), "line": line(*op) })
        }
        Entry::Set { field: id, op, .. } => {
            json!({ "field": program.name(cobro_dsl::program::NameId(*id)), "line": line(*op) })
        }
        Entry::Split { experiment, way, op } => {
            let name = |id: u16| program.name(cobro_dsl::program::NameId(id));
            json!({ "experiment": name(*experiment), "way": name(*way), "line": line(*op) })
        }
        Entry::Assigned { queue, op, .. } => {
            json!({ "queue": program.name(cobro_dsl::program::NameId(*queue)), "line": line(*op) })
        }
        Entry::Noted { note } => json!({ "note": program.notes.get(usize::from(*note)) }),
        Entry::Ended { outcome, arrow } => {
            json!({ "outcome": program.outcome_name(OutcomeId(*outcome)), "line": line(*arrow) })
        }
        _ => json!({}),
    }
}

/// Which messages.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OutboxPage {
    account: Option<String>,
    state: Option<String>,
    after: Option<String>,
    limit: Option<u32>,
}

impl OutboxPage {
    /// As the store is asked; a state that the route fixes goes before the caller's.
    pub(super) fn wanted(self, fixed: Option<OutboxState>) -> Result<OutboxWanted, Problem> {
        let state = self.state.map(|word| {
            let known = OutboxState::parse(&word);
            known.ok_or_else(|| Problem::bad("unknown-state", "there is no such state of a message"))
        });
        let after = self.after.map(|cursor| {
            let parts =
                cursor.split_once(':').and_then(|(at, id)| Some((Instant(at.parse().ok()?), id.to_owned())));
            parts.ok_or_else(|| Problem::bad("bad-cursor", "`after` must be the `next` of the page before"))
        });
        Ok(OutboxWanted {
            account: self.account,
            state: fixed.or(state.transpose()?),
            after: after.transpose()?,
            limit: page(self.limit),
        })
    }
}

/// Where the next page begins, when there may be one.
pub(super) fn cursor(rows: &[OutboxRow], limit: u32) -> Option<String> {
    let last = rows.last().filter(|_| rows.len() == limit as usize)?;
    Some(format!("{}:{}", last.decided_at.0, last.id))
}

/// Messages and where they are on their way; their texts are for the sandbox only.
pub(super) async fn outbox(
    State(app): State<Arc<App>>,
    wanted: Result<Query<OutboxPage>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(wanted) = wanted.map_err(|rejection| Problem::bad("bad-query", rejection.body_text()))?;
    let wanted = wanted.wanted(None)?;
    let limit = wanted.limit;
    let rows = app.store.outbox(app.tenant(), wanted).await?;
    let shown = |row: &OutboxRow| {
        json!({
            "id": row.id,
            "account": row.run.account,
            "customer": row.customer,
            "channel": row.message.channel.word(),
            "template": template_name(&app, row.run.version, row.message.template),
            "webhook": row.message.called().map(|_| &row.message.webhook),
            "decided_at": rfc3339(row.decided_at),
            "not_before": rfc3339(row.not_before),
            "state": row.state.word(),
            "attempts": row.attempts,
            "provider_id": row.provider_id,
            "why": row.why,
        })
    };
    let next = cursor(&rows, limit);
    Ok(Json(json!({ "messages": rows.iter().map(shown).collect::<Vec<_>>(), "next": next })))
}

pub(super) fn template_name(app: &App, version: Version, id: TemplateId) -> Option<String> {
    app.programs().get(version).map(|judged| judged.program.template_name(id).to_owned())
}
