//! Rows: what does one record say about one invoice?
//!
//! In: the values of a record, a layout. Out: a typed row, or everything that is wrong with it at once.

use crate::portfolio::address;
use crate::portfolio::amount::{self, Form};
use crate::portfolio::date;
use crate::portfolio::field::{Field, fold, nearest};
use crate::portfolio::layout::{Bound, Layout, Notation, value_at};
use crate::portfolio::mapping::{DayFrom, Mapping};
use crate::portfolio::problem::{Fault, Problem, shorten};
use chrono::Days;
use chrono_tz::Tz;
use cobro_dsl::values::{Channel, ChannelSet, Currency, Money, NaiveDate, Number, Role, Type, Value};
use std::borrow::Cow;

/// One invoice, as the canonical file has it.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// The line of the file it was read from.
    pub line: u64,
    /// The creditor's key of the customer; the account's when the file names none.
    pub customer: String,
    /// The creditor's key of the account.
    pub account: String,
    /// The customer's name.
    pub name: Option<String>,
    /// The creditor's name.
    pub company: Option<String>,
    /// Telephone, E.164.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// The customer's own zone.
    pub zone: Option<Tz>,
    /// Two letters.
    pub country: Option<String>,
    /// The currency of every amount of the row.
    pub currency: Currency,
    /// The invoice's number.
    pub invoice: Option<String>,
    /// The day from which it is owed.
    pub issued_on: Option<NaiveDate>,
    /// The day by which it is to be paid.
    pub due_on: NaiveDate,
    /// What it came to, in minor units.
    pub amount: i64,
    /// What was owed at the cut-off, in minor units; never negative.
    pub balance: Option<i64>,
    /// Channels that the customer authorised; `None` when the row does not say.
    pub authorised: Option<ChannelSet>,
    /// What the customer is to the debt; `None` when the row does not say.
    pub role: Option<Role>,
    /// The customer contests it.
    pub disputed: bool,
    /// The creditor's own score.
    pub risk_score: Option<Number>,
    /// The creditor's own segment.
    pub segment: Option<String>,
    /// The product.
    pub product: Option<String>,
    /// A link to pay by.
    pub pay_link: Option<String>,
    /// The date by which the customer promised to pay.
    pub promised_on: Option<NaiveDate>,
    /// What they promised, in minor units; everything owed when the row does not say.
    pub promised_amount: Option<i64>,
    /// How many promises they kept before.
    pub promises_kept: Option<u32>,
    /// How many they broke.
    pub promises_broken: Option<u32>,
    /// Tags, in the order of the alphabet, each once.
    pub tags: Vec<String>,
    /// Fields of the creditor's own, in the order of their names.
    pub own: Vec<(String, Value)>,
    /// What was really paid, oldest first.
    pub payments: Vec<Dated>,
    /// What statements said was owed, oldest first; negative when the customer was in credit.
    pub statements: Vec<Dated>,
}

impl Row {
    /// What a row is known by, so that nothing hangs on where it stands in the file: customer, account, invoice.
    pub(super) fn named(&self) -> (&str, &str, Option<&str>) {
        (&self.customer, &self.account, self.invoice.as_deref())
    }
}

/// An amount of a day, in minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dated {
    /// The customer's local date.
    pub on: NaiveDate,
    /// Minor units.
    pub amount: i64,
}

/// Reads a record. What is wrong with it goes to `problems`.
pub(super) fn read(
    line: u64,
    values: &[Cow<'_, str>],
    layout: &Layout,
    mapping: &Mapping,
    problems: &mut Vec<Problem>,
) -> Option<Row> {
    // Empty values behind the last column are what spreadsheets leave there.
    let has_more = values.iter().skip(layout.width).any(|value| !value.trim().is_empty());
    if values.len() < layout.width || has_more {
        let fault = Fault::Width { found: values.len(), expected: layout.width };
        problems.push(Problem::of_line(line, fault));
        return None;
    }
    let known = problems.len();
    let mut reading = Reading { line, values, layout, mapping, problems };
    let row = reading.row();
    if reading.problems.len() > known { None } else { row }
}

struct Reading<'a> {
    line: u64,
    values: &'a [Cow<'a, str>],
    layout: &'a Layout,
    mapping: &'a Mapping,
    problems: &'a mut Vec<Problem>,
}

impl Reading<'_> {
    /// Every field is read even after one was wrong, so that a person corrects a row once.
    fn row(&mut self) -> Option<Row> {
        let account = self.text(Field::Account);
        let currency =
            self.take(Field::Currency, |text, _| Currency::parse(text).ok_or(Fault::UnknownCurrency));
        let digits = currency.map_or(2, Currency::digits);
        let amount = self.money(Field::Amount, digits);
        let balance = self.take_money(Field::Balance, digits).map(|balance| balance.max(0));
        let due_on = self.date(Field::DueOn);
        let issued_on = self.date(Field::IssuedOn);
        let customer = self.text(Field::Customer);
        let country_code = self.layout.field(Field::Phone).and_then(|bound| bound.country_code.as_deref());
        let phone = self.take(Field::Phone, |text, _| address::phone(text, country_code));
        let email = self.take(Field::Email, |text, _| address::email(text));
        let zone = self.take(Field::Timezone, |text, _| zone(text));
        let country = self.take(Field::Country, |text, _| country(text));
        let form = self.mapping.figures;
        let risk_score = self.take(Field::RiskScore, |text, notation| {
            amount::ten_thousandths(text, figures(form, notation)).map(Number)
        });
        let authorised = self.take(Field::Authorised, |text, _| channels(text));
        let role = self.take(Field::Role, |text, _| role(text));
        let disputed = self.take(Field::Disputed, |text, _| truth(text)).unwrap_or(false);
        let pay_link = self.take(Field::PayLink, |text, _| link(text));
        let promised_on = self.date(Field::PromisedOn);
        let promised_amount = self.money(Field::PromisedAmount, digits);
        let promises_kept = self.take(Field::PromisesKept, |text, _| count(text));
        let promises_broken = self.take(Field::PromisesBroken, |text, _| count(text));
        let tags = self.take(Field::Tags, |text, _| Ok(tags(text))).unwrap_or_default();
        let own = currency.map(|currency| self.own(currency)).unwrap_or_default();
        let mut payments = self.list(Field::Payments, digits);
        let mut statements = self.list(Field::Statements, digits);
        let key = account.as_deref().unwrap_or_default();
        self.columns(Field::Payments, key, digits, &mut payments);
        self.columns(Field::Statements, key, digits, &mut statements);
        payments.sort_by_key(|paid| paid.on);
        statements.sort_by_key(|stated| stated.on);
        let account = account?;
        Some(Row {
            line: self.line,
            customer: customer.unwrap_or_else(|| account.clone()),
            name: self.text(Field::Name),
            company: self.text(Field::Company),
            invoice: self.text(Field::Invoice),
            segment: self.text(Field::Segment),
            product: self.text(Field::Product),
            account,
            phone,
            email,
            zone,
            country,
            currency: currency?,
            issued_on,
            due_on: due_on?,
            amount: amount?,
            balance,
            authorised,
            role,
            disputed,
            risk_score,
            pay_link,
            promised_on,
            promised_amount,
            promises_kept,
            promises_broken,
            tags,
            own,
            payments,
            statements,
        })
    }

    /// Reads a field; an empty one is `None`, and a problem only where the field is required.
    fn take<T>(&mut self, field: Field, read: impl FnOnce(&str, Notation) -> Result<T, Fault>) -> Option<T> {
        let bound = self.layout.field(field)?;
        self.take_bound(bound, field.is_required(), read)
    }

    /// Fields of the creditor's own. Money is of the account's currency.
    fn own(&mut self, currency: Currency) -> Vec<(String, Value)> {
        let (layout, mapping) = (self.layout, self.mapping);
        let (form, rate) = (mapping.figures, mapping.rate);
        let mut own = Vec::new();
        for field in &layout.own {
            let read = |text: &str, notation| {
                let number = || amount::ten_thousandths(text, figures(form, notation)).map(Number);
                Ok(match field.kind {
                    Type::Money => {
                        let digits = currency.digits();
                        let minor = amount::minor_units(text, figures(form, notation), rate, digits)?;
                        Value::Money(Money::new(minor, currency))
                    }
                    Type::Number => Value::Number(number()?),
                    Type::Percent => Value::Percent(number()?),
                    Type::Date => Value::Date(day(text, notation, mapping)?),
                    Type::Text => Value::Text(text.to_owned()),
                    Type::Truth => Value::Truth(truth(text)?),
                })
            };
            own.extend(self.take_bound(&field.bound, false, read).map(|value| (field.name.clone(), value)));
        }
        own.sort_by(|(one, _), (other, _)| one.cmp(other));
        own
    }

    fn take_bound<T>(
        &mut self,
        bound: &Bound,
        is_required: bool,
        read: impl FnOnce(&str, Notation) -> Result<T, Fault>,
    ) -> Option<T> {
        let (value, notation) = match bound.value(self.values) {
            Ok(value) => value,
            Err(fault) => {
                self.refuse(&bound.label, bound.found(self.values), fault);
                return None;
            }
        };
        if value.is_empty() {
            if is_required {
                self.refuse(&bound.label, "", Fault::MissingValue);
            }
            return None;
        }
        match read(&value, notation) {
            Ok(read) => Some(read),
            Err(fault) => {
                self.refuse(&bound.label, &value, fault);
                None
            }
        }
    }

    fn refuse(&mut self, column: &str, value: &str, fault: Fault) {
        let value = Some(shorten(value)).filter(|value| !value.is_empty());
        let problem = Problem { line: Some(self.line), column: Some(column.to_owned()), value, fault };
        // One column may feed several fields; its mistake is one mistake.
        let is_new = self
            .problems
            .iter()
            .rev()
            .take_while(|other| other.line == problem.line)
            .all(|other| *other != problem);
        if is_new {
            self.problems.push(problem);
        }
    }

    fn text(&mut self, field: Field) -> Option<String> {
        self.take(field, |text, _| Ok(text.to_owned()))
    }

    fn date(&mut self, field: Field) -> Option<NaiveDate> {
        let mapping = self.mapping;
        self.take(field, |text, notation| day(text, notation, mapping))
    }

    /// An amount that must not be negative.
    fn money(&mut self, field: Field, digits: u8) -> Option<i64> {
        let is_zero = self.layout.field(field).is_some_and(|bound| bound.negative_is_zero);
        let (form, rate) = (self.mapping.figures, self.mapping.rate);
        self.take(field, |text, notation| {
            match amount::minor_units(text, figures(form, notation), rate, digits)? {
                negative if negative < 0 && is_zero => Ok(0),
                negative if negative < 0 => Err(Fault::NegativeAmount),
                amount => Ok(amount),
            }
        })
    }

    fn take_money(&mut self, field: Field, digits: u8) -> Option<i64> {
        let (form, rate) = (self.mapping.figures, self.mapping.rate);
        self.take(field, |text, notation| amount::minor_units(text, figures(form, notation), rate, digits))
    }

    /// `2026-03-05:120.00 2026-04-02:80.00`; the dates are always canonical, the figures as the file writes them.
    fn list(&mut self, field: Field, digits: u8) -> Vec<Dated> {
        let (form, rate) = (self.mapping.figures, self.mapping.rate);
        let entry = |text: &str, notation| {
            let (day, figure) = text.split_once(':').ok_or(Fault::DatedForm)?;
            let on = date::canonical(day)?;
            Ok(Dated { on, amount: amount::minor_units(figure, figures(form, notation), rate, digits)? })
        };
        let Some((text, notation)) = self.take(field, |text, notation| Ok((text.to_owned(), notation)))
        else {
            return Vec::new();
        };
        let label = self.layout.field(field).map_or(field.name(), |bound| bound.label.as_str());
        let mut listed = Vec::new();
        for one in text.split_whitespace() {
            match entry(one, notation).and_then(|dated| permitted(field, dated)) {
                Ok(dated) => listed.push(dated),
                Err(fault) => self.refuse(label, one, fault),
            }
        }
        listed
    }

    /// Amounts in columns of their own. An empty amount or day, and a payment of nothing, is no entry.
    fn columns(&mut self, field: Field, account: &str, digits: u8, listed: &mut Vec<Dated>) {
        let layout = self.layout;
        let columns = if field == Field::Payments { &layout.payments } else { &layout.statements };
        let (form, rate) = (self.mapping.figures, self.mapping.rate);
        for column in columns {
            let figure = value_at(self.values, column.amount);
            if figure.is_empty() {
                continue;
            }
            let on = match column.on {
                DayFrom::Constant(on) => on,
                DayFrom::Spread { first, days } => spread(first, days, account),
                DayFrom::Column(place) => {
                    let text = value_at(self.values, place);
                    if text.is_empty() {
                        continue;
                    }
                    match day(text, Notation::File, self.mapping) {
                        Ok(on) => on,
                        Err(fault) => {
                            self.refuse(&column.on_label, text, fault);
                            continue;
                        }
                    }
                }
            };
            let read = amount::minor_units(figure, form, rate, digits)
                .and_then(|amount| permitted(field, Dated { on, amount }));
            match read {
                Ok(dated) if dated.amount == 0 && field == Field::Payments => {}
                Ok(dated) => listed.push(dated),
                Err(fault) => self.refuse(&column.label, figure, fault),
            }
        }
    }
}

/// A payment is never negative; a statement may be.
fn permitted(field: Field, dated: Dated) -> Result<Dated, Fault> {
    match field == Field::Payments && dated.amount < 0 {
        true => Err(Fault::NegativeAmount),
        false => Ok(dated),
    }
}

fn figures(form: Form, notation: Notation) -> Form {
    match notation {
        Notation::File => form,
        Notation::Canonical => Form::default(),
    }
}

fn day(text: &str, notation: Notation, mapping: &Mapping) -> Result<NaiveDate, Fault> {
    match notation {
        Notation::File => date::read(text, mapping.date_forms()),
        Notation::Canonical => date::canonical(text),
    }
}

/// A day of the stretch, always the same for an account.
fn spread(first: NaiveDate, days: u32, account: &str) -> NaiveDate {
    let offset = stable_hash(account) % u64::from(days.max(1));
    first.checked_add_days(Days::new(offset)).unwrap_or(first)
}

/// FNV-1a with a final mixing, so that keys which differ in the last digit fall on different days. Written out
/// because the standard library promises no value that lasts.
fn stable_hash(text: &str) -> u64 {
    let mut hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ (hash >> 33)
}

fn zone(text: &str) -> Result<Tz, Fault> {
    text.parse::<Tz>().map_err(|_| Fault::UnknownZone {
        nearest: nearest(text, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())),
    })
}

fn country(text: &str) -> Result<String, Fault> {
    let is_sound = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    if is_sound { Ok(text.to_ascii_uppercase()) } else { Err(Fault::CountryForm) }
}

fn link(text: &str) -> Result<String, Fault> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_sound = rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace));
    if is_sound { Ok(text.to_owned()) } else { Err(Fault::LinkForm) }
}

/// `whatsapp email`, `correo, sms`, `all`, `none`.
fn channels(text: &str) -> Result<ChannelSet, Fault> {
    let mut set = ChannelSet::default();
    let words = text.split([' ', ',', ';', '|', '+', '/']).map(fold).filter(|word| !word.is_empty());
    let words: Vec<String> = words.collect();
    for word in &words {
        match (word.as_str(), words.len()) {
            ("all" | "todos", 1) => set = ChannelSet::ALL,
            ("none" | "ninguno", 1) => {}
            ("whatsapp" | "wa", _) => set = set.with(Channel::Whatsapp),
            ("email" | "correo" | "mail", _) => set = set.with(Channel::Email),
            ("sms", _) => set = set.with(Channel::Sms),
            ("call" | "llamada" | "telefono", _) => set = set.with(Channel::Call),
            _ => return Err(Fault::ChannelsForm),
        }
    }
    Ok(set)
}

fn role(text: &str) -> Result<Role, Fault> {
    match fold(text).as_str() {
        "debtor" | "deudor" | "deudora" | "titular" => Ok(Role::Debtor),
        "guarantor" | "codebtor" | "codeudor" | "codeudora" | "aval" | "avalista" | "garante" | "fiador" => {
            Ok(Role::Guarantor)
        }
        "reference" | "referencia" => Ok(Role::Reference),
        _ => Err(Fault::RoleForm),
    }
}

/// How many; spreadsheets write `2.0` for two.
fn count(text: &str) -> Result<u32, Fault> {
    let whole = text.trim_end_matches('0').strip_suffix('.').unwrap_or(text);
    whole.parse().map_err(|_| Fault::CountForm)
}

fn tags(text: &str) -> Vec<String> {
    let words = text.split(|sign: char| sign.is_whitespace() || [',', ';', '|'].contains(&sign));
    let mut tags: Vec<String> = words.filter(|word| !word.is_empty()).map(str::to_owned).collect();
    tags.sort();
    tags.dedup();
    tags
}

fn truth(text: &str) -> Result<bool, Fault> {
    match fold(text).as_str() {
        "yes" | "y" | "si" | "s" | "true" | "verdadero" | "1" | "x" => Ok(true),
        "no" | "n" | "false" | "falso" | "0" => Ok(false),
        _ => Err(Fault::TruthForm),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spread_days_are_stable_and_use_the_whole_stretch() {
        let first = date::canonical("2005-07-01").unwrap_or_default();
        let mut counts = [0_u32; 28];
        for id in 1..=30_000 {
            let on = spread(first, 28, &format!("T{id:05}"));
            let offset = usize::try_from((on - first).num_days()).unwrap_or(usize::MAX);
            counts[offset] += 1;
        }
        assert!(counts.iter().all(|count| (900..1250).contains(count)), "{counts:?}");
        assert_eq!(spread(first, 28, "T00001"), spread(first, 28, "T00001"));
    }

    #[test]
    fn channels_are_understood_in_both_languages() {
        let set = |channels: &[Channel]| Ok(channels.iter().copied().collect::<ChannelSet>());
        assert_eq!(channels("whatsapp, Correo"), set(&[Channel::Whatsapp, Channel::Email]));
        assert_eq!(channels("sms+llamada"), set(&[Channel::Sms, Channel::Call]));
        assert_eq!(channels("todos"), Ok(ChannelSet::ALL));
        assert_eq!(channels("ninguno"), Ok(ChannelSet::default()));
        assert_eq!(channels("todos sms"), Err(Fault::ChannelsForm));
        assert_eq!(channels("sí"), Err(Fault::ChannelsForm));
        assert_eq!(role("Fiador"), Ok(Role::Guarantor));
        assert_eq!(role("vecino"), Err(Fault::RoleForm));
    }

    #[test]
    fn yes_and_no_are_understood_in_both_languages() {
        assert_eq!(truth("Sí"), Ok(true));
        assert_eq!(truth("NO"), Ok(false));
        assert_eq!(truth("tal vez"), Err(Fault::TruthForm));
    }
}
