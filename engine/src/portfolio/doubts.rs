//! Doubts: rows that are taken, and that somebody had better look at.
//!
//! In: settled rows. Out: where one address is that of several customers, to whom limits of contacts would be counted
//! one by one; where rows of one customer disagree. Absent: refusing them.

use crate::portfolio::problem::{Fault, Holds, Problem, shorten};
use crate::portfolio::row::Row;
use cobro_dsl::values::ChannelSet;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// One doubt for each customer and column, at the line of the later statement.
pub(super) fn doubts(rows: &[Row]) -> Vec<Problem> {
    let mut found = Vec::new();
    shared("phone", rows, |row| row.phone.as_deref(), &mut found);
    shared("email", rows, |row| row.email.as_deref(), &mut found);
    disagreeing(rows, &mut found);
    found.sort_by_key(|problem| problem.line);
    found
}

/// Addresses of several customers. Millions of rows are compared by a number made of the address, and only where
/// those are equal by the address itself.
fn shared(column: &str, rows: &[Row], of: impl Fn(&Row) -> Option<&str>, found: &mut Vec<Problem>) {
    let number = |address: &str| {
        let mut hasher = DefaultHasher::new();
        address.hash(&mut hasher);
        hasher.finish()
    };
    let mut numbers: Vec<(u64, usize)> =
        rows.iter().enumerate().filter_map(|(at, row)| Some((number(of(row)?), at))).collect();
    numbers.sort_unstable();
    for alike in numbers.chunk_by(|one, other| one.0 == other.0).filter(|alike| alike.len() > 1) {
        let mut alike: Vec<(&str, &Row)> = alike
            .iter()
            .filter_map(|(_, at)| rows.get(*at))
            .filter_map(|row| Some((of(row)?, row)))
            .collect();
        alike.sort_by_key(|(address, row)| (*address, row.line));
        for same in alike.chunk_by(|one, other| one.0 == other.0) {
            let Some(((address, first), rest)) = same.split_first() else { continue };
            let mut told = BTreeSet::from([first.customer.as_str()]);
            for (_, row) in rest {
                if told.insert(&row.customer) {
                    let other = shorten(&first.customer);
                    let fault = Fault::SharedAddress { other, first_line: first.line };
                    found.push(problem(column, row, address, fault));
                }
            }
        }
    }
}

fn disagreeing(rows: &[Row], found: &mut Vec<Problem>) {
    let mut by_customer: Vec<&Row> = rows.iter().collect();
    by_customer.sort_by(|one, other| one.named().cmp(&other.named()));
    for of_one in by_customer.chunk_by(|one, other| one.customer == other.customer) {
        let text = |text: &Option<String>| text.clone();
        differing("phone", of_one, |row| row.phone.as_ref(), |row| text(&row.phone), found);
        differing("email", of_one, |row| row.email.as_ref(), |row| text(&row.email), found);
        let zone = |row: &Row| row.zone.map(|zone| zone.name().to_owned());
        differing("timezone", of_one, |row| row.zone, zone, found);
        differing("country", of_one, |row| row.country.as_ref(), |row| text(&row.country), found);
        differing("authorised", of_one, |row| row.authorised, |row| row.authorised.map(words), found);
    }
}

/// The first row of a customer that says something else than the one that is believed.
fn differing<'a, T: PartialEq>(
    column: &str,
    rows: &[&'a Row],
    value: impl Fn(&'a Row) -> Option<T>,
    told: impl Fn(&Row) -> Option<String>,
    found: &mut Vec<Problem>,
) {
    let mut stated = rows.iter().filter_map(|row| Some((value(row)?, *row)));
    let Some((known, first)) = stated.next() else { return };
    let Some((_, row)) = stated.find(|(other, _)| *other != known) else { return };
    let (known, other) = (told(first).unwrap_or_default(), told(row).unwrap_or_default());
    let holds = match column {
        "authorised" => Holds::Both,
        "timezone" => Holds::Neither,
        "country" => Holds::Each,
        _ => Holds::That,
    };
    let fault = Fault::SaidOtherwise { known: shorten(&known), first_line: first.line, holds };
    found.push(problem(column, row, &other, fault));
}

fn words(channels: ChannelSet) -> String {
    match channels.is_empty() {
        true => "none".to_owned(),
        false => channels.iter().map(|channel| channel.word()).collect::<Vec<_>>().join(" "),
    }
}

fn problem(column: &str, row: &Row, value: &str, fault: Fault) -> Problem {
    Problem { line: Some(row.line), column: Some(column.to_owned()), value: Some(shorten(value)), fault }
}
