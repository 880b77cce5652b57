//! What a person does to a run from outside: holds it, lets it go on, ends it.
//!
//! In: which of the three, and why. Out: the run held, going on or ended. A run that is held hears what happens: payments
//! count, its handlers run, promises and instalments fall due. But no wait of its own runs out, and whatever it would
//! send stays parked at its statement until it goes on; then each is asked anew. Absent: whom; that is chosen outside.

use super::{Next, Walk};
use crate::input::Event;
use crate::record::{Entry, EventSeen, Recorder, Taker};
use crate::run::{Park, Run};
use cobro_dsl::program::{OpId, OutcomeId};

impl<R: Recorder> Walk<'_, R> {
    /// Takes what a person did. Done twice, or to a run that has ended, it does nothing and says so.
    pub(super) fn operated(&mut self, event: &Event) {
        let now = self.now;
        let seen = match event {
            Event::Paused { because } => EventSeen::Paused { because: because.clone() },
            Event::Cancelled { because } => EventSeen::Cancelled { because: because.clone() },
            _ => EventSeen::Resumed,
        };
        let is_open = self.run().is_some_and(Run::is_open);
        let taker = if is_open { Taker::Nobody } else { Taker::NoRun };
        self.record(|| Entry::Happened { event: seen, taker });
        if !is_open {
            return;
        }
        match event {
            Event::Paused { .. } => {
                if let Some(run) = self.run_mut() {
                    run.paused_at.get_or_insert(now);
                }
            }
            Event::Cancelled { .. } => {
                if let Some(run) = self.run_mut() {
                    run.paused_at = None;
                }
                self.cancel();
            }
            _ => self.resume(),
        }
    }

    fn resume(&mut self) {
        let now = self.now;
        let Some(run) = self.run_mut().filter(|run| run.paused_at.is_some()) else { return };
        run.paused_at = None;
        // What was to be sent meanwhile is asked now.
        for place in run.stack.iter_mut().filter(|place| place.park == Park::Gate) {
            place.wake.get_or_insert(now);
        }
        self.conditions();
        self.timer();
    }

    fn cancel(&mut self) {
        self.leave_places(0);
        let now = self.now;
        if let Some(run) = self.run_mut() {
            run.ended = Some((OutcomeId::CANCELLED, now));
            run.again_at = None;
        }
    }

    /// A run that is held sends nothing: the statement waits until it goes on.
    pub(super) fn is_held(&self) -> bool {
        self.run().is_some_and(|run| run.paused_at.is_some())
    }

    pub(super) fn hold_back(&mut self, at: OpId) -> Next {
        self.park(at, Park::Gate, None)
    }
}
