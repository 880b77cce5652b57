//! The dry-run: what a strategy would do to a portfolio.
//!
//! In: a program, customers with what really happened to them, a behaviour, a first day and a number of days.
//! Out: counts that add up over customers, so that the caller may spread customers over threads and add the
//! parts. Absent: its own idea of what a strategy means, threads, files.

use crate::advance::{Context, would_enter};
use crate::behaviour::{Behaviour, Debtor};
use crate::calendar::Instant;
use crate::customer::Customer;
use crate::input::{Event, Input};
use crate::measure::{Keep, Measures, Meter};
use crate::portfolio::History;
use crate::timeline::Timeline;
use chrono::Days;
use cobro_dsl::program::Program;
use cobro_dsl::values::{NaiveDate, NaiveTime};
use std::str::FromStr;

/// The span of a dry-run.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    /// The first local day.
    pub from: NaiveDate,
    /// How many days.
    pub days: u32,
    /// The first local day after it.
    pub end: NaiveDate,
    /// The seed of every draw.
    pub seed: u64,
    /// When the portfolio is reviewed: local dates and times in the strategy's zone, in order.
    pub reviews: Vec<Instant>,
    /// The last instant.
    pub until: Instant,
}

/// Why a dry-run cannot start.
#[derive(Debug, PartialEq, Eq)]
pub enum Error {
    /// The span runs off the calendar.
    OutOfCalendar,
    /// The strategy's review schedule cannot be read.
    BadSchedule,
}

impl Plan {
    /// Lays out the span: reviews by the program's cron schedule in its zone.
    pub fn new(program: &Program, from: NaiveDate, days: u32, seed: u64) -> Result<Plan, Error> {
        let end = from.checked_add_days(Days::new(u64::from(days))).ok_or(Error::OutOfCalendar)?;
        // Nothing is told of years that are not written with four digits.
        let calendar =
            Instant::FIRST.local(chrono_tz::UTC).date()..=Instant::LAST.local(chrono_tz::UTC).date();
        if days == 0 || !calendar.contains(&from) || !calendar.contains(&end) {
            return Err(Error::OutOfCalendar);
        }
        let start = Instant::resolve(from.and_time(NaiveTime::MIN), program.zone);
        let until = Instant::resolve(end.and_time(NaiveTime::MIN), program.zone).plus_millis(-1);
        let schedule = cron::Schedule::from_str(&program.review).map_err(|_| Error::BadSchedule)?;
        // The schedule is asked for times after a moment; a review at the very start counts.
        let before = start.plus_millis(-1).in_zone(program.zone);
        let reviews = schedule
            .after(&before)
            .map(|at| Instant(at.timestamp_millis()))
            .take_while(|at| *at <= until)
            .collect();
        Ok(Plan { from, days, end, seed, reviews, until })
    }

    /// The same dry-run, broken off at a moment.
    #[must_use]
    pub fn up_to(&self, moment: Instant, zone: chrono_tz::Tz) -> Plan {
        let until = self.until.min(moment);
        let past = (until.local(zone).date() - self.from).num_days();
        let days = u32::try_from(past + 1).unwrap_or(0).min(self.days);
        let reviews = self.reviews.iter().copied().filter(|review| *review <= until).collect();
        Plan { until, days, reviews, ..self.clone() }
    }

    /// The same span with the strategy switched off: nobody is offered to it, debtors draw as before.
    #[must_use]
    pub fn without_strategy(&self) -> Plan {
        Plan { reviews: Vec::new(), ..self.clone() }
    }
}

/// Plays one customer from the first day to the last and counts into `measures`; keeps beside it what somebody asks
/// for. `history` holds, for each account, what really happened to it.
pub fn play(
    context: Context<'_>,
    behaviour: &Behaviour,
    plan: &Plan,
    customer: &mut Customer,
    history: &[History],
    measures: &mut Measures,
    keep: &mut Keep<'_>,
) {
    let program = context.program;
    let zone = customer.zone.unwrap_or(program.zone);
    let mut timeline = Timeline::default();
    // Replayed payments come at the first moment of their local day: before any message of that day.
    if *behaviour == Behaviour::History {
        for (account, history) in history.iter().enumerate() {
            for payment in &history.payments {
                let at = Instant::resolve(payment.on.and_time(NaiveTime::MIN), zone);
                if payment.on >= plan.from && payment.on < plan.end {
                    let invoice = Some(payment.invoice.clone());
                    let event = Event::PaymentReceived { amount: payment.amount, invoice, reference: None };
                    timeline.push(at, account, Input::Event(event));
                }
            }
        }
    }
    let mut meter = Meter::start(program, customer, plan.from, measures, keep);
    let mut debtor = Debtor::new(behaviour, context, customer, plan.seed);
    let mut reviews = plan.reviews.iter().copied().peekable();
    for day in 0..plan.days {
        let Some(today) = plan.from.checked_add_days(Days::new(u64::from(day))) else { break };
        let midnight = Instant::resolve(today.and_time(NaiveTime::MIN), zone);
        let inputs = timeline.play(context, customer, midnight.plus_millis(-1), &mut meter, &mut debtor);
        meter.taken(inputs);
        meter.morning(customer, day, today);
        if *behaviour != Behaviour::History {
            for account in 0..customer.accounts.len() {
                debtor.day(customer, account, today, midnight, &mut timeline);
            }
        }
        // The day's end is asked of the zone: where clocks change it has 23 or 25 hours.
        let Some(next) = today.succ_opt() else { break };
        let tomorrow = Instant::resolve(next.and_time(NaiveTime::MIN), zone);
        while let Some(review) = reviews.next_if(|review| *review < tomorrow) {
            let inputs = timeline.play(context, customer, review.plus_millis(-1), &mut meter, &mut debtor);
            meter.taken(inputs);
            for account in 0..customer.accounts.len() {
                let today = review.local(zone).date();
                let enters = customer
                    .accounts
                    .get(account)
                    .is_some_and(|known| would_enter(program, customer, known, today));
                if enters {
                    timeline.push(review, account, Input::Enter);
                }
            }
        }
    }
    let inputs = timeline.play(context, customer, plan.until, &mut meter, &mut debtor);
    meter.taken(inputs);
    meter.finish(customer, plan.days, plan.end);
}
