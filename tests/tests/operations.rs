//! Runs that a person holds, lets go on, or ends, on memory, SQLite and PostgreSQL.

use crate::ticks::{Scripted, T, World, accepted, at, worlds};
use cobro_engine::calendar::Instant;
use cobro_engine::durable::operation::{Act, Became, Mode, Operation, Whom, page};
use cobro_engine::durable::replay::{Deployment, compare, replay};
use cobro_engine::durable::store::{OutboxState, Store as _};
use cobro_engine::run::Run;

const DAY: i64 = 86_400_000;

async fn operate(
    world: &World,
    id: &str,
    act: Act,
    whom: Whom,
    mode: Mode,
    now: Instant,
) -> Vec<(String, Became)> {
    let operation = Operation { id: id.to_owned(), act, whom, because: "juicio".to_owned() };
    page(&world.store, T, &operation, mode, None, 100, now).await.unwrap().items
}

fn strategy() -> Whom {
    Whom::Strategy("mora_temprana".to_owned())
}

async fn run(world: &World) -> Run {
    let view = world.store.account(T, "A1").await.unwrap().unwrap();
    view.customer.accounts[view.account].run.clone().unwrap()
}

fn done(became: Became) -> Vec<(String, Became)> {
    vec![("A1".to_owned(), became)]
}

#[tokio::test]
async fn a_run_that_is_held_sends_nothing_and_no_time_passes_for_it() {
    for world in worlds().await {
        let world = world.with_a_message().await;
        assert_eq!(
            operate(&world, "p", Act::Pause, strategy(), Mode::Preview, at("09:31")).await,
            done(Became::Would)
        );
        assert!(run(&world).await.paused_at.is_none(), "a preview does nothing");
        assert_eq!(
            operate(&world, "p", Act::Pause, strategy(), Mode::Do, at("09:31")).await,
            done(Became::Done)
        );
        let channel = Scripted::saying([accepted()]);
        // It holds before it is taken, and afterwards.
        assert_eq!(world.dispatch(&channel, at("09:31")).await.marked, 0);
        world.execute(at("09:31")).await;
        assert_eq!(world.dispatch(&channel, at("09:32")).await.later, 1);
        assert_eq!(operate(&world, "q", Act::Pause, Whom::All, Mode::Do, at("09:33")).await, []);
        let later = at("09:40").plus_millis(20 * DAY);
        assert_eq!(world.execute(later).await.claimed, 0, "no timer is due");
        world.pay(5_000, later).await;
        world.execute(later).await;
        let view = world.store.account(T, "A1").await.unwrap().unwrap();
        assert_eq!(view.customer.accounts[0].invoices[0].open, 15_000, "a payment counts");
        assert_eq!(channel.sent(), [""; 0]);

        assert_eq!(
            operate(&world, "r", Act::Resume, Whom::Account("A1".into()), Mode::Do, later).await,
            done(Became::Done)
        );
        assert!(world.execute(later).await.taken >= 1);
        assert!(run(&world).await.paused_at.is_none());
        // What came due meanwhile comes at most once, and the limit of the day holds.
        world.execute(later.plus_millis(1)).await;
        let out = world.dispatch(&channel, later.plus_millis(120_000)).await;
        assert!(out.accepted <= 1, "{out:?}");
        replays(&world).await;
    }
}

#[tokio::test]
async fn a_run_that_is_cancelled_ends_and_its_message_is_withdrawn() {
    for world in worlds().await {
        let world = world.with_a_message().await;
        assert_eq!(
            operate(&world, "c", Act::Cancel, Whom::All, Mode::Do, at("09:31")).await,
            done(Became::Done)
        );
        // Whoever stops in the middle does the same again: nobody hears of it twice.
        assert_eq!(
            operate(&world, "c", Act::Cancel, Whom::All, Mode::Do, at("09:31")).await,
            done(Became::Before)
        );
        world.execute(at("09:31")).await;
        assert!(run(&world).await.is_cancelled());
        let channel = Scripted::default();
        assert_eq!(world.dispatch(&channel, at("09:32")).await.withdrawn, 1);
        assert_eq!(world.messages().await[0].state, OutboxState::Withdrawn);
        assert_eq!(operate(&world, "d", Act::Cancel, Whom::All, Mode::Do, at("09:33")).await, []);
        let later = at("09:40").plus_millis(60 * DAY);
        world.execute(later).await;
        assert_eq!(world.messages().await.len(), 1, "nothing more is decided");
        replays(&world).await;
    }
}

#[tokio::test]
async fn only_those_who_are_meant() {
    for world in worlds().await {
        let world = world.with_a_message().await;
        for whom in [Whom::Strategy("other".into()), Whom::Segment("vip".into()), Whom::Account("A9".into())]
        {
            assert_eq!(operate(&world, "x", Act::Pause, whom, Mode::Do, at("09:31")).await, []);
        }
        assert_eq!(operate(&world, "x", Act::Resume, Whom::All, Mode::Do, at("09:31")).await, []);
    }
}

/// Every state can be made again from what was kept.
async fn replays(world: &World) {
    let judged = world.programs.get(world.version).unwrap().clone();
    let turns = world.store.turns(T, "C1").await.unwrap();
    let view = world.store.account(T, "A1").await.unwrap().unwrap();
    let made = replay(&[Deployment { at: at("06:00"), judged }], turns, None).unwrap();
    assert_eq!(compare(&made, &view.customer, view.state), Ok(()));
}
