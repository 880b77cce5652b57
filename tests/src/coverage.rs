//! The coverage table of the cases: statement kind × input kind × handled where.
//!
//! In: case files. Out: a table as text. A run's place is followed from its history alone, by the same rules
//! as a run's own stack.

use crate::case;
use cobro_dsl::law::Laws;
use cobro_dsl::program::{Op, OpId, Program, Trigger};
use cobro_engine::record::{Entry, EventSeen, Row, Taker};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The table over some case files.
pub fn table(paths: &[&str]) -> String {
    let laws = Laws::shipped();
    let mut cells: BTreeMap<(&str, &str, &str), u32> = BTreeMap::new();
    for path in paths {
        let compiled = case::compile(path, &case::read(path), &laws, None);
        for test in &compiled.tests {
            let Some(program) = compiled.program(Some(&test.strategy)) else { continue };
            let (outcome, _) = case::play(&compiled, test, &laws);
            let mut places = Places { program, stack: Vec::new(), is_open: false };
            for row in &outcome.rows {
                if let Some(cell) = places.follow(row) {
                    *cells.entry(cell).or_default() += 1;
                }
            }
        }
    }
    let mut told = format!("{:<10} {:<17} {:<8} {:>5}\n", "stands at", "comes", "taken by", "times");
    for ((place, input, taker), times) in &cells {
        let _ = writeln!(told, "{place:<10} {input:<17} {taker:<8} {times:>5}");
    }
    told
}

struct Places<'a> {
    program: &'a Program,
    stack: Vec<u32>,
    is_open: bool,
}

impl Places<'_> {
    /// Follows one row; a cell when the row is an input that came to a place.
    fn follow(&mut self, row: &Row) -> Option<(&'static str, &'static str, &'static str)> {
        let place = self.place();
        match &row.entry {
            Entry::Entered { .. } => self.is_open = true,
            Entry::Waits { op, .. }
            | Entry::Stays { op, .. }
            | Entry::Awaits { op, .. }
            | Entry::Assigned { op, .. }
            | Entry::Called { op, until: Some(_), .. }
            | Entry::Offered { op, .. }
            | Entry::Follows { op, .. } => self.stack.push(*op),
            Entry::Deferred { op, .. } => {
                let cell = self.asked_again(*op);
                self.stack.push(*op);
                return cell;
            }
            Entry::Sent { op, .. } | Entry::Refused { op, .. } | Entry::Escalated { op, .. } => {
                return self.asked_again(*op);
            }
            Entry::TimedOut { .. } => {
                self.stack.pop();
                return Some((place, "time", "itself"));
            }
            Entry::WentTo { .. } | Entry::Staged { .. } => self.stack.clear(),
            Entry::Ended { .. } => {
                self.stack.clear();
                self.is_open = false;
            }
            Entry::Happened { event, taker } => {
                let input = input(event);
                let is_done = matches!(event, EventSeen::TaskDone { .. });
                let by = match taker {
                    Taker::Wait(handler) => {
                        let depth = self.stack.iter().rposition(|op| self.listens(*op, *handler));
                        let by = if depth.is_some_and(|depth| depth + 1 < self.stack.len()) {
                            "outer"
                        } else {
                            "inner"
                        };
                        if let Some(depth) = depth {
                            self.stack.truncate(depth + usize::from(!is_done));
                        }
                        by
                    }
                    Taker::Always(_) => "always",
                    Taker::Nobody | Taker::GivesWay | Taker::Already => "nobody",
                    Taker::NoRun => "no run",
                };
                return Some((place, input, by));
            }
            Entry::Held { handler, taker, .. } => {
                let by = match taker {
                    Taker::Wait(handler) => {
                        let depth = self.stack.iter().rposition(|op| self.listens(*op, *handler));
                        if let Some(depth) = depth {
                            self.stack.truncate(depth + usize::from(!self.is_awaited(*handler)));
                        }
                        "inner"
                    }
                    Taker::Always(_) => "always",
                    _ => "nobody",
                };
                return Some((place, if self.is_awaited(*handler) { "awaited" } else { "condition" }, by));
            }
            Entry::Branched { .. }
            | Entry::Split { .. }
            | Entry::Late { .. }
            | Entry::OnHold { .. }
            | Entry::Released { .. }
            | Entry::Blocked { .. }
            | Entry::Repeats { .. }
            | Entry::WaitOver { .. }
            | Entry::NotWaited { .. }
            | Entry::Called { .. }
            | Entry::Tagged { .. }
            | Entry::Set { .. }
            | Entry::Noted { .. }
            | Entry::Withdrawn { .. } => {}
        }
        None
    }

    /// A statement that the gate put off is asked again from its start.
    fn asked_again(&mut self, op: u32) -> Option<(&'static str, &'static str, &'static str)> {
        let place = self.place();
        (self.stack.last() == Some(&op)).then(|| {
            self.stack.pop();
            (place, "time", "itself")
        })
    }

    fn is_awaited(&self, handler: u32) -> bool {
        let handler = self.program.handlers.get(handler as usize);
        handler.is_some_and(|handler| matches!(handler.trigger, Trigger::Awaited(_)))
    }

    fn listens(&self, op: u32, handler: u32) -> bool {
        match self.program.op(OpId(op)) {
            Op::Wait { handlers, .. } | Op::Assign { handlers, .. } | Op::Await { handlers, .. } => {
                (handlers.start..handlers.start + handlers.len).contains(&handler)
            }
            _ => false,
        }
    }

    fn place(&self) -> &'static str {
        if !self.is_open {
            return "no run";
        }
        match self.stack.last().map(|op| self.program.op(OpId(*op))) {
            Some(Op::Wait { .. }) => "wait",
            Some(Op::Assign { .. }) => "assign",
            Some(Op::Await { .. }) => "await",
            Some(Op::Send { .. }) => "send",
            Some(Op::Escalate { .. }) => "escalate",
            Some(_) | None => "moving",
        }
    }
}

fn input(event: &EventSeen) -> &'static str {
    match event {
        EventSeen::Payment { balance, .. } if *balance <= 0 => "full payment",
        EventSeen::Payment { .. } => "partial payment",
        EventSeen::Response { .. } => "response",
        EventSeen::Delivered { .. } => "delivered",
        EventSeen::Read { .. } => "read",
        EventSeen::NotDelivered { .. } => "not delivered",
        EventSeen::OptedOut { .. } => "opt out",
        EventSeen::OptedIn { .. } => "opt in",
        EventSeen::BalanceChanged { .. } => "balance changed",
        EventSeen::Custom { .. } => "event",
        EventSeen::HoldPlaced { .. } => "hold",
        EventSeen::HoldReleased => "release hold",
        EventSeen::Paused { .. } | EventSeen::Resumed | EventSeen::Cancelled { .. } => "operation",
        EventSeen::DisputeOpened { .. } => "dispute",
        EventSeen::DisputeClosed { .. } => "dispute closed",
        EventSeen::WrongPerson { .. } => "wrong person",
        EventSeen::Moved { .. } => "moves",
        EventSeen::ContactMade { .. } => "agent contact",
        EventSeen::TaskDone { .. } => "done",
        EventSeen::PromiseMade { .. } => "promise",
        EventSeen::PromiseKept { .. } => "promise kept",
        EventSeen::WebhookAnswered { .. } => "webhook answered",
        EventSeen::PlanAccepted { .. } => "plan accepted",
        EventSeen::PlanNotBegun { .. } => "plan not begun",
        EventSeen::PlanRejected { .. } => "plan rejected",
        EventSeen::InstalmentPaid { .. } => "instalment paid",
        EventSeen::InstalmentMissed { .. } => "instalment missed",
        EventSeen::PlanBroken { .. } => "plan broken",
        EventSeen::PlanCompleted { .. } => "plan completed",
        EventSeen::IdentityVerified { .. } => "identity verified",
        EventSeen::IdentityNotVerified { .. } => "identity not verified",
        EventSeen::PaymentReversed { .. } => "payment reversed",
        EventSeen::ReversalUnknown { .. } => "unknown reversal",
        EventSeen::PromisePartlyKept { .. } => "promise partly kept",
        EventSeen::PromiseReopened { .. } => "promise reopened",
        EventSeen::PromiseBroken { .. } => "promise broken",
    }
}
