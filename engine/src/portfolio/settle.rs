//! Settling: do the rows agree with each other?
//!
//! In: rows that are each sound. Out: the rows that can stand together; of two that cannot, the later is refused
//! and the report names both lines.

use crate::portfolio::problem::{Fault, Problem, Report, shorten};
use crate::portfolio::row::Row;
use std::collections::BTreeMap;

/// Refuses rows that repeat or contradict an earlier one.
pub(super) fn settle(rows: Vec<Row>, report: &mut Report) -> Vec<Row> {
    let mut clashes = clashes(&rows);
    if clashes.is_empty() {
        return rows;
    }
    report.rows_refused += clashes.len() as u64;
    let kept = rows.into_iter().filter(|row| match clashes.remove(&row.line) {
        Some(problem) => {
            report.problems.push(problem);
            false
        }
        None => true,
    });
    kept.collect()
}

/// The rows that clash with an earlier one, by line. Rows are looked at by account, and within an account in
/// the order of the file; sorting costs next to nothing where the file is in order already.
fn clashes(rows: &[Row]) -> BTreeMap<u64, Problem> {
    let mut by_account: Vec<&Row> = rows.iter().collect();
    by_account.sort_by(|one, other| one.account.cmp(&other.account));
    let mut clashes = BTreeMap::new();
    let mut seen: BTreeMap<Option<&str>, u64> = BTreeMap::new();
    let mut first: Option<&Row> = None;
    for row in by_account {
        let Some(known) = first.filter(|known| known.account == row.account) else {
            seen.clear();
            seen.insert(row.invoice.as_deref(), row.line);
            first = Some(row);
            continue;
        };
        let repeated = || {
            let first_line = *seen.get(&row.invoice.as_deref())?;
            Some(repetition(row, first_line))
        };
        match contradiction(known, row).or_else(repeated) {
            Some(problem) => _ = clashes.insert(row.line, problem),
            None => _ = seen.insert(row.invoice.as_deref(), row.line),
        }
    }
    clashes
}

fn contradiction(first: &Row, row: &Row) -> Option<Problem> {
    let (column, fault) = if first.customer != row.customer {
        ("customer", Fault::TwoCustomers { other: shorten(&first.customer), first_line: first.line })
    } else if first.currency != row.currency {
        ("currency", Fault::TwoCurrencies { other: first.currency.to_string(), first_line: first.line })
    } else {
        return None;
    };
    let value = if column == "customer" { row.customer.as_str() } else { row.currency.code() };
    Some(Problem {
        line: Some(row.line),
        column: Some(column.to_owned()),
        value: Some(shorten(value)),
        fault,
    })
}

fn repetition(row: &Row, first_line: u64) -> Problem {
    let (column, value, fault) = match &row.invoice {
        Some(invoice) => {
            ("invoice", invoice, Fault::DuplicateInvoice { account: shorten(&row.account), first_line })
        }
        None => ("account", &row.account, Fault::DuplicateAccount { first_line }),
    };
    Problem { line: Some(row.line), column: Some(column.to_owned()), value: Some(shorten(value)), fault }
}
