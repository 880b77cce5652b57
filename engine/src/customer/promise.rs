//! Promises: what a customer said they would pay, by when, and how promises went.
//!
//! In: a promise, payments. Out: whether it is kept. Absent: when its time has passed; that is asked of `advance`, which
//! is told the moment.

use crate::calendar::Instant;
use cobro_dsl::values::NaiveDate;

/// The promises of an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Promises {
    /// The one that is neither kept nor broken yet. A new one takes its place.
    pub open: Option<Promise>,
    /// How many were kept.
    pub kept: u32,
    /// How many were broken.
    pub broken: u32,
}

/// A date and an amount that a customer commits to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Promise {
    /// The date by which they pay.
    pub on: NaiveDate,
    /// What they pay, in minor units.
    pub amount: i64,
    /// What they have paid since, in minor units.
    pub paid: i64,
    /// The first moment at which it is too late: its date and the grace are over.
    pub due_at: Instant,
}

impl Promises {
    /// Takes a payment. The promise that it keeps is open no longer, and is given back. One is kept as well when
    /// nothing is owed any more, whatever was promised.
    pub fn pay(&mut self, amount: i64, owed: i64) -> Option<Promise> {
        let promise = self.open.as_mut()?;
        promise.paid = promise.paid.saturating_add(amount);
        let promise = *promise;
        if promise.paid < promise.amount && owed > 0 {
            return None;
        }
        self.open = None;
        self.kept += 1;
        Some(promise)
    }

    /// The promise that is too late at a moment, which is open no longer.
    pub fn break_at(&mut self, now: Instant) -> Option<Promise> {
        let promise = self.open.filter(|promise| promise.due_at <= now)?;
        self.open = None;
        self.broken += 1;
        Some(promise)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_100() -> Promises {
        let promise = Promise { on: NaiveDate::default(), amount: 100, paid: 0, due_at: Instant(1000) };
        Promises { open: Some(promise), kept: 0, broken: 0 }
    }

    #[test]
    fn parts_add_up() {
        let mut promises = of_100();
        assert_eq!(promises.pay(60, 500), None);
        assert_eq!(promises.pay(40, 460).map(|promise| promise.paid), Some(100));
        assert_eq!((promises.open, promises.kept, promises.broken), (None, 1, 0));
        assert_eq!(promises.pay(40, 420), None);
    }

    #[test]
    fn who_owes_nothing_has_kept_it() {
        assert!(of_100().pay(60, 0).is_some());
    }

    #[test]
    fn it_is_broken_once_and_not_before_its_time() {
        let mut promises = of_100();
        assert_eq!(promises.break_at(Instant(999)), None);
        assert!(promises.break_at(Instant(1000)).is_some());
        assert_eq!(promises.break_at(Instant(2000)), None);
        assert_eq!((promises.open, promises.kept, promises.broken), (None, 0, 1));
    }
}
