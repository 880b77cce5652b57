//! Records: where does each row of the file begin and end?
//!
//! In: text and a delimiter. Out: the values of one record after another, with the line each begins on.
//! Written here rather than taken from a library because a quote that is never closed must cost one row and be
//! named by its line; the usual readers swallow the rest of the file as one value without a word. Values
//! are slices of the text, so a line of ten megabytes costs no memory.

use crate::portfolio::problem::Fault;
use std::borrow::Cow;

/// The longest record, in bytes: far beyond any real row, and short enough to stop at.
pub const RECORD_BYTES_MAX: usize = 1_000_000;

/// Walks through the records of a text.
pub(super) struct Records<'a> {
    text: &'a str,
    at: usize,
    line: u64,
    delimiter: u8,
}

/// What the next record is.
#[derive(PartialEq, Debug)]
pub(super) enum Step {
    /// A record; its values have been put into the buffer.
    Record {
        /// The line it begins on.
        line: u64,
    },
    /// A line that cannot be split into values. Reading goes on at the next line.
    Broken {
        /// The line.
        line: u64,
        /// What is wrong with it.
        fault: Fault,
    },
    /// The end of the file.
    End,
}

impl<'a> Records<'a> {
    /// The records of a text. A first line `sep=;`, which Excel writes, names the delimiter itself.
    pub(super) fn new(text: &'a str, delimiter: Option<u8>) -> Records<'a> {
        let (first, _) = split_line(text);
        if let Some(named) =
            first.strip_prefix("sep=").and_then(|rest| rest.bytes().next()).filter(u8::is_ascii)
        {
            let at = text.len() - after_line(text).len();
            return Records { text, at, line: 2, delimiter: delimiter.unwrap_or(named) };
        }
        Records { text, at: 0, line: 1, delimiter: delimiter.unwrap_or_else(|| likely_delimiter(text)) }
    }

    /// Bytes passed so far.
    pub(super) fn passed(&self) -> usize {
        self.at
    }

    /// Puts the values of the next record into `values`. Records without any value are passed over.
    pub(super) fn next_into(&mut self, values: &mut Vec<Cow<'a, str>>) -> Step {
        loop {
            values.clear();
            let rest = self.rest();
            if rest.is_empty() {
                return Step::End;
            }
            let line = self.line;
            match split_record(rest, self.delimiter, values) {
                Ok(taken) => {
                    self.pass(taken);
                    if values.iter().any(|value| !value.trim().is_empty()) {
                        return Step::Record { line };
                    }
                }
                Err(fault) => {
                    let taken = rest.len() - after_line(rest).len();
                    self.pass(taken);
                    return Step::Broken { line, fault };
                }
            }
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn pass(&mut self, taken: usize) {
        let passed = self.rest().get(..taken).unwrap_or_default();
        self.line += ends_of_lines(passed);
        self.at += taken;
    }
}

/// Splits one record off the front of a text; says how many bytes it took with its line end.
fn split_record<'a>(text: &'a str, delimiter: u8, values: &mut Vec<Cow<'a, str>>) -> Result<usize, Fault> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        let (value, end) = match bytes.get(at) {
            Some(b'"') => quoted(text, at + 1, delimiter)?,
            _ => plain(text, at, delimiter)?,
        };
        if end > RECORD_BYTES_MAX {
            return Err(Fault::RecordTooLong);
        }
        values.push(value);
        match bytes.get(end) {
            Some(byte) if *byte == delimiter => at = end + 1,
            Some(b'\r') if bytes.get(end + 1) == Some(&b'\n') => return Ok(end + 2),
            Some(_) => return Ok(end + 1),
            None => return Ok(end),
        }
    }
}

fn plain(text: &str, start: usize, delimiter: u8) -> Result<(Cow<'_, str>, usize), Fault> {
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    let is_end = |byte: &u8| *byte == delimiter || *byte == b'\n' || *byte == b'\r';
    let length = rest.iter().take(RECORD_BYTES_MAX + 1).position(is_end);
    let length = match length {
        Some(length) => length,
        None if rest.len() > RECORD_BYTES_MAX => return Err(Fault::RecordTooLong),
        None => rest.len(),
    };
    Ok((Cow::Borrowed(text.get(start..start + length).unwrap_or_default()), start + length))
}

/// A value in quotes; `start` is behind the opening one. Behind the closing one must stand a delimiter or the end
/// of the line: anything else shows that the opening one was never closed and ran into another value's.
fn quoted(text: &str, start: usize, delimiter: u8) -> Result<(Cow<'_, str>, usize), Fault> {
    let bytes = text.as_bytes();
    let mut from = start;
    let mut has_doubled = false;
    loop {
        let window = bytes.get(from..).unwrap_or_default();
        let Some(offset) = window.iter().take(RECORD_BYTES_MAX).position(|byte| *byte == b'"') else {
            return Err(Fault::QuoteNotClosed);
        };
        let close = from + offset;
        match bytes.get(close + 1) {
            Some(b'"') => {
                has_doubled = true;
                from = close + 2;
            }
            Some(byte) if *byte != delimiter && *byte != b'\n' && *byte != b'\r' => {
                return Err(Fault::QuoteNotClosed);
            }
            Some(_) | None => {
                let inside = text.get(start..close).unwrap_or_default();
                let value = match has_doubled {
                    true => Cow::Owned(inside.replace("\"\"", "\"")),
                    false => Cow::Borrowed(inside),
                };
                return Ok((value, close + 1));
            }
        }
    }
}

/// The delimiter that the first line uses most. Headers seldom contain one of them otherwise.
fn likely_delimiter(text: &str) -> u8 {
    let (first, _) = split_line(text.trim_start());
    let count = |delimiter: u8| first.bytes().filter(|byte| *byte == delimiter).count();
    [b',', b';', b'\t', b'|'].into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

/// The first line without its end, and what follows it (with the end).
fn split_line(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|byte| byte == b'\n' || byte == b'\r').unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn after_line(text: &str) -> &str {
    let (_, rest) = split_line(text);
    rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\r', '\n'])).unwrap_or(rest)
}

fn ends_of_lines(text: &str) -> u64 {
    let mut ends = 0;
    let mut before = 0;
    for byte in text.bytes() {
        if byte == b'\r' || (byte == b'\n' && before != b'\r') {
            ends += 1;
        }
        before = byte;
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let mut records = Records::new(text, None);
        let mut values = Vec::new();
        let mut found = Vec::new();
        loop {
            match records.next_into(&mut values) {
                Step::Record { line } => found.push(format!("{line}: {}", values.join("·"))),
                Step::Broken { line, fault } => found.push(format!("{line}! {}", fault.name())),
                Step::End => break,
            }
        }
        assert_eq!(found, expected);
    }

    #[test]
    fn values_may_be_quoted_and_hold_delimiters_quotes_and_lines() {
        check(
            "a,b\n\"x, y\",\"say \"\"no\"\"\"\n\"two\nlines\",1\r\nz,2",
            &["1: a·b", "2: x, y·say \"no\"", "3: two\nlines·1", "5: z·2"],
        );
    }

    #[test]
    fn a_quote_inside_a_value_is_a_quote() {
        check("a;b\nTV 32\" LG;1\n", &["1: a·b", "2: TV 32\" LG·1"]);
    }

    #[test]
    fn an_unclosed_quote_costs_one_row() {
        check(
            "a,b\n\"Acme,1\nBeta,2\n\"Gamma, S.A.\",3\nDelta,4\n",
            &["1: a·b", "2! quote-not-closed", "3: Beta·2", "4: Gamma, S.A.·3", "5: Delta·4"],
        );
        check("a,b\n\"Acme,1\nBeta,2\n", &["1: a·b", "2! quote-not-closed", "3: Beta·2"]);
    }

    #[test]
    fn a_line_of_ten_megabytes_costs_one_row() {
        let long = "x".repeat(10_000_000);
        check(&format!("a,b\n{long},1\nBeta,2\n"), &["1: a·b", "2! record-too-long", "3: Beta·2"]);
        check(&format!("a,b\n\"{long}\nBeta,2\n"), &["1: a·b", "2! quote-not-closed", "3: Beta·2"]);
        let wide = "x,".repeat(5_000_000);
        check(&format!("a,b\n{wide}\nBeta,2\n"), &["1: a·b", "2! record-too-long", "3: Beta·2"]);
    }

    #[test]
    fn the_delimiter_is_the_one_the_header_uses() {
        check("a;b,c;d\n1;2;3\n", &["1: a·b,c·d", "2: 1·2·3"]);
        check("sep=;\na;b\n", &["2: a·b"]);
        check("a\tb\n1\t2\n", &["1: a·b", "2: 1·2"]);
    }

    #[test]
    fn rows_without_any_value_are_passed_over() {
        check("a,b\n\n,\n  \n1,2\n\n", &["1: a·b", "5: 1·2"]);
    }
}
