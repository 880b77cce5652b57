//! `repeat`: a block is gone through so many times; the count stands on the run's stack.

use super::{Next, Walk};
use crate::record::{Entry, Recorder};
use crate::run::{Park, Place};
use cobro_dsl::program::{Op, OpId};

impl<R: Recorder> Walk<'_, R> {
    pub(super) fn repeat(&mut self, at: OpId, times: u32, body: OpId) -> Next {
        if let Some(run) = self.run_mut() {
            run.stack.push(Place { op: at, park: Park::Repeat { round: 1 }, wake: None });
        }
        self.record(|| Entry::Repeats { round: 1, times, op: at.0 });
        Next::Op(body)
    }

    /// The end of the block. What the block parked on the stack is gone by now, so its count stands on top.
    pub(super) fn again(&mut self, repeat: OpId, body: OpId, next: OpId) -> Next {
        let Op::Repeat { times, .. } = self.context.program.op(repeat) else { return Next::Op(next) };
        let Some(place) = self.run_mut().and_then(|run| run.stack.last_mut()) else { return Next::Op(next) };
        match &mut place.park {
            Park::Repeat { round } if *round < *times => {
                *round += 1;
                let round = *round;
                self.record(|| Entry::Repeats { round, times: *times, op: repeat.0 });
                Next::Op(body)
            }
            Park::Repeat { .. } => {
                if let Some(run) = self.run_mut() {
                    run.stack.pop();
                }
                Next::Op(next)
            }
            Park::Wait | Park::Gate | Park::Call(_) | Park::Task(_) => Next::Op(next),
        }
    }
}
