//! The gate: may this message go out now?
//!
//! In: a message that a strategy wants to send, its customer, the moment. Out: now, not before an instant, or
//! never; each with the rule that decided. Absent: sending.

use crate::calendar::Instant;
use serde::{Deserialize, Serialize};

/// The gate's answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// It may go out at this moment.
    Now {
        /// A new contact, or a reply.
        reach: Reach,
        /// The narrowest limit: contacts counted before this one, and the most permitted.
        used: Option<(u32, u32)>,
    },
    /// It may not go out before an instant; at that instant the gate must be asked again.
    NotBefore {
        /// The earliest permitted instant, as far as is known now.
        at: Instant,
        /// The rule that forbids it now.
        rule: Rule,
    },
    /// It may not go out at all.
    Never {
        /// The rule that forbids it.
        rule: Rule,
    },
}

/// Whether a message opens a contact or answers one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// A contact that the limits count.
    NewContact,
    /// A reply in a conversation that the customer opened.
    Reply,
    /// A message that is no contact by its purpose: the receipt of a payment.
    Exempt,
}

/// A rule of the gate, with the facts that made it decide.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Rule {
    /// Outside the permitted hours of that day.
    Hours {
        /// Whose hours.
        by: Author,
    },
    /// A public holiday.
    Holiday {
        /// Its name.
        name: String,
    },
    /// The limit of contacts is reached.
    Frequency {
        /// Whose limit.
        by: Author,
        /// Contacts counted.
        used: u32,
        /// The most permitted.
        max: u32,
        /// `day`, `week`, `month`, or a number of days.
        window: String,
    },
    /// Nothing is owed any more.
    NothingOwed,
    /// The customer asked not to be contacted on the channel.
    OptedOut,
    /// The channel reaches somebody else or nobody.
    Blocked,
    /// There is no address on the channel.
    NoAddress,
    /// The message has no form for the channel.
    NoForm,
    /// The customer contests the debt.
    Disputed,
    /// No channel of the ladder is left.
    NoChannelLeft,
    /// A fact that the message states is unknown.
    MissingFact {
        /// The fact's English name.
        fact: String,
    },
    /// No permitted instant was found within a year.
    NoPermittedTime,
}

/// Whose rule it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The law pack's.
    Law,
    /// The strategy's own.
    Strategy,
}

/// A law pack with its holidays worked out.
pub struct Law {
    /// The pack.
    pub pack: cobro_dsl::law::LawPack,
    /// Its holidays, by date.
    pub holidays: crate::calendar::Holidays,
}
