//! What every store promises, one function each; and the differential test, which asks two stores the same.
//!
//! In: an empty store. Out: nothing, or a panic that says which promise is broken. Absent: skips; what one
//! store cannot do, no store promises.

pub mod differential;
mod workers;
pub mod world;

use cobro_engine::calendar::Instant;
use cobro_engine::durable::store::*;
use std::future::Future;
pub use workers::*;
use world::*;

/// Everything that is kept for a tenant, as text, the same from every store.
pub trait Dump {
    /// The lines.
    fn dump(&self, tenant: &Tenant) -> impl Future<Output = Vec<String>> + Send;
}

/// Makes a test of each promise. `$open` is an expression for a future of something with a field `store`, or of
/// `None` where there is no such database.
#[macro_export]
macro_rules! suite {
    ($open:expr) => {
        $crate::suite! { @each $open;
            an_import_brings_everything_in
            an_import_with_an_account_that_exists_changes_nothing
            an_import_that_names_an_account_twice_changes_nothing
            an_import_adds_accounts_to_a_customer_who_is_known
            the_second_of_the_same_source_and_id_does_nothing
            an_input_for_an_unknown_account_is_refused_alone
            an_input_makes_its_customer_due
            inputs_wait_in_the_order_of_their_arrival
            an_event_is_remembered_for_ever_and_an_offer_until_it_is_taken
            a_claimed_customer_is_not_claimed_again_until_the_lease_is_over
            the_longest_due_are_claimed_first
            a_commit_under_a_lost_lease_is_refused_and_changes_nothing
            a_second_commit_with_the_old_version_is_refused_and_changes_nothing
            a_conflict_of_one_does_not_touch_the_others
            a_commit_keeps_state_history_messages_and_tasks_together
            an_input_that_arrives_during_a_claim_is_due_after_the_commit
            a_commit_that_changes_nobody_keeps_the_timer
            a_timer_is_due_at_its_instant_and_not_before
            a_message_with_the_id_of_another_refuses_its_commit_alone
            a_released_customer_is_due_at_once
            a_parked_customer_is_never_due_until_a_restart
            a_message_is_given_out_once
            messages_of_a_run_are_given_out_in_their_order
            a_message_waits_for_an_input_that_was_not_taken
            a_message_waits_for_a_customer_who_is_held
            an_input_or_a_change_is_seen_by_who_loaded_before
            what_was_being_handed_over_at_a_crash_is_never_sent_again
            what_a_live_worker_hands_over_stays_its_own
            a_mark_that_was_lost_can_record_nothing
            a_jump_of_the_clock_ends_no_hold
            everything_that_changed_a_customer_is_told
            each_deployment_is_noticed
            customers_are_read_in_pages
            what_is_stopped_stays_stopped_until_it_is_lifted
            a_message_put_off_comes_back_at_its_time
            a_withdrawal_keeps_customer_history_and_input_together
            a_withdrawal_from_an_old_version_is_refused_and_changes_nothing
            a_message_that_is_not_marked_cannot_be_recorded
            the_last_deployed_version_is_the_current_one
            history_is_read_in_pages_by_account
            messages_are_read_in_pages
            runs_are_counted_by_step_and_outcome
            accounts_without_a_run_are_read_in_pages
            a_task_is_open_until_it_is_closed
            the_clock_and_reviews_move_forward_only
            tenants_do_not_see_each_other
            names_may_hold_any_text
        }
    };
    (@each $open:expr; $($promise:ident)*) => {
        $(#[tokio::test]
        async fn $promise() {
            let Some(opened) = $open.await else { return };
            $crate::conformance::$promise(&opened.store).await;
        })*
    };
}

/// An import brings everything in.
pub async fn an_import_brings_everything_in<S: Store>(store: &S) {
    let customers = vec![customer("C1", &["A1", "A2"]), customer("C2", &["B1"])];
    let answer = store.import(T, customers, at(1)).await.unwrap();
    assert_eq!(answer, Import::Imported { customers: 2, accounts: 3, invoices: 3 });
    let view = store.account(T, "A2").await.unwrap().unwrap();
    assert_eq!((view.customer, view.account, view.state), (customer("C1", &["A1", "A2"]), 1, 1));
    assert_eq!((view.due_at, view.waiting, view.parked), (None, 0, None));
    assert_eq!(store.account(T, "nobody").await.unwrap(), None);
    let found = store.currencies(T, names(&["A1", "nobody"])).await.unwrap();
    assert_eq!(
        found.into_iter().map(|(id, currency)| (id, currency.to_string())).collect::<Vec<_>>(),
        [("A1".to_owned(), "PEN".to_owned())]
    );
}

/// An import with an account that exists changes nothing.
pub async fn an_import_with_an_account_that_exists_changes_nothing<S: Store + Dump>(store: &S) {
    import(store, vec![customer("C1", &["A1", "A2"])]).await;
    let before = store.dump(T).await;
    let again = vec![customer("C9", &["Z9"]), customer("C8", &["A2", "A1"])];
    let answer = store.import(T, again, at(2)).await.unwrap();
    assert_eq!(answer, Import::Refused { existing: names(&["A1", "A2"]) });
    assert_eq!(store.dump(T).await, before);
}

/// An import that names an account twice changes nothing.
pub async fn an_import_that_names_an_account_twice_changes_nothing<S: Store + Dump>(store: &S) {
    let before = store.dump(T).await;
    let twice = vec![customer("C1", &["A1"]), customer("C2", &["A1", "A2"])];
    let answer = store.import(T, twice, at(1)).await.unwrap();
    assert_eq!(answer, Import::Refused { existing: names(&["A1"]) });
    assert_eq!(store.dump(T).await, before);
}

/// An import adds accounts to a customer who is known.
pub async fn an_import_adds_accounts_to_a_customer_who_is_known<S: Store>(store: &S) {
    import(store, vec![customer("C1", &["A1"])]).await;
    let mut more = customer("C1", &["A2"]);
    more.phone = Some("+51000000009".to_owned());
    more.email = Some("a@b.c".to_owned());
    let answer = store.import(T, vec![more], at(2)).await.unwrap();
    assert_eq!(answer, Import::Imported { customers: 0, accounts: 1, invoices: 1 });
    let view = store.account(T, "A2").await.unwrap().unwrap();
    assert_eq!(view.customer.phone.as_deref(), Some("+51000000009"), "the newer address holds");
    assert_eq!(view.customer.email.as_deref(), Some("a@b.c"), "what was missing is filled");
    assert_eq!((view.account, view.state), (1, 2));
}

/// The second of the same (source, id) does nothing.
pub async fn the_second_of_the_same_source_and_id_does_nothing<S: Store + Dump>(store: &S) {
    import(store, vec![customer("C1", &["A1", "A2"])]).await;
    let batch = vec![pay("bank", "1", "A1", 5), pay("bank", "1", "A2", 6), pay("till", "1", "A1", 7)];
    let answers = store.accept(T, batch.clone(), at(2)).await.unwrap();
    assert_eq!(answers, [Intake::Accepted, Intake::Duplicate, Intake::Accepted]);
    let before = store.dump(T).await;
    assert_eq!(store.accept(T, batch, at(3)).await.unwrap(), [Intake::Duplicate; 3]);
    assert_eq!(store.dump(T).await, before);
}

/// An input for an unknown account is refused alone.
pub async fn an_input_for_an_unknown_account_is_refused_alone<S: Store>(store: &S) {
    import(store, vec![customer("C1", &["A1"])]).await;
    let batch = vec![pay("bank", "1", "nobody", 5), pay("bank", "1", "A1", 6)];
    let answers = store.accept(T, batch, at(2)).await.unwrap();
    assert_eq!(answers, [Intake::UnknownAccount, Intake::Accepted], "and it did not use up its id");
    assert_eq!(store.accept(T, Vec::new(), at(2)).await.unwrap(), []);
}

/// An input makes its customer due.
pub async fn an_input_makes_its_customer_due<S: Store>(store: &S) {
    import(store, vec![customer("C1", &["A1"]), customer("C2", &["A2"])]).await;
    assert_eq!(claim(store, 9, 9).await, []);
    store.accept(T, vec![pay("bank", "1", "A2", 5)], at(4)).await.unwrap();
    assert_eq!(store.account(T, "A2").await.unwrap().unwrap().due_at, Some(at(4)));
    assert_eq!(store.next_due(T, at(3)).await.unwrap(), Some(at(4)));
    assert_eq!(claim(store, 3, 9).await, [], "not before it arrived");
    let loaded = claim(store, 4, 9).await;
    assert_eq!(loaded.len(), 1);
    assert_eq!(loaded[0].claim.customer, "C2");
    assert_eq!(loaded[0].inbox.len(), 1);
    assert_eq!(loaded[0].inbox[0].what, pay("", "", "", 5).what);
}

/// Inputs wait in the order of their arrival.
pub async fn inputs_wait_in_the_order_of_their_arrival<S: Store>(store: &S) {
    import(store, vec![customer("C1", &["A1", "A2"])]).await;
    let batch = vec![pay("bank", "z", "A2", 1), pay("bank", "a", "A1", 2), pay("bank", "m", "A2", 3)];
    store.accept(T, batch, at(2)).await.unwrap();
    store.accept(T, vec![pay("bank", "b", "A1", 4)], at(3)).await.unwrap();
    let loaded = claim(store, 9, 20).await;
    let seen: Vec<_> =
        loaded[0].inbox.iter().map(|row| (row.number, amount(row), row.arrived_at.0)).collect();
    assert_eq!(seen, [(1, 1, 2), (2, 2, 2), (3, 3, 2), (4, 4, 3)]);
}

/// An event is remembered for ever, an offer until it is taken.
pub async fn an_event_is_remembered_for_ever_and_an_offer_until_it_is_taken<S: Store>(store: &S) {
    import(store, vec![customer("C1", &["A1"])]).await;
    let batch = vec![pay("bank", "1", "A1", 5), offer("review", "1", "A1")];
    assert_eq!(store.accept(T, batch.clone(), at(2)).await.unwrap(), [Intake::Accepted; 2]);
    assert_eq!(store.accept(T, batch.clone(), at(2)).await.unwrap(), [Intake::Duplicate; 2]);
    let loaded = claim(store, 3, 9).await.remove(0);
    let taken = loaded.inbox.iter().map(|row| row.number).collect();
    commit_one(store, Commit { taken, ..empty(loaded.claim) }, 3).await.unwrap();
    assert_eq!(store.account(T, "A1").await.unwrap().unwrap().waiting, 0);
    assert_eq!(store.accept(T, batch, at(4)).await.unwrap(), [Intake::Duplicate, Intake::Accepted]);
}

/// A claimed customer is not claimed again until the lease is over.
pub async fn a_claimed_customer_is_not_claimed_again_until_the_lease_is_over<S: Store>(store: &S) {
    import(store, vec![customer("C1", &["A1"])]).await;
    store.accept(T, vec![pay("bank", "1", "A1", 5)], at(1)).await.unwrap();
    let first = claim(store, 2, 10).await.remove(0);
    assert_eq!(claim(store, 9, 20).await, []);
    let second = claim(store, 10, 20).await.remove(0);
    assert!(second.claim.lease > first.claim.lease);
}

/// The longest due are claimed first, and no more than asked for.
pub async fn the_longest_due_are_claimed_first<S: Store>(store: &S) {
    import(store, vec![customer("C1", &["A1"]), customer("C2", &["A2"]), customer("C3", &["A3"])]).await;
    for (moment, account) in [(3, "A1"), (1, "A3"), (3, "A2")] {
        store.accept(T, vec![pay("bank", account, account, 5)], at(moment)).await.unwrap();
    }
    let want = ClaimWanted { now: at(5), clock: at(5), worker: "w", until: at(50), limit: 2 };
    let claimed = store.claim(T, want).await.unwrap().loaded;
    let order: Vec<_> = claimed.iter().map(|loaded| loaded.claim.customer.as_str()).collect();
    assert_eq!(order, ["C3", "C1"]);
}

/// A commit under a lost lease is refused and changes nothing.
pub async fn a_commit_under_a_lost_lease_is_refused_and_changes_nothing<S: Store + Dump>(store: &S) {
    import(store, vec![customer("C1", &["A1"])]).await;
    store.accept(T, vec![pay("bank", "1", "A1", 5)], at(1)).await.unwrap();
    let lost = claim(store, 2, 10).await.remove(0);
    claim(store, 10, 20).await;
    let before = store.dump(T).await;
    let full = full_commit(lost, 10);
    assert!(matches!(commit_one(store, full, 10).await, Err(Error::Conflict { .. })));
    assert_eq!(store.dump(T).await, before);
}

/// A second commit with the old version is refused and changes nothing.
pub async fn a_second_commit_with_the_old_version_is_refused_and_changes_nothing<S: Store + Dump>(store: &S) {
    import(store, vec![customer("C1", &["A1"])]).await;
    store.accept(T, vec![pay("bank", "1", "A1", 5)], at(1)).await.unwrap();
    let loaded = claim(store, 2, 10).await.remove(0);
    let full = full_commit(loaded, 2);
    assert_eq!(commit_one(store, full.clone(), 2).await.unwrap(), 2);
    let before = store.dump(T).await;
    assert!(matches!(commit_one(store, full.clone(), 3).await, Err(Error::Conflict { .. })));
    let twice = vec![full.clone(), full];
    let answers = store.commit(T, twice, at(3)).await.unwrap();
    assert!(answers.iter().all(|answer| matches!(answer, Err(Error::Conflict { .. }))));
    assert_eq!(store.dump(T).await, before);
}

/// A conflict of one does not touch the others.
pub async fn a_conflict_of_one_does_not_touch_the_others<S: Store>(store: &S) {
    import(store, vec![customer("C1", &["A1"]), customer("C2", &["A2"]), customer("C3", &["A3"])]).await;
    let batch = ["A1", "A2", "A3"].map(|account| pay("bank", account, account, 5));
    store.accept(T, batch.to_vec(), at(1)).await.unwrap();
    let mut commits: Vec<_> =
        claim(store, 2, 10).await.into_iter().map(|loaded| full_commit(loaded, 2)).collect();
    commits[1].claim.state += 1;
    let answers = store.commit(T, commits, at(2)).await.unwrap();
    assert!(matches!(answers[..], [Ok(2), Err(Error::Conflict { .. }), Ok(2)]), "{answers:?}");
    let sent = store.outbox(T, OutboxWanted { limit: 9, ..OutboxWanted::default() }).await.unwrap();
    assert_eq!(sent.iter().map(|row| row.customer.as_str()).collect::<Vec<_>>(), ["C1", "C3"]);
}

/// A commit keeps state, history, messages and tasks together.
pub async fn a_commit_keeps_state_history_messages_and_tasks_together<S: Store>(store: &S) {
    import(store, vec![customer("C1", &["A1"])]).await;
    store.accept(T, vec![pay("bank", "1", "A1", 5)], at(1)).await.unwrap();
    let commit = full_commit(claim(store, 2, 10).await.remove(0), 2);
    assert_eq!(commit_one(store, commit.clone(), 2).await.unwrap(), 2);
    let view = store.account(T, "A1").await.unwrap().unwrap();
    assert_eq!(Some(&view.customer), commit.customer.as_ref());
    assert_eq!((view.state, view.waiting), (2, 0));
    assert_eq!(view.due_at, view.customer.next_wake());
    let rows = store.timeline(T, "A1", 0, 9).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(rows.into_iter().map(|row| row.row).collect::<Vec<_>>(), commit.history);
    let sent = store.message(T, &commit.outbox[0].id()).await.unwrap().unwrap();
    assert_eq!((sent.state, sent.attempts, sent.not_before), (OutboxState::Queued, 0, at(2)));
    assert_eq!((sent.message, sent.run), (commit.outbox[0].message.clone(), commit.outbox[0].run.clone()));
    let tasks = store.tasks(T, 9).await.unwrap();
    assert_eq!(tasks, [TaskRow { customer: "C1".to_owned(), task: commit.tasks_opened[0].clone() }]);
}

/// An input that arrives during a claim is due after the commit.
pub async fn an_input_that_arrives_during_a_claim_is_due_after_the_commit<S: Store>(store: &S) {
    import(store, vec![customer("C1", &["A1"])]).await;
    store.accept(T, vec![pay("bank", "1", "A1", 5)], at(1)).await.unwrap();
    let loaded = claim(store, 2, 10).await.remove(0);
    store.accept(T, vec![pay("bank", "2", "A1", 6)], at(3)).await.unwrap();
    assert_eq!(claim(store, 4, 10).await, [], "still held");
    commit_one(store, full_commit(loaded, 2), 4).await.unwrap();
    let again = claim(store, 4, 10).await.remove(0);
    assert_eq!(again.inbox.iter().map(|row| row.number).collect::<Vec<_>>(), [2]);
    assert_eq!(again.claim.state, 2);
}

/// A commit that changes nobody keeps the timer.
pub async fn a_commit_that_changes_nobody_keeps_the_timer<S: Store>(store: &S) {
    import(store, vec![running("C1", "A1", 0, 100)]).await;
    store.accept(T, vec![pay("bank", "1", "A1", 5)], at(1)).await.unwrap();
    let loaded = claim(store, 2, 10).await.remove(0);
    let commit = Commit { taken: vec![1], ..empty(loaded.claim) };
    assert_eq!(commit_one(store, commit, 2).await.unwrap(), 1, "the version does not move");
    assert_eq!(store.account(T, "A1").await.unwrap().unwrap().due_at, Some(at(100)));
}

/// A timer is due at its instant and not before.
pub async fn a_timer_is_due_at_its_instant_and_not_before<S: Store>(store: &S) {
    import(store, vec![running("C1", "A1", 0, 100), running("C2", "A2", 0, 50)]).await;
    assert_eq!(store.next_due(T, at(0)).await.unwrap(), Some(at(50)));
    assert_eq!(store.next_due(T, at(50)).await.unwrap(), Some(at(100)));
    assert_eq!(store.next_due(T, at(100)).await.unwrap(), None);
    assert_eq!(claim(store, 49, 60).await, []);
    assert_eq!(claim(store, 50, 60).await[0].claim.customer, "C2");
    let backlog = store.backlog(T, at(100)).await.unwrap();
    assert_eq!((backlog.due, backlog.inputs, backlog.queued), (2, 0, 0));
}

/// A message with the id of another refuses its commit alone.
pub async fn a_message_with_the_id_of_another_refuses_its_commit_alone<S: Store>(store: &S) {
    import(store, vec![customer("C1", &["A1"]), customer("C2", &["A2"])]).await;
    let batch = ["A1", "A2"].map(|account| pay("bank", account, account, 5));
    store.accept(T, batch.to_vec(), at(1)).await.unwrap();
    let mut commits: Vec<_> =
        claim(store, 2, 10).await.into_iter().map(|loaded| full_commit(loaded, 2)).collect();
    let twin = commits[0].outbox[0].clone();
    commits[0].outbox.push(twin);
    let answers = store.commit(T, commits, at(2)).await.unwrap();
    assert!(matches!(answers[..], [Err(Error::Corrupt { .. }), Ok(2)]), "{answers:?}");
    assert_eq!(store.account(T, "A1").await.unwrap().unwrap().state, 1);
}

/// A released customer is due at once.
pub async fn a_released_customer_is_due_at_once<S: Store>(store: &S) {
    import(store, vec![running("C1", "A1", 0, 5)]).await;
    let first = claim(store, 5, 50).await.remove(0);
    store.release(T, vec![first.claim.clone()]).await.unwrap();
    let second = claim(store, 5, 50).await.remove(0);
    store.release(T, vec![first.claim.clone()]).await.unwrap();
    assert_eq!(claim(store, 5, 50).await, [], "a lost claim releases nobody");
    store.release(T, vec![second.claim.clone()]).await.unwrap();
    assert!(matches!(commit_one(store, empty(second.claim), 5).await, Err(Error::Conflict { .. })));
}

/// A parked customer is never due until a restart.
pub async fn a_parked_customer_is_never_due_until_a_restart<S: Store>(store: &S) {
    import(store, vec![running("C1", "A1", 0, 5)]).await;
    let claimed = claim(store, 5, 50).await.remove(0).claim;
    store.park(T, Claim { lease: claimed.lease + 1, ..claimed.clone() }, "not ours").await.unwrap();
    assert_eq!(store.account(T, "A1").await.unwrap().unwrap().parked, None);
    store.park(T, claimed, "damaged").await.unwrap();
    assert_eq!(claim(store, 99, 999).await, []);
    assert_eq!(store.next_due(T, at(0)).await.unwrap(), None);
    store.accept(T, vec![pay("bank", "1", "A1", 5)], at(6)).await.unwrap();
    assert_eq!(claim(store, 99, 999).await, []);
    assert_eq!(store.account(T, "A1").await.unwrap().unwrap().parked.as_deref(), Some("damaged"));
    assert_eq!(store.backlog(T, at(99)).await.unwrap().parked, 1);
    assert_eq!(store.resume(T).await.unwrap(), 1);
    assert_eq!(store.resume(T).await.unwrap(), 0);
    assert_eq!(claim(store, 99, 999).await.len(), 1);
}

/// A message is given out once.
pub async fn a_message_is_given_out_once<S: Store>(store: &S) {
    let id = queued(store).await;
    assert_eq!(take(store, 1).await.rows.len(), 0, "not before it was decided");
    let taken = take(store, 2).await;
    assert_eq!(taken.rows[0].id, id);
    assert_eq!(taken.rows[0].state, OutboxState::Marked);
    assert_eq!((taken.customers[0].0, taken.customers[0].1.id.as_str()), (2, "C1"));
    assert_eq!(take(store, 99).await, Taken::default());
    assert_eq!(store.backlog(T, at(2)).await.unwrap().marked, 1);
    let accepted = Outcome::Accepted { provider_id: "p1".to_owned() };
    assert_eq!(record_one(store, handed(&id, accepted), 3).await.unwrap(), 2);
    let row = store.message(T, &id).await.unwrap().unwrap();
    assert_eq!((row.state, row.provider_id.as_str()), (OutboxState::Accepted, "p1"));
    assert_eq!(take(store, 99).await, Taken::default());
}

/// Messages of a run are given out in their order.
pub async fn messages_of_a_run_are_given_out_in_their_order<S: Store>(store: &S) {
    import(store, vec![customer("C1", &["A1"])]).await;
    store.accept(T, vec![pay("bank", "1", "A1", 5)], at(1)).await.unwrap();
    let mut commit = full_commit(claim(store, 2, 10).await.remove(0), 2);
    let first = commit.outbox[0].clone();
    commit.outbox = (1..=12)
        .map(|number| {
            let mut next = first.clone();
            next.message.number = number;
            next
        })
        .collect();
    commit_one(store, commit, 2).await.unwrap();
    let numbers: Vec<_> = take(store, 2).await.rows.iter().map(|row| row.message.number).collect();
    assert_eq!(numbers, (1..=12).collect::<Vec<_>>());
}

/// A message waits for an input that was not taken: it may be a payment.
pub async fn a_message_waits_for_an_input_that_was_not_taken<S: Store>(store: &S) {
    queued(store).await;
    store.accept(T, vec![pay("bank", "2", "A1", 5)], at(3)).await.unwrap();
    assert_eq!(take(store, 3).await, Taken::default());
    let loaded = claim(store, 3, 10).await.remove(0);
    commit_one(store, Commit { taken: vec![2], ..empty(loaded.claim) }, 3).await.unwrap();
    assert_eq!(take(store, 3).await.rows.len(), 1);
}

/// A message waits for a customer who is held.
pub async fn a_message_waits_for_a_customer_who_is_held<S: Store>(store: &S) {
    queued(store).await;
    let held = claim(store, 100, 110).await.remove(0);
    assert_eq!(take(store, 100).await, Taken::default());
    store.release(T, vec![held.claim]).await.unwrap();
    assert_eq!(take(store, 100).await.rows.len(), 1);
}

/// An input or a change is seen by who loaded before.
pub async fn an_input_or_a_change_is_seen_by_who_loaded_before<S: Store>(store: &S) {
    queued(store).await;
    let (state, _) = take(store, 2).await.customers.remove(0);
    assert_eq!(store.moved_on(T, "C1", state).await.unwrap(), None);
    assert!(store.moved_on(T, "C1", state - 1).await.unwrap().is_some());
    assert!(store.moved_on(T, "nobody", 1).await.unwrap().is_some());
    store.accept(T, vec![missed("api", "1", "A1", 1)], at(7)).await.unwrap();
    assert_eq!(store.moved_on(T, "C1", state).await.unwrap(), Some(at(7)));
}

/// What was being handed over at a crash is never sent again.
pub async fn what_was_being_handed_over_at_a_crash_is_never_sent_again<S: Store>(store: &S) {
    let id = queued(store).await;
    take(store, 2).await;
    let held = claim(store, 100, 110).await;
    assert_eq!(held.len(), 1);
    let found = store.recover(T, Others::None, at(101)).await.unwrap();
    assert_eq!(found, Recovered { unknown: 1, released: 1 });
    assert_eq!(store.message(T, &id).await.unwrap().unwrap().state, OutboxState::Unknown);
    assert_eq!(take(store, 999).await, Taken::default());
    let late = handed(&id, Outcome::Later { not_before: at(3), attempts: 1, why: String::new() });
    assert!(matches!(record_one(store, late, 102).await, Err(Error::Conflict { .. })));
    assert_eq!(store.backlog(T, at(999)).await.unwrap().unknown, 1);
    assert_eq!(claim(store, 101, 110).await.len(), 1, "and the customer is free");
}

/// A message put off comes back at its time.
pub async fn a_message_put_off_comes_back_at_its_time<S: Store>(store: &S) {
    let id = queued(store).await;
    take(store, 2).await;
    let later = Outcome::Later { not_before: at(60), attempts: 3, why: "busy".to_owned() };
    record_one(store, handed(&id, later), 2).await.unwrap();
    assert_eq!(take(store, 59).await, Taken::default());
    assert_eq!(store.next_due(T, at(55)).await.unwrap(), Some(at(60)));
    let row = take(store, 60).await.rows.remove(0);
    assert_eq!((row.attempts, row.why.as_str(), row.decided_at), (3, "busy", at(2)));
}

/// A withdrawal keeps customer, history and input together.
pub async fn a_withdrawal_keeps_customer_history_and_input_together<S: Store>(store: &S) {
    let id = queued(store).await;
    let (state, mut customer) = take(store, 2).await.customers.remove(0);
    customer.contacts.contacts.clear();
    let change = Change { state, customer: customer.clone(), history: vec![note("A1", 3, 7)] };
    let withdrawn = Handed {
        change: Some(change),
        inputs: vec![missed("dispatcher", &id, "A1", 1)],
        message: None,
        ..handed(&id, Outcome::Withdrawn { why: "nothing_owed".to_owned() })
    };
    assert_eq!(record_one(store, withdrawn, 3).await.unwrap(), 3);
    let view = store.account(T, "A1").await.unwrap().unwrap();
    assert_eq!((view.customer, view.state, view.due_at), (customer, 3, Some(at(3))));
    let last = store.timeline(T, "A1", 2, 9).await.unwrap();
    assert_eq!(last, [TimelineRow { number: 3, row: note("A1", 3, 7) }]);
    assert_eq!(claim(store, 3, 9).await[0].inbox.len(), 1);
    assert_eq!(store.message(T, &id).await.unwrap().unwrap().why, "nothing_owed");
}

/// A withdrawal from an old version is refused and changes nothing.
pub async fn a_withdrawal_from_an_old_version_is_refused_and_changes_nothing<S: Store + Dump>(store: &S) {
    let id = queued(store).await;
    let (state, customer) = take(store, 2).await.customers.remove(0);
    let change = Change { state: state - 1, customer, history: vec![note("A1", 3, 7)] };
    let before = store.dump(T).await;
    let withdrawn = Handed {
        change: Some(change),
        inputs: vec![missed("dispatcher", &id, "A1", 1)],
        message: None,
        ..handed(&id, Outcome::Withdrawn { why: String::new() })
    };
    assert!(matches!(record_one(store, withdrawn, 3).await, Err(Error::Conflict { .. })));
    assert_eq!(store.dump(T).await, before);
}

/// A message that is not marked cannot be recorded.
pub async fn a_message_that_is_not_marked_cannot_be_recorded<S: Store + Dump>(store: &S) {
    let id = queued(store).await;
    let before = store.dump(T).await;
    let accepted = Outcome::Accepted { provider_id: "p".to_owned() };
    assert!(matches!(record_one(store, handed(&id, accepted.clone()), 3).await, Err(Error::Conflict { .. })));
    assert!(matches!(record_one(store, handed("A1/0/99", accepted), 3).await, Err(Error::Conflict { .. })));
    assert_eq!(store.dump(T).await, before);
}

/// The last deployed version is the current one.
pub async fn the_last_deployed_version_is_the_current_one<S: Store>(store: &S) {
    let (v1, v2) = (version(1), version(2));
    assert_eq!(store.current(T, "mora").await.unwrap(), None);
    assert_eq!(store.deploy(T, "mora", v1, "one", at(1)).await.unwrap(), Deployed::New);
    assert_eq!(store.deploy(T, "mora", v1, "one, again", at(2)).await.unwrap(), Deployed::Unchanged);
    let row = store.strategy(T, v1).await.unwrap().unwrap();
    assert_eq!((row.deployed_at, row.text.as_str(), row.is_current), (at(1), "one", true));
    assert_eq!(store.deploy(T, "mora", v2, "two", at(3)).await.unwrap(), Deployed::New);
    assert_eq!(store.current(T, "mora").await.unwrap().unwrap().version, v2);
    assert_eq!(store.deploy(T, "mora", v1, "one", at(4)).await.unwrap(), Deployed::Again);
    assert_eq!(store.current(T, "mora").await.unwrap().unwrap().version, v1);
    store.deploy(T, "alta", version(3), "three", at(9)).await.unwrap();
    let all = store.strategies(T).await.unwrap();
    let all: Vec<_> = all.iter().map(|row| (row.name.as_str(), row.text.as_str(), row.is_current)).collect();
    assert_eq!(all, [("alta", "three", true), ("mora", "two", false), ("mora", "one", true)]);
    assert!(matches!(store.deploy(T, "other", v1, "one", at(5)).await, Err(Error::Corrupt { .. })));
}

/// History is read in pages, by account.
pub async fn history_is_read_in_pages_by_account<S: Store>(store: &S) {
    import(store, vec![customer("C1", &["A1", "A2"])]).await;
    store.accept(T, vec![pay("bank", "1", "A1", 5)], at(1)).await.unwrap();
    let loaded = claim(store, 2, 10).await.remove(0);
    let history = vec![note("A1", 2, 1), note("A2", 2, 2), note("A1", 2, 3), note("A1", 2, 4)];
    commit_one(store, Commit { history, taken: vec![1], ..empty(loaded.claim) }, 2).await.unwrap();
    let page = |after, limit| store.timeline(T, "A1", after, limit);
    let numbers = |rows: Vec<TimelineRow>| rows.iter().map(|row| row.number).collect::<Vec<_>>();
    assert_eq!(numbers(page(0, 2).await.unwrap()), [1, 3]);
    assert_eq!(numbers(page(3, 2).await.unwrap()), [4]);
    assert_eq!(page(4, 2).await.unwrap(), []);
    assert_eq!(store.timeline(T, "nobody", 0, 2).await.unwrap(), []);
}

/// Messages are read in pages.
pub async fn messages_are_read_in_pages<S: Store>(store: &S) {
    import(store, vec![customer("C1", &["A1"]), customer("C2", &["A2"]), customer("C3", &["A3"])]).await;
    let batch = ["A3", "A1", "A2"].map(|account| pay("bank", account, account, 5));
    store.accept(T, batch.to_vec(), at(1)).await.unwrap();
    let commits = claim(store, 2, 10).await.into_iter().map(|loaded| full_commit(loaded, 2)).collect();
    store.commit(T, commits, at(2)).await.unwrap();
    let want = OutboxWanted { limit: 2, ..OutboxWanted::default() };
    let page = store.outbox(T, want.clone()).await.unwrap();
    assert_eq!(page.iter().map(|row| row.run.account.as_str()).collect::<Vec<_>>(), ["A1", "A2"]);
    let after = Some((page[1].decided_at, page[1].id.clone()));
    let rest = store.outbox(T, OutboxWanted { after, ..want.clone() }).await.unwrap();
    assert_eq!(rest.iter().map(|row| row.run.account.as_str()).collect::<Vec<_>>(), ["A3"]);
    let one = OutboxWanted { account: Some("A2".to_owned()), ..want.clone() };
    assert_eq!(store.outbox(T, one).await.unwrap()[0].run.account, "A2");
    let unknown = OutboxWanted { state: Some(OutboxState::Unknown), ..want };
    assert_eq!(store.outbox(T, unknown).await.unwrap(), []);
}

/// Runs are counted by step and outcome.
pub async fn runs_are_counted_by_step_and_outcome<S: Store>(store: &S) {
    let ended = ended(running("C4", "A4", 2, 9), 1, 8);
    import(
        store,
        vec![running("C1", "A1", 0, 9), running("C2", "A2", 1, 9), running("C3", "A3", 1, 9), ended],
    )
    .await;
    import(store, vec![customer("C5", &["A5"])]).await;
    let counts = store.counts(T, version(1)).await.unwrap();
    assert_eq!(counts.open, [(StepId(0), 1), (StepId(1), 2)]);
    assert_eq!(counts.ended, [(OutcomeId(1), 1)]);
    assert_eq!(store.counts(T, version(9)).await.unwrap(), Counts::default());
    let mut loaded = claim(store, 9, 20).await.remove(0);
    let run = loaded.customer.accounts[0].run.as_mut().unwrap();
    (run.step, run.stack) = (StepId(1), Vec::new());
    let commit = Commit { customer: Some(loaded.customer), ..empty(loaded.claim) };
    commit_one(store, commit, 9).await.unwrap();
    assert_eq!(store.counts(T, version(1)).await.unwrap().open, [(StepId(1), 3)]);
}

/// Accounts without a run are read in pages.
pub async fn accounts_without_a_run_are_read_in_pages<S: Store>(store: &S) {
    import(store, vec![customer("C1", &["A3", "A1"]), running("C2", "A2", 0, 5), customer("C3", &["A4"])])
        .await;
    assert_eq!(store.accounts_without_run(T, None, 2).await.unwrap(), ["A1", "A3"]);
    assert_eq!(store.accounts_without_run(T, Some("A3"), 2).await.unwrap(), ["A4"]);
    assert_eq!(store.accounts_without_run(T, Some("A4"), 2).await.unwrap(), [""; 0]);
}

/// A task is open until it is closed.
pub async fn a_task_is_open_until_it_is_closed<S: Store + Dump>(store: &S) {
    import(store, vec![customer("C1", &["A1"])]).await;
    store.accept(T, vec![pay("bank", "1", "A1", 5)], at(1)).await.unwrap();
    let commit = full_commit(claim(store, 2, 10).await.remove(0), 2);
    let task = commit.tasks_opened[0].clone();
    commit_one(store, commit, 2).await.unwrap();
    let closed = |result: &str, moment| ClosedTask {
        account: "A1".to_owned(),
        entered_at: task.run.entered_at,
        task: task.task,
        result: Some(result.to_owned()),
        closed_at: at(moment),
    };
    let loaded = claim(store, 100, 110).await.remove(0);
    let tasks_closed = vec![closed("done", 100), closed("too late", 101)];
    commit_one(store, Commit { tasks_closed, ..empty(loaded.claim) }, 100).await.unwrap();
    assert_eq!(store.tasks(T, 9).await.unwrap(), []);
    let dump = store.dump(T).await;
    assert!(dump.iter().any(|line| line.starts_with("task") && line.contains("done")), "{dump:#?}");
}

/// The clock and reviews move forward only.
pub async fn the_clock_and_reviews_move_forward_only<S: Store>(store: &S) {
    assert_eq!(store.clock_offset(T).await.unwrap(), 0);
    assert_eq!(store.advance_clock_offset(T, 500).await.unwrap(), 500);
    assert_eq!(store.advance_clock_offset(T, 300).await.unwrap(), 500);
    assert_eq!(store.clock_offset(T).await.unwrap(), 500);
    assert_eq!(store.reviewed_at(T, "mora").await.unwrap(), None);
    store.set_reviewed_at(T, "mora", at(7)).await.unwrap();
    store.set_reviewed_at(T, "mora", at(5)).await.unwrap();
    assert_eq!(store.reviewed_at(T, "mora").await.unwrap(), Some(at(7)));
}

/// Tenants do not see each other.
pub async fn tenants_do_not_see_each_other<S: Store + Dump>(store: &S) {
    let nothing = store.dump("other").await;
    queued(store).await;
    store.deploy(T, "mora", version(1), "one", at(1)).await.unwrap();
    store.set_reviewed_at(T, "mora", at(1)).await.unwrap();
    store.advance_clock_offset(T, 5).await.unwrap();
    assert_eq!(store.dump("other").await, nothing);
    let want = ClaimWanted { now: at(999), clock: at(999), worker: "w", until: at(9999), limit: 9 };
    assert_eq!(store.claim("other", want).await.unwrap(), Claimed::default());
    let want = TakeWanted { now: at(999), clock: at(999), worker: "w", until: at(9999), limit: 9 };
    assert_eq!(store.take_outbox("other", want).await.unwrap(), Taken::default());
    let answers = store.accept("other", vec![pay("bank", "9", "A1", 5)], at(1)).await.unwrap();
    assert_eq!(answers, [Intake::UnknownAccount]);
    assert_eq!(store.account("other", "A1").await.unwrap(), None);
    assert_eq!(store.recover("other", Others::None, at(9)).await.unwrap(), Recovered::default());
    assert_eq!(store.next_due("other", Instant(0)).await.unwrap(), None);
}

/// Names may hold any text, also what would be digits, quotes or JSON elsewhere.
pub async fn names_may_hold_any_text<S: Store>(store: &S) {
    for (number, name) in ["0012", "1e5", "a\"b", "o'hara", "ñ/é/1", "[1,2]", "null", " "].iter().enumerate()
    {
        import(store, vec![customer(name, &[name])]).await;
        let id = number.to_string();
        store.accept(T, vec![pay(name, &id, name, 5)], at(1)).await.unwrap();
        let loaded = claim(store, 2, 10).await.remove(0);
        assert_eq!((loaded.claim.customer.as_str(), loaded.inbox[0].account.as_str()), (*name, *name));
        commit_one(store, full_commit(loaded, 2), 2).await.unwrap();
        let row = take(store, 2).await.rows.remove(0);
        assert_eq!((row.customer.as_str(), row.run.account.as_str()), (*name, *name));
        assert!(store.message(T, &row.id).await.unwrap().is_some());
    }
}
