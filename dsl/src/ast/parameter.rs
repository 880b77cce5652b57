//! Parameters: figures with a name that stand at the head of a file or a strategy.
//!
//! In: nothing. Out: types. The parser puts a parameter's value where its name stands, so nobody behind the parser
//! knows of them, and the value is part of a program's version. What the author wrote is kept in
//! [`crate::ast::File::uses`] for the formatter.

use super::{At, Name, Text};
use crate::source::Span;
use crate::values::{Channel, Lang, Lapse, NaiveDate, Number, TimeOfDay, parse_scaled};
use std::cmp::Ordering;

/// `parameter name type = value [between a and b | in (a, b)] ["help"]`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub kind: ParameterType,
    /// Its value when nobody says another.
    pub default: At<ParameterValue>,
    /// What it may be.
    pub allowed: Allowed,
    /// One line of help.
    pub help: Option<Text>,
    /// The value in force: the default, or what was said instead.
    pub value: ParameterValue,
}

/// The name of a parameter where its value could stand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Use {
    /// The parameter.
    pub name: String,
    /// Its type.
    pub kind: ParameterType,
    /// Where it stands.
    pub span: Span,
}

/// What a parameter may be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Allowed {
    /// Anything of its type.
    Any,
    /// From one value to another, both included.
    Between(At<ParameterValue>, At<ParameterValue>),
    /// One of these.
    OneOf(Vec<At<ParameterValue>>),
}

/// The type of a parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ParameterType {
    /// `number`
    Number,
    /// `amount`
    Amount,
    /// `percentage`
    Percent,
    /// `duration`
    Duration,
    /// `time`
    Time,
    /// `date`
    Date,
    /// `text`
    Text,
    /// `channel`
    Channel,
    /// `yes or no`
    Truth,
}

/// A value of a parameter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ParameterValue {
    /// `3`, as written.
    Number(String),
    /// `20 PEN`, as written.
    Amount(String, Name),
    /// `50%`, without its sign.
    Percent(String),
    /// `3 days`
    Duration(Lapse),
    /// `09:30`
    Time(TimeOfDay),
    /// `2026-03-31`
    Date(NaiveDate),
    /// `"…"`
    Text(String),
    /// `whatsapp`
    Channel(Channel),
    /// `yes`
    Truth(bool),
}

impl ParameterType {
    /// As people say it, with its article.
    pub fn said(self, lang: Lang) -> &'static str {
        match self {
            ParameterType::Number => lang.pick("un número", "a number"),
            ParameterType::Amount => lang.pick("un monto", "an amount"),
            ParameterType::Percent => lang.pick("un porcentaje", "a percentage"),
            ParameterType::Duration => lang.pick("un plazo", "a length of time"),
            ParameterType::Time => lang.pick("una hora", "a time"),
            ParameterType::Date => lang.pick("una fecha", "a date"),
            ParameterType::Text => lang.pick("un texto", "a text"),
            ParameterType::Channel => lang.pick("un canal", "a channel"),
            ParameterType::Truth => lang.pick("un sí o no", "a yes or no"),
        }
    }

    /// For data: `duration`.
    pub fn word(self) -> &'static str {
        match self {
            ParameterType::Number => "number",
            ParameterType::Amount => "amount",
            ParameterType::Percent => "percentage",
            ParameterType::Duration => "duration",
            ParameterType::Time => "time",
            ParameterType::Date => "date",
            ParameterType::Text => "text",
            ParameterType::Channel => "channel",
            ParameterType::Truth => "yes or no",
        }
    }

    /// Some value of it, to read on with where there is none.
    pub(crate) fn any(self) -> ParameterValue {
        match self {
            ParameterType::Number => ParameterValue::Number("1".to_owned()),
            ParameterType::Percent => ParameterValue::Percent("1".to_owned()),
            ParameterType::Duration => ParameterValue::Duration(Lapse::Days(1)),
            ParameterType::Time => ParameterValue::Time(TimeOfDay(0)),
            ParameterType::Date => ParameterValue::Date(NaiveDate::default()),
            ParameterType::Text | ParameterType::Amount => ParameterValue::Text(String::new()),
            ParameterType::Channel => ParameterValue::Channel(Channel::Whatsapp),
            ParameterType::Truth => ParameterValue::Truth(false),
        }
    }
}

impl ParameterValue {
    /// Its type.
    pub fn kind(&self) -> ParameterType {
        match self {
            ParameterValue::Number(_) => ParameterType::Number,
            ParameterValue::Amount(..) => ParameterType::Amount,
            ParameterValue::Percent(_) => ParameterType::Percent,
            ParameterValue::Duration(_) => ParameterType::Duration,
            ParameterValue::Time(_) => ParameterType::Time,
            ParameterValue::Date(_) => ParameterType::Date,
            ParameterValue::Text(_) => ParameterType::Text,
            ParameterValue::Channel(_) => ParameterType::Channel,
            ParameterValue::Truth(_) => ParameterType::Truth,
        }
    }

    /// As it is written in a language.
    pub fn written(&self, lang: Lang) -> String {
        use crate::keywords::Keyword as K;
        match self {
            ParameterValue::Number(figure) => figure.clone(),
            ParameterValue::Amount(figure, currency) => {
                format!("{figure} {}", currency.text.to_ascii_uppercase())
            }
            ParameterValue::Percent(figure) => format!("{figure}%"),
            ParameterValue::Duration(lapse) => crate::graph::words::lapse(*lapse, lang),
            ParameterValue::Time(time) => time.to_string(),
            ParameterValue::Date(date) => date.to_string(),
            ParameterValue::Text(text) => crate::format::quoted_text(text),
            ParameterValue::Channel(channel) => {
                let keyword = match channel {
                    Channel::Whatsapp => K::Whatsapp,
                    Channel::Email => K::Email,
                    Channel::Sms => K::Sms,
                    Channel::Call => K::Call,
                };
                keyword.word(lang).to_owned()
            }
            ParameterValue::Truth(is) => if *is { K::Yes } else { K::No }.word(lang).to_owned(),
        }
    }

    /// Which of two is more; `None` when nobody can tell: amounts of two currencies, business days and days, months
    /// and days.
    pub fn compare(&self, other: &ParameterValue) -> Option<Ordering> {
        use ParameterValue as V;
        match (self, other) {
            (V::Number(x), V::Number(y)) | (V::Percent(x), V::Percent(y)) => {
                Some(Number::parse(x)?.cmp(&Number::parse(y)?))
            }
            (V::Amount(x, x_currency), V::Amount(y, y_currency)) => {
                let is_one = x_currency.text.eq_ignore_ascii_case(&y_currency.text);
                if is_one { Some(parse_scaled(x, 4)?.cmp(&parse_scaled(y, 4)?)) } else { None }
            }
            (V::Duration(x), V::Duration(y)) => {
                let (x, y) = (length(*x), length(*y));
                (x.0 == y.0).then(|| x.1.cmp(&y.1))
            }
            (V::Time(x), V::Time(y)) => Some(x.cmp(y)),
            (V::Date(x), V::Date(y)) => Some(x.cmp(y)),
            (V::Text(x), V::Text(y)) => (x == y).then_some(Ordering::Equal),
            (V::Channel(x), V::Channel(y)) => (x == y).then_some(Ordering::Equal),
            (V::Truth(x), V::Truth(y)) => (x == y).then_some(Ordering::Equal),
            _ => None,
        }
    }
}

/// What a length of time is measured in, and how much of it: a day counts as 24 hours.
fn length(lapse: Lapse) -> (u8, u64) {
    match lapse {
        Lapse::Seconds(n) => (0, u64::from(n)),
        Lapse::Days(n) => (0, u64::from(n) * 86_400),
        Lapse::Weeks(n) => (0, u64::from(n) * 7 * 86_400),
        Lapse::BusinessDays(n) => (1, u64::from(n)),
        Lapse::Months(n) => (2, u64::from(n)),
    }
}

impl Parameter {
    /// May it have this value? `None` when it cannot be compared with the bounds.
    pub fn permits(&self, value: &ParameterValue) -> Option<bool> {
        match &self.allowed {
            Allowed::Any => Some(true),
            Allowed::Between(low, high) => {
                Some(value.compare(&low.is)?.is_ge() && value.compare(&high.is)?.is_le())
            }
            Allowed::OneOf(choices) => {
                Some(choices.iter().any(|choice| value.compare(&choice.is) == Some(Ordering::Equal)))
            }
        }
    }
}
