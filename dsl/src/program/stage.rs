//! Stages: steps in which an account is for as long as their condition holds.
//!
//! In: nothing. Out: values, and the ways that accounts take by themselves. Absent: which condition holds.

use super::expr::ExprId;
use super::{Op, OpId, Program, StepId};

/// A stage. They stand in their order, the mildest first: an account belongs in the last whose condition holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stage {
    /// Its step.
    pub step: StepId,
    /// When an account belongs there; the first has none, and takes who belongs nowhere else.
    pub holds: Option<ExprId>,
    /// The arrow by which an account comes up to it; of the first, to which nobody does, where it begins.
    pub arrow: OpId,
    /// Where it rests when its body is done.
    pub rest: OpId,
    /// Where an account goes on that comes down to it.
    pub falling_back: OpId,
    /// What is done on the way out.
    pub leaving: Option<OpId>,
}

impl Program {
    /// The stage that a step is, and its severity.
    pub fn stage(&self, step: StepId) -> Option<(usize, &Stage)> {
        self.stages.iter().enumerate().find(|(_, stage)| stage.step == step)
    }

    /// The ways that accounts go from stage to stage by themselves, and where an arrow to a stage may lead besides.
    pub fn stage_ways(&self) -> Vec<(OpId, OpId)> {
        let mut ways = Vec::new();
        for (at, op) in self.ops.iter().enumerate() {
            let from = OpId(at as u32);
            match op {
                // The arrow of a stage is taken by who belongs there.
                Op::Go(step)
                    if self.stage(*step).is_some() && self.stages.iter().all(|stage| stage.arrow != from) =>
                {
                    ways.extend(self.stages.iter().map(|stage| (from, stage.arrow)));
                }
                Op::Wait { .. } | Op::Assign { .. } | Op::Await { .. } => {
                    let Some((own, _)) = self.step_of(from).and_then(|step| self.stage(step)) else {
                        continue;
                    };
                    for (at, stage) in self.stages.iter().enumerate().filter(|(at, _)| *at != own) {
                        ways.push((from, if at > own { stage.arrow } else { stage.falling_back }));
                    }
                }
                _ => {}
            }
        }
        ways
    }
}
