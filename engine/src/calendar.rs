//! Zones, business days, holidays, clocks that change: the arithmetic of dates.
//!
//! In: instants, zones, lapses, holidays. Out: instants and local times. Absent: the clock.
//!
//! Nothing here fails: what would leave the calendar (years 1 to 9999) stays at its end.

pub mod until;

use chrono::{DateTime, Datelike, Days, LocalResult, Months, SecondsFormat, TimeDelta, TimeZone, Weekday};
use chrono_tz::Tz;
use cobro_dsl::law::{Holiday, HolidayDay, Moved};
use cobro_dsl::values::{Lapse, NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

/// A moment in UTC, in milliseconds since 1970. Everything that is stored or compared is an `Instant`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(pub i64);

impl Instant {
    /// The first moment of the calendar, 0001-01-02: a day late, so that it has a local time in every zone.
    pub const FIRST: Instant = Instant(-62_135_510_400_000);
    /// The last moment of the calendar, 9999-12-30, for the same reason.
    pub const LAST: Instant = Instant(253_402_128_000_000);

    /// The moment so many milliseconds later; saturates.
    #[must_use]
    pub fn plus_millis(self, millis: i64) -> Instant {
        Instant(self.0.saturating_add(millis))
    }

    /// The moment of a time in UTC.
    pub fn from_utc(utc: NaiveDateTime) -> Instant {
        Instant(utc.and_utc().timestamp_millis()).clamped()
    }

    /// The moment as a date and time with its zone.
    pub fn in_zone(self, zone: Tz) -> DateTime<Tz> {
        self.utc().with_timezone(&zone)
    }

    /// The local time in a zone.
    pub fn local(self, zone: Tz) -> NaiveDateTime {
        self.utc().with_timezone(&zone).naive_local()
    }

    /// The moment of a local time. One that does not exist, because clocks are put forward, becomes the next
    /// that does; one that exists twice is the first.
    pub fn resolve(local: NaiveDateTime, zone: Tz) -> Instant {
        Instant::resolve_from(local, zone, Instant::FIRST)
    }

    /// As [`Instant::resolve`], but of a local time that exists twice the first that is not before `from`.
    pub(crate) fn resolve_from(local: NaiveDateTime, zone: Tz, from: Instant) -> Instant {
        let local = local.clamp(Instant::FIRST.utc().naive_utc(), Instant::LAST.utc().naive_utc());
        match zone.from_local_datetime(&local) {
            LocalResult::Single(at) => Instant(at.timestamp_millis()).clamped(),
            LocalResult::Ambiguous(first, second) => {
                let (first, second) = (first.timestamp_millis(), second.timestamp_millis());
                Instant(if first < from.0 { second } else { first }).clamped()
            }
            LocalResult::None => end_of_gap(local, zone),
        }
    }

    /// Reads an RFC 3339 time, which has an offset.
    pub fn parse(rfc3339: &str) -> Option<Instant> {
        let at = DateTime::parse_from_rfc3339(rfc3339).ok()?;
        Some(Instant(at.timestamp_millis()).clamped())
    }

    /// The moment as RFC 3339 in a zone, with its offset; fractions of a second only when there are any.
    pub fn rfc3339(self, zone: Tz) -> String {
        self.utc().with_timezone(&zone).to_rfc3339_opts(SecondsFormat::AutoSi, false)
    }

    fn clamped(self) -> Instant {
        self.clamp(Instant::FIRST, Instant::LAST)
    }

    fn utc(self) -> DateTime<chrono::Utc> {
        // A clamped moment is always in chrono's range, so the default is never taken.
        DateTime::from_timestamp_millis(self.clamped().0).unwrap_or_default()
    }
}

/// The first moment after clocks were put forward over a local time.
fn end_of_gap(local: NaiveDateTime, zone: Tz) -> Instant {
    // No zone is more than 14 hours from UTC, so the gap's end lies within 16 hours of the same figures in
    // UTC, even where a whole day was skipped (Samoa, 2011). Between the two bounds local time only grows.
    const REACH: i64 = 16 * 3600;
    let middle = local.and_utc().timestamp();
    let (mut before, mut after) = (middle - REACH, middle + REACH);
    while after - before > 1 {
        let probe = before + (after - before) / 2;
        if Instant(probe * 1000).local(zone) < local {
            before = probe;
        } else {
            after = probe;
        }
    }
    Instant(after * 1000).clamped()
}

/// The moment a lapse later. Days, weeks and months keep the wall-clock time of the zone, and a month without
/// that day has its last; business days are counted by the holidays; seconds are exact. A lapse of no length
/// is the moment itself.
pub fn add(now: Instant, lapse: Lapse, zone: Tz, holidays: &Holidays) -> Instant {
    if lapse.is_zero() {
        return now;
    }
    if let Lapse::Seconds(seconds) = lapse {
        return now.plus_millis(i64::from(seconds) * 1000).clamped();
    }
    let local = now.local(zone);
    let date = local.date();
    let later = match lapse {
        Lapse::Days(days) => date.checked_add_days(Days::new(u64::from(days))),
        Lapse::Weeks(weeks) => date.checked_add_days(Days::new(u64::from(weeks) * 7)),
        Lapse::Months(months) => date.checked_add_months(Months::new(months)),
        Lapse::BusinessDays(days) => holidays.business_days_after(date, days),
        Lapse::Seconds(_) => Some(date),
    };
    match later {
        Some(date) => Instant::resolve(date.and_time(local.time()), zone),
        None => Instant::LAST,
    }
}

/// Public holidays by date, worked out for the years 2000 to 2100.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Holidays {
    /// A bit for each day since 2000-01-01. Most days are no holiday: the bit says so without a search.
    marks: Vec<u64>,
    /// The dates with their names, in order; the names of two holidays on one day are joined by `; `.
    dates: Vec<(NaiveDate, String)>,
}

const FIRST_YEAR: i32 = 2000;
const LAST_YEAR: i32 = 2100;
/// Days from the year 1 (chrono's count) to 2000-01-01.
const DAY_ZERO: i32 = 730_120;

impl Holidays {
    /// No holidays at all.
    pub fn none() -> Holidays {
        Holidays { marks: Vec::new(), dates: Vec::new() }
    }

    /// The dates of these holidays.
    pub fn of<'a>(rules: impl IntoIterator<Item = &'a Holiday>) -> Holidays {
        let mut dates: Vec<(NaiveDate, String)> = Vec::new();
        for rule in rules {
            // A year more on both sides: a holiday may move over the turn of the year.
            for year in (FIRST_YEAR - 1..=LAST_YEAR + 1).filter(|year| rule.holds_in(*year)) {
                if let Some(date) = date_in(&rule.day, year) {
                    dates.push((date, rule.name.clone()));
                }
            }
        }
        dates.retain(|(date, _)| (FIRST_YEAR..=LAST_YEAR).contains(&date.year()));
        // The sort keeps the order of the rules on a day that has two.
        dates.sort_by_key(|(date, _)| *date);
        dates.dedup_by(|(date, name), (kept_date, kept)| {
            let is_same = date == kept_date;
            if is_same && name != kept {
                *kept = format!("{kept}; {name}");
            }
            is_same
        });
        let mut marks = Vec::new();
        for (word, bit) in dates.iter().filter_map(|(date, _)| place_of(*date)) {
            if marks.len() <= word {
                marks.resize(word + 1, 0);
            }
            if let Some(mark) = marks.get_mut(word) {
                *mark |= bit;
            }
        }
        Holidays { marks, dates }
    }

    /// The holiday's name, when the date is one.
    pub fn name_of(&self, date: NaiveDate) -> Option<&str> {
        if !self.contains(date) {
            return None;
        }
        let at = self.dates.binary_search_by_key(&date, |(known, _)| *known).ok()?;
        self.dates.get(at).map(|(_, name)| name.as_str())
    }

    /// Is the date a holiday?
    pub fn contains(&self, date: NaiveDate) -> bool {
        place_of(date).is_some_and(|(word, bit)| self.marks.get(word).is_some_and(|mark| mark & bit != 0))
    }

    /// Monday to Friday and no holiday.
    pub fn is_business_day(&self, date: NaiveDate) -> bool {
        !matches!(date.weekday(), Weekday::Sat | Weekday::Sun) && !self.contains(date)
    }

    /// The dates with their names, in order.
    pub fn iter(&self) -> impl Iterator<Item = (NaiveDate, &str)> {
        self.dates.iter().map(|(date, name)| (*date, name.as_str()))
    }

    /// The n-th business day after a date, or `None` beyond the calendar.
    fn business_days_after(&self, date: NaiveDate, days: u32) -> Option<NaiveDate> {
        let end = Instant::LAST.utc().date_naive();
        if i64::from(days) > end.signed_duration_since(date).num_days() {
            return None;
        }
        let (mut date, mut left) = (date, days);
        while left > 0 {
            date = date.succ_opt().filter(|date| *date <= end)?;
            if self.is_business_day(date) {
                left -= 1;
            }
        }
        Some(date)
    }
}

/// Where a date's mark stands: the word and the bit in it.
fn place_of(date: NaiveDate) -> Option<(usize, u64)> {
    let day = usize::try_from(date.num_days_from_ce() - DAY_ZERO).ok()?;
    Some((day / 64, 1 << (day % 64)))
}

/// The day of a holiday in a year; `None` when the year does not have it.
fn date_in(day: &HolidayDay, year: i32) -> Option<NaiveDate> {
    match day {
        HolidayDay::Fixed { month, day, moved } => {
            let date = NaiveDate::from_ymd_opt(year, *month, *day)?;
            date.checked_add_signed(TimeDelta::days(moves_by(*moved, date.weekday())))
        }
        HolidayDay::Only { month, day, weekdays } => {
            NaiveDate::from_ymd_opt(year, *month, *day).filter(|date| weekdays.contains(&date.weekday()))
        }
        HolidayDay::Easter(days) => easter(year)?.checked_add_signed(TimeDelta::days(i64::from(*days))),
        HolidayDay::Nth { month, weekday, nth: 5 } => {
            (1..=5).rev().find_map(|nth| NaiveDate::from_weekday_of_month_opt(year, *month, *weekday, nth))
        }
        HolidayDay::Nth { month, weekday, nth } => {
            NaiveDate::from_weekday_of_month_opt(year, *month, *weekday, *nth)
        }
        HolidayDay::Once(date) => (date.year() == year).then_some(*date),
    }
}

/// How many days a holiday moves when its own day falls on this weekday.
fn moves_by(moved: Moved, weekday: Weekday) -> i64 {
    match (moved, weekday) {
        (Moved::Never, _) => 0,
        (Moved::NextMonday, _) => i64::from((7 - weekday.num_days_from_monday()) % 7),
        (Moved::NearestMonday, Weekday::Tue) => -1,
        (Moved::NearestMonday, Weekday::Wed) => -2,
        (Moved::NearestMonday, Weekday::Thu) => -3,
        (Moved::NearestMonday, Weekday::Fri) => 3,
        (Moved::NearestMonday, Weekday::Mon | Weekday::Sat | Weekday::Sun) => 0,
        (Moved::SplitMonday, Weekday::Tue) => -1,
        (Moved::SplitMonday, Weekday::Wed) => -2,
        (Moved::SplitMonday, Weekday::Thu) => 4,
        (Moved::SplitMonday, Weekday::Fri) => 3,
        (Moved::SplitMonday, Weekday::Mon | Weekday::Sat | Weekday::Sun) => 0,
        (Moved::NearestFriday, Weekday::Tue) => -4,
        (Moved::NearestFriday, Weekday::Wed) => 2,
        (Moved::NearestFriday, Weekday::Mon | Weekday::Thu | Weekday::Fri | Weekday::Sat | Weekday::Sun) => 0,
    }
}

/// Easter Sunday in the Gregorian calendar, by Meeus, Jones and Butcher.
fn easter(year: i32) -> Option<NaiveDate> {
    let a = year % 19;
    let (b, c) = (year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let f = (b + 8) / 25;
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    NaiveDate::from_ymd_opt(year, u32::try_from(n / 31).ok()?, u32::try_from(n % 31 + 1).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::America::{Bogota, Lima, Mexico_City, Santiago};
    use chrono_tz::Pacific::Apia;
    use cobro_dsl::law::Laws;

    fn local(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
    }

    fn holidays(code: &str) -> Holidays {
        Holidays::of(Laws::shipped().get(code).unwrap().holidays.iter().map(|holiday| &holiday.rule))
    }

    /// A lapse after a local time.
    fn check_add(from: &str, lapse: Lapse, zone: Tz, expected: &str) {
        let later = add(Instant::resolve(local(from), zone), lapse, zone, &holidays("CO"));
        assert_eq!(later.rfc3339(zone), expected);
    }

    /// The moment of a local time.
    fn check_resolve(time: &str, zone: Tz, expected: &str) {
        assert_eq!(Instant::resolve(local(time), zone).rfc3339(zone), expected);
    }

    #[test]
    fn a_local_time_is_a_moment() {
        check_resolve("2026-03-02 09:00", Lima, "2026-03-02T09:00:00-05:00");
    }

    // Santiago: Saturday 2026-04-04 at 24:00 clocks go back to 23:00; Saturday 2026-09-05 at 24:00 they go
    // forward to 01:00.
    #[test]
    fn a_time_that_exists_twice_is_the_first() {
        check_resolve("2026-04-04 23:30", Santiago, "2026-04-04T23:30:00-03:00");
    }

    #[test]
    fn a_time_that_does_not_exist_is_the_next_that_does() {
        check_resolve("2026-09-06 00:30", Santiago, "2026-09-06T01:00:00-03:00");
    }

    #[test]
    fn a_day_that_does_not_exist_is_the_next_that_does() {
        check_resolve("2011-12-30 12:00", Apia, "2011-12-31T00:00:00+14:00");
    }

    #[test]
    fn the_second_reading_is_taken_when_the_first_is_over() {
        let half_past = local("2026-04-04 23:30");
        let first = Instant::resolve(half_past, Santiago);
        let second = Instant::resolve_from(half_past, Santiago, first.plus_millis(1));
        assert_eq!(second.0 - first.0, 3_600_000);
    }

    #[test]
    fn a_day_keeps_the_wall_clock_and_hours_do_not() {
        check_add("2026-04-04 10:00", Lapse::Days(1), Santiago, "2026-04-05T10:00:00-04:00");
        check_add("2026-04-04 10:00", Lapse::Seconds(86_400), Santiago, "2026-04-05T09:00:00-04:00");
        check_add("2026-09-05 10:00", Lapse::Days(1), Santiago, "2026-09-06T10:00:00-03:00");
        check_add("2026-09-05 10:00", Lapse::Seconds(86_400), Santiago, "2026-09-06T11:00:00-03:00");
    }

    #[test]
    fn a_month_clamps_to_its_end() {
        check_add("2026-01-31 09:00", Lapse::Months(1), Bogota, "2026-02-28T09:00:00-05:00");
        check_add("2027-01-31 09:00", Lapse::Months(13), Bogota, "2028-02-29T09:00:00-05:00");
        check_add("2028-02-29 09:00", Lapse::Months(12), Bogota, "2029-02-28T09:00:00-05:00");
    }

    #[test]
    fn weeks_go_over_the_turn_of_the_year() {
        check_add("2026-12-24 18:00", Lapse::Weeks(1), Mexico_City, "2026-12-31T18:00:00-06:00");
        check_add("2026-12-25 18:00", Lapse::Weeks(1), Mexico_City, "2027-01-01T18:00:00-06:00");
    }

    #[test]
    fn business_days_pass_over_weekends_and_holidays() {
        // Friday; Monday 2026-06-29 is San Pedro in Colombia.
        check_add("2026-06-26 09:00", Lapse::BusinessDays(1), Bogota, "2026-06-30T09:00:00-05:00");
        check_add("2026-06-27 09:00", Lapse::BusinessDays(1), Bogota, "2026-06-30T09:00:00-05:00");
        check_add("2026-06-26 09:00", Lapse::BusinessDays(4), Bogota, "2026-07-03T09:00:00-05:00");
    }

    #[test]
    fn a_lapse_of_no_length_is_the_moment_itself() {
        let second = Instant::parse("2026-04-04T23:30:00-04:00").unwrap();
        assert_eq!(add(second, Lapse::Days(0), Santiago, &Holidays::none()), second);
        assert_eq!(add(second, Lapse::BusinessDays(0), Santiago, &Holidays::none()), second);
    }

    #[test]
    fn nothing_leaves_the_calendar() {
        let ends = [i64::MIN, Instant::FIRST.0, -1, 0, Instant::LAST.0, i64::MAX];
        let lapses = [Lapse::Days, Lapse::BusinessDays, Lapse::Weeks, Lapse::Months, Lapse::Seconds];
        for (at, lapse) in ends.iter().flat_map(|at| lapses.iter().map(move |lapse| (Instant(*at), lapse))) {
            for count in [1, 40, u32::MAX] {
                for zone in [Apia, Santiago, chrono_tz::Etc::GMTPlus12] {
                    let later = add(at, lapse(count), zone, &Holidays::none());
                    assert!((Instant::FIRST..=Instant::LAST).contains(&later));
                    assert!(!later.rfc3339(zone).is_empty());
                }
            }
        }
        for far in [NaiveDateTime::MIN, NaiveDateTime::MAX] {
            let at = Instant::resolve(far, Apia);
            assert!((Instant::FIRST..=Instant::LAST).contains(&at));
            assert_eq!(Instant::from_utc(far), Instant::from_utc(far).clamped());
        }
    }

    #[test]
    fn times_are_read_and_written_with_their_offset() {
        let at = Instant::parse("2026-03-02T09:00:00.250-05:00").unwrap();
        assert_eq!(at.rfc3339(Lima), "2026-03-02T09:00:00.250-05:00");
        assert_eq!(at.rfc3339(chrono_tz::UTC), "2026-03-02T14:00:00.250+00:00");
        assert_eq!(Instant::from_utc(local("2026-03-02 14:00")), at.plus_millis(-250));
        assert_eq!(Instant::parse("2026-03-02T09:00:00"), None);
        assert_eq!(Instant::parse(""), None);
    }

    #[test]
    fn easter_is_where_it_was() {
        let expected = [(2000, "04-23"), (2008, "03-23"), (2026, "04-05"), (2027, "03-28"), (2038, "04-25")];
        for (year, day) in expected {
            assert_eq!(easter(year).map(|date| date.format("%m-%d").to_string()).as_deref(), Some(day));
        }
    }

    /// The holidays of a year, as month and day.
    fn check_year(code: &str, year: i32, expected: &str) {
        let holidays = holidays(code);
        let found: Vec<String> = holidays
            .iter()
            .filter(|(date, _)| date.year() == year)
            .map(|(date, _)| date.format("%m-%d").to_string())
            .collect();
        assert_eq!(found.join(" "), expected, "{code} {year}");
    }

    // The dates of seventeen years, of a source of their own; its first line says which.
    #[test]
    fn holidays_of_every_country_are_those_of_the_source() {
        let mut compared = 0;
        for line in include_str!("../../tests/data/holidays.txt").lines().skip(1) {
            let mut words = line.split(' ');
            let (code, year) = (words.next().unwrap(), words.next().unwrap().parse::<i32>().unwrap());
            check_year(code, year, &words.collect::<Vec<_>>().join(" "));
            compared += 1;
        }
        assert_eq!(compared, 16 * 17);
    }

    #[test]
    fn two_holidays_on_one_day_are_both_named() {
        let holidays = holidays("CO");
        let date = NaiveDate::from_ymd_opt(2025, 6, 30).unwrap();
        assert_eq!(holidays.name_of(date), Some("Sagrado Corazón; San Pedro y San Pablo"));
        assert_eq!(holidays.name_of(date.succ_opt().unwrap()), None);
    }

    #[test]
    fn the_last_weekday_of_a_month() {
        let last = HolidayDay::Nth { month: 5, weekday: Weekday::Mon, nth: 5 };
        assert_eq!(date_in(&last, 2026), NaiveDate::from_ymd_opt(2026, 5, 25));
        assert_eq!(date_in(&last, 2027), NaiveDate::from_ymd_opt(2027, 5, 31));
    }

    #[test]
    fn a_leap_day_is_a_holiday_in_leap_years_only() {
        let leap = HolidayDay::Fixed { month: 2, day: 29, moved: Moved::Never };
        assert_eq!(date_in(&leap, 2027), None);
        assert_eq!(date_in(&leap, 2028), NaiveDate::from_ymd_opt(2028, 2, 29));
    }

    #[test]
    fn years_that_are_not_worked_out_have_no_holidays() {
        let holidays = holidays("PE");
        assert!(!holidays.contains(NaiveDate::from_ymd_opt(1999, 12, 25).unwrap()));
        assert!(holidays.contains(NaiveDate::from_ymd_opt(2000, 1, 1).unwrap()));
        assert!(holidays.contains(NaiveDate::from_ymd_opt(2100, 12, 25).unwrap()));
        assert!(!holidays.contains(NaiveDate::from_ymd_opt(2101, 1, 1).unwrap()));
        assert!(!holidays.contains(NaiveDate::MIN) && !holidays.contains(NaiveDate::MAX));
    }
}
