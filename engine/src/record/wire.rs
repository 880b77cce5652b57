//! History entries as they are kept and sent: the one form of them, so that what is stored is what was meant.
//! Ids are those of the run's own program version.

use crate::calendar::Instant;
use crate::gate::{Reach, Rule};
use cobro_dsl::values::Channel;
use serde::{Deserialize, Serialize};

/// What `advance` did.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Entry {
    /// The account entered the strategy.
    Entered {
        /// Its first step.
        step: u16,
        /// The facts that decided.
        facts: Vec<FactSeen>,
    },
    /// The run took an arrow to a step.
    WentTo {
        /// The step.
        step: u16,
        /// The operation that is the arrow.
        arrow: u32,
    },
    /// A message was let through and handed over.
    Sent {
        /// Its number within the run.
        message: u32,
        /// The channel.
        #[serde(with = "channel")]
        channel: Channel,
        /// The message family.
        template: u16,
        /// A new contact, or a reply.
        reach: Reach,
        /// The narrowest limit: contacts before this one, and the most permitted.
        used: Option<(u32, u32)>,
        /// Channels that were passed over, with the reason of each.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        passed: Vec<Skipped>,
        /// Documents that go with it: `invoice F-1`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        documents: Vec<String>,
        /// The operation.
        op: u32,
    },
    /// The gate said "not before".
    Deferred {
        /// The channel.
        #[serde(with = "channel")]
        channel: Channel,
        /// The message family.
        template: u16,
        /// The earliest permitted instant.
        until: Instant,
        /// The rule that decided.
        rule: Rule,
        /// Channels that were passed over, with the reason of each.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        passed: Vec<Skipped>,
        /// The operation.
        op: u32,
    },
    /// The gate said "never".
    Refused {
        /// The channel; `None` when no channel was left to ask about.
        #[serde(with = "maybe_channel")]
        channel: Option<Channel>,
        /// The message family.
        template: u16,
        /// The rule that decided.
        rule: Rule,
        /// The other channels that were asked about, with the reason of each.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        passed: Vec<Skipped>,
        /// The operation.
        op: u32,
    },
    /// The run moved up the ladder.
    Escalated {
        /// The channel before.
        #[serde(with = "maybe_channel")]
        from: Option<Channel>,
        /// The channel now; `None` when none was left.
        #[serde(with = "maybe_channel")]
        to: Option<Channel>,
        /// The channels passed over, with the reason of each.
        skipped: Vec<Skipped>,
        /// The operation.
        op: u32,
    },
    /// The run is parked until an instant.
    Waits {
        /// The deadline.
        until: Instant,
        /// The operation.
        op: u32,
    },
    /// The run is parked until a condition holds.
    Awaits {
        /// The deadline, when there is one.
        until: Option<Instant>,
        /// The facts that it reads, as they are.
        facts: Vec<FactSeen>,
        /// The operation.
        op: u32,
    },
    /// The account belongs in another stage, and goes there.
    Staged {
        /// The stage: a step.
        step: u16,
        /// It is a milder one.
        is_back: bool,
        /// The facts that decide.
        facts: Vec<FactSeen>,
        /// The arrow to the stage.
        arrow: u32,
    },
    /// The stage has nothing more to do: the account stays there for as long as it belongs.
    Stays {
        /// The stage: a step.
        step: u16,
        /// The operation.
        op: u32,
    },
    /// A condition began to hold.
    Held {
        /// The handler that listens for it.
        handler: u32,
        /// The facts that it reads.
        facts: Vec<FactSeen>,
        /// Who took it.
        taker: Taker,
    },
    /// A wait was over before it began.
    WaitOver {
        /// The moment it would have lasted to; `None` when the account has no such date.
        until: Option<Instant>,
        /// The operation.
        op: u32,
    },
    /// Something that was due is taken so late that the strategy has a rule for it.
    Late {
        /// When it was due.
        planned: Instant,
        /// The operation.
        op: u32,
    },
    /// Another system was called.
    Called {
        /// The call's number within the run.
        call: u32,
        /// The webhook, by name.
        webhook: u16,
        /// Until when its answer is waited for; `None` when it is not.
        until: Option<Instant>,
        /// The operation.
        op: u32,
    },
    /// A plan was offered.
    Offered {
        /// Its name.
        plan: String,
        /// What it would be over, minor units.
        amount: i64,
        /// Until when it may be accepted.
        until: Option<Instant>,
        /// The operation.
        op: u32,
    },
    /// The run waits for the end of a plan.
    Follows {
        /// Its name.
        plan: String,
        /// When its next instalment is due.
        next_on: Option<String>,
        /// The operation.
        op: u32,
    },
    /// A statement that waits for how something turns out was gone over.
    NotWaited {
        /// Why.
        why: NotWaited,
        /// The operation.
        op: u32,
    },
    /// A wait's deadline passed.
    TimedOut {
        /// The operation.
        op: u32,
    },
    /// Something came in from outside.
    Happened {
        /// What it was.
        event: EventSeen,
        /// Who took it.
        taker: Taker,
    },
    /// A condition was asked.
    Branched {
        /// Whether it held.
        held: bool,
        /// The facts that decided.
        facts: Vec<FactSeen>,
        /// The operation.
        op: u32,
    },
    /// A task was opened for a person.
    Assigned {
        /// Its number within the run.
        task: u32,
        /// The queue, by name.
        queue: u16,
        /// When it is due.
        due_at: Option<Instant>,
        /// The operation.
        op: u32,
    },
    /// A tag was put on the account, or taken off.
    Tagged {
        /// The tag, by name.
        tag: u16,
        /// Put on.
        is_on: bool,
        /// The operation.
        op: u32,
    },
    /// A field got a value.
    Set {
        /// The field, by name.
        field: u16,
        /// The value; `None` when it is unknown.
        value: Option<ValueSeen>,
        /// The operation.
        op: u32,
    },
    /// The strategy asks for no payment until a moment.
    OnHold {
        /// That moment.
        until: Instant,
        /// Why.
        because: String,
        /// The operation.
        op: u32,
    },
    /// The strategy sends nothing more to the customer on some channels.
    Blocked {
        /// The channels: all that reach the same address. None when the run has not written on any.
        channels: Vec<String>,
        /// The operation.
        op: u32,
    },
    /// The strategy lifts a hold.
    Released {
        /// The operation.
        op: u32,
    },
    /// A block is gone through once more.
    Repeats {
        /// Which time this is, from 1.
        round: u32,
        /// How often at most.
        times: u32,
        /// The operation.
        op: u32,
    },
    /// The account took its way of an experiment.
    Split {
        /// The experiment, by name.
        experiment: u16,
        /// The way, by name.
        way: u16,
        /// The operation.
        op: u32,
    },
    /// The strategy left a note.
    Noted {
        /// The note.
        note: u16,
    },
    /// A message that was handed over did not go out after all: the gate was asked again and said no.
    Withdrawn {
        /// Its number within the run.
        message: u32,
        /// The rule that decided.
        rule: Rule,
    },
    /// The run ended.
    Ended {
        /// The outcome.
        outcome: u16,
        /// The operation that is the arrow.
        arrow: u32,
    },
}

/// Why nothing was waited for, or a plan was not begun.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotWaited {
    /// Another plan is paid by.
    PlanRuns,
    /// Nothing is owed.
    NothingOwed,
    /// No plan is paid by, or there is none of that name.
    NoPlan,
    /// The identity is verified.
    Verified,
}

/// A rung of the ladder that was passed over.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Skipped {
    /// The channel.
    #[serde(with = "channel")]
    pub channel: Channel,
    /// Why.
    pub rule: Rule,
}

/// An event as history shows it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EventSeen {
    /// Money came in.
    Payment {
        /// Minor units.
        amount: i64,
        /// Owed after it, minor units.
        balance: i64,
    },
    /// A payment came back.
    PaymentReversed {
        /// Minor units.
        amount: i64,
        /// Owed after it, minor units.
        balance: i64,
    },
    /// A payment is said to have come back that is not known, or has come back already.
    ReversalUnknown {
        /// What it is said to be known by.
        reference: String,
    },
    /// The customer answered.
    Response {
        /// The channel.
        #[serde(with = "channel")]
        channel: Channel,
        /// The button; empty for free text.
        button: String,
        /// The text; empty for a button.
        text: String,
        /// What the strategy's intents make of the text; empty when nothing.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        intent: String,
    },
    /// A message reached the device.
    Delivered {
        /// Its number within the run.
        message: u32,
    },
    /// A message was read.
    Read {
        /// Its number within the run.
        message: u32,
    },
    /// A message did not arrive.
    NotDelivered {
        /// Its number within the run.
        message: u32,
    },
    /// The customer asked not to be contacted.
    OptedOut {
        /// Channels, by their words.
        channels: Vec<String>,
    },
    /// The customer allows contact again.
    OptedIn {
        /// Channels, by their words.
        channels: Vec<String>,
    },
    /// What is owed changed by other than a payment.
    BalanceChanged {
        /// Minor units before.
        before: i64,
        /// Minor units now.
        balance: i64,
    },
    /// Something that a strategy has its own name for.
    Custom {
        /// That name.
        name: String,
    },
    /// The customer contests the debt.
    DisputeOpened {
        /// Why, in their words; empty when they did not say.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// The dispute is settled.
    DisputeClosed {
        /// The customer is right; `None` when nobody says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        upheld: Option<bool>,
    },
    /// The customer took a plan.
    PlanAccepted {
        /// Its name.
        plan: String,
        /// What it is over, minor units.
        amount: i64,
        /// How many instalments it has, the down payment among them.
        instalments: u32,
        /// When the first is due.
        first_on: Option<String>,
    },
    /// A plan was accepted that could not begin.
    PlanNotBegun {
        /// Its name; empty when none was said.
        plan: String,
        /// Why.
        why: NotWaited,
    },
    /// The customer does not want the plan that is offered.
    PlanRejected {
        /// Its name; empty when none was offered.
        plan: String,
    },
    /// An instalment is paid in full.
    InstalmentPaid {
        /// Its number, from 1.
        number: u32,
        /// How many there are.
        of: u32,
        /// Minor units.
        amount: i64,
    },
    /// An instalment's date is over, and it is not paid.
    InstalmentMissed {
        /// Its number, from 1.
        number: u32,
        /// How many there are.
        of: u32,
        /// Minor units.
        amount: i64,
    },
    /// The grace of an instalment is over, and it is not paid.
    PlanBroken {
        /// Its name.
        plan: String,
        /// What was paid of it, minor units.
        paid: i64,
        /// What it is over, minor units.
        amount: i64,
    },
    /// Every instalment is paid, or nothing is owed any more.
    PlanCompleted {
        /// Its name.
        plan: String,
        /// What was paid of it, minor units.
        paid: i64,
        /// What it is over, minor units.
        amount: i64,
    },
    /// Another system answered a call.
    WebhookAnswered {
        /// The call's number within the run.
        call: u32,
        /// It took the call; else it refused.
        is_done: bool,
    },
    /// The customer showed who they are.
    IdentityVerified {
        /// The channel by its word; `None` is every one.
        channel: Option<String>,
    },
    /// Whoever answered did not show to be the customer.
    IdentityNotVerified {
        /// The channel by its word; `None` is every one.
        channel: Option<String>,
    },
    /// A channel reaches somebody else.
    WrongPerson {
        /// The channel.
        #[serde(with = "channel")]
        channel: Channel,
    },
    /// The customer lives in another zone from now on.
    Moved {
        /// The zone's name.
        zone: String,
    },
    /// An agent contacted the customer by hand.
    ContactMade {
        /// The channel.
        #[serde(with = "channel")]
        channel: Channel,
        /// When.
        made_at: Instant,
        /// The customer took it.
        answered: bool,
    },
    /// The customer promised to pay.
    PromiseMade {
        /// The date by which.
        on: String,
        /// Minor units.
        amount: i64,
    },
    /// What was promised came in.
    PromiseKept {
        /// What was promised, minor units.
        amount: i64,
        /// What came in since, minor units.
        paid: i64,
    },
    /// Of what was promised some came in in time, and not enough.
    PromisePartlyKept {
        /// What was promised, minor units.
        amount: i64,
        /// What came in since, minor units.
        paid: i64,
    },
    /// A payment came back that had kept a promise, which is open again.
    PromiseReopened {
        /// What was promised, minor units.
        amount: i64,
        /// What came in since and did not come back, minor units.
        paid: i64,
    },
    /// What was promised did not come in in time.
    PromiseBroken {
        /// What was promised, minor units.
        amount: i64,
        /// What came in since, minor units.
        paid: i64,
    },
    /// Nobody is to ask for payment before a date.
    HoldPlaced {
        /// That date.
        until: String,
        /// Why.
        because: String,
    },
    /// Payment may be asked for again.
    HoldReleased,
    /// A person holds the run.
    Paused {
        /// Why.
        because: String,
    },
    /// The run goes on.
    Resumed,
    /// A person ended the run.
    Cancelled {
        /// Why.
        because: String,
    },
    /// A person finished a task.
    TaskDone {
        /// Its number within the run.
        task: u32,
        /// The result's name.
        result: String,
    },
}

/// Who took an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "by", content = "handler", rename_all = "snake_case")]
pub enum Taker {
    /// A handler of a wait or task, by its row.
    Wait(u32),
    /// A handler of `always`, by its row.
    Always(u32),
    /// A condition gives way to another that began to hold at the same moment and leads elsewhere.
    GivesWay,
    /// A condition was taken at this very moment already.
    Already,
    /// Nobody: the facts changed and the run stays where it is.
    Nobody,
    /// There is no open run; the facts changed.
    NoRun,
}

/// A fact and the value it had.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FactSeen {
    /// The fact's English name.
    pub fact: String,
    /// Its value; `None` when it was unknown.
    pub value: Option<ValueSeen>,
}

/// A value as history keeps it: exact, and readable without the program.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum ValueSeen {
    /// `1200.50 PEN`
    Money(String),
    /// `3`
    Number(String),
    /// `50`
    Percent(String),
    /// `2026-03-02`
    Date(String),
    /// As it stands.
    Text(String),
    /// Yes or no.
    Truth(bool),
}

/// A channel by its word.
pub mod channel {
    use cobro_dsl::values::Channel;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Writes the word.
    pub fn serialize<S: Serializer>(channel: &Channel, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(channel.word())
    }

    /// Reads the word.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Channel, D::Error> {
        let word = String::deserialize(deserializer)?;
        Channel::parse(&word).ok_or_else(|| D::Error::custom(format!("no channel `{word}`")))
    }
}

/// A channel by its word, or nothing.
pub mod maybe_channel {
    use cobro_dsl::values::Channel;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Writes the word, or null.
    pub fn serialize<S: Serializer>(channel: &Option<Channel>, serializer: S) -> Result<S::Ok, S::Error> {
        match channel {
            Some(channel) => serializer.serialize_some(channel.word()),
            None => serializer.serialize_none(),
        }
    }

    /// Reads the word, or null.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Channel>, D::Error> {
        let Some(word) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
        Channel::parse(&word).map(Some).ok_or_else(|| D::Error::custom(format!("no channel `{word}`")))
    }
}
