//! Checks over the graph, pointed back to the text.
//!
//! In: a draft whose names resolve. Out: findings. Absent: checks that the tree alone can answer (`check`).

mod answers;
mod cadence;
mod ends;
mod identity;
mod limits;
mod loops;
mod reach;
mod stages;

use crate::diagnostic::Diagnostic;
use crate::graph;
use crate::law::Laws;
use crate::lower::Draft;
use crate::program::{OpId, TemplateId};
use crate::source::Span;
pub(crate) use cadence::time;
use petgraph::graph::DiGraph;

/// What every check of the flow looks at.
struct Flow<'a> {
    draft: &'a Draft,
    graph: DiGraph<OpId, ()>,
    /// Operations that some account may come to.
    reached: Reached,
}

/// Checks the flow of one strategy.
pub fn check(draft: &Draft, laws: &Laws, findings: &mut Vec<Diagnostic>) {
    let program = &draft.program;
    let graph = graph::operations(program);
    let start = program.steps.get(usize::from(program.start.0)).map(|step| step.entry);
    // Who is led to a stage comes to the one where they belong.
    let stages = program.stages.iter().filter(|_| program.stage(program.start).is_some());
    let stages = stages.map(|stage| stage.arrow);
    // What `always` answers may happen at any moment: also while the gate puts a message off.
    let always = program.always.of(&program.handlers).iter().map(|handler| handler.body);
    let scopes = program.steps.iter().flat_map(|step| &step.scopes);
    let scopes = scopes.flat_map(|scope| scope.of(&program.handlers)).map(|handler| handler.body);
    let late = program.late.and_then(|late| late.arrow);
    let starts = start.into_iter().chain(stages).chain(always).chain(scopes).chain(late);
    let reached = Reached::from(&graph, starts);
    let flow = Flow { draft, graph, reached };
    reach::check(&flow, findings);
    stages::check(&flow, findings);
    let rounds = loops::check(&flow, findings);
    ends::check(&flow, &rounds, findings);
    answers::check(&flow, findings);
    identity::check(&flow, findings);
    // A strategy without a law, or with one that nobody knows, has been told so.
    if let Some(law) = laws.get(&program.law) {
        cadence::check(&flow, law, findings);
        limits::check(&flow, law, findings);
    }
}

impl Flow<'_> {
    fn place(&self, op: OpId) -> Span {
        self.draft.program.origin.ops.get(op.0 as usize).map(|(span, _)| *span).unwrap_or_default()
    }

    fn ops(&self) -> impl Iterator<Item = OpId> {
        (0..self.draft.program.ops.len() as u32).map(OpId)
    }
}

/// A message that some account may get: where it is sent, and which.
type Sent = (OpId, TemplateId);

/// A set of operations, one flag for each.
struct Reached(Vec<bool>);

impl Reached {
    /// Every operation that can be come to from some.
    fn from(graph: &DiGraph<OpId, ()>, starts: impl IntoIterator<Item = OpId>) -> Reached {
        let mut reached = Reached(vec![false; graph.node_count()]);
        let mut open: Vec<OpId> = starts.into_iter().filter(|start| reached.insert(*start)).collect();
        while let Some(at) = open.pop() {
            open.extend(graph.neighbors(graph::node(at)).filter_map(|next| {
                let next = OpId(next.index() as u32);
                reached.insert(next).then_some(next)
            }));
        }
        reached
    }

    /// True when it was not there.
    fn insert(&mut self, op: OpId) -> bool {
        self.0.get_mut(op.0 as usize).is_some_and(|flag| !std::mem::replace(flag, true))
    }

    fn contains(&self, op: OpId) -> bool {
        self.0.get(op.0 as usize).copied().unwrap_or(false)
    }
}
