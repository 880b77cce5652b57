//! Stages: the first has no condition, every other has one, and on the way out of one nothing waits.

use crate::ast::{Block, Stage, StatementKind, Step};
use crate::diagnostic::Diagnostic;
use crate::problems::{LeavingWaits, StageCondition};
use crate::resolve::Scope;

pub(super) fn check(scope: &Scope<'_>, findings: &mut Vec<Diagnostic>) {
    let stages = scope.steps.iter().filter_map(|step| step.stage.as_deref().map(|stage| (*step, stage)));
    let stages: Vec<(&Step, &Stage)> = stages.collect();
    for (at, (step, stage)) in stages.iter().enumerate() {
        if stage.holds.is_some() == (at == 0) {
            let problem = StageCondition { name: step.name.text.clone(), is_first: at == 0 };
            findings.push(Diagnostic::new(problem, step.name.span));
        }
        stage.leaving.iter().for_each(|block| straight(block, findings));
    }
}

/// Nothing in the block waits, is put off, or leads elsewhere: the account is on its way already.
fn straight(block: &Block, findings: &mut Vec<Diagnostic>) {
    for statement in &block.statements {
        match &statement.kind {
            StatementKind::Note(_)
            | StatementKind::Tag { .. }
            | StatementKind::Set { .. }
            | StatementKind::Hold { .. }
            | StatementKind::Block(_)
            | StatementKind::Release => {}
            StatementKind::Await(waits)
                if waits.up_to.is_none() && matches!(waits.what, crate::ast::Awaited::Webhook(_)) => {}
            StatementKind::If { then, otherwise, .. } => {
                straight(then, findings);
                otherwise.iter().for_each(|block| straight(block, findings));
            }
            _ => findings.push(Diagnostic::new(LeavingWaits, statement.span)),
        }
    }
}
