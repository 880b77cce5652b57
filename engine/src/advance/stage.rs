//! Stages: an account is in the most severe one whose condition holds.
//!
//! In: a run in a stage, and the facts as they are. Out: the run is in the stage where it belongs. Coming up the stage's
//! body runs; coming down only what the stage says of falling back, else nothing. A run that is in a step is left there.

use super::{Next, Walk};
use crate::expr;
use crate::facts::Facts;
use crate::record::{Entry, Recorder};
use crate::run::Park;
use cobro_dsl::program::{OpId, Program, Stage, StepId};

impl<R: Recorder> Walk<'_, R> {
    /// The stage where the account belongs; `None` for a strategy without stages.
    fn belongs(&self) -> Option<(usize, Stage)> {
        let program = self.context.program;
        let account = self.account()?;
        let facts = Facts { customer: self.customer, account, today: self.today };
        let holds =
            |stage: &Stage| stage.holds.is_none_or(|holds| expr::holds(&program.exprs, holds, &facts));
        program.stages.iter().copied().enumerate().rev().find(|(_, stage)| holds(stage))
    }

    /// Where an arrow leads: one to a stage, to the stage where the account belongs.
    pub(super) fn led_to(&self, step: StepId) -> StepId {
        match self.context.program.stage(step) {
            Some(_) => self.belongs().map_or(step, |(_, stage)| stage.step),
            None => step,
        }
    }

    /// Moves a run that is in a stage to the one where it belongs; says whether it moved. At one moment a run comes into
    /// each stage once at most.
    pub(super) fn move_on(&mut self) -> bool {
        let program = self.context.program;
        let Some(run) = self.run().filter(|run| run.is_open()) else { return false };
        let Some((from, _)) = program.stage(run.step) else { return false };
        let Some((to, stage)) = self.belongs().filter(|(to, _)| *to != from) else { return false };
        if self.staged.contains(&stage.step) {
            return false;
        }
        self.staged.push(stage.step);
        let is_back = to < from;
        self.leave_places(0);
        self.leave_stage();
        let facts = self.facts_of_stages(program);
        self.record(|| Entry::Staged { step: stage.step.0, is_back, facts, arrow: stage.arrow.0 });
        if let Some(run) = self.run_mut() {
            run.step = stage.step;
        }
        let entry = program.steps.get(usize::from(stage.step.0)).map_or(stage.rest, |step| step.entry);
        if !is_back {
            self.runs(stage.step);
        }
        self.walk(if is_back { stage.falling_back } else { entry });
        true
    }

    /// What the conditions of stages read, each fact once.
    fn facts_of_stages(&self, program: &Program) -> Vec<crate::record::FactSeen> {
        let mut seen = Vec::new();
        for holds in program.stages.iter().filter_map(|stage| stage.holds) {
            for fact in self.facts_seen(holds) {
                if !seen.contains(&fact) {
                    seen.push(fact);
                }
            }
        }
        seen
    }

    /// What is done on the way out of the stage in which the run is.
    pub(super) fn leave_stage(&mut self) {
        let step = self.run().map(|run| run.step);
        let stage = step.and_then(|step| self.context.program.stage(step));
        if let Some(leaving) = stage.and_then(|(_, stage)| stage.leaving) {
            self.walk(leaving);
        }
    }

    /// The stage's body is done.
    pub(super) fn stay(&mut self, at: OpId) -> Next {
        if let Some(step) = self.run().map(|run| run.step) {
            self.record(|| Entry::Stays { step: step.0, op: at.0 });
        }
        self.park(at, Park::Wait, None)
    }
}
