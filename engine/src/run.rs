//! Where an account stands in its strategy.
//!
//! A run is a stack of places where it is parked. The bottom is the main line. A handler that something set
//! off stands on top of the wait it interrupted; when its body ends without leaving the step, the place below
//! it goes on waiting with its old deadline. Leaving the step (an arrow) drops the whole stack.

use crate::calendar::Instant;
use cobro_dsl::program::{OpId, OutcomeId, Slice, StepId, TemplateId, Version};
use cobro_dsl::values::Channel;

pub mod wire;

/// One account's passage through one program version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Run {
    /// The version it stays on until it ends.
    pub version: Version,
    /// When it entered.
    pub entered_at: Instant,
    /// The step it is in, or was in last.
    pub step: StepId,
    /// The places where it is parked, the innermost last. Empty when it has ended.
    pub stack: Vec<Place>,
    /// How and when it ended.
    pub ended: Option<(OutcomeId, Instant)>,
    /// The channel of the last message that asked for payment.
    pub channel: Option<Channel>,
    /// The last message that asked for payment: what an escalation sends again.
    pub template: Option<TemplateId>,
    /// Messages sent so far; the next one's number is one more.
    pub messages: u32,
    /// Tasks opened so far.
    pub tasks: u32,
    /// Webhooks called so far.
    pub calls: u32,
    /// What is known of the conditions that it listens for.
    pub watch: Watch,
    /// When an account whose run has ended is next asked whether it enters again.
    pub again_at: Option<Instant>,
    /// When the last message that asked for payment went out.
    pub sent_at: Option<Instant>,
    /// Since when a person holds it: no time passes for it and it sends nothing.
    pub paused_at: Option<Instant>,
    /// When steps ran last that a wait is measured from: the account came there, or their last message went out.
    pub ran: Vec<(StepId, Instant)>,
}

/// What is known of the conditions that a run listens for. Empty for a strategy that has none.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Watch {
    /// The handlers whose condition holds, and that have had their turn since it began to: rows of the program.
    pub held: Vec<u32>,
    /// When time alone may next change one of them.
    pub wake: Option<Instant>,
}

/// A place where a run is parked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// The operation it will go on with, or whose handlers are listening.
    pub op: OpId,
    /// What it is parked for.
    pub park: Park,
    /// When time alone moves it on; `None` waits for an event only.
    pub wake: Option<Instant>,
}

/// What a place is parked for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Park {
    /// A `wait`: its handlers listen.
    Wait,
    /// The gate said "not before": the statement is asked again from its start.
    Gate,
    /// The task of this number is with a person: its handlers listen.
    Task(u32),
    /// A webhook was called, this number within the run: its handlers listen.
    Call(u32),
    /// A block is repeated above.
    Repeat {
        /// Which time this is, from 1.
        round: u32,
    },
}

impl Watch {
    /// Handlers that begin to listen: what was known of their conditions no longer counts.
    pub fn forget(&mut self, handlers: Slice) {
        self.held.retain(|row| *row < handlers.start || *row >= handlers.start + handlers.len);
    }
}

impl Run {
    /// A step runs now.
    pub fn runs(&mut self, step: StepId, now: Instant) {
        self.ran.retain(|(known, _)| *known != step);
        self.ran.push((step, now));
    }

    /// Did a person end it from outside?
    pub fn is_cancelled(&self) -> bool {
        self.ended.is_some_and(|(outcome, _)| outcome == OutcomeId::CANCELLED)
    }

    /// Has the run not ended?
    pub fn is_open(&self) -> bool {
        self.ended.is_none()
    }

    /// Is it open and waits for nothing: no moment, no event, no task? A bug of ours; a person must look.
    pub fn is_stuck(&self) -> bool {
        let waits = match self.stack.last() {
            None => false,
            Some(place) => match place.park {
                // Its handlers listen.
                Park::Wait | Park::Task(_) | Park::Call(_) => true,
                Park::Gate | Park::Repeat { .. } => self.next_wake().is_some(),
            },
        };
        self.is_open() && self.paused_at.is_none() && !waits
    }

    /// The tasks that are with a person, the innermost last. There are several when a handler opened one while
    /// another was open.
    pub fn open_tasks(&self) -> impl DoubleEndedIterator<Item = u32> + '_ {
        self.stack.iter().filter_map(|place| match place.park {
            Park::Task(task) => Some(task),
            Park::Wait | Park::Gate | Park::Call(_) | Park::Repeat { .. } => None,
        })
    }

    /// When the run wants to be woken: only the innermost place counts, for what lies below waits for it; and when a
    /// condition may change. One that a person holds does not wake.
    pub fn next_wake(&self) -> Option<Instant> {
        if self.paused_at.is_some() {
            return None;
        }
        let place = self.stack.last().and_then(|place| place.wake);
        place.into_iter().chain(self.watch.wake).chain(self.again_at).min()
    }
}
