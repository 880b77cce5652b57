//! Settling: do the rows agree with each other?
//!
//! In: rows that are each sound. Out: the rows that can stand together; of two that cannot, the later is refused
//! and the report names both lines.

use crate::portfolio::problem::{Fault, Problem, Report, shorten};
use crate::portfolio::row::Row;
use std::collections::BTreeMap;

/// Refuses rows that repeat or contradict an earlier one.
pub(super) fn settle(rows: Vec<Row>, report: &mut Report) -> Vec<Row> {
    let mut clashes: Vec<Option<Problem>> = Vec::with_capacity(rows.len());
    let mut accounts: BTreeMap<&str, &Row> = BTreeMap::new();
    let mut invoices: BTreeMap<(&str, Option<&str>), u64> = BTreeMap::new();
    for row in &rows {
        let clash = match accounts.get(row.account.as_str()) {
            Some(first) => contradiction(first, row).or_else(|| {
                let first_line = *invoices.get(&(row.account.as_str(), row.invoice.as_deref()))?;
                Some(repetition(row, first_line))
            }),
            None => None,
        };
        if clash.is_none() {
            accounts.entry(row.account.as_str()).or_insert(row);
            invoices.insert((row.account.as_str(), row.invoice.as_deref()), row.line);
        }
        clashes.push(clash);
    }
    let mut kept = Vec::with_capacity(rows.len());
    for (row, clash) in rows.into_iter().zip(clashes) {
        match clash {
            None => kept.push(row),
            Some(problem) => {
                report.problems.push(problem);
                report.rows_refused += 1;
            }
        }
    }
    kept
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
