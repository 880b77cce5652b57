//! Statements that wait for how something turns out, and plans.

use super::{Lowering, money};
use crate::ast::{self, PlanClause};
use crate::program::expr;
use crate::program::{Awaited, Op, OpId, Plan, PlanId, Trigger};
use crate::source::Span;
use crate::values::Lapse;
use crate::vocabulary::Fact;

/// A plan. What it does not say is found missing before.
pub(super) fn plan(plan: &ast::Plan) -> Plan {
    let mut out = Plan {
        name: plan.name.text.clone(),
        down: None,
        instalments: 1,
        every: Lapse::Months(1),
        grace: Lapse::Days(0),
        on_business_days: false,
    };
    for clause in &plan.clauses {
        match &clause.is {
            PlanClause::DownPayment(part, due) => {
                let due = due.as_ref().map_or(Lapse::Days(0), |due| due.is);
                out.down = money::part(&part.is).map(|part| (part, due));
            }
            PlanClause::Instalments(count, every) => {
                out.instalments = count.is;
                out.every = every.is;
            }
            PlanClause::Grace(grace) => out.grace = grace.is,
            PlanClause::OnBusinessDays => out.on_business_days = true,
        }
    }
    out
}

impl Lowering<'_> {
    pub(super) fn awaits(&mut self, waits: &ast::Await, next: OpId, span: Span) -> OpId {
        let handlers = waits.handlers.as_deref().unwrap_or(&[]);
        let scope = self.scope;
        let plan = |name: &ast::Name| {
            let at = scope.plans.iter().position(|plan| plan.name.text == name.text);
            PlanId(at.unwrap_or(0) as u16)
        };
        let what = match &waits.what {
            ast::Awaited::Offer(name) => Awaited::Offer(plan(name)),
            ast::Awaited::Follow(name) => Awaited::Follow(name.as_ref().map(plan)),
            ast::Awaited::Verify(_) => Awaited::Verify,
            ast::Awaited::Webhook(name) => {
                Awaited::Webhook { name: self.intern(&name.text), waits: waits.up_to.is_some() }
            }
        };
        let timeout = self.timeout(handlers, next);
        let handlers = self.handlers(handlers, next, &|trigger| what.settled_by().contains(&trigger));
        let up_to = waits.up_to.as_ref().map(|up_to| up_to.is);
        let op = self.op(Op::Await { what, up_to, handlers, timeout, next }, span);
        let ast::Awaited::Verify(Some((channel, template))) = &waits.what else { return op };
        // Who is known is not asked; who cannot be asked does not answer.
        let span = Span { start: span.start, end: template.span.end };
        let template = self.template(&template.text);
        let channel = channel.as_ref().map(|channel| channel.is);
        let ask = self.op(Op::Send { channel, template, next: op, otherwise: timeout }, span);
        let condition = self.program.exprs.push(expr::Expr::Fact(Fact::IdentityVerified));
        let known = self.program.settled(op, Trigger::Verified);
        self.op(Op::Branch { condition, then: known, otherwise: ask }, span)
    }
}
