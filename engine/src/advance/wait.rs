//! `wait`: the run is parked until a deadline; its handlers listen meanwhile.

use super::{Next, Walk};
use crate::calendar;
use crate::calendar::until::{Mark, When};
use crate::facts::{Facts, Seen};
use crate::record::{Entry, Recorder};
use crate::run::Park;
use cobro_dsl::program::{Anchor, OpId, Until};
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
        if *until == Until::Ever {
            return self.stay(at);
        }
        let holidays = &self.context.law.holidays;
        let when = |mark: Mark<'_>| self.when(mark);
        let until = calendar::until::until(until, self.now, self.zone, holidays, &when);
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

    /// When it is that a wait is measured from; `None` when that has not happened, or the account has no such date.
    pub(super) fn when(&self, mark: Mark<'_>) -> Option<When> {
        let (run, debt) = (self.run()?, self.debt());
        let anchor = match mark {
            Mark::Anchor(anchor) => anchor,
            Mark::Step(name) => {
                let program = self.context.program;
                let ran = run.ran.iter().find(|(step, _)| program.step_name(*step) == name);
                return ran.map(|(_, at)| When::At(*at));
            }
        };
        let talks = self.customer.contacts.talks.iter().filter(|talk| talk.debt == debt);
        match anchor {
            Anchor::Due => self.date_of(Fact::DueDate),
            Anchor::Promise => self.date_of(Fact::PromiseDate),
            Anchor::LastMessage => run.sent_at.map(When::At),
            Anchor::LastReply => talks.map(|talk| talk.at).max().map(When::At),
            Anchor::Entry => Some(When::At(run.entered_at)),
        }
    }

    fn date_of(&self, fact: Fact) -> Option<When> {
        let facts = Facts { customer: self.customer, account: self.account()?, today: self.today };
        match facts.value(fact) {
            Some(Seen::Date(date)) => Some(When::On(date)),
            _ => None,
        }
    }
}
