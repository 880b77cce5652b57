//! Statements that wait for how something turns out, and the instalment plans that some of them speak of.
//!
//! In: nothing. Out: values. Absent: dates and amounts of a plan that is accepted; those need a balance and a calendar, and
//! are the engine's.

use super::{Handler, NameId, Op, OpId, Part, Program, Trigger};
use crate::values::Lapse;

/// A plan of the strategy.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PlanId(pub u16);

/// A debt paid in parts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// Its name in the text.
    pub name: String,
    /// What is paid first, and how long after the plan is accepted.
    pub down: Option<(Part, Lapse)>,
    /// How many instalments.
    pub instalments: u32,
    /// How long from one to the next; the first is due so long after the plan is accepted.
    pub every: Lapse,
    /// How long after its date an instalment may still be paid.
    pub grace: Lapse,
    /// An instalment that falls on another day is due on the next business day.
    pub on_business_days: bool,
}

/// What an [`Op::Await`] waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Awaited {
    /// The answer to a plan that is offered.
    Offer(PlanId),
    /// The end of the plan that is paid by. One with a name begins here, when none is paid by.
    Follow(Option<PlanId>),
    /// Who the customer is.
    Verify,
    /// What became of a call to another system.
    Webhook {
        /// The webhook.
        name: NameId,
        /// The run waits for it; else it goes straight on.
        waits: bool,
    },
}

impl Awaited {
    /// What settles it: afterwards the run goes on behind the statement.
    pub fn settled_by(self) -> [Trigger; 2] {
        match self {
            Awaited::Offer(_) => [Trigger::PlanAccepted, Trigger::PlanRejected],
            Awaited::Follow(_) => [Trigger::PlanBroken, Trigger::PlanCompleted],
            Awaited::Verify => [Trigger::Verified, Trigger::Failed],
            Awaited::Webhook { .. } => [Trigger::AnyDone, Trigger::Failed],
        }
    }
}

impl Program {
    /// A plan of the strategy.
    pub fn plan(&self, id: PlanId) -> Option<&Plan> {
        self.plans.get(usize::from(id.0))
    }

    /// The plan's name.
    pub fn plan_name(&self, id: PlanId) -> &str {
        self.plan(id).map_or("", |plan| plan.name.as_str())
    }

    /// The plan of a name.
    pub fn plan_id(&self, name: &str) -> Option<PlanId> {
        self.plans.iter().position(|plan| plan.name == name).map(|at| PlanId(at as u16))
    }

    /// Where a run goes on from an [`Op::Await`] that something has settled: the handler's body, else behind it.
    pub fn settled(&self, op: OpId, by: Trigger) -> OpId {
        let Op::Await { handlers, next, .. } = self.op(op) else { return op };
        let handler = handlers.of(&self.handlers).iter().find(|handler: &&Handler| handler.trigger == by);
        handler.map_or(*next, |handler| handler.body)
    }

    /// May the run go straight behind an [`Op::Await`], because something settles it that no handler takes?
    pub fn may_pass(&self, op: OpId) -> bool {
        let Op::Await { what, handlers, .. } = self.op(op) else { return false };
        let handlers = handlers.of(&self.handlers);
        what.settled_by().iter().any(|by| handlers.iter().all(|handler| handler.trigger != *by))
    }

    /// Where a run goes that does not stop at an [`Op::Await`], for it is settled already.
    pub fn gone_over_to(&self, op: OpId) -> Vec<OpId> {
        match self.op(op) {
            Op::Await { what: Awaited::Offer(_), timeout, .. } => vec![*timeout],
            Op::Await { what: Awaited::Verify, .. } => vec![self.settled(op, Trigger::Verified)],
            Op::Await { what: Awaited::Webhook { waits: true, .. }, .. } => Vec::new(),
            Op::Await { what, .. } => what.settled_by().map(|by| self.settled(op, by)).to_vec(),
            _ => Vec::new(),
        }
    }
}
