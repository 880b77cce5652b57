//! Promises: made, kept by payments, broken when their time is over.

use super::Walk;
use crate::calendar::{self, Instant};
use crate::customer::promise::Promise;
use crate::record::{EventSeen, Recorder};
use chrono::{Days, NaiveTime};
use cobro_dsl::program::Trigger;
use cobro_dsl::values::{Lapse, NaiveDate};

impl<R: Recorder> Walk<'_, R> {
    /// Notes a promise, in the place of one that is open: who promises anew has neither kept nor broken the old one.
    pub(super) fn promise_made(&mut self, on: NaiveDate, amount: i64) -> EventSeen {
        let due_at = self.too_late_at(on);
        if let Some(account) = self.account_mut() {
            account.promises.open = Some(Promise { on, amount, paid: 0, due_at });
        }
        EventSeen::PromiseMade { on: on.to_string(), amount }
    }

    /// The first moment after a promise's date and the grace. Whole days of grace last to their end.
    fn too_late_at(&self, on: NaiveDate) -> Instant {
        let grace = self.context.program.promise_grace;
        let holidays = &self.context.law.holidays;
        let begins = |date: NaiveDate| Instant::resolve(date.and_time(NaiveTime::MIN), self.zone);
        let after = |date: NaiveDate| begins(date.checked_add_days(Days::new(1)).unwrap_or(date));
        match grace {
            Lapse::Seconds(_) => calendar::add(after(on), grace, self.zone, holidays),
            _ => after(calendar::add(begins(on), grace, self.zone, holidays).local(self.zone).date()),
        }
    }

    /// Counts a payment towards the open promise; says so when it is kept by it.
    pub(super) fn pay_promise(&mut self, amount: i64) -> Option<EventSeen> {
        let today = self.today;
        let account = self.account_mut()?;
        let owed = account.balance_on(today).minor;
        let promise = account.promises.pay(amount, owed)?;
        Some(EventSeen::PromiseKept { amount: promise.amount, paid: promise.paid })
    }

    /// The open promise is too late.
    pub(super) fn break_promise(&mut self) {
        let now = self.now;
        let broken = self.account_mut().and_then(|account| account.promises.break_at(now));
        if let Some(promise) = broken {
            let seen = EventSeen::PromiseBroken { amount: promise.amount, paid: promise.paid };
            self.happened(seen, Some(Trigger::PromiseBroken), None);
        }
    }
}
