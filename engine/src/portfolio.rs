//! Portfolios: a file of invoices becomes customers with accounts, and what really happened to them.
//!
//! In: the bytes of a file, a mapping, later the day to stand on. Out: customers, later payments, and a report
//! that names every row left out with its line, column, value and what to do.
//! Absent: files and databases; the caller reads the one and fills the other.
//!
//! ```text
//! bytes ─text─▶ letters ─record─▶ values ─layout, row─▶ rows ─settle─▶ rows that agree ─gather─▶ portfolio
//!                                                                          └─write─▶ canonical file
//! ```

pub mod text;
mod record;
mod field;
pub mod template;
pub mod amount;
mod date;
mod address;
mod layout;
mod row;
mod settle;
mod doubts;
mod gather;
mod write;
pub mod mapping;
pub mod problem;

pub use field::Field;
pub use gather::{History, Payment, Portfolio, Statement};
pub use mapping::Mapping;
pub use problem::{Fault, Problem, Report};
pub use record::RECORD_BYTES_MAX;
pub use row::{Dated, Row};
pub use write::canonical;

use layout::Layout;
use record::{Records, Step};

/// How often the caller hears of progress, in rows.
const PROGRESS_EVERY: u64 = 4096;

/// The rows of a file that can stand together, and the report on all of them. When the report says that the file
/// is not usable, there are no rows. `progress` is told the bytes passed and the bytes there are.
pub fn read(bytes: &[u8], mapping: &Mapping, progress: &mut dyn FnMut(u64, u64)) -> (Vec<Row>, Report) {
    match try_read(bytes, mapping, progress) {
        Ok(result) => result,
        Err(report) => (Vec::new(), report),
    }
}

fn try_read(
    bytes: &[u8],
    mapping: &Mapping,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(Vec<Row>, Report), Report> {
    let text = text::decode(bytes, mapping.encoding).map_err(Report::refusing)?;
    let mut records = Records::new(&text, mapping.delimiter);
    let mut values = Vec::new();
    match records.next_into(&mut values) {
        Step::Record { .. } => {}
        Step::Broken { .. } => return Err(Report::refusing(Fault::HeaderBroken)),
        Step::End => return Err(Report::refusing(Fault::Empty)),
    }
    let layout =
        Layout::bind(&values, mapping).map_err(|unusable| Report { unusable, ..Report::default() })?;
    let mut rows = Vec::new();
    let mut report = Report::default();
    loop {
        match records.next_into(&mut values) {
            Step::End => break,
            Step::Broken { line, fault } => {
                report.rows_read += 1;
                report.rows_refused += 1;
                report.problems.push(Problem::of_line(line, fault));
            }
            Step::Record { line } => {
                report.rows_read += 1;
                if layout.skips(&values) {
                    report.rows_skipped += 1;
                    continue;
                }
                match row::read(line, &values, &layout, mapping, &mut report.problems) {
                    Some(row) => rows.push(row),
                    None => report.rows_refused += 1,
                }
            }
        }
        if report.rows_read.is_multiple_of(PROGRESS_EVERY) {
            progress(records.passed() as u64, text.len() as u64);
        }
    }
    progress(text.len() as u64, text.len() as u64);
    let rows = settle::settle(rows, &mut report);
    report.rows_kept = rows.len() as u64;
    report.doubts = doubts::doubts(&rows);
    report.problems.sort_by_key(|problem| problem.line);
    if report.rows_read == 0 {
        return Err(Report::refusing(Fault::HeaderOnly));
    }
    if rows.is_empty() {
        report.unusable.push(Problem::of_file(Fault::NoUsableRow));
        return Err(report);
    }
    Ok((rows, report))
}

#[cfg(test)]
mod tests;
