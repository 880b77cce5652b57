//! Virtual time for one customer: what is to come, taken in the right order.
//!
//! In: inputs with their instants. Out: calls of `advance`. Used by `testing` and `simulate`; the durable
//! executor takes its inputs from a store in the same order: by instant, events before timers, ties by arrival.

use crate::advance::{Context, advance};
use crate::calendar::Instant;
use crate::customer::Customer;
use crate::effect::Effect;
use crate::input::Input;
use crate::record::Recorder;
use std::collections::BTreeMap;

/// Inputs that are to come for one customer.
#[derive(Default)]
pub struct Timeline {
    inputs: BTreeMap<(Instant, u64), (usize, Input)>,
    arrivals: u64,
}

/// The world outside: what effects bring about.
pub trait World {
    /// An effect was asked for; the world may put what comes of it on the timeline.
    fn take(
        &mut self,
        customer: &Customer,
        account: usize,
        effect: Effect,
        now: Instant,
        timeline: &mut Timeline,
    );
}

impl Timeline {
    /// Adds an input for an account, by its index.
    pub fn push(&mut self, at: Instant, account: usize, input: Input) {
        self.arrivals += 1;
        self.inputs.insert((at, self.arrivals), (account, input));
    }

    /// Forgets everything that is to come.
    pub fn clear(&mut self) {
        self.inputs.clear();
        self.arrivals = 0;
    }

    /// Takes everything up to and including an instant; says how many inputs were taken.
    pub fn play<R: Recorder, W: World>(
        &mut self,
        context: Context<'_>,
        customer: &mut Customer,
        until: Instant,
        recorder: &mut R,
        world: &mut W,
    ) -> u64 {
        let mut effects = Vec::new();
        let mut taken = 0;
        while let Some((now, account, input)) = self.next(customer, until) {
            taken += 1;
            advance(context, customer, account, &input, now, recorder, &mut effects);
            for effect in effects.drain(..) {
                world.take(customer, account, effect, now, self);
            }
        }
        taken
    }

    /// Takes the events of an instant and before, and no timer of that instant.
    pub fn play_due_events<R: Recorder, W: World>(
        &mut self,
        context: Context<'_>,
        customer: &mut Customer,
        now: Instant,
        recorder: &mut R,
        world: &mut W,
    ) {
        let mut effects = Vec::new();
        while self.inputs.first_key_value().is_some_and(|((at, _), _)| *at <= now) {
            if let Some((_, (account, input))) = self.inputs.pop_first() {
                advance(context, customer, account, &input, now, recorder, &mut effects);
                for effect in effects.drain(..) {
                    world.take(customer, account, effect, now, self);
                }
            }
        }
    }

    fn next(&mut self, customer: &Customer, until: Instant) -> Option<(Instant, usize, Input)> {
        let timer = next_timer(customer);
        let event = self.inputs.first_key_value().map(|((at, _), _)| *at);
        // At one instant events come before timers: a payment at the very moment of a timeout counts as paid.
        let take_event = match (event, timer) {
            (Some(event), Some((timer, _))) => event <= timer,
            (Some(_), None) => true,
            (None, _) => false,
        };
        if take_event {
            if event.is_none_or(|at| at > until) {
                return None;
            }
            return self.inputs.pop_first().map(|((at, _), (account, input))| (at, account, input));
        }
        timer.filter(|(at, _)| *at <= until).map(|(at, account)| (at, account, Input::Timer))
    }
}

/// The first timer of a customer: its instant and account, the lower account first at one instant.
pub fn next_timer(customer: &Customer) -> Option<(Instant, usize)> {
    let wakes = customer.accounts.iter().enumerate();
    wakes.filter_map(|(at, account)| Some((account.next_wake()?, at))).min()
}
