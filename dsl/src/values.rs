//! The values a strategy speaks of: money, numbers, spans of time, hours of the week, channels.
//!
//! In: nothing. Out: small types that are compared, hashed and copied.
//! Absent: any arithmetic that needs a clock, a zone or a holiday; that is the engine's calendar.

use std::fmt;

pub use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Weekday};

/// A currency by its ISO 4217 letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// ISO 4217 letters and digits after the decimal point, for the currencies we accept.
const CURRENCIES: &[(&str, u8)] = &[
    ("ARS", 2),
    ("BOB", 2),
    ("BRL", 2),
    ("CLP", 0),
    ("COP", 2),
    ("CRC", 2),
    ("DOP", 2),
    ("EUR", 2),
    ("GBP", 2),
    ("GTQ", 2),
    ("HNL", 2),
    ("MXN", 2),
    ("NIO", 2),
    ("PAB", 2),
    ("PEN", 2),
    ("PYG", 0),
    ("TWD", 2),
    ("USD", 2),
    ("UYU", 2),
    ("VES", 2),
];

impl Currency {
    /// The United States dollar: what a strategy without a currency is lowered with, before it is refused.
    pub const US_DOLLAR: Currency = Currency(*b"USD");

    /// The currency with these letters (any case), when it is one we know.
    pub fn parse(letters: &str) -> Option<Currency> {
        let upper = letters.to_ascii_uppercase();
        CURRENCIES
            .iter()
            .find(|(code, _)| *code == upper)
            .and_then(|(code, _)| <[u8; 3]>::try_from(code.as_bytes()).ok())
            .map(Currency)
    }

    /// Every currency we know, by its letters.
    pub fn all() -> impl Iterator<Item = &'static str> {
        CURRENCIES.iter().map(|(code, _)| *code)
    }

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// Digits after the decimal point (ISO 4217).
    pub fn digits(self) -> u8 {
        CURRENCIES.iter().find(|(code, _)| *code == self.code()).map_or(2, |(_, digits)| *digits)
    }

    /// How many minor units make one unit: 100 for PEN, 1 for CLP.
    pub fn minor_per_unit(self) -> i64 {
        10_i64.pow(u32::from(self.digits()))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in minor units of its currency. Never a float, never added across currencies.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Money {
    /// Minor units: cents for PEN, pesos for CLP.
    pub minor: i64,
    /// The currency of the amount.
    pub currency: Currency,
}

impl Money {
    /// An amount of so many minor units.
    pub const fn new(minor: i64, currency: Currency) -> Money {
        Money { minor, currency }
    }

    /// The sum, when the currencies are the same and it fits.
    pub fn checked_add(self, other: Money) -> Option<Money> {
        if self.currency != other.currency {
            return None;
        }
        Some(Money { minor: self.minor.checked_add(other.minor)?, currency: self.currency })
    }

    /// The figure without its currency: `1200.50`, `-3.00`, `1500` (CLP).
    pub fn figure(self) -> String {
        decimal(i128::from(self.minor), self.currency.digits())
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.figure(), self.currency)
    }
}

fn decimal(scaled: i128, digits: u8) -> String {
    if digits == 0 {
        return scaled.to_string();
    }
    let unit = 10_i128.pow(u32::from(digits));
    let sign = if scaled < 0 { "-" } else { "" };
    let whole = scaled.unsigned_abs() / unit.unsigned_abs();
    let rest = scaled.unsigned_abs() % unit.unsigned_abs();
    format!("{sign}{whole}.{rest:0width$}", width = usize::from(digits))
}

/// A plain number with four decimals, kept as an integer of ten-thousandths.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Number(pub i64);

impl Number {
    /// Ten-thousandths in one.
    pub const SCALE: i64 = 10_000;

    /// A whole number; saturates at the ends of the range.
    pub fn whole(value: i64) -> Number {
        Number(value.saturating_mul(Number::SCALE))
    }

    /// Reads `12`, `-3`, `1_200`, `1200.50`: at most four decimals, no other separators.
    pub fn parse(text: &str) -> Option<Number> {
        parse_scaled(text, 4).map(Number)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = decimal(i128::from(self.0), 4);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// Reads a source figure into an integer scaled by 10^digits, or `None` when it has more decimals or does
/// not fit. `_` may group the whole part.
pub fn parse_scaled(text: &str, digits: u8) -> Option<i64> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole: String = whole.chars().filter(|c| *c != '_').collect();
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > usize::from(digits) {
        return None;
    }
    let scaled = format!("{whole}{fraction:0<width$}", width = usize::from(digits));
    let value: i64 = scaled.parse().ok()?;
    Some(if negative { -value } else { value })
}

/// A length of time as the author wrote it. `1 day` follows the calendar, `24 hours` does not: a day may
/// have 23 or 25 hours where clocks change.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Lapse {
    /// The same wall-clock time so many calendar days later.
    Days(u32),
    /// So many business days later, by the holiday calendar.
    BusinessDays(u32),
    /// Seven days each.
    Weeks(u32),
    /// The same day so many months later, or the month's last day.
    Months(u32),
    /// Exact seconds.
    Seconds(u32),
}

impl Lapse {
    /// True for a lapse of no length: `0 days`.
    pub fn is_zero(self) -> bool {
        match self {
            Lapse::Days(n)
            | Lapse::BusinessDays(n)
            | Lapse::Weeks(n)
            | Lapse::Months(n)
            | Lapse::Seconds(n) => n == 0,
        }
    }
}

/// A time of day in minutes after midnight, 0 to 1440 (24:00, only as an end).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TimeOfDay(pub u16);

impl TimeOfDay {
    /// Reads `9:00`, `09:00`, `24:00`.
    pub fn parse(text: &str) -> Option<TimeOfDay> {
        let (hour, minute) = text.split_once(':')?;
        if hour.is_empty() || hour.len() > 2 || minute.len() != 2 {
            return None;
        }
        let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
        let total = hour * 60 + minute;
        (minute < 60 && total <= 1440).then_some(TimeOfDay(total))
    }

    /// Minutes after midnight.
    pub fn minutes(self) -> u32 {
        u32::from(self.0)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// One stretch of a day: from `open` (included) to `close` (excluded).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Stretch {
    /// First permitted minute.
    pub open: TimeOfDay,
    /// First minute that is no longer permitted.
    pub close: TimeOfDay,
}

/// Permitted hours by day: Monday is 0. A day without stretches is closed.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct WeekHours {
    /// Stretches of each weekday, in order, not overlapping.
    pub days: [Vec<Stretch>; 7],
    /// Stretches of a public holiday, whatever its weekday; empty is closed.
    pub holiday: Vec<Stretch>,
}

impl WeekHours {
    /// The stretches of a day.
    pub fn on(&self, weekday: Weekday, is_holiday: bool) -> &[Stretch] {
        if is_holiday {
            return &self.holiday;
        }
        self.days.get(weekday.num_days_from_monday() as usize).map_or(&[], Vec::as_slice)
    }

    /// True when no day has an hour.
    pub fn is_empty(&self) -> bool {
        self.days.iter().all(Vec::is_empty)
    }
}

/// Where a message goes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Channel {
    /// WhatsApp Business.
    Whatsapp,
    /// E-mail.
    Email,
    /// Text message.
    Sms,
    /// A telephone call.
    Call,
}

impl Channel {
    /// Every channel, in the order of the usual ladder.
    pub const ALL: [Channel; 4] = [Channel::Whatsapp, Channel::Email, Channel::Sms, Channel::Call];

    /// The word for it in data files, the API and English strategies.
    pub fn word(self) -> &'static str {
        match self {
            Channel::Whatsapp => "whatsapp",
            Channel::Email => "email",
            Channel::Sms => "sms",
            Channel::Call => "call",
        }
    }

    /// The channel of that word.
    pub fn parse(word: &str) -> Option<Channel> {
        Channel::ALL.into_iter().find(|channel| channel.word() == word)
    }

    /// Position in [`Channel::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }
}

/// A set of channels.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct ChannelSet(pub u8);

impl ChannelSet {
    /// Every channel.
    pub const ALL: ChannelSet = ChannelSet(0b1111);

    /// With one more channel.
    #[must_use]
    pub fn with(self, channel: Channel) -> ChannelSet {
        ChannelSet(self.0 | 1 << channel.index())
    }

    /// Without a channel.
    #[must_use]
    pub fn without(self, channel: Channel) -> ChannelSet {
        ChannelSet(self.0 & !(1 << channel.index()))
    }

    /// Is the channel in the set?
    pub fn contains(self, channel: Channel) -> bool {
        self.0 & (1 << channel.index()) != 0
    }

    /// No channel at all.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The channels, in the order of [`Channel::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Channel> {
        Channel::ALL.into_iter().filter(move |channel| self.contains(*channel))
    }
}

impl FromIterator<Channel> for ChannelSet {
    fn from_iter<I: IntoIterator<Item = Channel>>(channels: I) -> ChannelSet {
        channels.into_iter().fold(ChannelSet::default(), ChannelSet::with)
    }
}

/// What a person is to a debt. Laws name the roles that may be asked for payment.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub enum Role {
    /// Owes it.
    #[default]
    Debtor,
    /// Answers for it: guarantor, co-debtor, jointly liable.
    Guarantor,
    /// Was named by the debtor, and owes nothing: reference, relative, employer.
    Reference,
}

impl Role {
    /// Every role, the nearest to the debt first.
    pub const ALL: [Role; 3] = [Role::Debtor, Role::Guarantor, Role::Reference];

    /// The word for it in data files and law packs.
    pub fn word(self) -> &'static str {
        match self {
            Role::Debtor => "debtor",
            Role::Guarantor => "guarantor",
            Role::Reference => "reference",
        }
    }

    /// The role of that word.
    pub fn parse(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// What a message is for. The gate treats the purposes differently.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Purpose {
    /// Asks for payment; forbidden once nothing is owed.
    Reminder,
    /// Confirms a payment; not a new contact.
    Receipt,
    /// Information that the debtor asked for.
    Information,
    /// Offers a plan or better terms.
    Offer,
    /// A notice that the law requires.
    Notice,
}

impl Purpose {
    /// Does the message press for payment, so that it must not go out when nothing is owed?
    pub fn asks_for_payment(self) -> bool {
        matches!(self, Purpose::Reminder | Purpose::Offer | Purpose::Notice)
    }

    /// Can the message be an answer to what the debtor said? A reminder and a notice are contacts of their own, whatever
    /// was said before them: laws free what the debtor asked for, and nobody asks to be dunned.
    pub fn may_answer(self) -> bool {
        matches!(self, Purpose::Information | Purpose::Offer | Purpose::Receipt)
    }
}

/// How a limit counts its window.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Window {
    /// The customer's local calendar day.
    Day,
    /// Both the local week from Monday to Sunday and any 7 × 24 hours: laws say "per week" and define
    /// neither, so the stricter of the two holds.
    Week,
    /// The local calendar month.
    Month,
    /// Any so many × 24 hours.
    Days(u16),
}

/// At most so many contacts of one person in a window.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Limit {
    /// Highest number of contacts permitted in the window.
    pub contacts_max: u32,
    /// The window.
    pub window: Window,
    /// The channels whose contacts are counted together.
    pub channels: ChannelSet,
}

/// A value that an expression yields.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Value {
    /// An amount.
    Money(Money),
    /// A plain number.
    Number(Number),
    /// A share; 50 % is 50.
    Percent(Number),
    /// A calendar date.
    Date(NaiveDate),
    /// Text.
    Text(String),
    /// Yes or no.
    Truth(bool),
}

/// The type of a [`Value`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Type {
    /// An amount with its currency.
    Money,
    /// A plain number.
    Number,
    /// A share.
    Percent,
    /// A calendar date.
    Date,
    /// Text.
    Text,
    /// Yes or no.
    Truth,
}

impl Value {
    /// The type of the value.
    pub fn type_of(&self) -> Type {
        match self {
            Value::Money(_) => Type::Money,
            Value::Number(_) => Type::Number,
            Value::Percent(_) => Type::Percent,
            Value::Date(_) => Type::Date,
            Value::Text(_) => Type::Text,
            Value::Truth(_) => Type::Truth,
        }
    }
}

impl Type {
    /// As people say it, with its article.
    pub fn words(self, lang: Lang) -> &'static str {
        match self {
            Type::Money => lang.pick("un monto", "an amount"),
            Type::Number => lang.pick("un número", "a number"),
            Type::Percent => lang.pick("un porcentaje", "a percentage"),
            Type::Date => lang.pick("una fecha", "a date"),
            Type::Text => lang.pick("un texto", "a text"),
            Type::Truth => lang.pick("un sí o no", "a yes or no"),
        }
    }
}

/// A language that people read: of keywords, findings and reports.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Lang {
    /// Spanish.
    Es,
    /// English.
    En,
}

impl Lang {
    /// Every language that ships.
    pub const ALL: [Lang; 2] = [Lang::Es, Lang::En];

    /// `es`, `en`.
    pub fn code(self) -> &'static str {
        match self {
            Lang::Es => "es",
            Lang::En => "en",
        }
    }

    /// The language of a code.
    pub fn parse(code: &str) -> Option<Lang> {
        Lang::ALL.into_iter().find(|lang| lang.code() == code)
    }

    /// One of two texts that stand side by side.
    pub fn pick<T>(self, es: T, en: T) -> T {
        match self {
            Lang::Es => es,
            Lang::En => en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_with_the_digits_of_its_currency() {
        let check = |code: &str, minor: i64, expected: &str| {
            assert_eq!(
                Currency::parse(code).map(|c| Money::new(minor, c).to_string()).as_deref(),
                Some(expected)
            );
        };
        check("PEN", 120_050, "1200.50 PEN");
        check("PEN", -5, "-0.05 PEN");
        check("CLP", 1500, "1500 CLP");
    }

    #[test]
    fn figures_of_the_source_are_read_exactly() {
        assert_eq!(parse_scaled("1_200.50", 2), Some(120_050));
        assert_eq!(parse_scaled("-3", 2), Some(-300));
        assert_eq!(parse_scaled("0.001", 2), None);
        assert_eq!(parse_scaled("99999999999999999999", 2), None);
        assert_eq!(Number::parse("0.5").map(|n| n.to_string()).as_deref(), Some("0.5"));
    }

    #[test]
    fn a_time_of_day_may_end_at_midnight() {
        assert_eq!(TimeOfDay::parse("24:00"), Some(TimeOfDay(1440)));
        assert_eq!(TimeOfDay::parse("24:01"), None);
        assert_eq!(TimeOfDay::parse("9:5"), None);
    }
}
