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
    /// Call another system.
    CallWebhook {
        /// Its number within the run, from 1.
        call: u32,
        /// The webhook.
        webhook: NameId,
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
    /// Documents of the creditor that go with it: `invoice F-1`, `statement A-1`. The channel fetches them.
    pub documents: Vec<String>,
    /// The webhook that is called; empty for a message. Calls travel the road of messages: marked before they are made, and
    /// never made again on their own.
    pub webhook: String,
}

/// Calls are numbered from here in the outbox, so that they and messages have numbers of their own.
const CALLS_FROM: u32 = 1_000_000_000;

impl Message {
    /// The call of a webhook as a row of the outbox.
    pub fn call(number: u32, webhook: &str) -> Message {
        Message {
            number: CALLS_FROM.saturating_add(number),
            channel: Channel::Whatsapp,
            address: String::new(),
            template: TemplateId(0),
            reach: Reach::Exempt,
            subject: String::new(),
            text: String::new(),
            documents: Vec::new(),
            webhook: webhook.to_owned(),
        }
    }

    /// The number of the call within its run, when it is one.
    pub fn called(&self) -> Option<u32> {
        (!self.webhook.is_empty()).then(|| self.number.saturating_sub(CALLS_FROM))
    }
}
