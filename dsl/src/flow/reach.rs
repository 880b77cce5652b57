//! Steps that no way leads to.

use super::Flow;
use crate::diagnostic::Diagnostic;
use crate::problems::UnreachableStep;

pub(super) fn check(flow: &Flow<'_>, findings: &mut Vec<Diagnostic>) {
    let program = &flow.draft.program;
    for (step, (span, _)) in program.steps.iter().zip(&program.origin.steps) {
        if !flow.reached.contains(step.entry) {
            findings.push(Diagnostic::new(UnreachableStep { name: step.name.clone() }, *span));
        }
    }
}
