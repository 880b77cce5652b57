//! A law pack as it stands in a file.
//!
//! In: TOML. Out: the pack, or the place that is wrong and why. Absent: any default that would permit more
//! than the file says; a rule that is left out must be left out by a line in the file.

use super::{Confidence, Error, Holiday, HolidayDay, Hours, LawPack, Moved, Replies, Ruled};
use crate::values::{Channel, ChannelSet, Limit, Stretch, TimeOfDay, WeekHours, Window};
use chrono::{NaiveDate, Weekday};
use serde::Deserialize;
use std::fmt::Display;
use toml::value::Datetime;

/// The longest window of a limit: ledgers of contacts are not kept for much longer.
const WINDOW_DAYS_MAX: u16 = 366;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pack {
    code: String,
    name_es: String,
    name_en: String,
    zones: Vec<String>,
    as_of: Datetime,
    hours: Vec<HoursRow>,
    #[serde(default)]
    limit: Vec<LimitRow>,
    replies: RepliesRow,
    #[serde(default)]
    holidays: Vec<HolidayGroup>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HoursRow {
    channels: Option<Vec<String>>,
    monday_to_friday: Vec<String>,
    saturday: Vec<String>,
    sunday: Vec<String>,
    holiday: Vec<String>,
    article: String,
    source: String,
    confidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitRow {
    channels: Option<Vec<String>>,
    contacts_max: u32,
    window: String,
    article: String,
    source: String,
    confidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RepliesRow {
    are_counted: bool,
    keep_hours: bool,
    article: String,
    source: String,
    confidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidayGroup {
    days: Vec<HolidayRow>,
    article: String,
    source: String,
    confidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidayRow {
    name: String,
    /// `06-29`
    on: Option<String>,
    moved: Option<String>,
    only: Option<Vec<String>>,
    easter: Option<i32>,
    month: Option<u32>,
    weekday: Option<String>,
    nth: Option<u8>,
    once: Option<Datetime>,
    from: Option<i32>,
    until: Option<i32>,
    every: Option<u8>,
}

pub(super) fn read(text: &str) -> Result<LawPack, Error> {
    let pack: Pack = toml::from_str(text).map_err(|error| not_toml(text, &error))?;
    let code = pack.code.to_ascii_uppercase();
    if code.is_empty() || !code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(wrong("code", "a code is letters, digits and `-`, such as `PE`"));
    }
    Ok(LawPack {
        code,
        zones: zones(&pack.zones)?,
        as_of: date(&pack.as_of).ok_or_else(|| wrong("as_of", "is no date such as 2026-11-22"))?,
        hours: hours(pack.hours)?,
        limits: limits(pack.limit)?,
        replies: ruled(
            "replies",
            Replies { are_counted: pack.replies.are_counted, keep_hours: pack.replies.keep_hours },
            pack.replies.article,
            pack.replies.source,
            &pack.replies.confidence,
        )?,
        holidays: holidays(pack.holidays)?,
        name_es: pack.name_es,
        name_en: pack.name_en,
    })
}

fn wrong(place: impl Display, why: impl Display) -> Error {
    Error { place: place.to_string(), why: why.to_string() }
}

fn not_toml(text: &str, error: &toml::de::Error) -> Error {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or("");
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    wrong(format!("line {line}"), error.message())
}

fn ruled<T>(
    place: &str,
    rule: T,
    article: String,
    source: String,
    confidence: &str,
) -> Result<Ruled<T>, Error> {
    if article.trim().is_empty() {
        return Err(wrong(place, "`article` is empty"));
    }
    if source.trim().is_empty() {
        return Err(wrong(place, "`source` is empty"));
    }
    let confidence = Confidence::parse(confidence).ok_or_else(|| {
        wrong(place, format!("no confidence is called `{confidence}`; there are V1, V2, G, C and safe"))
    })?;
    Ok(Ruled { rule, article, source, confidence })
}

fn zones(names: &[String]) -> Result<Vec<chrono_tz::Tz>, Error> {
    if names.is_empty() {
        return Err(wrong("zones", "at least one zone is needed"));
    }
    names
        .iter()
        .map(|name| name.parse().map_err(|_| wrong("zones", format!("there is no zone `{name}`"))))
        .collect()
}

/// A rule that names no channels holds for all of them.
fn channels(place: &str, words: Option<Vec<String>>) -> Result<ChannelSet, Error> {
    let Some(words) = words else {
        return Ok(ChannelSet::ALL);
    };
    if words.is_empty() {
        return Err(wrong(place, "names no channel; leave `channels` out to mean all of them"));
    }
    words
        .iter()
        .map(|word| Channel::parse(word).ok_or_else(|| wrong(place, format!("there is no channel `{word}`"))))
        .collect()
}

fn hours(rows: Vec<HoursRow>) -> Result<Vec<Ruled<Hours>>, Error> {
    let mut covered = ChannelSet::default();
    let mut all = Vec::new();
    for (at, row) in rows.into_iter().enumerate() {
        let place = format!("hours {}", at + 1);
        let channels = channels(&place, row.channels)?;
        for channel in channels.iter() {
            if covered.contains(channel) {
                return Err(wrong(place, format!("`{}` has hours already", channel.word())));
            }
            covered = covered.with(channel);
        }
        let workday = stretches(&place, &row.monday_to_friday)?;
        let week = WeekHours {
            days: [
                workday.clone(),
                workday.clone(),
                workday.clone(),
                workday.clone(),
                workday,
                stretches(&place, &row.saturday)?,
                stretches(&place, &row.sunday)?,
            ],
            holiday: stretches(&place, &row.holiday)?,
        };
        all.push(ruled(&place, Hours { channels, week }, row.article, row.source, &row.confidence)?);
    }
    match Channel::ALL.into_iter().find(|channel| !covered.contains(*channel)) {
        Some(channel) => Err(wrong("hours", format!("`{}` has no hours", channel.word()))),
        None => Ok(all),
    }
}

fn stretches(place: &str, texts: &[String]) -> Result<Vec<Stretch>, Error> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for text in texts {
        let stretch = text
            .split_once('-')
            .and_then(|(open, close)| {
                Some(Stretch { open: TimeOfDay::parse(open.trim())?, close: TimeOfDay::parse(close.trim())? })
            })
            .filter(|stretch| stretch.open < stretch.close)
            .ok_or_else(|| wrong(place, format!("`{text}` are no hours such as `07:00-20:00`")))?;
        if stretches.last().is_some_and(|before| stretch.open < before.close) {
            return Err(wrong(place, format!("`{text}` begins before the stretch ahead of it ends")));
        }
        stretches.push(stretch);
    }
    Ok(stretches)
}

fn limits(rows: Vec<LimitRow>) -> Result<Vec<Ruled<Limit>>, Error> {
    let mut all = Vec::new();
    for (at, row) in rows.into_iter().enumerate() {
        let place = format!("limit {}", at + 1);
        if row.contacts_max == 0 {
            return Err(wrong(place, "a limit permits at least one contact; close the hours to permit none"));
        }
        let limit = Limit {
            contacts_max: row.contacts_max,
            window: window(&row.window).ok_or_else(|| {
                wrong(
                    &place,
                    format!(
                        "`{}` is no window: `day`, `week`, `month` or `2 days`, up to {WINDOW_DAYS_MAX}",
                        row.window
                    ),
                )
            })?,
            channels: channels(&place, row.channels)?,
        };
        all.push(ruled(&place, limit, row.article, row.source, &row.confidence)?);
    }
    Ok(all)
}

fn window(text: &str) -> Option<Window> {
    match text {
        "day" => Some(Window::Day),
        "week" => Some(Window::Week),
        "month" => Some(Window::Month),
        _ => {
            let days = text.strip_suffix(" days")?.parse().ok()?;
            (1..=WINDOW_DAYS_MAX).contains(&days).then_some(Window::Days(days))
        }
    }
}

fn holidays(groups: Vec<HolidayGroup>) -> Result<Vec<Ruled<Holiday>>, Error> {
    let mut all = Vec::new();
    for group in groups {
        for row in group.days {
            let place = format!("holiday `{}`", row.name);
            let rule = holiday(&place, row)?;
            let (article, source) = (group.article.clone(), group.source.clone());
            all.push(ruled(&place, rule, article, source, &group.confidence)?);
        }
    }
    Ok(all)
}

fn holiday(place: &str, row: HolidayRow) -> Result<Holiday, Error> {
    let every_years = row.every.unwrap_or(1);
    if every_years == 0 || (every_years > 1 && row.from.is_none()) {
        return Err(wrong(place, "`every` is a number of years from 1, and needs `from` to count from"));
    }
    let (from_year, until_year) = (row.from.unwrap_or(0), row.until.unwrap_or(9999));
    if !(0..=9999).contains(&from_year) || !(from_year..=9999).contains(&until_year) {
        return Err(wrong(place, "`from` and `until` are years, the earlier one first"));
    }
    let (moved, only) = (row.moved.as_deref(), row.only.as_deref());
    let moves = moved.is_some() || only.is_some();
    let day = match (row.on, row.easter, (row.month, row.weekday, row.nth), row.once) {
        (Some(on), None, (None, None, None), None) => dated(place, &on, moved, only)?,
        (None, Some(days @ -100..=200), (None, None, None), None) if !moves => HolidayDay::Easter(days),
        (None, None, (Some(month @ 1..=12), Some(word), Some(nth @ 1..=5)), None) if !moves => {
            HolidayDay::Nth { month, weekday: weekday(place, &word)?, nth }
        }
        (None, None, (None, None, None), Some(once)) if !moves => {
            HolidayDay::Once(date(&once).ok_or_else(|| wrong(place, "`once` is no date"))?)
        }
        _ => {
            return Err(wrong(
                place,
                "a day is `on` with `moved` or `only`, or `easter` (-100 to 200), or `month` with `weekday` \
                 and `nth` (1 to 5, 5 is the last), or `once`",
            ));
        }
    };
    Ok(Holiday { name: row.name, day, from_year, until_year, every_years })
}

/// A day of the year that stays, moves, or counts on some weekdays only.
fn dated(place: &str, on: &str, moved: Option<&str>, only: Option<&[String]>) -> Result<HolidayDay, Error> {
    let (month, day) =
        month_day(on).ok_or_else(|| wrong(place, format!("`{on}` is no day such as `06-29`")))?;
    let Some(words) = only else {
        let word = moved.unwrap_or("never");
        let moved = Moved::WORDS.iter().find(|(_, known)| *known == word).map(|(moved, _)| *moved);
        let moved = moved.ok_or_else(|| {
            let known: Vec<&str> = Moved::WORDS.iter().map(|(_, known)| *known).collect();
            wrong(place, format!("`{word}` is no way to move; there are {}", known.join(", ")))
        })?;
        return Ok(HolidayDay::Fixed { month, day, moved });
    };
    if moved.is_some() || words.is_empty() {
        return Err(wrong(place, "`only` names at least one weekday and does not go with `moved`"));
    }
    let weekdays = words.iter().map(|word| weekday(place, word)).collect::<Result<_, _>>()?;
    Ok(HolidayDay::Only { month, day, weekdays })
}

/// Reads `06-29`; 29 February is a day, in the years that have it.
fn month_day(text: &str) -> Option<(u32, u32)> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    NaiveDate::from_ymd_opt(2000, month, day).map(|_| (month, day))
}

fn weekday(place: &str, word: &str) -> Result<Weekday, Error> {
    match word {
        "monday" => Ok(Weekday::Mon),
        "tuesday" => Ok(Weekday::Tue),
        "wednesday" => Ok(Weekday::Wed),
        "thursday" => Ok(Weekday::Thu),
        "friday" => Ok(Weekday::Fri),
        "saturday" => Ok(Weekday::Sat),
        "sunday" => Ok(Weekday::Sun),
        _ => Err(wrong(place, format!("there is no weekday `{word}`"))),
    }
}

/// A date without a time of day.
fn date(value: &Datetime) -> Option<NaiveDate> {
    let (Some(date), None, None) = (value.date, value.time, value.offset) else {
        return None;
    };
    NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A whole pack with one line put in another's place.
    fn check(line: &str, instead: &str, expected: &str) {
        let text = PACK.replacen(line, instead, 1);
        assert!(text != PACK || line == instead, "the pack has no line `{line}`");
        let found = read(&text).map_or_else(|error| error.to_string(), |_| "read".to_owned());
        assert_eq!(found, expected);
    }

    const PACK: &str = r#"
code = "XX"
name_es = "Equis"
name_en = "Ex"
zones = ["America/Lima"]
as_of = 2026-11-22
[[hours]]
monday_to_friday = ["07:00-12:00", "14:00-20:00"]
saturday = []
sunday = []
holiday = []
article = "art. 1"
source = "https://example.org"
confidence = "V1"
[[limit]]
contacts_max = 1
window = "2 days"
channels = ["sms", "email"]
article = "art. 2"
source = "https://example.org"
confidence = "safe"
[replies]
are_counted = false
keep_hours = true
article = "art. 3"
source = "https://example.org"
confidence = "G"
[[holidays]]
article = "art. 4"
source = "https://example.org"
confidence = "V2"
days = [
  { name = "Uno", on = "01-01", moved = "next-monday" },
]
"#;

    #[test]
    fn a_whole_pack_is_read() {
        check("", "", "read");
    }

    #[test]
    fn every_value_arrives() {
        let pack = read(PACK).unwrap();
        assert_eq!(pack.limits[0].rule.window, Window::Days(2));
        assert!(!pack.limits[0].rule.channels.contains(Channel::Call));
        assert_eq!(pack.hours[0].rule.channels, ChannelSet::ALL);
        assert_eq!(pack.hours[0].rule.week.days[4].len(), 2);
        assert!(pack.hours[0].rule.week.days[5].is_empty());
        assert_eq!(pack.replies.confidence, Confidence::GeneralKnowledge);
        let day = HolidayDay::Fixed { month: 1, day: 1, moved: Moved::NextMonday };
        assert_eq!(pack.holidays[0].rule.day, day);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        check("XX", "X X", "code: a code is letters, digits and `-`, such as `PE`");
        check("America/Lima", "Lima", "zones: there is no zone `Lima`");
        check("2026-11-22", "2026-11-22T10:00:00Z", "as_of: is no date such as 2026-11-22");
        check("07:00-12:00", "12:00-07:00", "hours 1: `12:00-07:00` are no hours such as `07:00-20:00`");
        check(
            "14:00-20:00",
            "11:00-20:00",
            "hours 1: `11:00-20:00` begins before the stretch ahead of it ends",
        );
        check("\"V1\"", "\"V9\"", "hours 1: no confidence is called `V9`; there are V1, V2, G, C and safe");
        check("\"art. 2\"", "\"\"", "limit 1: `article` is empty");
        check("\"sms\"", "\"fax\"", "limit 1: there is no channel `fax`");
        check(
            "\"2 days\"",
            "\"fortnight\"",
            "limit 1: `fortnight` is no window: `day`, `week`, `month` or `2 days`, up to 366",
        );
        check(
            "contacts_max = 1",
            "contacts_max = 0",
            "limit 1: a limit permits at least one contact; close the hours to permit none",
        );
        check("\"01-01\"", "\"02-30\"", "holiday `Uno`: `02-30` is no day such as `06-29`");
        check(
            "next-monday",
            "tomorrow",
            "holiday `Uno`: `tomorrow` is no way to move; there are never, next-monday, nearest-monday, \
             nearest-friday",
        );
        check(
            "moved = \"next-monday\"",
            "easter = 2",
            "holiday `Uno`: a day is `on` with `moved` or `only`, or `easter` (-100 to 200), or `month` with \
             `weekday` and `nth` (1 to 5, 5 is the last), or `once`",
        );
        check(
            "moved = \"next-monday\"",
            "every = 4",
            "holiday `Uno`: `every` is a number of years from 1, and needs `from` to count from",
        );
    }

    #[test]
    fn a_channel_without_hours_is_an_error_not_a_freedom() {
        check("[[hours]]", "[[hours]]\nchannels = [\"call\"]", "hours: `whatsapp` has no hours");
    }

    #[test]
    fn an_unknown_word_is_an_error_not_a_comment() {
        let text = PACK.replace("keep_hours = true", "keep_hours = true\nkeep_days = true");
        let error = read(&text).unwrap_err();
        assert_eq!(error.place, "line 25");
        assert!(error.why.contains("keep_days"), "{}", error.why);
    }
}
