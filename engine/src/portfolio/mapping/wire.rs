//! The mapping file as it is written, and its way to a checked [`Mapping`].

use super::{DatedColumn, DayFrom, Mapping, Problem, RowRule, Source, Taking, Verdict};
use crate::portfolio::field::{Field, nearest};
use crate::portfolio::layout::kind_of;
use crate::portfolio::template::Template;
use crate::portfolio::text::Encoding;
use crate::portfolio::{amount, date};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct FileWire {
    delimiter: Option<String>,
    encoding: Option<String>,
    decimal: Option<String>,
    thousands: Option<String>,
    exponents: Option<String>,
    dates: Vec<String>,
    rate: Option<String>,
    fields: BTreeMap<String, FieldWire>,
    own_fields: BTreeMap<String, OwnWire>,
    payments: Vec<DatedWire>,
    statements: Vec<DatedWire>,
    skip_when: Vec<RuleWire>,
    keep_when: Vec<RuleWire>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct FieldWire {
    column: Option<String>,
    value: Option<String>,
    template: Option<String>,
    map: Option<BTreeMap<String, String>>,
    default: Option<String>,
    negative: Option<String>,
    country_code: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnWire {
    r#type: String,
    column: Option<String>,
    value: Option<String>,
    template: Option<String>,
    map: Option<BTreeMap<String, String>>,
    default: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DatedWire {
    amount: String,
    on: Option<String>,
    on_column: Option<String>,
    spread_days: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleWire {
    column: String,
    is: Vec<String>,
}

pub(super) fn parse(text: &str) -> Result<Mapping, Problem> {
    let wire: FileWire = toml::from_str(text).map_err(|error| Problem::Toml(toml_words(&error, text)))?;
    let mut fields = BTreeMap::new();
    for (name, field) in wire.fields {
        let Some(known) = Field::parse(&name) else {
            let nearest = nearest(&name, Field::all().map(Field::name));
            return Err(Problem::UnknownField { nearest, name });
        };
        fields.insert(known, source(&format!("fields.{}", known.name()), field)?);
    }
    let mut own = BTreeMap::new();
    for (name, OwnWire { r#type, column, value, template, map, default }) in wire.own_fields {
        let kind = kind_of(&r#type).ok_or_else(|| {
            bad("type", &r#type, "\"amount\", \"number\", \"percentage\", \"date\", \"text\", \"yes or no\"")
        })?;
        let wire = FieldWire { column, value, template, map, default, negative: None, country_code: None };
        let source = source(&format!("own_fields.{name}"), wire)?;
        own.insert(name, (kind, source));
    }
    let figures = amount::Form {
        exponents: exponents(wire.exponents.as_deref())?,
        ..figures(wire.decimal.as_deref(), wire.thousands.as_deref())?
    };
    for form in &wire.dates {
        if !date::is_form(form) {
            return Err(bad("dates", form, "%d/%m/%Y, %m/%d/%Y, %Y-%m-%d"));
        }
    }
    let rate = match wire.rate {
        None => None,
        Some(text) => Some(amount::rate(&text).ok_or_else(|| bad("rate", &text, "\"0.1\", \"3.75\""))?),
    };
    let rules = rules(wire.skip_when, Verdict::Skip).chain(rules(wire.keep_when, Verdict::Keep)).collect();
    Ok(Mapping {
        delimiter: delimiter(wire.delimiter.as_deref())?,
        encoding: encoding(wire.encoding.as_deref())?,
        figures,
        dates: wire.dates,
        rate,
        fields,
        own,
        payments: dated(wire.payments, "payments")?,
        statements: dated(wire.statements, "statements")?,
        rules,
    })
}

fn source(place: &str, wire: FieldWire) -> Result<Source, Problem> {
    let key = |key: &str| format!("{place}.{key}");
    let one_of = || Problem::OneOf { place: place.to_owned(), keys: "`column`, `value`, `template`" };
    let taking = match (wire.column, wire.value, wire.template, wire.map) {
        (Some(column), None, None, None) => Taking::Column(column),
        (Some(column), None, None, Some(mut table)) => {
            let others = table.remove("*");
            Taking::Map { column, table, others }
        }
        (None, Some(value), None, None) => Taking::Constant(value),
        (None, None, Some(text), None) => Taking::Template(
            Template::parse(&text).ok_or_else(|| bad(&key("template"), &text, "\"T{ID:5}\""))?,
        ),
        _ => return Err(one_of()),
    };
    let negative_is_zero = match wire.negative.as_deref() {
        None | Some("refuse") => false,
        Some("zero") => true,
        Some(other) => return Err(bad(&key("negative"), other, "\"refuse\", \"zero\"")),
    };
    if let Some(code) = &wire.country_code {
        let digits = code.strip_prefix('+').unwrap_or_default();
        if !(1..=3).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(bad(&key("country_code"), code, "\"+51\""));
        }
    }
    Ok(Source { taking, default: wire.default, negative_is_zero, country_code: wire.country_code })
}

fn dated(wires: Vec<DatedWire>, place: &str) -> Result<Vec<DatedColumn>, Problem> {
    let keys = "`on`, `on_column`";
    let one = |wire: DatedWire| {
        let on = match (wire.on, wire.on_column) {
            (Some(text), None) => {
                let day = date::canonical(&text).map_err(|_| bad("on", &text, "\"2026-03-02\""))?;
                match wire.spread_days {
                    None => DayFrom::Constant(day),
                    Some(days) if (1..=366).contains(&days) => DayFrom::Spread { first: day, days },
                    Some(days) => return Err(bad("spread_days", &days.to_string(), "1 … 366")),
                }
            }
            (None, Some(column)) if wire.spread_days.is_none() => DayFrom::Column(column),
            (None, Some(_)) => {
                return Err(Problem::OneOf { place: place.to_owned(), keys: "`on_column`, `spread_days`" });
            }
            _ => return Err(Problem::OneOf { place: place.to_owned(), keys }),
        };
        Ok(DatedColumn { amount: wire.amount, on })
    };
    wires.into_iter().map(one).collect()
}

fn rules(wires: Vec<RuleWire>, verdict: Verdict) -> impl Iterator<Item = RowRule> {
    wires.into_iter().map(move |wire| RowRule { verdict, column: wire.column, values: wire.is })
}

fn delimiter(word: Option<&str>) -> Result<Option<u8>, Problem> {
    match word {
        None | Some("auto") => Ok(None),
        Some(",") => Ok(Some(b',')),
        Some(";") => Ok(Some(b';')),
        Some("tab" | "\t") => Ok(Some(b'\t')),
        Some("|") => Ok(Some(b'|')),
        Some(other) => Err(bad("delimiter", other, "\",\", \";\", \"tab\", \"|\", \"auto\"")),
    }
}

fn encoding(word: Option<&str>) -> Result<Encoding, Problem> {
    let Some(word) = word else { return Ok(Encoding::Auto) };
    Encoding::parse(word)
        .ok_or_else(|| bad("encoding", word, "\"utf-8\", \"latin-1\", \"windows-1252\", \"auto\""))
}

fn figures(decimal: Option<&str>, thousands: Option<&str>) -> Result<amount::Form, Problem> {
    let decimal = match decimal {
        None | Some(".") => '.',
        Some(",") => ',',
        Some(other) => return Err(bad("decimal", other, "\".\", \",\"")),
    };
    let thousands = match thousands {
        None | Some("") => None,
        Some("." | "," | " " | "'") => thousands.and_then(|sign| sign.chars().next()),
        Some(other) => return Err(bad("thousands", other, "\".\", \",\", \" \", \"'\"")),
    };
    if thousands == Some(decimal) {
        return Err(Problem::SameSeparators);
    }
    Ok(amount::Form { decimal, thousands, ..amount::Form::default() })
}

fn exponents(word: Option<&str>) -> Result<amount::Exponents, Problem> {
    match word {
        None | Some("refuse") => Ok(amount::Exponents::Refused),
        Some("exact") => Ok(amount::Exponents::Exact),
        Some(other) => Err(bad("exponents", other, "\"refuse\", \"exact\"")),
    }
}

fn bad(key: &str, value: &str, allowed: &'static str) -> Problem {
    Problem::BadValue { key: key.to_owned(), value: format!("\"{value}\""), allowed }
}

/// The reader's message on one line, with the line of the file.
fn toml_words(error: &toml::de::Error, text: &str) -> String {
    let message = error.message().lines().collect::<Vec<_>>().join(" ");
    match error.span() {
        Some(span) => {
            let line = 1 + text.get(..span.start).unwrap_or_default().matches('\n').count();
            format!("{line}: {message}")
        }
        None => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cobro_dsl::values::Lang;

    fn refused(text: &str, expected: &str) {
        let words = parse(text).map_err(|problem| problem.words(Lang::En));
        assert_eq!(words.map(|_| ()), Err(expected.to_owned()));
    }

    #[test]
    fn an_empty_mapping_is_the_default() {
        assert_eq!(parse(""), Ok(Mapping::default()));
    }

    #[test]
    fn a_mapping_says_where_fields_come_from() {
        let mapping = parse(
            "rate = \"0.1\"\n[fields]\naccount = { template = \"T{ID:5}\" }\n\
             due_on = { column = \"X9\", map = { \"2\" = \"2005-05-25\", \"*\" = \"2005-07-25\" } }\n\
             [[payments]]\namount = \"X18\"\non = \"2005-09-01\"\nspread_days = 28\n",
        );
        let mapping = mapping.unwrap_or_default();
        assert_eq!(mapping.fields.len(), 2);
        assert!(matches!(
            mapping.fields.get(&Field::DueOn).map(|source| &source.taking),
            Some(Taking::Map { others: Some(day), .. }) if day == "2005-07-25"
        ));
        assert!(matches!(
            mapping.payments.first().map(|paid| &paid.on),
            Some(DayFrom::Spread { days: 28, .. })
        ));
    }

    #[test]
    fn mistakes_are_named() {
        refused("decimal = \";\"", "the mapping says `decimal = \";\"`; it can be \".\", \",\"");
        refused(
            "decimal = \",\"\nthousands = \",\"",
            "the mapping uses the same sign for decimals and thousands",
        );
        refused(
            "[fields.acount]\ncolumn = \"ID\"",
            "the mapping names a field that does not exist: `acount`; did you mean `account`?",
        );
        refused(
            "[fields.account]\ncolumn = \"ID\"\nvalue = \"x\"",
            "`fields.account` of the mapping needs exactly one of `column`, `value`, `template`",
        );
        refused(
            "dates = [\"dd/mm/yyyy\"]",
            "the mapping says `dates = \"dd/mm/yyyy\"`; it can be %d/%m/%Y, %m/%d/%Y, %Y-%m-%d",
        );
        let unknown = parse("\ndelimeter = \";\"").map_err(|problem| problem.words(Lang::En));
        assert!(unknown.is_err_and(|words| {
            words.starts_with("the mapping cannot be read: 2: unknown field `delimeter`")
        }));
    }
}
