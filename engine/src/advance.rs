//! The only place where a strategy's meaning lives.
//!
//! In: a program, a customer, one input, the moment. Out: the customer as they are after it, effects, rows.
//! Absent: carrying anything out.

use crate::calendar::Instant;
use crate::customer::Customer;
use crate::effect::{Effect, Message};
use crate::gate::{Answer, Law};
use crate::input::Input;
use crate::record::Recorder;
use cobro_dsl::program::Program;

/// What a run is judged by: its program and the law of the place.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The program.
    pub program: &'a Program,
    /// The law pack with its holidays.
    pub law: &'a Law,
}

/// Takes one input for one account and carries the run on until it is parked or has ended.
///
/// `account` is the index into [`Customer::accounts`]. A timer input for a run that is not due at `now` does
/// nothing. Effects are appended to `effects`, in the order in which they were asked for.
pub fn advance<R: Recorder>(
    context: Context<'_>,
    customer: &mut Customer,
    account: usize,
    input: &Input,
    now: Instant,
    recorder: &mut R,
    effects: &mut Vec<Effect>,
) {
    let _ = (context, customer, account, input, now, recorder, effects);
}

/// Asks the gate again for a message that waits in the outbox: since it was decided the customer may have
/// paid, opted out, or the hour may have passed. The message's own contact is not counted against it.
pub fn ask_again(
    context: Context<'_>,
    customer: &Customer,
    account: usize,
    message: &Message,
    now: Instant,
) -> Answer {
    let _ = (context, customer, account, message, now);
    Answer::Now { reach: message.reach, used: None }
}

/// Takes back a message that did not go out after all: its contact no longer counts, the row says why.
pub fn withdraw<R: Recorder>(
    context: Context<'_>,
    customer: &mut Customer,
    account: usize,
    message: &Message,
    decided_at: Instant,
    rule: crate::gate::Rule,
    now: Instant,
    recorder: &mut R,
) {
    let _ = (context, customer, account, message, decided_at, rule, now, recorder);
}
