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
        let due_at = self.too_late_at(on, self.context.program.promise_grace);
        let tolerance = self.tolerated(amount);
        if let Some(account) = self.account_mut() {
            account.promises.make(Promise { on, amount, tolerance, paid: 0, due_at });
        }
        EventSeen::PromiseMade { on: on.to_string(), amount }
    }

    /// A promise that stands when the account enters is judged by the strategy's grace and tolerance from then on: whoever
    /// took it may have known neither.
    pub(super) fn rule_promise(&mut self) {
        let Some(promise) = self.account().and_then(|account| account.promises.open) else { return };
        let due_at = self.too_late_at(promise.on, self.context.program.promise_grace);
        let tolerance = self.tolerated(promise.amount);
        if let Some(account) = self.account_mut() {
            account.promises.open = Some(Promise { due_at, tolerance, ..promise });
        }
    }

    /// How much may be lacking of an amount. One that is tolerated is of the strategy's currency.
    fn tolerated(&self, amount: i64) -> i64 {
        let program = self.context.program;
        let is_same = self.account().is_some_and(|account| account.currency == program.currency);
        program.promise_tolerance.filter(|_| is_same).map_or(0, |part| part.of(amount))
    }

    /// The first moment after a date and its grace. Whole days of grace last to their end.
    pub(super) fn too_late_at(&self, on: NaiveDate, grace: Lapse) -> Instant {
        let holidays = &self.context.law.holidays;
        let begins = |date: NaiveDate| Instant::resolve(date.and_time(NaiveTime::MIN), self.zone);
        let after = |date: NaiveDate| begins(date.checked_add_days(Days::new(1)).unwrap_or(date));
        match grace {
            Lapse::Seconds(_) => calendar::add(after(on), grace, self.zone, holidays),
            _ => after(calendar::add(begins(on), grace, self.zone, holidays).local(self.zone).date()),
        }
    }

    /// Counts a payment towards the open promise; says so when it is kept by it.
    pub(super) fn pay_promise(&mut self, amount: i64, reference: Option<&str>) -> Option<EventSeen> {
        let today = self.today;
        let account = self.account_mut()?;
        account.promises.open?;
        let owed = account.balance_on(today).minor;
        let (promise, is_kept) = account.promises.pay(amount, owed)?;
        if let Some(reference) = reference {
            account.count_towards_promise(reference, promise, is_kept);
        }
        is_kept.then_some(EventSeen::PromiseKept { amount: promise.amount, paid: promise.paid })
    }

    /// The open promise is too late.
    pub(super) fn break_promise(&mut self) {
        let now = self.now;
        let over = self.account_mut().and_then(|account| account.promises.break_at(now));
        if let Some(promise) = over {
            self.promise_over(promise);
        }
    }

    /// A payment came back that had kept a promise. It is open again when it is the last one and its time is not
    /// over; else it has not been kept.
    pub(super) fn unkeep(&mut self, promise: Promise) {
        let now = self.now;
        let Some(account) = self.account_mut() else { return };
        if promise.due_at > now && account.promises.open.is_none() {
            account.promises.open = Some(promise);
            let seen = EventSeen::PromiseReopened { amount: promise.amount, paid: promise.paid };
            return self.happened(seen, None, None);
        }
        account.promises.end(promise);
        self.promise_over(promise);
    }

    fn promise_over(&mut self, Promise { amount, paid, .. }: Promise) {
        if paid > 0 {
            let seen = EventSeen::PromisePartlyKept { amount, paid };
            self.happened(seen, Some(Trigger::PromisePartlyKept), None);
        } else {
            self.happened(EventSeen::PromiseBroken { amount, paid }, Some(Trigger::PromiseBroken), None);
        }
    }
}
