//! Problems of a portfolio file: facts first; the words are in `words`.
//!
//! In: what a reader found. Out: typed problems with line, column and value, and a report that counts.

use std::fmt::Write as _;

mod words;

/// Something wrong with a file, or with one row of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// The line of the file; `None` when it is about the file as a whole.
    pub line: Option<u64>,
    /// The column as the file names it, or the canonical field when the value came from no column.
    pub column: Option<String>,
    /// The value, shortened.
    pub value: Option<String>,
    /// What is wrong.
    pub fault: Fault,
}

/// What can be wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The file has no bytes but spaces.
    Empty,
    /// There is a header and nothing below it.
    HeaderOnly,
    /// The header cannot be split into names.
    HeaderBroken,
    /// Not UTF-8, and no encoding was declared.
    NotUtf8 {
        /// Line of the first byte that is not UTF-8.
        line: u64,
        /// The word around it, read as Windows-1252.
        reads_as: String,
    },
    /// Declared as Windows-1252 and plainly UTF-8 or UTF-16.
    DeclaredWrong,
    /// A byte 0, which no text has.
    NulByte {
        /// Its line.
        line: u64,
    },
    /// A column that is needed is not there.
    MissingColumn {
        /// The canonical field it is needed for, when there is one.
        field: Option<&'static str>,
        /// The column that was looked for.
        column: String,
        /// A column that is there and may be meant.
        nearest: Option<String>,
    },
    /// Two columns could both be the one that is needed.
    DuplicateColumn {
        /// The one.
        one: String,
        /// The other.
        other: String,
    },
    /// Every row was refused.
    NoUsableRow,
    /// A record longer than any real row.
    RecordTooLong,
    /// A quote that is opened and never closed.
    QuoteNotClosed,
    /// More or fewer values than the header has names.
    Width {
        /// Values found.
        found: usize,
        /// Names in the header.
        expected: usize,
    },
    /// The header or the mapping names a type that fields do not have.
    FieldType {
        /// As written.
        kind: String,
    },
    /// Not a count.
    CountForm,
    /// A required value is empty.
    MissingValue,
    /// The mapping's table has no entry for the value.
    NotInMap,
    /// Not a date in any of the accepted forms.
    DateForm {
        /// The accepted forms.
        accepted: String,
        /// A form that would fit.
        fits: Option<&'static str>,
    },
    /// A day that no calendar has, such as 31 February.
    NoSuchDay,
    /// A year outside 1990 to 2100.
    DateTooFar,
    /// Two accepted forms read it as two different days.
    AmbiguousDate {
        /// The one.
        one: String,
        /// The other.
        other: String,
    },
    /// Not an amount.
    AmountForm,
    /// Written with an exponent, as spreadsheets show long figures.
    Exponent,
    /// Written with the other decimal separator.
    OtherDecimal {
        /// The separator it seems to use.
        decimal: char,
    },
    /// Written with a thousands separator that was not declared.
    UndeclaredThousands {
        /// The separator it seems to use.
        thousands: char,
    },
    /// May be read as thousands or as decimals.
    AmbiguousAmount {
        /// The separator in question.
        separator: char,
        /// Read as thousands.
        as_thousands: String,
        /// Read as decimals.
        as_decimals: String,
    },
    /// More decimals than the currency has.
    TooManyDecimals {
        /// Those the currency has.
        digits: u8,
    },
    /// Too large to be kept exactly.
    AmountTooLarge,
    /// Below zero where only zero or more makes sense.
    NegativeAmount,
    /// Not a plain number.
    NumberForm,
    /// A currency we do not know.
    UnknownCurrency,
    /// A time zone that is not in the IANA list.
    UnknownZone {
        /// One that may be meant.
        nearest: Option<&'static str>,
    },
    /// Not channels.
    ChannelsForm,
    /// Not a role.
    RoleForm,
    /// A telephone without `+` and country code.
    PhoneWithoutCountry,
    /// Not a telephone.
    PhoneForm,
    /// Not an e-mail address.
    EmailForm,
    /// Not a two-letter country.
    CountryForm,
    /// Not a web address.
    LinkForm,
    /// Neither yes nor no.
    TruthForm,
    /// Not `YYYY-MM-DD:amount`.
    DatedForm,
    /// The same invoice of the same account a second time.
    DuplicateInvoice {
        /// The account.
        account: String,
        /// Line of the first.
        first_line: u64,
    },
    /// The same account a second time in a file without invoice numbers.
    DuplicateAccount {
        /// Line of the first.
        first_line: u64,
    },
    /// The account belonged to another customer further up.
    TwoCustomers {
        /// The customer there.
        other: String,
        /// The line there.
        first_line: u64,
    },
    /// The account had another currency further up.
    TwoCurrencies {
        /// The currency there.
        other: String,
        /// The line there.
        first_line: u64,
    },
    /// The address is another customer's as well.
    SharedAddress {
        /// The other customer.
        other: String,
        /// The line that says so.
        first_line: u64,
    },
    /// Another row of the customer says another address, zone or authorisation, and is believed.
    SaidOtherwise {
        /// What was said there.
        known: String,
        /// The line there.
        first_line: u64,
        /// What holds.
        holds: Holds,
    },
}

/// What holds of two statements that differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holds {
    /// The one of the line that is named.
    That,
    /// What both say.
    Both,
    /// Nothing: it is taken as unknown.
    Neither,
    /// Each for its own account.
    Each,
}

impl Problem {
    /// A problem of the file as a whole.
    pub fn of_file(fault: Fault) -> Problem {
        Problem { line: None, column: None, value: None, fault }
    }

    /// A problem of a line that has no single value to blame.
    pub fn of_line(line: u64, fault: Fault) -> Problem {
        Problem { line: Some(line), column: None, value: None, fault }
    }
}

/// What came of reading a file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// Rows below the header.
    pub rows_read: u64,
    /// Rows taken in.
    pub rows_kept: u64,
    /// Rows left out because something is wrong with them.
    pub rows_refused: u64,
    /// Rows that the mapping's own rules leave out.
    pub rows_skipped: u64,
    /// Why nothing could be read at all; empty when something could.
    pub unusable: Vec<Problem>,
    /// What is wrong with single rows, by line.
    pub problems: Vec<Problem>,
    /// What somebody had better look at in rows that were taken, by line.
    pub doubts: Vec<Problem>,
}

impl Report {
    /// A report on a file that could not be read.
    pub(crate) fn refusing(fault: Fault) -> Report {
        Report { unusable: vec![Problem::of_file(fault)], ..Report::default() }
    }

    /// Could anything be read?
    pub fn is_usable(&self) -> bool {
        self.unusable.is_empty()
    }
}

/// The most characters of a value that a report shows.
pub const VALUE_CHARS_MAX: usize = 40;

/// A value as a report shows it: one line, at most [`VALUE_CHARS_MAX`] characters.
pub fn shorten(value: &str) -> String {
    let mut short = String::new();
    for (at, letter) in value.trim().chars().enumerate() {
        if at + 1 == VALUE_CHARS_MAX && value.trim().chars().nth(VALUE_CHARS_MAX).is_some() {
            short.push('…');
            break;
        }
        match letter.is_control() {
            true => _ = short.write_char(' '),
            false => short.push(letter),
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_short_and_on_one_line() {
        assert_eq!(shorten(" a\nb "), "a b");
        assert_eq!(shorten(&"x".repeat(40)).chars().count(), 40);
        let long = shorten(&"é".repeat(1_000_000));
        assert_eq!(long.chars().count(), 40);
        assert!(long.ends_with('…'));
    }
}
