//! Hours: may a message reach this customer at this moment?
//!
//! In: the permitted hours, the holidays, the moment in the customer's own zone. Out: the rule that forbids
//! it, and the first permitted moment. Absent: whose hours are asked first; that is the gate's.
//!
//! A stretch ends before its close: 19:00 is the first moment that is too late.

use super::{Author, HORIZON_DAYS, Rule};
use crate::calendar::{Holidays, Instant};
use chrono::{Datelike, NaiveTime, TimeDelta, Timelike};
use chrono_tz::Tz;
use cobro_dsl::values::{NaiveDateTime, Stretch, WeekHours};

/// The permitted hours of one author, and the holidays that bind them.
#[derive(Clone, Copy)]
pub(super) struct Hours<'a> {
    pub(super) by: Author,
    pub(super) article: &'a str,
    pub(super) week: &'a WeekHours,
    pub(super) holidays: &'a Holidays,
}

impl Hours<'_> {
    /// The rule that forbids a local time.
    pub(super) fn objection(&self, local: NaiveDateTime) -> Option<Rule> {
        if self.is_open(local) {
            return None;
        }
        // The holiday is the reason only if without it the message could go out that day.
        let would_open =
            self.week.on(local.weekday(), false).iter().any(|it| minute(local) < it.close.minutes());
        match self.holidays.name_of(local.date()) {
            Some(name) if would_open => {
                Some(Rule::Holiday { name: name.to_owned(), article: self.article.to_owned() })
            }
            Some(_) | None => Some(Rule::Hours { by: self.by, article: self.article.to_owned() }),
        }
    }

    /// The first permitted moment from `at` on; `None` when there is none within the horizon.
    pub(super) fn opens_at(&self, zone: Tz, at: Instant) -> Option<Instant> {
        let local = at.local(zone);
        if self.is_open(local) {
            return Some(at);
        }
        let (opening, opening_local) = self.next_opening(zone, at, local)?;
        if offset(opening, opening_local) >= offset(at, local) {
            return Some(opening);
        }
        // Where clocks are put back, an hour that was over may come round again before the next opening.
        let back = put_back(zone, (at, local), opening);
        Some(if self.is_open(back.local(zone)) { back } else { opening })
    }

    fn is_open(&self, local: NaiveDateTime) -> bool {
        self.week
            .on(local.weekday(), self.holidays.contains(local.date()))
            .iter()
            .any(|stretch| contains(stretch, local))
    }

    /// The next moment at which a stretch begins, and its local time.
    fn next_opening(&self, zone: Tz, at: Instant, local: NaiveDateTime) -> Option<(Instant, NaiveDateTime)> {
        let over = local.checked_sub_signed(PUT_BACK_MAX)?;
        for date in local.date().iter_days().take(HORIZON_DAYS) {
            for stretch in self.week.on(date.weekday(), self.holidays.contains(date)) {
                let seconds = stretch.open.minutes() * 60;
                let Some(time) = NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0) else {
                    continue;
                };
                let wanted = date.and_time(time);
                if wanted < over {
                    continue;
                }
                let opening = Instant::resolve_from(wanted, zone, at);
                if opening < at {
                    continue;
                }
                // Where clocks are put forward the opening moves on, and perhaps out of its stretch.
                let found = opening.local(zone);
                if found.date() == date && contains(stretch, found) {
                    return Some((opening, found));
                }
            }
        }
        None
    }
}

/// No zone puts its clocks back by more: a local time so long ago does not come again today.
const PUT_BACK_MAX: TimeDelta = TimeDelta::hours(3);

fn contains(stretch: &Stretch, local: NaiveDateTime) -> bool {
    (stretch.open.minutes()..stretch.close.minutes()).contains(&minute(local))
}

fn minute(local: NaiveDateTime) -> u32 {
    local.hour() * 60 + local.minute()
}

/// Milliseconds by which a local time is ahead of UTC.
fn offset(at: Instant, local: NaiveDateTime) -> i64 {
    local.and_utc().timestamp_millis().saturating_sub(at.0)
}

/// The moment at which clocks were put back after `start`, when `end` shows that they were. One change is
/// looked for: the two moments are days apart, not half a year.
fn put_back(zone: Tz, start: (Instant, NaiveDateTime), end: Instant) -> Instant {
    let at_first = offset(start.0, start.1);
    let (mut before, mut after) = (start.0.0, end.0);
    while after - before > 1 {
        let probe = Instant(before + (after - before) / 2);
        if offset(probe, probe.local(zone)) < at_first {
            after = probe.0;
        } else {
            before = probe.0;
        }
    }
    Instant(after)
}

#[cfg(test)]
mod tests {
    use super::super::tests::World;

    #[test]
    fn hours_of_peru() {
        let world = World::of("PE");
        world.check("2026-03-02 06:59", "not before 2026-03-02 07:00 (hours of the law)");
        world.check("2026-03-02 07:00", "now (0 of 1)");
        world.check("2026-03-02 19:59", "now (0 of 1)");
        world.check("2026-03-02 20:00", "not before 2026-03-03 07:00 (hours of the law)");
        world.check("2026-03-06 20:00", "not before 2026-03-09 07:00 (hours of the law)");
    }

    // Saturday 15:00, then Sunday, then Monday 2026-06-29, San Pedro.
    #[test]
    fn a_colombian_monday_holiday_after_a_saturday() {
        let world = World::of("CO");
        world.check("2026-06-27 14:59", "now (0 of 1)");
        world.check("2026-06-27 15:00", "not before 2026-06-30 07:00 (hours of the law)");
        world.check("2026-06-28 10:00", "not before 2026-06-30 07:00 (hours of the law)");
        world.check("2026-06-29 10:00", "not before 2026-06-30 07:00 (holiday San Pedro y San Pablo)");
        world.check("2026-06-29 20:00", "not before 2026-06-30 07:00 (hours of the law)");
    }

    // 17 September 2027 is a Friday: a bridge. The 18th and 19th are a Saturday and a Sunday.
    #[test]
    fn the_chilean_feast_of_september() {
        let world = World::of("CL");
        world.check("2027-09-17 09:00", "not before 2027-09-20 08:00 (holiday Fiestas Patrias)");
        world.check("2027-09-18 09:00", "not before 2027-09-20 08:00 (holiday Día de la Independencia)");
        world.check("2027-09-19 09:00", "not before 2027-09-20 08:00 (hours of the law)");
    }

    #[test]
    fn the_year_s_end() {
        // Thursday; 1 January is a Friday.
        let world = World::of("PE");
        world.check("2026-12-31 20:00", "not before 2027-01-04 07:00 (hours of the law)");
        world.check("2027-01-01 09:00", "not before 2027-01-04 07:00 (holiday Año Nuevo)");
    }

    #[test]
    fn twenty_four_o_clock_is_the_end_of_the_day() {
        let mut world = World::of("PE");
        world.law_hours(&[("20:00", "24:00")]);
        world.check("2026-12-31 23:59", "now (0 of 1)");
        world.check("2027-01-01 00:00", "not before 2027-01-02 20:00 (holiday Año Nuevo)");
        world.check("2027-01-03 00:00", "not before 2027-01-03 20:00 (hours of the law)");
    }

    #[test]
    fn a_leap_day_is_a_day() {
        // Tuesday 2028-02-29.
        World::of("PE").check("2028-02-28 21:00", "not before 2028-02-29 07:00 (hours of the law)");
        World::of("PE").check("2028-02-29 21:00", "not before 2028-03-01 07:00 (hours of the law)");
    }

    #[test]
    fn the_strategy_s_hours_may_be_the_stricter() {
        let mut world = World::of("PE");
        world.strategy_hours(&[("09:00", "13:00"), ("15:00", "18:30")]);
        world.check("2026-03-02 06:00", "not before 2026-03-02 09:00 (hours of the law)");
        world.check("2026-03-02 08:00", "not before 2026-03-02 09:00 (hours of the strategy)");
        world.check("2026-03-02 13:00", "not before 2026-03-02 15:00 (hours of the strategy)");
        // Friday evening: the strategy would send on Saturday, the law does not.
        world.check("2026-03-06 18:30", "not before 2026-03-09 09:00 (hours of the strategy)");
    }

    #[test]
    fn holidays_of_the_law_bind_the_strategy_s_hours() {
        let mut world = World::of("PE");
        world.law_hours(&[("00:00", "24:00")]);
        let always = world.law.pack.hours[0].rule.week.days[0].clone();
        world.law.pack.hours.iter_mut().for_each(|hours| hours.rule.week.holiday = always.clone());
        world.check("2026-07-28 09:00", "now (0 of 1)");
        world.strategy_hours(&[("09:00", "18:00")]);
        world.check("2026-07-28 09:00", "not before 2026-07-30 09:00 (holiday Día de la Independencia)");
    }

    #[test]
    fn hours_that_never_meet_are_never() {
        let mut world = World::of("PE");
        world.strategy_hours(&[("21:00", "23:00")]);
        world.check("2026-03-02 09:00", "never (no_permitted_time)");
        world.strategy_hours(&[]);
        world.check("2026-03-02 09:00", "never (no_permitted_time)");
    }

    // Saturday 2026-09-05 at 24:00 clocks in Santiago go forward to 01:00.
    #[test]
    fn an_opening_that_clocks_skip_is_the_next_moment() {
        let mut world = World::of("CL");
        world.law_hours(&[("00:30", "02:00")]);
        world.check("2026-09-05 23:59", "not before 2026-09-06 01:00 (hours of the law)");
    }

    #[test]
    fn a_stretch_that_clocks_skip_whole_is_the_next_day_s() {
        let mut world = World::of("CL");
        world.law_hours(&[("00:15", "00:45")]);
        world.check("2026-09-05 23:59", "not before 2026-09-07 00:15 (hours of the law)");
    }

    // Saturday 2027-04-03 at 24:00 clocks go back to 23:00: 23:40 and 23:10 exist twice, the first at -03:00.
    #[test]
    fn an_hour_that_comes_round_again_is_open_again() {
        let mut world = World::of("CL");
        world.law_hours(&[("20:00", "23:30")]);
        world.check("2027-04-03 23:40", "not before 2027-04-03 23:00 (hours of the law)");
        world.check_at("2027-04-03T23:40:00-03:00", "2027-04-03T23:00:00-04:00");
        world.check_at("2027-04-03T23:40:00-04:00", "2027-04-04T20:00:00-04:00");
        world.law_hours(&[("23:20", "23:30")]);
        world.check_at("2027-04-03T23:40:00-03:00", "2027-04-03T23:20:00-04:00");
        world.check_at("2027-04-03T23:10:00-04:00", "2027-04-03T23:20:00-04:00");
    }
}
