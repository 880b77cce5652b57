//! Every loop: its name, and its tick. A loop ticks until there is nothing to do, rests, and ticks again.
//!
//! | loop       | tick                                                    |
//! |------------|---------------------------------------------------------|
//! | executor   | claim what is due, let `advance` take it, commit        |
//! | dispatcher | mark a message, ask the gate again, hand over, record   |
//! | scheduler  | offer accounts to strategies whose review is due        |

use crate::app::App;
use cobro_engine::calendar::Instant;
use cobro_engine::durable::store::{Error, Result};
use cobro_engine::durable::{dispatcher, executor, scheduler};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Customers of one transaction, and messages that are marked at once.
const AT_ONCE: u32 = 200;
/// How long a worker may hold customers.
const LEASE_MILLIS: i64 = 60_000;
/// After a failure a loop rests at most so long.
const REST_MAX: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, Debug)]
enum Loop {
    Executor,
    Dispatcher,
    Scheduler,
}

pub(crate) fn start(app: &Arc<App>, stop: &watch::Receiver<bool>) -> JoinSet<()> {
    let mut loops = JoinSet::new();
    for which in [Loop::Executor, Loop::Dispatcher, Loop::Scheduler] {
        loops.spawn(run(which, app.clone(), stop.clone()));
    }
    loops
}

async fn run(which: Loop, app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut rest = app.config.idle;
    while !*stop.borrow() {
        // Its own task: a panic ends one tick, not the loop.
        let ticking = app.clone();
        let ticked = tokio::spawn(async move {
            let _turn = ticking.turn.read().await;
            tick(which, &ticking, ticking.now()).await
        });
        match ticked.await {
            Ok(Ok(work)) => {
                rest = app.config.idle;
                if work > 0 {
                    app.work.notify_waiters();
                    continue;
                }
            }
            Ok(Err(error)) => {
                let retryable = error.is_retryable();
                tracing::error!(which = ?which, retryable, error = %cause(&error), "a tick failed");
                rest = (rest * 2).min(REST_MAX);
            }
            Err(_) => {
                tracing::error!(which = ?which, "a tick panicked");
                rest = (rest * 2).min(REST_MAX);
            }
        }
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            () = app.work.notified() => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }
}

/// The failure with what lies under it, for the log. Neither names a person.
pub(crate) fn cause(error: &Error) -> String {
    match error {
        Error::Unavailable(source) => format!("{error}: {source}"),
        Error::Conflict { .. } => "a conflict".to_owned(),
        Error::Corrupt { why, .. } => format!("something stored is damaged: {why}"),
    }
}

/// One tick; how much it did.
async fn tick(which: Loop, app: &App, now: Instant) -> Result<u64> {
    match which {
        Loop::Executor => execute(app, now).await.map(|done| done.claimed),
        Loop::Dispatcher => dispatch(app, now).await.map(|done| done.marked),
        Loop::Scheduler => schedule(app, now).await.map(|done| done.reviews),
    }
}

async fn execute(app: &App, now: Instant) -> Result<executor::Done> {
    let settings =
        executor::Settings { worker: &app.worker, lease_millis: LEASE_MILLIS, customers_at_once: AT_ONCE };
    let done = executor::tick(&app.store, app.tenant(), &app.programs(), settings, now).await?;
    if done.parked > 0 {
        tracing::error!(parked = done.parked, "customers were put aside: somebody must look");
    }
    Ok(done)
}

async fn dispatch(app: &App, now: Instant) -> Result<dispatcher::Done> {
    let settings = dispatcher::Settings { worker: &app.worker, messages_at_once: AT_ONCE };
    let programs = app.programs();
    let done = dispatcher::tick(&app.store, app.tenant(), &programs, &app.channel, settings, now).await?;
    if done.problems + done.unknown > 0 {
        tracing::error!(problems = done.problems, unknown = done.unknown, "messages did not go out cleanly");
    }
    Ok(done)
}

async fn schedule(app: &App, now: Instant) -> Result<scheduler::Done> {
    let done = scheduler::tick(&app.store, app.tenant(), &app.programs(), now).await?;
    for name in &done.unreadable {
        tracing::error!(name, "the review schedule of a strategy cannot be read");
    }
    Ok(done)
}

/// What was done while time was moved.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Work {
    pub(crate) transitions: u64,
    pub(crate) inputs_and_timers: u64,
    pub(crate) sent: u64,
    pub(crate) deferred: u64,
    pub(crate) withdrawn: u64,
    pub(crate) offered: u64,
    pub(crate) parked: u64,
}

/// Ticks at one moment until nothing is left to do at it, or the deadline passes; whether it came to rest.
pub(crate) async fn until_quiet(
    app: &App,
    now: Instant,
    deadline: tokio::time::Instant,
    work: &mut Work,
) -> Result<bool> {
    loop {
        let reviewed = schedule(app, now).await?;
        let executed = execute(app, now).await?;
        let dispatched = dispatch(app, now).await?;
        work.offered += reviewed.offered;
        work.transitions += executed.committed;
        work.inputs_and_timers += executed.taken;
        work.parked += executed.parked;
        work.sent += dispatched.accepted;
        work.deferred += dispatched.later;
        work.withdrawn += dispatched.withdrawn;
        if reviewed.reviews + executed.claimed + dispatched.marked == 0 {
            return Ok(true);
        }
        if tokio::time::Instant::now() >= deadline {
            return Ok(false);
        }
    }
}
