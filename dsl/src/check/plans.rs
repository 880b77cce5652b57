//! Plans: known, whole, and what waits for them.

use super::statements::block_leaves;
use super::types::Typing;
use crate::ast::{Await, Awaited, Name, Plan, PlanClause, Trigger};
use crate::diagnostic::Diagnostic;
use crate::keywords::Keyword as K;
use crate::problems::{DuplicateClause, MissingClause, UnknownPlan, UnknownWebhook};
use crate::resolve::Scope;
use crate::source::Span;
use crate::values::Lang;
use std::collections::BTreeMap;

/// A plan says how many instalments it has, and each thing once.
pub(super) fn plan(plan: &Plan, typing: &mut Typing<'_>) {
    let mut seen: BTreeMap<K, Span> = BTreeMap::new();
    for clause in &plan.clauses {
        let keyword = match &clause.is {
            PlanClause::DownPayment(part, _) => {
                super::money::part(part, typing);
                K::DownPayment
            }
            PlanClause::Instalments(..) => K::Instalments,
            PlanClause::Grace(_) => K::Grace,
            PlanClause::OnBusinessDays => K::OnBusinessDays,
        };
        if let Some(first) = seen.get(&keyword) {
            let problem = DuplicateClause {
                name_es: keyword.word(Lang::Es).to_owned(),
                name_en: keyword.word(Lang::En).to_owned(),
            };
            let finding = Diagnostic::new(problem, clause.span);
            typing.findings.push(finding.also(*first, "primera vez", "first time"));
        } else {
            seen.insert(keyword, clause.span);
        }
    }
    if !seen.contains_key(&K::Instalments) {
        let problem = MissingClause {
            what_es: K::Instalments.word(Lang::Es).to_owned(),
            what_en: K::Instalments.word(Lang::En).to_owned(),
            example_es: "3 cuotas mensuales".to_owned(),
            example_en: "3 instalments monthly".to_owned(),
        };
        typing.findings.push(Diagnostic::new(problem, plan.name.span));
    }
}

pub(super) fn unknown_plan(scope: &Scope<'_>, name: &Name) -> Option<Diagnostic> {
    let known = || scope.plans.iter().map(|plan| plan.name.text.as_str());
    if known().any(|known| known == name.text) {
        return None;
    }
    Some(super::unknown(name, known(), |name, nearest| UnknownPlan { name, nearest }))
}

pub(super) fn unknown_webhook(scope: &Scope<'_>, name: &Name) -> Option<Diagnostic> {
    let known = || scope.webhooks.iter().map(|name| name.text.as_str());
    if known().any(|known| known == name.text) {
        return None;
    }
    Some(super::unknown(name, known(), |name, nearest| UnknownWebhook { name, nearest }))
}

/// Does the statement leave the step whatever settles it?
pub(super) fn leaves(waits: &Await) -> bool {
    let settling = match waits.what {
        Awaited::Offer(_) => [Trigger::PlanAccepted, Trigger::PlanRejected],
        Awaited::Follow(_) => [Trigger::PlanBroken, Trigger::PlanCompleted],
        Awaited::Verify(_) => [Trigger::Verified, Trigger::Failed],
        Awaited::Webhook(_) => [Trigger::Done(None), Trigger::Failed],
    };
    let handlers = waits.handlers.as_deref().unwrap_or(&[]);
    let leaves = |trigger: &Trigger| {
        handlers.iter().any(|handler| handler.trigger.is == *trigger && block_leaves(&handler.body))
    };
    settling.iter().all(&leaves) && (waits.up_to.is_none() || leaves(&Trigger::Timeout))
}
