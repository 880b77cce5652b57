//! Ways round that never wait: an account on one would be written to without end in a moment.

use super::{Flow, Reached};
use crate::diagnostic::Diagnostic;
use crate::graph;
use crate::problems::LoopWithoutWait;
use crate::program::{Awaited, Op, OpId};
use petgraph::algo::tarjan_scc;
use petgraph::graph::DiGraph;

/// Tells the rounds, and gives back their operations.
pub(super) fn check(flow: &Flow<'_>, findings: &mut Vec<Diagnostic>) -> Reached {
    let program = &flow.draft.program;
    let mut told = Reached(vec![false; program.ops.len()]);
    let mut moving = flow.graph.clone();
    // A run stops at a wait or a task, so a way round through one is no loop. A wait of no length, or
    // until a date that is past, is none: the run goes straight on, and its handlers never listen.
    moving.retain_edges(|graph, edge| {
        let Some((from, to)) = graph.edge_endpoints(edge) else { return false };
        let from_op = OpId(from.index() as u32);
        match program.op(from_op) {
            Op::Wait { until, timeout, .. } => until.may_be_over() && to.index() == timeout.0 as usize,
            Op::Assign { .. } => false,
            // What cannot be offered, followed or verified, or is already, is gone over without waiting.
            Op::Await { what, timeout, .. } => {
                let to = to.index();
                let straight = |op: &OpId| op.0 as usize == to;
                match what {
                    Awaited::Offer(_) => straight(timeout),
                    Awaited::Follow(_) | Awaited::Verify | Awaited::Webhook { .. } => {
                        program.gone_over_to(from_op).iter().any(straight)
                    }
                }
            }
            // The end of a handler goes back to a wait that is under way.
            Op::Resume => false,
            _ => true,
        }
    });
    rounds(flow, &moving, &mut told, findings);
    conditions(flow, &moving, &mut told, findings);
    told
}

/// A condition that is listened for and holds already has its turn at once. A way round through one alone takes no time:
/// what held before still holds when the account comes back, unless the way changes what is written down about it. Ways
/// round through several conditions are left alone: they need not all hold.
fn conditions(
    flow: &Flow<'_>,
    moving: &DiGraph<OpId, ()>,
    told: &mut Reached,
    findings: &mut Vec<Diagnostic>,
) {
    let program = &flow.draft.program;
    let writes = |op: &OpId| matches!(program.op(*op), Op::Set { .. } | Op::Tag { .. });
    for at in flow.ops().filter(|op| program.has_conditions && flow.reached.contains(*op)) {
        let (Op::Wait { handlers, .. } | Op::Assign { handlers, .. } | Op::Await { handlers, .. }) =
            program.op(at)
        else {
            continue;
        };
        for handler in handlers.of(&program.handlers) {
            let is_condition = handler.trigger.condition().is_some();
            if !is_condition || !Reached::from(moving, [handler.body]).contains(at) {
                continue;
            }
            let mut through = moving.clone();
            through.add_edge(graph::node(at), graph::node(handler.body), ());
            let round = tarjan_scc(&through).into_iter().find(|round| round.contains(&graph::node(at)));
            let ops = round.into_iter().flatten().map(|node| OpId(node.index() as u32));
            let ops: Vec<OpId> = ops.filter(|op| flow.reached.contains(*op)).collect();
            if !ops.iter().any(writes) {
                report(flow, &ops, findings);
                ops.iter().for_each(|op| {
                    told.insert(*op);
                });
            }
        }
    }
}

fn rounds(flow: &Flow<'_>, moving: &DiGraph<OpId, ()>, told: &mut Reached, findings: &mut Vec<Diagnostic>) {
    for round in tarjan_scc(moving) {
        let is_round =
            round.len() > 1 || round.first().is_some_and(|only| moving.contains_edge(*only, *only));
        let ops: Vec<OpId> = round.iter().map(|at| OpId(at.index() as u32)).collect();
        if is_round && ops.iter().any(|op| flow.reached.contains(*op)) {
            report(flow, &ops, findings);
            ops.iter().for_each(|op| {
                told.insert(*op);
            });
        }
    }
}

/// The finding stands at the arrow that closes the round: the last of its arrows in the text. A `repeat` ends by
/// itself, so a round of nothing else is told only when it does something outside each time: at its head.
fn report(flow: &Flow<'_>, round: &[OpId], findings: &mut Vec<Diagnostic>) {
    let program = &flow.draft.program;
    let arrows = round.iter().copied().filter(|op| matches!(program.op(*op), Op::Go(_)));
    let acts = |op: &OpId| matches!(program.op(*op), Op::Send { .. } | Op::Escalate { .. });
    let repeats = round.iter().copied().filter(|op| matches!(program.op(*op), Op::Again { .. }));
    let closing = match arrows.max_by_key(|op| flow.place(*op)) {
        Some(arrow) => Some(arrow),
        None => repeats.max_by_key(|op| flow.place(*op)).filter(|_| round.iter().any(acts)),
    };
    let Some(closing) = closing else { return };
    let mut steps: Vec<_> = round.iter().filter_map(|op| program.step_of(*op)).collect();
    steps.sort();
    steps.dedup();
    let names: Vec<String> = steps.iter().map(|step| format!("`{}`", program.step_name(*step))).collect();
    let finding = Diagnostic::new(LoopWithoutWait { steps: names.join(", ") }, flow.place(closing));
    let sends = round.iter().copied().filter(acts);
    findings.push(match sends.min_by_key(|op| flow.place(*op)) {
        Some(send) => finding.also(
            flow.place(send),
            "aquí se envía otra vez, sin espera",
            "sends again here, without a wait",
        ),
        None => finding,
    });
}
