//! Holidays as they stand in a file: a day of the year, a day around Easter, the n-th weekday, or one date.

use super::{Cited, date, ruled, wrong};
use crate::law::{Error, Holiday, HolidayDay, Moved, Ruled};
use chrono::{NaiveDate, Weekday};
use serde::Deserialize;
use toml::value::Datetime;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HolidayGroup {
    days: Vec<HolidayRow>,
    article: String,
    source: String,
    confidence: String,
    status: Option<String>,
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

pub(super) fn read(groups: Vec<HolidayGroup>) -> Result<Vec<Ruled<Holiday>>, Error> {
    let mut all = Vec::new();
    for group in groups {
        for row in group.days {
            let place = format!("holiday `{}`", row.name);
            let rule = holiday(&place, row)?;
            let cited = Cited {
                article: group.article.clone(),
                source: group.source.clone(),
                confidence: group.confidence.clone(),
                status: group.status.clone(),
                from: None,
                until: None,
            };
            all.push(ruled(&place, rule, cited)?);
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
