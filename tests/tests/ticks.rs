//! The durable ticks with a shipped strategy, on memory, SQLite and PostgreSQL: what happens between deciding a message
//! and sending it, and what a provider's answer leads to.

use cobro_dsl::law::{Laws, Unit};
use cobro_engine::calendar::Instant;
use cobro_engine::contacts::Contact;
use cobro_engine::durable::channel::{Channel, Handover};
use cobro_engine::durable::programs::{Judged, Programs};
use cobro_engine::durable::store::*;
use cobro_engine::durable::{dispatcher, executor, scheduler};
use cobro_engine::gate::Law;
use cobro_engine::input::{Arrived, Event};
use cobro_engine::portfolio::{self, Mapping, Portfolio};
use cobro_engine::record::Entry;
use cobro_store::AnyStore;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

const T: &Tenant = "default";
const STRATEGY: &str = include_str!("../../strategies/mora_temprana.cobro");

/// A Monday in Lima.
fn at(clock: &str) -> Instant {
    Instant::parse(&format!("2031-03-03T{clock}:00-05:00")).unwrap()
}

/// A channel that answers as it is told; without an answer left, it panics.
#[derive(Default)]
struct Scripted {
    answers: Mutex<VecDeque<Handover>>,
    sent: Mutex<Vec<String>>,
}

impl Scripted {
    fn saying(answers: impl IntoIterator<Item = Handover>) -> Scripted {
        Scripted { answers: Mutex::new(answers.into_iter().collect()), sent: Mutex::default() }
    }

    fn sent(&self) -> Vec<String> {
        self.sent.lock().unwrap().clone()
    }
}

impl Channel for Scripted {
    async fn send(&self, row: &OutboxRow) -> Handover {
        self.sent.lock().unwrap().push(format!("{} {}", row.run.account, row.message.channel.word()));
        let answer = self.answers.lock().unwrap_or_else(|broken| broken.into_inner()).pop_front();
        answer.expect("an answer")
    }
}

fn accepted() -> Handover {
    Handover::Accepted { provider_id: "p".to_owned() }
}

struct World {
    store: AnyStore,
    programs: Programs,
    version: Version,
    _kept: Option<TempDir>,
}

async fn stores() -> Vec<(AnyStore, Option<TempDir>)> {
    let dir = TempDir::new().unwrap();
    let url = format!("sqlite://{}", dir.path().join("cobro.db").display());
    let sqlite = cobro_store::open(&url).await.unwrap();
    let mut stores = vec![(cobro_store::open("memory:").await.unwrap(), None), (sqlite, Some(dir))];
    if let Some(url) = cobro_store::temporary::postgres().await {
        stores.push((cobro_store::open(&url).await.unwrap(), None));
    }
    stores
}

/// A world on each store: the strategy is deployed, and one account is imported that fits it.
async fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for (store, _kept) in stores().await {
        let compiled = cobro_dsl::compile("mora_temprana.cobro", STRATEGY, &Laws::shipped());
        let program = compiled.programs.into_iter().next().unwrap();
        let (name, version) = (program.name.clone(), program.version);
        let laws = Laws::shipped();
        let law = Arc::new(Law::new(laws.get("PE").unwrap().clone()));
        let mut programs = Programs::default();
        programs.add(Judged { program: Arc::new(program), law });
        programs.make_current(&name, version);
        store.deploy(T, &name, version, STRATEGY, at("06:00")).await.unwrap();
        let world = World { store, programs, version, _kept };
        world.bring("C1", "A1").await;
        worlds.push(world);
    }
    worlds
}

impl World {
    /// Imports one account that fits the strategy.
    async fn bring(&self, customer: &str, account: &str) {
        let head =
            "customer,account,name,company,pay_link,phone,email,currency,invoice,due_on,amount,balance";
        let row = "Ana,Demo,https://example.com,+51900000001,ana@example.com,PEN,F1,2031-03-04,200.00,200.00";
        let file = format!("{head}\n{customer},{account},{row}\n");
        let (rows, report) = portfolio::read(file.as_bytes(), &Mapping::default(), &mut |_, _| {});
        assert_eq!(report.problems, []);
        let customers = Portfolio::gather(rows, "2031-03-03".parse().unwrap()).customers;
        self.store.import(T, customers, at("06:00")).await.unwrap();
    }

    /// A second account beside `A1`, and a message of each in the outbox.
    async fn two_messages(&self) {
        self.bring("C2", "A2").await;
        for (id, account) in [("one", "A1"), ("two", "A2")] {
            let what = InboxInput::Enter(self.version);
            let input =
                NewInput { source: "test".to_owned(), id: id.to_owned(), account: account.to_owned(), what };
            self.store.accept(T, vec![input], at("09:30")).await.unwrap();
        }
        assert_eq!(self.execute(at("09:30")).await.messages, 2);
    }

    async fn say(&self, id: &str, what: InboxInput, now: Instant) {
        let input = NewInput { source: "test".to_owned(), id: id.to_owned(), account: "A1".to_owned(), what };
        assert_eq!(self.store.accept(T, vec![input], now).await.unwrap(), [Intake::Accepted]);
    }

    async fn pay(&self, amount: i64, now: Instant) {
        let event = Event::PaymentReceived { amount, invoice: None, reference: None };
        self.say("pay", InboxInput::Event(Arrived { event, occurred_at: now }), now).await;
    }

    async fn execute(&self, now: Instant) -> executor::Done {
        let settings =
            executor::Settings { worker: "w", clock: now, lease_millis: 60_000, customers_at_once: 10 };
        let done = executor::tick(&self.store, T, &self.programs, settings, now).await.unwrap();
        assert_eq!((done.parked, done.conflicts), (0, 0));
        done
    }

    async fn dispatch(&self, channel: &Scripted, now: Instant) -> dispatcher::Done {
        let clock = || now;
        let settings =
            dispatcher::Settings { worker: "w", clock: &clock, lease_millis: 60_000, messages_at_once: 10 };
        let done = dispatcher::tick(&self.store, T, &self.programs, channel, settings, now).await.unwrap();
        assert_eq!(done.problems, 0);
        done
    }

    /// The account has entered at half past nine and its first message is queued.
    async fn with_a_message(self) -> World {
        self.say("enter", InboxInput::Enter(self.version), at("09:30")).await;
        assert_eq!(self.execute(at("09:30")).await.messages, 1);
        self
    }

    async fn messages(&self) -> Vec<OutboxRow> {
        self.store.outbox(T, OutboxWanted { limit: 99, ..OutboxWanted::default() }).await.unwrap()
    }

    async fn history(&self) -> Vec<Entry> {
        let rows = self.store.timeline(T, "A1", 0, 999).await.unwrap();
        rows.into_iter().map(|row| row.row.entry).collect()
    }
}

#[tokio::test]
async fn a_message_is_handed_over_once() {
    for world in worlds().await {
        let world = world.with_a_message().await;
        let channel = Scripted::saying([accepted()]);
        assert_eq!(world.dispatch(&channel, at("09:30")).await.accepted, 1);
        assert_eq!(world.dispatch(&channel, at("09:31")).await, dispatcher::Done::default());
        assert_eq!(channel.sent(), ["A1 whatsapp"]);
        assert_eq!(world.messages().await[0].state, OutboxState::Accepted);
    }
}

#[tokio::test]
async fn who_pays_between_queue_and_dispatch_gets_no_reminder() {
    for world in worlds().await {
        let world = world.with_a_message().await;
        world.pay(20_000, at("09:31")).await;
        let channel = Scripted::default();
        // The payment was acknowledged, so not even its being taken is waited for.
        assert_eq!(world.dispatch(&channel, at("09:31")).await, dispatcher::Done::default());
        world.execute(at("09:31")).await;
        assert_eq!(world.dispatch(&channel, at("09:31")).await.withdrawn, 1);
        assert_eq!(channel.sent(), [""; 0]);
        let row = world.messages().await.remove(0);
        assert_eq!(row.state, OutboxState::Withdrawn);
        assert!(row.why.contains("nothing_owed"), "{}", row.why);
        let view = world.store.account(T, "A1").await.unwrap().unwrap();
        assert_eq!(view.customer.contacts.contacts, [], "it no longer counts as a contact");
        let told = world.history().await;
        assert!(told.iter().any(|entry| matches!(entry, Entry::Withdrawn { message: 1, .. })), "{told:#?}");
        // The strategy hears of it, and nothing is left to do.
        assert_eq!(world.execute(at("09:31")).await.taken, 1);
        assert_eq!(world.dispatch(&channel, at("23:00")).await, dispatcher::Done::default());
    }
}

#[tokio::test]
async fn a_message_says_what_is_true_when_it_goes_out() {
    for world in worlds().await {
        let world = world.with_a_message().await;
        assert!(world.messages().await[0].message.text.contains("200.00"));
        let event = Event::BalanceChanged { balance: 5_000 };
        world.say("books", InboxInput::Event(Arrived { event, occurred_at: at("09:31") }), at("09:31")).await;
        world.execute(at("09:31")).await;
        let channel = Scripted::saying([accepted()]);
        // Written anew, and durably so before it goes out.
        assert_eq!(world.dispatch(&channel, at("09:31")).await.later, 1);
        assert_eq!(world.dispatch(&channel, at("09:31")).await.accepted, 1);
        let text = world.messages().await.remove(0).message.text;
        assert!(text.contains("50.00") && !text.contains("200.00"), "{text}");
        assert_eq!(channel.sent(), ["A1 whatsapp"]);
    }
}

#[tokio::test]
async fn a_hold_takes_back_what_waits() {
    for world in worlds().await {
        let world = world.with_a_message().await;
        let event = Event::HoldPlaced { until: "2031-12-31".parse().unwrap(), because: "agreed".to_owned() };
        world.say("hold", InboxInput::Event(Arrived { event, occurred_at: at("09:31") }), at("09:31")).await;
        world.execute(at("09:31")).await;
        let channel = Scripted::default();
        assert_eq!(world.dispatch(&channel, at("09:31")).await.withdrawn, 1);
        let view = world.store.account(T, "A1").await.unwrap().unwrap();
        assert_eq!(view.customer.contacts.contacts, [], "it stands in no other debt's way");
        assert_eq!(world.messages().await[0].state, OutboxState::Withdrawn);
    }
}

#[tokio::test]
async fn a_message_that_missed_its_hours_waits_for_the_next() {
    for world in worlds().await {
        let world = world.with_a_message().await;
        let channel = Scripted::saying([accepted()]);
        assert_eq!(world.dispatch(&channel, at("22:00")).await.later, 1);
        let row = world.messages().await.remove(0);
        let morning = Instant::parse("2031-03-04T09:00:00-05:00").unwrap();
        assert_eq!((row.state, row.not_before, row.attempts), (OutboxState::Queued, morning, 0));
        assert_eq!(world.store.next_due(T, at("22:00")).await.unwrap(), Some(morning));
        // It counts on the day on which it goes out: another on that day would be one too many.
        let view = world.store.account(T, "A1").await.unwrap().unwrap();
        let counted: Vec<Instant> =
            view.customer.contacts.contacts.iter().map(|contact| contact.at).collect();
        assert_eq!(counted, [morning]);
        assert_eq!(world.dispatch(&channel, morning).await.accepted, 1);
    }
}

#[tokio::test]
async fn a_message_that_goes_out_a_day_late_counts_on_that_day() {
    for world in worlds().await {
        let world = world.with_a_message().await;
        let channel = Scripted::saying([Handover::Later { why: "busy".to_owned() }, accepted()]);
        let late = Instant::parse("2031-03-04T10:00:00-05:00").unwrap();
        assert_eq!(world.dispatch(&channel, late).await.later, 1);
        assert_eq!(channel.sent(), [""; 0], "first the contact is kept, then the message goes out");
        assert_eq!(world.dispatch(&channel, late).await.later, 1);
        let again = world.messages().await.remove(0).not_before;
        assert_eq!(world.dispatch(&channel, again).await.accepted, 1);
        let view = world.store.account(T, "A1").await.unwrap().unwrap();
        let counted: Vec<Instant> =
            view.customer.contacts.contacts.iter().map(|contact| contact.at).collect();
        assert_eq!(counted, [again]);
    }
}

/// A channel that takes its time; meanwhile a payment is accepted.
struct Slow<'a> {
    world: &'a World,
    sent: Mutex<Vec<String>>,
}

impl Channel for Slow<'_> {
    async fn send(&self, row: &OutboxRow) -> Handover {
        self.sent.lock().unwrap().push(row.run.account.clone());
        let other = if row.run.account == "A1" { "A2" } else { "A1" };
        let event = Event::PaymentReceived { amount: 20_000, invoice: None, reference: None };
        let what = InboxInput::Event(Arrived { event, occurred_at: at("09:30") });
        let input =
            NewInput { source: "test".to_owned(), id: "paid".to_owned(), account: other.to_owned(), what };
        self.world.store.accept(T, vec![input], at("09:31")).await.unwrap();
        accepted()
    }
}

#[tokio::test]
async fn who_pays_while_others_are_being_written_to_gets_no_reminder() {
    for world in worlds().await {
        world.two_messages().await;
        let channel = Slow { world: &world, sent: Mutex::default() };
        let clock = || at("09:30");
        let settings =
            dispatcher::Settings { worker: "w", clock: &clock, lease_millis: 60_000, messages_at_once: 10 };
        for clock in ["09:30", "09:32"] {
            let now = at(clock);
            dispatcher::tick(&world.store, T, &world.programs, &channel, settings, now).await.unwrap();
            world.execute(now).await;
        }
        assert_eq!(channel.sent.lock().unwrap().len(), 1);
        assert_eq!(dispatched(&world, at("09:33")).await.withdrawn, 1);
    }
}

async fn dispatched(world: &World, now: Instant) -> dispatcher::Done {
    world.dispatch(&Scripted::default(), now).await
}

#[tokio::test]
async fn what_is_unknown_is_never_sent_again() {
    for world in worlds().await {
        let world = world.with_a_message().await;
        let channel = Scripted::saying([Handover::Unknown, accepted()]);
        assert_eq!(world.dispatch(&channel, at("09:30")).await.unknown, 1);
        assert_eq!(world.dispatch(&channel, at("12:00")).await, dispatcher::Done::default());
        world.store.recover(T, Others::None, at("12:00")).await.unwrap();
        assert_eq!(world.dispatch(&channel, at("12:00")).await, dispatcher::Done::default());
        assert_eq!(channel.sent().len(), 1);
        assert_eq!(world.messages().await[0].state, OutboxState::Unknown);
    }
}

#[tokio::test]
async fn a_channel_that_panics_may_have_sent() {
    for world in worlds().await {
        let world = world.with_a_message().await;
        let channel = Scripted::default();
        assert_eq!(world.dispatch(&channel, at("09:30")).await.unknown, 1);
        assert_eq!(world.messages().await[0].state, OutboxState::Unknown);
    }
}

#[tokio::test]
async fn a_provider_that_is_busy_is_asked_again_after_a_pause() {
    for world in worlds().await {
        let world = world.with_a_message().await;
        let busy = Handover::Later { why: "busy".to_owned() };
        let channel = Scripted::saying([busy.clone(), busy, accepted()]);
        let mut now = at("09:30");
        for (attempts, pause) in [(1, 5_000), (2, 10_000)] {
            assert_eq!(world.dispatch(&channel, now).await.later, 1);
            let row = world.messages().await.remove(0);
            assert_eq!((row.attempts, row.not_before), (attempts, now.plus_millis(pause)));
            assert_eq!(world.dispatch(&channel, now).await, dispatcher::Done::default());
            now = row.not_before;
        }
        assert_eq!(world.dispatch(&channel, now).await.accepted, 1);
    }
}

#[tokio::test]
async fn a_strategy_reacts_to_a_message_that_was_refused() {
    for world in worlds().await {
        let world = world.with_a_message().await;
        let refused = Handover::Refused { why: "no such number".to_owned() };
        let channel = Scripted::saying([refused, accepted()]);
        assert_eq!(world.dispatch(&channel, at("09:30")).await.refused, 1);
        let done = world.execute(at("09:30")).await;
        assert_eq!(done.taken, 1, "the strategy heard of it");
        // It was an attempt, and the strategy permits one a day.
        let told = world.history().await;
        assert!(matches!(told.last(), Some(Entry::Deferred { .. })), "{told:#?}");
        let next_day = at("09:30").plus_millis(86_400_000);
        world.execute(next_day).await;
        let told = world.history().await;
        assert!(told.iter().any(|entry| matches!(entry, Entry::Escalated { .. })), "{told:#?}");
        assert_eq!(world.dispatch(&channel, next_day).await.accepted, 1);
        assert_eq!(channel.sent(), ["A1 whatsapp", "A1 email"]);
        let contacts = world.store.account(T, "A1").await.unwrap().unwrap().customer.contacts.contacts;
        let [refused, taken] = contacts.as_slice() else { panic!("{contacts:?}") };
        let counts = |contact: &Contact| Unit::ALL.map(|unit| contact.is(unit));
        assert_eq!(counts(refused), [true, false, false, false], "an attempt that reached nobody");
        assert_eq!(counts(taken), [true, true, true, false]);
    }
}

#[tokio::test]
async fn a_payment_at_the_very_moment_of_a_timer_comes_first() {
    for world in worlds().await {
        let world = world.with_a_message().await;
        world.dispatch(&Scripted::saying([accepted()]), at("09:30")).await;
        let view = world.store.account(T, "A1").await.unwrap().unwrap();
        let deadline = view.customer.next_wake().unwrap();
        world.pay(20_000, deadline).await;
        world.execute(deadline).await;
        let told = world.history().await;
        assert!(!told.iter().any(|entry| matches!(entry, Entry::TimedOut { .. })), "{told:#?}");
        assert!(matches!(told.last(), Some(Entry::Ended { .. })), "{told:#?}");
    }
}

#[tokio::test]
async fn reviews_that_were_missed_are_made_once() {
    for world in worlds().await {
        let now = at("09:30").plus_millis(9 * 86_400_000);
        let first = scheduler::next_review(&world.programs, at("06:00")).unwrap();
        assert!(first < now);
        let tick = |now| scheduler::tick(&world.store, T, &world.programs, now);
        assert_eq!(tick(first.plus_millis(-1)).await.unwrap(), scheduler::Done::default());
        let done = tick(now).await.unwrap();
        assert_eq!((done.reviews, done.offered, done.unreadable.len()), (1, 1, 0));
        assert_eq!(tick(now).await.unwrap(), scheduler::Done::default());
        world.execute(now).await;
        assert!(world.store.accounts_without_run(T, None, 9).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn without_any_strategy_inputs_wait() {
    for world in worlds().await {
        world.pay(100, at("09:00")).await;
        let settings =
            executor::Settings { worker: "w", clock: at("09:00"), lease_millis: 1, customers_at_once: 10 };
        let none = Programs::default();
        let done = executor::tick(&world.store, T, &none, settings, at("09:00")).await.unwrap();
        assert_eq!(done, executor::Done::default());
        assert_eq!(world.execute(at("09:00")).await.taken, 1);
    }
}

#[tokio::test]
async fn what_is_stopped_does_not_go_out_until_it_is_lifted() {
    let stops = [
        Stop::All,
        Stop::Channel(cobro_dsl::values::Channel::Whatsapp),
        Stop::Strategy("mora_temprana".to_owned()),
        Stop::Account("A1".to_owned()),
    ];
    for stop in stops {
        for world in worlds().await {
            let world = world.with_a_message().await;
            let stopped = world.store.stop(T, &stop, "a wrong text", at("09:29")).await;
            assert!(stopped.unwrap());
            let channel = Scripted::saying([accepted()]);
            let done = world.dispatch(&channel, at("09:30")).await;
            assert_eq!((done.accepted, channel.sent().len()), (0, 0), "{stop:?}");
            let row = world.messages().await.remove(0);
            assert_eq!(row.state, OutboxState::Queued);
            assert!(stop == Stop::All || row.why == "stopped: a wrong text", "{}", row.why);
            assert!(world.store.lift(T, &stop).await.unwrap());
            assert_eq!(world.dispatch(&channel, at("09:31")).await.accepted, 1, "{stop:?}");
        }
    }
}

/// A channel during whose first message somebody pulls the switch.
struct Pulled<'a> {
    world: &'a World,
    sent: Mutex<u32>,
}

impl Channel for Pulled<'_> {
    async fn send(&self, _: &OutboxRow) -> Handover {
        *self.sent.lock().unwrap() += 1;
        self.world.store.stop(T, &Stop::All, "enough", at("09:30")).await.unwrap();
        accepted()
    }
}

#[tokio::test]
async fn a_stop_takes_effect_before_the_next_message() {
    for world in worlds().await {
        world.two_messages().await;
        let channel = Pulled { world: &world, sent: Mutex::default() };
        let clock = || at("09:30");
        let settings =
            dispatcher::Settings { worker: "w", clock: &clock, lease_millis: 60_000, messages_at_once: 10 };
        let now = at("09:30");
        let done = dispatcher::tick(&world.store, T, &world.programs, &channel, settings, now).await.unwrap();
        assert_eq!((done.marked, done.accepted, *channel.sent.lock().unwrap()), (2, 1, 1));
    }
}
