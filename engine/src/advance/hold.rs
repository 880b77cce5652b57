//! `hold` and `release hold`, and the same from outside: no payment is asked for until a moment.
//!
//! In: until when, and why. Out: the account's hold; what the gate put off because of one is asked again when it is lifted.
//! Absent: which messages it stops; that is the gate's.

use super::{Next, Walk};
use crate::calendar::until::Mark;
use crate::calendar::{self, Instant};
use crate::customer::Hold;
use crate::record::{Entry, EventSeen, Recorder};
use crate::run::Park;
use chrono::NaiveTime;
use cobro_dsl::program::{OpId, Until};
use cobro_dsl::values::NaiveDate;

impl<R: Recorder> Walk<'_, R> {
    /// A moment that is past already, or that the account does not have, holds nothing.
    pub(super) fn hold(&mut self, at: OpId, until: &Until, because: &str, next: OpId) -> Next {
        let holidays = &self.context.law.holidays;
        let when = |mark: Mark<'_>| self.when(mark);
        let until = calendar::until::until(until, self.now, self.zone, holidays, &when);
        match until.filter(|until| *until > self.now) {
            Some(until) => {
                self.record(|| Entry::OnHold { until, because: because.to_owned(), op: at.0 });
                self.set_hold(Some(Hold { since: self.now, until, because: because.to_owned() }));
            }
            None => self.record(|| Entry::WaitOver { until, op: at.0 }),
        }
        Next::Op(next)
    }

    pub(super) fn release(&mut self, at: OpId, next: OpId) -> Next {
        self.record(|| Entry::Released { op: at.0 });
        self.set_hold(None);
        Next::Op(next)
    }

    pub(super) fn hold_placed(&mut self, until: NaiveDate, because: &str) -> EventSeen {
        let begins = Instant::resolve(until.and_time(NaiveTime::MIN), self.zone);
        self.set_hold(Some(Hold { since: self.now, until: begins, because: because.to_owned() }));
        EventSeen::HoldPlaced { until: until.to_string(), because: because.to_owned() }
    }

    pub(super) fn hold_released(&mut self) -> EventSeen {
        self.set_hold(None);
        EventSeen::HoldReleased
    }

    /// Whatever the gate put off is asked again at once: the new hold, or none, may permit it earlier.
    fn set_hold(&mut self, hold: Option<Hold>) {
        let now = self.now;
        let Some(account) = self.account_mut() else { return };
        account.hold = hold;
        for place in account.run.iter_mut().flat_map(|run| &mut run.stack) {
            if place.park == Park::Gate {
                place.wake = Some(now);
            }
        }
    }
}
