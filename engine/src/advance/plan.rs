//! Plans: accepted, paid by, broken when an instalment stays unpaid, completed when nothing is left to pay.

use super::{Next, Walk};
use crate::calendar;
use crate::customer::plan::{Due, Instalment, Plan, shares};
use crate::record::{Entry, EventSeen, NotWaited, Recorder};
use crate::run::Park;
use cobro_dsl::program::{self, Awaited, Op, OpId, PlanId, Trigger};
use cobro_dsl::values::{Lapse, NaiveDate};

/// Names of buttons that answer an offer, in either language, when the strategy has no handler for the button itself.
const YES: [&str; 4] = ["accepted", "accept", "aceptado", "acepto"];
const NO: [&str; 4] = ["rejected", "reject", "rechazado", "rechazo"];

/// What a payment did to the plan.
pub(super) struct Paid {
    /// Instalments that it paid in full: numbers from 0, and how many there are.
    covered: std::ops::Range<usize>,
    of: usize,
    amounts: Vec<i64>,
    /// The plan, when it is completed by it.
    completed: Option<Box<Plan>>,
}

impl<R: Recorder> Walk<'_, R> {
    /// `offer plan`: parks the run until the customer answers. What cannot be offered is over at once.
    pub(super) fn offer(&mut self, at: OpId, plan: PlanId, up_to: Option<Lapse>, timeout: OpId) -> Next {
        let today = self.today;
        let Some(account) = self.account() else { return Next::Rest };
        let balance = account.balance_on(today).minor;
        let why = match account.plans.open {
            Some(_) => Some(NotWaited::PlanRuns),
            None if balance <= 0 => Some(NotWaited::NothingOwed),
            None => None,
        };
        if let Some(why) = why {
            self.record(|| Entry::NotWaited { why, op: at.0 });
            return Next::Op(timeout);
        }
        let until = up_to.map(|up_to| calendar::add(self.now, up_to, self.zone, &self.context.law.holidays));
        let program = self.context.program;
        self.record(|| Entry::Offered {
            plan: program.plan_name(plan).to_owned(),
            amount: balance,
            until,
            op: at.0,
        });
        self.park(at, Park::Wait, until)
    }

    /// `follow plan`: parks the run until the plan has ended one way or the other.
    pub(super) fn follow(&mut self, at: OpId, plan: Option<PlanId>) -> Next {
        let program = self.context.program;
        let is_open = |walk: &Self| walk.account().is_some_and(|account| account.plans.open.is_some());
        if let (false, Some(plan)) = (is_open(self), plan)
            && let Ok(seen) = self.begin(plan)
        {
            self.happened(seen, None, None);
        }
        if let Some(plan) = self.account().and_then(|account| account.plans.open.as_ref()) {
            let (name, next_on) = (plan.name.clone(), plan.next().map(|(next, _)| next.due_on));
            self.record(|| Entry::Follows {
                plan: name,
                next_on: next_on.map(|on| on.to_string()),
                op: at.0,
            });
            return self.park(at, Park::Wait, None);
        }
        let owes = self.account().is_some_and(|account| account.balance_on(self.today).minor > 0);
        let (why, by) = match owes {
            true => (NotWaited::NoPlan, Trigger::PlanBroken),
            false => (NotWaited::NothingOwed, Trigger::PlanCompleted),
        };
        self.record(|| Entry::NotWaited { why, op: at.0 });
        Next::Op(program.settled(at, by))
    }

    /// Is an offer out? Its plan.
    pub(super) fn offered(&self) -> Option<PlanId> {
        let program = self.context.program;
        self.run()?.stack.iter().rev().find_map(|place| match program.op(place.op) {
            Op::Await { what: Awaited::Offer(plan), .. } if place.park == Park::Wait => Some(*plan),
            _ => None,
        })
    }

    /// The answer to an offer that a button of this name gives; `None` when it gives none.
    pub(super) fn answer_to_offer(&self, button: &str) -> Option<bool> {
        let named = |names: [&str; 4]| names.iter().any(|name| name.eq_ignore_ascii_case(button));
        self.offered()?;
        let is_yes = named(YES);
        (is_yes || named(NO)).then_some(is_yes)
    }

    /// The customer takes a plan: the one that is offered, or else the one named.
    pub(super) fn plan_accepted(&mut self, name: Option<&str>) {
        let program = self.context.program;
        let offered = self.offered();
        let named = name.map(|name| program.plan_id(name));
        let plan = match (offered, named) {
            (Some(offered), None) => Ok(offered),
            (Some(offered), Some(named)) if named == Some(offered) => Ok(offered),
            (None, Some(Some(named))) => Ok(named),
            _ => Err(NotWaited::NoPlan),
        };
        match plan.and_then(|plan| self.begin(plan)) {
            Ok(seen) => self.happened(seen, Some(Trigger::PlanAccepted), None),
            Err(why) => {
                let plan = name.unwrap_or("").to_owned();
                self.happened(EventSeen::PlanNotBegun { plan, why }, None, None);
            }
        }
    }

    pub(super) fn plan_rejected(&mut self) {
        let program = self.context.program;
        let plan = self.offered().map_or("", |plan| program.plan_name(plan)).to_owned();
        self.happened(EventSeen::PlanRejected { plan }, Some(Trigger::PlanRejected), None);
    }

    /// Begins a plan over what is owed today.
    fn begin(&mut self, id: PlanId) -> Result<EventSeen, NotWaited> {
        let program = self.context.program;
        let plan = program.plan(id).ok_or(NotWaited::NoPlan)?;
        let total = self.account().map_or(0, |account| account.balance_on(self.today).minor);
        if self.account().is_some_and(|account| account.plans.open.is_some()) {
            return Err(NotWaited::PlanRuns);
        }
        if total <= 0 {
            return Err(NotWaited::NothingOwed);
        }
        let instalments = self.instalments(plan, total);
        let count = instalments.len() as u32;
        let (name, seen_name) = (plan.name.clone(), plan.name.clone());
        let first_on = instalments.first().map(|first| first.due_on.to_string());
        if let Some(account) = self.account_mut() {
            account.plans.made = account.plans.made.saturating_add(1);
            account.plans.open = Some(Box::new(Plan { name, total, paid: 0, instalments, missed: 0 }));
        }
        Ok(EventSeen::PlanAccepted { plan: seen_name, amount: total, instalments: count, first_on })
    }

    /// Dates and amounts: each date is counted from the day of the acceptance, so that a short month moves none but
    /// its own; amounts add up to what is owed, to the cent. An instalment of nothing is none.
    fn instalments(&self, plan: &program::Plan, total: i64) -> Vec<Instalment> {
        let mut instalments = Vec::new();
        let mut rest = total;
        if let Some((part, due)) = plan.down {
            let amount = part.of(total).clamp(0, total);
            rest -= amount;
            instalments.push(self.instalment(plan, due, amount));
        }
        for (at, amount) in shares(rest, plan.instalments).enumerate() {
            let lapse = times(plan.every, at as u32 + 1);
            instalments.push(self.instalment(plan, lapse, amount));
        }
        instalments.retain(|instalment| instalment.amount > 0);
        // A down payment that may be paid later than the first instalment is due after it.
        instalments.sort_by_key(|instalment| instalment.due_on);
        instalments
    }

    fn instalment(&self, plan: &program::Plan, after: Lapse, amount: i64) -> Instalment {
        let holidays = &self.context.law.holidays;
        let mut due_on = calendar::add(self.now, after, self.zone, holidays).local(self.zone).date();
        if plan.on_business_days {
            let days = std::iter::successors(Some(due_on), NaiveDate::succ_opt).take(60);
            due_on = days.into_iter().find(|day| holidays.is_business_day(*day)).unwrap_or(due_on);
        }
        let late_at = self.too_late_at(due_on, Lapse::Days(0));
        Instalment { due_on, amount, late_at, over_at: self.too_late_at(due_on, plan.grace) }
    }

    /// Counts a payment towards the plan; what it did is told by [`Walk::tell_plan`].
    pub(super) fn pay_plan(&mut self, amount: i64) -> Option<Paid> {
        let today = self.today;
        let account = self.account_mut()?;
        let owed = account.balance_on(today).minor;
        let plan = account.plans.open.as_mut()?;
        let before = plan.covered();
        plan.paid = plan.paid.saturating_add(amount);
        let after = plan.covered();
        let amounts = plan.instalments.iter().map(|instalment| instalment.amount).collect();
        let of = plan.instalments.len();
        let is_completed = after == of || owed <= 0;
        let completed = if is_completed { account.plans.open.take() } else { None };
        account.plans.completed += u32::from(is_completed);
        Some(Paid { covered: before..after, of, amounts, completed })
    }

    pub(super) fn tell_plan(&mut self, paid: Paid) {
        for at in paid.covered {
            let amount = paid.amounts.get(at).copied().unwrap_or(0);
            let seen = EventSeen::InstalmentPaid { number: at as u32 + 1, of: paid.of as u32, amount };
            self.happened(seen, Some(Trigger::InstalmentPaid), None);
        }
        if let Some(plan) = paid.completed {
            self.completed(*plan);
        }
    }

    fn completed(&mut self, plan: Plan) {
        let seen = EventSeen::PlanCompleted { plan: plan.name, paid: plan.paid, amount: plan.total };
        self.happened(seen, Some(Trigger::PlanCompleted), None);
    }

    /// Time has come for the plan: an instalment's date is over, or its grace.
    pub(super) fn plan_due(&mut self) {
        let (now, today) = (self.now, self.today);
        let Some(account) = self.account_mut() else { return };
        let owed = account.balance_on(today).minor;
        let due = account.plans.open.as_ref().and_then(|plan| plan.next_due());
        let Some((_, due)) = due.filter(|(at, _)| *at <= now) else { return };
        // The books may say that nothing is owed without a payment that we saw.
        if owed <= 0 {
            account.plans.completed += 1;
            if let Some(plan) = account.plans.open.take() {
                self.completed(*plan);
            }
            return;
        }
        match due {
            Due::Missed(at) => {
                let Some(plan) = account.plans.open.as_mut() else { return };
                plan.missed = at as u32 + 1;
                let amount = plan.instalments.get(at).map_or(0, |instalment| instalment.amount);
                let of = plan.instalments.len() as u32;
                let seen = EventSeen::InstalmentMissed { number: at as u32 + 1, of, amount };
                self.happened(seen, Some(Trigger::InstalmentMissed), None);
            }
            Due::Over(_) => {
                account.plans.broken += 1;
                let Some(plan) = account.plans.open.take() else { return };
                let seen = EventSeen::PlanBroken { plan: plan.name, paid: plan.paid, amount: plan.total };
                self.happened(seen, Some(Trigger::PlanBroken), None);
            }
        }
    }
}

/// So many of a lapse.
fn times(lapse: Lapse, count: u32) -> Lapse {
    match lapse {
        Lapse::Days(n) => Lapse::Days(n.saturating_mul(count)),
        Lapse::BusinessDays(n) => Lapse::BusinessDays(n.saturating_mul(count)),
        Lapse::Weeks(n) => Lapse::Weeks(n.saturating_mul(count)),
        Lapse::Months(n) => Lapse::Months(n.saturating_mul(count)),
        Lapse::Seconds(n) => Lapse::Seconds(n.saturating_mul(count)),
    }
}
