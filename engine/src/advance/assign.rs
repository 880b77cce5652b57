//! `assign`: a task is opened for a person and the run is parked until it is done or overdue.

use super::{Next, Walk};
use crate::calendar;
use crate::effect::Effect;
use crate::record::{Entry, Recorder};
use crate::run::Park;
use cobro_dsl::program::{NameId, OpId, Priority};
use cobro_dsl::values::Lapse;

impl<R: Recorder> Walk<'_, R> {
    pub(super) fn assign(&mut self, at: OpId, queue: NameId, priority: Priority, due: Option<Lapse>) -> Next {
        let due_at = due.map(|due| calendar::add(self.now, due, self.zone, &self.context.law.holidays));
        let Some(run) = self.run_mut() else { return Next::Rest };
        run.tasks += 1;
        let task = run.tasks;
        self.record(|| Entry::Assigned { task, queue: queue.0, due_at, op: at.0 });
        self.effects.push(Effect::OpenTask { task, queue, priority, due_at });
        self.park(at, Park::Task(task), due_at)
    }
}
