//! What the loops have done, counted, and told in Prometheus' words.
//!
//! In: the results of ticks, what waits in the store. Out: `/metrics`. Absent: anything about a person; names of
//! strategies and accounts are never labels.

use crate::app::App;
use cobro_engine::calendar::Instant;
use cobro_engine::durable::store::{Result, Store as _};
use cobro_engine::durable::{dispatcher, executor};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counters since the process began.
#[derive(Default)]
pub(crate) struct Counters {
    transitions: AtomicU64,
    taken: AtomicU64,
    decided: AtomicU64,
    deferred: AtomicU64,
    refused_by_gate: AtomicU64,
    conflicts: AtomicU64,
    parked: AtomicU64,
    accepted: AtomicU64,
    refused: AtomicU64,
    later: AtomicU64,
    withdrawn: AtomicU64,
    unknown: AtomicU64,
    failures: AtomicU64,
}

fn add(counter: &AtomicU64, more: u64) {
    counter.fetch_add(more, Ordering::Relaxed);
}

impl Counters {
    pub(crate) fn executed(&self, done: &executor::Done) {
        add(&self.transitions, done.committed);
        add(&self.taken, done.taken);
        add(&self.decided, done.messages);
        add(&self.deferred, done.deferred);
        add(&self.refused_by_gate, done.refused);
        add(&self.conflicts, done.conflicts);
        add(&self.parked, done.parked);
    }

    pub(crate) fn dispatched(&self, done: &dispatcher::Done) {
        add(&self.accepted, done.accepted);
        add(&self.refused, done.refused);
        add(&self.later, done.later);
        add(&self.withdrawn, done.withdrawn);
        add(&self.unknown, done.unknown);
    }

    pub(crate) fn failed(&self) {
        add(&self.failures, 1);
    }
}

/// One document in Prometheus' text format.
pub(crate) async fn metrics(app: &App) -> Result<String> {
    let now = app.now();
    let backlog = app.store.backlog(app.tenant(), now).await?;
    let oldest = app.store.next_due(app.tenant(), Instant::FIRST).await?;
    let lag = oldest.map_or(0, |at| now.0.saturating_sub(at.0).max(0));
    let stops = app.store.stops(app.tenant()).await?.len() as u64;
    let mut text = String::new();
    let mut tell = |name: &str, kind: &str, help: &str, values: &[(&str, String)]| {
        let _ = writeln!(text, "# HELP cobro_{name} {help}\n# TYPE cobro_{name} {kind}");
        for (labels, value) in values {
            let _ = writeln!(text, "cobro_{name}{labels} {value}");
        }
    };
    let number = |value: u64| value.to_string();
    let counted = |counter: &AtomicU64| counter.load(Ordering::Relaxed).to_string();
    let counters = &app.counters;
    let lag = format!("{}.{:03}", lag / 1_000, lag % 1_000);
    tell("lag_seconds", "gauge", "how late the oldest thing is that is due", &[("", lag)]);
    tell("inputs_waiting", "gauge", "inputs not yet taken", &[("", number(backlog.inputs))]);
    tell("customers_due", "gauge", "customers for whom something is due", &[("", number(backlog.due))]);
    tell(
        "customers_parked",
        "gauge",
        "customers put aside until a person has looked",
        &[("", number(backlog.parked))],
    );
    tell("stops", "gauge", "what somebody has stopped", &[("", number(stops))]);
    tell(
        "outbox_messages",
        "gauge",
        "messages that are not at their end, by state",
        &[
            ("{state=\"queued\"}", number(backlog.queued)),
            ("{state=\"marked\"}", number(backlog.marked)),
            ("{state=\"unknown\"}", number(backlog.unknown)),
        ],
    );
    tell("transitions_total", "counter", "transitions committed", &[("", counted(&counters.transitions))]);
    tell("inputs_and_timers_total", "counter", "inputs and timers taken", &[("", counted(&counters.taken))]);
    tell(
        "gate_answers_total",
        "counter",
        "what the gate said of messages",
        &[
            ("{answer=\"now\"}", counted(&counters.decided)),
            ("{answer=\"not_before\"}", counted(&counters.deferred)),
            ("{answer=\"never\"}", counted(&counters.refused_by_gate)),
        ],
    );
    tell(
        "messages_total",
        "counter",
        "what became of messages at dispatch",
        &[
            ("{outcome=\"accepted\"}", counted(&counters.accepted)),
            ("{outcome=\"refused\"}", counted(&counters.refused)),
            ("{outcome=\"later\"}", counted(&counters.later)),
            ("{outcome=\"withdrawn\"}", counted(&counters.withdrawn)),
            ("{outcome=\"unknown\"}", counted(&counters.unknown)),
        ],
    );
    tell(
        "conflicts_total",
        "counter",
        "transitions that another worker was faster with",
        &[("", counted(&counters.conflicts))],
    );
    tell("parked_total", "counter", "customers put aside", &[("", counted(&counters.parked))]);
    tell("tick_failures_total", "counter", "ticks that failed", &[("", counted(&counters.failures))]);
    Ok(text)
}
