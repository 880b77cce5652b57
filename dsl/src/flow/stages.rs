//! Stages in which no account can ever be.

use super::Flow;
use crate::diagnostic::Diagnostic;
use crate::problems::StageNeverHolds;
use crate::program::Stage;
use crate::ranges::{FACTS, ranges};

/// A stage whose condition holds only where that of a more severe one does: it is judged where both speak of one fact alone.
pub(super) fn check(flow: &Flow<'_>, findings: &mut Vec<Diagnostic>) {
    let program = &flow.draft.program;
    for (at, stage) in program.stages.iter().enumerate() {
        let hides = |other: &&Stage| {
            FACTS.iter().any(|fact| {
                let of = |stage: &Stage| stage.holds.and_then(|holds| ranges(program, holds, *fact));
                matches!((of(stage), of(other)), (Some(own), Some(other)) if own.is_within(&other))
            })
        };
        let more_severe = program.stages.iter().skip(at + 1);
        let place =
            |stage: &Stage| program.origin.steps.get(usize::from(stage.step.0)).map(|(span, _)| *span);
        if let (Some(other), Some(span)) = (more_severe.rev().find(hides), place(stage)) {
            let problem = StageNeverHolds {
                name: program.step_name(stage.step).to_owned(),
                other: program.step_name(other.step).to_owned(),
            };
            let also = place(other).unwrap_or(span);
            findings.push(Diagnostic::new(problem, span).also(also, "la más grave", "the more severe one"));
        }
    }
}
