//! A sample debtor: the first account that a strategy takes, and what becomes of it.
//!
//! In: a program and its law. Out: the history of a run of the real `advance`. Absent: chance; the debtor stays
//! silent, or pays everything on a day that is named.

use crate::advance::Context;
use crate::guarantee::Prices;
use crate::record::{Entry, Row};
use crate::testing;
use cobro_dsl::program::test::{AccountFacts, Happening, Line, Moment, Test, What};
use cobro_dsl::source::Span;
use cobro_dsl::values::{Lapse, Money, NaiveDate, NaiveDateTime};

/// What a sample debtor does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Conduct {
    /// Nothing at all.
    Silent,
    /// Pays everything so many days after the start.
    PaysAfter(u32),
}

/// The account that was taken and its history.
pub struct Sample {
    /// What is owed.
    pub owed: Money,
    /// When it is due.
    pub due_on: NaiveDate,
    /// When it enters, local time.
    pub start: NaiveDateTime,
    /// What happened.
    pub rows: Vec<Row>,
}

/// Days past due that are tried, earliest first: a strategy is told from its beginning.
const DAYS: std::ops::RangeInclusive<i64> = -30..=400;
/// Units of the currency that are tried.
const UNITS: [i64; 4] = [500, 50_000, 5_000_000, 20];

/// Plays the first account that enters; `None` when none of those that are tried does.
pub fn play(context: Context<'_>, start: NaiveDateTime, conduct: Conduct) -> Option<Sample> {
    let tried = UNITS.iter().flat_map(|units| DAYS.map(move |days| (*units, days)));
    tried.into_iter().find_map(|(units, days)| {
        let currency = context.program.currency;
        let owed = Money::new(units.checked_mul(currency.minor_per_unit())?, currency);
        let due_on = start.date().checked_sub_signed(chrono::Duration::days(days))?;
        let rows = testing::run(context, &test(context, owed, due_on, start, conduct), &Prices::new()).rows;
        let enters = rows.first().is_some_and(|row| matches!(row.entry, Entry::Entered { .. }));
        enters.then_some(Sample { owed, due_on, start, rows })
    })
}

fn test(
    context: Context<'_>,
    owed: Money,
    due_on: NaiveDate,
    start: NaiveDateTime,
    conduct: Conduct,
) -> Test {
    let line = |what| Line { what, span: Span::default(), line: 0 };
    let script = match conduct {
        Conduct::Silent => Vec::new(),
        Conduct::PaysAfter(days) => {
            let moment = Moment::After(Lapse::Days(days));
            vec![line(What::Happens(moment, Happening::Payment(owed)))]
        }
    };
    Test {
        name: String::new(),
        strategy: context.program.name.clone(),
        account: AccountFacts { invoices: vec![(owed, due_on)], ..AccountFacts::default() },
        start,
        script,
        span: Span::default(),
        line: 0,
    }
}
