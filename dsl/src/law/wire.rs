//! A law pack as it stands in a file.
//!
//! In: TOML. Out: the pack, or the place that is wrong and why. Absent: any default that would permit more
//! than the file says; a rule that is left out must be left out by a line in the file.

mod holidays;

use super::{
    Cap, Confidence, Consent, Duty, Error, Exclusive, Exempt, Gap, Hours, LawPack, Per, Recipients, Replies,
    Ruled, Silence, Status, Unit,
};
use crate::values::{Channel, ChannelSet, Limit, Purpose, Role, Stretch, TimeOfDay, WeekHours, Window};
use chrono::NaiveDate;
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
    extends: Option<String>,
    zones: Vec<String>,
    as_of: Datetime,
    countries: Option<Vec<String>>,
    holidays_known_until: Option<i32>,
    #[serde(default)]
    hours: Vec<HoursRow>,
    #[serde(default)]
    limit: Vec<LimitRow>,
    #[serde(default)]
    gap: Vec<GapRow>,
    #[serde(default)]
    exclusive: Vec<ExclusiveRow>,
    #[serde(default)]
    silence: Vec<SilenceRow>,
    #[serde(default)]
    exempt: Vec<ExemptRow>,
    #[serde(default)]
    consent: Vec<ConsentRow>,
    #[serde(default)]
    recipients: Vec<RecipientsRow>,
    #[serde(default)]
    duty: Vec<DutyRow>,
    replies: Option<RepliesRow>,
    #[serde(default)]
    holidays: Vec<holidays::HolidayGroup>,
}

/// Where a rule stands, and since when.
#[derive(Deserialize)]
struct Cited {
    article: String,
    source: String,
    confidence: String,
    status: Option<String>,
    from: Option<Datetime>,
    until: Option<Datetime>,
}

/// A row of a rule: its own fields and where it stands. Unknown fields are refused in each.
macro_rules! rows {
    ($($row:ident { $($field:ident: $type:ty),+ $(,)? })+) => {$(
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct $row {
            $($field: $type,)+
            article: String,
            source: String,
            confidence: String,
            status: Option<String>,
            from: Option<Datetime>,
            until: Option<Datetime>,
        }

        impl $row {
            fn split(self) -> (($($type,)+), Cited) {
                let $row { $($field,)+ article, source, confidence, status, from, until } = self;
                (($($field,)+), Cited { article, source, confidence, status, from, until })
            }
        }
    )+};
}

rows! {
    HoursRow {
        channels: Option<Vec<String>>,
        monday_to_friday: Vec<String>,
        saturday: Vec<String>,
        sunday: Vec<String>,
        holiday: Vec<String>,
    }
    LimitRow {
        channels: Option<Vec<String>>,
        contacts_max: u32,
        window: String,
        counted: Option<String>,
        per: Option<String>,
    }
    GapRow {
        channels: Option<Vec<String>>,
        at_least: String,
        counted: Option<String>,
        per: Option<String>,
    }
    ExclusiveRow { channels: Option<Vec<String>>, after: String, per: Option<String> }
    SilenceRow { channels: Option<Vec<String>>, days: u16, per: Option<String> }
    ExemptRow { purposes: Vec<String> }
    ConsentRow { channels: Option<Vec<String>> }
    RecipientsRow { roles: Vec<String> }
    DutyRow { es: String, en: String }
    RepliesRow { are_counted: bool, keep_hours: bool }
}

pub(super) fn read(text: &str) -> Result<LawPack, Error> {
    let pack: Pack = toml::from_str(text).map_err(|error| not_toml(text, &error))?;
    let code = pack.code.to_ascii_uppercase();
    if code.is_empty() || !code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(wrong("code", "a code is letters, digits and `-`, such as `PE`"));
    }
    let extends = pack.extends.map(|base| base.to_ascii_uppercase());
    let replies = match (pack.replies, &extends) {
        (Some(row), _) => {
            let ((are_counted, keep_hours), cited) = row.split();
            ruled("replies", Replies { are_counted, keep_hours }, cited)?
        }
        // The base says it; until the two are laid over each other nothing is free.
        (None, Some(base)) => from_base(base),
        (None, None) => return Err(wrong("replies", "the pack says nothing of replies")),
    };
    let hours = hours(pack.hours)?;
    let recipients = recipients(pack.recipients)?;
    if extends.is_none() {
        all_covered(&hours)?;
        // Silence would permit to write to anybody.
        if !recipients.iter().any(|it| it.status.is_enforced() && it.from.is_none() && it.until.is_none()) {
            return Err(wrong("recipients", "the pack does not say, for good, who may be contacted"));
        }
    }
    let country = code.split('-').next().unwrap_or(&code).to_owned();
    Ok(LawPack {
        countries: pack.countries.unwrap_or_else(|| vec![country]),
        code,
        extends,
        zones: zones(&pack.zones)?,
        as_of: date(&pack.as_of).ok_or_else(|| wrong("as_of", "is no date such as 2026-11-22"))?,
        holidays_known_until: pack.holidays_known_until,
        hours,
        limits: limits(pack.limit)?,
        gaps: each("gap", pack.gap, GapRow::split, |place, (words, at_least, counted, per)| {
            let minutes = minutes(&at_least).ok_or_else(|| {
                wrong(place, format!("`{at_least}` is no time such as `2 days` or `30 minutes`"))
            })?;
            let (counted, per) = (unit(place, counted)?, scope(place, per)?);
            Ok(Gap { channels: channels(place, words)?, minutes, counted, per })
        })?,
        exclusives: each("exclusive", pack.exclusive, ExclusiveRow::split, |place, (words, after, per)| {
            let (after, per) = (unit(place, Some(after))?, scope(place, per)?);
            Ok(Exclusive { channels: channels(place, words)?, after, per })
        })?,
        silences: each("silence", pack.silence, SilenceRow::split, |place, (words, days, per)| {
            if !(1..=WINDOW_DAYS_MAX).contains(&days) {
                return Err(wrong(place, format!("`days` is 1 to {WINDOW_DAYS_MAX}")));
            }
            Ok(Silence { channels: channels(place, words)?, days, per: scope(place, per)? })
        })?,
        exempt: each("exempt", pack.exempt, ExemptRow::split, |place, (words,)| {
            let purposes = words.iter().map(|word| purpose(place, word)).collect::<Result<_, _>>()?;
            Ok(Exempt { purposes })
        })?,
        consents: each("consent", pack.consent, ConsentRow::split, |place, (words,)| {
            Ok(Consent { channels: channels(place, words)? })
        })?,
        recipients,
        duties: each("duty", pack.duty, DutyRow::split, |_, (es, en)| Ok(Duty { es, en }))?,
        replies,
        holidays: holidays::read(pack.holidays)?,
        name_es: pack.name_es,
        name_en: pack.name_en,
    })
}

/// Reads rows of one kind, each with its place in words.
fn each<R, F, T>(
    kind: &str,
    rows: Vec<R>,
    split: impl Fn(R) -> (F, Cited),
    read: impl Fn(&str, F) -> Result<T, Error>,
) -> Result<Vec<Ruled<T>>, Error> {
    let mut all = Vec::new();
    for (at, row) in rows.into_iter().enumerate() {
        let place = format!("{kind} {}", at + 1);
        let (fields, cited) = split(row);
        let rule = read(&place, fields)?;
        all.push(ruled(&place, rule, cited)?);
    }
    Ok(all)
}

fn from_base(base: &str) -> Ruled<Replies> {
    Ruled {
        rule: Replies { are_counted: false, keep_hours: true },
        article: base.to_owned(),
        source: base.to_owned(),
        confidence: Confidence::Safe,
        status: Status::Practice,
        from: None,
        until: None,
    }
}

/// `30 minutes`, `12 hours`, `2 days`.
fn minutes(text: &str) -> Option<u32> {
    let (count, unit) = text.split_once(' ')?;
    let each = match unit {
        "minute" | "minutes" => 1,
        "hour" | "hours" => 60,
        "day" | "days" => 24 * 60,
        _ => return None,
    };
    let count: u32 = count.parse().ok()?;
    count.checked_mul(each).filter(|minutes| (1..=u32::from(WINDOW_DAYS_MAX) * 24 * 60).contains(minutes))
}

/// What is counted; left out, every attempt is: the strictest.
fn unit(place: &str, word: Option<String>) -> Result<Unit, Error> {
    let Some(word) = word else { return Ok(Unit::Attempt) };
    Unit::parse(&word).ok_or_else(|| {
        wrong(place, format!("`{word}` cannot be counted; there are attempt, delivered, connected, two_way"))
    })
}

/// Over whom; left out, over the person: the strictest.
fn scope(place: &str, word: Option<String>) -> Result<Per, Error> {
    let Some(word) = word else { return Ok(Per::Person) };
    let known = Per::WORDS.iter().find(|(_, known)| *known == word).map(|(per, _)| *per);
    known.ok_or_else(|| wrong(place, format!("`{word}` is no scope; there are person and debt")))
}

fn purpose(place: &str, word: &str) -> Result<Purpose, Error> {
    match word {
        "receipt" => Ok(Purpose::Receipt),
        "information" => Ok(Purpose::Information),
        "notice" => Ok(Purpose::Notice),
        _ => {
            Err(wrong(place, format!("`{word}` is never exempt; there are receipt, information and notice")))
        }
    }
}

fn wrong(place: impl Display, why: impl Display) -> Error {
    Error { place: place.to_string(), why: why.to_string() }
}

fn not_toml(text: &str, error: &toml::de::Error) -> Error {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or("");
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    wrong(format!("line {line}"), error.message())
}

fn ruled<T>(place: &str, rule: T, cited: Cited) -> Result<Ruled<T>, Error> {
    let Cited { article, source, confidence, status, from, until } = cited;
    if article.trim().is_empty() {
        return Err(wrong(place, "`article` is empty"));
    }
    if source.trim().is_empty() {
        return Err(wrong(place, "`source` is empty"));
    }
    let confidence = Confidence::parse(&confidence).ok_or_else(|| {
        wrong(
            place,
            format!("no confidence is called `{confidence}`; there are V1, V2, V2-low, G, C, safe and P"),
        )
    })?;
    let status = match status {
        None if confidence == Confidence::Proposal => Status::Bill,
        None if confidence == Confidence::Safe => Status::Practice,
        None => Status::Law,
        Some(word) => Status::parse(&word).ok_or_else(|| {
            wrong(place, format!("`{word}` is no status; there are law, guide, practice and bill"))
        })?,
    };
    if status == Status::Bill && confidence != Confidence::Proposal
        || status != Status::Bill && confidence == Confidence::Proposal
    {
        return Err(wrong(place, "a bill has the confidence `P`, and only a bill has"));
    }
    let day = |value: Option<Datetime>| {
        value
            .map(|value| date(&value).ok_or_else(|| wrong(place, "`from` and `until` are dates")))
            .transpose()
    };
    let (from, until) = (day(from)?, day(until)?);
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        return Err(wrong(place, "`until` is before `from`"));
    }
    Ok(Ruled { rule, article, source, confidence, status, from, until })
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
    each("hours", rows, HoursRow::split, |place, (words, workday, saturday, sunday, holiday)| {
        let workday = stretches(place, &workday)?;
        let week = WeekHours {
            days: [
                workday.clone(),
                workday.clone(),
                workday.clone(),
                workday.clone(),
                workday,
                stretches(place, &saturday)?,
                stretches(place, &sunday)?,
            ],
            holiday: stretches(place, &holiday)?,
        };
        Ok(Hours { channels: channels(place, words)?, week })
    })
}

fn recipients(rows: Vec<RecipientsRow>) -> Result<Vec<Ruled<Recipients>>, Error> {
    each("recipients", rows, RecipientsRow::split, |place, (words,)| {
        let role = |word: &String| {
            let why = || format!("there is no role `{word}`; there are debtor, guarantor and reference");
            Role::parse(word).ok_or_else(|| wrong(place, why()))
        };
        let roles: Vec<Role> = words.iter().map(role).collect::<Result<_, _>>()?;
        if roles.is_empty() { Err(wrong(place, "names no role")) } else { Ok(Recipients { roles }) }
    })
}

/// Every channel has hours that bind for good: a channel without hours would be free, not forbidden.
fn all_covered(hours: &[Ruled<Hours>]) -> Result<(), Error> {
    let covered = |channel: Channel| {
        hours
            .iter()
            .any(|it| it.rule.channels.contains(channel) && it.status.is_enforced() && it.until.is_none())
    };
    match Channel::ALL.into_iter().find(|channel| !covered(*channel)) {
        Some(channel) => Err(wrong("hours", format!("`{}` has no hours", channel.word()))),
        None => Ok(()),
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

fn limits(rows: Vec<LimitRow>) -> Result<Vec<Ruled<Cap>>, Error> {
    each("limit", rows, LimitRow::split, |place, (words, contacts_max, window_of, counted, per)| {
        if contacts_max == 0 {
            return Err(wrong(place, "a limit permits at least one contact; close the hours to permit none"));
        }
        let window = window(&window_of).ok_or_else(|| {
            let known = format!("`day`, `week`, `month` or `2 days`, up to {WINDOW_DAYS_MAX}");
            wrong(place, format!("`{window_of}` is no window: {known}"))
        })?;
        let limit = Limit { contacts_max, window, channels: channels(place, words)? };
        Ok(Cap { limit, counted: unit(place, counted)?, per: scope(place, per)? })
    })
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
[[recipients]]
roles = ["debtor", "guarantor"]
article = "art. 5"
source = "https://example.org"
confidence = "V2"
[[consent]]
channels = ["sms"]
article = "art. 6"
source = "https://example.org"
confidence = "V2"
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
        assert_eq!(pack.limits[0].rule.limit.window, Window::Days(2));
        assert!(!pack.limits[0].rule.limit.channels.contains(Channel::Call));
        assert_eq!(pack.hours[0].rule.channels, ChannelSet::ALL);
        assert_eq!(pack.hours[0].rule.week.days[4].len(), 2);
        assert!(pack.hours[0].rule.week.days[5].is_empty());
        assert_eq!(pack.replies.confidence, Confidence::GeneralKnowledge);
        use crate::law::{HolidayDay, Moved};
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
        check(
            "\"V1\"",
            "\"V9\"",
            "hours 1: no confidence is called `V9`; there are V1, V2, V2-low, G, C, safe and P",
        );
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
             split-monday, nearest-friday",
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
    fn who_may_be_contacted_is_said() {
        check(
            "\"guarantor\"",
            "\"neighbour\"",
            "recipients 1: there is no role `neighbour`; there are debtor, guarantor and reference",
        );
        check("roles = [\"debtor\", \"guarantor\"]", "roles = []", "recipients 1: names no role");
        let until = "roles = [\"debtor\"]\nuntil = 2030-01-01";
        let unsaid = "recipients: the pack does not say, for good, who may be contacted";
        check("roles = [\"debtor\", \"guarantor\"]", until, unsaid);
        check("channels = [\"sms\"]", "channels = [\"fax\"]", "consent 1: there is no channel `fax`");
    }

    #[test]
    fn a_channel_without_hours_is_an_error_not_a_freedom() {
        check("[[hours]]", "[[hours]]\nchannels = [\"call\"]", "hours: `whatsapp` has no hours");
    }

    #[test]
    fn an_unknown_word_is_an_error_not_a_comment() {
        let text = PACK.replace("keep_hours = true", "keep_hours = true\nkeep_days = true");
        let error = read(&text).unwrap_err();
        assert_eq!(error.place, "line 35");
        assert!(error.why.contains("keep_days"), "{}", error.why);
    }
}
