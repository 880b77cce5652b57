//! The only place where a strategy's meaning lives.
//!
//! In: a program, a customer, one input, the moment. Out: the customer as they are after it, effects, rows.
//! Absent: carrying anything out. Each kind of statement has its file below; this one takes inputs and walks
//! from operation to operation until the run is parked or has ended.

mod again;
mod assign;
mod awaits;
mod block;
mod event;
mod hold;
mod message;
mod operate;
mod payment;
mod plan;
mod promise;
mod repeat;
mod send;
mod set;
pub mod split;
mod stage;
mod wait;
mod watch;
mod webhook;

use crate::calendar::{self, Instant};
use crate::customer::{Account, Customer};
use crate::effect::{Effect, Message};
use crate::expr;
use crate::facts::Facts;
use crate::gate::{self, Answer, Decided, Law, Rule};
use crate::input::Input;
use crate::record::{Entry, Recorder};
use crate::run::{Park, Place, Run, Watch};
use cobro_dsl::program::expr::ExprId;
use cobro_dsl::program::{Late, Op, OpId, OutcomeId, Program, StepId};
use cobro_dsl::values::NaiveDate;

/// What a run is judged by: its program and the law of the place.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The program.
    pub program: &'a Program,
    /// The law pack with its holidays.
    pub law: &'a Law,
}

/// Takes one input for one account and carries the run on until it is parked or has ended.
///
/// `account` is the index into [`Customer::accounts`]. A timer input for a run that is not due at `now` does
/// nothing. Effects are appended to `effects`, in the order in which they were asked for.
pub fn advance<R: Recorder>(
    context: Context<'_>,
    customer: &mut Customer,
    account: usize,
    input: &Input,
    now: Instant,
    recorder: &mut R,
    effects: &mut Vec<Effect>,
) {
    if customer.accounts.get(account).is_none() {
        return;
    }
    let zone = customer.zone.unwrap_or(context.program.zone);
    let today = now.local(zone).date();
    let mut walk = Walk {
        context,
        customer,
        index: account,
        now,
        zone,
        today,
        paid: None,
        recorder,
        effects,
        fired: Vec::new(),
        staged: Vec::new(),
        is_late: false,
    };
    match input {
        Input::Enter => walk.enter_when(false),
        Input::Timer => {
            walk.timer();
            walk.again_or_later();
        }
        Input::Event(event) => walk.event(event),
    }
    walk.rest();
}

/// Would the account enter the strategy on this day? Its condition holds, it owes in the strategy's currency,
/// and it has no run yet.
pub fn would_enter(program: &Program, customer: &Customer, account: &Account, today: NaiveDate) -> bool {
    account.run.is_none() && fits(program, customer, account, today)
}

fn fits(program: &Program, customer: &Customer, account: &Account, today: NaiveDate) -> bool {
    account.currency == program.currency
        && expr::holds(&program.exprs, program.enter, &Facts { customer, account, today })
}

/// Asks the gate again for a message that waits in the outbox: since it was decided the customer may have
/// paid, opted out, or the hour may have passed.
pub fn ask_again(
    context: Context<'_>,
    customer: &Customer,
    account: usize,
    message: &Message,
    decided: Option<Decided>,
    now: Instant,
) -> Answer {
    let debt = u16::try_from(account).unwrap_or(u16::MAX);
    let Some(account) = customer.accounts.get(account) else {
        return Answer::Never { rule: Rule::NoAddress };
    };
    let form = context.program.templates.get(usize::from(message.template.0));
    let Some(form) = form.and_then(|template| template.form(message.channel)) else {
        return Answer::Never { rule: Rule::NoForm };
    };
    gate::ask(&gate::Question {
        law: context.law,
        policy: &context.program.contact,
        customer,
        account,
        debt,
        zone: customer.zone.unwrap_or(context.program.zone),
        other_zones: context.law.other_zones(customer),
        channel: message.channel,
        purpose: form.purpose,
        now,
        decided,
        asks_identity: context.program.identity.is_some() && form.discloses,
    })
}

/// A message that waits, as it is to be written now; `None` when that is how it is written. Since it was decided the
/// customer may have paid a part, or have another address. A webhook tells what was so when it was decided.
///
/// # Errors
/// A fact that the message states is no longer known.
pub fn written_anew(
    context: Context<'_>,
    customer: &Customer,
    account: usize,
    message: &Message,
    now: Instant,
) -> Result<Option<Message>, Rule> {
    let form = context.program.templates.get(usize::from(message.template.0));
    let form =
        form.and_then(|template| template.form(message.channel)).filter(|_| message.webhook.is_empty());
    let (Some(form), Some(account)) = (form, customer.accounts.get(account)) else { return Ok(None) };
    let today = now.local(customer.zone.unwrap_or(context.program.zone)).date();
    let facts = Facts { customer, account, today };
    message::is_complete(form, &facts)?;
    let (subject, text) = message::written(form, &facts);
    let address = customer.address(message.channel).unwrap_or("").to_owned();
    let anew = Message { subject, text, address, ..message.clone() };
    Ok((anew != *message).then_some(anew))
}

/// Takes back a message that did not go out after all: its contact no longer counts, the row says why.
pub fn withdraw<R: Recorder>(
    customer: &mut Customer,
    account: usize,
    message: &Message,
    own_contact: Option<Instant>,
    rule: Rule,
    now: Instant,
    recorder: &mut R,
) {
    if let Some(at) = own_contact {
        let debt = u16::try_from(account).unwrap_or(u16::MAX);
        customer.contacts.forget(at, message.channel, debt);
    }
    if let Some(account) = customer.accounts.get_mut(account) {
        account.went_out(message.reach, message.channel, false);
    }
    recorder.record(now, account, || Entry::Withdrawn { message: message.number, rule });
}

/// One call of [`advance`] under way.
struct Walk<'a, R> {
    context: Context<'a>,
    customer: &'a mut Customer,
    index: usize,
    now: Instant,
    zone: chrono_tz::Tz,
    today: NaiveDate,
    /// The payment that is told of, while its handler is looked for.
    paid: Option<payment::Paid>,
    recorder: &'a mut R,
    effects: &'a mut Vec<Effect>,
    /// Handlers of conditions that had their turn in this call.
    fired: Vec<u32>,
    /// Stages that the run was moved to in this call.
    staged: Vec<StepId>,
    /// What was due is taken so late that the strategy sends nothing.
    is_late: bool,
}

/// Where the walk goes after an operation.
enum Next {
    /// On to an operation.
    Op(OpId),
    /// The run is parked or has ended.
    Rest,
}

/// A program that passed the checker rests long before this; the bound is for one that did not.
const OPERATIONS_MAX: usize = 10_000;

impl<R: Recorder> Walk<'_, R> {
    fn account(&self) -> Option<&Account> {
        self.customer.accounts.get(self.index)
    }

    fn account_mut(&mut self) -> Option<&mut Account> {
        self.customer.accounts.get_mut(self.index)
    }

    fn run(&self) -> Option<&Run> {
        self.account().and_then(|account| account.run.as_ref())
    }

    fn run_mut(&mut self) -> Option<&mut Run> {
        self.account_mut().and_then(|account| account.run.as_mut())
    }

    /// The account's number in the customer's ledger; one that has no number counts with the last.
    fn debt(&self) -> u16 {
        u16::try_from(self.index).unwrap_or(u16::MAX)
    }

    fn record(&mut self, make: impl FnOnce() -> Entry) {
        self.recorder.record(self.now, self.index, make);
    }

    /// Enters when the condition holds: an account without a run, or again one whose run has ended. Numbers of messages,
    /// tasks and calls go on, so that a late receipt is not taken for one of the new run.
    fn enter_when(&mut self, is_again: bool) {
        let program = self.context.program;
        let Some(account) = self.customer.accounts.get(self.index) else { return };
        let is_free = account.run.as_ref().is_none_or(|run| is_again && !run.is_open());
        if !is_free || !fits(program, self.customer, account, self.today) {
            return;
        }
        let numbers = account.run.as_ref().map(|run| (run.messages, run.tasks, run.calls));
        let (messages, tasks, calls) = numbers.unwrap_or_default();
        let start = self.led_to(program.start);
        let run = Run {
            version: program.version,
            entered_at: self.now,
            step: start,
            stack: Vec::new(),
            ended: None,
            channel: None,
            template: None,
            messages,
            tasks,
            calls,
            watch: Watch::default(),
            again_at: None,
            sent_at: None,
            paused_at: None,
            ran: Vec::new(),
        };
        let (now, index) = (self.now, self.index);
        self.rule_promise();
        let Some(account) = self.customer.accounts.get(self.index) else { return };
        let facts = Facts { customer: self.customer, account, today: self.today };
        self.recorder.record(now, index, || Entry::Entered {
            step: start.0,
            facts: expr::facts_seen(&program.exprs, program.enter, &facts),
        });
        if let Some(account) = self.account_mut() {
            account.run = Some(run);
        }
        self.runs(start);
        let Some(step) = program.steps.get(usize::from(start.0)) else { return };
        if program.has_conditions {
            // A condition of `always` that holds already comes before the first step.
            self.park(step.entry, Park::Gate, Some(now));
            self.conditions();
            self.timer();
        } else {
            self.walk(step.entry);
        }
    }

    /// Takes what time alone brings about, the earliest first: a promise or an instalment that is too late, which is told
    /// like an event and so comes before timers of its instant; then conditions that time changed; then the innermost
    /// place whose time has come.
    fn timer(&mut self) {
        loop {
            let now = self.now;
            let Some(account) = self.account() else { return };
            let promise = account.promises.open.map(|promise| promise.due_at).filter(|at| *at <= now);
            let plan = account.plans.next_wake().filter(|at| *at <= now);
            let told = promise.into_iter().chain(plan).min();
            let watch = self.run().filter(|run| run.paused_at.is_none());
            let watch = watch.and_then(|run| run.watch.wake).filter(|wake| *wake <= now);
            let place = self.due_place();
            let wake = place.and_then(|place| place.wake);
            let is_first =
                |at: Instant, others: [Option<Instant>; 2]| others.iter().flatten().all(|other| at <= *other);
            match (told, watch, place) {
                (Some(at), _, _) if is_first(at, [watch, wake]) => {
                    if promise == Some(at) {
                        self.break_promise();
                    } else {
                        self.plan_due();
                    }
                }
                (_, Some(at), _) if is_first(at, [wake, None]) => self.conditions(),
                (_, _, Some(place)) => {
                    if let Some(run) = self.run_mut() {
                        run.stack.pop();
                    }
                    let late = self.late(place);
                    let op = match late.and_then(|late| late.arrow) {
                        Some(arrow) => arrow,
                        None => self.fire(place),
                    };
                    self.is_late = late.is_some();
                    self.walk(op);
                    self.is_late = false;
                    self.conditions();
                }
                _ => return,
            }
        }
    }

    fn due_place(&self) -> Option<Place> {
        let place = self.run().filter(|run| run.paused_at.is_none())?.stack.last()?;
        place.wake.is_some_and(|wake| wake <= self.now).then_some(*place)
    }

    /// What the strategy says of a place whose time came so long ago: the engine was not running.
    fn late(&mut self, place: Place) -> Option<Late> {
        let late = self.context.program.late?;
        let planned = place.wake?;
        let from = calendar::add(planned, late.by, self.zone, &self.context.law.holidays);
        if self.now < from {
            return None;
        }
        self.record(|| Entry::Late { planned, op: place.op.0 });
        if let (Some(_), Park::Task(task)) = (late.arrow, place.park) {
            self.effects.push(Effect::CloseTask { task });
        }
        Some(late)
    }

    /// Where a run goes on from a place whose time has come.
    fn fire(&mut self, place: Place) -> OpId {
        let op = place.op;
        match (place.park, self.context.program.op(op)) {
            (Park::Wait, Op::Wait { timeout, .. })
            | (Park::Wait | Park::Call(_), Op::Await { timeout, .. }) => {
                self.record(|| Entry::TimedOut { op: op.0 });
                *timeout
            }
            (Park::Task(task), Op::Assign { timeout, .. }) => {
                self.record(|| Entry::TimedOut { op: op.0 });
                self.effects.push(Effect::CloseTask { task });
                *timeout
            }
            // The statement is asked again from its start.
            _ => op,
        }
    }

    /// Carries the run on from an operation until it rests. After a handler's end, a place below it whose
    /// time has come meanwhile is left to [`Walk::timer`].
    fn walk(&mut self, from: OpId) {
        let mut at = from;
        for _ in 0..OPERATIONS_MAX {
            match self.step(at) {
                Next::Op(next) => at = next,
                Next::Rest => return,
            }
        }
    }

    fn step(&mut self, at: OpId) -> Next {
        let program = self.context.program;
        match program.op(at) {
            Op::Send { .. } | Op::Escalate { .. } if self.is_held() => self.hold_back(at),
            Op::Send { channel, template, next, otherwise } => {
                self.send(at, *channel, *template, *next, *otherwise)
            }
            Op::Escalate { next } => self.escalate(at, *next),
            Op::Wait { until, timeout, .. } => self.wait(at, until, *timeout),
            Op::Branch { condition, then, otherwise } => self.branch(at, *condition, *then, *otherwise),
            Op::Assign { queue, priority, due, .. } => self.assign(at, *queue, *priority, *due),
            Op::Await { what, up_to, timeout, .. } => self.awaits(at, *what, *up_to, *timeout),
            Op::Note { text, next } => {
                self.record(|| Entry::Noted { note: *text });
                Next::Op(*next)
            }
            Op::Tag { name, is_on, next } => self.tag(at, *name, *is_on, *next),
            Op::Set { field, value, next } => self.set(at, *field, *value, *next),
            Op::Hold { until, because, next } => self.hold(at, until, because, *next),
            Op::Block { channel, next } => self.block(at, *channel, *next),
            Op::Release { next } => self.release(at, *next),
            Op::Repeat { times, body, .. } => self.repeat(at, *times, *body),
            Op::Again { repeat, body, next } => self.again(*repeat, *body, *next),
            Op::Split { experiment, ways, next } => self.split(at, *experiment, ways, *next),
            Op::Go(step) => self.go(at, *step),
            Op::End(outcome) => self.end(at, *outcome),
            Op::Resume => Next::Rest,
        }
    }

    fn branch(&mut self, at: OpId, condition: ExprId, then: OpId, otherwise: OpId) -> Next {
        let program = self.context.program;
        let Some(account) = self.customer.accounts.get(self.index) else { return Next::Rest };
        let facts = Facts { customer: self.customer, account, today: self.today };
        let held = expr::holds(&program.exprs, condition, &facts);
        self.recorder.record(self.now, self.index, || Entry::Branched {
            held,
            facts: expr::facts_seen(&program.exprs, condition, &facts),
            op: at.0,
        });
        Next::Op(if held { then } else { otherwise })
    }

    /// Takes an arrow: whatever the run was parked for in the step it leaves is over.
    fn go(&mut self, at: OpId, step: StepId) -> Next {
        let step = self.led_to(step);
        self.leave_places(0);
        if self.run().is_some_and(|run| run.step != step) {
            self.leave_stage();
        }
        self.record(|| Entry::WentTo { step: step.0, arrow: at.0 });
        if let Some(run) = self.run_mut() {
            run.step = step;
        }
        self.runs(step);
        self.listen_anew_in(step);
        match self.context.program.steps.get(usize::from(step.0)) {
            Some(step) => Next::Op(step.entry),
            None => Next::Rest,
        }
    }

    /// Notes when a step runs, when some wait is measured from it.
    fn runs(&mut self, step: StepId) {
        let now = self.now;
        if self.context.program.remembered.contains(&step)
            && let Some(run) = self.run_mut()
        {
            run.runs(step, now);
        }
    }

    fn end(&mut self, at: OpId, outcome: OutcomeId) -> Next {
        self.leave_places(0);
        self.leave_stage();
        self.record(|| Entry::Ended { outcome: outcome.0, arrow: at.0 });
        let now = self.now;
        if let Some(run) = self.run_mut() {
            run.ended = Some((outcome, now));
        }
        self.rest_before_again();
        Next::Rest
    }

    /// Leaves every place from a depth up; tasks that were open there are no longer wanted.
    fn leave_places(&mut self, depth: usize) {
        let Some(run) = self.customer.accounts.get_mut(self.index).and_then(|account| account.run.as_mut())
        else {
            return;
        };
        for place in run.stack.drain(depth.min(run.stack.len())..) {
            if let Park::Task(task) = place.park {
                self.effects.push(Effect::CloseTask { task });
            }
        }
    }

    fn park(&mut self, op: OpId, park: Park, wake: Option<Instant>) -> Next {
        self.listen_anew(op);
        if let Some(run) = self.run_mut() {
            run.stack.push(Place { op, park, wake });
        }
        Next::Rest
    }
}
