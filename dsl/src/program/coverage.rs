//! What of a program was gone through, and what was not.
//!
//! In: sets of ids, which whoever reads a history fills. Out: what is missed, in the order of the text. Lines of text
//! are never counted: one line may hold a whole decision, and ten may hold none.

use super::{Op, OpId, OutcomeId, Program, StepId};
use std::collections::BTreeSet;

/// What of a program was gone through.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Coverage {
    /// Steps that an account came to.
    pub steps: BTreeSet<u16>,
    /// Arrows that were taken: operations.
    pub arrows: BTreeSet<u32>,
    /// Handlers that took an event or a condition.
    pub handlers: BTreeSet<u32>,
    /// Outcomes that a run ended with.
    pub outcomes: BTreeSet<u16>,
}

/// Something that was not gone through.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Missed {
    /// No account came to the step.
    Step(StepId),
    /// The arrow was not taken.
    Arrow(OpId),
    /// The handler took nothing.
    Handler(u32),
    /// No run ended so.
    Outcome(OutcomeId),
}

impl Coverage {
    /// Adds what another history went through.
    pub fn add(&mut self, other: &Coverage) {
        self.steps.extend(&other.steps);
        self.arrows.extend(&other.arrows);
        self.handlers.extend(&other.handlers);
        self.outcomes.extend(&other.outcomes);
    }

    /// What is not gone through: steps, arrows, handlers, outcomes, each in the order of the program.
    pub fn missed(&self, program: &Program) -> Vec<Missed> {
        let steps = (0..program.steps.len() as u16).filter(|step| !self.steps.contains(step));
        let mut missed: Vec<Missed> = steps.map(|step| Missed::Step(StepId(step))).collect();
        let mut arrows: Vec<OpId> =
            program.arrows().filter(|arrow| !self.arrows.contains(&arrow.0)).collect();
        arrows.sort_by_key(|arrow| (program.origin.line(*arrow), *arrow));
        missed.extend(arrows.into_iter().map(Missed::Arrow));
        let handlers = 0..program.handlers.len() as u32;
        let mut handlers: Vec<u32> = handlers.filter(|handler| !self.handlers.contains(handler)).collect();
        handlers.sort_by_key(|handler| (program.origin.handler_line(*handler), *handler));
        missed.extend(handlers.into_iter().map(Missed::Handler));
        let outcomes = outcomes(program).into_iter().filter(|outcome| !self.outcomes.contains(&outcome.0));
        missed.extend(outcomes.map(Missed::Outcome));
        missed
    }
}

/// The outcomes that some operation ends with: one that is only declared cannot be come to.
pub fn outcomes(program: &Program) -> BTreeSet<OutcomeId> {
    let ends = program.ops.iter().filter_map(|op| match op {
        Op::End(outcome) => Some(*outcome),
        _ => None,
    });
    ends.collect()
}
