//! What `advance` takes: an account enters, something happened, or time has come.

use crate::calendar::Instant;
use cobro_dsl::values::{Channel, ChannelSet, NaiveDate};

/// What came in for one account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Input {
    /// The account is offered to the strategy; it enters if its condition holds.
    Enter,
    /// A fact from outside.
    Event(Event),
    /// The run's own timer is due.
    Timer,
}

/// A fact from outside, in the past tense. The store gives each its (source, id); the second of the same is
/// accepted and does nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// Money came in.
    PaymentReceived {
        /// Minor units in the account's currency; positive.
        amount: i64,
        /// The invoice the payer named.
        invoice: Option<String>,
        /// What the payment is known by, when it may come back; else it cannot.
        reference: Option<String>,
    },
    /// A payment came back: a cheque bounced, a card charge was taken back.
    PaymentReversed {
        /// What the payment is known by.
        reference: String,
    },
    /// The customer answered.
    ResponseReceived {
        /// The channel.
        channel: Channel,
        /// The button, or the free text as it came.
        answer: Answer,
        /// When they said so; `None` is now.
        said_at: Option<Instant>,
    },
    /// A message reached the device.
    MessageDelivered {
        /// Its number within the run.
        message: u32,
    },
    /// A message was read.
    MessageRead {
        /// Its number within the run.
        message: u32,
    },
    /// A message did not arrive.
    MessageNotDelivered {
        /// Its number within the run.
        message: u32,
    },
    /// The customer asked not to be contacted on these channels.
    OptedOut {
        /// The channels.
        channels: ChannelSet,
    },
    /// The customer allows these channels again.
    OptedIn {
        /// The channels.
        channels: ChannelSet,
    },
    /// What is owed is now this much, by other than a payment: interest, a correction, a part forgiven.
    BalanceChanged {
        /// Minor units in the account's currency; not negative.
        balance: i64,
    },
    /// Something that a strategy has its own name for.
    Custom {
        /// That name.
        name: String,
    },
    /// The customer contests the debt.
    DisputeOpened {
        /// Why, in their words.
        reason: Option<String>,
    },
    /// The dispute is settled.
    DisputeClosed {
        /// The customer is right; `None` when nobody says.
        upheld: Option<bool>,
    },
    /// The customer takes a plan.
    PlanAccepted {
        /// Its name; `None` is the one that is offered.
        plan: Option<String>,
    },
    /// The customer does not want the plan that is offered.
    PlanRejected,
    /// Another system was called and answered.
    WebhookAnswered {
        /// The call's number within the run.
        call: u32,
        /// It took the call; else it refused.
        is_done: bool,
    },
    /// The customer showed who they are.
    IdentityVerified {
        /// On this channel; `None` is on all of them.
        channel: Option<Channel>,
    },
    /// Whoever answered did not show to be the customer.
    IdentityFailed {
        /// On this channel; `None` is on all of them.
        channel: Option<Channel>,
    },
    /// A channel reaches somebody else.
    WrongPersonReached {
        /// The channel.
        channel: Channel,
    },
    /// The customer lives in another zone from now on.
    Moved {
        /// The zone.
        zone: chrono_tz::Tz,
    },
    /// An agent contacted the customer by hand, outside every strategy.
    ContactMade {
        /// The channel.
        channel: Channel,
        /// When; a time to come counts as now.
        made_at: Instant,
        /// The customer took it and spoke, or wrote back.
        answered: bool,
    },
    /// The customer promised to pay.
    PromiseMade {
        /// The date by which.
        on: NaiveDate,
        /// Minor units in the account's currency; positive.
        amount: i64,
    },
    /// Nobody is to ask for payment before a date.
    HoldPlaced {
        /// That date: its beginning, where the customer lives.
        until: NaiveDate,
        /// Why; may be empty.
        because: String,
    },
    /// Payment may be asked for again.
    HoldReleased,
    /// A person holds the run: no time passes for it and it sends nothing, until it is resumed.
    Paused {
        /// Why; may be empty.
        because: String,
    },
    /// The run goes on; what came due meanwhile comes now, each thing once.
    Resumed,
    /// A person ends the run.
    Cancelled {
        /// Why; may be empty.
        because: String,
    },
    /// A person finished the open task.
    TaskDone {
        /// Its number within the run.
        task: u32,
        /// The result's name.
        result: String,
    },
}

/// How a customer answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// By a button, by its name in the strategy.
    Button(String),
    /// In words.
    Text(String),
}

/// An event with the two times that every event has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arrived {
    /// The event.
    pub event: Event,
    /// When it happened, by its source.
    pub occurred_at: Instant,
}

impl Arrived {
    /// The event, which knows when it happened where that matters.
    #[must_use]
    pub fn into_event(self) -> Event {
        match self.event {
            Event::ResponseReceived { channel, answer, said_at: None } => {
                Event::ResponseReceived { channel, answer, said_at: Some(self.occurred_at) }
            }
            event => event,
        }
    }
}
