//! Calls of other systems by the durable ticks, on memory, SQLite and PostgreSQL: marked before they are made, at most once,
//! and whether or not anything may be sent to the customer.

use cobro_dsl::law::Laws;
use cobro_dsl::values::ChannelSet;
use cobro_engine::calendar::Instant;
use cobro_engine::durable::channel::{Channel, Handover};
use cobro_engine::durable::programs::{Judged, Programs};
use cobro_engine::durable::store::*;
use cobro_engine::durable::{dispatcher, executor};
use cobro_engine::gate::Law;
use cobro_engine::input::{Arrived, Event};
use cobro_engine::record::Entry;
use cobro_engine::testing;
use cobro_store::AnyStore;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

const T: &Tenant = "default";

/// The customer may be sent nothing: they have left every channel, and it is Sunday night.
const STRATEGY: &str = r#"
language en

strategy s {
  currency PEN
  timezone America/Lima
  law PE
  webhook crm
  enter when balance > 0 PEN
  start tell

  step tell {
    call webhook crm up to 1 hour {
      on done { note "done" }
      on failed { note "failed" }
      on timeout { note "nobody knows" }
    }
    end told
  }

  end told neutral
}

test "the account" of s {
  account { balance 100 PEN due 2031-03-01 }
  start 2031-03-02 23:00
  after 1 hour nothing
}
"#;

fn at(clock: &str) -> Instant {
    Instant::parse(&format!("2031-03-02T{clock}:00-05:00")).unwrap()
}

struct Scripted<'a> {
    world: &'a World,
    answers: Mutex<VecDeque<Handover>>,
    called: Mutex<Vec<String>>,
}

impl Channel for Scripted<'_> {
    async fn send(&self, row: &OutboxRow) -> Handover {
        panic!("a call is no message: {row:?}");
    }

    async fn call(&self, row: &OutboxRow) -> Handover {
        let kept = self.world.rows().await.remove(0);
        assert_eq!(kept.state, OutboxState::Marked, "it is marked before it is made");
        self.called.lock().unwrap().push(format!("{} {}", row.message.webhook, row.id));
        let answer = self.answers.lock().unwrap_or_else(|broken| broken.into_inner()).pop_front();
        answer.expect("an answer")
    }
}

struct World {
    store: AnyStore,
    programs: Programs,
    _kept: Option<TempDir>,
}

impl World {
    /// The account has entered, and its call is queued.
    async fn on_each_store() -> Vec<World> {
        let dir = TempDir::new().unwrap();
        let url = format!("sqlite://{}", dir.path().join("cobro.db").display());
        let sqlite = cobro_store::open(&url).await.unwrap();
        let mut stores = vec![(cobro_store::open("memory:").await.unwrap(), None), (sqlite, Some(dir))];
        if let Some(url) = cobro_store::temporary::postgres().await {
            stores.push((cobro_store::open(&url).await.unwrap(), None));
        }
        let mut worlds = Vec::new();
        for (store, _kept) in stores {
            let compiled = cobro_dsl::compile("s.cobro", STRATEGY, &Laws::shipped());
            let program = compiled.programs.into_iter().next().unwrap();
            let (name, version) = (program.name.clone(), program.version);
            let mut customer = testing::customer(&program, &compiled.tests[0]);
            customer.accounts[0].id = "A1".to_owned();
            let law = Arc::new(Law::new(Laws::shipped().get("PE").unwrap().clone()));
            let mut programs = Programs::default();
            programs.add(Judged { program: Arc::new(program), law });
            programs.make_current(&name, version);
            store.deploy(T, &name, version, STRATEGY, at("22:00")).await.unwrap();
            store.import(T, vec![customer], at("22:00")).await.unwrap();
            let world = World { store, programs, _kept };
            world.say("left", InboxInput::Event(left()), at("22:30")).await;
            world.say("enter", InboxInput::Enter(version), at("23:00")).await;
            world.execute(at("23:00")).await;
            worlds.push(world);
        }
        worlds
    }

    async fn say(&self, id: &str, what: InboxInput, now: Instant) {
        let input = NewInput { source: "test".to_owned(), id: id.to_owned(), account: "A1".to_owned(), what };
        assert_eq!(self.store.accept(T, vec![input], now).await.unwrap(), [Intake::Accepted]);
        self.execute(now).await;
    }

    async fn execute(&self, now: Instant) {
        let settings =
            executor::Settings { worker: "w", clock: now, lease_millis: 60_000, customers_at_once: 10 };
        let done = executor::tick(&self.store, T, &self.programs, settings, now).await.unwrap();
        assert_eq!((done.parked, done.conflicts), (0, 0));
    }

    async fn dispatch(&self, channel: &Scripted<'_>, now: Instant) -> dispatcher::Done {
        let clock = || now;
        let settings =
            dispatcher::Settings { worker: "w", clock: &clock, lease_millis: 60_000, messages_at_once: 10 };
        let done = dispatcher::tick(&self.store, T, &self.programs, channel, settings, now).await.unwrap();
        assert_eq!(done.problems, 0);
        done
    }

    fn channel(&self, answers: impl IntoIterator<Item = Handover>) -> Scripted<'_> {
        Scripted { world: self, answers: Mutex::new(answers.into_iter().collect()), called: Mutex::default() }
    }

    async fn rows(&self) -> Vec<OutboxRow> {
        self.store.outbox(T, OutboxWanted { limit: 99, ..OutboxWanted::default() }).await.unwrap()
    }

    /// How often the strategy noted something, and how it ended.
    async fn told(&self) -> (usize, bool) {
        let rows = self.store.timeline(T, "A1", 0, 999).await.unwrap();
        let count = |is: fn(&Entry) -> bool| rows.iter().filter(|row| is(&row.row.entry)).count();
        let notes = count(|entry| matches!(entry, Entry::Noted { .. }));
        (notes, count(|entry| matches!(entry, Entry::Ended { .. })) == 1)
    }
}

fn left() -> Arrived {
    Arrived { event: Event::OptedOut { channels: ChannelSet::ALL }, occurred_at: at("22:30") }
}

#[tokio::test]
async fn a_call_is_made_whatever_the_customer_may_be_sent() {
    for world in World::on_each_store().await {
        let channel = world.channel([Handover::Accepted { provider_id: "p".to_owned() }]);
        assert_eq!(world.dispatch(&channel, at("23:00")).await.accepted, 1);
        world.execute(at("23:00")).await;
        assert_eq!(world.told().await, (1, true));
        assert_eq!(world.dispatch(&channel, at("23:30")).await, dispatcher::Done::default());
        assert_eq!(channel.called.lock().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_call_that_is_refused_has_failed_at_once() {
    for world in World::on_each_store().await {
        let channel = world.channel([Handover::Refused { why: "404".to_owned() }]);
        assert_eq!(world.dispatch(&channel, at("23:00")).await.refused, 1);
        world.execute(at("23:00")).await;
        assert_eq!(world.told().await, (1, true));
    }
}

#[tokio::test]
async fn a_call_of_unknown_end_is_never_made_again() {
    for world in World::on_each_store().await {
        // It panics when it is called a second time, and a panic is unknown as well: so it is counted.
        let channel = world.channel([Handover::Unknown]);
        assert_eq!(world.dispatch(&channel, at("23:00")).await.unknown, 1);
        world.execute(at("23:00")).await;
        assert_eq!(world.told().await, (0, false), "the strategy hears nothing");
        assert_eq!(world.dispatch(&channel, at("23:59")).await, dispatcher::Done::default());
        world.execute(at("23:59")).await;
        assert_eq!(world.told().await, (0, false), "before its time is over");
        world.execute(Instant::parse("2031-03-03T00:00:00-05:00").unwrap()).await;
        assert_eq!(world.told().await, (1, true), "then its time is over");
        assert_eq!(channel.called.lock().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_call_whose_channel_is_busy_keeps_its_id() {
    for world in World::on_each_store().await {
        let channel = world.channel([
            Handover::Later { why: "503".to_owned() },
            Handover::Accepted { provider_id: "p".to_owned() },
        ]);
        assert_eq!(world.dispatch(&channel, at("23:00")).await.later, 1);
        let again = world.rows().await.remove(0).not_before;
        assert!(again > at("23:00"));
        assert_eq!(world.dispatch(&channel, again).await.accepted, 1);
        let called = channel.called.lock().unwrap().clone();
        assert_eq!(called[0], called[1]);
    }
}
