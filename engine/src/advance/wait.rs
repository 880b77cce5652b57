//! `wait`: the run is parked until a deadline; its handlers listen meanwhile.

use super::{Next, Walk};
use crate::calendar;
use crate::facts::{Facts, Seen};
use crate::record::{Entry, Recorder};
use crate::run::Park;
use cobro_dsl::program::{Anchor, OpId, Until};
use cobro_dsl::values::NaiveDate;
use cobro_dsl::vocabulary::Fact;

impl<R: Recorder> Walk<'_, R> {
    pub(super) fn wait(&mut self, at: OpId, until: &Until, timeout: OpId) -> Next {
        if let Until::For(lapse) = until
            && lapse.is_zero()
        {
            return Next::Op(timeout);
        }
        if let Some(condition) = self.awaited(at) {
            return self.wait_for(at, condition, until);
        }
        let holidays = &self.context.law.holidays;
        let until =
            calendar::until::until(until, self.now, self.zone, holidays, |anchor| self.date_of(anchor));
        match until.filter(|until| *until > self.now) {
            Some(until) => {
                self.record(|| Entry::Waits { until, op: at.0 });
                self.park(at, Park::Wait, Some(until))
            }
            // The date is past, or there is none: nothing is left to wait for.
            None => {
                self.record(|| Entry::WaitOver { until, op: at.0 });
                Next::Op(timeout)
            }
        }
    }

    fn date_of(&self, anchor: Anchor) -> Option<NaiveDate> {
        let facts = Facts { customer: self.customer, account: self.account()?, today: self.today };
        let fact = match anchor {
            Anchor::Due => Fact::DueDate,
            Anchor::Promise => Fact::PromiseDate,
        };
        match facts.value(fact) {
            Some(Seen::Date(date)) => Some(date),
            _ => None,
        }
    }
}
