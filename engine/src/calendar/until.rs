//! When a wait ends: times of day, dates, business days of the month, dates of the account, schedules.
//!
//! In: what the author said, the moment, the zone, the holidays, the account's dates. Out: an instant, which may be past;
//! `None` when the account has no such date or the calendar ends before it comes.

use super::{Holidays, Instant, add};
use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta};
use chrono_tz::Tz;
use cobro_dsl::program::{Anchor, Side, Until};
use cobro_dsl::values::{Lapse, TimeOfDay};
use std::str::FromStr;

/// What a wait is measured from.
#[derive(Clone, Copy, Debug)]
pub enum Mark<'a> {
    /// A date of the account, or a moment of its run.
    Anchor(Anchor),
    /// The last time that a step of this name ran.
    Step(&'a str),
}

/// When that is.
#[derive(Clone, Copy, Debug)]
pub enum When {
    /// On a date.
    On(NaiveDate),
    /// At a moment.
    At(Instant),
}

/// The instant at which a wait that begins now ends.
pub fn until(
    until: &Until,
    now: Instant,
    zone: Tz,
    holidays: &Holidays,
    when: &dyn Fn(Mark<'_>) -> Option<When>,
) -> Option<Instant> {
    let today = now.local(zone).date();
    match until {
        Until::Ever => None,
        Until::For(lapse) => Some(add(now, *lapse, zone, holidays)),
        Until::Time(time) => {
            // Three days, because clocks that are put forward may skip the time of one.
            let days = (0..3).filter_map(|ahead| today.checked_add_days(Days::new(ahead)));
            days.map(|date| at(date, Some(*time), zone)).find(|moment| *moment > now)
        }
        Until::Date(date, time) => Some(at(*date, *time, zone)),
        Until::BusinessDay(day, time) => {
            let months = (0..3).filter_map(|ahead| today.with_day(1)?.checked_add_months(Months::new(ahead)));
            let days = months.filter_map(|first| business_day(first, *day, holidays));
            days.map(|date| at(date, *time, zone)).find(|moment| *moment > now)
        }
        Until::NearStep { lapse, step, time } => {
            Some(add(from(when(Mark::Step(step))?, *time, zone), *lapse, zone, holidays))
        }
        Until::MonthEnd { of: Some(of), time } => {
            let moment = self::until(of, now, zone, holidays, when)?;
            Some(at(last_of_month(moment.local(zone).date())?, *time, zone))
        }
        Until::MonthEnd { of: None, time } => {
            let months = (0..3).filter_map(|ahead| today.with_day(1)?.checked_add_months(Months::new(ahead)));
            let days = months.filter_map(last_of_month);
            days.map(|date| at(date, *time, zone)).find(|moment| *moment > now)
        }
        Until::Near { lapse, side, anchor, time } => {
            let from = from(when(Mark::Anchor(*anchor))?, *time, zone);
            match side {
                Side::After => Some(add(from, *lapse, zone, holidays)),
                Side::Before => before(from, *lapse, zone, holidays),
            }
        }
        Until::Schedule(text) => {
            let schedule = cron::Schedule::from_str(text).ok()?;
            schedule.after(&now.in_zone(zone)).next().map(|at| Instant(at.timestamp_millis()))
        }
    }
}

/// From when a length of time is measured: at a time of the day, else from the very moment or the day's beginning.
fn from(when: When, time: Option<TimeOfDay>, zone: Tz) -> Instant {
    match (when, time) {
        (When::On(date), time) => at(date, time, zone),
        (When::At(moment), None) => moment,
        (When::At(moment), time) => at(moment.local(zone).date(), time, zone),
    }
}

fn last_of_month(date: NaiveDate) -> Option<NaiveDate> {
    date.with_day(1)?.checked_add_months(Months::new(1))?.pred_opt()
}

/// The beginning of a date, or a time of it.
fn at(date: NaiveDate, time: Option<TimeOfDay>, zone: Tz) -> Instant {
    let minutes = time.map_or(0, TimeOfDay::minutes);
    let local = date.and_time(NaiveTime::MIN);
    let local = local.checked_add_signed(TimeDelta::minutes(i64::from(minutes))).unwrap_or(local);
    Instant::resolve(local, zone)
}

/// The n-th business day from the first of a month on; in a month with fewer, its last.
fn business_day(first: NaiveDate, day: u8, holidays: &Holidays) -> Option<NaiveDate> {
    let month = first.iter_days().take_while(|date| date.month() == first.month());
    month.filter(|date| holidays.is_business_day(*date)).take(usize::from(day)).last()
}

/// The moment a lapse earlier, by the same rules as [`add`].
fn before(from: Instant, lapse: Lapse, zone: Tz, holidays: &Holidays) -> Option<Instant> {
    let local = from.local(zone);
    let date = local.date();
    let earlier = match lapse {
        Lapse::Seconds(seconds) => return Some(from.plus_millis(-1000 * i64::from(seconds))),
        Lapse::Days(days) => date.checked_sub_days(Days::new(u64::from(days))),
        Lapse::Weeks(weeks) => date.checked_sub_days(Days::new(u64::from(weeks) * 7)),
        Lapse::Months(months) => date.checked_sub_months(Months::new(months)),
        Lapse::BusinessDays(0) => Some(date),
        Lapse::BusinessDays(days) => {
            let end = Instant::FIRST.local(zone).date();
            let days_before = std::iter::successors(date.pred_opt(), NaiveDate::pred_opt);
            let mut business =
                days_before.take_while(|date| *date > end).filter(|date| holidays.is_business_day(*date));
            business.nth(days as usize - 1)
        }
    };
    Some(Instant::resolve(earlier?.and_time(local.time()), zone))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::America::Lima;

    /// From Wednesday 2026-03-11 09:00 in Lima, with a due date on Monday 2026-03-30.
    fn check(said: Until, expected: &str) {
        let laws = cobro_dsl::law::Laws::shipped();
        let holidays = Holidays::of(laws.get("PE").unwrap().holidays.iter().map(|holiday| &holiday.rule));
        let now = Instant::parse("2026-03-11T09:00:00-05:00").unwrap();
        let sent = Instant::parse("2026-03-10T16:20:00-05:00").unwrap();
        let when = |mark: Mark<'_>| match mark {
            Mark::Anchor(Anchor::Due) => NaiveDate::from_ymd_opt(2026, 3, 30).map(When::On),
            Mark::Anchor(Anchor::LastReply) => None,
            Mark::Anchor(_) | Mark::Step(_) => Some(When::At(sent)),
        };
        let found = until(&said, now, Lima, &holidays, &when);
        let told = found.map(|at| at.local(Lima).format("%Y-%m-%d %H:%M").to_string());
        assert_eq!(told.unwrap_or_default(), expected, "{said:?}");
    }

    fn time(text: &str) -> Option<TimeOfDay> {
        TimeOfDay::parse(text)
    }

    fn near(lapse: Lapse, side: Side, at: Option<TimeOfDay>) -> Until {
        Until::Near { lapse, side, anchor: Anchor::Due, time: at }
    }

    #[test]
    fn a_time_of_day_is_the_next() {
        check(Until::Time(time("10:00").unwrap()), "2026-03-11 10:00");
        check(Until::Time(time("09:00").unwrap()), "2026-03-12 09:00");
        check(Until::Time(time("24:00").unwrap()), "2026-03-12 00:00");
    }

    #[test]
    fn a_date_may_be_past() {
        check(Until::Date(NaiveDate::from_ymd_opt(2026, 4, 1).unwrap(), None), "2026-04-01 00:00");
        check(Until::Date(NaiveDate::from_ymd_opt(2026, 3, 1).unwrap(), time("8:30")), "2026-03-01 08:30");
    }

    // March 2026 begins on a Sunday. Thursday 2 and Friday 3 April are holidays.
    #[test]
    fn a_business_day_of_the_month() {
        check(Until::BusinessDay(8, time("09:01")), "2026-03-11 09:01");
        check(Until::BusinessDay(8, None), "2026-04-14 00:00");
        check(Until::BusinessDay(23, None), "2026-03-31 00:00");
    }

    #[test]
    fn before_and_after_the_due_date() {
        check(near(Lapse::Days(3), Side::Before, time("09:00")), "2026-03-27 09:00");
        check(near(Lapse::BusinessDays(1), Side::Before, None), "2026-03-27 00:00");
        check(near(Lapse::BusinessDays(3), Side::After, None), "2026-04-06 00:00");
        check(near(Lapse::Months(1), Side::Before, None), "2026-02-28 00:00");
        check(near(Lapse::Seconds(7200), Side::Before, None), "2026-03-29 22:00");
    }

    #[test]
    fn after_what_really_happened() {
        let after = |anchor, lapse, at| Until::Near { lapse, side: Side::After, anchor, time: at };
        check(after(Anchor::LastMessage, Lapse::Days(10), None), "2026-03-20 16:20");
        check(after(Anchor::LastMessage, Lapse::Days(10), time("09:00")), "2026-03-20 09:00");
        check(after(Anchor::Entry, Lapse::BusinessDays(4), None), "2026-03-16 16:20");
        check(after(Anchor::LastReply, Lapse::Days(1), None), "");
        let step = Until::NearStep { lapse: Lapse::Weeks(1), step: "second".to_owned(), time: None };
        check(step, "2026-03-17 16:20");
    }

    #[test]
    fn the_end_of_a_month() {
        check(Until::MonthEnd { of: None, time: time("09:00") }, "2026-03-31 09:00");
        let of = Box::new(near(Lapse::Days(30), Side::After, None));
        check(Until::MonthEnd { of: Some(of), time: None }, "2026-04-30 00:00");
        let of = Box::new(near(Lapse::Months(11), Side::After, None));
        check(Until::MonthEnd { of: Some(of), time: None }, "2027-02-28 00:00");
    }

    #[test]
    fn a_schedule_in_the_zone() {
        check(Until::Schedule("0 30 8 * * Mon".to_owned()), "2026-03-16 08:30");
        check(Until::Schedule("no schedule".to_owned()), "");
    }
}
