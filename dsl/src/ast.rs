//! What was written: names, places and comments kept, meaning not yet checked.
//!
//! In: what the parser saw. Out: a tree for checks, the formatter and editors. A part that could not be read
//! is left out of the tree; the finding about it says so.

mod intent;
pub mod parameter;
mod test;

pub use test::{AccountClause, Expectation, Happening, Test, TestLine};

pub use intent::{Intent, Phrase};

use crate::program::expr::{Arithmetic, Comparison};
use crate::program::{OutcomeKind, Priority, Until};
use crate::source::Span;
use crate::values::{Channel, ChannelSet, Lang, Lapse, Purpose, Type, WeekHours, Window};

/// A file.
#[derive(Clone, Debug)]
pub struct File {
    /// The language of its keywords.
    pub lang: Lang,
    /// Where the first line names the language, when it does.
    pub language: Option<Span>,
    /// Its items, in order.
    pub items: Vec<Item>,
    /// Its comments, in order.
    pub comments: Vec<Comment>,
    /// Where the name of a parameter stands for its value, in order.
    pub uses: Vec<parameter::Use>,
    /// Values from outside that could not be read.
    pub refused: Vec<RefusedSetting>,
    /// Where the file's own text ends; what stands behind it was imported.
    pub own_end: u32,
}

/// A value from outside that is none of its parameter's type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefusedSetting {
    /// The parameter.
    pub name: String,
    /// The value as written.
    pub written: String,
    /// What it should be.
    pub kind: parameter::ParameterType,
}

/// A comment, without its line's end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Comment {
    /// With the `#`.
    pub text: String,
    /// Where it stands.
    pub span: Span,
    /// Nothing but blanks stands before it on its line.
    pub is_alone: bool,
}

/// A name as written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Name {
    /// Without the quotes.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// Anything with its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct At<T> {
    /// The thing.
    pub is: T,
    /// Where it stands.
    pub span: Span,
}

/// A quoted text with its place.
pub type Text = At<String>;

/// What stands at the top of a file.
#[derive(Clone, Debug)]
pub enum Item {
    /// A strategy.
    Strategy(Strategy),
    /// A template.
    Template(Template),
    /// A test.
    Test(Test),
    /// An intent.
    Intent(Intent),
    /// A parameter of the whole file.
    Parameter(Box<At<parameter::Parameter>>),
    /// `import "…"`: another file of the project.
    Import(At<Text>),
    /// A clause that all strategies of the file share.
    Shared(Box<At<Clause>>),
}

/// A strategy.
#[derive(Clone, Debug)]
pub struct Strategy {
    /// Its name.
    pub name: Name,
    /// Its clauses, in the author's order.
    pub clauses: Vec<At<Clause>>,
    /// From its keyword to its closing brace.
    pub span: Span,
    /// It can only be called.
    pub is_part: bool,
    /// Handlers of strategies that were written out into this one: each holds in the steps that name it.
    pub scopes: Vec<Vec<Handler>>,
    /// Strategies that were written out into this one: what their steps' names begin with, and their names.
    pub calls: Vec<(String, String)>,
}

/// A clause of a strategy.
#[derive(Clone, Debug)]
pub enum Clause {
    /// `title "…"`
    Title(Text),
    /// `currency PEN`
    Currency(Name),
    /// `timezone America/Lima`
    Timezone(Name),
    /// `law PE`
    Law(Name),
    /// `contact { … }`
    Contact(Vec<At<ContactClause>>),
    /// `enter when …`
    Enter(Expr),
    /// `review every "…"`
    Review(Text),
    /// `parameter name type = value`
    Parameter(Box<parameter::Parameter>),
    /// `field name type [= value]`
    Field(Field),
    /// `condition name when …`, `segment name when …`
    Condition(Condition),
    /// `enter again after 30 days`
    EnterAgain(At<Lapse>),
    /// `late by 2 days send nothing`, `late by 2 days -> name`
    Late(At<Lapse>, Option<Name>),
    /// `guarantee { … }`
    Guarantee(Vec<At<Guarantee>>),
    /// `queue name priority high due in 2 days`
    Queue(Queue),
    /// `event name`: something that may be told from outside, by a name of the strategy's own.
    Event(Name),
    /// `promise grace 1 business day [tolerance 5%]`
    PromiseGrace(At<Lapse>, Option<At<Part>>),
    /// `plan name { … }`
    Plan(Plan),
    /// `webhook name`
    Webhook(Name),
    /// `identity required [for 90 days]`
    Identity(Option<At<Lapse>>),
    /// `always { … }`
    Always(Vec<Handler>),
    /// `start name`
    Start(Name),
    /// `step name { … }`
    Step(Step),
    /// `end name kind`
    Outcome(Name, Option<OutcomeKind>),
}

/// `plan name { … }`
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its name.
    pub name: Name,
    /// Its clauses, in the author's order.
    pub clauses: Vec<At<PlanClause>>,
}

/// A clause of a plan.
#[derive(Clone, Debug)]
pub enum PlanClause {
    /// `down payment 20% [due in 3 days]`
    DownPayment(At<Part>, Option<At<Lapse>>),
    /// `3 instalments monthly`
    Instalments(At<u32>, At<Lapse>),
    /// `grace 3 days`
    Grace(At<Lapse>),
    /// `on business days`
    OnBusinessDays,
}

/// A statement that waits for how something turns out.
#[derive(Clone, Debug)]
pub struct Await {
    /// What.
    pub what: Awaited,
    /// How long at most.
    pub up_to: Option<At<Lapse>>,
    /// The handlers, when there is a block.
    pub handlers: Option<Vec<Handler>>,
}

/// What an [`Await`] waits for.
#[derive(Clone, Debug)]
pub enum Awaited {
    /// `offer plan name`
    Offer(Name),
    /// `follow plan [name]`
    Follow(Option<Name>),
    /// `verify identity [by [channel] template name]`
    Verify(Option<(Option<At<Channel>>, Name)>),
    /// `call webhook name`
    Webhook(Name),
}

/// What a strategy promises of every run, as written.
#[derive(Clone, Debug)]
pub enum Guarantee {
    /// `no send after full payment`
    AfterPayment,
    /// `no send after opt out`
    AfterOptOut,
    /// `no send outside mon-fri 09:00-18:00`
    Outside(Vec<HoursPart>, WeekHours),
    /// `at most 8 in 30 days`
    AtMost(Vec<LimitPart>),
    /// `ends within 75 days`
    EndsWithin(At<Lapse>),
    /// `cost per account <= 2.50 PEN`
    CostAtMost(Expr),
}

/// A queue with what its tasks have in common.
#[derive(Clone, Debug)]
pub struct Queue {
    /// Its name.
    pub name: Name,
    /// How urgent its tasks are.
    pub priority: Option<Priority>,
    /// When they are due.
    pub due: Option<At<Lapse>>,
}

/// A fact of the strategy's own.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub kind: Type,
    /// Its value while none was set.
    pub at_first: Option<Expr>,
}

/// A condition with a name.
#[derive(Clone, Debug)]
pub struct Condition {
    /// Its name.
    pub name: Name,
    /// Written as `segment`: accounts of which it holds are told apart in reports.
    pub is_segment: bool,
    /// What must hold.
    pub holds: Expr,
}

/// `because "…" basis "…"`: why a rule stands there.
#[derive(Clone, Debug, Default)]
pub struct Why {
    /// The reason, in the author's words.
    pub because: Option<Text>,
    /// The law or policy it rests on.
    pub basis: Option<Text>,
}

/// A clause of `contact`.
#[derive(Clone, Debug)]
pub enum ContactClause {
    /// `hours mon-fri 09:00-18:30, …`
    Hours(Vec<HoursPart>, WeekHours),
    /// `at most 1 per day, 2 per week`
    AtMost(Vec<LimitPart>, Why),
    /// `ladder whatsapp > sms`
    Ladder(Vec<At<Channel>>),
}

/// One part of `hours`: days as written, then stretches.
#[derive(Clone, Debug)]
pub struct HoursPart {
    /// First and last day of each range, 0 is Monday, 7 is holidays.
    pub days: Vec<(u8, u8)>,
    /// Open and close, minutes after midnight.
    pub stretches: Vec<crate::values::Stretch>,
    /// Where the times of the stretches stand, two for each.
    pub starts: Vec<u32>,
    /// Where it stands.
    pub span: Span,
}

/// One part of `at most`.
#[derive(Clone, Debug)]
pub struct LimitPart {
    /// The most contacts.
    pub contacts_max: u32,
    /// The window.
    pub window: Window,
    /// Only contacts on these channels; all when none was named.
    pub channels: ChannelSet,
    /// Where it stands.
    pub span: Span,
}

/// A step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its name.
    pub name: Name,
    /// Why it is there.
    pub why: Why,
    /// What it does.
    pub body: Block,
    /// The name that it had in an earlier version.
    pub renamed_from: Option<Name>,
    /// Rows of [`Strategy::scopes`] that hold in it, the innermost first.
    pub scopes: Vec<usize>,
    /// What makes it a stage.
    pub stage: Option<Box<Stage>>,
}

/// `stage name when … { on leaving { … } on falling back { … } … }`: what a step lacks to be one.
#[derive(Clone, Debug)]
pub struct Stage {
    /// When an account belongs there; the first stage of a strategy says nothing.
    pub holds: Option<Expr>,
    /// What is done on the way out.
    pub leaving: Option<Block>,
    /// What is done when an account comes down from a more severe one; else nothing is.
    pub falling_back: Option<Block>,
}

impl Step {
    /// A step with nothing but a name and a body.
    pub fn plain(name: Name, body: Block) -> Step {
        Step { name, why: Why::default(), body, renamed_from: None, scopes: Vec::new(), stage: None }
    }

    /// Its blocks: the body, and of a stage what is done on leaving and on falling back.
    pub fn blocks(&self) -> impl Iterator<Item = &Block> {
        let stage = self.stage.iter().flat_map(|stage| stage.leaving.iter().chain(&stage.falling_back));
        std::iter::once(&self.body).chain(stage)
    }

    /// The same, to change them.
    pub fn blocks_mut(&mut self) -> impl Iterator<Item = &mut Block> {
        let stage = self.stage.as_deref_mut().into_iter();
        let stage = stage.flat_map(|stage| stage.leaving.iter_mut().chain(&mut stage.falling_back));
        std::iter::once(&mut self.body).chain(stage)
    }
}

/// Statements between braces.
#[derive(Clone, Debug)]
pub struct Block {
    /// The statements.
    pub statements: Vec<Statement>,
    /// From brace to brace.
    pub span: Span,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// What it says.
    pub kind: StatementKind,
    /// Where it stands, blocks included.
    pub span: Span,
}

/// What a statement says.
#[derive(Clone, Debug)]
pub enum StatementKind {
    /// `send [channel] template name [else { … }]`
    Send {
        /// The channel, when named.
        channel: Option<At<Channel>>,
        /// The message.
        template: Name,
        /// What to do when the gate says never.
        otherwise: Option<Block>,
    },
    /// `escalate [because "…"] [basis "…"]`
    Escalate(Why),
    /// `wait [up to] lapse [{ handlers }]`, `wait until … [{ handlers }]`
    Wait {
        /// Until when.
        until: At<Until>,
        /// Written with `up to`.
        up_to: bool,
        /// The handlers, when there is a block.
        handlers: Option<Vec<Handler>>,
    },
    /// `wait until condition [for up to lapse] [{ handlers }]`
    AwaitCondition {
        /// What it waits for.
        condition: Expr,
        /// How long at most.
        at_most: Option<At<Lapse>>,
        /// The handlers, when there is a block.
        handlers: Option<Vec<Handler>>,
    },
    /// `if … { … } [else { … }]`
    If {
        /// The question.
        condition: Expr,
        /// When it holds.
        then: Block,
        /// When it does not; a lone `if` inside is written `else if`.
        otherwise: Option<Block>,
    },
    /// `-> name` or `go to name`
    Go(Name),
    /// `end name`
    End(Name),
    /// `assign queue name [priority p] [due in lapse] [{ handlers }]`
    Assign {
        /// The queue.
        queue: Name,
        /// Its urgency.
        priority: Option<Priority>,
        /// When it is due.
        due: Option<At<Lapse>>,
        /// The handlers, when there is a block.
        handlers: Option<Vec<Handler>>,
    },
    /// `offer plan …`, `follow plan …`, `verify identity …`, `call webhook …`
    Await(Await),
    /// `note "…"`
    Note(Text),
    /// `tag name`, `untag name`
    Tag {
        /// The tag.
        name: Name,
        /// Put on, or taken off.
        is_on: bool,
    },
    /// `set name = value`
    Set {
        /// The field.
        field: Name,
        /// Its new value.
        value: Expr,
    },
    /// `hold 10 days because "…"`, `hold until … because "…"`
    Hold {
        /// Until when.
        until: At<Until>,
        /// Why.
        why: Why,
    },
    /// `release hold`
    Release,
    /// `block channel [whatsapp]`
    Block(Option<At<Channel>>),
    /// `repeat up to 3 times { … }`
    Repeat {
        /// How often at most.
        times: At<u32>,
        /// What is repeated.
        body: Block,
    },
    /// `run strategy name(parameter: value) { on end x -> … }`
    Run(Box<Call>),
    /// `split name { 50% a { … } 50% b { … } }`
    Split {
        /// The experiment.
        name: Name,
        /// Its ways, in the author's order.
        ways: Vec<Way>,
        /// Every way could be read.
        is_complete: bool,
    },
}

impl StatementKind {
    /// The blocks inside a statement, those of its handlers included.
    pub fn blocks(&self) -> Vec<&Block> {
        match self {
            StatementKind::Send { otherwise, .. } => otherwise.iter().collect(),
            StatementKind::If { then, otherwise, .. } => std::iter::once(then).chain(otherwise).collect(),
            StatementKind::Repeat { body, .. } => vec![body],
            StatementKind::Split { ways, .. } => ways.iter().map(|way| &way.body).collect(),
            StatementKind::Run(call) => call.ends.iter().flatten().map(|end| &end.body).collect(),
            other => other.handlers().iter().map(|handler| &handler.body).collect(),
        }
    }

    /// The handlers of a statement.
    pub fn handlers(&self) -> &[Handler] {
        match self {
            StatementKind::Wait { handlers, .. }
            | StatementKind::Assign { handlers, .. }
            | StatementKind::AwaitCondition { handlers, .. }
            | StatementKind::Await(Await { handlers, .. }) => handlers.as_deref().unwrap_or(&[]),
            _ => &[],
        }
    }
}

impl StatementKind {
    /// Takes every block that stands directly in the statement, but for those of calls: they become steps.
    pub fn each_inner_block(&mut self, take: &mut dyn FnMut(&mut Block)) {
        match self {
            StatementKind::Send { otherwise: Some(block), .. } => take(block),
            StatementKind::Wait { handlers: Some(handlers), .. }
            | StatementKind::AwaitCondition { handlers: Some(handlers), .. }
            | StatementKind::Assign { handlers: Some(handlers), .. }
            | StatementKind::Await(Await { handlers: Some(handlers), .. }) => {
                handlers.iter_mut().for_each(|handler| take(&mut handler.body));
            }
            StatementKind::If { then, otherwise, .. } => {
                take(then);
                otherwise.iter_mut().for_each(take);
            }
            StatementKind::Repeat { body, .. } => take(body),
            StatementKind::Split { ways, .. } => ways.iter_mut().for_each(|way| take(&mut way.body)),
            _ => {}
        }
    }
}

/// A call of another strategy.
#[derive(Clone, Debug)]
pub struct Call {
    /// The strategy.
    pub strategy: Name,
    /// Values for its parameters.
    pub arguments: Vec<Argument>,
    /// What its ends lead to, when there is a block.
    pub ends: Option<Vec<OnEnd>>,
    /// Its name and arguments.
    pub head: Span,
    /// It could not be written out, and was told.
    pub is_told: bool,
}

/// `parameter: value`
#[derive(Clone, Debug)]
pub struct Argument {
    /// The parameter.
    pub name: Name,
    /// Its value.
    pub value: At<parameter::ParameterValue>,
}

/// `on end outcome -> name` or `on end outcome { … }`
#[derive(Clone, Debug)]
pub struct OnEnd {
    /// The end of the called strategy.
    pub outcome: Name,
    /// What to do.
    pub body: Block,
    /// The body is a single arrow without braces.
    pub is_arrow: bool,
    /// From `on` to the end.
    pub span: Span,
}

/// `50% name { … }`
#[derive(Clone, Debug)]
pub struct Way {
    /// The share, without its sign.
    pub share: At<String>,
    /// The way's name.
    pub name: Name,
    /// What it does.
    pub body: Block,
    /// From the share to the closing brace.
    pub span: Span,
}

/// `on trigger -> name` or `on trigger { … }`
#[derive(Clone, Debug)]
pub struct Handler {
    /// What happens.
    pub trigger: At<Trigger>,
    /// What to do.
    pub body: Block,
    /// The body is a single arrow without braces.
    pub is_arrow: bool,
    /// From `on` to the end.
    pub span: Span,
}

/// What a handler is for, as written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trigger {
    /// `response [button]`
    Response(Option<Name>),
    /// `full payment`
    FullPayment,
    /// `partial payment`
    PartialPayment,
    /// `payment [of at least 50 PEN]`
    Payment(Option<At<Part>>),
    /// `payment reversed`
    PaymentReversed,
    /// `delivered`
    Delivered,
    /// `read`
    Read,
    /// `not delivered`
    NotDelivered,
    /// `timeout`
    Timeout,
    /// `opt out`
    OptOut,
    /// `opt in`
    OptIn,
    /// `balance changed`
    BalanceChanged,
    /// `event name`
    Event(Name),
    /// `dispute`
    Dispute,
    /// `dispute closed`
    DisputeClosed,
    /// `dispute upheld`
    DisputeUpheld,
    /// `dispute rejected`
    DisputeRejected,
    /// `wrong person`
    WrongPerson,
    /// `plan accepted`
    PlanAccepted,
    /// `plan rejected`
    PlanRejected,
    /// `plan broken`
    PlanBroken,
    /// `plan completed`
    PlanCompleted,
    /// `instalment paid`
    InstalmentPaid,
    /// `instalment missed`
    InstalmentMissed,
    /// `identity verified`
    Verified,
    /// `failed`
    Failed,
    /// `promise`
    Promise,
    /// `promise kept`
    PromiseKept,
    /// `promise partly kept`
    PromisePartlyKept,
    /// `promise broken`
    PromiseBroken,
    /// `done [result]`
    Done(Option<Name>),
    /// `days_past_due >= 60`: a condition begins to hold.
    Holds(Box<Expr>),
}

/// An amount, or a share of one, as written: `50 PEN`, `20%`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// The figure and its currency.
    Amount(String, Name),
    /// The share, without its sign.
    Share(String),
}

/// An expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expr {
    /// What it says.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// What an expression says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ExprKind {
    /// `20`, and `20 PEN` with its currency.
    Figure(String, Option<Name>),
    /// `50%`
    Percent(String),
    /// A date.
    Date(crate::values::NaiveDate),
    /// A text.
    Text(String),
    /// `yes`, `no`
    Truth(bool),
    /// A fact, a field or a condition.
    Name(Name),
    /// `tagged name`
    Tagged(Name),
    /// `not x`
    Not(Box<Expr>),
    /// `x and y`
    And(Box<Expr>, Box<Expr>),
    /// `x or y`
    Or(Box<Expr>, Box<Expr>),
    /// `x < y`
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// `x between a and b`
    Between(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `x in (a, b)`
    In(Box<Expr>, Vec<Expr>),
    /// `x + y`
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    /// `( x )`
    Group(Box<Expr>),
    /// Could not be read: every type fits it, and nothing more is said about it.
    Error,
}

/// A template.
#[derive(Clone, Debug)]
pub struct Template {
    /// Its name.
    pub name: Name,
    /// The channel it is for.
    pub channel: At<Channel>,
    /// Its clauses, in the author's order.
    pub clauses: Vec<At<TemplateClause>>,
    /// From its keyword to its closing brace.
    pub span: Span,
}

/// A clause of a template.
#[derive(Clone, Debug)]
pub enum TemplateClause {
    /// `approved as "…"`
    ApprovedAs(Text),
    /// `language es_PE`
    Language(Name),
    /// `category utility`
    Category(Name),
    /// `purpose reminder`
    Purpose(Purpose),
    /// `subject "…"`
    Subject(Text),
    /// `text "…"`
    Text(Text),
    /// `attach invoice`
    Attach(At<crate::program::Document>),
    /// `button name "…"`
    Button(Name, Text),
}
