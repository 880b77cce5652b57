//! Ways round that never wait: an account on one would be written to without end in a moment.

use super::Flow;
use crate::diagnostic::Diagnostic;
use crate::problems::LoopWithoutWait;
use crate::program::{Op, OpId};
use petgraph::algo::tarjan_scc;

pub(super) fn check(flow: &Flow<'_>, findings: &mut Vec<Diagnostic>) {
    let program = &flow.draft.program;
    let mut moving = flow.graph.clone();
    // A run stops at a wait or a task, so a way round through one is no loop. A wait of no length is none.
    moving.retain_edges(|graph, edge| {
        let Some((from, _)) = graph.edge_endpoints(edge) else { return false };
        match program.op(OpId(from.index() as u32)) {
            Op::Wait { lapse, .. } => lapse.is_zero(),
            Op::Assign { .. } => false,
            _ => true,
        }
    });
    for round in tarjan_scc(&moving) {
        let is_round =
            round.len() > 1 || round.first().is_some_and(|only| moving.contains_edge(*only, *only));
        let ops: Vec<OpId> = round.iter().map(|at| OpId(at.index() as u32)).collect();
        if is_round && ops.iter().any(|op| flow.reached.contains(op)) {
            report(flow, &ops, findings);
        }
    }
}

/// The finding stands at the arrow that closes the round: the last of its arrows in the text.
fn report(flow: &Flow<'_>, round: &[OpId], findings: &mut Vec<Diagnostic>) {
    let program = &flow.draft.program;
    let place = |op: OpId| program.origin.ops.get(op.0 as usize).map(|(span, _)| *span).unwrap_or_default();
    let arrows = round.iter().copied().filter(|op| matches!(program.op(*op), Op::Go(_)));
    let Some(closing) = arrows.max_by_key(|op| place(*op)) else { return };
    let mut steps: Vec<_> = round.iter().filter_map(|op| program.step_of(*op)).collect();
    steps.sort();
    steps.dedup();
    let names: Vec<&str> = steps.iter().map(|step| program.step_name(*step)).collect();
    let finding = Diagnostic::new(LoopWithoutWait { steps: names.join(", ") }, place(closing));
    let sends =
        round.iter().copied().filter(|op| matches!(program.op(*op), Op::Send { .. } | Op::Escalate { .. }));
    findings.push(match sends.min_by_key(|op| place(*op)) {
        Some(send) => finding.also(
            place(send),
            "aquí se envía otra vez, sin espera",
            "sends again here, without a wait",
        ),
        None => finding,
    });
}
