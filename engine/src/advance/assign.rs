//! `assign`: a task is opened for a person and the run is parked until it is done or overdue.

use super::{Next, Walk};
use crate::calendar;
use crate::effect::Effect;
use crate::record::{Entry, Recorder};
use crate::run::{Park, Place};
use cobro_dsl::program::{NameId, OpId, Priority};
use cobro_dsl::values::Lapse;

impl<R: Recorder> Walk<'_, R> {
    pub(super) fn assign(&mut self, at: OpId, queue: NameId, priority: Priority, due: Option<Lapse>) -> Next {
        self.set_aside();
        let due_at = due.map(|due| calendar::add(self.now, due, self.zone, &self.context.law.holidays));
        let Some(run) = self.run_mut() else { return Next::Rest };
        run.tasks += 1;
        run.open_task = Some(run.tasks);
        let task = run.tasks;
        self.record(|| Entry::Assigned { task, queue: queue.0, due_at, op: at.0 });
        self.effects.push(Effect::OpenTask { task, queue, priority, due_at });
        self.park(at, Park::Task, due_at)
    }

    /// A run has one open task. One that stands below, in what a handler interrupted, is asked for again when
    /// the handler is done: nobody works on it meanwhile, and without it the run would wait for ever.
    fn set_aside(&mut self) {
        self.close_task();
        let now = self.now;
        let Some(run) = self.run_mut() else { return };
        for place in run.stack.iter_mut().filter(|place| place.park == Park::Task) {
            *place = Place { op: place.op, park: Park::Gate, wake: Some(now) };
        }
    }

    /// The open task is no longer wanted: the run goes on without it.
    pub(super) fn close_task(&mut self) {
        if let Some(task) = self.run_mut().and_then(|run| run.open_task.take()) {
            self.effects.push(Effect::CloseTask { task });
        }
    }
}
