//! The dispatcher: mark, ask the gate again, hand over, record.
//!
//! In: a store, programs, a channel, the moment. Out: messages at providers, each at most once. Absent:
//! deciding what to send; that was `advance`'s, and is only taken back here.
//!
//! A message is marked in a transaction of its own before the provider is called. Whatever happens then, no
//! road leads from an unknown end back to sending: a second message can break the law.

use super::backoff;
use super::channel::{Channel, Handover};
use super::executor::history;
use super::programs::Programs;
use super::store::{
    Change, Error, Handed, InboxInput, NewInput, OutboxRow, Outcome, Result, Stop, Store, TakeWanted, Tenant,
};
use crate::advance::{ask_again, withdraw, written_anew};
use crate::calendar::Instant;
use crate::contacts::Contact;
use crate::customer::Customer;
use crate::gate::{Answer, Decided, Law, Reach, Rule};
use crate::input::{Arrived, Event};
use crate::record::Rows;
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// How a dispatcher works.
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    /// Its name, for people.
    pub worker: &'a str,
    /// The clock of leases, which is the machine's own. It is asked before each message: the last of many may be
    /// reached when the marks have run out.
    pub clock: &'a (dyn Fn() -> Instant + Sync),
    /// How long marks last, in milliseconds. Messages are handed over in the first half only, so that the last
    /// has the second for itself.
    pub lease_millis: i64,
    /// How many messages it marks at once.
    pub messages_at_once: u32,
}

/// What a tick did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Done {
    /// Messages marked.
    pub marked: u64,
    /// Taken by the provider.
    pub accepted: u64,
    /// Refused by the provider, or put off too often.
    pub refused: u64,
    /// Back in the queue for later.
    pub later: u64,
    /// Taken back: the gate said no.
    pub withdrawn: u64,
    /// Nobody knows.
    pub unknown: u64,
    /// Messages that could not be judged: a bug of ours, or a version that is not known here.
    pub problems: u64,
    /// Messages put back because their strategy version is not known here yet: it has just been deployed.
    pub unready: u64,
}

/// Answers are kept after so many messages: each commit costs a write to the disk, and each answer that was
/// not kept is an unknown after a crash.
const RECORDED_AT_ONCE: usize = 16;

/// A message that cannot be judged is looked at again after so long.
const PROBLEM_PAUSE_MILLIS: i64 = 3_600_000;

/// One round over the messages that are due by `now`.
pub async fn tick<S: Store, C: Channel>(
    store: &S,
    tenant: &Tenant,
    programs: &Programs,
    channel: &C,
    settings: Settings<'_>,
    now: Instant,
) -> Result<Done> {
    // Read at once: whatever takes its time from here on is counted.
    let clock = (settings.clock)();
    // What is stopped as a whole is not even marked.
    if store.stops(tenant).await?.iter().any(|stopped| stopped.stop == Stop::All) {
        return Ok(Done::default());
    }
    let want = TakeWanted {
        now,
        clock,
        worker: settings.worker,
        until: clock.plus_millis(settings.lease_millis),
        limit: settings.messages_at_once,
    };
    let in_time = clock.plus_millis(settings.lease_millis / 2);
    // Time goes on while messages are handed over: the gate is asked about the moment at which one would go out.
    let moment = || now.plus_millis((settings.clock)().0.saturating_sub(clock.0));
    let taken = store.take_outbox(tenant, want).await?;
    let mut done = Done { marked: taken.rows.len() as u64, ..Done::default() };
    let mut customers: BTreeMap<String, (u64, Customer)> =
        taken.customers.into_iter().map(|known| (known.1.id.clone(), known)).collect();
    let mut waiting: Vec<Waiting> = Vec::new();
    for row in taken.rows {
        let known = customers.get(&row.customer);
        if programs.may_grow() && programs.get(row.run.version).is_none() {
            done.unready += 1;
            waiting.push(later(&row, row.not_before, row.attempts, row.why.clone()));
            continue;
        }
        if (settings.clock)() > in_time {
            done.later += 1;
            waiting.push(later(&row, row.not_before, row.attempts, row.why.clone()));
            continue;
        }
        let state = known.map_or(0, |known| known.0);
        let verdict = match judge(programs, known, &row, moment()) {
            // Messages are marked many at once, and the last of them goes out long after they were.
            Verdict::Send => match still_to_send(store, tenant, programs, state, &row, moment()).await {
                // The store may have taken its time.
                Verdict::Send if (settings.clock)() > in_time => {
                    Verdict::Kept(Box::new(later(&row, row.not_before, row.attempts, row.why.clone())))
                }
                Verdict::Send => judge(programs, known, &row, moment()),
                verdict => verdict,
            },
            verdict => verdict,
        };
        let now = moment();
        let waits = match verdict {
            Verdict::Send => {
                let handover = match row.message.called() {
                    None => never_panicking(channel.send(&row)).await,
                    Some(_) => never_panicking(channel.call(&row)).await,
                };
                hand_over(programs, known, &row, handover, now)
            }
            Verdict::Kept(waits) => *waits,
            Verdict::Problem(why) => {
                done.problems += 1;
                later(&row, now.plus_millis(PROBLEM_PAUSE_MILLIS), row.attempts, why.to_owned())
            }
        };
        count(&mut done, &waits.handed.outcome);
        // A changed customer is kept at once, so that their next message is judged by what is kept.
        let is_change = waits.handed.change.is_some();
        waiting.push(waits);
        if is_change || waiting.len() >= RECORDED_AT_ONCE {
            record(store, tenant, &mut waiting, &mut customers, &mut done, moment()).await?;
        }
    }
    record(store, tenant, &mut waiting, &mut customers, &mut done, moment()).await?;
    Ok(done)
}

/// What became of a message, until it is kept; and what is kept instead when the customer has changed meanwhile.
struct Waiting {
    handed: Handed,
    otherwise: Outcome,
}

/// A message that somebody has stopped is looked at again after so long.
const STOPPED_PAUSE_MILLIS: i64 = 60_000;

/// Asks the store once more, last of all: a payment or an opt-out that was accepted since the message was marked
/// stops it, and so does a person.
async fn still_to_send<S: Store>(
    store: &S,
    tenant: &Tenant,
    programs: &Programs,
    state: u64,
    row: &OutboxRow,
    now: Instant,
) -> Verdict {
    let strategy = programs.get(row.run.version).map_or("", |judged| judged.program.name.as_str());
    let is_stopped = match store.stops(tenant).await {
        Ok(stops) => stops.into_iter().find(|stopped| stopped.stop.holds(row, strategy)),
        // Who cannot ask does not send.
        Err(_) => return Verdict::Kept(Box::new(later(row, now, row.attempts, MEANWHILE.to_owned()))),
    };
    if let Some(stopped) = is_stopped {
        let (at, why) = (now.plus_millis(STOPPED_PAUSE_MILLIS), format!("stopped: {}", stopped.why));
        return Verdict::Kept(Box::new(later(row, at, row.attempts, why)));
    }
    let at = match store.moved_on(tenant, &row.customer, state).await {
        Ok(None) => return Verdict::Send,
        Ok(Some(at)) => at.max(now),
        // It has not gone out, whatever is wrong with the store.
        Err(_) => now,
    };
    Verdict::Kept(Box::new(later(row, at, row.attempts, MEANWHILE.to_owned())))
}

/// What the gate, asked again, says.
enum Verdict {
    Send,
    /// It does not go out now; this is to be kept.
    Kept(Box<Waiting>),
    Problem(&'static str),
}

/// Between queueing and now the customer may have paid, opted out, or the hour may have passed.
fn judge(programs: &Programs, customer: Option<&(u64, Customer)>, row: &OutboxRow, now: Instant) -> Verdict {
    let Some(known) = customer else { return Verdict::Problem("the customer is not there") };
    // A call to another system reaches no customer, so the gate is not asked.
    if row.message.called().is_some() {
        return Verdict::Send;
    }
    let (state, customer) = known;
    let Some(judged) = programs.get(row.run.version) else {
        return Verdict::Problem("the strategy version is not known here");
    };
    let account = customer.accounts.iter().position(|known| known.id == row.run.account);
    let Some(account) = account else { return Verdict::Problem("the account is not there") };
    let asked = catch_unwind(AssertUnwindSafe(|| {
        let own = own_contact(&judged.law, customer, row);
        let decided = Decided { at: row.decided_at, reach: row.message.reach, contact: own };
        let withdrawn = |rule: Rule| {
            let mut changed = customer.clone();
            let mut rows = Rows::default();
            withdraw(&mut changed, account, &row.message, own, rule.clone(), now, &mut rows);
            let history = history(&changed, account, judged, rows).collect();
            let handed = Handed {
                id: row.id.clone(),
                customer: row.customer.clone(),
                mark: row.mark,
                outcome: Outcome::Withdrawn { why: words(&rule) },
                inputs: not_delivered(customer, account, row, now),
                message: None,
                change: Some(Change { state: *state, customer: changed, history }),
            };
            // Nothing was sent, and the gate will be asked about the customer as they are.
            let otherwise = Outcome::Later { not_before: now, attempts: 0, why: MEANWHILE.to_owned() };
            Verdict::Kept(Box::new(Waiting { handed, otherwise }))
        };
        match ask_again(judged.context(), customer, account, &row.message, Some(decided), now) {
            Answer::Now { reach, .. } => {
                let zone = customer.zone.unwrap_or(judged.program.zone);
                if judged.law.counts(reach) && own.is_none_or(|own| is_long_ago(own, now, zone)) {
                    return Verdict::Kept(Box::new(moved(
                        known,
                        own,
                        row,
                        now,
                        "it goes out later than decided",
                    )));
                }
                match written_anew(judged.context(), customer, account, &row.message, now) {
                    Ok(None) => Verdict::Send,
                    Ok(Some(message)) => {
                        let mut waits = later(row, row.not_before, row.attempts, ANEW.to_owned());
                        waits.handed.message = Some(message);
                        Verdict::Kept(Box::new(waits))
                    }
                    Err(rule) => withdrawn(rule),
                }
            }
            // The gate means later than now; a message that is due again at once would spin.
            Answer::NotBefore { at, rule } if !matches!(rule, Rule::Hold { .. }) => {
                let at = at.max(now.plus_millis(1));
                Verdict::Kept(Box::new(moved(known, own, row, at, &words(&rule))))
            }
            // Nor does a message wait for the end of a hold: it would speak of a day long past, its contact would stand
            // in the way of other debts until then, and who lifts the hold would not reach it.
            Answer::NotBefore { rule, .. } | Answer::Never { rule } => withdrawn(rule),
        }
    }));
    asked.unwrap_or(Verdict::Problem("the engine panicked"))
}

const ANEW: &str = "what it says has changed meanwhile";
const MEANWHILE: &str = "the customer has changed meanwhile";

/// The moment at which a message stands in its customer's ledger: that of its decision, or the one to which it
/// was put off.
fn own_contact(law: &Law, customer: &Customer, row: &OutboxRow) -> Option<Instant> {
    let (channel, reach) = (row.message.channel, row.message.reach);
    let was_counted = law.counts(reach);
    let put_off_to = Some(row.not_before).filter(|at| was_counted || *at != row.decided_at);
    let decided_at = was_counted.then_some(row.decided_at);
    put_off_to
        .into_iter()
        .chain(decided_at)
        .find(|at| reach != Reach::Exempt && customer.contacts.holds(*at, channel, debt_of(customer, row)))
}

/// What the customer's ledger knows the message's debt by.
fn debt_of(customer: &Customer, row: &OutboxRow) -> u16 {
    let place = customer.accounts.iter().position(|known| known.id == row.run.account);
    place.and_then(|place| u16::try_from(place).ok()).unwrap_or(u16::MAX)
}

/// A message that goes out on another day than its contact, or noticeably later, would let another one go out too
/// soon after it.
fn is_long_ago(contact: Instant, now: Instant, zone: chrono_tz::Tz) -> bool {
    const NOTICEABLE_MILLIS: i64 = 60_000;
    now.0.saturating_sub(contact.0) > NOTICEABLE_MILLIS
        || now.local(zone).date() != contact.local(zone).date()
}

/// A message that waits until a moment counts as a contact of that moment, and durably so before it goes out.
fn moved(
    (state, customer): &(u64, Customer),
    own: Option<Instant>,
    row: &OutboxRow,
    at: Instant,
    why: &str,
) -> Waiting {
    let mut waits = later(row, at, row.attempts, why.to_owned());
    if row.message.reach == Reach::Exempt {
        return waits;
    }
    let channel = row.message.channel;
    let debt = debt_of(customer, row);
    let mut customer = customer.clone();
    if let Some(own) = own {
        customer.contacts.forget(own, channel, debt);
    }
    customer.contacts.record(Contact::new(at, channel, debt, row.message.number));
    waits.handed.change = Some(Change { state: *state, customer, history: Vec::new() });
    waits.otherwise =
        Outcome::Later { not_before: row.not_before, attempts: row.attempts, why: MEANWHILE.to_owned() };
    waits
}

fn words(rule: &Rule) -> String {
    serde_json::to_string(rule).unwrap_or_default()
}

/// The strategy hears that a message did not arrive, if the run that sent it is still the account's run:
/// another run counts its messages anew.
fn not_delivered(customer: &Customer, account: usize, row: &OutboxRow, now: Instant) -> Vec<NewInput> {
    let run = customer.accounts.get(account).and_then(|known| known.run.as_ref());
    if run.is_none_or(|run| run.entered_at != row.run.entered_at) {
        return Vec::new();
    }
    let event = Event::MessageNotDelivered { message: row.message.number };
    vec![NewInput {
        source: "dispatcher".to_owned(),
        id: row.id.clone(),
        account: row.run.account.clone(),
        what: InboxInput::Event(Arrived { event, occurred_at: now }),
    }]
}

/// The strategy hears what became of its call, if the run that made it is still the account's run. Of an unknown one it
/// hears nothing, and its time limit decides.
fn answered(
    customer: Option<&Customer>,
    row: &OutboxRow,
    call: u32,
    outcome: &Outcome,
    now: Instant,
) -> Vec<NewInput> {
    let is_done = match outcome {
        Outcome::Accepted { .. } => true,
        Outcome::Refused { .. } => false,
        Outcome::Later { .. } | Outcome::Withdrawn { .. } | Outcome::Unknown => return Vec::new(),
    };
    let account = customer.and_then(|it| it.accounts.iter().find(|known| known.id == row.run.account));
    let run = account.and_then(|account| account.run.as_ref());
    if run.is_none_or(|run| run.entered_at != row.run.entered_at) {
        return Vec::new();
    }
    let event = Event::WebhookAnswered { call, is_done };
    vec![NewInput {
        source: "dispatcher".to_owned(),
        id: row.id.clone(),
        account: row.run.account.clone(),
        what: InboxInput::Event(Arrived { event, occurred_at: now }),
    }]
}

fn later(row: &OutboxRow, not_before: Instant, attempts: u32, why: String) -> Waiting {
    Waiting::of(row, Outcome::Later { not_before, attempts, why })
}

impl Waiting {
    fn of(row: &OutboxRow, outcome: Outcome) -> Waiting {
        let (id, customer) = (row.id.clone(), row.customer.clone());
        let otherwise = outcome.clone();
        let handed =
            Handed { id, customer, mark: row.mark, outcome, change: None, inputs: Vec::new(), message: None };
        Waiting { handed, otherwise }
    }
}

/// What the provider's answer means for the message.
fn hand_over(
    programs: &Programs,
    known: Option<&(u64, Customer)>,
    row: &OutboxRow,
    handover: Handover,
    now: Instant,
) -> Waiting {
    let outcome = match handover {
        Handover::Accepted { provider_id } => Outcome::Accepted { provider_id },
        Handover::Refused { why } => Outcome::Refused { why },
        Handover::Unknown => Outcome::Unknown,
        Handover::Later { why } => {
            let attempts = row.attempts.saturating_add(1);
            match backoff::pause(attempts) {
                Some(millis) => return busy(programs, known, row, now.plus_millis(millis), attempts, why),
                None => Outcome::Refused { why },
            }
        }
    };
    let mut waits = Waiting::of(row, outcome);
    if let Some(call) = row.message.called() {
        waits.handed.inputs = answered(known.map(|known| &known.1), row, call, &waits.handed.outcome, now);
        return waits;
    }
    if let (Outcome::Refused { .. }, Some((state, customer))) = (&waits.handed.outcome, known) {
        waits.handed.change = missed(programs, *state, customer, row);
        let account = customer.accounts.iter().position(|known| known.id == row.run.account);
        waits.handed.inputs =
            account.map_or_else(Vec::new, |account| not_delivered(customer, account, row, now));
    }
    waits
}

/// The provider is asked again after a pause. The message's contact goes with it: seven days after its decision are,
/// were it by seconds, not yet seven days after it went out.
fn busy(
    programs: &Programs,
    known: Option<&(u64, Customer)>,
    row: &OutboxRow,
    at: Instant,
    attempts: u32,
    why: String,
) -> Waiting {
    let mut waits = later(row, at, attempts, why);
    let law = programs.get(row.run.version).map(|judged| &judged.law);
    let own = law.zip(known).and_then(|(law, known)| own_contact(law, &known.1, row));
    if let (Some(own), Some(known)) = (own, known) {
        waits.handed.change = moved(known, Some(own), row, at, "").handed.change;
    }
    waits
}

/// What a provider refused has reached nobody: an attempt where the law counts those, and no contact where it counts
/// contacts. An unknown one may have reached somebody.
fn missed(programs: &Programs, state: u64, customer: &Customer, row: &OutboxRow) -> Option<Change> {
    let own = own_contact(&programs.get(row.run.version)?.law, customer, row)?;
    let mut customer = customer.clone();
    customer.contacts.missed(own, row.message.channel, debt_of(&customer, row)).then_some(Change {
        state,
        customer,
        history: Vec::new(),
    })
}

fn count(done: &mut Done, outcome: &Outcome) {
    match outcome {
        Outcome::Accepted { .. } => done.accepted += 1,
        Outcome::Refused { .. } => done.refused += 1,
        Outcome::Later { .. } => done.later += 1,
        Outcome::Withdrawn { .. } => done.withdrawn += 1,
        Outcome::Unknown => done.unknown += 1,
    }
}

/// Keeps what became of messages.
async fn record<S: Store>(
    store: &S,
    tenant: &Tenant,
    waiting: &mut Vec<Waiting>,
    customers: &mut BTreeMap<String, (u64, Customer)>,
    done: &mut Done,
    now: Instant,
) -> Result<()> {
    if waiting.is_empty() {
        return Ok(());
    }
    let waiting = std::mem::take(waiting);
    let handed: Vec<Handed> = waiting.iter().map(|waits| waits.handed.clone()).collect();
    let answers = store.record(tenant, handed, now).await?;
    let mut again = Vec::new();
    for (waits, answer) in waiting.into_iter().zip(answers) {
        match (answer, waits.handed.change.is_some()) {
            (Ok(state), true) => {
                if let Some(change) = waits.handed.change {
                    customers.insert(waits.handed.customer, (state, change.customer));
                }
            }
            (Err(Error::Conflict { .. }), true) => again.push(without_change(done, waits)),
            (Ok(_), false) => {}
            // Somebody has made it unknown meanwhile, and unknown it stays.
            (Err(Error::Conflict { .. }), false) => {}
            (Err(error @ (Error::Corrupt { .. } | Error::Unavailable(_))), _) => return Err(error),
        }
    }
    if !again.is_empty() {
        store.record(tenant, again, now).await?;
    }
    Ok(())
}

/// What to keep when the customer has changed meanwhile. A withdrawal goes back to the queue. A refusal stands,
/// and its contact stays one that may have arrived: that is the stricter side.
fn without_change(done: &mut Done, waits: Waiting) -> Handed {
    let Waiting { mut handed, otherwise } = waits;
    handed.change = None;
    if matches!(handed.outcome, Outcome::Withdrawn { .. }) {
        done.withdrawn = done.withdrawn.saturating_sub(1);
        done.later += 1;
        handed.inputs = Vec::new();
    }
    handed.outcome = otherwise;
    handed
}

/// A channel that panics may or may not have sent.
async fn never_panicking(send: impl Future<Output = Handover> + Send) -> Handover {
    let mut send = pin!(send);
    poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| send.as_mut().poll(context)))
            .unwrap_or(Poll::Ready(Handover::Unknown))
    })
    .await
}
