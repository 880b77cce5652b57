//! Steps that run out, and rounds that nothing but the customer can end.

use super::{Flow, Reached};
use crate::diagnostic::Diagnostic;
use crate::graph;
use crate::problems::{NeverEnds, StepWithoutEnd};
use crate::program::{Awaited, Op, OpId, Program, Trigger};
use petgraph::algo::tarjan_scc;
use petgraph::graph::DiGraph;

/// `told` are the operations of rounds that were told already.
pub(super) fn check(flow: &Flow<'_>, told: &Reached, findings: &mut Vec<Diagnostic>) {
    let program = &flow.draft.program;
    for ((step, fall), (span, _)) in program.steps.iter().zip(&flow.draft.falls).zip(&program.origin.steps) {
        if flow.reached.contains(step.entry) && flow.reached.contains(*fall) {
            findings.push(Diagnostic::new(StepWithoutEnd { name: step.name.clone() }, *span));
        }
    }
    let alone = left_alone(program);
    let can_end = can_end(flow, &alone);
    let mut endless = alone;
    endless.retain_nodes(|graph, node| {
        graph.node_weight(node).is_some_and(|op| flow.reached.contains(*op) && !can_end.contains(*op))
    });
    for round in tarjan_scc(&endless) {
        let is_round =
            round.len() > 1 || round.first().is_some_and(|only| endless.contains_edge(*only, *only));
        let ops: Vec<OpId> = round.iter().filter_map(|node| endless.node_weight(*node)).copied().collect();
        if is_round && !ops.iter().any(|op| told.contains(*op)) {
            report(program, &ops, findings);
        }
    }
}

/// The finding stands at the name of the round's first step in the text.
fn report(program: &Program, round: &[OpId], findings: &mut Vec<Diagnostic>) {
    let mut steps: Vec<_> = round.iter().filter_map(|op| program.step_of(*op)).collect();
    steps.sort();
    steps.dedup();
    let names: Vec<String> = steps.iter().map(|step| format!("`{}`", program.step_name(*step))).collect();
    let first = steps.first().and_then(|step| program.origin.steps.get(usize::from(step.0)));
    if let Some((span, _)) = first {
        findings.push(Diagnostic::new(NeverEnds { steps: names.join(", ") }, *span));
    }
}

/// Where an account goes that nobody pays for and nobody answers: only deadlines and the people of the house move
/// it. What handlers of waits and of `always` do is left out.
fn left_alone(program: &Program) -> DiGraph<OpId, ()> {
    let mut alone = DiGraph::with_capacity(program.ops.len(), program.ops.len() * 2);
    for at in 0..program.ops.len() {
        alone.add_node(OpId(at as u32));
    }
    for (at, op) in program.ops.iter().enumerate() {
        let mut ways = |to: &[OpId]| {
            for to in to {
                alone.add_edge(graph::node(OpId(at as u32)), graph::node(*to), ());
            }
        };
        match op {
            Op::Send { next, otherwise, .. } => ways(&[*next, *otherwise]),
            Op::Escalate { next }
            | Op::Note { next, .. }
            | Op::Hold { next, .. }
            | Op::Release { next }
            | Op::Block { next, .. }
            | Op::Tag { next, .. }
            | Op::Set { next, .. } => ways(&[*next]),
            Op::Branch { then, otherwise, .. } => ways(&[*then, *otherwise]),
            Op::Wait { timeout, handlers, .. } => {
                // A condition may come to hold by time alone.
                let conditions = handlers.of(&program.handlers).iter();
                let conditions = conditions.filter(|handler| handler.trigger.condition().is_some());
                ways(&conditions.map(|handler| handler.body).chain([*timeout]).collect::<Vec<_>>());
            }
            Op::Assign { handlers, timeout, next, .. } => {
                ways(&[*timeout, *next]);
                let done = handlers.of(&program.handlers).iter();
                let done = done.filter(|h| matches!(h.trigger, Trigger::Done(_) | Trigger::AnyDone));
                ways(&done.map(|handler| handler.body).collect::<Vec<_>>());
            }
            Op::Await { what, handlers, timeout, next, up_to } => {
                if up_to.is_some() {
                    ways(&[*timeout]);
                }
                // Another system answers, whatever the customer does.
                if let Awaited::Webhook { .. } = what {
                    ways(&[*next]);
                    ways(&what.settled_by().map(|by| program.settled(OpId(at as u32), by)));
                }
                // A plan that nobody pays is broken in the end.
                if let Awaited::Follow(_) = what {
                    let broken = handlers.of(&program.handlers).iter();
                    let broken = broken.filter(|handler| handler.trigger == Trigger::PlanBroken);
                    let bodies: Vec<OpId> = broken.map(|handler| handler.body).collect();
                    ways(if bodies.is_empty() { std::slice::from_ref(next) } else { &bodies });
                }
            }
            Op::Repeat { body, .. } => ways(&[*body]),
            Op::Again { body, next, .. } => ways(&[*body, *next]),
            Op::Split { ways: split, .. } => ways(&split.iter().map(|way| way.body).collect::<Vec<_>>()),
            Op::Go(step) => {
                if let Some(step) = program.steps.get(usize::from(step.0)) {
                    ways(&[step.entry]);
                }
            }
            Op::End(_) | Op::Resume => {}
        }
    }
    for (from, to) in program.stage_ways() {
        alone.add_edge(graph::node(from), graph::node(to), ());
    }
    alone
}

/// Operations from which an outcome, or the end of a step that was told already, can be reached.
fn can_end(flow: &Flow<'_>, alone: &DiGraph<OpId, ()>) -> Reached {
    let program = &flow.draft.program;
    let mut backwards = alone.clone();
    backwards.reverse();
    Reached::from(&backwards, flow.ops().filter(|op| matches!(program.op(*op), Op::End(_) | Op::Resume)))
}
