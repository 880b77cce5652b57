//! What a store promises to many workers, and what it tells of a customer's past.

use super::Dump;
use super::world::*;
use cobro_engine::durable::store::*;

/// What a live worker hands over stays its own; a dead one's becomes unknown when its mark has run out.
pub async fn what_a_live_worker_hands_over_stays_its_own<S: Store>(store: &S) {
    let id = queued(store).await;
    let row = take(store, 2).await.rows.remove(0);
    assert_eq!(row.mark, 1);
    let held = claim(store, 100, 210).await;
    assert_eq!(held.len(), 1);
    let found = store.recover(T, Others::Perhaps, at(101)).await.unwrap();
    assert_eq!(found, Recovered::default(), "the mark lasts until 102");
    assert_eq!(store.message(T, &id).await.unwrap().unwrap().state, OutboxState::Marked);
    let found = store.recover(T, Others::Perhaps, at(102)).await.unwrap();
    assert_eq!(found, Recovered { unknown: 1, released: 0 });
    assert_eq!(store.message(T, &id).await.unwrap().unwrap().state, OutboxState::Unknown);
    assert_eq!(claim(store, 103, 210).await, [], "a hold ends by itself and not before");
}

/// A mark that was lost can record nothing: the message may be under another one.
pub async fn a_mark_that_was_lost_can_record_nothing<S: Store + Dump>(store: &S) {
    let id = queued(store).await;
    take(store, 2).await;
    let later = Outcome::Later { not_before: at(3), attempts: 1, why: String::new() };
    record_one(store, handed(&id, later), 2).await.unwrap();
    assert_eq!(take(store, 3).await.rows[0].mark, 2);
    let before = store.dump(T).await;
    let accepted = Outcome::Accepted { provider_id: "late".to_owned() };
    assert!(matches!(record_one(store, handed(&id, accepted.clone()), 4).await, Err(Error::Conflict { .. })));
    assert_eq!(store.dump(T).await, before);
    record_one(store, Handed { mark: 2, ..handed(&id, accepted) }, 4).await.unwrap();
}

/// A jump of the clock by which things fall due ends no hold.
pub async fn a_jump_of_the_clock_ends_no_hold<S: Store>(store: &S) {
    queued(store).await;
    let far = at(1_000_000);
    let want = ClaimWanted { now: far, clock: at(3), worker: "w", until: at(10), limit: 9 };
    assert_eq!(store.claim(T, want).await.unwrap().loaded.len(), 1);
    let again = ClaimWanted { clock: at(9), ..want };
    assert_eq!(store.claim(T, again).await.unwrap(), Claimed::default());
    let messages = TakeWanted { now: far, clock: at(9), worker: "w", until: at(20), limit: 9 };
    assert_eq!(store.take_outbox(T, messages).await.unwrap(), Taken::default());
    let late = TakeWanted { clock: at(10), ..messages };
    assert_eq!(store.take_outbox(T, late).await.unwrap().rows.len(), 1);
    let again = ClaimWanted { clock: at(10), ..want };
    assert_eq!(store.claim(T, again).await.unwrap().loaded.len(), 1);
}

/// Everything that changed a customer is told: what was brought, what was taken and when, what was changed.
pub async fn everything_that_changed_a_customer_is_told<S: Store>(store: &S) {
    import(store, vec![customer("C1", &["A1"])]).await;
    store.accept(T, vec![pay("bank", "1", "A1", 5), offer("review", "1", "A1")], at(1)).await.unwrap();
    let loaded = claim(store, 2, 10).await.remove(0);
    let inputs = loaded.inbox.clone();
    let commit = full_commit(loaded, 2);
    commit_one(store, commit.clone(), 2).await.unwrap();
    store.accept(T, vec![offer("review", "1", "A1")], at(3)).await.unwrap();
    let loaded = claim(store, 3, 10).await.remove(0);
    let nothing = Commit { taken: vec![3], ..empty(loaded.claim) };
    commit_one(store, nothing, 3).await.unwrap();
    let (state, known) = take(store, 4).await.customers.remove(0);
    let change = Change { state, customer: known.clone(), history: vec![note("A1", 4, 7)] };
    let outcome = Outcome::Withdrawn { why: String::new() };
    let withdrawn = Handed { change: Some(change), ..handed(&commit.outbox[0].id(), outcome) };
    record_one(store, withdrawn, 4).await.unwrap();
    import(store, vec![customer("C1", &["A2"])]).await;
    let grown = store.account(T, "A2").await.unwrap().unwrap().customer;
    let turn = |version, moment, state| Turn {
        version,
        at: at(moment),
        state,
        inputs: Vec::new(),
        rows: Vec::new(),
    };
    let told = store.turns(T, "C1").await.unwrap();
    let expected = [
        turn(1, 0, Some(customer("C1", &["A1"]))),
        Turn { inputs, rows: commit.history, ..turn(2, 2, None) },
        Turn { rows: vec![note("A1", 4, 7)], ..turn(3, 4, Some(known)) },
        turn(4, 0, Some(grown)),
    ];
    assert_eq!(told, expected);
    assert_eq!(store.turns(T, "nobody").await.unwrap(), []);
}

/// Each deployment is noticed.
pub async fn each_deployment_is_noticed<S: Store>(store: &S) {
    assert_eq!(store.deployed(T).await.unwrap(), (0, None));
    store.deploy(T, "mora", version(1), "one", at(1)).await.unwrap();
    assert_eq!(store.deployed(T).await.unwrap(), (1, Some(at(1))));
    store.deploy(T, "mora", version(2), "two", at(2)).await.unwrap();
    store.deploy(T, "mora", version(1), "one", at(3)).await.unwrap();
    assert_eq!(store.deployed(T).await.unwrap(), (2, Some(at(3))));
    assert_eq!(store.deployed("other").await.unwrap(), (0, None));
}

/// Customers are read in pages.
pub async fn customers_are_read_in_pages<S: Store>(store: &S) {
    import(store, vec![customer("C3", &["A1"]), customer("C1", &[]), customer("C2", &["A2"])]).await;
    assert_eq!(store.customers(T, None, 2).await.unwrap(), ["C1", "C2"]);
    assert_eq!(store.customers(T, Some("C2"), 2).await.unwrap(), ["C3"]);
    assert_eq!(store.customers("other", None, 2).await.unwrap(), [""; 0]);
}

/// What is stopped stays so, with the first reason, until it is lifted; and one stop says nothing of another.
pub async fn what_is_stopped_stays_stopped_until_it_is_lifted<S: Store>(store: &S) {
    let (sms, all) = (Stop::Channel(Channel::Sms), Stop::All);
    assert!(store.stop(T, &sms, "too many complaints", at(1)).await.unwrap());
    assert!(!store.stop(T, &sms, "again", at(2)).await.unwrap());
    assert!(store.stop(T, &all, "", at(3)).await.unwrap());
    assert!(store.stop("other", &Stop::Account("A1".to_owned()), "", at(3)).await.unwrap());
    let first = Stopped { stop: sms.clone(), why: "too many complaints".to_owned(), at: at(1) };
    let whole = Stopped { stop: all.clone(), why: String::new(), at: at(3) };
    assert_eq!(store.stops(T).await.unwrap(), [whole, first.clone()]);
    assert!(store.lift(T, &all).await.unwrap());
    assert!(!store.lift(T, &all).await.unwrap());
    assert_eq!(store.stops(T).await.unwrap(), [first]);
}
