//! Promises: what a customer said they would pay, by when, and how promises went.
//!
//! In: a promise, payments. Out: whether it is kept. Absent: when its time has passed; that is asked of `advance`, which
//! is told the moment.

use crate::calendar::Instant;
use cobro_dsl::values::NaiveDate;

/// The promises of an account. Each ends in one of three ways: kept, partly kept, or broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Promises {
    /// The one that is not over yet. A new one takes its place.
    pub open: Option<Promise>,
    /// How many were kept.
    pub kept: u32,
    /// Of how many a part was paid in time, and not enough.
    pub partly: u32,
    /// How many were broken.
    pub broken: u32,
    /// How many were made: the number of the last one.
    pub made: u32,
}

/// A date and an amount that a customer commits to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Promise {
    /// The date by which they pay.
    pub on: NaiveDate,
    /// What they pay, in minor units.
    pub amount: i64,
    /// How much of it may be lacking, in minor units.
    pub tolerance: i64,
    /// What they have paid since, in minor units.
    pub paid: i64,
    /// The first moment at which it is too late: its date and the grace are over.
    pub due_at: Instant,
}

impl Promise {
    /// Has enough been paid?
    pub fn is_kept(&self) -> bool {
        self.paid >= self.amount.saturating_sub(self.tolerance)
    }
}

impl Promises {
    /// Takes a new promise, in the place of the one that is open.
    pub fn make(&mut self, promise: Promise) {
        self.open = Some(promise);
        self.made = self.made.saturating_add(1);
    }

    /// Counts a payment towards the open promise, which is given back, and says whether it is kept by it: then it is
    /// open no longer. One is kept as well when nothing is owed any more, whatever was promised.
    pub fn pay(&mut self, amount: i64, owed: i64) -> Option<(Promise, bool)> {
        let promise = self.open.as_mut()?;
        promise.paid = promise.paid.saturating_add(amount);
        let promise = *promise;
        let is_kept = promise.is_kept() || owed <= 0;
        if is_kept {
            self.open = None;
            self.kept += 1;
        }
        Some((promise, is_kept))
    }

    /// The promise that is too late at a moment, which is open no longer.
    pub fn break_at(&mut self, now: Instant) -> Option<Promise> {
        let promise = self.open.filter(|promise| promise.due_at <= now)?;
        self.open = None;
        self.end(promise);
        Some(promise)
    }

    /// Counts a promise that is over and was not kept.
    pub fn end(&mut self, promise: Promise) {
        if promise.paid > 0 {
            self.partly += 1;
        } else {
            self.broken += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_100(tolerance: i64) -> Promises {
        let on = NaiveDate::default();
        let mut promises = Promises::default();
        promises.make(Promise { on, amount: 100, tolerance, paid: 0, due_at: Instant(1000) });
        promises
    }

    fn counts(promises: &Promises) -> (bool, u32, u32, u32) {
        (promises.open.is_some(), promises.kept, promises.partly, promises.broken)
    }

    #[test]
    fn parts_add_up() {
        let mut promises = of_100(0);
        assert_eq!(promises.pay(60, 500).map(|(_, is_kept)| is_kept), Some(false));
        assert_eq!(
            promises.pay(40, 460).map(|(promise, is_kept)| (promise.paid, is_kept)),
            Some((100, true))
        );
        assert_eq!(counts(&promises), (false, 1, 0, 0));
        assert_eq!(promises.pay(40, 420), None);
    }

    #[test]
    fn who_owes_nothing_has_kept_it() {
        assert!(of_100(0).pay(60, 0).is_some_and(|(_, is_kept)| is_kept));
    }

    #[test]
    fn what_is_tolerated_may_be_lacking_and_not_a_cent_more() {
        assert!(of_100(5).pay(95, 500).is_some_and(|(_, is_kept)| is_kept));
        assert!(of_100(5).pay(94, 500).is_some_and(|(_, is_kept)| !is_kept));
    }

    #[test]
    fn it_is_broken_once_and_not_before_its_time() {
        let mut promises = of_100(0);
        assert_eq!(promises.break_at(Instant(999)), None);
        assert!(promises.break_at(Instant(1000)).is_some());
        assert_eq!(promises.break_at(Instant(2000)), None);
        assert_eq!(counts(&promises), (false, 0, 0, 1));
    }

    #[test]
    fn who_paid_something_has_kept_it_in_part() {
        let mut promises = of_100(0);
        promises.pay(1, 500);
        assert!(promises.break_at(Instant(1000)).is_some());
        assert_eq!(counts(&promises), (false, 0, 1, 0));
    }
}
