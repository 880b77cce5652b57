//! What was written in a test: an account, what happens, what is expected.

use super::{At, Expr, Name, Text};
use crate::program::test::Moment;
use crate::source::Span;
use crate::values::{Channel, NaiveDateTime};

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
    /// `other account 80.00 PEN due 2026-03-02`: another debt of the same customer, in no strategy.
    OtherAccount(Expr, At<crate::values::NaiveDate>),
    /// `phone "+51…"`
    Phone(Text),
    /// `email "…"`
    Email(Text),
    /// `timezone America/Bogota`
    Timezone(Name),
    /// `tag name`
    Tag(Name),
    /// `authorised whatsapp, email`, `authorised nothing`
    Authorised(Vec<Channel>),
    /// `role guarantor`
    Role(crate::values::Role),
    /// `group tone warm`: the way of an experiment that the account takes.
    Group(Name, Name),
    /// `webhook crm failed`, `webhook crm no answer`: what comes of calling it; else it is done. Said or not, was it answered?
    Webhook(Name, bool),
    /// Any fact and its value.
    Fact(Name, Expr),
}

/// What happens in a test, as written.
#[derive(Clone, Debug)]
pub enum Happening {
    /// `payment 20 PEN`
    Payment(Expr),
    /// `payment reversed [20 PEN]`
    PaymentReversed(Option<Expr>),
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
    /// `dispute ["reason"]`
    Dispute(Option<Text>),
    /// `dispute closed`
    DisputeClosed,
    /// `dispute upheld`
    DisputeUpheld,
    /// `dispute rejected`
    DisputeRejected,
    /// `plan accepted [name]`
    PlanAccepted(Option<Name>),
    /// `plan rejected`
    PlanRejected,
    /// `identity verified`
    Verified,
    /// `failed`: the identity could not be verified.
    Failed,
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
    /// `moves to America/Bogota`
    MovesTo(Name),
    /// `agent contact call [no answer]`
    AgentContact(Channel, bool),
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
