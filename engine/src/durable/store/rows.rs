//! The rows that travel between the engine and a store.
//!
//! In: nothing. Out: plain values. Absent: how they are kept.

use crate::calendar::Instant;
use crate::customer::Customer;
use crate::effect::Message;
use crate::input::Arrived;
use crate::record::Entry;

// What rows are made of, so that a store needs no other crate of ours.
pub use cobro_dsl::program::{OpId, OutcomeId, Priority, StepId, TemplateId, Version};
pub use cobro_dsl::values::{Channel, Currency};

/// Is any other process at work on the same store?
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Others {
    /// Certainly not.
    None,
    /// It may be.
    Perhaps,
}

/// What dead workers left.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Recovered {
    /// Messages that were being handed over when a worker died; nobody knows whether they went out.
    pub unknown: u64,
    /// Customers who were held by a dead worker and are free now.
    pub released: u64,
}

/// What changed a customer, from one state version to the next.
#[derive(Clone, PartialEq, Debug)]
pub struct Turn {
    /// The state version that it led to.
    pub version: u64,
    /// When.
    pub at: Instant,
    /// The state that it led to, when it came from outside: an import, or a change made by the dispatcher. A
    /// transition has none, as `advance` makes it again from what is here.
    pub state: Option<Customer>,
    /// The inputs that were taken.
    pub inputs: Vec<InboxRow>,
    /// The history rows that were written.
    pub rows: Vec<HistoryRow>,
}

/// What became of an import.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Import {
    /// All of it is there.
    Imported {
        /// Customers who were not there before.
        customers: u64,
        /// Accounts.
        accounts: u64,
        /// Their invoices.
        invoices: u64,
    },
    /// Nothing was imported: these accounts exist already, or stand twice in the import. Sorted.
    Refused {
        /// The accounts.
        existing: Vec<String>,
    },
}

/// What a deployment changed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Deployed {
    /// The version is new.
    New,
    /// The version had been deployed before and is the current one again.
    Again,
    /// It was the current one; nothing changed.
    Unchanged,
}

/// A strategy as deployed: its text and the version of its meaning.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StrategyRow {
    /// The strategy's name.
    pub name: String,
    /// The version of its meaning.
    pub version: Version,
    /// The text, as uploaded.
    pub text: String,
    /// When it was last deployed.
    pub deployed_at: Instant,
    /// It is the one that accounts enter now.
    pub is_current: bool,
}

/// A worker's temporary hold on a customer.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Claim {
    /// The customer's key.
    pub customer: String,
    /// The state version that was claimed; a commit with another is a conflict.
    pub state: u64,
    /// The number of the hold: whoever claims the customer next gets a higher one, and this one is lost.
    pub lease: u64,
}

/// Which customers a worker wants.
#[derive(Clone, Copy, Debug)]
pub struct ClaimWanted<'a> {
    /// Due by this moment.
    pub now: Instant,
    /// The moment on the clock of leases: the machine's own. The other clock may be a sandbox's, which jumps,
    /// and a hold must not end by a jump.
    pub clock: Instant,
    /// Who asks; for people.
    pub worker: &'a str,
    /// Until when the hold lasts, on the clock of leases.
    pub until: Instant,
    /// At most so many.
    pub limit: u32,
}

/// What a claim brought.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Claimed {
    /// Customers with what waits for them.
    pub loaded: Vec<Loaded>,
    /// Customers whose stored state cannot be read, with what is wrong: they are to be parked.
    pub damaged: Vec<(Claim, String)>,
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
    /// Its number in the order of arrival, given by the store; it counts up within a customer.
    pub number: u64,
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
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
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
    /// The customer as they are now, or `None` when nothing about them changed. Their next timer is
    /// [`Customer::next_wake`].
    pub customer: Option<Customer>,
    /// Inbox rows that were taken.
    pub taken: Vec<u64>,
    /// History rows, in order.
    pub history: Vec<HistoryRow>,
    /// Messages to hand over.
    pub outbox: Vec<NewMessage>,
    /// Tasks opened.
    pub tasks_opened: Vec<NewTask>,
    /// Tasks done or no longer wanted.
    pub tasks_closed: Vec<ClosedTask>,
}

/// A row of history on its way in. The store numbers the rows of a customer.
#[derive(Clone, PartialEq, Debug)]
pub struct HistoryRow {
    /// When it was done.
    pub at: Instant,
    /// The account.
    pub account: String,
    /// The program version whose ids the entry names.
    pub version: Version,
    /// What was done, and why.
    pub entry: Entry,
}

/// Which passage of which account: an account may run more than once.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct RunKey {
    /// The account.
    pub account: String,
    /// When it entered.
    pub entered_at: Instant,
    /// The version it runs on.
    pub version: Version,
}

/// A message to hand over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewMessage {
    /// The run that sends it.
    pub run: RunKey,
    /// When it was decided.
    pub decided_at: Instant,
    /// The message.
    pub message: Message,
}

impl NewMessage {
    /// `ACCOUNT/RUN_ENTERED_AT/NUMBER`: unique, and the same if the transition were made again.
    pub fn id(&self) -> String {
        format!("{}/{}/{}", self.run.account, self.run.entered_at.0, self.message.number)
    }
}

/// A task for a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewTask {
    /// The run that opened it.
    pub run: RunKey,
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

/// A task that is done, or that the run went on without.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClosedTask {
    /// The account.
    pub account: String,
    /// When its run entered.
    pub entered_at: Instant,
    /// Its number within the run.
    pub task: u32,
    /// The result's name; `None` when nobody did it.
    pub result: Option<String>,
    /// When.
    pub closed_at: Instant,
}

/// An open task.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TaskRow {
    /// The customer.
    pub customer: String,
    /// The task.
    pub task: NewTask,
}

/// Where a message is on its way out. It moves forward only, but for `Marked` to `Queued` when it is certain
/// that the provider did not take it.
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
    /// Every state, in the order of a message's way.
    pub const ALL: [OutboxState; 6] = [
        OutboxState::Queued,
        OutboxState::Marked,
        OutboxState::Accepted,
        OutboxState::Refused,
        OutboxState::Withdrawn,
        OutboxState::Unknown,
    ];

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
        OutboxState::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// A message on its way out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OutboxRow {
    /// `ACCOUNT/RUN_ENTERED_AT/NUMBER`.
    pub id: String,
    /// The customer.
    pub customer: String,
    /// The run that sends it.
    pub run: RunKey,
    /// When it was decided.
    pub decided_at: Instant,
    /// Not to be handed over before.
    pub not_before: Instant,
    /// Where it is.
    pub state: OutboxState,
    /// How often the provider put it off.
    pub attempts: u32,
    /// How often it was marked: the number of the mark under which it is being handed over.
    pub mark: u64,
    /// The provider's id, once it has one.
    pub provider_id: String,
    /// Why it is where it is: the rule or the provider's word; empty when there is nothing to say.
    pub why: String,
    /// The message.
    pub message: Message,
}

/// Which messages the dispatcher wants.
#[derive(Clone, Copy, Debug)]
pub struct TakeWanted<'a> {
    /// Due by this moment.
    pub now: Instant,
    /// The moment on the clock of leases.
    pub clock: Instant,
    /// Who asks; for people.
    pub worker: &'a str,
    /// Until when the marks last, on the clock of leases.
    pub until: Instant,
    /// At most so many.
    pub limit: u32,
}

/// Messages that are marked now, with their customers.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Taken {
    /// The messages, the longest due first; those of one run in their order.
    pub rows: Vec<OutboxRow>,
    /// Each customer once, with the state version.
    pub customers: Vec<(u64, Customer)>,
    /// Customers whose stored state cannot be read, who are now parked; their messages stay queued.
    pub damaged: Vec<String>,
}

/// What became of a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The provider took it.
    Accepted {
        /// The provider's own id of it.
        provider_id: String,
    },
    /// The provider refused it.
    Refused {
        /// Why, without personal data.
        why: String,
    },
    /// It was certainly not taken; it goes back to the queue.
    Later {
        /// Not to be handed over before.
        not_before: Instant,
        /// How often the provider has put it off by now.
        attempts: u32,
        /// Why, without personal data.
        why: String,
    },
    /// The gate, asked again, said no.
    Withdrawn {
        /// The rule.
        why: String,
    },
    /// Nobody knows.
    Unknown,
}

/// What became of a marked message, with all that must be kept with it.
#[derive(Clone, PartialEq, Debug)]
pub struct Handed {
    /// The message's id.
    pub id: String,
    /// Its customer.
    pub customer: String,
    /// The number of the mark under which it was handed over.
    pub mark: u64,
    /// What became of it.
    pub outcome: Outcome,
    /// The customer as they are after it, when that changes them.
    pub change: Option<Change>,
    /// What the strategy is to hear of it.
    pub inputs: Vec<NewInput>,
    /// The message as it goes out from now on, when it was written anew.
    pub message: Option<Message>,
}

/// A customer changed outside a claim.
#[derive(Clone, PartialEq, Debug)]
pub struct Change {
    /// The state version it was made from.
    pub state: u64,
    /// The customer as they are now.
    pub customer: Customer,
    /// History rows, in order.
    pub history: Vec<HistoryRow>,
}

/// An account as people ask for it.
#[derive(Clone, PartialEq, Debug)]
pub struct AccountView {
    /// The customer with all accounts.
    pub customer: Customer,
    /// Which of them was asked for.
    pub account: usize,
    /// The state version.
    pub state: u64,
    /// When something is due for the customer.
    pub due_at: Option<Instant>,
    /// Inputs that wait to be taken, for the customer.
    pub waiting: u64,
    /// Why the customer was put aside.
    pub parked: Option<String>,
}

/// A row of history as it is kept.
#[derive(Clone, PartialEq, Debug)]
pub struct TimelineRow {
    /// Its number within the customer's history, from 1.
    pub number: u64,
    /// The row.
    pub row: HistoryRow,
}

/// Which messages are asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OutboxWanted {
    /// Of one account only.
    pub account: Option<String>,
    /// In one state only.
    pub state: Option<OutboxState>,
    /// After this row, by the time of decision and id.
    pub after: Option<(Instant, String)>,
    /// At most so many.
    pub limit: u32,
}

/// Where the runs of a version stand.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Open runs by step, in the order of steps; steps without one are absent.
    pub open: Vec<(StepId, u64)>,
    /// Ended runs by outcome, in the order of outcomes.
    pub ended: Vec<(OutcomeId, u64)>,
}

/// What waits and what is stuck.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Backlog {
    /// Inputs not yet taken.
    pub inputs: u64,
    /// Customers for whom something is due.
    pub due: u64,
    /// Messages queued.
    pub queued: u64,
    /// Messages being handed over.
    pub marked: u64,
    /// Messages of which nobody knows whether they went out.
    pub unknown: u64,
    /// Customers put aside until a person has looked.
    pub parked: u64,
}
