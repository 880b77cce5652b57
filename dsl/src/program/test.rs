//! `test` blocks, checked: an account, what happens to it, and what must come of it.

use super::{NameId, OutcomeId, StepId, TemplateId};
use crate::source::Span;
use crate::values::{Channel, ChannelSet, Lapse, Money, NaiveDate, NaiveDateTime, Role, Value};
use crate::vocabulary::Fact;

/// One `test` block.
#[derive(Clone, Debug)]
pub struct Test {
    /// What it shows, in the author's words.
    pub name: String,
    /// The strategy it runs.
    pub strategy: String,
    /// The account.
    pub account: AccountFacts,
    /// When the account enters: local time in the customer's zone, or the strategy's where the account has none.
    pub start: NaiveDateTime,
    /// What happens and what is expected, in the author's order.
    pub script: Vec<Line>,
    /// Where it stands.
    pub span: Span,
    /// Its line, from 1.
    pub line: u32,
}

/// The account of a test.
#[derive(Clone, Debug, Default)]
pub struct AccountFacts {
    /// Invoices: amount and due date. `balance … due …` makes the first.
    pub invoices: Vec<(Money, NaiveDate)>,
    /// Other debts of the same customer, each an account of its own that no strategy runs.
    pub others: Vec<(Money, NaiveDate)>,
    /// The customer's telephone, for WhatsApp, SMS and calls.
    pub phone: Option<String>,
    /// The customer's e-mail address.
    pub email: Option<String>,
    /// The customer's name.
    pub name: Option<String>,
    /// The customer's own zone.
    pub zone: Option<chrono_tz::Tz>,
    /// Channels that the customer authorised; all, when the test does not say.
    pub authorised: Option<ChannelSet>,
    /// What the customer is to the debt.
    pub role: Role,
    /// Tags that it has.
    pub tags: Vec<String>,
    /// Fields of the strategy's own, with their values.
    pub fields: Vec<(String, Value)>,
    /// Experiment and way: the account is one that takes this way.
    pub groups: Vec<(String, String)>,
    /// Webhooks whose calls are not done: they fail when answered, else nobody knows.
    pub webhooks: Vec<(String, bool)>,
    /// Any other fact.
    pub facts: Vec<(Fact, Value)>,
}

/// One line of a test's script.
#[derive(Clone, Debug)]
pub struct Line {
    /// What it says.
    pub what: What,
    /// Where it stands.
    pub span: Span,
    /// Its line, from 1.
    pub line: u32,
}

/// What a line of a test says.
#[derive(Clone, Debug)]
pub enum What {
    /// Something happens at a moment.
    Happens(Moment, Happening),
    /// Something must have come of it.
    Expect(Expectation),
}

/// A moment of a test.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moment {
    /// So long after the moment before it (the start, or the line before that has a moment).
    After(Lapse),
    /// A local time.
    At(NaiveDateTime),
}

/// What may happen in a test.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Happening {
    /// A payment.
    Payment(Money),
    /// The last payment that has not come back yet, or the last of this amount, comes back.
    PaymentReversed(Option<Money>),
    /// An answer by button.
    Response(NameId),
    /// An answer in words.
    Says(String),
    /// The last message was delivered.
    Delivered,
    /// The last message was read.
    Read,
    /// The last message did not arrive.
    NotDelivered,
    /// The customer asked not to be contacted.
    OptOut,
    /// The customer allows a channel again, or all of them.
    OptIn(Option<Channel>),
    /// The balance is now this much, by other than a payment.
    BalanceChanged(Money),
    /// Something that the strategy has its own name for.
    Event(NameId),
    /// The customer contests the debt, for a reason.
    Dispute(Option<String>),
    /// The dispute is settled.
    DisputeClosed,
    /// The dispute is settled: the customer is right.
    DisputeUpheld,
    /// The dispute is settled: the debt is owed.
    DisputeRejected,
    /// The customer takes a plan: the one that is offered when it has no name.
    PlanAccepted(Option<String>),
    /// The customer does not want the plan that is offered.
    PlanRejected,
    /// The customer showed who they are.
    Verified,
    /// The customer did not show who they are.
    NotVerified,
    /// We reached somebody else.
    WrongPerson,
    /// The customer promises to pay by a date.
    Promise(Money, NaiveDate),
    /// Nothing may be asked for before a date, and why.
    Hold(NaiveDate, String),
    /// The hold is lifted.
    Release,
    /// The open task was done with this result.
    Done(NameId),
    /// The customer lives in another zone from now on.
    MovesTo(chrono_tz::Tz),
    /// An agent contacted the customer by hand.
    AgentContact {
        /// On this channel.
        channel: Channel,
        /// Somebody took it.
        answered: bool,
    },
    /// Nothing: time passes.
    Nothing,
}

/// What must have come of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expectation {
    /// A message went out, after everything expected before it.
    Send {
        /// On this channel, when named.
        channel: Option<Channel>,
        /// This message, when named.
        template: Option<TemplateId>,
        /// At this local minute, when given.
        at: Option<NaiveDateTime>,
    },
    /// No message went out after a local time, or from here to the next happening.
    NoSend {
        /// The time; `None` is from this line on until something happens.
        after: Option<NaiveDateTime>,
    },
    /// The run ended so.
    End {
        /// The outcome.
        outcome: OutcomeId,
        /// At this local minute, when given.
        at: Option<NaiveDateTime>,
    },
    /// The run came to a step.
    Step(StepId),
    /// A task was opened in a queue.
    Task(NameId),
    /// The account did not enter.
    NoEntry,
}
