//! The checked meaning of a strategy: flat tables addressed by small ids.
//!
//! In: what `lower` writes. Out: what the engine reads, and the graph. Absent: text, spans (they live in
//! `origin`) and anything optional that must be there: a program that exists can be run.

pub mod expr;
pub mod awaited;
pub mod coverage;
pub mod guarantee;
mod origin;
mod stage;
pub mod test;
pub mod until;
pub mod version;

use crate::values::{Channel, Currency, Lang, Lapse, Limit, Number, Purpose, Type, Value, WeekHours};
pub use awaited::{Awaited, Plan, PlanId};
use expr::ExprId;
pub use origin::Origin;
pub use stage::Stage;
pub use until::{Anchor, Side, Until};
pub use version::Version;

/// A step.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct StepId(pub u16);
/// One operation of a step.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct OpId(pub u32);
/// A message family: all templates of one name, one for each channel.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TemplateId(pub u16);
/// A declared way to end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct OutcomeId(pub u16);

impl OutcomeId {
    /// No strategy declares it: a person ended the run from outside.
    pub const CANCELLED: OutcomeId = OutcomeId(u16::MAX);
}

/// A name for a button, a task result or a queue.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NameId(pub u16);

/// A stretch of one of the program's tables.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Slice {
    /// First row.
    pub start: u32,
    /// Number of rows.
    pub len: u32,
}

impl Slice {
    /// The rows of the slice.
    pub fn of<T>(self, table: &[T]) -> &[T] {
        table.get(self.start as usize..(self.start + self.len) as usize).unwrap_or(&[])
    }
}

/// A strategy, checked and ready to run.
#[derive(Clone, Debug)]
pub struct Program {
    /// The strategy's name in the text.
    pub name: String,
    /// What people call it; the name when the author gave no title.
    pub title: String,
    /// The language of its keywords: reasons and graphs are told in it.
    pub lang: Lang,
    /// The hash of its meaning.
    pub version: Version,
    /// The currency of every amount in it.
    pub currency: Currency,
    /// The zone of a customer who has none of their own.
    pub zone: chrono_tz::Tz,
    /// The law pack's code, `PE`.
    pub law: String,
    /// The strategy's own hours, limits and ladder.
    pub contact: ContactPolicy,
    /// Which accounts enter.
    pub enter: ExprId,
    /// So long after its run has ended an account may enter again; never when `None`.
    pub again_after: Option<Lapse>,
    /// What to do when a wait or a message comes much later than planned.
    pub late: Option<Late>,
    /// How long after its date a promise may still be kept.
    pub promise_grace: Lapse,
    /// How much may be lacking of what was promised.
    pub promise_tolerance: Option<Part>,
    /// The instalment plans that it offers.
    pub plans: Vec<Plan>,
    /// Messages that disclose a debt ask for an identity that was verified, which holds so long; `None` when they ask for
    /// none.
    pub identity: Option<Option<Lapse>>,
    /// When the portfolio is scanned: a cron expression with seconds, in the strategy's zone.
    pub review: String,
    /// Where an account starts.
    pub start: StepId,
    /// The steps, in the author's order.
    pub steps: Vec<Step>,
    /// The steps that are stages, the mildest first.
    pub stages: Vec<Stage>,
    /// All operations of all steps and handlers.
    pub ops: Vec<Op>,
    /// The step each operation belongs to; operations of `always` belong to none.
    pub step_of: Vec<Option<StepId>>,
    /// All handlers; waits, tasks and `always` point at slices of it.
    pub handlers: Vec<Handler>,
    /// The handlers that hold wherever the account stands.
    pub always: Slice,
    /// Steps that a wait is measured from: when they ran is kept.
    pub remembered: Vec<StepId>,
    /// There are stages, or some handler waits for a condition to hold: without any nobody looks at conditions.
    pub has_conditions: bool,
    /// All expressions.
    pub exprs: expr::Exprs,
    /// The messages that it sends, by name; each with its forms in the order of the channels.
    pub templates: Vec<Template>,
    /// Fields of its own, with their types.
    pub fields: Vec<(String, Type)>,
    /// Segments: conditions by which reports tell accounts apart.
    pub segments: Vec<(String, ExprId)>,
    /// Intents by which free text becomes an answer, in the order of the file; none when no handler names one.
    pub intents: Vec<Intent>,
    /// What it promises of every run.
    pub guarantees: Vec<guarantee::Guarantee>,
    /// All ways to end.
    pub outcomes: Vec<Outcome>,
    /// Buttons, task results and queues.
    pub names: Vec<String>,
    /// Notes that the strategy leaves on the record.
    pub notes: Vec<String>,
    /// Why steps, escalations and limits are there, where their author says so.
    pub reasons: Vec<(Reasoned, Reason)>,
    /// Where each operation and handler stands in the text.
    pub origin: Origin,
}

/// The strategy's own rules of contact; the law pack may be stricter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContactPolicy {
    /// Permitted hours; `None` when the strategy leaves them to the law.
    pub hours: Option<WeekHours>,
    /// Limits per person, over all that person's accounts.
    pub limits: Vec<Limit>,
    /// The order in which `escalate` takes channels.
    pub ladder: Vec<Channel>,
}

/// Words that turn free text into an answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Intent {
    /// The name a handler answers to.
    pub name: NameId,
    /// Its phrases.
    pub phrases: Vec<crate::intents::Phrase>,
}

/// A step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// Its name in the text.
    pub name: String,
    /// Its first operation.
    pub entry: OpId,
    /// The name that it had in an earlier version: runs that stand there are moved here.
    pub renamed_from: Option<String>,
    /// Handlers that hold in it and in the steps that came with it from a strategy that is called, before those of
    /// `always`; the innermost first.
    pub scopes: Vec<Slice>,
}

/// What a strategy does about lateness: the engine was not running when something was due.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Late {
    /// From so much on.
    pub by: Lapse,
    /// The arrow to take; `None` goes on, but sends nothing before the run waits again.
    pub arrow: Option<OpId>,
}

/// What a reason is given for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reasoned {
    /// A step.
    Step(StepId),
    /// An operation.
    Op(OpId),
    /// A limit of the strategy.
    Limit(Limit),
}

/// Why a rule stands in a strategy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reason {
    /// In the author's words; empty when not said.
    pub because: String,
    /// The law or policy it rests on; empty when not said.
    pub basis: String,
}

impl Reason {
    /// As people read it: `because (basis)`.
    pub fn words(&self) -> String {
        match (self.because.as_str(), self.basis.as_str()) {
            (because, "") => because.to_owned(),
            ("", basis) => basis.to_owned(),
            (because, basis) => format!("{because} ({basis})"),
        }
    }
}

/// How hard an outcome counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum OutcomeKind {
    /// The debt was recovered or an agreement stands.
    Success,
    /// Anything else.
    Neutral,
    /// The strategy gave up.
    Failure,
}

/// A way to end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Its name in the text.
    pub name: String,
    /// How it counts.
    pub kind: OutcomeKind,
}

/// One operation. Every operation says where the run goes next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Op {
    /// Ask the gate, and send.
    Send {
        /// The channel named by the author; `None` is the channel of the conversation, else the ladder's first.
        channel: Option<Channel>,
        /// The message.
        template: TemplateId,
        /// After the message is handed over.
        next: OpId,
        /// When the gate says never; the same as `next` where the author wrote no `else`.
        otherwise: OpId,
    },
    /// Send the last message again on the next permitted channel of the ladder.
    Escalate {
        /// After it, whether or not there was a channel left.
        next: OpId,
    },
    /// Park the run.
    Wait {
        /// Until when at most.
        until: Until,
        /// What may end or interrupt the wait.
        handlers: Slice,
        /// When it is over.
        timeout: OpId,
    },
    /// Take one of two ways.
    Branch {
        /// The question.
        condition: ExprId,
        /// When it holds.
        then: OpId,
        /// When it does not hold, or a fact it needs is missing.
        otherwise: OpId,
    },
    /// Hand the account to a person and park the run.
    Assign {
        /// The queue.
        queue: NameId,
        /// Its urgency.
        priority: Priority,
        /// When the task is due; `None` waits for ever.
        due: Option<Lapse>,
        /// What may end or interrupt the task. The body of `done` leads on behind the task, which is over; that
        /// of any other handler ends with [`Op::Resume`].
        handlers: Slice,
        /// When the task was not done in time; the same as `next` when it is never due.
        timeout: OpId,
        /// When the task is done with a result that no handler takes; where one takes every result, its body.
        next: OpId,
    },
    /// Park the run until something has turned out one way or the other.
    Await {
        /// What.
        what: Awaited,
        /// How long at most; `None` when it ends by itself.
        up_to: Option<Lapse>,
        /// What may settle or interrupt it. The body of what settles it leads on behind the statement; that of any
        /// other handler ends with [`Op::Resume`].
        handlers: Slice,
        /// When it was not settled in time.
        timeout: OpId,
        /// When it is settled in a way that no handler takes.
        next: OpId,
    },
    /// Leave a note on the record.
    Note {
        /// Row of [`Program::notes`].
        text: u16,
        /// After it.
        next: OpId,
    },
    /// Put a tag on the account, or take it off.
    Tag {
        /// The tag.
        name: NameId,
        /// Put on.
        is_on: bool,
        /// After it.
        next: OpId,
    },
    /// Give a field a value.
    Set {
        /// The field.
        field: NameId,
        /// The value; a fact that it needs and that is unknown makes the field unknown.
        value: ExprId,
        /// After it.
        next: OpId,
    },
    /// Ask for no payment until a moment.
    Hold {
        /// That moment.
        until: Until,
        /// Why, in the author's words; empty when not said.
        because: String,
        /// After it.
        next: OpId,
    },
    /// Ask for payment again.
    Release {
        /// After it.
        next: OpId,
    },
    /// Send nothing more to this customer on a channel.
    Block {
        /// The channel; `None` is the one that the run wrote on last.
        channel: Option<Channel>,
        /// After it.
        next: OpId,
    },
    /// Begin a block that is repeated.
    Repeat {
        /// How often at most; at least once.
        times: u32,
        /// Its first operation.
        body: OpId,
        /// The end of the block, an [`Op::Again`].
        again: OpId,
    },
    /// The end of a block that is repeated: once more, or on.
    Again {
        /// The [`Op::Repeat`] that began it.
        repeat: OpId,
        /// The block's first operation.
        body: OpId,
        /// After the last time.
        next: OpId,
    },
    /// Take one of several ways, by experiment and account: always the same one.
    Split {
        /// The experiment.
        experiment: NameId,
        /// The ways; their shares add up to 100 %.
        ways: Vec<Way>,
        /// Where the ways meet again.
        next: OpId,
    },
    /// Go to a step. Each is one arrow of the graph.
    Go(StepId),
    /// End the run. Each is one arrow of the graph.
    End(OutcomeId),
    /// The end of a handler: go back to where the run stood.
    Resume,
}

/// One way of a split.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Way {
    /// Its share of the accounts; 50 % is 50.
    pub share: Number,
    /// Its name.
    pub name: NameId,
    /// Its first operation.
    pub body: OpId,
}

/// How urgent a task is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Priority {
    /// Before all others.
    High,
    /// The usual.
    Normal,
    /// When there is nothing else.
    Low,
}

/// What a handler waits for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Trigger {
    /// An answer with this button.
    Response(NameId),
    /// Any answer that no other handler of the same wait names.
    AnyResponse,
    /// A payment after which nothing is owed.
    FullPayment,
    /// A payment after which something is still owed.
    PartialPayment,
    /// A payment of at least so much.
    PaymentOf(Part),
    /// Any payment that no other handler of the same wait names.
    AnyPayment,
    /// A payment came back: a cheque bounced, a card charge was taken back.
    PaymentReversed,
    /// A message reached the device.
    Delivered,
    /// A message was read.
    Read,
    /// A message did not arrive.
    NotDelivered,
    /// The customer asked not to be contacted.
    OptOut,
    /// The customer allows contact again.
    OptIn,
    /// What is owed changed by other than a payment.
    BalanceChanged,
    /// Something that the strategy has its own name for.
    Event(NameId),
    /// The customer contests the debt.
    Dispute,
    /// The dispute is settled.
    DisputeClosed,
    /// The dispute is settled: the customer is right.
    DisputeUpheld,
    /// The dispute is settled: the debt is owed.
    DisputeRejected,
    /// We reached somebody else.
    WrongPerson,
    /// The customer took the plan that was offered.
    PlanAccepted,
    /// The customer does not want the plan that was offered.
    PlanRejected,
    /// An instalment was not paid by its date and the grace.
    PlanBroken,
    /// Every instalment is paid, or nothing is owed any more.
    PlanCompleted,
    /// An instalment is paid in full.
    InstalmentPaid,
    /// An instalment's date is over, and it is not paid.
    InstalmentMissed,
    /// The customer showed who they are.
    Verified,
    /// It could not be done.
    Failed,
    /// The customer promised to pay.
    Promise,
    /// What was promised came in.
    PromiseKept,
    /// Some of what was promised came in by its date and the grace, and not enough.
    PromisePartlyKept,
    /// What was promised did not come in by its date and the grace.
    PromiseBroken,
    /// The task was done with this result.
    Done(NameId),
    /// The task was done with a result that no other handler names.
    AnyDone,
    /// A condition begins to hold.
    Holds(ExprId),
    /// The condition of a `wait until` begins to hold: the wait is over.
    Awaited(ExprId),
}

impl Trigger {
    /// The condition that it waits for.
    pub fn condition(self) -> Option<ExprId> {
        match self {
            Trigger::Holds(condition) | Trigger::Awaited(condition) => Some(condition),
            _ => None,
        }
    }
}

/// An amount, or a share of one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Part {
    /// Minor units of the strategy's currency.
    Amount(i64),
    /// A share; 50 % is 50.
    Share(Number),
}

impl Part {
    /// What it comes to, of an amount in minor units: a share is cut off below the minor unit.
    pub fn of(self, whole: i64) -> i64 {
        match self {
            Part::Amount(minor) => minor,
            Part::Share(share) => {
                let scale = i128::from(Number::SCALE) * 100;
                let part = i128::from(whole) * i128::from(share.0) / scale;
                i64::try_from(part).unwrap_or(if part < 0 { i64::MIN } else { i64::MAX })
            }
        }
    }
}

/// What to do when something happens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Handler {
    /// What happens.
    pub trigger: Trigger,
    /// The first operation of the answer to it.
    pub body: OpId,
}

/// A message, in one form for each channel.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Template {
    /// Its name in the text.
    pub name: String,
    /// The forms, one for each channel at most.
    pub forms: Vec<Form>,
}

impl Template {
    /// The form for a channel.
    pub fn form(&self, channel: Channel) -> Option<&Form> {
        self.forms.iter().find(|form| form.channel == channel)
    }
}

/// A message as it goes out on one channel.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Form {
    /// The channel.
    pub channel: Channel,
    /// What it is for.
    pub purpose: Purpose,
    /// The name under which the provider approved it; empty when it needs none.
    pub approved_as: String,
    /// The language of the text, `es_PE`; empty when not given.
    pub language: String,
    /// The provider's category, `utility`; empty when not given.
    pub category: String,
    /// The subject of an e-mail; empty on other channels.
    pub subject: Vec<Piece>,
    /// The text.
    pub text: Vec<Piece>,
    /// Documents that go with it.
    pub documents: Vec<Document>,
    /// The buttons.
    pub buttons: Vec<Button>,
    /// It tells something of a debt: only a verified customer may read it where identity is required.
    pub discloses: bool,
}

/// A document of the creditor's that goes with a message.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Document {
    /// The oldest unpaid invoice.
    Invoice,
    /// Every unpaid invoice.
    Invoices,
    /// The account's statement.
    Statement,
}

/// A piece of a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Piece {
    /// As it stands.
    Text(String),
    /// A fact filled in when the message is sent.
    Fact(crate::vocabulary::Fact),
    /// A field of the strategy's own, filled in when the message is sent, with its value while none was set.
    Field(String, Option<Value>),
}

/// A choice offered with a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Button {
    /// The name a handler answers to.
    pub name: NameId,
    /// What the debtor reads.
    pub label: String,
}

impl Program {
    /// The name of a button, result or queue.
    pub fn name(&self, id: NameId) -> &str {
        self.names.get(usize::from(id.0)).map_or("", String::as_str)
    }

    /// The id of a name, when the strategy speaks of it.
    pub fn name_id(&self, name: &str) -> Option<NameId> {
        self.names.iter().position(|known| known == name).map(|at| NameId(at as u16))
    }

    /// The intent of a text: of those with a phrase in it the one with the most words, of equals the first.
    pub fn intent_of(&self, text: &str) -> Option<NameId> {
        if self.intents.is_empty() {
            return None;
        }
        let words = crate::intents::words(text);
        let mut best: Option<(usize, NameId)> = None;
        for intent in &self.intents {
            for phrase in intent.phrases.iter().filter(|phrase| phrase.is_in(&words)) {
                if best.is_none_or(|(most, _)| phrase.words() > most) {
                    best = Some((phrase.words(), intent.name));
                }
            }
        }
        best.map(|(_, name)| name)
    }

    /// Why something is there, when its author says so.
    pub fn reason(&self, of: impl Fn(&Reasoned) -> bool) -> Option<&Reason> {
        self.reasons.iter().find(|(reasoned, _)| of(reasoned)).map(|(_, reason)| reason)
    }

    /// The step's name.
    pub fn step_name(&self, id: StepId) -> &str {
        self.steps.get(usize::from(id.0)).map_or("", |step| step.name.as_str())
    }

    /// The message's name.
    pub fn template_name(&self, id: TemplateId) -> &str {
        self.templates.get(usize::from(id.0)).map_or("", |template| template.name.as_str())
    }

    /// The outcome's name.
    pub fn outcome_name(&self, id: OutcomeId) -> &str {
        if id == OutcomeId::CANCELLED {
            return "cancelled";
        }
        self.outcomes.get(usize::from(id.0)).map_or("", |outcome| outcome.name.as_str())
    }

    /// The operation; an id that the program did not make is the end of a handler, which does nothing.
    pub fn op(&self, id: OpId) -> &Op {
        self.ops.get(id.0 as usize).unwrap_or(&Op::Resume)
    }

    /// The step an operation belongs to, or `None` in `always`.
    pub fn step_of(&self, id: OpId) -> Option<StepId> {
        self.step_of.get(id.0 as usize).copied().flatten()
    }

    /// Every arrow of the graph: the operations that leave a step.
    pub fn arrows(&self) -> impl Iterator<Item = OpId> + '_ {
        let is_arrow = |op: &Op| matches!(op, Op::Go(_) | Op::End(_));
        self.ops.iter().enumerate().filter(move |(_, op)| is_arrow(op)).map(|(at, _)| OpId(at as u32))
    }
}
