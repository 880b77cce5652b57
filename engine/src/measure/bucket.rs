//! Age buckets: ranges of days past due, as collections reports have them.

use crate::customer::Account;
use cobro_dsl::values::NaiveDate;

/// How many buckets there are.
pub const BUCKETS: usize = 7;

/// A range of days past due, by the oldest unpaid invoice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Bucket {
    /// Nothing is owed.
    Clear,
    /// Owed and not late.
    Current,
    /// 1 to 30 days.
    To30,
    /// 31 to 60 days.
    To60,
    /// 61 to 90 days.
    To90,
    /// 91 to 180 days.
    To180,
    /// More than 180 days.
    Over180,
}

impl Bucket {
    /// Every bucket, the youngest first.
    pub const ALL: [Bucket; BUCKETS] = [
        Bucket::Clear,
        Bucket::Current,
        Bucket::To30,
        Bucket::To60,
        Bucket::To90,
        Bucket::To180,
        Bucket::Over180,
    ];

    /// The bucket of an account that owes, by its days past due.
    pub fn of_days(late: i64) -> Bucket {
        match late {
            ..=0 => Bucket::Current,
            1..=30 => Bucket::To30,
            31..=60 => Bucket::To60,
            61..=90 => Bucket::To90,
            91..=180 => Bucket::To180,
            _ => Bucket::Over180,
        }
    }

    /// The bucket of an account on a day.
    pub fn of(account: &Account, today: NaiveDate) -> Bucket {
        match account.oldest_unpaid(today) {
            Some(oldest) => Bucket::of_days((today - oldest.due_on).num_days()),
            None => Bucket::Clear,
        }
    }

    /// Its place in [`Bucket::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }

    /// Its stable name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Bucket::Clear => "clear",
            Bucket::Current => "current",
            Bucket::To30 => "1-30",
            Bucket::To60 => "31-60",
            Bucket::To90 => "61-90",
            Bucket::To180 => "91-180",
            Bucket::Over180 => "181+",
        }
    }
}
