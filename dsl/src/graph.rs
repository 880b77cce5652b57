//! The program as a graph, for checks, people and proofs. Running does not need it.
//!
//! In: a program. Out: a petgraph graph of its operations; and drawings: `view` says what is drawn, in `words`,
//! and `dot`, `mermaid`, `svg` and `wire` each write it in one format. Absent: text spans; who needs a place in
//! the text asks the program's `origin`.

pub mod words;
pub mod view;
pub mod together;
pub mod dot;
pub mod mermaid;
pub mod svg;
pub mod wire;

#[cfg(test)]
mod tests;

use crate::program::{Op, OpId, Program, Slice, StepId, Trigger};
use petgraph::graph::{DiGraph, NodeIndex};

/// The operations as a graph: node `n` is operation `n`, an edge is a way the run can go.
pub fn operations(program: &Program) -> DiGraph<OpId, ()> {
    let mut graph = DiGraph::with_capacity(program.ops.len(), program.ops.len() * 2);
    for at in 0..program.ops.len() {
        graph.add_node(OpId(at as u32));
    }
    for (from, to) in ways(program) {
        graph.add_edge(node(from), node(to), ());
    }
    graph
}

/// The node of an operation in [`operations`].
pub fn node(op: OpId) -> NodeIndex {
    NodeIndex::new(op.0 as usize)
}

/// Every way from one operation to another.
fn ways(program: &Program) -> Vec<(OpId, OpId)> {
    let mut ways = Vec::new();
    for (at, op) in program.ops.iter().enumerate() {
        let from = OpId(at as u32);
        match op {
            Op::Send { next, otherwise, .. } => ways.extend([(from, *next), (from, *otherwise)]),
            Op::Escalate { next }
            | Op::Note { next, .. }
            | Op::Hold { next, .. }
            | Op::Release { next }
            | Op::Block { next, .. }
            | Op::Tag { next, .. }
            | Op::Set { next, .. } => ways.push((from, *next)),
            Op::Branch { then, otherwise, .. } => ways.extend([(from, *then), (from, *otherwise)]),
            Op::Go(step) => {
                ways.extend(program.steps.get(usize::from(step.0)).map(|step| (from, step.entry)));
            }
            Op::Wait { handlers, timeout, .. } => {
                ways.push((from, *timeout));
                parked(program, from, *handlers, &mut ways);
            }
            Op::Assign { handlers, timeout, next, .. } => {
                ways.extend([(from, *timeout), (from, *next)]);
                parked(program, from, *handlers, &mut ways);
            }
            Op::Await { up_to, handlers, timeout, next, .. } => {
                ways.extend(up_to.map(|_| (from, *timeout)));
                if program.may_pass(from) {
                    ways.push((from, *next));
                }
                parked(program, from, *handlers, &mut ways);
            }
            Op::Repeat { body, .. } => ways.push((from, *body)),
            Op::Again { body, next, .. } => ways.extend([(from, *body), (from, *next)]),
            Op::Split { ways: split, .. } => ways.extend(split.iter().map(|way| (from, way.body))),
            Op::End(_) | Op::Resume => {}
        }
    }
    ways.extend(program.stage_ways());
    for stage in &program.stages {
        ways.extend(stage.leaving.map(|leaving| (stage.rest, leaving)));
    }
    // An `always` handler may run wherever the run is parked; what it does comes from a parked place.
    let parked_ops: Vec<OpId> = program
        .ops
        .iter()
        .enumerate()
        .filter(|(_, op)| matches!(op, Op::Wait { .. } | Op::Assign { .. } | Op::Await { .. }))
        .map(|(at, _)| OpId(at as u32))
        .collect();
    let mut hold = |handlers: Slice, in_ops: &[OpId]| {
        for handler in handlers.of(&program.handlers) {
            ways.extend(in_ops.iter().map(|from| (*from, handler.body)));
            for resume in resumes(program, handler.body) {
                ways.extend(in_ops.iter().map(|to| (resume, *to)));
            }
        }
    };
    hold(program.always, &parked_ops);
    for (at, step) in program.steps.iter().enumerate() {
        let of_step = |op: &&OpId| program.step_of(**op) == Some(StepId(at as u16));
        for scope in &step.scopes {
            let own: Vec<OpId> = parked_ops.iter().filter(of_step).copied().collect();
            hold(*scope, &own);
        }
    }
    ways
}

fn parked(program: &Program, from: OpId, handlers: crate::program::Slice, ways: &mut Vec<(OpId, OpId)>) {
    for handler in handlers.of(&program.handlers) {
        ways.push((from, handler.body));
        // What a wait waited for ends it: the run does not come back.
        if matches!(handler.trigger, Trigger::Awaited(_)) {
            continue;
        }
        ways.extend(resumes(program, handler.body).into_iter().map(|resume| (resume, from)));
    }
}

/// The ends of a handler's body: the `Resume` operations that its own statements lead to.
fn resumes(program: &Program, body: OpId) -> Vec<OpId> {
    let mut seen = std::collections::BTreeSet::new();
    let mut open = vec![body];
    let mut ends = Vec::new();
    while let Some(at) = open.pop() {
        if !seen.insert(at) {
            continue;
        }
        match program.op(at) {
            Op::Resume => ends.push(at),
            Op::Send { next, otherwise, .. } => open.extend([*next, *otherwise]),
            Op::Escalate { next }
            | Op::Note { next, .. }
            | Op::Hold { next, .. }
            | Op::Release { next }
            | Op::Block { next, .. }
            | Op::Tag { next, .. }
            | Op::Set { next, .. } => open.push(*next),
            Op::Branch { then, otherwise, .. } => open.extend([*then, *otherwise]),
            Op::Wait { timeout, .. } => open.push(*timeout),
            Op::Assign { timeout, next, .. } | Op::Await { timeout, next, .. } => {
                open.extend([*timeout, *next]);
            }
            Op::Repeat { body, .. } => open.push(*body),
            Op::Again { next, .. } => open.push(*next),
            Op::Split { ways, .. } => open.extend(ways.iter().map(|way| way.body)),
            Op::Go(_) | Op::End(_) => {}
        }
    }
    ends
}
