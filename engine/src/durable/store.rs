//! What the durable engine asks of a store. Memory is the model; SQLite and PostgreSQL must behave the same.
//!
//! In: what ticks and the API want kept. Out: what was kept, by (tenant, customer). Absent: meaning; a store
//! never looks into a program.
//!
//! Every promise here is one function of the conformance suite. Each method is one transaction: after an
//! error nothing of it is there.

mod rows;
mod stop;

pub use rows::*;
pub use stop::{Stop, Stopped};

use crate::calendar::Instant;
use crate::customer::{self, Account, Customer};
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;

/// A creditor or agency, by its key.
pub type Tenant = str;

/// Why a store could not do what it was asked, by what the caller may do about it.
#[derive(Debug)]
pub enum Error {
    /// Somebody else changed the customer meanwhile: load again, advance again.
    Conflict {
        /// The customer.
        customer: String,
    },
    /// The store is away: the same call later.
    Unavailable(Box<dyn std::error::Error + Send + Sync>),
    /// What is stored cannot be what we wrote: stop this customer, call a person.
    Corrupt {
        /// The customer, strategy or row.
        what: String,
        /// What is wrong with it.
        why: String,
    },
}

impl Error {
    /// May the same work be tried again? The only question loops ask.
    pub fn is_retryable(&self) -> bool {
        match self {
            Error::Conflict { .. } | Error::Unavailable(_) => true,
            Error::Corrupt { .. } => false,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Conflict { customer } => write!(f, "customer {customer} was changed by somebody else"),
            Error::Unavailable(_) => f.write_str("the store is not available"),
            Error::Corrupt { what, why } => write!(f, "{what} is damaged in the store: {why}"),
        }
    }
}

impl std::error::Error for Error {}

/// A result of a store.
pub type Result<T> = std::result::Result<T, Error>;

/// What must survive. Every method is told the time.
pub trait Store: Send + Sync {
    /// Puts right what dead workers left. A message that was being handed over becomes `unknown` and is never
    /// queued again: when others may be at work, only once the mark on it has run out, by the clock of leases.
    /// Who knows that no other is at work takes every mark and hold for a dead worker's: customers who are due
    /// and not parked are free at once.
    fn recover(
        &self,
        tenant: &Tenant,
        others: Others,
        clock: Instant,
    ) -> impl Future<Output = Result<Recovered>> + Send;

    /// Tries customers again who had been put aside; how many. For a start, and for a person who has looked.
    fn resume(&self, tenant: &Tenant) -> impl Future<Output = Result<u64>> + Send;

    /// Brings customers with their accounts in: all of them, or none when one of the accounts exists already.
    /// Accounts of a customer who exists already are added to theirs ([`join`]).
    fn import(
        &self,
        tenant: &Tenant,
        customers: Vec<Customer>,
        now: Instant,
    ) -> impl Future<Output = Result<Import>> + Send;

    /// Makes a version the current one of its name. The current version again changes nothing.
    fn deploy(
        &self,
        tenant: &Tenant,
        name: &str,
        version: Version,
        text: &str,
        now: Instant,
    ) -> impl Future<Output = Result<Deployed>> + Send;

    /// How many versions there are, and when one was last deployed: after any deployment another answer than
    /// before.
    fn deployed(&self, tenant: &Tenant) -> impl Future<Output = Result<(u64, Option<Instant>)>> + Send;

    /// Every version of every strategy, by name, then by the time of its deployment, then by version.
    fn strategies(&self, tenant: &Tenant) -> impl Future<Output = Result<Vec<StrategyRow>>> + Send;

    /// One version.
    fn strategy(
        &self,
        tenant: &Tenant,
        version: Version,
    ) -> impl Future<Output = Result<Option<StrategyRow>>> + Send;

    /// The current version of a name.
    fn current(
        &self,
        tenant: &Tenant,
        name: &str,
    ) -> impl Future<Output = Result<Option<StrategyRow>>> + Send;

    /// The instant up to which a strategy's reviews are done.
    fn reviewed_at(
        &self,
        tenant: &Tenant,
        name: &str,
    ) -> impl Future<Output = Result<Option<Instant>>> + Send;

    /// Reviews up to this instant are done. Never moves back.
    fn set_reviewed_at(
        &self,
        tenant: &Tenant,
        name: &str,
        at: Instant,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Keeps inputs until they are taken, in the order given, and makes their customers due. One answer for
    /// each. An event's (source, id) is remembered for ever; an offer's only until it is taken.
    fn accept(
        &self,
        tenant: &Tenant,
        inputs: Vec<NewInput>,
        now: Instant,
    ) -> impl Future<Output = Result<Vec<Intake>>> + Send;

    /// Takes hold of customers for whom something is due and whom nobody holds, the longest due first.
    fn claim(&self, tenant: &Tenant, want: ClaimWanted<'_>) -> impl Future<Output = Result<Claimed>> + Send;

    /// Commits transitions, each of them whole or not at all; a conflict of one does not touch the others.
    /// One answer for each: the customer's state version, or [`Error::Conflict`]. Ends their claims.
    fn commit(
        &self,
        tenant: &Tenant,
        commits: Vec<Commit>,
        now: Instant,
    ) -> impl Future<Output = Result<Vec<Result<u64>>>> + Send;

    /// Gives claims back untouched.
    fn release(&self, tenant: &Tenant, claims: Vec<Claim>) -> impl Future<Output = Result<()>> + Send;

    /// Puts a claimed customer aside until a person has looked: they are never due while parked.
    fn park(&self, tenant: &Tenant, claim: Claim, why: &str) -> impl Future<Output = Result<()>> + Send;

    /// Marks queued messages that are due, in a transaction of its own, with their customers. Passed over are
    /// customers who are claimed or have an input that is due and not yet taken: it may be a payment.
    fn take_outbox(
        &self,
        tenant: &Tenant,
        want: TakeWanted<'_>,
    ) -> impl Future<Output = Result<Taken>> + Send;

    /// Has a customer moved on from a state that was loaded? `None`: nothing has changed and no input waits.
    /// Otherwise the moment from which on they can be loaded with what is new.
    fn moved_on(
        &self,
        tenant: &Tenant,
        customer: &str,
        state: u64,
    ) -> impl Future<Output = Result<Option<Instant>>> + Send;

    /// Records what became of marked messages. One answer for each: the customer's state version, or
    /// [`Error::Conflict`] when the row no longer has this mark or the customer has changed; then nothing of
    /// it is there.
    fn record(
        &self,
        tenant: &Tenant,
        handed: Vec<Handed>,
        now: Instant,
    ) -> impl Future<Output = Result<Vec<Result<u64>>>> + Send;

    /// Stops something: nothing of it goes out from now on. `false` when it was stopped already; then nothing changes.
    fn stop(
        &self,
        tenant: &Tenant,
        stop: &Stop,
        why: &str,
        now: Instant,
    ) -> impl Future<Output = Result<bool>> + Send;

    /// Lets something go on that was stopped; `false` when it was not.
    fn lift(&self, tenant: &Tenant, stop: &Stop) -> impl Future<Output = Result<bool>> + Send;

    /// What is stopped, in the order of what it is.
    fn stops(&self, tenant: &Tenant) -> impl Future<Output = Result<Vec<Stopped>>> + Send;

    /// The first instant later than `after` at which a customer or a message falls due.
    fn next_due(
        &self,
        tenant: &Tenant,
        after: Instant,
    ) -> impl Future<Output = Result<Option<Instant>>> + Send;

    /// An account with its customer.
    fn account(
        &self,
        tenant: &Tenant,
        account: &str,
    ) -> impl Future<Output = Result<Option<AccountView>>> + Send;

    /// An account's history after a row's number, oldest first.
    fn timeline(
        &self,
        tenant: &Tenant,
        account: &str,
        after: u64,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<TimelineRow>>> + Send;

    /// Everything that has changed a customer, oldest first: enough to make their state again.
    fn turns(&self, tenant: &Tenant, customer: &str) -> impl Future<Output = Result<Vec<Turn>>> + Send;

    /// Customers by id, after an id.
    fn customers(
        &self,
        tenant: &Tenant,
        after: Option<&str>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<String>>> + Send;

    /// Messages by the time of their decision, oldest first.
    fn outbox(
        &self,
        tenant: &Tenant,
        want: OutboxWanted,
    ) -> impl Future<Output = Result<Vec<OutboxRow>>> + Send;

    /// A message by its id.
    fn message(&self, tenant: &Tenant, id: &str) -> impl Future<Output = Result<Option<OutboxRow>>> + Send;

    /// Tasks that are open, the longest open first.
    fn tasks(&self, tenant: &Tenant, limit: u32) -> impl Future<Output = Result<Vec<TaskRow>>> + Send;

    /// The currencies of those accounts that exist.
    fn currencies(
        &self,
        tenant: &Tenant,
        accounts: Vec<String>,
    ) -> impl Future<Output = Result<BTreeMap<String, Currency>>> + Send;

    /// Accounts that never had a run, by id, after an id.
    fn accounts_without_run(
        &self,
        tenant: &Tenant,
        after: Option<&str>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<String>>> + Send;

    /// Where the runs of a version stand.
    fn counts(&self, tenant: &Tenant, version: Version) -> impl Future<Output = Result<Counts>> + Send;

    /// What waits and what is stuck.
    fn backlog(&self, tenant: &Tenant, now: Instant) -> impl Future<Output = Result<Backlog>> + Send;

    /// How far the sandbox clock runs ahead, in milliseconds.
    fn clock_offset(&self, tenant: &Tenant) -> impl Future<Output = Result<i64>> + Send;

    /// Moves the sandbox clock forward and answers how far it runs ahead now: never less than before.
    fn advance_clock_offset(&self, tenant: &Tenant, millis: i64) -> impl Future<Output = Result<i64>> + Send;
}

/// Adds an import to a customer who is known: new accounts come after the old ones; a newer address takes the place of
/// the older, and nobody knows yet who reads it; a zone that was missing is filled in, of two that differ neither is believed; only what both authorise is
/// authorised. What the customer told us is never overwritten.
pub fn join(known: &mut Customer, new: Customer) {
    for channel in Channel::ALL {
        let (was, is) = match channel {
            Channel::Email => (&known.email, &new.email),
            Channel::Whatsapp | Channel::Sms | Channel::Call => (&known.phone, &new.phone),
        };
        if let (Some(was), Some(is)) = (was, is)
            && was != is
            && let (Some(verified), Some(open)) =
                (known.verified.get_mut(channel.index()), known.conversations.get_mut(channel.index()))
        {
            (*verified, *open) = (None, None);
        }
    }
    known.phone = new.phone.or(known.phone.take());
    known.email = new.email.or(known.email.take());
    known.zone = customer::surer(known.zone, new.zone);
    known.authorised = customer::narrower(known.authorised, new.authorised);
    known.accounts.extend(new.accounts);
}

/// The same customer named twice in one import becomes one, in the order of first mention. Accounts named
/// twice are listed in `twice`: the import must be refused.
pub fn gather(customers: Vec<Customer>) -> Gathered {
    let mut gathered = Gathered { customers: Vec::new(), twice: Vec::new() };
    let mut place: BTreeMap<String, usize> = BTreeMap::new();
    let mut accounts = std::collections::BTreeSet::new();
    for customer in customers {
        for Account { id, .. } in &customer.accounts {
            if !accounts.insert(id.clone()) {
                gathered.twice.push(id.clone());
            }
        }
        let at = place.get(&customer.id).copied();
        match at.and_then(|at| gathered.customers.get_mut(at)) {
            Some(known) => join(known, customer),
            None => {
                place.insert(customer.id.clone(), gathered.customers.len());
                gathered.customers.push(customer);
            }
        }
    }
    gathered
}

/// What [`gather`] found.
pub struct Gathered {
    /// Each customer once.
    pub customers: Vec<Customer>,
    /// Accounts that were named twice.
    pub twice: Vec<String>,
}
