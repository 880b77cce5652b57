//! Mappings: how does an outside file say what a portfolio needs to know?
//!
//! In: the text of a mapping file. Out: a checked mapping; whether its columns exist shows only when it meets
//! a file. Absent: files; the caller reads them.

use crate::portfolio::amount;
use crate::portfolio::field::Field;
use crate::portfolio::template::Template;
use crate::portfolio::text::Encoding;
use cobro_dsl::values::{Lang, NaiveDate, Type};
use std::collections::BTreeMap;

mod wire;

/// How to read a file. The default reads canonical and plainly named headers.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Mapping {
    /// What stands between values; `None` looks at the header.
    pub delimiter: Option<u8>,
    /// How letters are written as bytes.
    pub encoding: Encoding,
    /// How figures are written.
    pub figures: amount::Form,
    /// How dates are written; empty is `YYYY-MM-DD`.
    pub dates: Vec<String>,
    /// Every amount of the file times this.
    pub rate: Option<amount::Exact>,
    /// Where each field comes from. Empty: from the columns whose headers we understand.
    pub fields: BTreeMap<Field, Source>,
    /// Fields of the creditor's own, by the name that strategies give them.
    pub own: BTreeMap<String, (Type, Source)>,
    /// Payments that stand in columns of their own.
    pub payments: Vec<DatedColumn>,
    /// Statement balances that stand in columns of their own.
    pub statements: Vec<DatedColumn>,
    /// Which rows to leave out, and which alone to keep.
    pub rules: Vec<RowRule>,
}

/// Where a field comes from.
#[derive(Clone, PartialEq, Debug)]
pub struct Source {
    /// The value's origin.
    pub taking: Taking,
    /// The value when the origin is empty.
    pub default: Option<String>,
    /// An amount below zero counts as zero instead of being an error.
    pub negative_is_zero: bool,
    /// Put before telephones that have no `+`.
    pub country_code: Option<String>,
}

/// Origin of a value. Constants, maps and templates write dates and figures in the canonical way, columns in
/// the file's way.
#[derive(Clone, PartialEq, Debug)]
pub enum Taking {
    /// The column of that header.
    Column(String),
    /// Always this.
    Constant(String),
    /// Put together.
    Template(Template<String>),
    /// Looked up by the value of a column.
    Map {
        /// The column.
        column: String,
        /// Value found, value meant.
        table: BTreeMap<String, String>,
        /// For every value that is not in the table.
        others: Option<String>,
    },
}

/// An amount with a date, in columns of their own.
#[derive(Clone, PartialEq, Debug)]
pub struct DatedColumn {
    /// The column of the amount.
    pub amount: String,
    /// Its day.
    pub on: DayFrom<String>,
}

/// Where a day comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DayFrom<C> {
    /// A column.
    Column(C),
    /// Always this day.
    Constant(NaiveDate),
    /// This day, or up to so many days less one later: by a stable hash of the account, so that a month
    /// whose days are unknown does not fall on one day for everybody.
    Spread {
        /// The first day.
        first: NaiveDate,
        /// How many days there are.
        days: u32,
    },
}

/// A rule about whole rows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RowRule {
    /// Leave the rows out that meet it, or keep only those.
    pub verdict: Verdict,
    /// The column it looks at.
    pub column: String,
    /// The values that meet it.
    pub values: Vec<String>,
}

/// What a rule does with the rows that meet it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// They are left out.
    Skip,
    /// All others are left out.
    Keep,
}

/// Why a mapping cannot be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Problem {
    /// Not TOML, or a key that mappings do not have. The reader's own words.
    Toml(String),
    /// No such field.
    UnknownField {
        /// As written.
        name: String,
        /// One that may be meant.
        nearest: Option<&'static str>,
    },
    /// A value that a key cannot have.
    BadValue {
        /// The key.
        key: String,
        /// As written.
        value: String,
        /// What it can be.
        allowed: &'static str,
    },
    /// Not exactly one of the keys that exclude each other.
    OneOf {
        /// The table.
        place: String,
        /// The keys.
        keys: &'static str,
    },
    /// The same sign separates decimals and thousands.
    SameSeparators,
}

impl Mapping {
    /// Reads a mapping file.
    pub fn parse(text: &str) -> Result<Mapping, Problem> {
        wire::parse(text)
    }

    /// The accepted forms of dates.
    pub fn date_forms(&self) -> impl Iterator<Item = &str> + Clone {
        let canonical = self.dates.is_empty().then_some(crate::portfolio::date::CANONICAL);
        self.dates.iter().map(String::as_str).chain(canonical)
    }
}

impl Problem {
    /// What is wrong, in one line.
    pub fn words(&self, lang: Lang) -> String {
        match self {
            Problem::Toml(words) => lang.pick(
                format!("el mapeo no se puede leer: {words}"),
                format!("the mapping cannot be read: {words}"),
            ),
            Problem::UnknownField { name, nearest } => {
                let (es, en) = match nearest {
                    Some(nearest) => {
                        (format!("; ¿quiso decir `{nearest}`?"), format!("; did you mean `{nearest}`?"))
                    }
                    None => (String::new(), String::new()),
                };
                lang.pick(
                    format!("el mapeo nombra un campo que no existe: `{name}`{es}"),
                    format!("the mapping names a field that does not exist: `{name}`{en}"),
                )
            }
            Problem::BadValue { key, value, allowed } => lang.pick(
                format!("el mapeo dice `{key} = {value}`; se puede {allowed}"),
                format!("the mapping says `{key} = {value}`; it can be {allowed}"),
            ),
            Problem::OneOf { place, keys } => lang.pick(
                format!("`{place}` del mapeo necesita exactamente uno de {keys}"),
                format!("`{place}` of the mapping needs exactly one of {keys}"),
            ),
            Problem::SameSeparators => lang.pick(
                "el mapeo usa el mismo signo para decimales y miles".to_owned(),
                "the mapping uses the same sign for decimals and thousands".to_owned(),
            ),
        }
    }
}
