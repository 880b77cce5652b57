//! `wait`: the run is parked until a deadline; its handlers listen meanwhile.

use super::{Next, Walk};
use crate::calendar;
use crate::record::{Entry, Recorder};
use crate::run::Park;
use cobro_dsl::program::OpId;
use cobro_dsl::values::Lapse;

impl<R: Recorder> Walk<'_, R> {
    pub(super) fn wait(&mut self, at: OpId, lapse: Lapse, timeout: OpId) -> Next {
        if lapse.is_zero() {
            return Next::Op(timeout);
        }
        let until = calendar::add(self.now, lapse, self.zone, &self.context.law.holidays);
        self.record(|| Entry::Waits { until, op: at.0 });
        self.park(at, Park::Wait, Some(until))
    }
}
