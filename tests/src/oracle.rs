//! The oracle: contact law once more, plain and slow, over a finished log.
//!
//! In: a country's code, where the customer may live, a log of contacts, receipts and answers in order. Out: is a
//! contact permitted at a moment, and if not, why. Written from the reference on contact rules, with its own
//! figures, its own arithmetic of dates and holidays from a list. Absent: the gate. Nothing here imports the
//! engine's gate or its ledger, nor reads a pack, so that a mistake there is not a mistake here.

use chrono::{
    DateTime, Datelike as _, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Timelike as _,
};
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// A channel, by its letter: w, e, s, c.
pub type Letter = char;

/// What a country's rules count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Counted {
    /// Everything.
    Attempt,
    /// Everything but what is known not to have arrived.
    NotFailed,
}

/// Hours: channels, Monday to Friday, Saturday, Sunday, holidays; in minutes, closed when empty.
struct Open {
    channels: &'static str,
    days: [&'static str; 4],
}

/// A limit: channels, how many, over which span, per debt or person.
struct Most {
    channels: &'static str,
    contacts: usize,
    span: Span,
    counted: Counted,
    is_per_debt: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Span {
    Day,
    /// Monday to Sunday, and seven times 24 hours.
    Week,
    /// So many times 24 hours.
    Days(i64),
}

/// One country's law in the oracle's words.
pub struct Text {
    open: Vec<Open>,
    most: Vec<Most>,
    /// Channels and hours between contacts.
    apart: Option<(&'static str, i64)>,
    /// One channel a week.
    one_channel: bool,
    /// Days of silence on calls after a conversation, per debt.
    silent_days: Option<u64>,
    /// Answers count like contacts.
    answers_count: bool,
    /// Channels that the person must have authorised.
    authorised: &'static str,
    zones: Vec<Tz>,
    holidays: BTreeSet<NaiveDate>,
    /// The part that a strategy adds: hours of every day but holidays, and most a day or week.
    own_hours: Option<&'static str>,
    own_most: Vec<(usize, Span2)>,
    /// The strategy tells of a debt only to whom it has verified.
    own_identity: bool,
}

/// The span of a strategy's own limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Span2 {
    /// A local day.
    Day,
    /// A week, both ways.
    Week,
}

const ALL: &str = "wesc";
const WRITTEN: &str = "wes";

fn open(channels: &'static str, week: &'static str, saturday: &'static str) -> Open {
    Open { channels, days: [week, saturday, "", ""] }
}

fn most(channels: &'static str, contacts: usize, span: Span, counted: Counted) -> Most {
    Most { channels, contacts, span, counted, is_per_debt: false }
}

/// Every code that the oracle knows.
pub const CODES: [&str; 22] = [
    "AR", "AR-C", "BR", "BR-AL", "BR-AM", "BR-ES", "BR-RJ", "BR-SP", "CL", "CO", "CR", "DO", "EC", "ES",
    "GB", "GT", "MX", "PA", "PE", "PY", "US", "UY",
];

/// The law of a country, from the summary of the reference (section 17): its stricter reading where two are given.
pub fn text(code: &str) -> Text {
    use Counted::{Attempt, NotFailed};
    let mut text = Text {
        open: Vec::new(),
        most: Vec::new(),
        apart: None,
        one_channel: false,
        silent_days: None,
        answers_count: false,
        authorised: "",
        zones: zones(code),
        holidays: holidays(code.split('-').next().unwrap_or(code)),
        own_hours: None,
        own_most: Vec::new(),
        own_identity: false,
    };
    text.open = match code {
        "CO" => vec![open(ALL, "07:00-19:00", "08:00-15:00")],
        "CL" => vec![open(ALL, "08:00-20:00", "08:00-20:00")],
        "PE" | "EC" => vec![open(ALL, "07:00-20:00", "")],
        "MX" => vec![open(ALL, "07:00-22:00", "09:00-15:00")],
        "AR" | "AR-C" => vec![open(ALL, "08:00-20:00", "08:00-12:00")],
        "BR" | "BR-SP" | "BR-AL" => vec![open(ALL, "08:00-20:00", "08:00-14:00")],
        "BR-RJ" => vec![open(ALL, "09:00-19:00", "")],
        "BR-ES" | "BR-AM" => vec![open(ALL, "08:00-19:00", "")],
        "PY" | "GT" | "CR" | "PA" => vec![open(ALL, "08:00-18:00", "08:00-12:00")],
        "DO" => vec![open(ALL, "07:00-20:00", "09:00-13:00")],
        "UY" => vec![open(ALL, "09:00-20:00", "09:00-13:00")],
        "ES" => vec![open(ALL, "09:00-21:00", "")],
        "US" => vec![Open { channels: ALL, days: ["08:00-21:00"; 4] }],
        "GB" => vec![open(ALL, "08:00-21:00", "08:00-21:00")],
        _ => Vec::new(),
    };
    match code {
        "CO" => {
            text.most.push(most(ALL, 1, Span::Day, Attempt));
            text.one_channel = true;
            text.authorised = ALL;
        }
        "CL" => {
            text.most.push(most("c", 1, Span::Week, NotFailed));
            text.most.push(most(WRITTEN, 2, Span::Week, Attempt));
            text.apart = Some((WRITTEN, 48));
        }
        "MX" => text.most.push(most(ALL, 1, Span::Day, NotFailed)),
        "EC" | "ES" | "PE" => text.most.push(most(ALL, 1, Span::Day, Attempt)),
        "PY" => {
            text.most.push(most(ALL, 3, Span::Week, Attempt));
            text.answers_count = true;
        }
        "DO" => text.most.push(Most { is_per_debt: true, ..most(ALL, 5, Span::Day, Attempt) }),
        "GT" => text.most.push(most(ALL, 2, Span::Day, Attempt)),
        "US" => {
            text.most.push(Most { is_per_debt: true, ..most("c", 7, Span::Days(7), Attempt) });
            text.silent_days = Some(7);
            // Consent to calls: who speaks, a person or a recording, is not known here.
            text.authorised = "c";
        }
        _ => {}
    }
    text
}

/// The zones of a country that differ from each other.
pub fn zones(code: &str) -> Vec<Tz> {
    use chrono_tz::{America, Atlantic, Europe, Pacific};
    match code {
        "AR" | "AR-C" => vec![America::Argentina::Buenos_Aires],
        "BR" => vec![America::Sao_Paulo, America::Manaus, America::Rio_Branco, America::Noronha],
        "BR-AM" => vec![America::Manaus, America::Eirunepe],
        "BR-AL" => vec![America::Maceio],
        "BR-ES" | "BR-RJ" | "BR-SP" => vec![America::Sao_Paulo],
        "CL" => vec![America::Santiago, America::Punta_Arenas, Pacific::Easter],
        "CO" => vec![America::Bogota],
        "CR" => vec![America::Costa_Rica],
        "DO" => vec![America::Santo_Domingo],
        "EC" => vec![America::Guayaquil, Pacific::Galapagos],
        "ES" => vec![Europe::Madrid, Atlantic::Canary],
        "GB" => vec![Europe::London],
        "GT" => vec![America::Guatemala],
        "MX" => vec![
            America::Mexico_City,
            America::Tijuana,
            America::Hermosillo,
            America::Mazatlan,
            America::Cancun,
        ],
        "PA" => vec![America::Panama],
        "PE" => vec![America::Lima],
        "PY" => vec![America::Asuncion],
        "US" => vec![
            America::New_York,
            America::Chicago,
            America::Denver,
            America::Phoenix,
            America::Los_Angeles,
            America::Anchorage,
            America::Adak,
            Pacific::Honolulu,
            America::Puerto_Rico,
            Pacific::Guam,
            Pacific::Pago_Pago,
        ],
        "UY" => vec![America::Montevideo],
        _ => Vec::new(),
    }
}

fn holidays(country: &str) -> BTreeSet<NaiveDate> {
    let mut days = BTreeSet::new();
    for line in include_str!("../data/holidays.txt").lines().skip(1) {
        let mut words = line.split(' ');
        if words.next() != Some(country) {
            continue;
        }
        let year = words.next().unwrap_or("");
        days.extend(words.filter_map(|day| format!("{year}-{day}").parse::<NaiveDate>().ok()));
    }
    days
}

/// What is known of a contact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    Unknown,
    Failed,
    Arrived,
    Answered,
    /// Somebody else had it.
    Elsewhere,
}

/// A contact in the log.
#[derive(Clone, Copy, Debug)]
struct Made {
    at: i64,
    channel: Letter,
    debt: usize,
    message: u32,
    fate: Fate,
}

/// One customer's log, as far as it has been read.
pub struct Log<'a> {
    text: &'a Text,
    /// The zones in which the customer may live; the first is the one in which the strategy reckons.
    zones: Vec<Tz>,
    made: Vec<Made>,
    /// When, channel, debt.
    answers: Vec<(i64, Letter, usize)>,
    /// What the person said last and nobody has answered: when, channel, debt.
    open: Vec<(i64, Letter, usize)>,
    /// Debts on which a payment came whose receipt has not gone out.
    unconfirmed: BTreeSet<usize>,
    /// Who the person is, and what they have said.
    pub person: Person,
}

/// What is known of a person beside contacts.
#[derive(Clone, Default, Debug)]
pub struct Person {
    /// Channels authorised; `None` when nobody has said.
    pub authorised: Option<BTreeSet<Letter>>,
    /// Channels left.
    pub left: BTreeSet<Letter>,
    /// Channels that reach somebody else.
    pub elsewhere: BTreeSet<Letter>,
    /// Channels without an address.
    pub missing: BTreeSet<Letter>,
    /// Debts that belong to another country.
    pub abroad: BTreeSet<usize>,
    /// Debts about which the person is only a reference.
    pub reference: BTreeSet<usize>,
    /// What is owed of each debt.
    pub owed: BTreeMap<usize, i64>,
    /// Debts in dispute.
    pub disputed: BTreeSet<usize>,
    /// Channels on which the person showed who they are.
    pub verified: BTreeSet<Letter>,
    /// Debts that are not to be asked for before a day, in the zone in which the person lived then.
    pub held: BTreeMap<usize, (NaiveDate, Tz)>,
}

/// What a message is, as far as the law asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// It opens a contact, and asks for payment.
    Contact,
    /// It opens a contact, and asks for nothing.
    Told,
    /// It answers once what somebody wrote within a day, and asks for nothing.
    Answer,
    /// It confirms a payment.
    Receipt,
}

impl Text {
    /// With what a strategy adds of its own.
    #[must_use]
    pub fn with(mut self, own_hours: Option<&'static str>, own_most: Vec<(usize, Span2)>) -> Text {
        (self.own_hours, self.own_most) = (own_hours, own_most);
        self
    }

    /// For a strategy that tells of a debt only to whom it has verified.
    #[must_use]
    pub fn with_identity(mut self, is_asked: bool) -> Text {
        self.own_identity = is_asked;
        self
    }

    /// An empty log of a customer: their own zone, or the strategy's and every zone of the country.
    pub fn log(&self, own: Option<Tz>, strategy: Tz) -> Log<'_> {
        let mut zones = vec![own.unwrap_or(strategy)];
        if own.is_none() {
            zones.extend(self.zones.iter().filter(|zone| **zone != strategy));
        }
        Log {
            text: self,
            zones,
            made: Vec::new(),
            answers: Vec::new(),
            open: Vec::new(),
            unconfirmed: BTreeSet::new(),
            person: Person::default(),
        }
    }
}

impl Made {
    fn is_missed(&self) -> bool {
        matches!(self.fate, Fate::Failed | Fate::Elsewhere)
    }
}

impl Log<'_> {
    /// The zone in which the strategy reckons.
    pub fn zone(&self) -> Tz {
        self.zones.first().copied().unwrap_or_default()
    }

    /// The last contacts, in words.
    pub fn told(&self) -> String {
        let last = self.made.iter().rev().take(5);
        let one = |made: &Made| {
            let at = local(made.at, self.zone()).format("%Y-%m-%d %H:%M:%S");
            format!("{} of {} #{} at {at} ({:?})", made.channel, made.debt, made.message, made.fate)
        };
        last.map(one).collect::<Vec<_>>().join(", ")
    }

    /// A message went out.
    pub fn sent(&mut self, at: i64, channel: Letter, debt: usize, message: u32, kind: Kind) {
        if self.is_counted(kind) {
            self.note(Made { at, channel, debt, message, fate: Fate::Unknown });
        }
        match kind {
            Kind::Answer => self.open.retain(|(_, on, of)| (*on, *of) != (channel, debt)),
            Kind::Receipt => _ = self.unconfirmed.remove(&debt),
            Kind::Contact | Kind::Told => {}
        }
    }

    /// A payment came.
    pub fn paid(&mut self, debt: usize, amount: i64) {
        *self.person.owed.entry(debt).or_default() -= amount;
        self.unconfirmed.insert(debt);
    }

    /// What a message that asks for nothing is.
    pub fn told_as(&self, at: i64, channel: Letter, debt: usize, is_receipt: bool) -> Kind {
        if is_receipt && self.unconfirmed.contains(&debt) {
            return Kind::Receipt;
        }
        let is_it = |(then, on, of): &(i64, Letter, usize)| {
            (*on, *of) == (channel, debt) && *then <= at && at < then + 24 * HOUR
        };
        if channel != 'c' && self.open.iter().any(is_it) { Kind::Answer } else { Kind::Told }
    }

    /// The person lives elsewhere from now on.
    pub fn moved(&mut self, zone: Tz) {
        self.zones = vec![zone];
    }

    /// An agent called or wrote by hand, at a moment that may lie back.
    pub fn by_hand(&mut self, at: i64, channel: Letter, debt: usize, answered: bool) {
        let is_it = |(then, on, of): &(i64, Letter, usize)| {
            (*on, *of) == (channel, debt) && *then <= at && at < then + 24 * HOUR
        };
        let is_answer = channel != 'c' && self.open.iter().any(is_it);
        if is_answer {
            self.open.retain(|(_, on, of)| (*on, *of) != (channel, debt));
        }
        let kind = if is_answer { Kind::Answer } else { Kind::Contact };
        let fate = match (answered, channel) {
            (true, _) => Fate::Answered,
            (false, 'c') => Fate::Failed,
            (false, _) => Fate::Unknown,
        };
        if self.is_counted(kind) {
            self.note(Made { at, channel, debt, message: 0, fate });
        }
        if answered {
            self.answers.push((at, channel, debt));
        }
    }

    /// A message that was let through did not go out after all.
    pub fn withdrawn(&mut self, debt: usize, message: u32) {
        if let Some(at) = self.made.iter().rposition(|made| (made.debt, made.message) == (debt, message)) {
            self.made.remove(at);
        }
    }

    fn is_counted(&self, kind: Kind) -> bool {
        match kind {
            Kind::Contact | Kind::Told => true,
            Kind::Answer => self.text.answers_count,
            Kind::Receipt => false,
        }
    }

    fn note(&mut self, made: Made) {
        let later = self.made.iter().rev().take_while(|known| known.at > made.at).count();
        self.made.insert(self.made.len() - later, made);
    }

    /// The person showed who they are, or did not; on every channel of that address, or on all.
    pub fn identified(&mut self, channel: Option<Letter>, is_verified: bool) {
        let shared = match channel {
            None => "wesc",
            Some('e') => "e",
            Some(_) => "wsc",
        };
        match is_verified {
            true => self.person.verified.extend(shared.chars()),
            false => self.person.verified.retain(|on| !shared.contains(*on)),
        }
    }

    /// The debt is not to be asked for before a day where the person lives.
    pub fn held(&mut self, debt: usize, until: NaiveDate) {
        self.person.held.insert(debt, (until, self.zone()));
    }

    /// Somebody else answered on a channel: what went there last was an attempt and no contact, and all who share
    /// the address are shut.
    pub fn elsewhere(&mut self, channel: Letter) {
        let mut since = i64::MAX;
        if let Some(made) = self.made.iter_mut().rev().find(|made| made.channel == channel) {
            made.fate = Fate::Elsewhere;
            since = made.at;
        }
        self.answers.retain(|(then, on, _)| *on != channel || *then < since);
        let shared = if channel == 'e' { "e" } else { "wsc" };
        self.open.retain(|(_, on, _)| !shared.contains(*on));
        self.person.elsewhere.extend(shared.chars());
        self.person.verified.retain(|on| !shared.contains(*on));
    }

    /// Why this person must not get the message at all; `None` when they may.
    pub fn forbids_for_good(&self, channel: Letter, debt: usize, kind: Kind) -> Option<&'static str> {
        let person = &self.person;
        if self.person.abroad.contains(&debt) {
            return Some("another country");
        }
        if person.reference.contains(&debt) {
            return Some("a reference");
        }
        if person.missing.contains(&channel) {
            return Some("no address");
        }
        if person.left.contains(&channel) {
            return Some("opted out");
        }
        if person.elsewhere.contains(&channel) {
            return Some("somebody else's");
        }
        let is_authorised = person.authorised.as_ref().is_some_and(|known| known.contains(&channel));
        if self.text.authorised.contains(channel) && !is_authorised {
            return Some("not authorised");
        }
        if kind != Kind::Contact {
            return None;
        }
        if self.text.own_identity && !person.verified.contains(&channel) {
            return Some("not verified");
        }
        if person.owed.get(&debt).is_some_and(|owed| *owed <= 0) {
            return Some("nothing owed");
        }
        person.disputed.contains(&debt).then_some("disputed")
    }

    /// Is there no permitted moment? Looked at every twenty minutes of the two weeks after: longer than that only a limit
    /// shuts, and no limit shuts for good.
    pub fn is_shut_for_a_year(&self, at: i64, channel: Letter, debt: usize, kind: Kind) -> bool {
        (0..14 * 72).all(|step| self.forbids(at + step * 1_200_000, channel, debt, kind).is_some())
    }

    /// A receipt came.
    pub fn receipt(&mut self, debt: usize, message: u32, arrived: bool) {
        let is_it = |made: &&mut Made| message > 0 && (made.debt, made.message) == (debt, message);
        let Some(made) = self.made.iter_mut().rev().find(is_it) else {
            return;
        };
        made.fate = match (made.fate, arrived) {
            (Fate::Answered, _) => Fate::Answered,
            (Fate::Elsewhere, _) => Fate::Elsewhere,
            (_, true) | (Fate::Arrived, false) => Fate::Arrived,
            (_, false) => Fate::Failed,
        };
    }

    /// The customer answered.
    pub fn answered(&mut self, at: i64, channel: Letter, debt: usize) {
        if let Some(made) =
            self.made.iter_mut().rev().find(|made| (made.channel, made.debt) == (channel, debt))
            && made.fate != Fate::Elsewhere
        {
            made.fate = Fate::Answered;
        }
        self.answers.push((at, channel, debt));
        self.open.retain(|(_, on, of)| (*on, *of) != (channel, debt));
        self.open.push((at, channel, debt));
    }

    /// Why a contact is forbidden at a moment, by what is known now; `None` when it is permitted.
    pub fn forbids(&self, at: i64, channel: Letter, debt: usize, kind: Kind) -> Option<&'static str> {
        if let Some((until, zone)) = self.person.held.get(&debt)
            && kind == Kind::Contact
            && local(at, *zone).date() < *until
        {
            return Some("held");
        }
        for (place, zone) in self.zones.iter().enumerate() {
            let local = local(at, *zone);
            let day = self.day(local.date());
            let minute = local.hour() * 60 + local.minute();
            let rules = self.text.open.iter().filter(|open| open.channels.contains(channel));
            if rules.clone().count() == 0 || rules.clone().any(|open| !is_within(open.days[day], minute)) {
                return Some(if place > 0 { "hours elsewhere" } else { "hours" });
            }
            if place == 0 && self.text.own_hours.is_some_and(|own| day == 3 || !is_within(own, minute)) {
                return Some("own hours");
            }
        }
        if !self.is_counted(kind) {
            return None;
        }
        for (place, zone) in self.zones.iter().enumerate() {
            for most in self.text.most.iter().filter(|most| most.channels.contains(channel)) {
                let is_counted = |made: &Made| {
                    most.channels.contains(made.channel)
                        && (!most.is_per_debt || made.debt == debt)
                        && (most.counted == Counted::Attempt || !made.is_missed())
                };
                if self.within(at, *zone, most.span).filter(|made| is_counted(made)).count() >= most.contacts
                {
                    return Some("limit");
                }
            }
            if place == 0 {
                for (contacts, span) in &self.text.own_most {
                    let span = if *span == Span2::Day { Span::Day } else { Span::Week };
                    if self.within(at, *zone, span).count() >= *contacts {
                        return Some("own limit");
                    }
                }
            }
            if self.text.one_channel {
                let monday = monday(local(at, *zone).date());
                let is_other = |made: &&Made| {
                    made.channel != channel
                        && !made.is_missed()
                        && self::monday(local(made.at, *zone).date()) == monday
                };
                let is_talk = |(then, on, _): &(i64, Letter, usize)| {
                    *on != channel && self::monday(local(*then, *zone).date()) == monday
                };
                let mut talks = self.answers.iter().rev().take(40);
                if self.recent(at).any(|made| is_other(&made)) || talks.any(is_talk) {
                    return Some("one channel a week");
                }
            }
            if let Some(days) = self.text.silent_days.filter(|_| channel == 'c') {
                let calls = self.made.iter().rev().take(40);
                let calls = calls.filter(|made| made.channel == 'c' && !made.is_missed());
                let calls = calls.map(|made| (made.at, made.channel, made.debt));
                let talks = calls.chain(self.answers.iter().rev().take(40).copied());
                let of_debt = talks.filter(|(_, on, about)| *on == 'c' && *about == debt);
                let today = local(at, *zone).date();
                // The day of the conversation is the first.
                let is_silent = |then: i64| {
                    let last = local(then, *zone).date().checked_add_days(Days::new(days - 1));
                    last.is_some_and(|last| today <= last)
                };
                if of_debt.into_iter().any(|(then, _, _)| is_silent(then)) {
                    return Some("silence");
                }
            }
        }
        if let Some((channels, hours)) = self.text.apart.filter(|(channels, _)| channels.contains(channel)) {
            let mut before = self.made.iter().rev().filter(|made| channels.contains(made.channel));
            if before.next().is_some_and(|made| at - made.at < hours * HOUR) {
                return Some("too soon");
            }
        }
        None
    }

    /// 0 weekday, 1 Saturday, 2 Sunday, 3 holiday.
    fn day(&self, date: NaiveDate) -> usize {
        match date.weekday().number_from_monday() {
            _ if self.text.holidays.contains(&date) => 3,
            6 => 1,
            7 => 2,
            _ => 0,
        }
    }

    fn recent(&self, at: i64) -> impl Iterator<Item = &Made> {
        self.made.iter().rev().take_while(move |made| made.at > at - 10 * DAY)
    }

    fn within(&self, at: i64, zone: Tz, span: Span) -> impl Iterator<Item = &Made> {
        let today = local(at, zone).date();
        self.recent(at).filter(move |made| {
            let then = || local(made.at, zone).date();
            match span {
                Span::Day => then() == today,
                Span::Week => monday(then()) == monday(today) || at - made.at < 7 * DAY,
                Span::Days(days) => at - made.at < days * DAY,
            }
        })
    }
}

fn local(at: i64, zone: Tz) -> NaiveDateTime {
    let utc = DateTime::from_timestamp_millis(at).unwrap_or_default();
    zone.from_utc_datetime(&utc.naive_utc()).naive_local()
}

fn monday(date: NaiveDate) -> NaiveDate {
    date - Days::new(u64::from(date.weekday().num_days_from_monday()))
}

fn is_within(hours: &str, minute: u32) -> bool {
    let read =
        |text: &str| NaiveTime::parse_from_str(text, "%H:%M").map(|time| time.hour() * 60 + time.minute());
    match hours.split_once('-') {
        Some((from, to)) => {
            read(from).is_ok_and(|from| from <= minute) && read(to).is_ok_and(|to| minute < to)
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, zone: Tz) -> i64 {
        let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a time");
        zone.from_local_datetime(&local).earliest().expect("it exists").timestamp_millis()
    }

    // The two encodings that the reference calls worth copying as fixtures.
    #[test]
    fn chile_by_hand() {
        let (text, zone) = (text("CL"), chrono_tz::America::Santiago);
        let mut log = text.log(Some(zone), zone);
        assert_eq!(log.forbids(at("2026-03-05 10:00", zone), 's', 0, Kind::Contact), None);
        log.sent(at("2026-03-05 10:00", zone), 's', 0, 1, Kind::Contact);
        assert_eq!(log.forbids(at("2026-03-06 10:00", zone), 'e', 0, Kind::Contact), Some("too soon"));
        assert_eq!(log.forbids(at("2026-03-06 10:00", zone), 'c', 0, Kind::Contact), None);
        log.sent(at("2026-03-07 10:00", zone), 'e', 0, 2, Kind::Contact);
        assert_eq!(log.forbids(at("2026-03-11 10:00", zone), 'w', 0, Kind::Contact), Some("limit"));
        assert_eq!(log.forbids(at("2026-03-08 10:00", zone), 'c', 0, Kind::Contact), Some("hours"));
    }

    #[test]
    fn the_united_states_by_hand() {
        let (text, zone) = (text("US"), chrono_tz::America::New_York);
        let mut log = text.log(Some(zone), zone);
        log.sent(at("2026-03-02 10:00", zone), 'c', 0, 1, Kind::Contact);
        assert_eq!(log.forbids(at("2026-03-08 10:00", zone), 'c', 0, Kind::Contact), Some("silence"));
        assert_eq!(log.forbids(at("2026-03-08 10:00", zone), 'c', 1, Kind::Contact), None);
        assert_eq!(log.forbids(at("2026-03-09 10:00", zone), 'c', 0, Kind::Contact), None);
        log.receipt(0, 1, false);
        assert_eq!(log.forbids(at("2026-03-02 11:00", zone), 'c', 0, Kind::Contact), None);
    }

    // Article 2 and article 5; who answered was somebody else.
    #[test]
    fn colombia_by_hand() {
        let (text, zone) = (text("CO"), chrono_tz::America::Bogota);
        let mut log = text.log(Some(zone), zone);
        assert_eq!(log.forbids_for_good('w', 0, Kind::Answer), Some("not authorised"));
        log.person.authorised = Some("we".chars().collect());
        assert_eq!(log.forbids_for_good('w', 0, Kind::Answer), None);
        assert_eq!(log.forbids_for_good('s', 0, Kind::Contact), Some("not authorised"));
        log.person.reference.insert(1);
        assert_eq!(log.forbids_for_good('w', 1, Kind::Receipt), Some("a reference"));
        log.sent(at("2026-03-02 10:00", zone), 'w', 0, 1, Kind::Contact);
        let next_day = at("2026-03-03 10:00", zone);
        assert_eq!(log.forbids(next_day, 'e', 0, Kind::Contact), Some("one channel a week"));
        log.elsewhere('w');
        assert_eq!(log.forbids(next_day, 'e', 0, Kind::Contact), None);
        assert_eq!(log.forbids(at("2026-03-02 11:00", zone), 'e', 0, Kind::Contact), Some("limit"));
        assert_eq!(log.forbids_for_good('w', 0, Kind::Contact), Some("somebody else's"));
    }

    #[test]
    fn an_agent_s_call_counts_where_it_stands_in_time() {
        let (text, zone) = (text("CL"), chrono_tz::America::Santiago);
        let mut log = text.log(Some(zone), zone);
        log.sent(at("2026-03-20 10:00", zone), 'w', 0, 1, Kind::Contact);
        log.by_hand(at("2026-03-16 10:00", zone), 'c', 0, true);
        assert_eq!(log.forbids(at("2026-03-20 11:00", zone), 'c', 1, Kind::Contact), Some("limit"));
        assert_eq!(log.forbids(at("2026-03-23 11:00", zone), 'c', 1, Kind::Contact), None);
    }
}
