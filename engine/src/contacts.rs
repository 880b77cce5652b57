//! A customer's ledger of contacts: what counts, in which window.
//!
//! In: contacts as they are let through. Out: how many stand in a window, and when the oldest leaves it.
//! Absent: which limit applies; that is the gate's.

use crate::calendar::Instant;
use cobro_dsl::values::Channel;

/// The contacts of one customer that a limit may still count, oldest first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ledger {
    /// The contacts.
    pub contacts: Vec<Contact>,
}

/// One contact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Contact {
    /// When it was let through.
    pub at: Instant,
    /// Its channel.
    pub channel: Channel,
}
