//! Every loop: its name, and its tick. A loop ticks until there is nothing to do, rests until something
//! falls due or somebody says that there is something new, and ticks again.
//!
//! | loop       | tick                                                    |
//! |------------|---------------------------------------------------------|
//! | executor   | claim what is due, let `advance` take it, commit        |
//! | dispatcher | mark a message, ask the gate again, hand over, record   |
//! | scheduler  | offer accounts to strategies whose review is due        |
//! | sweeper    | tell what a lost worker was handing over; shared stores |

use crate::app::App;
use cobro_engine::calendar::Instant;
use cobro_engine::durable::store::{Error, Others, Result, Store as _};
use cobro_engine::durable::{dispatcher, executor, scheduler};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Customers of one transaction, and messages that are marked at once.
const AT_ONCE: u32 = 200;
/// After a failure a loop rests at most so long.
const REST_MAX: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Loop {
    Executor,
    Dispatcher,
    Scheduler,
    Sweeper,
}

/// Which loops a process runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    /// All of them.
    Serve,
    /// Executor and dispatcher, beside others.
    Work,
}

pub(crate) fn start(app: &Arc<App>, role: Role, stop: &watch::Receiver<bool>) -> JoinSet<()> {
    let mut loops = JoinSet::new();
    for which in [Loop::Executor, Loop::Dispatcher] {
        loops.spawn(run(which, app.clone(), stop.clone()));
    }
    if role == Role::Serve {
        loops.spawn(run(Loop::Scheduler, app.clone(), stop.clone()));
    }
    if app.store.is_shared() {
        loops.spawn(run(Loop::Sweeper, app.clone(), stop.clone()));
        loops.spawn(listen(app.clone(), stop.clone()));
    }
    loops
}

/// Wakes the loops when another process says that there is something new.
async fn listen(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let ended = async move {
        let _ = stop.wait_for(|stop| *stop).await;
    };
    let listening = async {
        loop {
            // The news end when the connection does; until there are news again, the loops poll.
            if let Ok(mut news) = app.store.news().await {
                while news.next().await.is_ok() {
                    app.work.notify_waiters();
                }
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    tokio::select! {
        () = ended => {}
        () = listening => {}
    }
}

async fn run(which: Loop, app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut failures = 0_u32;
    while !*stop.borrow() {
        // Its own task: a panic ends one tick, not the loop.
        let ticking = app.clone();
        let ticked = tokio::spawn(async move {
            let _turn = ticking.turn.read().await;
            ticking.refresh().await?;
            tick(which, &ticking, ticking.now()).await
        });
        match ticked.await {
            Ok(Ok(work)) => {
                failures = 0;
                if work > 0 && which != Loop::Sweeper {
                    app.work.notify_waiters();
                    continue;
                }
            }
            Ok(Err(error)) => {
                app.counters.failed();
                let retryable = error.is_retryable();
                tracing::error!(which = ?which, retryable, error = %cause(&error), "a tick failed");
                failures = failures.saturating_add(1);
            }
            Err(_) => {
                app.counters.failed();
                tracing::error!(which = ?which, "a tick panicked");
                failures = failures.saturating_add(1);
            }
        }
        let rest = rest(which, &app, failures).await;
        let woken = async {
            match which {
                // What it looks for is not told by anybody.
                Loop::Sweeper => std::future::pending().await,
                Loop::Executor | Loop::Dispatcher | Loop::Scheduler => app.work.notified().await,
            }
        };
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            () = woken => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }
}

/// How long a loop with nothing to do rests: until something falls due, and no longer than it may. After failures
/// longer and longer.
async fn rest(which: Loop, app: &App, failures: u32) -> Duration {
    let longest = match which {
        Loop::Sweeper => app.config.lease / 4,
        Loop::Executor | Loop::Dispatcher | Loop::Scheduler => app.config.idle,
    };
    if failures > 0 {
        return (longest * 2_u32.saturating_pow(failures.min(10))).min(REST_MAX);
    }
    if matches!(which, Loop::Executor | Loop::Dispatcher) {
        let now = app.now();
        if let Ok(Some(due)) = app.store.next_due(app.tenant(), now).await {
            let millis = u64::try_from(due.0.saturating_sub(now.0)).unwrap_or(0);
            return longest.min(Duration::from_millis(millis));
        }
    }
    longest
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
        Loop::Executor => execute(app, now).await.map(|done| done.claimed.saturating_sub(done.unready)),
        Loop::Dispatcher => dispatch(app, now).await.map(|done| done.marked.saturating_sub(done.unready)),
        Loop::Scheduler => schedule(app, now).await.map(|done| done.reviews),
        Loop::Sweeper => sweep(app).await,
    }
}

async fn execute(app: &App, now: Instant) -> Result<executor::Done> {
    let settings = executor::Settings {
        worker: &app.worker,
        clock: app.clock.machine(),
        lease_millis: lease_millis(app),
        customers_at_once: AT_ONCE,
    };
    let done = executor::tick(&app.store, app.tenant(), &app.programs(), settings, now).await?;
    app.counters.executed(&done);
    if done.claimed > 0 {
        tracing::debug!(
            claimed = done.claimed,
            transitions = done.committed,
            taken = done.taken,
            messages = done.messages,
            conflicts = done.conflicts,
            "executed"
        );
    }
    if done.parked > 0 {
        tracing::error!(parked = done.parked, "customers were put aside: somebody must look");
    }
    if done.unready > 0 {
        app.look_for_versions().await?;
    }
    Ok(done)
}

async fn dispatch(app: &App, now: Instant) -> Result<dispatcher::Done> {
    let settings = dispatcher::Settings {
        worker: &app.worker,
        clock: &|| app.clock.machine(),
        lease_millis: lease_millis(app),
        messages_at_once: AT_ONCE,
    };
    let programs = app.programs();
    let done = dispatcher::tick(&app.store, app.tenant(), &programs, &app.channel, settings, now).await?;
    app.counters.dispatched(&done);
    if done.marked > 0 {
        tracing::debug!(marked = done.marked, accepted = done.accepted, later = done.later, "dispatched");
    }
    if done.problems + done.unknown > 0 {
        tracing::error!(problems = done.problems, unknown = done.unknown, "messages did not go out cleanly");
    }
    if done.unready > 0 {
        app.look_for_versions().await?;
    }
    Ok(done)
}

/// Messages that a dead worker was handing over: nobody knows whether they went out.
async fn sweep(app: &App) -> Result<u64> {
    let found = app.store.recover(app.tenant(), Others::Perhaps, app.clock.machine()).await?;
    if found.unknown > 0 {
        tracing::error!(unknown = found.unknown, "a worker was lost while it handed messages over");
    }
    Ok(found.unknown)
}

fn lease_millis(app: &App) -> i64 {
    i64::try_from(app.config.lease.as_millis()).unwrap_or(i64::MAX)
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
