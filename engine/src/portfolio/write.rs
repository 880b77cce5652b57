//! Writing: rows become a canonical file.
//!
//! In: rows. Out: text that reads back to the same rows. Columns in which no row has a value are left out, and so
//! is `customer` where every customer is their own account.

use crate::portfolio::field::Field;
use crate::portfolio::layout::kind_word;
use crate::portfolio::row::{Dated, Row};
use cobro_dsl::values::{Channel, ChannelSet, Role, Type, Value};
use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};

/// The canonical file of some rows.
pub fn canonical(rows: &[Row]) -> String {
    let is_used = |field: &Field| field.is_required() || rows.iter().any(|row| has_value(*field, row));
    let fields: Vec<Field> = Field::all().filter(is_used).collect();
    let mut own: BTreeMap<&str, Type> = BTreeMap::new();
    for (name, value) in rows.iter().flat_map(|row| &row.own) {
        own.insert(name, value.type_of());
    }
    let header: Vec<&str> = fields.iter().map(|field| field.name()).collect();
    let mut text = header.join(",");
    for (name, kind) in &own {
        text.push(',');
        push_quoted(&mut text, &format!("field.{name}.{}", kind_word(*kind)));
    }
    text.push('\n');
    for row in rows {
        let digits = row.currency.digits();
        for (at, field) in fields.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            push(&mut text, *field, row, digits);
        }
        for name in own.keys() {
            text.push(',');
            if let Some((_, value)) = row.own.iter().find(|(known, _)| known == name) {
                push_value(&mut text, value);
            }
        }
        text.push('\n');
    }
    text
}

fn has_value(field: Field, row: &Row) -> bool {
    match field {
        Field::Name => row.name.is_some(),
        Field::Company => row.company.is_some(),
        Field::Phone => row.phone.is_some(),
        Field::Email => row.email.is_some(),
        Field::Timezone => row.zone.is_some(),
        Field::Country => row.country.is_some(),
        Field::Invoice => row.invoice.is_some(),
        Field::IssuedOn => row.issued_on.is_some(),
        Field::Balance => row.balance.is_some(),
        Field::Authorised => row.authorised.is_some(),
        Field::Role => row.role.is_some(),
        Field::Disputed => row.disputed,
        Field::RiskScore => row.risk_score.is_some(),
        Field::Segment => row.segment.is_some(),
        Field::Product => row.product.is_some(),
        Field::PayLink => row.pay_link.is_some(),
        Field::PromisedOn => row.promised_on.is_some(),
        Field::PromisedAmount => row.promised_amount.is_some(),
        Field::PromisesKept => row.promises_kept.is_some(),
        Field::PromisesBroken => row.promises_broken.is_some(),
        Field::Tags => !row.tags.is_empty(),
        Field::Payments => !row.payments.is_empty(),
        Field::Statements => !row.statements.is_empty(),
        Field::Customer => row.customer != row.account,
        Field::Account | Field::Currency | Field::DueOn | Field::Amount => true,
    }
}

fn push(text: &mut String, field: Field, row: &Row, digits: u8) {
    match field {
        Field::Customer => push_quoted(text, &row.customer),
        Field::Account => push_quoted(text, &row.account),
        Field::Name => push_stated(text, &row.name),
        Field::Company => push_stated(text, &row.company),
        Field::Phone => push_stated(text, &row.phone),
        Field::Email => push_stated(text, &row.email),
        Field::Timezone => text.push_str(row.zone.map_or("", |zone| zone.name())),
        Field::Country => push_stated(text, &row.country),
        Field::Currency => text.push_str(row.currency.code()),
        Field::Invoice => push_stated(text, &row.invoice),
        Field::IssuedOn => push_shown(text, row.issued_on),
        Field::DueOn => push_shown(text, Some(row.due_on)),
        Field::Amount => push_figure(text, row.amount, digits),
        Field::Balance => row.balance.into_iter().for_each(|balance| push_figure(text, balance, digits)),
        Field::Authorised => match row.authorised {
            None => {}
            Some(ChannelSet::ALL) => text.push_str("all"),
            Some(channels) if channels.is_empty() => text.push_str("none"),
            Some(channels) => {
                let words: Vec<&str> = channels.iter().map(Channel::word).collect();
                text.push_str(&words.join(" "));
            }
        },
        Field::Role => text.push_str(row.role.map_or("", Role::word)),
        Field::Disputed => text.push_str(if row.disputed { "yes" } else { "" }),
        Field::RiskScore => push_shown(text, row.risk_score),
        Field::Segment => push_stated(text, &row.segment),
        Field::Product => push_stated(text, &row.product),
        Field::PayLink => push_stated(text, &row.pay_link),
        Field::PromisedOn => push_shown(text, row.promised_on),
        Field::PromisedAmount => {
            row.promised_amount.into_iter().for_each(|amount| push_figure(text, amount, digits));
        }
        Field::PromisesKept => push_shown(text, row.promises_kept),
        Field::PromisesBroken => push_shown(text, row.promises_broken),
        Field::Tags => push_quoted(text, &row.tags.join(" ")),
        Field::Payments => push_list(text, &row.payments, digits),
        Field::Statements => push_list(text, &row.statements, digits),
    }
}

fn push_value(text: &mut String, value: &Value) {
    match value {
        Value::Money(money) => push_figure(text, money.minor, money.currency.digits()),
        Value::Number(number) | Value::Percent(number) => push_shown(text, Some(number)),
        Value::Date(date) => push_shown(text, Some(date)),
        Value::Text(words) => push_quoted(text, words),
        Value::Truth(truth) => text.push_str(if *truth { "yes" } else { "no" }),
    }
}

fn push_list(text: &mut String, dated: &[Dated], digits: u8) {
    for (at, one) in dated.iter().enumerate() {
        if at > 0 {
            text.push(' ');
        }
        push_shown(text, Some(one.on));
        text.push(':');
        push_figure(text, one.amount, digits);
    }
}

/// As `Money` writes itself, without asking for the currency's digits each time.
fn push_figure(text: &mut String, minor: i64, digits: u8) {
    let unit = 10_u64.saturating_pow(u32::from(digits));
    let (sign, size) = (if minor < 0 { "-" } else { "" }, minor.unsigned_abs());
    // Writing to a string cannot fail.
    _ = match digits {
        0 => write!(text, "{minor}"),
        _ => write!(text, "{sign}{}.{:0width$}", size / unit, size % unit, width = usize::from(digits)),
    };
}

fn push_shown(text: &mut String, value: Option<impl Display>) {
    if let Some(value) = value {
        _ = write!(text, "{value}");
    }
}

fn push_stated(text: &mut String, value: &Option<String>) {
    if let Some(value) = value {
        push_quoted(text, value);
    }
}

fn push_quoted(text: &mut String, value: &str) {
    if !value.contains([',', '"', '\n', '\r']) {
        text.push_str(value);
        return;
    }
    text.push('"');
    text.push_str(&value.replace('"', "\"\""));
    text.push('"');
}
