//! What was written: names, places and comments kept, meaning not yet checked.
//!
//! In: what the parser saw. Out: a tree for checks, the formatter and editors. A part that could not be read
//! is left out of the tree; the finding about it says so.

mod intent;

pub use intent::{Intent, Phrase};

use crate::program::expr::{Arithmetic, Comparison};
use crate::program::test::Moment;
use crate::program::{OutcomeKind, Priority, Until};
use crate::source::Span;
use crate::values::{Channel, ChannelSet, Lang, Lapse, NaiveDateTime, Purpose, Type, WeekHours, Window};

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
    /// `field name type [= value]`
    Field(Field),
    /// `condition name when …`, `segment name when …`
    Condition(Condition),
    /// `enter again after 30 days`
    EnterAgain(At<Lapse>),
    /// `late by 2 days send nothing`, `late by 2 days -> name`
    Late(At<Lapse>, Option<Name>),
    /// `event name`: something that may be told from outside, by a name of the strategy's own.
    Event(Name),
    /// `promise grace 1 business day`
    PromiseGrace(At<Lapse>),
    /// `always { … }`
    Always(Vec<Handler>),
    /// `start name`
    Start(Name),
    /// `step name { … }`
    Step(Step),
    /// `end name kind`
    Outcome(Name, Option<OutcomeKind>),
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
    Await {
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
    /// `repeat up to 3 times { … }`
    Repeat {
        /// How often at most.
        times: At<u32>,
        /// What is repeated.
        body: Block,
    },
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
            other => other.handlers().iter().map(|handler| &handler.body).collect(),
        }
    }

    /// The handlers of a statement.
    pub fn handlers(&self) -> &[Handler] {
        match self {
            StatementKind::Wait { handlers, .. }
            | StatementKind::Await { handlers, .. }
            | StatementKind::Assign { handlers, .. } => handlers.as_deref().unwrap_or(&[]),
            _ => &[],
        }
    }
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
    /// `wrong person`
    WrongPerson,
    /// `promise`
    Promise,
    /// `promise kept`
    PromiseKept,
    /// `promise broken`
    PromiseBroken,
    /// `done [result]`
    Done(Option<Name>),
    /// `days_past_due >= 60`: a condition begins to hold.
    Holds(Box<Expr>),
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
    /// `button name "…"`
    Button(Name, Text),
}

/// A test.
#[derive(Clone, Debug)]
pub struct Test {
    /// What it shows.
    pub name: Text,
    /// The strategy.
    pub strategy: Name,
    /// Its lines, in the author's order.
    pub lines: Vec<At<TestLine>>,
    /// From its keyword to its closing brace.
    pub span: Span,
}

/// A line of a test.
#[derive(Clone, Debug)]
pub enum TestLine {
    /// `account { … }`
    Account(Vec<At<AccountClause>>),
    /// `start 2026-03-02 09:00`
    Start(NaiveDateTime),
    /// `after 3 days payment 20 PEN`, `at 2026-03-02 09:00 delivered`
    Happens(Moment, Happening),
    /// `expect …`
    Expect(Expectation),
}

/// A clause of a test's account.
#[derive(Clone, Debug)]
pub enum AccountClause {
    /// `invoice 120.00 PEN due 2026-03-02`
    Invoice(Expr, At<crate::values::NaiveDate>),
    /// `balance 120.00 PEN due 2026-03-02`: the same, as people say it.
    Balance(Expr, At<crate::values::NaiveDate>),
    /// `phone "+51…"`
    Phone(Text),
    /// `email "…"`
    Email(Text),
    /// `timezone America/Bogota`
    Timezone(Name),
    /// `tag name`
    Tag(Name),
    /// `group tone warm`: the way of an experiment that the account takes.
    Group(Name, Name),
    /// Any fact and its value.
    Fact(Name, Expr),
}

/// What happens in a test, as written.
#[derive(Clone, Debug)]
pub enum Happening {
    /// `payment 20 PEN`
    Payment(Expr),
    /// `response pay`
    Response(Name),
    /// `response "mañana le pago"`
    Says(Text),
    /// `delivered`
    Delivered,
    /// `read`
    Read,
    /// `not delivered`
    NotDelivered,
    /// `opt out`
    OptOut,
    /// `opt in [channel]`
    OptIn(Option<Channel>),
    /// `balance changed 80 PEN`
    BalanceChanged(Expr),
    /// `event name`
    Event(Name),
    /// `dispute`
    Dispute,
    /// `dispute closed`
    DisputeClosed,
    /// `wrong person`
    WrongPerson,
    /// `promise 50 PEN on 2026-03-10`
    Promise(Expr, crate::values::NaiveDate),
    /// `hold until 2026-03-20 because "…"`
    Hold(crate::values::NaiveDate, Option<Text>),
    /// `release hold`
    Release,
    /// `done result`
    Done(Name),
    /// `nothing`
    Nothing,
}

/// What a test expects, as written.
#[derive(Clone, Debug)]
pub enum Expectation {
    /// `send [channel] name [at time]`
    Send(Option<At<Channel>>, Name, Option<NaiveDateTime>),
    /// `no send [after time]`
    NoSend(Option<NaiveDateTime>),
    /// `end outcome [at time]`
    End(Name, Option<NaiveDateTime>),
    /// `step name`
    Step(Name),
    /// `task queue`
    Task(Name),
    /// `no entry`
    NoEntry,
}
