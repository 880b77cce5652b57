//! Deterministic simulation: one seed makes a strategy, people, what they do, several workers, and everything that
//! goes wrong; checkers look at what is left.
//!
//! In: a store that is empty, a seed. Out: what was done, which faults there were, and everything that is wrong; the
//! same seed gives the same. Workers are real ticks of the engine, taken apart at each call of the store and of the
//! channel and put together again by chance. A worker may stop for longer than its lease, or die, at any of these
//! places. Absent: a clock and a runtime; time goes on when nobody has anything to do at the moment.

mod check;
mod world;

pub use cobro_store::faults::Guard;
pub use world::Seen;

use crate::law_chance::{self, Dice, Played};
use crate::oracle;
use anyhow::{Context as _, bail, ensure};
use cobro_engine::calendar::Instant;
use cobro_engine::durable::programs::{Judged, Programs};
use cobro_engine::durable::store::{InboxInput, Others, Store};
use cobro_engine::durable::{dispatcher, executor};
use cobro_store::faults::Faulty;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use world::World;

pub(crate) const TENANT: &str = "default";
const LEASE_MILLIS: i64 = 60_000;
/// Faults are made for so long; then everybody works in peace until the strategies have ended.
const DAYS_OF_FAULTS: i64 = 45;
const DAY_MILLIS: i64 = 24 * 3_600_000;
/// Steps of one seed; more is a circle.
const STEPS_MAX: u64 = 400_000;

/// What one seed is to be.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// The guard that is switched off.
    pub off: Option<Guard>,
    /// Is the gate broken? Only in a build with `--features faults`.
    pub without_frequency: bool,
}

/// Plays a seed on an empty store.
pub async fn play<S: Store>(store: &S, seed: u64, wanted: Wanted) -> anyhow::Result<Seen> {
    let mut dice = Dice::new(seed);
    let code = dice.one_of(&oracle::CODES);
    let mut played = None;
    while played.is_none() {
        played = Played::draw(code, 3 + dice.below(6), &mut dice)?;
    }
    let mut played = played.context("a strategy")?;
    break_gate(&mut played, wanted);
    let versions = versions(&played)?;
    let start = law_chance::start(&mut dice).context("a start")?;
    let mut customers = Vec::new();
    for number in 0..2 + dice.below(3) {
        let mut customer = law_chance::person(&played, &mut dice).context("a person")?;
        customer.id = format!("c{number}");
        for (debt, account) in customer.accounts.iter_mut().enumerate() {
            account.id = format!("c{number}-{debt}");
        }
        customers.push(customer);
    }
    store.deploy(TENANT, "s", versions[0].program.version, &played.text, start).await?;
    store.import(TENANT, customers.clone(), start).await?;
    let world = World::new(&played, &customers, start, wanted.off, dice);
    world.deploy(&versions[0]);
    let deploy_at = start.plus_millis(world.below(3) as i64 * DAY_MILLIS);
    for customer in &customers {
        for account in &customer.accounts {
            let is_second = world.below(4) == 0;
            let from = if is_second { deploy_at.plus_millis(1_000) } else { start };
            let at = from.plus_millis(world.below(200_000_000) as i64);
            world.expect(
                at,
                &account.id,
                InboxInput::Enter(versions[usize::from(is_second)].program.version),
            );
        }
    }
    let faulty = Faulty::new(store, &world);
    let peace_at = start.plus_millis(DAYS_OF_FAULTS * DAY_MILLIS);
    let mut crew = Crew { world: &world, store: &faulty, crew: Vec::new(), hired: 0 };
    crew.crew.push(Process::new(outside(&world, &faulty)));
    for _ in 0..2 + world.below(3) {
        crew.hire();
    }
    let mut steps = 0;
    loop {
        steps += 1;
        if steps == STEPS_MAX {
            let (now, backlog) = (world.now(), store.backlog(TENANT, world.now()).await?);
            bail!(
                "it does not come to rest at {}: {backlog:?}, calm: {}, next comes {:?}",
                now.rfc3339(chrono_tz::Tz::UTC),
                world.is_calm(),
                world.next_coming().map(|at| at.0 - now.0)
            );
        }
        if world.now() >= deploy_at && world.versions() == 1 {
            let second = &versions[1];
            store.deploy(TENANT, "s", second.program.version, &second_text(&played), world.now()).await?;
            world.deploy(second);
        }
        if !world.is_calm() && world.now() >= peace_at {
            world.calm();
            crew.wake_all();
        }
        if crew.step().await {
            continue;
        }
        // Nobody has anything to do at this moment.
        let due = store.next_due(TENANT, world.now()).await?;
        let now = world.now();
        let stopped =
            crew.crew.iter().map(|process| process.stopped_until).filter(|until| *until > now).min();
        let deploy = (world.versions() == 1).then_some(deploy_at);
        // What a dead worker holds is free when its lease ends.
        let backlog = store.backlog(TENANT, now).await?;
        let held = (backlog.due + backlog.marked > 0).then(|| now.plus_millis(LEASE_MILLIS / 4));
        let next = due.into_iter().chain(world.next_coming()).chain(stopped).chain(deploy).chain(held).min();
        let Some(next) = next.filter(|next| *next <= start.plus_millis(law_chance::DAYS * DAY_MILLIS)) else {
            break;
        };
        world.go_on_to(next);
        crew.wake_all();
    }
    drop(crew);
    store.recover(TENANT, Others::Perhaps, world.now().plus_millis(LEASE_MILLIS * 10)).await?;
    check::all(store, &world, &versions, &customers).await?;
    Ok(world.seen())
}

#[cfg(feature = "faults")]
fn break_gate(played: &mut Played, wanted: Wanted) {
    if wanted.without_frequency {
        played.law.off = Some(cobro_engine::gate::Part::Frequency);
    }
}

#[cfg(not(feature = "faults"))]
fn break_gate(_: &mut Played, _: Wanted) {}

/// The same strategy with one statement more, so that limits and messages are the same.
fn second_text(played: &Played) -> String {
    played.text.replace("    end f\n  }\n", "    note \"second version\"\n    end f\n  }\n")
}

fn versions(played: &Played) -> anyhow::Result<[Judged; 2]> {
    let law = Arc::new(played.law.clone());
    let first = Judged { program: Arc::new(played.program.clone()), law: law.clone() };
    let compiled = cobro_dsl::compile("second.cobro", &second_text(played), &cobro_dsl::law::Laws::shipped());
    let mut program = compiled.programs.into_iter().next().context("the second version")?;
    program.identity = played.program.identity;
    ensure!(program.version != first.program.version, "the second version means the same");
    Ok([first, Judged { program: Arc::new(program), law }])
}

/// Something that goes on by itself: a worker, or the outside that sends events.
struct Process<'a> {
    life: Pin<Box<dyn Future<Output = ()> + Send + 'a>>,
    stopped_until: Instant,
    /// It has looked and found nothing; until time goes on.
    rests: bool,
    is_worker: bool,
}

impl<'a> Process<'a> {
    fn new(life: impl Future<Output = ()> + Send + 'a) -> Process<'a> {
        Process { life: Box::pin(life), stopped_until: Instant::FIRST, rests: false, is_worker: false }
    }
}

struct Crew<'a, S> {
    world: &'a World<'a>,
    store: &'a Faulty<'a, S, World<'a>>,
    crew: Vec<Process<'a>>,
    hired: u64,
}

impl<'a, S: Store> Crew<'a, S> {
    fn hire(&mut self) {
        self.hired += 1;
        let life = worker(self.world, self.store, format!("w{}", self.hired));
        self.crew.push(Process { is_worker: true, ..Process::new(life) });
    }

    fn wake_all(&mut self) {
        self.crew.iter_mut().for_each(|process| process.rests = false);
        if self.world.is_calm() {
            self.crew.iter_mut().for_each(|process| process.stopped_until = Instant::FIRST);
        }
    }

    /// Lets one go on to its next pause, or stop, or die. `false`: nobody can go on at this moment.
    async fn step(&mut self) -> bool {
        let world = self.world;
        let now = world.now();
        let able: Vec<usize> = (0..self.crew.len())
            .filter(|at| !self.crew[*at].rests && self.crew[*at].stopped_until <= now)
            .collect();
        if able.is_empty() {
            return false;
        }
        let at = able[world.below(able.len() as u64) as usize];
        if self.crew[at].is_worker && !world.is_calm() {
            match world.below(600) {
                0 => {
                    world.tally("killed");
                    drop(self.crew.swap_remove(at));
                    self.hire();
                    return true;
                }
                1 | 2 => {
                    let millis = 1 + world.below(LEASE_MILLIS as u64 * 3) as i64;
                    let name = if millis > LEASE_MILLIS { "stopped past the lease" } else { "slow" };
                    world.tally(name);
                    self.crew[at].stopped_until = now.plus_millis(millis);
                    return true;
                }
                _ => {}
            }
        }
        world.tick();
        let process = &mut self.crew[at];
        // A real store may pend for reasons of its own; those are waited for.
        poll_fn(|context| match process.life.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(()),
            Poll::Pending if world.took_pause() => Poll::Ready(()),
            Poll::Pending => Poll::Pending,
        })
        .await;
        self.crew[at].rests = world.took_rest();
        if !self.crew[at].rests && world.took_work() {
            self.crew.iter_mut().for_each(|process| process.rests = false);
        }
        true
    }
}

/// A worker: executor, dispatcher and sweeper, round after round, whatever fails.
async fn worker<S: Store>(world: &World<'_>, store: &Faulty<'_, S, World<'_>>, name: String) {
    // As at the start of a process.
    let _ = store.resume(TENANT).await;
    let _ = store.recover(TENANT, Others::Perhaps, world.now()).await;
    let mut programs: Programs = world.programs();
    loop {
        let settings = executor::Settings {
            worker: &name,
            clock: world.now(),
            lease_millis: LEASE_MILLIS,
            customers_at_once: 3,
        };
        let clock = || world.now();
        let handing = dispatcher::Settings {
            worker: &name,
            clock: &clock,
            lease_millis: LEASE_MILLIS,
            messages_at_once: 4,
        };
        let done = executor::tick(store, TENANT, &programs, settings, world.now()).await;
        let sent = dispatcher::tick(store, TENANT, &programs, world, handing, world.now()).await;
        let swept = store.recover(TENANT, Others::Perhaps, world.now()).await;
        let is_behind = done.as_ref().is_ok_and(|done| done.unready > 0)
            || sent.as_ref().is_ok_and(|sent| sent.unready > 0);
        if is_behind {
            world.tally("a version was not known yet");
        }
        if is_behind || world.below(20) == 0 {
            programs = world.programs();
        }
        if let Ok(sent) = &sent {
            world.note_problems(sent.problems);
        }
        let worked = match (&done, &sent, &swept) {
            (Ok(done), Ok(sent), Ok(_)) => done.claimed + sent.marked > done.unready + sent.unready,
            _ => true,
        };
        world.rest_or_go_on(worked).await;
    }
}

/// The outside: tells what has come, and tells it again until it is heard; some of it twice.
async fn outside<S: Store>(world: &World<'_>, store: &Faulty<'_, S, World<'_>>) {
    loop {
        let Some(input) = world.next_told() else {
            world.rest_or_go_on(false).await;
            continue;
        };
        match store.accept(TENANT, vec![input.clone()], world.now()).await {
            Ok(_) if world.below(6) == 0 => world.again(input, "event twice"),
            Ok(_) => {}
            Err(_) => world.again(input, "event told again, its answer was lost"),
        }
        world.rest_or_go_on(true).await;
    }
}
