//! A contact-law pack as values. Here, and not in the engine, because the checker must know when a strategy
//! is looser than the law.
//!
//! In: the text of a pack (`laws/PE.toml`). Out: hours, limits, holidays, what replies may do, with article
//! and source of each. Absent: judging a moment; that is the engine's gate.

mod wire;

use crate::values::{Channel, ChannelSet, Limit, WeekHours};
use chrono::{NaiveDate, Weekday};
use std::collections::BTreeMap;
use std::fmt;

/// The contact law of one jurisdiction, as far as a machine can hold it. Counsel must confirm each pack.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LawPack {
    /// `PE`, in capitals.
    pub code: String,
    /// The jurisdiction's name in Spanish.
    pub name_es: String,
    /// The jurisdiction's name in English.
    pub name_en: String,
    /// Zones in which its customers may live, the usual one first; never empty.
    pub zones: Vec<chrono_tz::Tz>,
    /// The day on which the text of the pack was last compared with its sources.
    pub as_of: NaiveDate,
    /// Permitted hours by group of channels; every channel stands in exactly one group.
    pub hours: Vec<Ruled<Hours>>,
    /// Limits of contacts per person; every one that names the channel holds.
    pub limits: Vec<Ruled<Limit>>,
    /// What the law says of replies in a conversation that the debtor opened.
    pub replies: Ruled<Replies>,
    /// Public holidays.
    pub holidays: Vec<Ruled<Holiday>>,
}

impl LawPack {
    /// Reads the text of a pack. The first thing that is wrong is the error: a pack is taken whole or not at
    /// all, for half a law permits too much.
    pub fn parse(text: &str) -> Result<LawPack, Error> {
        wire::read(text)
    }

    /// The permitted hours of a channel. A pack that was read has hours for every channel; for one made by
    /// hand without them the answer is `None`, and nothing is permitted.
    pub fn hours_of(&self, channel: Channel) -> Option<&Ruled<Hours>> {
        self.hours.iter().find(|hours| hours.rule.channels.contains(channel))
    }
}

/// Why the text of a pack could not be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    /// Where: a line, or the rule as people would point at it.
    pub place: String,
    /// What is wrong there.
    pub why: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.why)
    }
}

impl std::error::Error for Error {}

/// The law packs at hand, by code.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Laws {
    packs: BTreeMap<String, LawPack>,
}

/// The packs of the folder `laws/`.
const SHIPPED: &[&str] = &[
    include_str!("../../laws/CL.toml"),
    include_str!("../../laws/CO.toml"),
    include_str!("../../laws/MX.toml"),
    include_str!("../../laws/PE.toml"),
];

impl Laws {
    /// The packs that come with Cobro.
    pub fn shipped() -> Laws {
        let mut laws = Laws::default();
        // A test reads every one of them, so none is left out here.
        for pack in SHIPPED.iter().filter_map(|text| LawPack::parse(text).ok()) {
            laws.insert(pack);
        }
        laws
    }

    /// The pack of a code, in capitals or not.
    pub fn get(&self, code: &str) -> Option<&LawPack> {
        self.packs.get(&code.to_ascii_uppercase())
    }

    /// The codes, in order.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.packs.keys().map(String::as_str)
    }

    /// Adds a pack; gives back the one of the same code that it replaces.
    pub fn insert(&mut self, pack: LawPack) -> Option<LawPack> {
        self.packs.insert(pack.code.to_ascii_uppercase(), pack)
    }
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
    /// How sure we are.
    pub confidence: Confidence,
}

/// How sure we are of a rule.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Confidence {
    /// `V1`: the norm itself, or the article word for word, was read.
    NormRead,
    /// `V2`: a secondary source says so.
    SecondarySource,
    /// `G`: general knowledge; nothing was read.
    GeneralKnowledge,
    /// `C`: sources contradict each other; the stricter reading is taken.
    Disputed,
    /// `safe`: the law is silent; a stricter default of ours.
    Safe,
}

impl Confidence {
    /// Every confidence, the surest first.
    pub const ALL: [Confidence; 5] = [
        Confidence::NormRead,
        Confidence::SecondarySource,
        Confidence::GeneralKnowledge,
        Confidence::Disputed,
        Confidence::Safe,
    ];

    /// The mark in a pack: `V1`, `V2`, `G`, `C`, `safe`.
    pub fn mark(self) -> &'static str {
        match self {
            Confidence::NormRead => "V1",
            Confidence::SecondarySource => "V2",
            Confidence::GeneralKnowledge => "G",
            Confidence::Disputed => "C",
            Confidence::Safe => "safe",
        }
    }

    /// The confidence of a mark.
    pub fn parse(mark: &str) -> Option<Confidence> {
        Confidence::ALL.into_iter().find(|confidence| confidence.mark() == mark)
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.mark())
    }
}

/// The permitted hours of a group of channels, in the customer's local time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hours {
    /// The channels that keep these hours.
    pub channels: ChannelSet,
    /// The hours.
    pub week: WeekHours,
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
    /// It holds every so many years, counted from `from_year`; 1 is every year.
    pub every_years: u8,
}

impl Holiday {
    /// Does it hold in a year?
    pub fn holds_in(&self, year: i32) -> bool {
        (self.from_year..=self.until_year).contains(&year)
            && year.saturating_sub(self.from_year) % i32::from(self.every_years.max(1)) == 0
    }
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
    /// A day of the year that is a holiday only when it falls on certain weekdays: a bridge.
    Only {
        /// Month, 1 to 12.
        month: u32,
        /// Day of the month.
        day: u32,
        /// The weekdays.
        weekdays: Vec<Weekday>,
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
    /// From Tuesday, Wednesday and Thursday to the Monday before, from Friday to the Monday after; a
    /// weekend day stays.
    NearestMonday,
    /// From Tuesday to the Friday before, from Wednesday to the Friday after; other days stay.
    NearestFriday,
}

impl Moved {
    /// Every way to move, with its word in a pack.
    pub const WORDS: [(Moved, &'static str); 4] = [
        (Moved::Never, "never"),
        (Moved::NextMonday, "next-monday"),
        (Moved::NearestMonday, "nearest-monday"),
        (Moved::NearestFriday, "nearest-friday"),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_pack_is_read() {
        for text in SHIPPED {
            assert_eq!(LawPack::parse(text).err(), None);
        }
        assert_eq!(Laws::shipped().codes().collect::<Vec<_>>(), ["CL", "CO", "MX", "PE"]);
    }

    #[test]
    fn a_code_is_found_in_any_case() {
        let laws = Laws::shipped();
        assert_eq!(laws.get("pe").map(|pack| pack.name_en.as_str()), Some("Peru"));
        assert_eq!(laws.get("NONE"), None);
    }

    #[test]
    fn a_pack_of_the_same_code_replaces_the_other() {
        let mut laws = Laws::shipped();
        let mut stricter = laws.get("PE").cloned().unwrap();
        stricter.name_en = "Peru, our counsel's reading".into();
        assert_eq!(laws.insert(stricter).map(|old| old.name_en).as_deref(), Some("Peru"));
        assert_eq!(laws.codes().count(), 4);
    }

    #[test]
    fn a_holiday_may_come_every_few_years() {
        let holiday = Holiday {
            name: "Transmisión".into(),
            day: HolidayDay::Easter(0),
            from_year: 2024,
            until_year: 2036,
            every_years: 6,
        };
        let years: Vec<i32> = (2000..2050).filter(|year| holiday.holds_in(*year)).collect();
        assert_eq!(years, [2024, 2030, 2036]);
    }
}
