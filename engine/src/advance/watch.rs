//! Conditions as events: `on days_past_due >= 60`, `wait until unpaid_invoices >= 3`.
//!
//! In: a run at rest, and the facts as they are. Out: the handlers of conditions that began to hold have had their turn,
//! and the run knows when time alone may change one next. A condition is looked at whenever the run comes to rest; it
//! has its turn when it holds and did not when it was last looked at, or was not listened for. So one that holds already
//! has its turn at once, and then not again before it has ceased to hold. At one moment each has one turn at most:
//! nothing goes round without time passing. Absent: what a condition says about the future; that is `turn`'s.

use super::{Next, Walk};
use crate::calendar::{self, Instant};
use crate::expr;
use crate::facts::Facts;
use crate::record::{Entry, FactSeen, Recorder, Taker};
use crate::run::{Park, Watch};
use crate::turn;
use chrono::NaiveTime;
use cobro_dsl::program::expr::ExprId;
use cobro_dsl::program::{Handler, Op, OpId, Slice, StepId, Trigger, Until};

/// A handler whose condition began to hold, and the depth of its place; `None` is `always`.
#[derive(Clone, Copy)]
struct Risen {
    handler: u32,
    depth: Option<usize>,
}

impl<R: Recorder> Walk<'_, R> {
    /// Whatever the input was: looks at conditions once more, and notes when to look again.
    pub(super) fn rest(&mut self) {
        if !self.context.program.has_conditions {
            return;
        }
        self.conditions();
        // A handler may have ended on a wait below whose time has come.
        self.timer();
        let wake = self.next_turn();
        let is_open = self.run().is_some_and(|run| run.is_open());
        if let Some(run) = self.run_mut() {
            run.watch.wake = wake;
            if !is_open {
                run.watch = Watch::default();
            }
        }
    }

    /// Gives every condition that began to hold its turn.
    pub(super) fn conditions(&mut self) {
        if !self.context.program.has_conditions {
            return;
        }
        if let Some(run) = self.run_mut() {
            run.watch.wake = None;
        }
        while self.look() || self.move_on() {}
    }

    /// A place that begins to listen knows nothing of its conditions yet.
    pub(super) fn listen_anew(&mut self, op: OpId) {
        let program = self.context.program;
        if !program.has_conditions {
            return;
        }
        if let (Some(slice), Some(run)) = (listeners(program.op(op)), self.run_mut()) {
            run.watch.forget(slice);
        }
    }

    /// So does a step that the account comes to.
    pub(super) fn listen_anew_in(&mut self, step: StepId) {
        let program = self.context.program;
        let scopes = program.steps.get(usize::from(step.0)).map_or(&[][..], |step| &step.scopes);
        if let (true, Some(run)) = (program.has_conditions, self.run_mut()) {
            scopes.iter().for_each(|scope| run.watch.forget(*scope));
        }
    }

    /// The condition that a wait waits for.
    pub(super) fn awaited(&self, at: OpId) -> Option<ExprId> {
        let program = self.context.program;
        if !program.has_conditions {
            return None;
        }
        let slice = listeners(program.op(at))?;
        slice.of(&program.handlers).iter().find_map(|handler| match handler.trigger {
            Trigger::Awaited(condition) => Some(condition),
            _ => None,
        })
    }

    /// `wait until condition [for up to lapse]`. One that holds already is taken at once, when the run has come to rest.
    pub(super) fn wait_for(&mut self, at: OpId, condition: ExprId, until: &Until) -> Next {
        let until = match until {
            Until::For(lapse) => Some(calendar::add(self.now, *lapse, self.zone, &self.context.law.holidays)),
            _ => None,
        };
        if !self.holds(condition) {
            let facts = self.facts_seen(condition);
            self.record(|| Entry::Awaits { until, facts, op: at.0 });
        }
        self.park(at, Park::Wait, until)
    }

    fn holds(&self, condition: ExprId) -> bool {
        let Some(account) = self.account() else { return false };
        let facts = Facts { customer: self.customer, account, today: self.today };
        expr::holds(&self.context.program.exprs, condition, &facts)
    }

    pub(super) fn facts_seen(&self, condition: ExprId) -> Vec<FactSeen> {
        let Some(account) = self.account() else { return Vec::new() };
        let facts = Facts { customer: self.customer, account, today: self.today };
        expr::facts_seen(&self.context.program.exprs, condition, &facts)
    }

    /// Looks at every condition that is listened for, from the innermost place out, `always` last. The first that began
    /// to hold has its turn; says whether there was one. One that only leads elsewhere gives way to a later one that
    /// does so too: what the account is sent to last is where it belongs.
    fn look(&mut self) -> bool {
        let risen = self.risen();
        let Some(first) = risen.first().copied() else { return false };
        let program = self.context.program;
        let row = |risen: Risen| program.handlers.get(risen.handler as usize);
        let Some(handler) = row(first) else { return false };
        let Some(condition) = handler.trigger.condition() else { return false };
        if let Some(run) = self.run_mut() {
            run.watch.held.push(first.handler);
        }
        let is_awaited = matches!(handler.trigger, Trigger::Awaited(_));
        let leads = |handler: &Handler| matches!(program.op(handler.body), Op::Go(_) | Op::End(_));
        let others_lead = risen.iter().skip(1).filter_map(|other| row(*other)).any(leads);
        let taker = match first.depth {
            _ if self.fired.contains(&first.handler) => Taker::Already,
            _ if others_lead && (is_awaited || leads(handler)) => Taker::GivesWay,
            Some(_) => Taker::Wait(first.handler),
            None => Taker::Always(first.handler),
        };
        let facts = self.facts_seen(condition);
        self.record(|| Entry::Held { handler: first.handler, facts, taker });
        if matches!(taker, Taker::Already | Taker::GivesWay) {
            return true;
        }
        self.fired.push(first.handler);
        if let Some(depth) = first.depth {
            // As for events: what the handler interrupts inside its own place is over. What a wait waited for ends it.
            self.leave_places(depth + 1);
            if let (true, Some(run)) = (is_awaited, self.run_mut()) {
                run.stack.truncate(depth);
            }
        }
        self.walk(handler.body);
        true
    }

    /// The handlers whose condition holds and did not before; forgets those whose condition no longer holds.
    fn risen(&mut self) -> Vec<Risen> {
        let program = self.context.program;
        let mut risen = Vec::new();
        let Some(account) = self.customer.accounts.get_mut(self.index) else { return risen };
        // Taken out while the facts are read.
        let Some(run) = account.run.as_mut().filter(|run| run.is_open()) else { return risen };
        let mut held = std::mem::take(&mut run.watch.held);
        let Some(account) = self.customer.accounts.get(self.index) else { return risen };
        let facts = Facts { customer: self.customer, account, today: self.today };
        each_listener(self.context.program, account.run.as_ref(), |handler, condition, depth| {
            let is_known = held.contains(&handler);
            match (expr::holds(&program.exprs, condition, &facts), is_known) {
                (true, false) => risen.push(Risen { handler, depth }),
                (false, true) => held.retain(|row| *row != handler),
                _ => {}
            }
        });
        if let Some(run) = self.run_mut() {
            run.watch.held = held;
        }
        risen
    }

    /// The first moment at which time alone may change a condition that is listened for.
    fn next_turn(&self) -> Option<Instant> {
        let program = self.context.program;
        let account = self.account()?;
        let run = account.run.as_ref().filter(|run| run.is_open())?;
        let facts = Facts { customer: self.customer, account, today: self.today };
        let mut first: Option<chrono::NaiveDate> = None;
        each_listener(program, Some(run), |_, condition, _| {
            let next = turn::next(&program.exprs, condition, &facts);
            first = first.into_iter().chain(next).min();
        });
        if program.stage(run.step).is_some() {
            for holds in program.stages.iter().filter_map(|stage| stage.holds) {
                first = first.into_iter().chain(turn::next(&program.exprs, holds, &facts)).min();
            }
        }
        Some(Instant::resolve(first?.and_time(NaiveTime::MIN), self.zone))
    }
}

/// Every condition that a run listens for: its handler, itself, and how deep its place is.
fn each_listener(
    program: &cobro_dsl::program::Program,
    run: Option<&crate::run::Run>,
    mut take: impl FnMut(u32, ExprId, Option<usize>),
) {
    let mut of_slice = |slice: Slice, depth: Option<usize>| {
        for (at, handler) in slice.of(&program.handlers).iter().enumerate() {
            if let Some(condition) = handler.trigger.condition() {
                take(slice.start + at as u32, condition, depth);
            }
        }
    };
    for (depth, place) in run.map_or(&[][..], |run| &run.stack).iter().enumerate().rev() {
        let listens = matches!(place.park, Park::Wait | Park::Task(_) | Park::Call(_));
        if let (true, Some(slice)) = (listens, listeners(program.op(place.op))) {
            of_slice(slice, Some(depth));
        }
    }
    let step = run.and_then(|run| program.steps.get(usize::from(run.step.0)));
    for scope in step.map_or(&[][..], |step| &step.scopes) {
        of_slice(*scope, None);
    }
    of_slice(program.always, None);
}

/// The handlers of an operation that parks the run.
fn listeners(op: &Op) -> Option<Slice> {
    match op {
        Op::Wait { handlers, .. } | Op::Assign { handlers, .. } | Op::Await { handlers, .. } => {
            Some(*handlers)
        }
        _ => None,
    }
}
