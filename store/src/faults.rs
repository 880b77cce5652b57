//! A store that fails by chance, in front of one that does not; for tests.
//!
//! In: a store, and a [`Witness`] that says what fails and sees what was really done. Out: the same answers, or
//! `Unavailable`: before the work was done, or after it, when nobody knows. Before and after each call others may go
//! on. Absent: chance and time, which are the witness's.

use cobro_engine::calendar::Instant;
use cobro_engine::customer::Customer;
use cobro_engine::durable::store::*;
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Mutex, PoisonError};

/// How a call fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// It does not.
    None,
    /// The store is away: nothing was done.
    Before,
    /// All of it was done, and the answer is lost.
    After,
}

/// What keeps work from being done twice. Each can be switched off, to see that its absence is found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Guard {
    /// An event's (source, id) is known for ever.
    Names,
    /// Who has lost a hold can commit nothing.
    Fence,
    /// The store is asked once more before a message goes out.
    LastLook,
    /// Of what nobody knows, nothing is sent again.
    Unknown,
}

impl Guard {
    /// All of them.
    pub const ALL: [Guard; 4] = [Guard::Names, Guard::Fence, Guard::LastLook, Guard::Unknown];
}

/// Says what fails, and sees what is done.
pub trait Witness: Send + Sync {
    /// Does this call fail?
    fn fault(&self, call: &'static str) -> Fault;
    /// A place where others may go on.
    fn pause(&self) -> impl Future<Output = ()> + Send;
    /// Is a guard switched off?
    fn is_off(&self, guard: Guard) -> bool;
    /// Cannot the state of a customer be read?
    fn is_damaged(&self, customer: &str) -> bool;
    /// Inputs were kept, or not.
    fn accepted(&self, inputs: &[NewInput], answers: &[Intake]);
    /// Transitions were committed, or not.
    fn committed(&self, commits: &[Commit], answers: &[Result<u64>]);
}

/// A store that fails as its witness says.
pub struct Faulty<'a, S, W> {
    store: &'a S,
    witness: &'a W,
    /// The last hold on each customer, with the state as it is now: what a store without a fence would go by.
    last: Mutex<BTreeMap<String, Claim>>,
    serial: Mutex<u64>,
}

fn away() -> Error {
    Error::Unavailable("by chance".into())
}

impl<'a, S: Store, W: Witness> Faulty<'a, S, W> {
    /// Puts faults in front of a store.
    pub fn new(store: &'a S, witness: &'a W) -> Faulty<'a, S, W> {
        Faulty { store, witness, last: Mutex::default(), serial: Mutex::default() }
    }

    async fn around<T: Send>(
        &self,
        call: &'static str,
        work: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        self.witness.pause().await;
        let fault = self.witness.fault(call);
        if fault == Fault::Before {
            return Err(away());
        }
        let answer = work.await;
        self.witness.pause().await;
        if fault == Fault::After { Err(away()) } else { answer }
    }

    fn changed(&self, customer: &str, state: u64) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(claim) = last.get_mut(customer) {
            claim.state = state;
        }
    }

    fn without_fence(&self, claim: &mut Claim) {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = last.get(&claim.customer) {
            *claim = known.clone();
        }
    }
}

macro_rules! each {
    ($(fn $name:ident(&self, tenant: &Tenant $(, $arg:ident: $kind:ty)*) -> $answer:ty;)*) => {
        $(async fn $name(&self, tenant: &Tenant $(, $arg: $kind)*) -> Result<$answer> {
            self.around(stringify!($name), self.store.$name(tenant $(, $arg)*)).await
        })*
    };
}

impl<S: Store, W: Witness> Store for Faulty<'_, S, W> {
    each! {
        fn recover(&self, tenant: &Tenant, others: Others, clock: Instant) -> Recovered;
        fn resume(&self, tenant: &Tenant) -> u64;
        fn import(&self, tenant: &Tenant, customers: Vec<Customer>, now: Instant) -> Import;
        fn deploy(&self, tenant: &Tenant, name: &str, version: Version, text: &str, now: Instant) -> Deployed;
        fn deployed(&self, tenant: &Tenant) -> (u64, Option<Instant>);
        fn strategies(&self, tenant: &Tenant) -> Vec<StrategyRow>;
        fn strategy(&self, tenant: &Tenant, version: Version) -> Option<StrategyRow>;
        fn current(&self, tenant: &Tenant, name: &str) -> Option<StrategyRow>;
        fn reviewed_at(&self, tenant: &Tenant, name: &str) -> Option<Instant>;
        fn set_reviewed_at(&self, tenant: &Tenant, name: &str, at: Instant) -> ();
        fn release(&self, tenant: &Tenant, claims: Vec<Claim>) -> ();
        fn park(&self, tenant: &Tenant, claim: Claim, why: &str) -> ();
        fn take_outbox(&self, tenant: &Tenant, want: TakeWanted<'_>) -> Taken;
        fn stop(&self, tenant: &Tenant, stop: &Stop, why: &str, now: Instant) -> bool;
        fn lift(&self, tenant: &Tenant, stop: &Stop) -> bool;
        fn stops(&self, tenant: &Tenant) -> Vec<Stopped>;
        fn next_due(&self, tenant: &Tenant, after: Instant) -> Option<Instant>;
        fn account(&self, tenant: &Tenant, account: &str) -> Option<AccountView>;
        fn timeline(&self, tenant: &Tenant, account: &str, after: u64, limit: u32) -> Vec<TimelineRow>;
        fn turns(&self, tenant: &Tenant, customer: &str) -> Vec<Turn>;
        fn customers(&self, tenant: &Tenant, after: Option<&str>, limit: u32) -> Vec<String>;
        fn states(&self, tenant: &Tenant, after: Option<&str>, limit: u32) -> Vec<crate::rows::State>;
        fn outbox(&self, tenant: &Tenant, want: OutboxWanted) -> Vec<OutboxRow>;
        fn message(&self, tenant: &Tenant, id: &str) -> Option<OutboxRow>;
        fn tasks(&self, tenant: &Tenant, limit: u32) -> Vec<TaskRow>;
        fn currencies(&self, tenant: &Tenant, accounts: Vec<String>) -> BTreeMap<String, Currency>;
        fn accounts_without_run(&self, tenant: &Tenant, after: Option<&str>, limit: u32) -> Vec<String>;
        fn counts(&self, tenant: &Tenant, version: Version) -> Counts;
        fn backlog(&self, tenant: &Tenant, now: Instant) -> Backlog;
        fn clock_offset(&self, tenant: &Tenant) -> i64;
        fn advance_clock_offset(&self, tenant: &Tenant, millis: i64) -> i64;
    }

    async fn accept(&self, tenant: &Tenant, inputs: Vec<NewInput>, now: Instant) -> Result<Vec<Intake>> {
        let mut given = inputs.clone();
        if self.witness.is_off(Guard::Names) {
            let mut serial = self.serial.lock().unwrap_or_else(PoisonError::into_inner);
            for input in &mut given {
                *serial += 1;
                input.id = format!("{}, {serial}", input.id);
            }
        }
        let work = async {
            let answers = self.store.accept(tenant, given, now).await?;
            self.witness.accepted(&inputs, &answers);
            Ok(answers)
        };
        self.around("accept", work).await
    }

    async fn claim(&self, tenant: &Tenant, want: ClaimWanted<'_>) -> Result<Claimed> {
        let work = async {
            let mut claimed = self.store.claim(tenant, want).await?;
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            for loaded in &claimed.loaded {
                last.insert(loaded.claim.customer.clone(), loaded.claim.clone());
            }
            let is_damaged = |loaded: &mut Loaded| self.witness.is_damaged(&loaded.claim.customer);
            let damaged = claimed.loaded.extract_if(.., is_damaged);
            claimed.damaged.extend(damaged.map(|loaded| (loaded.claim, "damaged by chance".to_owned())));
            Ok(claimed)
        };
        self.around("claim", work).await
    }

    async fn commit(
        &self,
        tenant: &Tenant,
        mut commits: Vec<Commit>,
        now: Instant,
    ) -> Result<Vec<Result<u64>>> {
        let work = async {
            if self.witness.is_off(Guard::Fence) {
                commits.iter_mut().for_each(|commit| self.without_fence(&mut commit.claim));
            }
            let answers = self.store.commit(tenant, commits.clone(), now).await?;
            self.witness.committed(&commits, &answers);
            for (commit, answer) in commits.iter().zip(&answers) {
                if let Ok(state) = answer {
                    self.changed(&commit.claim.customer, *state);
                }
            }
            Ok(answers)
        };
        self.around("commit", work).await
    }

    async fn record(
        &self,
        tenant: &Tenant,
        mut handed: Vec<Handed>,
        now: Instant,
    ) -> Result<Vec<Result<u64>>> {
        if self.witness.is_off(Guard::Unknown) {
            for handed in handed.iter_mut().filter(|handed| handed.outcome == Outcome::Unknown) {
                handed.outcome = Outcome::Later { not_before: now, attempts: 0, why: String::new() };
            }
        }
        let names: Vec<String> = handed.iter().map(|handed| handed.customer.clone()).collect();
        let work = async {
            let answers = self.store.record(tenant, handed, now).await?;
            for (name, answer) in names.iter().zip(&answers) {
                if let Ok(state) = answer {
                    self.changed(name, *state);
                }
            }
            Ok(answers)
        };
        self.around("record", work).await
    }

    /// Between this answer and the provider nobody can look again, so nothing goes on meanwhile: what happens there
    /// is the outside world's race, not ours.
    async fn moved_on(&self, tenant: &Tenant, customer: &str, state: u64) -> Result<Option<Instant>> {
        self.witness.pause().await;
        if self.witness.fault("moved_on") != Fault::None {
            return Err(away());
        }
        if self.witness.is_off(Guard::LastLook) {
            return Ok(None);
        }
        self.store.moved_on(tenant, customer, state).await
    }
}
