//! Queues that are declared: a task takes from its queue what it does not say itself.
//!
//! In: strategies, and the queues of their file. Out: the same strategies, in which every `assign` says its urgency and
//! when it is due, and findings about queues that nobody declared. Where no queue is declared, any may be named.

use super::calls::each_block;
use crate::ast::{At, Clause, Queue, StatementKind, Strategy};
use crate::diagnostic::Diagnostic;
use crate::keywords::nearest;
use crate::problems::UnknownQueue;

pub(super) fn fill(strategy: &mut Strategy, shared: &[At<Clause>], findings: &mut Vec<Diagnostic>) {
    let queue = |clause: &At<Clause>| match &clause.is {
        Clause::Queue(queue) => Some(queue.clone()),
        _ => None,
    };
    // The strategy's own come first, so they win over those of the file.
    let known: Vec<Queue> = strategy.clauses.iter().chain(shared).filter_map(queue).collect();
    if known.is_empty() {
        return;
    }
    each_block(strategy, &mut |block| {
        for statement in &mut block.statements {
            let StatementKind::Assign { queue, priority, due, .. } = &mut statement.kind else { continue };
            match known.iter().find(|known| known.name.text == queue.text) {
                Some(known) => {
                    *priority = priority.or(known.priority);
                    *due = due.take().or_else(|| known.due.clone());
                }
                None => {
                    let names = known.iter().map(|known| known.name.text.as_str());
                    let nearest = nearest(&queue.text, names);
                    let problem = UnknownQueue { name: queue.text.clone(), nearest: nearest.clone() };
                    findings.push(Diagnostic::new(problem, queue.span).nearest(nearest.as_ref()));
                }
            }
        }
    });
}
