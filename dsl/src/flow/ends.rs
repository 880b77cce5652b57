//! Steps that run out, and steps from which no outcome can be reached.

use super::Flow;
use crate::diagnostic::Diagnostic;
use crate::graph;
use crate::problems::{NeverEnds, StepWithoutEnd};
use crate::program::{Op, OpId};
use petgraph::visit::{Dfs, Reversed};
use std::collections::BTreeSet;

pub(super) fn check(flow: &Flow<'_>, findings: &mut Vec<Diagnostic>) {
    let program = &flow.draft.program;
    let can_end = can_end(flow);
    for ((step, fall), (span, _)) in program.steps.iter().zip(&flow.draft.falls).zip(&program.origin.steps) {
        if !flow.reached.contains(&step.entry) {
            continue;
        }
        if flow.reached.contains(fall) {
            findings.push(Diagnostic::new(StepWithoutEnd { name: step.name.clone() }, *span));
        } else if !can_end.contains(&step.entry) {
            findings.push(Diagnostic::new(NeverEnds { name: step.name.clone() }, *span));
        }
    }
}

/// Operations from which an outcome, or the end of a step that was told already, can be reached. What `always`
/// does is left out: a strategy must come to an end even when nothing happens.
fn can_end(flow: &Flow<'_>) -> BTreeSet<OpId> {
    let program = &flow.draft.program;
    let backwards = Reversed(&flow.graph);
    let mut found = BTreeSet::new();
    let is_end = |at: &OpId| matches!(program.op(*at), Op::End(_)) && program.step_of(*at).is_some();
    let ends = (0..program.ops.len() as u32).map(OpId).filter(is_end);
    for end in ends.chain(flow.draft.falls.iter().copied().filter(|fall| flow.reached.contains(fall))) {
        let mut search = Dfs::new(backwards, graph::node(end));
        while let Some(at) = search.next(backwards) {
            found.insert(OpId(at.index() as u32));
        }
    }
    found
}
