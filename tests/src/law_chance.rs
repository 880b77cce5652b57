//! Strategies, people and what they do, by chance: what the gate is judged on.
//!
//! In: a country's code, dice. Out: a strategy with its law, customers, events. The same dice give the same. Absent:
//! judging.

use crate::oracle::{self, Letter, Log, Span2, Text};
use anyhow::{Context as _, ensure};
use chrono_tz::Tz;
use cobro_dsl::law::Laws;
use cobro_dsl::program::Program;
use cobro_dsl::values::{Channel, ChannelSet, Currency, NaiveDate, Role, Value};
use cobro_dsl::vocabulary::Fact;
use cobro_engine::calendar::Instant;
use cobro_engine::customer::{Account, Customer, Invoice, VERIFIED_FOR_EVER};
use cobro_engine::gate::Law;
use cobro_engine::input::{Answer, Event};

/// A run is played for so many days.
pub const DAYS: i64 = 500;

/// A country that has no pack.
const ELSEWHERE: &str = "ZZ";

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

    /// One of some.
    pub fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }
}

/// A strategy by chance: what it says, and its own limits in the oracle's words.
struct Drawn {
    text: String,
    own_hours: Option<&'static str>,
    own_most: Vec<(usize, Span2)>,
    own_identity: bool,
    zone: Tz,
}

fn draw(code: &str, sends: u64, dice: &mut Dice) -> Drawn {
    // One strategy in eight is written by somebody far away.
    let zone = match dice.below(8) {
        0 => chrono_tz::Asia::Tokyo,
        _ => dice.one_of(&oracle::zones(code)),
    };
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
    for _ in 0..sends {
        let channel = dice.one_of(&["whatsapp", "email", "sms", "call", "call"]);
        let sends = [
            format!("    send {channel} template ask else {{ note \"no\" }}\n"),
            format!("    send {channel} template thanks\n"),
            format!("    send {channel} template details\n"),
            "    send template ask else { note \"no\" }\n".to_owned(),
            "    escalate\n".to_owned(),
        ];
        let [named, thanks, details, any, escalate] = sends;
        body.push_str(&match dice.below(24) {
            0 => thanks,
            4 | 5 => details,
            1 | 2 => any,
            3 => escalate,
            _ => named,
        });
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
        let of = |name: &str, purpose: &str, text: &str| {
            format!("template {name} for {channel} {{\n  purpose {purpose}\n{subject}  text \"{text}\"\n}}\n")
        };
        of("ask", "reminder", "you owe {{balance}}")
            + &of("thanks", "receipt", "thank you")
            + &of("details", "information", "as you asked")
    };
    let forms: String = channels.map(form).concat();
    let text = format!(
        "strategy s {{\n  currency USD\n  timezone {}\n  law {}\n  contact {{\n{contact}    ladder whatsapp > email > sms > call\n  }}\n  \
         enter when balance > 0 USD\n  start a\n  step a {{\n    send whatsapp template ask\n    send whatsapp template thanks\n{body}    end f\n  }}\n  end f\n}}\n{forms}",
        zone.name(),
        code.replace('-', "_")
    );
    Drawn { text, own_hours, own_most, own_identity: dice.below(4) == 0, zone }
}

/// A strategy that is played, with its law and the oracle's.
pub struct Played {
    /// The country.
    pub code: String,
    /// The strategy as text.
    pub text: String,
    /// The strategy.
    pub program: Program,
    /// The gate's law.
    pub law: Law,
    /// The message that asks for payment; the others ask for nothing.
    pub ask: u16,
    /// The receipt of a payment.
    pub thanks: u16,
    oracle: Text,
    zone: Tz,
}

impl Played {
    /// Draws a strategy of so many messages. `None` when it is looser than its law, which the checker refuses.
    pub fn draw(code: &str, sends: u64, dice: &mut Dice) -> anyhow::Result<Option<Played>> {
        let drawn = draw(code, sends, dice);
        let laws = Laws::shipped();
        let compiled = cobro_dsl::compile("chance.cobro", &drawn.text, &laws);
        if compiled.has_errors() {
            let looser = compiled.findings.iter().any(|finding| finding.problem.name() == "looser-than-law");
            let codes: Vec<&str> = compiled.findings.iter().map(|finding| finding.problem.name()).collect();
            ensure!(looser, "{code}: {codes:?} in\n{}", drawn.text);
            return Ok(None);
        }
        let mut program = compiled.programs.into_iter().next().context("the strategy")?;
        // Here and not in the text: there the checker would ask for a step that verifies, and the gate would have less to do.
        program.identity = drawn.own_identity.then_some(None);
        let place = |name: &str| program.templates.iter().position(|template| template.name == name);
        let (ask, thanks) = place("ask").zip(place("thanks")).context("messages")?;
        Ok(Some(Played {
            code: code.to_owned(),
            text: drawn.text,
            program,
            law: Law::new(laws.get(code).context("a pack")?.clone()),
            ask: ask as u16,
            thanks: thanks as u16,
            oracle: oracle::text(code)
                .with(drawn.own_hours, drawn.own_most)
                .with_identity(drawn.own_identity),
            zone: drawn.zone,
        }))
    }

    /// The oracle's empty log of a customer.
    pub fn log(&self, customer: &Customer) -> Log<'_> {
        let mut log = self.oracle.log(customer.zone, self.zone);
        let person = &mut log.person;
        person.authorised = customer.authorised.map(|channels| channels.iter().map(letter).collect());
        if customer.phone.is_none() {
            person.missing.extend(['w', 's', 'c']);
        }
        if customer.email.is_none() {
            person.missing.insert('e');
        }
        let today = NaiveDate::MIN;
        let verified = Channel::ALL.into_iter().filter(|channel| customer.is_verified_on(*channel, today));
        person.verified = verified.map(letter).collect();
        for (debt, account) in customer.accounts.iter().enumerate() {
            person.owed.insert(debt, 100);
            if account.role == Role::Reference {
                person.reference.insert(debt);
            }
            let known = |account: &Account| account.stated(Fact::Country).cloned();
            let of_others = || customer.accounts.iter().find_map(known);
            if known(account).or_else(of_others) == Some(Value::Text(ELSEWHERE.to_owned())) {
                person.abroad.insert(debt);
            }
        }
        log
    }
}

/// The oracle's letter of a channel.
pub fn letter(channel: Channel) -> Letter {
    match channel {
        Channel::Whatsapp => 'w',
        Channel::Email => 'e',
        Channel::Sms => 's',
        Channel::Call => 'c',
    }
}

/// A person with two debts of 100.
pub fn person(played: &Played, dice: &mut Dice) -> Option<Customer> {
    let mut customer = Customer::new("c");
    customer.phone = (dice.below(12) > 0).then(|| "+10000000000".to_owned());
    customer.email = (dice.below(12) > 0).then(|| "c@example.org".to_owned());
    customer.zone = (dice.below(3) > 0).then(|| dice.one_of(&oracle::zones(&played.code)));
    customer.authorised = match dice.below(8) {
        0 => None,
        1 | 2 => Some(ChannelSet(dice.below(16) as u8)),
        _ => Some(ChannelSet::ALL),
    };
    if dice.below(2) == 0 {
        customer.verified = [Some(VERIFIED_FOR_EVER); 4];
    }
    for id in ["1", "2"] {
        let mut account = Account::new(id, Currency::parse("USD")?);
        let due_on = NaiveDate::from_ymd_opt(2020, 1, 1)?;
        account.invoices =
            vec![Invoice { id: id.to_owned(), issued_on: None, due_on, amount: 100, open: 100 }];
        account.role = match dice.below(16) {
            0 => Role::Reference,
            1 => Role::Guarantor,
            _ => Role::Debtor,
        };
        let own = played.code.split('-').next().unwrap_or(&played.code);
        let country = match dice.below(24) {
            0 => Some(ELSEWHERE),
            1..8 => Some(own),
            _ => None,
        };
        account.facts.extend(country.map(|code| (Fact::Country, Value::Text(code.to_owned()))));
        customer.accounts.push(account);
    }
    Some(customer)
}

/// From 2024 to the middle of 2027, so that the last contact still stands in the years of the list of holidays.
pub fn start(dice: &mut Dice) -> Option<Instant> {
    let first = NaiveDate::from_ymd_opt(2024, 1, 1).and_then(|day| day.and_hms_opt(0, 0, 0))?;
    Some(Instant::from_utc(first).plus_millis(dice.below(3 * 365 * 24 * 60) as i64 * 60_000))
}

/// What comes of a message, and what else happens meanwhile.
pub fn reactions(
    played: &Played,
    dice: &mut Dice,
    number: u32,
    channel: Channel,
    now: Instant,
) -> Vec<(Instant, Event)> {
    let mut all = Vec::new();
    let mut push = |dice: &mut Dice, most: u64, event: Event| {
        all.push((now.plus_millis(1 + dice.below(most) as i64), event));
    };
    match dice.below(10) {
        0..4 => push(dice, 3_600_000, Event::MessageNotDelivered { message: number }),
        4..7 => push(dice, 7_200_000, Event::MessageDelivered { message: number }),
        7 => {
            let answer = Answer::Text("yes".to_owned());
            push(dice, 90_000_000, Event::ResponseReceived { channel, answer, said_at: None });
        }
        _ => {}
    }
    if dice.below(20) == 0 {
        // A call of the customer's own, and a receipt that comes too late.
        let answer = Answer::Text("hello".to_owned());
        push(dice, 400_000_000, Event::ResponseReceived { channel: Channel::Call, answer, said_at: None });
        push(dice, 200_000_000, Event::MessageDelivered { message: number });
    }
    let some = ChannelSet(1 + dice.below(15) as u8);
    match dice.below(300) {
        0..12 => {
            let channel = dice.one_of(&Channel::ALL);
            let back = dice.below(500_000_000) as i64 - 100_000_000;
            let made_at = now.plus_millis(-back);
            push(dice, 1, Event::ContactMade { channel, made_at, answered: back % 2 == 0 });
        }
        12 => push(dice, 90_000_000, Event::OptedOut { channels: some }),
        13 | 14 => push(dice, 900_000_000, Event::OptedIn { channels: some }),
        18 | 19 => {
            let zone = dice.one_of(&oracle::zones(&played.code));
            push(dice, 90_000_000, Event::Moved { zone });
        }
        15 => push(dice, 90_000_000, Event::WrongPersonReached { channel }),
        16 => {
            // In part, or all that is owed.
            let amount = dice.one_of(&[40, 100]);
            push(dice, 90_000_000, Event::PaymentReceived { amount, invoice: None, reference: None });
        }
        17 => {
            push(dice, 90_000_000, Event::DisputeOpened { reason: None });
            push(dice, 900_000_000, Event::DisputeClosed { upheld: None });
        }
        20 | 21 => {
            let until = now.plus_millis(dice.below(30 * 24) as i64 * 3_600_000).local(played.zone).date();
            push(dice, 90_000_000, Event::HoldPlaced { until, because: String::new() });
            if dice.below(3) == 0 {
                push(dice, 900_000_000, Event::HoldReleased);
            }
        }
        22..25 => {
            let channel = [None, Some(channel)][dice.below(2) as usize];
            push(dice, 90_000_000, Event::IdentityVerified { channel });
        }
        25 => push(dice, 90_000_000, Event::IdentityFailed { channel: Some(channel) }),
        _ => {}
    }
    all
}

/// Tells the oracle's log what happened.
pub fn tell(log: &mut Log<'_>, at: i64, debt: usize, event: &Event) {
    let letters = |channels: &ChannelSet| channels.iter().map(letter).collect::<Vec<Letter>>();
    match event {
        Event::MessageDelivered { message } | Event::MessageRead { message } => {
            log.receipt(debt, *message, true);
        }
        Event::MessageNotDelivered { message } => log.receipt(debt, *message, false),
        Event::ResponseReceived { channel, .. } => log.answered(at, letter(*channel), debt),
        Event::WrongPersonReached { channel } => log.elsewhere(letter(*channel)),
        Event::Moved { zone } => log.moved(*zone),
        Event::ContactMade { channel, made_at, answered } => {
            log.by_hand(made_at.0.min(at), letter(*channel), debt, *answered);
        }
        Event::OptedOut { channels } => log.person.left.extend(letters(channels)),
        Event::OptedIn { channels } => {
            for channel in letters(channels) {
                log.person.left.remove(&channel);
                log.person.authorised.get_or_insert_default().insert(channel);
            }
        }
        Event::PaymentReceived { amount, .. } => log.paid(debt, *amount),
        Event::IdentityVerified { channel } => log.identified(channel.map(letter), true),
        Event::IdentityFailed { channel } => log.identified(channel.map(letter), false),
        Event::HoldPlaced { until, .. } => log.held(debt, *until),
        Event::HoldReleased => _ = log.person.held.remove(&debt),
        Event::DisputeOpened { .. } => _ = log.person.disputed.insert(debt),
        Event::DisputeClosed { .. } => _ = log.person.disputed.remove(&debt),
        _ => {}
    }
}
