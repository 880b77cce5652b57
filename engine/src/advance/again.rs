//! `enter again after 30 days`: an account whose run has ended is asked again.
//!
//! In: an ended run. Out: when it is asked next, and a new run when its condition holds then. It is asked at the strategy's
//! reviews, like an account that never entered: at the first one so long after the end, and then at each. Absent: which
//! version it enters; the caller's program is the one.

use super::Walk;
use crate::calendar::{self, Instant};
use crate::record::Recorder;
use std::str::FromStr;

impl<R: Recorder> Walk<'_, R> {
    /// The run has ended just now: when may the account enter again?
    pub(super) fn rest_before_again(&mut self) {
        let Some(lapse) = self.context.program.again_after else { return };
        let from = calendar::add(self.now, lapse, self.zone, &self.context.law.holidays);
        let at = self.review_after(from.plus_millis(-1));
        if let Some(run) = self.run_mut() {
            run.again_at = at;
        }
    }

    /// Asks an account whose time has come whether it enters again.
    pub(super) fn again_or_later(&mut self) {
        let now = self.now;
        if self.run().and_then(|run| run.again_at).is_none_or(|at| at > now) {
            return;
        }
        let next = match self.context.program.again_after {
            Some(_) => self.review_after(now),
            // The strategy says so no longer.
            None => None,
        };
        if let Some(run) = self.run_mut() {
            run.again_at = next;
        }
        if self.context.program.again_after.is_some() {
            self.enter_when(true);
        }
    }

    fn review_after(&self, moment: Instant) -> Option<Instant> {
        let program = self.context.program;
        let schedule = cron::Schedule::from_str(&program.review).ok()?;
        schedule.after(&moment.in_zone(program.zone)).next().map(|at| Instant(at.timestamp_millis()))
    }
}
