//! The gate: may this message go out now?
//!
//! In: a message that a strategy wants to send, its customer, the moment. Out: now, not before an instant, or
//! never; each with the rule that decided. Absent: sending.

mod consent;
mod authorised;
mod country;
mod recipients;
mod balance;
mod identity;
mod law;
mod zone;
mod bound;
mod hours;
mod hold;
mod frequency;
mod gap;
mod exclusive;
mod silence;

use crate::calendar::Instant;
use crate::customer::{Account, Customer, Said};
use chrono_tz::Tz;
use cobro_dsl::program::ContactPolicy;
use cobro_dsl::values::{Channel, Purpose};
pub(crate) use frequency::name as window_name;
pub use law::Law;
use serde::{Deserialize, Serialize};

/// What is asked: a message, whom it is for, and when.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The law of the place.
    pub law: &'a Law,
    /// The strategy's own hours and limits.
    pub policy: &'a ContactPolicy,
    /// The customer, whose addresses, consent and contacts count.
    pub customer: &'a Customer,
    /// The account that the message speaks of.
    pub account: &'a Account,
    /// The account's place among the customer's: what their ledger knows it by.
    pub debt: u16,
    /// The customer's zone, or the strategy's where it is unknown.
    pub zone: Tz,
    /// The zones in which a customer of unknown zone may live: the law must permit the moment in each.
    pub other_zones: &'a [Tz],
    /// The channel of the message.
    pub channel: Channel,
    /// What the message is for.
    pub purpose: Purpose,
    /// The moment.
    pub now: Instant,
    /// When the message has been let through and is asked about again before it goes out: what was decided then.
    pub decided: Option<Decided>,
    /// The message discloses a debt, and the strategy asks that we know who reads it.
    pub asks_identity: bool,
}

/// What was decided of a message that waits to go out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Decided {
    /// When.
    pub at: Instant,
    /// What it was let through as: what it answers is not answered twice by it.
    pub reach: Reach,
    /// The moment at which its contact stands in the ledger: it does not count against itself.
    pub contact: Option<Instant>,
}

/// How far ahead a permitted moment is looked for: a year, so that every holiday has its turn.
const HORIZON_DAYS: usize = 366;
const HORIZON: i64 = HORIZON_DAYS as i64 * 24 * 3_600_000;

/// May the message go out?
///
/// What forbids it for good comes first: there is no use in waiting for Monday to write to somebody who opted
/// out. Then hours and limits, of the law and of the strategy; all of them must permit the same moment.
pub fn ask(question: &Question) -> Answer {
    let local = question.now.local(question.zone);
    let never = country::objection(question)
        .or_else(|| recipients::objection(question, local.date()))
        .or_else(|| consent::objection(question))
        .or_else(|| authorised::objection(question, local.date()))
        .or_else(|| balance::objection(question, local.date()))
        .or_else(|| identity::objection(question, local.date()));
    if let Some(rule) = never {
        return Answer::Never { rule };
    }
    let reach = reach(question);
    let rule = match objection(question, reach) {
        Ok(used) => return Answer::Now { reach, used },
        Err(rule) => rule,
    };
    match first_permitted(question, reach) {
        Some(at) => Answer::NotBefore { at, rule },
        None => Answer::Never { rule: Rule::NoPermittedTime },
    }
}

/// What the message is. A receipt is one when there is a payment that it may be of, once. An answer is one when there is
/// something to answer, on that channel and about that debt, once: neither is a way around the limits. A call that we
/// make is never an answer.
fn reach(question: &Question) -> Reach {
    let Question { account, purpose, channel, decided, .. } = *question;
    let was = |reach| decided.is_some_and(|decided| decided.reach == reach);
    let is_receipt = purpose != Purpose::Receipt || account.is_receipt_due || was(Reach::Exempt);
    if is_receipt && question.law.pack.exempts(purpose) {
        return Reach::Exempt;
    }
    let said = account.said.get(channel.index()).copied().flatten();
    let is_open = |said: Said| question.now < said.until && (!said.is_answered || was(Reach::Reply));
    if channel != Channel::Call && purpose.may_answer() && said.is_some_and(is_open) {
        return Reach::Reply;
    }
    Reach::NewContact
}

/// The first rule that forbids the message at this moment, or else the narrowest limit.
fn objection(question: &Question, reach: Reach) -> Result<Option<(u32, u32)>, Rule> {
    let mut narrowest: Option<(u32, u32)> = None;
    for bound in bound::all(question, reach) {
        if let Some(rule) = bound.objection(question) {
            return Err(rule);
        }
        if let Some((used, max)) = bound.used(question)
            && narrowest.is_none_or(|(used_before, max_before)| {
                max.saturating_sub(used) < max_before.saturating_sub(used_before)
            })
        {
            narrowest = Some((used, max));
        }
    }
    Ok(narrowest)
}

/// The first moment that every rule permits; `None` when there is none within the horizon.
fn first_permitted(question: &Question, reach: Reach) -> Option<Instant> {
    let until = question.now.plus_millis(HORIZON);
    let mut at = question.now;
    // Each rule gives its first permitted moment from `at` on, so asking them in turn until all agree passes over
    // no moment that all permit.
    loop {
        let before = at;
        for bound in bound::all(question, reach) {
            at = bound.admits_at(question, at)?;
            if at > until {
                return None;
            }
        }
        if at == before {
            return Some(at);
        }
    }
}

/// A part of the gate, by what it looks after.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// Permitted hours and holidays.
    Hours,
    /// Limits of contacts.
    Frequency,
    /// Least times between contacts.
    Gap,
    /// Channels that close each other.
    Exclusive,
    /// Silences after a conversation.
    Silence,
    /// Every zone of a country for a customer of unknown zone.
    Zone,
    /// Opt-outs and blocked channels.
    OptOut,
    /// Channels that must have been authorised.
    Authorised,
    /// Whose law it is.
    Country,
    /// Who may be contacted.
    Recipients,
    /// Nothing to ask for: paid, or in dispute.
    Balance,
    /// Moments before which payment is not to be asked for.
    Hold,
    /// Identities that are to be verified first.
    Identity,
}

/// The gate's answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// It may go out at this moment.
    Now {
        /// A new contact, or a reply.
        reach: Reach,
        /// The narrowest limit: contacts counted before this one, and the most permitted.
        used: Option<(u32, u32)>,
    },
    /// It may not go out before an instant; at that instant the gate must be asked again.
    NotBefore {
        /// The earliest permitted instant, as far as is known now.
        at: Instant,
        /// The rule that forbids it now.
        rule: Rule,
    },
    /// It may not go out at all.
    Never {
        /// The rule that forbids it.
        rule: Rule,
    },
}

/// Whether a message opens a contact or answers one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// A contact that the limits count.
    NewContact,
    /// A reply in a conversation that the customer opened.
    Reply,
    /// A message that is no contact by its purpose: the receipt of a payment.
    Exempt,
}

/// A rule of the gate, with the facts that made it decide.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Rule {
    /// Outside the permitted hours of that day.
    Hours {
        /// Whose hours.
        by: Author,
        /// The law's article; empty for the strategy's own.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        article: String,
    },
    /// A public holiday.
    Holiday {
        /// Its name.
        name: String,
        /// The article of the hours that close on it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        article: String,
    },
    /// The limit of contacts is reached.
    Frequency {
        /// Whose limit.
        by: Author,
        /// Contacts counted.
        used: u32,
        /// The most permitted.
        max: u32,
        /// `day`, `week`, `month`, or a number of days.
        window: String,
        /// The law's article; empty for the strategy's own.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        article: String,
    },
    /// Too soon after the last contact.
    Gap {
        /// The least time between two, in minutes.
        minutes: u32,
        /// The law's article.
        article: String,
    },
    /// Somebody said that payment is not to be asked for yet.
    Hold {
        /// Why; may be empty.
        because: String,
    },
    /// Another channel was used this week.
    Exclusive {
        /// That channel.
        channel: String,
        /// The law's article.
        article: String,
    },
    /// There was a conversation just now.
    Silence {
        /// So many days from its own are silent.
        days: u16,
        /// The law's article.
        article: String,
    },
    /// Nobody knows in which zone the customer lives, and in one of them it is forbidden.
    UnknownZone {
        /// That zone.
        zone: String,
        /// The rule that forbids it there.
        because: Box<Rule>,
    },
    /// It comes so late that the strategy no longer wants it.
    Late,
    /// Nothing is owed any more.
    NothingOwed,
    /// The payment that it confirms was taken back.
    PaymentReversed,
    /// The customer asked not to be contacted on the channel.
    OptedOut,
    /// The channel reaches somebody else or nobody.
    Blocked,
    /// The law wants the channel authorised, and the customer did not.
    NotAuthorised {
        /// Somebody has said which channels are authorised.
        known: bool,
        /// The law's article.
        article: String,
    },
    /// The account belongs to another country than the law.
    OtherCountry {
        /// The account's country, in two letters.
        country: String,
        /// The law pack's code.
        law: String,
    },
    /// The law lets nobody contact a person of this role.
    Recipient {
        /// The role's word.
        role: String,
        /// The law's article.
        article: String,
    },
    /// There is no address on the channel.
    NoAddress,
    /// The message has no form for the channel.
    NoForm,
    /// The customer contests the debt.
    Disputed,
    /// The message discloses the debt, and we do not know who reads it.
    NotVerified,
    /// No channel of the ladder is left.
    NoChannelLeft,
    /// A fact that the message states is unknown.
    MissingFact {
        /// The fact's English name.
        fact: String,
    },
    /// No permitted instant was found within a year.
    NoPermittedTime,
}

/// Whose rule it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The law pack's.
    Law,
    /// The strategy's own.
    Strategy,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contacts::Contact;
    use crate::customer::Invoice;
    use cobro_dsl::law::Laws;
    use cobro_dsl::values::{
        ChannelSet, Currency, Limit, NaiveDate, NaiveDateTime, Stretch, TimeOfDay, WeekHours, Window,
    };

    /// A customer who owes 100.00 and may be reached on every channel, under the law of a country.
    pub(super) struct World {
        pub(super) law: Law,
        pub(super) policy: ContactPolicy,
        pub(super) customer: Customer,
        pub(super) account: Account,
        pub(super) channel: Channel,
        pub(super) purpose: Purpose,
        pub(super) decided: Option<Decided>,
        pub(super) debt: u16,
        pub(super) zone_unknown: bool,
        pub(super) asks_identity: bool,
        pub(super) zone: Tz,
    }

    pub(super) fn moment(local: &str, zone: Tz) -> Instant {
        Instant::resolve(NaiveDateTime::parse_from_str(local, "%Y-%m-%d %H:%M").unwrap(), zone)
    }

    fn every_day(stretches: &[(&str, &str)]) -> WeekHours {
        let time = |text| TimeOfDay::parse(text).unwrap();
        let day: Vec<Stretch> =
            stretches.iter().map(|(open, close)| Stretch { open: time(open), close: time(close) }).collect();
        WeekHours { days: std::array::from_fn(|_| day.clone()), holiday: Vec::new() }
    }

    impl World {
        pub(super) fn of(code: &str) -> World {
            World::under(Law::new(Laws::shipped().get(code).cloned().unwrap()))
        }

        fn under(law: Law) -> World {
            let mut customer = Customer::new("c");
            customer.phone = Some("+51987654321".into());
            customer.email = Some("ana@example.org".into());
            customer.authorised = Some(ChannelSet::ALL);
            let mut account = Account::new("a", Currency::parse("PEN").unwrap());
            let due_on = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
            let invoice = Invoice { id: "1".into(), issued_on: None, due_on, amount: 10_000, open: 10_000 };
            account.invoices.push(invoice);
            World {
                zone: law.pack.zones[0],
                law,
                policy: ContactPolicy { hours: None, limits: Vec::new(), ladder: Vec::new() },
                customer,
                account,
                channel: Channel::Whatsapp,
                purpose: Purpose::Reminder,
                decided: None,
                debt: 0,
                zone_unknown: false,
                asks_identity: false,
            }
        }

        /// A contact made: `sms 2026-03-02 09:00`.
        pub(super) fn contact(mut self, text: &str) -> World {
            let (channel, at) = text.split_once(' ').unwrap();
            let channel = Channel::parse(channel).unwrap();
            self.customer.contacts.record(Contact::new(moment(at, self.zone), channel, 0, 1));
            self
        }

        /// The customer said something on every channel that may be answered until a moment, and that we answer.
        pub(super) fn talking_until(mut self, local: &str) -> World {
            let until = moment(local, self.zone);
            self.customer.conversations = [Some(until); 4];
            self.account.said = [Some(Said { until, is_answered: false }); 4];
            self.purpose = Purpose::Information;
            self
        }

        pub(super) fn limit(&mut self, contacts_max: u32, window: Window) {
            self.policy.limits.push(Limit { contacts_max, window, channels: ChannelSet::ALL });
        }

        /// The same hours on every day but holidays.
        pub(super) fn law_hours(&mut self, stretches: &[(&str, &str)]) {
            self.law.pack.hours.iter_mut().for_each(|hours| hours.rule.week = every_day(stretches));
        }

        pub(super) fn strategy_hours(&mut self, stretches: &[(&str, &str)]) {
            self.policy.hours = Some(every_day(stretches));
        }

        fn ask(&self, now: Instant) -> Answer {
            ask(&Question {
                law: &self.law,
                policy: &self.policy,
                customer: &self.customer,
                account: &self.account,
                debt: self.debt,
                zone: self.zone,
                other_zones: if self.zone_unknown { self.law.other_zones(&self.customer) } else { &[] },
                channel: self.channel,
                purpose: self.purpose,
                now,
                decided: self.decided,
                asks_identity: self.asks_identity,
            })
        }

        /// The answer at a local time, in words.
        pub(super) fn check(&self, local: &str, expected: &str) {
            let found = match self.ask(moment(local, self.zone)) {
                Answer::Now { reach: Reach::NewContact, used: None } => "now".to_owned(),
                Answer::Now { reach: Reach::NewContact, used: Some((used, max)) } => {
                    format!("now ({used} of {max})")
                }
                Answer::Now { reach: Reach::Reply, .. } => "now, a reply".to_owned(),
                Answer::Now { reach: Reach::Exempt, .. } => "now, exempt".to_owned(),
                Answer::NotBefore { at, rule } => {
                    let at = at.local(self.zone).format("%Y-%m-%d %H:%M");
                    format!("not before {at} ({})", told(&rule))
                }
                Answer::Never { rule } => format!("never ({})", told(&rule)),
            };
            assert_eq!(found, expected, "at {local}");
        }

        /// The first permitted moment, both as RFC 3339.
        pub(super) fn check_at(&self, now: &str, expected: &str) {
            let Answer::NotBefore { at, .. } = self.ask(Instant::parse(now).unwrap()) else {
                panic!("the gate does not put off at {now}");
            };
            assert_eq!(at.rfc3339(self.zone), expected);
        }
    }

    fn told(rule: &Rule) -> String {
        let whose = |by: &Author| match by {
            Author::Law => "law",
            Author::Strategy => "strategy",
        };
        match rule {
            Rule::Hours { by, .. } => format!("hours of the {}", whose(by)),
            Rule::Holiday { name, .. } => format!("holiday {name}"),
            Rule::Frequency { by, used, max, window, .. } => {
                format!("{used} of {max} a {window} of the {}", whose(by))
            }
            Rule::UnknownZone { zone, .. } => format!("unknown zone {zone}"),
            other => serde_json::to_value(other).unwrap()["rule"].as_str().unwrap_or_default().to_owned(),
        }
    }

    #[test]
    fn the_first_rule_that_objects_is_told_and_the_last_decides_when() {
        let mut world = World::of("CO").contact("whatsapp 2026-03-02 09:00");
        world.strategy_hours(&[("10:00", "12:00")]);
        world.check("2026-03-02 06:00", "not before 2026-03-03 10:00 (hours of the law)");
        world.check("2026-03-02 09:30", "not before 2026-03-03 10:00 (hours of the strategy)");
        world.check("2026-03-02 11:00", "not before 2026-03-03 10:00 (1 of 1 a day of the law)");
    }

    #[test]
    fn the_clock_is_the_customer_s() {
        let mut world = World::of("MX");
        world.zone = chrono_tz::America::Tijuana;
        world.check("2026-03-02 06:59", "not before 2026-03-02 07:00 (hours of the law)");
        // Five minutes to seven in Tijuana is five minutes to nine in Mexico City.
        world.check_at("2026-03-02T08:55:00-06:00", "2026-03-02T07:00:00-08:00");
    }

    #[test]
    fn any_moment_is_answered() {
        let world = World::of("CL").contact("sms 2026-03-02 09:00");
        for at in [i64::MIN, i64::MIN + 1, -1, 0, Instant::LAST.0, i64::MAX] {
            if let Answer::NotBefore { at: later, .. } = world.ask(Instant(at)) {
                assert!(later > Instant(at));
            }
        }
    }

    /// A repeatable stream of small numbers.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, sides: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % sides
        }

        fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
            of[self.below(of.len() as u64) as usize]
        }
    }

    /// A world of chance, and a moment in it from 2024 to 2028, often near a change of clocks.
    fn thrown(dice: &mut Dice, laws: &[Law]) -> (World, Instant) {
        let mut world = World::under(laws[dice.below(laws.len() as u64) as usize].clone());
        world.zone = dice.one_of(&world.law.pack.zones.clone());
        world.channel = dice.one_of(&Channel::ALL);
        world.zone_unknown = dice.below(4) == 0;
        world.purpose = dice.one_of(&[Purpose::Reminder, Purpose::Receipt, Purpose::Information]);
        if dice.below(3) == 0 {
            world.law_hours(dice.one_of(&[
                &[("00:00", "00:40")][..],
                &[("00:10", "01:30"), ("22:00", "24:00")],
                &[("12:00", "23:30")],
            ]));
        }
        if dice.below(2) == 0 {
            world.strategy_hours(dice.one_of(&[
                &[("09:00", "13:00"), ("15:00", "18:30")][..],
                &[("00:20", "00:30"), ("19:00", "24:00")],
                &[("23:10", "23:20")],
            ]));
        }
        if dice.below(2) == 0 {
            let window = dice.one_of(&[Window::Day, Window::Week, Window::Month, Window::Days(3)]);
            world.limit(1 + dice.below(3) as u32, window);
        }
        let year = 2024 + dice.below(5) as i32;
        let clocks = [(4, 6), (9, 7), (1, 1)];
        let (month, day) = dice.one_of(&clocks);
        let noon = NaiveDate::from_ymd_opt(year, month, day).and_then(|date| date.and_hms_opt(12, 0, 0));
        let spread = dice.one_of(&[5, 30, 200]) * 24 * 60;
        let minutes = dice.below(spread) as i64 - spread as i64 / 2;
        let now = Instant::resolve(noon.unwrap(), world.zone).plus_millis(minutes * 60_000);
        for _ in 0..dice.below(6) {
            let at = now.plus_millis(-(dice.below(14 * 24 * 60) as i64) * 60_000);
            let debt = dice.below(2) as u16;
            world.customer.contacts.record(Contact::new(at, dice.one_of(&Channel::ALL), debt, 0));
        }
        (world, now)
    }

    #[test]
    fn the_moment_named_is_permitted_and_none_before_it_is() {
        let laws: Vec<Law> =
            ["CL", "CL", "CO", "MX", "PE", "US", "DO", "BR-RJ"].map(|code| World::of(code).law).into();
        let mut dice = Dice(2026);
        let mut put_off = 0;
        for _ in 0..2000 {
            let (world, now) = thrown(&mut dice, &laws);
            let Answer::NotBefore { at, .. } = world.ask(now) else {
                continue;
            };
            put_off += 1;
            let is_now = |at: Instant| matches!(world.ask(at), Answer::Now { .. });
            let told = || format!("{} asked {}", at.rfc3339(world.zone), now.rfc3339(world.zone));
            assert!(at > now, "not later: {}", told());
            assert!(is_now(at), "not permitted: {}", told());
            assert!(!is_now(at.plus_millis(-1)), "permitted just before: {}", told());
            // Every ten minutes of the last days before it, and of the first after the question.
            for step in 1..200 {
                let back = at.plus_millis(-step * 600_000);
                assert!(back < now || !is_now(back), "permitted before: {}", told());
                let on = now.plus_millis(step * 600_000);
                assert!(on >= at || !is_now(on), "permitted before: {}", told());
            }
        }
        assert!(put_off > 700, "the dice put off only {put_off}");
    }
}
