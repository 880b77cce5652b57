//! Stages: where their bodies run out the account rests, and is moved by its conditions.

use super::Lowering;
use crate::ast;
use crate::program::{Op, OpId, Stage, StepId, Until};
use crate::source::Span;

impl Lowering<'_> {
    /// Lays down what a stage has besides its body, and says where that goes on: the account rests, for as long as it
    /// belongs there.
    pub(super) fn stage(&mut self, stage: &ast::Stage, step: StepId, name: Span) -> OpId {
        // It ends by no time, so it leads to itself.
        let own = OpId(0);
        let rest = self.op(Op::Wait { until: Until::Ever, handlers: Default::default(), timeout: own }, name);
        if let Some(Op::Wait { timeout, .. }) = self.program.ops.get_mut(rest.0 as usize) {
            *timeout = rest;
        }
        let holds = stage.holds.as_ref().map(|holds| self.expr(holds));
        let falling_back = stage.falling_back.as_ref().map_or(rest, |block| self.block(block, rest));
        let leaving = stage.leaving.as_ref().map(|block| {
            let end = Span { start: block.span.end.saturating_sub(1), end: block.span.end };
            let end = self.op(Op::Resume, end);
            self.block(block, end)
        });
        self.program.has_conditions = true;
        self.program.stages.push(Stage { step, holds, arrow: rest, rest, falling_back, leaving });
        rest
    }

    /// The arrows by which accounts come up to stages belong to no step.
    pub(super) fn arrows_to_stages(&mut self) {
        for at in 0..self.program.stages.len() {
            let Some(step) = self.program.stages.get(at).map(|stage| stage.step) else { continue };
            let place = self.program.origin.steps.get(usize::from(step.0)).map(|(span, _)| *span);
            let entry = self.program.steps.get(usize::from(step.0)).map(|step| step.entry);
            let arrow = match entry {
                // Nobody comes up to the first.
                Some(entry) if at == 0 => entry,
                _ => self.op(Op::Go(step), place.unwrap_or_default()),
            };
            if let Some(stage) = self.program.stages.get_mut(at) {
                stage.arrow = arrow;
            }
        }
    }
}
