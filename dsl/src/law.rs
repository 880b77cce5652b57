//! A contact-law pack as values. Here, and not in the engine, because the checker must know when a strategy
//! is looser than the law.
//!
//! In: the text of a pack (`laws/PE.toml`). Out: hours, limits, holidays, what replies may do, with article
//! and source of each. Absent: judging a moment; that is the engine's gate.

use crate::values::{Limit, WeekHours};
use chrono::{NaiveDate, Weekday};

/// The contact law of one jurisdiction, as far as a machine can hold it. Counsel must confirm each pack.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LawPack {
    /// `PE`.
    pub code: String,
    /// The jurisdiction's name in Spanish.
    pub name_es: String,
    /// The jurisdiction's name in English.
    pub name_en: String,
    /// Zones in which its customers may live, the usual one first.
    pub zones: Vec<chrono_tz::Tz>,
    /// The day on which the text of the pack was last compared with its sources.
    pub as_of: NaiveDate,
    /// Permitted hours.
    pub hours: Ruled<WeekHours>,
    /// Limits of contacts per person.
    pub limits: Vec<Ruled<Limit>>,
    /// What the law says of replies in a conversation that the debtor opened.
    pub replies: Replies,
    /// Public holidays.
    pub holidays: Vec<Holiday>,
}

/// A rule with the place where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ruled<T> {
    /// The rule.
    pub rule: T,
    /// Article of the norm, as people cite it.
    pub article: String,
    /// Where the article was read.
    pub source: String,
    /// How sure we are: `V1` norm read, `V2` secondary source, `G` general knowledge, `C` sources disagree,
    /// `safe` a stricter default of ours.
    pub confidence: String,
}

/// Replies inside a conversation that the debtor opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Replies {
    /// A reply counts as a contact.
    pub are_counted: bool,
    /// A reply must keep the permitted hours.
    pub keep_hours: bool,
}

/// A public holiday as a rule over years.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Holiday {
    /// Its name in the language of the country.
    pub name: String,
    /// The rule.
    pub day: HolidayDay,
    /// First year in which it holds; 0 is always.
    pub from_year: i32,
    /// Last year in which it holds; 9999 is always.
    pub until_year: i32,
}

/// How the day of a holiday is found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum HolidayDay {
    /// The same day every year.
    Fixed {
        /// Month, 1 to 12.
        month: u32,
        /// Day of the month.
        day: u32,
        /// Where it moves to when it falls badly.
        moved: Moved,
    },
    /// So many days after Easter Sunday; negative before.
    Easter(i32),
    /// The n-th weekday of a month.
    Nth {
        /// Month, 1 to 12.
        month: u32,
        /// The weekday.
        weekday: Weekday,
        /// 1 to 4; 5 is the last.
        nth: u8,
    },
    /// One date.
    Once(NaiveDate),
}

/// How a fixed holiday moves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moved {
    /// Never.
    Never,
    /// To the following Monday unless it is a Monday.
    NextMonday,
}
