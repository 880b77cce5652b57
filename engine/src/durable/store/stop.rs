//! What somebody has stopped.
//!
//! In: nothing. Out: what a stop holds back. Absent: who may stop; that is asked outside.

use super::OutboxRow;
use crate::calendar::Instant;
use cobro_dsl::values::Channel;

/// Something of which nothing goes out.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Stop {
    /// Everything.
    All,
    /// The messages of one channel.
    Channel(Channel),
    /// The messages of one strategy, in all its versions.
    Strategy(String),
    /// The messages of one account.
    Account(String),
}

/// A stop as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stopped {
    /// What is stopped.
    pub stop: Stop,
    /// Why, in somebody's words.
    pub why: String,
    /// Since when.
    pub at: Instant,
}

impl Stop {
    /// The word for its kind in tables and the API.
    pub fn kind(&self) -> &'static str {
        match self {
            Stop::All => "all",
            Stop::Channel(_) => "channel",
            Stop::Strategy(_) => "strategy",
            Stop::Account(_) => "account",
        }
    }

    /// Which of its kind; empty for everything.
    pub fn name(&self) -> &str {
        match self {
            Stop::All => "",
            Stop::Channel(channel) => channel.word(),
            Stop::Strategy(name) | Stop::Account(name) => name,
        }
    }

    /// The stop of a kind and a name.
    pub fn parse(kind: &str, name: &str) -> Option<Stop> {
        match kind {
            "all" => name.is_empty().then_some(Stop::All),
            "channel" => Channel::parse(name).map(Stop::Channel),
            "strategy" => Some(Stop::Strategy(name.to_owned())),
            "account" => Some(Stop::Account(name.to_owned())),
            _ => None,
        }
    }

    /// Does it hold back a message of a strategy of this name?
    pub fn holds(&self, row: &OutboxRow, strategy: &str) -> bool {
        match self {
            Stop::All => true,
            // A call of another system goes out on no channel.
            Stop::Channel(channel) => row.message.called().is_none() && *channel == row.message.channel,
            Stop::Strategy(name) => name == strategy,
            Stop::Account(account) => *account == row.run.account,
        }
    }
}
