//! Messages that disclose a debt and may come before the customer's identity is verified.

use super::{Flow, Reached};
use crate::diagnostic::Diagnostic;
use crate::problems::IdentityNotVerified;
use crate::program::expr::Expr;
use crate::program::{Awaited, Op, OpId, Trigger};
use crate::vocabulary::Fact;

pub(super) fn check(flow: &Flow<'_>, findings: &mut Vec<Diagnostic>) {
    let program = &flow.draft.program;
    if program.identity.is_none() {
        return;
    }
    let unverified = unverified(flow);
    for op in flow.ops().filter(|op| unverified.contains(*op)) {
        let Op::Send { channel, template, next, otherwise } = program.op(op) else { continue };
        let forms = program.templates.get(usize::from(template.0)).map_or(&[][..], |it| &it.forms);
        let mut forms = forms.iter().filter(|form| channel.is_none_or(|channel| form.channel == channel));
        // Whoever says what happens when it may not go out has thought of it.
        if next == otherwise && forms.any(|form| form.discloses) {
            let problem = IdentityNotVerified { template: program.template_name(*template).to_owned() };
            findings.push(Diagnostic::new(problem, flow.place(op)));
        }
    }
}

/// Operations that an account may come to before it is verified. What verifies is not gone through; nor is the end of a
/// handler, for the run is then where it was.
fn unverified(flow: &Flow<'_>) -> Reached {
    let program = &flow.draft.program;
    let mut graph = flow.graph.clone();
    graph.retain_edges(|graph, edge| {
        let Some((from, to)) = graph.edge_endpoints(edge) else { return false };
        let (from, to) = (OpId(from.index() as u32), OpId(to.index() as u32));
        match program.op(from) {
            Op::Resume => false,
            Op::Await { what: Awaited::Verify, timeout, .. } => {
                to == *timeout || to == program.settled(from, Trigger::Failed) || !is_settled(flow, from, to)
            }
            Op::Branch { condition, then, otherwise } => {
                let asks = |id| program.exprs.get(id) == Some(&Expr::Fact(Fact::IdentityVerified));
                let known = match program.exprs.get(*condition) {
                    Some(Expr::Not(asked)) if asks(*asked) => Some(*otherwise),
                    _ => asks(*condition).then_some(*then),
                };
                then == otherwise || known != Some(to)
            }
            _ => true,
        }
    });
    let start = program.steps.get(usize::from(program.start.0)).map(|step| step.entry);
    let always = program.always.of(&program.handlers).iter().map(|handler| handler.body);
    Reached::from(&graph, start.into_iter().chain(always))
}

/// Does one lead to the other because the identity was verified?
fn is_settled(flow: &Flow<'_>, from: OpId, to: OpId) -> bool {
    to == flow.draft.program.settled(from, Trigger::Verified)
}
