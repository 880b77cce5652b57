//! Strategies, customers and events by chance, played through the engine and judged by the oracle.
//!
//! In: a country's code, a seed. Out: how many contacts were judged, and the breaches and needless deferrals. The
//! same seed gives the same. Absent: law; the oracle has it.

use crate::oracle::{self, Letter, Span2, Text};
use anyhow::{Context as _, ensure};
use chrono_tz::Tz;
use cobro_dsl::law::Laws;
use cobro_dsl::program::Program;
use cobro_dsl::values::{Channel, Currency, NaiveDate};
use cobro_engine::advance::Context;
use cobro_engine::calendar::Instant;
use cobro_engine::customer::{Account, Customer, Invoice};
use cobro_engine::effect::Effect;
use cobro_engine::gate::{Law, Reach};
use cobro_engine::input::{Answer, Event, Input};
use cobro_engine::record::{Entry, EventSeen, Row, Rows};
use cobro_engine::timeline::{Timeline, World};
use std::collections::BTreeMap;

/// What was judged.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// Messages that went out.
    pub sent: u64,
    /// Times that the gate put a message off.
    pub deferred: u64,
    /// Times that the gate found no permitted moment.
    pub refused: u64,
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
        self.needless += other.needless;
        for (rule, count) in other.breaches {
            *self.breaches.entry(rule).or_default() += count;
        }
        self.first = self.first.take().or(other.first);
    }

    /// Breaches of every rule.
    pub fn broken(&self) -> u64 {
        self.breaches.values().sum()
    }
}

/// A repeatable stream of small numbers (SplitMix64).
pub struct Dice(u64);

impl Dice {
    /// A stream of its own for each seed.
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    /// From 0 to below `sides`.
    pub fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides.max(1)
    }

    fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }
}

/// A strategy by chance: what it says, and its own limits in the oracle's words.
struct Drawn {
    text: String,
    own_hours: Option<&'static str>,
    own_most: Vec<(usize, Span2)>,
    zone: Tz,
}

const SENDS: u64 = 60;

fn draw(code: &str, dice: &mut Dice) -> Drawn {
    let zone = dice.one_of(&oracle::zones(code));
    let own_hours = match dice.below(3) {
        0 => Some(dice.one_of(&["10:00-12:00", "09:30-17:45", "11:00-16:00"])),
        _ => None,
    };
    let mut own_most = Vec::new();
    if dice.below(3) == 0 {
        own_most.push((1, Span2::Day));
    }
    if dice.below(3) == 0 {
        own_most.push((1 + dice.below(2) as usize, Span2::Week));
    }
    let mut contact = String::new();
    if let Some((from, to)) = own_hours.and_then(|hours| hours.split_once('-')) {
        contact.push_str(&format!("    hours mon-sun {from}-{to}\n"));
    }
    for (most, span) in &own_most {
        let span = if *span == Span2::Day { "day" } else { "week" };
        contact.push_str(&format!("    at most {most} per {span}\n"));
    }
    let mut body = String::new();
    for _ in 0..SENDS {
        let channel = dice.one_of(&["whatsapp", "email", "sms", "call", "call"]);
        body.push_str(&format!("    send {channel} template ask else {{ note \"no\" }}\n"));
        let wait = dice.one_of(&[
            "20 minutes",
            "3 hours",
            "7 hours",
            "1 day",
            "26 hours",
            "2 days",
            "1 business day",
        ]);
        if dice.below(4) > 0 {
            body.push_str(&format!("    wait {wait}\n"));
        }
    }
    let channels = ["whatsapp", "email", "sms", "call"];
    let form = |channel: &str| {
        let subject = if channel == "email" { "  subject \"s\"\n" } else { "" };
        format!("template ask for {channel} {{\n  purpose reminder\n{subject}  text \"hello\"\n}}\n")
    };
    let forms: String = channels.map(form).concat();
    let text = format!(
        "strategy s {{\n  currency USD\n  timezone {}\n  law {}\n  contact {{\n{contact}    ladder whatsapp > sms\n  }}\n  \
         enter when balance > 0 USD\n  start a\n  step a {{\n{body}    end f\n  }}\n  end f\n}}\n{forms}",
        zone.name(),
        code.replace('-', "_")
    );
    Drawn { text, own_hours, own_most, zone }
}

/// What customers do, by chance.
struct Chance<'a> {
    dice: &'a mut Dice,
}

impl World for Chance<'_> {
    fn take(&mut self, _: &Customer, account: usize, effect: Effect, now: Instant, timeline: &mut Timeline) {
        let Effect::SendMessage(message) = effect else { return };
        let mut push = |dice: &mut Dice, most: u64, event: Event| {
            let at = now.plus_millis(1 + dice.below(most) as i64);
            timeline.push(at, account, Input::Event(event));
        };
        let number = message.number;
        match self.dice.below(10) {
            0..4 => push(self.dice, 3_600_000, Event::MessageNotDelivered { message: number }),
            4..7 => push(self.dice, 7_200_000, Event::MessageDelivered { message: number }),
            7 => {
                let answer = Answer::Text("yes".to_owned());
                push(self.dice, 90_000_000, Event::ResponseReceived { channel: message.channel, answer });
            }
            _ => {}
        }
        if self.dice.below(20) == 0 {
            // A call of the customer's own, and a receipt that comes too late.
            let answer = Answer::Text("hello".to_owned());
            push(self.dice, 400_000_000, Event::ResponseReceived { channel: Channel::Call, answer });
            push(self.dice, 200_000_000, Event::MessageDelivered { message: number });
        }
    }
}

fn letter(channel: Channel) -> Letter {
    match channel {
        Channel::Whatsapp => 'w',
        Channel::Email => 'e',
        Channel::Sms => 's',
        Channel::Call => 'c',
    }
}

/// Plays one strategy by chance with some customers, and judges every row. `alter` may change the law that the
/// gate knows, to see that the oracle notices.
pub fn round(code: &str, seed: u64, customers: u64, alter: &dyn Fn(&mut Law)) -> anyhow::Result<Verdict> {
    let mut dice = Dice::new(seed);
    let drawn = draw(code, &mut dice);
    let laws = Laws::shipped();
    let compiled = cobro_dsl::compile("chance.cobro", &drawn.text, &laws);
    // A strategy looser than its law is refused; those are not played.
    if compiled.has_errors() {
        let looser = compiled.findings.iter().any(|finding| finding.problem.name() == "looser-than-law");
        let codes: Vec<&str> = compiled.findings.iter().map(|finding| finding.problem.name()).collect();
        ensure!(looser, "{code}: {codes:?} in\n{}", drawn.text);
        return Ok(Verdict::default());
    }
    let program = compiled.program(Some("s")).context("the strategy")?;
    let mut law = Law::new(laws.get(code).context("a pack")?.clone());
    alter(&mut law);
    let context = Context { program, law: &law };
    let text = oracle::text(code).with(drawn.own_hours, drawn.own_most.clone());
    let mut verdict = Verdict::default();
    for _ in 0..customers {
        verdict.add(one(context, &text, drawn.zone, code, &mut dice)?);
    }
    Ok(verdict)
}

fn one(
    context: Context<'_>,
    text: &Text,
    strategy: Tz,
    code: &str,
    dice: &mut Dice,
) -> anyhow::Result<Verdict> {
    let program: &Program = context.program;
    let own = if dice.below(3) == 0 { None } else { Some(dice.one_of(&oracle::zones(code))) };
    let mut customer = Customer::new("c");
    customer.phone = Some("+10000000000".to_owned());
    customer.email = Some("c@example.org".to_owned());
    customer.zone = own;
    let usd = Currency::parse("USD").context("a currency")?;
    for id in ["1", "2"] {
        let mut account = Account::new(id, usd);
        let due_on = NaiveDate::from_ymd_opt(2020, 1, 1).context("a day")?;
        account.invoices =
            vec![Invoice { id: id.to_owned(), issued_on: None, due_on, amount: 100, open: 100 }];
        customer.accounts.push(account);
    }
    // From 2024 to the middle of 2027, so that the last contact still stands in the years of the list of holidays.
    let first =
        NaiveDate::from_ymd_opt(2024, 1, 1).and_then(|day| day.and_hms_opt(0, 0, 0)).context("a day")?;
    let start = Instant::from_utc(first).plus_millis(dice.below(3 * 365 * 24 * 60) as i64 * 60_000);
    let mut timeline = Timeline::default();
    timeline.push(start, 0, Input::Enter);
    timeline.push(start.plus_millis(dice.below(200_000_000) as i64), 1, Input::Enter);
    let mut rows = Rows::default();
    let until = start.plus_millis(500 * 24 * 3_600_000);
    timeline.play(context, &mut customer, until, &mut rows, &mut Chance { dice });
    let _ = program;
    Ok(judge(text, own, strategy, &rows.0, dice))
}

/// Judges a finished log, row by row.
fn judge(text: &Text, own: Option<Tz>, strategy: Tz, rows: &[Row], dice: &mut Dice) -> Verdict {
    let mut log = text.log(own, strategy);
    let mut verdict = Verdict::default();
    for row in rows {
        let (at, debt) = (row.at.0, row.account);
        match &row.entry {
            Entry::Sent { channel, message, reach, .. } => {
                let channel = letter(*channel);
                verdict.sent += 1;
                let is_answer = log.is_talking(at, channel);
                let wrong = match reach {
                    Reach::Reply if !is_answer => Some("no conversation"),
                    Reach::Exempt => Some("no receipt"),
                    _ => log.forbids(at, channel, debt, is_answer),
                };
                if let Some(rule) = wrong {
                    *verdict.breaches.entry(rule.to_owned()).or_default() += 1;
                    let told = || {
                        format!("{rule}: {channel} of {debt} at {}", row.at.rfc3339(own.unwrap_or(strategy)))
                    };
                    verdict.first.get_or_insert_with(told);
                }
                log.sent(at, channel, debt, *message, is_answer);
            }
            Entry::Deferred { channel, until, .. } => {
                verdict.deferred += 1;
                let channel = letter(*channel);
                // What is a reply now may be a contact by then; the gate answers for the message as it is now.
                let is_answer = log.is_talking(at, channel);
                let span = (until.0 - at).max(1) as u64;
                let mut moments = vec![at, until.0 - 1, (until.0 - 600_000).max(at)];
                moments.extend((0..3).map(|_| at + dice.below(span) as i64));
                let early =
                    moments.iter().find(|moment| log.forbids(**moment, channel, debt, is_answer).is_none());
                let late = log.forbids(until.0, channel, debt, is_answer);
                if early.is_some() || late.is_some() {
                    verdict.needless += 1;
                    let zone = own.unwrap_or(strategy);
                    let when = |at: i64| Instant(at).rfc3339(zone);
                    let told = || {
                        let (early, until) = (early.map(|early| when(*early)), when(until.0));
                        format!("put off {channel} of {debt} at {} to {until}: {early:?} {late:?}", when(at))
                    };
                    verdict.first.get_or_insert_with(told);
                }
            }
            Entry::Refused { .. } => verdict.refused += 1,
            Entry::Happened { event, .. } => match event {
                EventSeen::Delivered { message } | EventSeen::Read { message } => {
                    log.receipt(debt, *message, true)
                }
                EventSeen::NotDelivered { message } => log.receipt(debt, *message, false),
                EventSeen::Response { channel, .. } => log.answered(at, letter(*channel), debt),
                _ => {}
            },
            _ => {}
        }
    }
    verdict
}
