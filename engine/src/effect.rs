//! What `advance` asks for. Somebody else carries it out: the dispatcher, the simulator, a test.
//! A timer is no effect: when a run wants to be woken is part of its state ([`crate::run::Run::next_wake`]).

use crate::calendar::Instant;
use crate::gate::Reach;
use cobro_dsl::program::{NameId, Priority, TemplateId};
use cobro_dsl::values::Channel;

/// Something that must be done outside.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Send a message.
    SendMessage(Message),
    /// Open a task for a person.
    OpenTask {
        /// Its number within the run.
        task: u32,
        /// The queue.
        queue: NameId,
        /// Its urgency.
        priority: Priority,
        /// When it is due.
        due_at: Option<Instant>,
    },
    /// The task is no longer wanted: the run went on without it.
    CloseTask {
        /// Its number within the run.
        task: u32,
    },
}

/// A message that the gate let through.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// Its number within the run, from 1.
    pub number: u32,
    /// The channel.
    pub channel: Channel,
    /// Where it goes.
    pub address: String,
    /// The message family.
    pub template: TemplateId,
    /// A new contact, or a reply.
    pub reach: Reach,
    /// The subject, for e-mail; else empty.
    pub subject: String,
    /// The text as the debtor reads it.
    pub text: String,
}
