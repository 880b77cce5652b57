//! Checks over the graph, pointed back to the text.
//!
//! In: a draft whose names resolve. Out: findings. Absent: checks that the tree alone can answer (`check`).

mod answers;
mod ends;
mod loops;
mod reach;

use crate::diagnostic::Diagnostic;
use crate::graph;
use crate::lower::Draft;
use crate::program::OpId;
use petgraph::graph::DiGraph;
use petgraph::visit::Dfs;
use std::collections::BTreeSet;

/// What every check of the flow looks at.
struct Flow<'a> {
    draft: &'a Draft,
    graph: DiGraph<OpId, ()>,
    /// Operations that some account may come to.
    reached: BTreeSet<OpId>,
}

/// Checks the flow of one strategy.
pub fn check(draft: &Draft, findings: &mut Vec<Diagnostic>) {
    let graph = graph::operations(&draft.program);
    let start = draft.program.steps.get(usize::from(draft.program.start.0)).map(|step| step.entry);
    let reached = start.map_or_else(BTreeSet::new, |start| from(&graph, [start]));
    let flow = Flow { draft, graph, reached };
    reach::check(&flow, findings);
    ends::check(&flow, findings);
    loops::check(&flow, findings);
    answers::check(&flow, findings);
}

/// Every operation that can be come to from some.
fn from(graph: &DiGraph<OpId, ()>, starts: impl IntoIterator<Item = OpId>) -> BTreeSet<OpId> {
    let mut reached = BTreeSet::new();
    for start in starts {
        let mut search = Dfs::new(graph, graph::node(start));
        while let Some(at) = search.next(graph) {
            if !reached.insert(OpId(at.index() as u32)) {
                continue;
            }
        }
    }
    reached
}
