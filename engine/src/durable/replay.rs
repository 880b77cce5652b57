//! Makes a customer's state again from what was kept, and says where that differs from what is stored.
//!
//! In: the programs with the times of their deployment, a customer's turns. Out: the state at any past instant, and
//! every difference. Absent: a second meaning; a turn is made again by the executor's own function.

use super::executor::again;
use super::programs::{Judged, Programs};
use super::store::Turn;
use crate::calendar::Instant;
use crate::customer::Customer;
use std::fmt;

/// A program as it was deployed.
#[derive(Clone)]
pub struct Deployment {
    /// When.
    pub at: Instant,
    /// The program and its law.
    pub judged: Judged,
}

/// What was made again.
#[derive(Clone, PartialEq, Debug)]
pub struct Replayed {
    /// The customer as they were after the last turn.
    pub customer: Customer,
    /// The state version of the last turn.
    pub version: u64,
    /// When the last turn was.
    pub at: Instant,
    /// Turns that `advance` made again.
    pub made_again: u64,
    /// Turns whose state came from outside and was taken as it was kept.
    pub from_outside: u64,
}

/// Why what was made again is not what was kept.
#[derive(Clone, PartialEq, Debug)]
pub enum Difference {
    /// Nothing is known of the customer at that instant.
    NothingYet,
    /// A state version was skipped: an older binary did not keep what would be needed.
    Gap {
        /// The version that is missing.
        version: u64,
    },
    /// A turn could not be made again.
    Stuck {
        /// The version that it led to.
        version: u64,
        /// Why.
        why: String,
    },
    /// A turn led to other history rows.
    History {
        /// The version that it led to.
        version: u64,
    },
    /// A turn that changed the customer changes nothing when it is made again.
    NoChange {
        /// The version that it led to.
        version: u64,
    },
    /// The state made again is not the one that is stored.
    State {
        /// The version.
        version: u64,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Difference::NothingYet => f.write_str("nothing was known of the customer yet"),
            Difference::Gap { version } => write!(f, "what led to state {version} was not kept"),
            Difference::Stuck { version, why } => write!(f, "state {version} cannot be made again: {why}"),
            Difference::History { version } => write!(f, "state {version} comes with another history"),
            Difference::NoChange { version } => write!(f, "what led to state {version} changes nothing now"),
            Difference::State { version } => write!(f, "state {version} is another than the stored one"),
        }
    }
}

/// Plays the turns up to an instant, the first of them included that happened at it.
pub fn replay(
    deployments: &[Deployment],
    turns: Vec<Turn>,
    until: Option<Instant>,
) -> Result<Replayed, Difference> {
    let mut played: Option<Replayed> = None;
    for turn in turns {
        if until.is_some_and(|until| turn.at > until) {
            break;
        }
        played = Some(match played {
            None => first(turn)?,
            Some(before) => next(deployments, before, turn)?,
        });
    }
    played.ok_or(Difference::NothingYet)
}

/// Compares a state with the stored one of the same version.
pub fn compare(played: &Replayed, stored: &Customer, version: u64) -> Result<(), Difference> {
    if played.version != version {
        return Err(Difference::Gap { version });
    }
    if played.customer == *stored { Ok(()) } else { Err(Difference::State { version }) }
}

fn first(turn: Turn) -> Result<Replayed, Difference> {
    let Turn { version, at, state, .. } = turn;
    let customer = state.ok_or(Difference::Gap { version: 1 })?;
    Ok(Replayed { customer, version, at, made_again: 0, from_outside: 1 })
}

fn next(deployments: &[Deployment], before: Replayed, turn: Turn) -> Result<Replayed, Difference> {
    let Turn { version, at, state, inputs, rows } = turn;
    if version != before.version + 1 {
        return Err(Difference::Gap { version: before.version + 1 });
    }
    if let Some(customer) = state {
        return Ok(Replayed { customer, version, at, from_outside: before.from_outside + 1, ..before });
    }
    let play = |last: Instant| again(&as_of(deployments, last), before.customer.clone(), inputs.clone(), at);
    let mut played = play(at);
    // A worker may not have heard yet of what had just been deployed.
    let newest = deployments.iter().map(|known| known.at).filter(|known| *known <= at).max();
    if let Some(newest) = newest.filter(|_| played.as_ref().is_ok_and(|commit| commit.history != rows)) {
        played = play(newest.plus_millis(-1));
    }
    let commit = played.map_err(|why| Difference::Stuck { version, why })?;
    if commit.history != rows {
        return Err(Difference::History { version });
    }
    let customer = commit.customer.ok_or(Difference::NoChange { version })?;
    Ok(Replayed { customer, version, at, made_again: before.made_again + 1, ..before })
}

/// The programs as they were: a run may be on any, and what is judged without a run is judged by the newest.
fn as_of(deployments: &[Deployment], at: Instant) -> Programs {
    let mut programs = Programs::default();
    for Deployment { judged, .. } in deployments {
        programs.add(judged.clone());
    }
    for Deployment { judged, .. } in deployments.iter().filter(|known| known.at <= at) {
        programs.make_current(&judged.program.name, judged.program.version);
    }
    programs
}
