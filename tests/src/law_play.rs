//! Strategies, customers and events by chance, played through the engine and judged by the oracle.
//!
//! In: a country's code, a seed. Out: how many answers of the gate were judged, and how many were wrong: breaches,
//! needless deferrals, needless refusals. The same seed gives the same. Absent: law; the oracle has it. What people do
//! is in [`crate::law_chance`].

use crate::law_chance::{self, Dice, Played, letter};
use crate::oracle::{Kind, Log};
use anyhow::Context as _;
use cobro_dsl::values::Channel;
use cobro_engine::advance::Context;
use cobro_engine::calendar::Instant;
use cobro_engine::customer::Customer;
use cobro_engine::effect::Effect;
use cobro_engine::gate::{Law, Reach, Rule};
use cobro_engine::input::Input;
use cobro_engine::record::{Entry, EventSeen, Row, Rows};
use cobro_engine::timeline::{Timeline, World};
use std::collections::BTreeMap;

/// Messages of a strategy.
const SENDS: u64 = 60;

/// What was judged.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// Messages that went out.
    pub sent: u64,
    /// Times that the gate put a message off.
    pub deferred: u64,
    /// Times that the gate said never.
    pub refused: u64,
    /// Of those, the times that the oracle knows no reason.
    pub needless_refusals: u64,
    /// Messages that went out against the law, or against the strategy's own limits, by rule.
    pub breaches: BTreeMap<String, u64>,
    /// Deferrals that the oracle would not have made.
    pub needless: u64,
    /// The first thing that was wrong, in words.
    pub first: Option<String>,
}

impl Verdict {
    /// Adds another.
    pub fn add(&mut self, other: Verdict) {
        self.sent += other.sent;
        self.deferred += other.deferred;
        self.refused += other.refused;
        self.needless_refusals += other.needless_refusals;
        self.needless += other.needless;
        for (rule, count) in other.breaches {
            *self.breaches.entry(rule).or_default() += count;
        }
        self.first = self.first.take().or(other.first);
    }

    /// Everything that was wrong.
    pub fn wrong(&self) -> u64 {
        self.broken() + self.needless + self.needless_refusals
    }

    /// Breaches of every rule.
    pub fn broken(&self) -> u64 {
        self.breaches.values().sum()
    }
}

/// The world of a simulated run: messages come to people, who do what they do by chance.
struct Chance<'a> {
    played: &'a Played,
    dice: &'a mut Dice,
}

impl World for Chance<'_> {
    fn take(&mut self, _: &Customer, account: usize, effect: Effect, now: Instant, timeline: &mut Timeline) {
        let Effect::SendMessage(message) = effect else { return };
        for (at, event) in law_chance::reactions(self.played, self.dice, message.number, message.channel, now)
        {
            timeline.push(at, account, Input::Event(event));
        }
    }
}

/// Plays one strategy by chance with some customers, and judges every row. `alter` may change the law that the
/// gate knows, to see that the oracle notices.
pub fn round(code: &str, seed: u64, customers: u64, alter: &dyn Fn(&mut Law)) -> anyhow::Result<Verdict> {
    let mut dice = Dice::new(seed);
    let Some(mut played) = Played::draw(code, SENDS, &mut dice)? else { return Ok(Verdict::default()) };
    alter(&mut played.law);
    let mut verdict = Verdict::default();
    for _ in 0..customers {
        verdict.add(one(&played, &mut dice)?);
    }
    Ok(verdict)
}

fn one(played: &Played, dice: &mut Dice) -> anyhow::Result<Verdict> {
    let mut customer = law_chance::person(played, dice).context("a person")?;
    let log = played.log(&customer);
    let start = law_chance::start(dice).context("a start")?;
    let mut timeline = Timeline::default();
    timeline.push(start, 0, Input::Enter);
    timeline.push(start.plus_millis(dice.below(200_000_000) as i64), 1, Input::Enter);
    let mut rows = Rows::default();
    let until = start.plus_millis(law_chance::DAYS * 24 * 3_600_000);
    let context = Context { program: &played.program, law: &played.law };
    timeline.play(context, &mut customer, until, &mut rows, &mut Chance { played, dice });
    Ok(judge(played, log, &rows.0, dice))
}

/// Judges a finished history, row by row.
pub fn judge(played: &Played, log: Log<'_>, rows: &[Row], dice: &mut Dice) -> Verdict {
    let mut judge = Judge { played, log, verdict: Verdict::default(), dice };
    for row in rows {
        judge.row(row);
    }
    judge.verdict
}

struct Judge<'a, 'b> {
    played: &'a Played,
    log: Log<'a>,
    verdict: Verdict,
    dice: &'b mut Dice,
}

impl Judge<'_, '_> {
    fn row(&mut self, row: &Row) {
        let (at, debt) = (row.at.0, row.account);
        match &row.entry {
            Entry::Sent { channel, message, reach, template, passed, .. } => {
                self.passed(passed.iter().map(|it| (it.channel, &it.rule)), *template, row);
                let kind = self.kind(*template, *channel, at);
                let wrong = match (reach, kind) {
                    (Reach::Reply, Kind::Contact) => Some("no conversation"),
                    (Reach::Exempt, Kind::Contact | Kind::Answer) => Some("no receipt"),
                    _ => self
                        .log
                        .forbids_for_good(letter(*channel), debt, kind)
                        .or_else(|| self.log.forbids(at, letter(*channel), debt, kind)),
                };
                self.verdict.sent += 1;
                if let Some(rule) = wrong {
                    *self.verdict.breaches.entry(rule.to_owned()).or_default() += 1;
                    self.tell(format!("{rule}: {} of {debt} at {}", channel.word(), self.when(at)));
                }
                self.log.sent(at, letter(*channel), debt, *message, kind);
            }
            Entry::Deferred { channel, until, template, passed, .. } => {
                self.passed(passed.iter().map(|it| (it.channel, &it.rule)), *template, row);
                self.deferred(row, *channel, *template, *until);
            }
            Entry::Refused { channel: Some(channel), rule, template, passed, .. } => {
                self.never(*channel, rule, *template, row);
                self.passed(passed.iter().map(|it| (it.channel, &it.rule)), *template, row);
            }
            Entry::Escalated { skipped, .. } => {
                self.passed(skipped.iter().map(|it| (it.channel, &it.rule)), self.played.ask, row);
            }
            Entry::Withdrawn { message, .. } => self.log.withdrawn(debt, *message),
            Entry::Happened { event, .. } => self.happened(at, debt, event),
            _ => {}
        }
    }

    fn happened(&mut self, at: i64, debt: usize, event: &EventSeen) {
        let letters = |words: &[String]| {
            let channels = words.iter().filter_map(|word| Channel::parse(word));
            channels.map(letter).collect::<Vec<char>>()
        };
        let log = &mut self.log;
        match event {
            EventSeen::Delivered { message } | EventSeen::Read { message } => {
                log.receipt(debt, *message, true)
            }
            EventSeen::NotDelivered { message } => log.receipt(debt, *message, false),
            EventSeen::Response { channel, .. } => log.answered(at, letter(*channel), debt),
            EventSeen::WrongPerson { channel } => log.elsewhere(letter(*channel)),
            EventSeen::Moved { zone } => {
                if let Ok(zone) = zone.parse() {
                    log.moved(zone);
                }
            }
            EventSeen::ContactMade { channel, made_at, answered } => {
                log.by_hand(made_at.0, letter(*channel), debt, *answered);
            }
            EventSeen::OptedOut { channels } => log.person.left.extend(letters(channels)),
            EventSeen::OptedIn { channels } => {
                for channel in letters(channels) {
                    log.person.left.remove(&channel);
                    log.person.authorised.get_or_insert_default().insert(channel);
                }
            }
            EventSeen::Payment { amount, .. } => *log.person.owed.entry(debt).or_default() -= amount,
            EventSeen::IdentityVerified { channel } => {
                log.identified(channel.as_deref().and_then(Channel::parse).map(letter), true)
            }
            EventSeen::IdentityNotVerified { channel } => {
                log.identified(channel.as_deref().and_then(Channel::parse).map(letter), false)
            }
            EventSeen::HoldPlaced { until, .. } => {
                if let Ok(until) = until.parse() {
                    log.held(debt, until);
                }
            }
            EventSeen::HoldReleased => _ = log.person.held.remove(&debt),
            EventSeen::DisputeOpened { .. } => _ = log.person.disputed.insert(debt),
            // Who is right is asked for nothing until the books are put right.
            EventSeen::DisputeClosed { upheld: Some(true) } => {}
            EventSeen::DisputeClosed { .. } => _ = log.person.disputed.remove(&debt),
            _ => {}
        }
    }

    fn kind(&self, template: u16, channel: Channel, at: i64) -> Kind {
        if template != self.played.ask {
            Kind::Receipt
        } else if self.log.is_talking(at, letter(channel)) {
            Kind::Answer
        } else {
            Kind::Contact
        }
    }

    /// Channels that were passed over on the way to another.
    fn passed<'r>(&mut self, passed: impl Iterator<Item = (Channel, &'r Rule)>, template: u16, row: &Row) {
        for (channel, rule) in passed {
            self.never(channel, rule, template, row);
        }
    }

    /// The gate said never: is it never, by what is known now?
    fn never(&mut self, channel: Channel, rule: &Rule, template: u16, row: &Row) {
        self.verdict.refused += 1;
        let (at, debt, kind) = (row.at.0, row.account, self.kind(template, channel, row.at.0));
        let is_never = match rule {
            Rule::NoPermittedTime => self.log.is_shut_for_a_year(at, letter(channel), debt, kind),
            _ => self.log.forbids_for_good(letter(channel), debt, kind).is_some(),
        };
        if !is_never {
            self.verdict.needless_refusals += 1;
            self.tell(format!("refused {} of {debt} at {}: {rule:?}", channel.word(), self.when(at)));
        }
    }

    fn deferred(&mut self, row: &Row, channel: Channel, template: u16, until: Instant) {
        self.verdict.deferred += 1;
        let (at, debt) = (row.at.0, row.account);
        // What is a reply now may be a contact by then; the gate answers for the message as it is now.
        let kind = self.kind(template, channel, at);
        let span = (until.0 - at).max(1) as u64;
        let mut moments = vec![at, until.0 - 1, (until.0 - 600_000).max(at)];
        moments.extend((0..3).map(|_| at + self.dice.below(span) as i64));
        let on = letter(channel);
        let early = moments.iter().find(|moment| self.log.forbids(**moment, on, debt, kind).is_none());
        let late = self.log.forbids(until.0, on, debt, kind);
        let never = self.log.forbids_for_good(on, debt, kind);
        if early.is_some() || late.is_some() || never.is_some() {
            self.verdict.needless += 1;
            let early = early.map(|early| self.when(*early));
            let (from, until) = (self.when(at), self.when(until.0));
            self.tell(format!("put off {on} of {debt} at {from} to {until}: {early:?} {late:?} {never:?}"));
        }
    }

    fn when(&self, at: i64) -> String {
        Instant(at).rfc3339(self.log.zone())
    }

    fn tell(&mut self, what: String) {
        self.verdict.first.get_or_insert(what);
    }
}
