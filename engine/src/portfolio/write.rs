//! Writing: rows become a canonical file.
//!
//! In: rows. Out: text that reads back to the same rows. Columns in which no row has a value are left out, and so
//! is `customer` where every customer is their own account.

use crate::portfolio::field::Field;
use crate::portfolio::row::{Dated, Row};
use cobro_dsl::values::{Currency, Money};
use std::borrow::Cow;

/// The canonical file of some rows.
pub fn canonical(rows: &[Row]) -> String {
    let is_used = |field: &Field| match field {
        Field::Customer => rows.iter().any(|row| row.customer != row.account),
        other => other.is_required() || rows.iter().any(|row| !value(*other, row).is_empty()),
    };
    let fields: Vec<Field> = Field::all().filter(is_used).collect();
    let header: Vec<&str> = fields.iter().map(|field| field.name()).collect();
    let mut text = header.join(",");
    text.push('\n');
    for row in rows {
        for (at, field) in fields.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            push_quoted(&mut text, &value(*field, row));
        }
        text.push('\n');
    }
    text
}

fn value(field: Field, row: &Row) -> Cow<'_, str> {
    let figure = |minor: i64| Cow::Owned(Money::new(minor, row.currency).figure());
    let text = |text: &'_ Option<String>| Cow::Owned(text.clone().unwrap_or_default());
    match field {
        Field::Customer => Cow::Borrowed(&row.customer),
        Field::Account => Cow::Borrowed(&row.account),
        Field::Name => text(&row.name),
        Field::Company => text(&row.company),
        Field::Phone => text(&row.phone),
        Field::Email => text(&row.email),
        Field::Timezone => Cow::Borrowed(row.zone.map_or("", |zone| zone.name())),
        Field::Country => text(&row.country),
        Field::Currency => Cow::Borrowed(row.currency.code()),
        Field::Invoice => text(&row.invoice),
        Field::IssuedOn => Cow::Owned(row.issued_on.map(|on| on.to_string()).unwrap_or_default()),
        Field::DueOn => Cow::Owned(row.due_on.to_string()),
        Field::Amount => figure(row.amount),
        Field::Balance => row.balance.map_or(Cow::Borrowed(""), figure),
        Field::Disputed => Cow::Borrowed(if row.disputed { "yes" } else { "" }),
        Field::RiskScore => Cow::Owned(row.risk_score.map(|score| score.to_string()).unwrap_or_default()),
        Field::Segment => text(&row.segment),
        Field::Product => text(&row.product),
        Field::PayLink => text(&row.pay_link),
        Field::Payments => Cow::Owned(list(&row.payments, row.currency)),
        Field::Statements => Cow::Owned(list(&row.statements, row.currency)),
    }
}

fn list(dated: &[Dated], currency: Currency) -> String {
    let entries: Vec<String> =
        dated.iter().map(|one| format!("{}:{}", one.on, Money::new(one.amount, currency).figure())).collect();
    entries.join(" ")
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
