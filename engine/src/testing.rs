//! Runs the language's `test` blocks in virtual time.
//!
//! In: a program and a test. Out: the whole trace, which expectations held, and the arrows taken. Absent: its
//! own idea of what a strategy means; it calls `advance` like everybody else.

use crate::advance::Context;
use crate::advance::split::way_of;
use crate::calendar::{self, Instant};
use crate::customer::VERIFIED_FOR_EVER;
use crate::customer::payment::Payment;
use crate::customer::promise::Promises;
use crate::customer::{Account, Customer, Invoice};
use crate::effect::Effect;
use crate::guarantee::{self, Prices};
use crate::input::{Answer, Event, Input};
use crate::record::{Entry, Row, Rows, Taker};
use crate::timeline::{Timeline, World};
use cobro_dsl::program::coverage::Coverage;
use cobro_dsl::program::test::{Expectation, Happening, Line, Moment, Test, What};
use cobro_dsl::program::{Op, Program};
use cobro_dsl::values::{Channel, ChannelSet, Lang, Money, NaiveDate, NaiveDateTime, Number, Role, Value};
use cobro_dsl::vocabulary::Fact;

/// What became of a test.
pub struct Outcome {
    /// Everything that happened.
    pub rows: Vec<Row>,
    /// Expectations that did not hold, in the author's order.
    pub failures: Vec<Failure>,
    /// What of the strategy it went through.
    pub coverage: Coverage,
}

/// An expectation that did not hold.
pub struct Failure {
    /// Its line in the text, from 1.
    pub line: u32,
    /// Why, in Spanish.
    pub es: String,
    /// Why, in English.
    pub en: String,
}

/// A test plays at most so long after its last line: a strategy that runs longer is cut off.
pub const PLAY_DAYS: i64 = 400;

/// Plays a test to its end. A guarantee of the strategy that the run breaks fails the test; that of cost is asked when
/// there are prices.
pub fn run(context: Context<'_>, test: &Test, prices: &Prices) -> Outcome {
    let mut customer = customer(context.program, test);
    let zone = customer.zone.unwrap_or(context.program.zone);
    let mut timeline = Timeline::default();
    let mut answers = Answers { program: context.program, test };
    let mut rows = Rows::default();
    let start = Instant::resolve(test.start, zone);
    timeline.push(start, 0, Input::Enter);
    let mut marks = Vec::new();
    let mut moment = start;
    for line in &test.script {
        if let What::Happens(when, happening) = &line.what {
            moment = at(context, *when, moment, zone);
            // Everything before the happening first; then it comes before the timers of its own instant.
            timeline.play(context, &mut customer, moment.plus_millis(-1), &mut rows, &mut answers);
            timeline.play_due_events(context, &mut customer, moment, &mut rows, &mut answers);
            marks.push(rows.0.len());
            if let Some(event) = event(context.program, &customer, happening, moment) {
                timeline.push(moment, 0, Input::Event(event));
            }
            timeline.play_due_events(context, &mut customer, moment, &mut rows, &mut answers);
        }
    }
    let until = moment.plus_millis(PLAY_DAYS * 24 * 3600 * 1000);
    timeline.play(context, &mut customer, until, &mut rows, &mut answers);
    let mut check = Check { context, zone, rows: &rows.0, from: 0, quiet_from: None, failures: Vec::new() };
    let mut marks = marks.into_iter().peekable();
    for line in &test.script {
        match &line.what {
            What::Happens(_, happening) => {
                // Nothing happened: what was expected to be quiet is the time that passed, too.
                check.quiet_from = match happening {
                    Happening::Nothing => check.quiet_from.or(Some(check.from)),
                    _ => None,
                };
                check.from = marks.next().unwrap_or(check.from).max(check.from);
            }
            What::Expect(expectation) => {
                let until = marks.peek().copied().unwrap_or(rows.0.len());
                check.one(line, expectation, until);
            }
        }
    }
    let mut failures = check.failures;
    let breaches = guarantee::check(context, &customer, &rows.0, prices, until);
    failures.extend(breaches.iter().map(|breach| broken(context, zone, breach)));
    let coverage = coverage(&rows.0);
    Outcome { rows: rows.0, failures, coverage }
}

/// A guarantee that the run broke.
fn broken(context: Context<'_>, zone: chrono_tz::Tz, breach: &guarantee::Breach) -> Failure {
    let at = breach.at.local(zone).format("%Y-%m-%d %H:%M");
    let words = |lang| guarantee::words(context.program, breach.guarantee, lang);
    let line = context.program.origin.guarantees.get(breach.guarantee).map_or(0, |(_, line)| *line);
    Failure {
        line,
        es: format!("garantía rota el {at}: {}", words(Lang::Es)),
        en: format!("guarantee broken at {at}: {}", words(Lang::En)),
    }
}

/// What of a strategy a history went through.
pub fn coverage(rows: &[Row]) -> Coverage {
    let mut coverage = Coverage::default();
    for row in rows {
        match &row.entry {
            Entry::Entered { step, .. } => {
                coverage.steps.insert(*step);
            }
            Entry::WentTo { step, arrow } => {
                coverage.steps.insert(*step);
                coverage.arrows.insert(*arrow);
            }
            Entry::Staged { step, is_back, arrow, .. } => {
                coverage.steps.insert(*step);
                // Coming down is no arrow.
                if !is_back {
                    coverage.arrows.insert(*arrow);
                }
            }
            Entry::Ended { outcome, arrow } => {
                coverage.outcomes.insert(*outcome);
                coverage.arrows.insert(*arrow);
            }
            Entry::Happened { taker: Taker::Wait(handler) | Taker::Always(handler), .. }
            | Entry::Held { handler, taker: Taker::Wait(_) | Taker::Always(_), .. } => {
                coverage.handlers.insert(*handler);
            }
            _ => {}
        }
    }
    coverage
}

/// The world of a test does nothing by itself but answer calls: only what the script says happens.
struct Answers<'a> {
    program: &'a Program,
    test: &'a Test,
}

impl World for Answers<'_> {
    fn take(&mut self, _: &Customer, account: usize, effect: Effect, now: Instant, timeline: &mut Timeline) {
        let Effect::CallWebhook { call, webhook } = effect else { return };
        if let Some(is_done) = called(self.test, self.program.name(webhook)) {
            timeline.push(now, account, Input::Event(Event::WebhookAnswered { call, is_done }));
        }
    }
}

/// What comes of calling a webhook in a test: done, unless its account says that it failed, or (`None`) that nobody knows.
pub fn called(test: &Test, webhook: &str) -> Option<bool> {
    let known = test.account.webhooks.iter().find(|(name, _)| name == webhook);
    known.map_or(Some(true), |(_, is_answered)| is_answered.then_some(false))
}

/// When a line of a script happens.
pub fn at(context: Context<'_>, when: Moment, before: Instant, zone: chrono_tz::Tz) -> Instant {
    match when {
        Moment::After(lapse) => calendar::add(before, lapse, zone, &context.law.holidays),
        Moment::At(local) => Instant::resolve(local, zone),
    }
}

/// The customer of a test. Facts that a message needs and the test leaves out are filled in with plain ones,
/// so that a test says only what matters to it.
pub fn customer(program: &Program, test: &Test) -> Customer {
    let facts = &test.account;
    let mut customer = Customer::new("customer");
    customer.phone = Some(facts.phone.clone().unwrap_or_else(|| "+51900000000".to_owned()));
    customer.email = Some(facts.email.clone().unwrap_or_else(|| "customer@example.com".to_owned()));
    for address in [&mut customer.phone, &mut customer.email] {
        // An empty address in a test says that there is none.
        if address.as_deref() == Some("") {
            *address = None;
        }
    }
    customer.zone = facts.zone;
    customer.authorised = Some(facts.authorised.unwrap_or(ChannelSet::ALL));
    let mut account = Account::new(account_id(program, &facts.groups), program.currency);
    account.invoices = facts.invoices.iter().enumerate().map(invoice).collect();
    account.invoices.sort_by_key(|invoice| invoice.due_on);
    let text = |fact: Fact, text: &str| (fact, Value::Text(text.to_owned()));
    account.facts = facts.facts.clone();
    account.fields = facts.fields.clone();
    account.tags = facts.tags.iter().cloned().collect();
    account.disputed = account.stated(Fact::Disputed) == Some(&Value::Truth(true));
    let is = |fact: Fact| account.stated(fact) == Some(&Value::Truth(true));
    account.role = match (is(Fact::IsReference), is(Fact::IsGuarantor)) {
        (true, _) => Role::Reference,
        (false, true) => Role::Guarantor,
        (false, false) => facts.role,
    };
    let stated = |fact: Fact| match account.stated(fact) {
        Some(Value::Number(number)) => u32::try_from(number.0 / Number::SCALE).unwrap_or(0),
        _ => 0,
    };
    let (kept, broken) = (stated(Fact::KeptPromises), stated(Fact::BrokenPromises));
    let partly = stated(Fact::PartlyKeptPromises);
    let broken_plans = stated(Fact::BrokenPlans);
    account.promises = Promises { kept, partly, broken, ..Promises::default() };
    account.plans.broken = broken_plans;
    account.dispute_reason = match account.stated(Fact::DisputeReason) {
        Some(Value::Text(reason)) => Some(reason.clone()),
        _ => None,
    };
    if account.stated(Fact::IdentityVerified) == Some(&Value::Truth(true)) {
        customer.verified = [Some(VERIFIED_FOR_EVER); 4];
    }
    let name = facts.name.as_deref().unwrap_or("Ana");
    for (fact, value) in [
        text(Fact::Name, name),
        text(Fact::Company, "Comercial Andina"),
        text(Fact::PayLink, "https://example.com/p/1"),
    ] {
        if account.stated(fact).is_none() {
            account.facts.push((fact, value));
        }
    }
    let others = facts.others.iter().enumerate().map(|(at, other)| {
        let mut debt = Account::new(format!("other-{}", at + 1), program.currency);
        debt.invoices = vec![invoice((at, other))];
        debt.role = account.role;
        debt.facts = account.facts.iter().filter(|(fact, _)| *fact == Fact::Company).cloned().collect();
        debt
    });
    let others: Vec<Account> = others.collect();
    customer.accounts.push(account);
    customer.accounts.extend(others);
    customer
}

fn invoice((at, (amount, due_on)): (usize, &(Money, NaiveDate))) -> Invoice {
    Invoice {
        id: format!("F-{}", at + 1),
        issued_on: None,
        due_on: *due_on,
        amount: amount.minor,
        open: amount.minor,
    }
}

/// The key of an account that takes these ways of these experiments: keys are tried one after another.
fn account_id(program: &Program, groups: &[(String, String)]) -> String {
    let takes = |id: &str| {
        groups.iter().all(|(experiment, way)| {
            program.ops.iter().all(|op| match op {
                Op::Split { experiment: name, ways, .. } if program.name(*name) == experiment => {
                    way_of(ways, experiment, id).is_some_and(|taken| program.name(taken.name) == way)
                }
                _ => true,
            })
        })
    };
    let keys = (2..KEYS_MAX).map(|number| format!("account-{number}"));
    std::iter::once("account".to_owned()).chain(keys).find(|id| takes(id)).unwrap_or("account".to_owned())
}

/// So many keys are tried: a way of one account in a hundred is found among the first thousand.
const KEYS_MAX: u32 = 10_000;

/// The event of a happening, as it would come from outside.
pub fn event(program: &Program, customer: &Customer, happening: &Happening, now: Instant) -> Option<Event> {
    let run = customer.accounts.first().and_then(|account| account.run.as_ref());
    let message = run.map_or(0, |run| run.messages);
    let channel = run.and_then(|run| run.channel).unwrap_or(Channel::Whatsapp);
    Some(match happening {
        Happening::Payment(amount) => {
            let payments = customer.accounts.first().map_or(0, |account| account.payments.kept.len());
            let reference = Some(format!("payment {}", payments + 1));
            Event::PaymentReceived { amount: amount.minor, invoice: None, reference }
        }
        Happening::PaymentReversed(amount) => {
            let payments = customer.accounts.first().map_or(&[][..], |account| &account.payments.kept);
            let is_it = |payment: &&Payment| {
                !payment.is_back && amount.is_none_or(|amount| amount.minor == payment.amount)
            };
            let payment = payments.iter().rev().find(is_it);
            let reference = payment.map_or_else(|| "payment".to_owned(), |payment| payment.reference.clone());
            Event::PaymentReversed { reference }
        }
        Happening::Promise(amount, on) => Event::PromiseMade { on: *on, amount: amount.minor },
        Happening::Response(button) => Event::ResponseReceived {
            channel,
            answer: Answer::Button(program.name(*button).to_owned()),
            said_at: None,
        },
        Happening::Says(text) => {
            Event::ResponseReceived { channel, answer: Answer::Text(text.clone()), said_at: None }
        }
        Happening::Delivered => Event::MessageDelivered { message },
        Happening::Read => Event::MessageRead { message },
        Happening::NotDelivered => Event::MessageNotDelivered { message },
        Happening::OptOut => Event::OptedOut { channels: ChannelSet::ALL },
        Happening::OptIn(channel) => {
            let one = channel.map(|channel| ChannelSet::default().with(channel));
            Event::OptedIn { channels: one.unwrap_or(ChannelSet::ALL) }
        }
        Happening::BalanceChanged(amount) => Event::BalanceChanged { balance: amount.minor.max(0) },
        Happening::Event(name) => Event::Custom { name: program.name(*name).to_owned() },
        Happening::Dispute(reason) => Event::DisputeOpened { reason: reason.clone() },
        Happening::DisputeClosed => Event::DisputeClosed { upheld: None },
        Happening::DisputeUpheld => Event::DisputeClosed { upheld: Some(true) },
        Happening::DisputeRejected => Event::DisputeClosed { upheld: Some(false) },
        Happening::PlanAccepted(plan) => Event::PlanAccepted { plan: plan.clone() },
        Happening::PlanRejected => Event::PlanRejected,
        Happening::Verified => Event::IdentityVerified { channel: None },
        Happening::NotVerified => Event::IdentityFailed { channel: None },
        Happening::WrongPerson => Event::WrongPersonReached { channel },
        Happening::Hold(until, because) => Event::HoldPlaced { until: *until, because: because.clone() },
        Happening::Release => Event::HoldReleased,
        Happening::Done(result) => {
            // A task that was taken away may still be reported by who worked on it.
            let task = run.map_or(0, |run| run.open_tasks().next_back().unwrap_or(run.tasks));
            Event::TaskDone { task, result: program.name(*result).to_owned() }
        }
        Happening::MovesTo(zone) => Event::Moved { zone: *zone },
        Happening::AgentContact { channel, answered } => {
            Event::ContactMade { channel: *channel, made_at: now, answered: *answered }
        }
        Happening::Nothing => return None,
    })
}

struct Check<'a> {
    context: Context<'a>,
    zone: chrono_tz::Tz,
    rows: &'a [Row],
    /// Rows before this one are behind us.
    from: usize,
    /// Where the time began that passed with nothing, up to `from`.
    quiet_from: Option<usize>,
    failures: Vec<Failure>,
}

impl Check<'_> {
    fn one(&mut self, line: &Line, expectation: &Expectation, until: usize) {
        let rest = || self.rows.iter().enumerate().skip(self.from);
        match expectation {
            Expectation::Send { channel, template, at } => {
                let is_it = |row: &Row| match &row.entry {
                    Entry::Sent { channel: on, template: sent, .. } => {
                        channel.is_none_or(|wanted| wanted == *on)
                            && template.is_none_or(|wanted| wanted.0 == *sent)
                            && at.is_none_or(|at| self.minute(row.at) == at)
                    }
                    _ => false,
                };
                match rest().find(|(_, row)| is_it(row)).map(|(at, _)| at) {
                    Some(found) => self.pass(found),
                    None => self.no_such_send(line),
                }
            }
            Expectation::NoSend { after } => {
                let is_send = |row: &Row| matches!(row.entry, Entry::Sent { .. });
                let found = match after {
                    Some(after) => self.rows.iter().find(|row| is_send(row) && self.minute(row.at) > *after),
                    None => {
                        let from = self.quiet_from.unwrap_or(self.from);
                        self.rows.get(from..until).unwrap_or(&[]).iter().find(|row| is_send(row))
                    }
                };
                if let Some(row) = found {
                    let line_of = self.line_of(row);
                    self.fail(
                        line,
                        format!("se envió un mensaje: {line_of}"),
                        format!("a message was sent: {line_of}"),
                    );
                }
            }
            Expectation::End { outcome, at } => {
                let ended = self.rows.iter().find_map(|row| match &row.entry {
                    Entry::Ended { outcome, .. } => Some((*outcome, row)),
                    _ => None,
                });
                let program = self.context.program;
                match ended {
                    Some((found, row))
                        if found == outcome.0 && at.is_none_or(|at| self.minute(row.at) == at) => {}
                    Some((_, row)) => {
                        let line_of = self.line_of(row);
                        self.fail(line, format!("terminó así: {line_of}"), format!("it ended so: {line_of}"));
                    }
                    None => {
                        let name = program.outcome_name(*outcome);
                        let es = format!("la cuenta no terminó; se esperaba `{name}`");
                        self.fail(line, es, format!("the account did not end; `{name}` was expected"));
                    }
                }
            }
            Expectation::Step(step) => {
                let is_it = |row: &Row| match &row.entry {
                    Entry::WentTo { step: to, .. }
                    | Entry::Staged { step: to, .. }
                    | Entry::Entered { step: to, .. } => *to == step.0,
                    _ => false,
                };
                match rest().find(|(_, row)| is_it(row)).map(|(at, _)| at) {
                    Some(found) => self.pass(found),
                    None => {
                        let name = self.context.program.step_name(*step);
                        let es = format!("la cuenta no llegó al paso `{name}`");
                        self.fail(line, es, format!("the account did not come to the step `{name}`"));
                    }
                }
            }
            Expectation::Task(queue) => {
                let is_it =
                    |row: &Row| matches!(&row.entry, Entry::Assigned { queue: to, .. } if *to == queue.0);
                match rest().find(|(_, row)| is_it(row)).map(|(at, _)| at) {
                    Some(found) => self.pass(found),
                    None => {
                        let name = self.context.program.name(*queue);
                        let es = format!("no se abrió ninguna tarea en la cola `{name}`");
                        self.fail(line, es, format!("no task was opened in the queue `{name}`"));
                    }
                }
            }
            Expectation::NoEntry => {
                if let Some(row) = self.rows.iter().find(|row| matches!(row.entry, Entry::Entered { .. })) {
                    let line_of = self.line_of(row);
                    self.fail(
                        line,
                        format!("la cuenta entró: {line_of}"),
                        format!("the account entered: {line_of}"),
                    );
                }
            }
        }
    }

    /// What comes next is looked for behind this row.
    fn pass(&mut self, found: usize) {
        (self.from, self.quiet_from) = (found + 1, None);
    }

    fn no_such_send(&mut self, line: &Line) {
        let next = self.rows.iter().skip(self.from).find(|row| matches!(row.entry, Entry::Sent { .. }));
        let (es, en) = match next.map(|row| self.line_of(row)) {
            Some(next) => {
                (format!("lo siguiente enviado fue: {next}"), format!("what was sent next: {next}"))
            }
            None => ("después de esto no se envió nada".to_owned(), "nothing was sent after this".to_owned()),
        };
        self.fail(line, es, en);
    }

    fn line_of(&self, row: &Row) -> String {
        crate::trace::line(self.context.program, self.zone, row)
    }

    fn fail(&mut self, line: &Line, es: String, en: String) {
        self.failures.push(Failure { line: line.line, es, en });
    }

    /// Local time to the minute, as a test writes it.
    fn minute(&self, at: Instant) -> NaiveDateTime {
        let at = Instant(at.0 - at.0.rem_euclid(60_000));
        at.local(self.zone)
    }
}
