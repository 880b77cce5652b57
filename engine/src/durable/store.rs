//! What the durable engine asks of a store. Memory is the model; SQLite and PostgreSQL must behave the same.
//!
//! Every promise here is one function of the conformance suite. Each method is one transaction: after an
//! error nothing of it is there.

use crate::calendar::Instant;
use crate::customer::Customer;
use crate::effect::Message;
use crate::input::Arrived;
use crate::record::Row;
use cobro_dsl::program::{Priority, Version};
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

/// A strategy as deployed: its text and the version of its meaning.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StrategyRow {
    /// The strategy's name.
    pub name: String,
    /// The version of its meaning.
    pub version: Version,
    /// The text, as uploaded.
    pub text: String,
    /// When it was deployed.
    pub deployed_at: Instant,
}

/// A worker's temporary hold on a customer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim {
    /// The customer's key.
    pub customer: String,
    /// The state version that was claimed; a commit with another is a conflict.
    pub state: u64,
}

/// A claimed customer with everything that waits for them.
#[derive(Clone, PartialEq, Debug)]
pub struct Loaded {
    /// The claim.
    pub claim: Claim,
    /// The customer.
    pub customer: Customer,
    /// Inputs that wait, in the order of their arrival.
    pub inbox: Vec<InboxRow>,
}

/// An input that waits to be taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InboxRow {
    /// Its number in the order of arrival, given by the store.
    pub number: i64,
    /// The account it is for.
    pub account: String,
    /// When it arrived.
    pub arrived_at: Instant,
    /// What it is.
    pub what: InboxInput,
}

/// What may wait in an inbox.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum InboxInput {
    /// Something happened.
    Event(Arrived),
    /// The account is offered to a strategy version.
    Enter(Version),
}

/// An event on its way in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewInput {
    /// Who says so: `api`, `whatsapp`, `bank`.
    pub source: String,
    /// The source's own id of it; the second of the same (source, id) does nothing.
    pub id: String,
    /// The account it is for.
    pub account: String,
    /// What it is.
    pub what: InboxInput,
}

/// What became of an input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Intake {
    /// It is durable and will be taken.
    Accepted,
    /// The same (source, id) was there before: nothing was done.
    Duplicate,
    /// There is no such account.
    UnknownAccount,
}

/// One transition of a customer, committed as one.
#[derive(Clone, PartialEq, Debug)]
pub struct Commit {
    /// The claim under which it was made.
    pub claim: Claim,
    /// The customer as they are now; [`Customer::next_wake`] is their next timer.
    pub customer: Customer,
    /// Inbox rows that were taken.
    pub taken: Vec<i64>,
    /// History rows, in order.
    pub history: Vec<Row>,
    /// Messages to hand over.
    pub outbox: Vec<NewMessage>,
    /// Tasks opened.
    pub tasks_opened: Vec<NewTask>,
    /// Tasks no longer wanted: account and number.
    pub tasks_closed: Vec<(String, u32)>,
}

/// A message to hand over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewMessage {
    /// The account whose run sends it.
    pub account: String,
    /// When it was decided.
    pub decided_at: Instant,
    /// The message.
    pub message: Message,
}

/// A task for a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewTask {
    /// The account.
    pub account: String,
    /// Its number within the run.
    pub task: u32,
    /// The queue's name.
    pub queue: String,
    /// Its urgency.
    pub priority: Priority,
    /// When it was opened.
    pub opened_at: Instant,
    /// When it is due.
    pub due_at: Option<Instant>,
}

/// Where a message is on its way out. It moves forward only, but for `Queued` to `Queued` with a later time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum OutboxState {
    /// Decided, not yet handed over.
    Queued,
    /// The dispatcher is about to call, or has called, the provider. After a crash a row found so is `Unknown`.
    Marked,
    /// The provider took it.
    Accepted,
    /// The provider refused it.
    Refused,
    /// The gate, asked again, said no.
    Withdrawn,
    /// Nobody knows; never sent again on its own.
    Unknown,
}

impl OutboxState {
    /// Its word in tables and the API.
    pub fn word(self) -> &'static str {
        match self {
            OutboxState::Queued => "queued",
            OutboxState::Marked => "marked",
            OutboxState::Accepted => "accepted",
            OutboxState::Refused => "refused",
            OutboxState::Withdrawn => "withdrawn",
            OutboxState::Unknown => "unknown",
        }
    }

    /// The state of a word.
    pub fn parse(word: &str) -> Option<OutboxState> {
        use OutboxState::{Accepted, Marked, Queued, Refused, Unknown, Withdrawn};
        [Queued, Marked, Accepted, Refused, Withdrawn, Unknown].into_iter().find(|state| state.word() == word)
    }
}

/// A message on its way out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OutboxRow {
    /// `ACCOUNT/RUN_ENTERED_AT/NUMBER`: unique, the same if the transition were made again.
    pub id: String,
    /// The customer.
    pub customer: String,
    /// The account.
    pub account: String,
    /// When it was decided.
    pub decided_at: Instant,
    /// Not to be handed over before.
    pub not_before: Instant,
    /// Where it is.
    pub state: OutboxState,
    /// The provider's id, once it has one.
    pub provider_id: String,
    /// The message.
    pub message: Message,
}
