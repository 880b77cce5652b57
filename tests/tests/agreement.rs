//! The same test case tells the same trace, byte for byte, from the simulator and from the durable executor on
//! memory, on SQLite and on PostgreSQL.

use cobro_dsl::law::Laws;
use cobro_dsl::program::test::{Test, What};
use cobro_engine::advance::Context;
use cobro_engine::calendar::Instant;
use cobro_engine::durable::channel::{Channel, Handover};
use cobro_engine::durable::programs::{Judged, Programs};
use cobro_engine::durable::store::{InboxInput, NewInput, OutboxRow, Store};
use cobro_engine::durable::{dispatcher, executor};
use cobro_engine::gate::Law;
use cobro_engine::input::Arrived;
use cobro_engine::record::Row;
use cobro_engine::{testing, trace};
use cobro_tests::cases;
use std::sync::Arc;

/// Takes every message at once, and answers calls as the test says.
struct Taker<'a>(&'a Test);

impl Channel for Taker<'_> {
    async fn send(&self, row: &OutboxRow) -> Handover {
        Handover::Accepted { provider_id: row.id.clone() }
    }

    async fn call(&self, row: &OutboxRow) -> Handover {
        match testing::called(self.0, &row.message.webhook) {
            Some(true) => self.send(row).await,
            Some(false) => Handover::Refused { why: "the test says so".to_owned() },
            None => Handover::Unknown,
        }
    }
}

/// Plays a test through a store, as `testing::run` plays it in memory.
struct World<'a, S> {
    store: &'a S,
    tenant: &'a str,
    programs: Programs,
    test: &'a Test,
    account: String,
    inputs: u64,
}

impl<S: Store> World<'_, S> {
    /// Takes what is due at an instant until nothing is.
    async fn settle(&self, now: Instant) {
        let settings =
            executor::Settings { worker: "test", clock: now, lease_millis: 60_000, customers_at_once: 10 };
        let clock = || now;
        let dispatch = dispatcher::Settings {
            worker: "test",
            clock: &clock,
            lease_millis: 60_000,
            messages_at_once: 10,
        };
        loop {
            let done =
                executor::tick(self.store, self.tenant, &self.programs, settings, now).await.expect("a tick");
            let sent =
                dispatcher::tick(self.store, self.tenant, &self.programs, &Taker(self.test), dispatch, now)
                    .await
                    .expect("a dispatch");
            assert_eq!(done.parked, 0, "a customer was put aside");
            if done.claimed + sent.marked == 0 {
                return;
            }
        }
    }

    /// Takes everything due up to an instant, each at its own.
    async fn play(&self, from: Instant, until: Instant) {
        self.settle(from).await;
        let mut now = from;
        while let Some(due) = self.store.next_due(self.tenant, now).await.expect("the next instant") {
            if due > until {
                return;
            }
            now = due.max(now);
            self.settle(now).await;
        }
    }

    async fn accept(&mut self, what: InboxInput, now: Instant) {
        self.inputs += 1;
        let input = NewInput {
            source: "test".to_owned(),
            id: self.inputs.to_string(),
            account: self.account.clone(),
            what,
        };
        self.store.accept(self.tenant, vec![input], now).await.expect("accepted");
    }
}

async fn through_store<S: Store>(
    store: &S,
    tenant: &str,
    judged: &Judged,
    text: &str,
    test: &Test,
) -> Vec<String> {
    let program = &judged.program;
    let mut programs = Programs::default();
    programs.add(judged.clone());
    programs.make_current(&program.name, program.version);
    let customer = testing::customer(program, test);
    let account = customer.accounts[0].id.clone();
    let zone = customer.zone.unwrap_or(program.zone);
    let start = Instant::resolve(test.start, zone);
    store.deploy(tenant, &program.name, program.version, text, start).await.expect("deployed");
    store.import(tenant, vec![customer], start).await.expect("imported");
    let mut world = World { store, tenant, programs, test, account: account.clone(), inputs: 0 };
    world.accept(InboxInput::Enter(program.version), start).await;
    world.settle(start).await;
    let mut moment = start;
    for line in &test.script {
        let What::Happens(when, happening) = &line.what else { continue };
        let before = moment;
        moment = testing::at(judged.context(), *when, moment, zone);
        world.play(before, moment.plus_millis(-1)).await;
        let view = store.account(tenant, &account).await.expect("read").expect("the account is there");
        if let Some(event) = testing::event(program, &view.customer, happening, moment) {
            world.accept(InboxInput::Event(Arrived { event, occurred_at: moment }), moment).await;
            world.settle(moment).await;
        }
    }
    world.play(moment, moment.plus_millis(testing::PLAY_DAYS * 24 * 3_600_000)).await;
    let rows = store.timeline(tenant, &account, 0, 100_000).await.expect("the timeline");
    rows.into_iter()
        .map(|kept| Row { at: kept.row.at, account: 0, entry: kept.row.entry })
        .map(|row| trace::line(program, zone, &row))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn simulator_and_executor_tell_the_same_traces() {
    let laws = Laws::shipped();
    // A tenant for each test: they do not see each other.
    let postgres = match cobro_store::temporary::postgres().await {
        Some(url) => Some(cobro_store::Postgres::open(&url).await.expect("a database")),
        None => None,
    };
    let mut compared = 0;
    for (path, text) in cases::strategy_files() {
        let compiled = cobro_tests::case::compile(&path, &text, &laws, None);
        if compiled.has_errors() {
            continue;
        }
        for test in &compiled.tests {
            let program = compiled.program(Some(&test.strategy)).expect("the strategy of a test");
            let law = laws.get(&program.law).map_or_else(Law::cautious, |pack| Law::new(pack.clone()));
            let judged = Judged { program: Arc::new(program.clone()), law: Arc::new(law) };
            let context = Context { program, law: &judged.law };
            let zone = test.account.zone.unwrap_or(program.zone);
            let outcome = testing::run(context, test, &Default::default());
            let told: Vec<String> = outcome.rows.iter().map(|row| trace::line(program, zone, row)).collect();
            let memory = cobro_store::Memory::new();
            let name = format!("{path}: {}", test.name);
            let failures: Vec<&str> = outcome.failures.iter().map(|failure| failure.en.as_str()).collect();
            assert_eq!(failures, [""; 0], "{name}\n{}", told.join("\n"));
            assert_eq!(through_store(&memory, "memory", &judged, &text, test).await, told, "memory: {name}");
            let folder = tempfile::tempdir().expect("a folder");
            let file = folder.path().join("cobro.db");
            let sqlite = cobro_store::Sqlite::open(&file.to_string_lossy()).await.expect("a database");
            assert_eq!(through_store(&sqlite, "sqlite", &judged, &text, test).await, told, "SQLite: {name}");
            if let Some(postgres) = &postgres {
                let tenant = format!("test {compared}");
                let ours = through_store(postgres, &tenant, &judged, &text, test).await;
                assert_eq!(ours, told, "PostgreSQL: {name}");
            }
            compared += 1;
        }
    }
    assert!(compared >= 1, "only {compared} tests were compared");
    let also = if postgres.is_some() { ", executor on PostgreSQL" } else { "" };
    println!("{compared} traces are the same from simulator, executor on memory, executor on SQLite{also}");
}
