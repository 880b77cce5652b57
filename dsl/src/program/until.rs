//! Until when a wait lasts, as the author says it.
//!
//! In: nothing. Out: values. Absent: the instant it comes to; that needs a clock's zone and the holidays, and is the
//! engine's.

use crate::values::{Lapse, NaiveDate, TimeOfDay};

/// Until when a wait lasts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Until {
    /// So long from now: `wait 3 days`.
    For(Lapse),
    /// The next time the clock shows this: `wait until 10:00`.
    Time(TimeOfDay),
    /// A date, at its beginning or at a time of it: `wait until 2026-03-10 09:00`.
    Date(NaiveDate, Option<TimeOfDay>),
    /// The next n-th business day of a month: `wait until business day 5 at 09:00`. A month with fewer has its last.
    BusinessDay(u8, Option<TimeOfDay>),
    /// So long before or after a date of the account: `wait until 3 days before due`.
    Near {
        /// How long.
        lapse: Lapse,
        /// On which side.
        side: Side,
        /// Which date.
        anchor: Anchor,
        /// At a time of that day; else at its beginning.
        time: Option<TimeOfDay>,
    },
    /// So long after a step really ran: `wait until 10 days after step second_notice`.
    NearStep {
        /// How long.
        lapse: Lapse,
        /// The step's name.
        step: String,
        /// At a time of that day; else at the time of day at which it ran.
        time: Option<TimeOfDay>,
    },
    /// The last day of a month, at its beginning or at a time of it: the next there is, or that of the month in which
    /// another moment lies: `wait until end of month after 30 days after due`.
    MonthEnd {
        /// That moment.
        of: Option<Box<Until>>,
        /// At a time of that day; else at its beginning.
        time: Option<TimeOfDay>,
    },
    /// Until something happens, however long that takes.
    Ever,
    /// The next time of a schedule: second minute hour day month weekday.
    Schedule(String),
}

/// On which side of a date.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Side {
    /// Before it.
    Before,
    /// After it.
    After,
}

/// A date of the account that a wait can be measured from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Anchor {
    /// The due date of the oldest unpaid invoice.
    Due,
    /// The date of the open promise.
    Promise,
    /// The moment at which the last message that asked for payment went out.
    LastMessage,
    /// The moment of the customer's last answer.
    LastReply,
    /// The moment at which the account entered.
    Entry,
}

impl Until {
    /// The step that it is measured from.
    pub fn step(&self) -> Option<&str> {
        match self {
            Until::NearStep { step, .. } => Some(step),
            Until::MonthEnd { of: Some(of), .. } => of.step(),
            _ => None,
        }
    }

    /// The name of the step that it is measured from, to give it another.
    pub fn step_mut(&mut self) -> Option<&mut String> {
        match self {
            Until::NearStep { step, .. } => Some(step),
            Until::MonthEnd { of: Some(of), .. } => of.step_mut(),
            _ => None,
        }
    }

    /// May it be over when it begins? Then the run goes straight on, so such a wait stops no round.
    pub fn may_be_over(&self) -> bool {
        match self {
            Until::For(lapse) => lapse.is_zero(),
            Until::Date(..) | Until::Near { .. } | Until::NearStep { .. } => true,
            Until::MonthEnd { of, .. } => of.is_some(),
            Until::Time(_) | Until::BusinessDay(..) | Until::Schedule(_) | Until::Ever => false,
        }
    }
}
