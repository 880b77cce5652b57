//! A contact-law pack as values. Here, and not in the engine, because the checker must know when a strategy
//! is looser than the law.
//!
//! In: the text of a pack (`laws/PE.toml`). Out: hours, limits, holidays, what replies may do, with article
//! and source of each. Absent: judging a moment; that is the engine's gate.

mod cited;
mod rules;
mod wire;

use crate::values::{Channel, ChannelSet, Purpose, WeekHours};
use chrono::{NaiveDate, Weekday};
use std::collections::BTreeMap;
use std::fmt;

pub use cited::cited;
pub use rules::{Cap, Consent, Duty, Exclusive, Exempt, Gap, Per, Recipients, Ruled, Silence, Status, Unit};

/// The contact law of one jurisdiction, as far as a machine can hold it. Counsel must confirm each pack.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LawPack {
    /// `PE`, in capitals.
    pub code: String,
    /// The jurisdiction's name in Spanish.
    pub name_es: String,
    /// The jurisdiction's name in English.
    pub name_en: String,
    /// The pack that this one tightens: `BR` for a state of Brazil. All rules of both bind.
    pub extends: Option<String>,
    /// Zones in which its customers may live, the usual one first; never empty.
    pub zones: Vec<chrono_tz::Tz>,
    /// The day on which the text of the pack was last compared with its sources.
    pub as_of: NaiveDate,
    /// The countries and territories whose law it is, by their two letters: an account that is known to belong elsewhere
    /// is under another law. Empty where no country is meant.
    pub countries: Vec<String>,
    /// The last year whose holidays are known, where some are decreed from year to year or the rules were compared
    /// with their source only so far; `None` when the pack does not say.
    pub holidays_known_until: Option<i32>,
    /// Permitted hours by group of channels; a message keeps all that name its channel.
    pub hours: Vec<Ruled<Hours>>,
    /// Limits of contacts; every one that names the channel holds.
    pub limits: Vec<Ruled<Cap>>,
    /// Least times between contacts.
    pub gaps: Vec<Ruled<Gap>>,
    /// Channels that close each other.
    pub exclusives: Vec<Ruled<Exclusive>>,
    /// Silences after a conversation.
    pub silences: Vec<Ruled<Silence>>,
    /// Messages that are no contact.
    pub exempt: Vec<Ruled<Exempt>>,
    /// Channels that the customer must have authorised.
    pub consents: Vec<Ruled<Consent>>,
    /// Who may be contacted; every rule must permit the role.
    pub recipients: Vec<Ruled<Recipients>>,
    /// What the law says of replies in a conversation that the debtor opened.
    pub replies: Ruled<Replies>,
    /// What people must see to.
    pub duties: Vec<Ruled<Duty>>,
    /// Public holidays.
    pub holidays: Vec<Ruled<Holiday>>,
}

impl LawPack {
    /// Reads the text of a pack. The first thing that is wrong is the error: a pack is taken whole or not at
    /// all, for half a law permits too much.
    pub fn parse(text: &str) -> Result<LawPack, Error> {
        wire::read(text)
    }

    /// The rules of permitted hours that name a channel. A whole pack has some for every channel; without any,
    /// nothing is permitted.
    pub fn hours_of(&self, channel: Channel) -> impl Iterator<Item = &Ruled<Hours>> {
        self.hours
            .iter()
            .filter(move |hours| hours.status.is_enforced() && hours.rule.channels.contains(channel))
    }

    /// Are all holidays of a year known? Where the pack does not say, they are taken to be.
    pub fn knows_holidays_of(&self, year: i32) -> bool {
        self.holidays_known_until.is_none_or(|last| year <= last)
    }

    /// Is a message of this purpose no contact, whatever else holds?
    pub fn exempts(&self, purpose: Purpose) -> bool {
        self.exempt.iter().any(|it| it.status.is_enforced() && it.rule.purposes.contains(&purpose))
    }

    /// Lays a pack over the one it extends: every rule of both binds, so that nothing opens that the base
    /// closes. A message is exempt, or a reply free, only where both say so.
    #[must_use]
    pub fn over(mut self, base: &LawPack) -> LawPack {
        fn joined<T: Clone>(base: &[Ruled<T>], own: Vec<Ruled<T>>) -> Vec<Ruled<T>> {
            base.iter().cloned().chain(own).collect()
        }
        self.hours = joined(&base.hours, self.hours);
        self.limits = joined(&base.limits, self.limits);
        self.gaps = joined(&base.gaps, self.gaps);
        self.exclusives = joined(&base.exclusives, self.exclusives);
        self.silences = joined(&base.silences, self.silences);
        self.consents = joined(&base.consents, self.consents);
        self.recipients = joined(&base.recipients, self.recipients);
        self.duties = joined(&base.duties, self.duties);
        self.holidays = joined(&base.holidays, self.holidays);
        let known = [self.holidays_known_until, base.holidays_known_until];
        self.holidays_known_until = known.into_iter().flatten().min();
        self.exempt = base.exempt.clone();
        let (own, theirs) = (self.replies.rule, base.replies.rule);
        self.replies = base.replies.clone();
        self.replies.rule = Replies {
            are_counted: own.are_counted || theirs.are_counted,
            keep_hours: own.keep_hours || theirs.keep_hours,
        };
        self
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
    include_str!("../../laws/AR.toml"),
    include_str!("../../laws/AR-C.toml"),
    include_str!("../../laws/BR.toml"),
    include_str!("../../laws/BR-AL.toml"),
    include_str!("../../laws/BR-AM.toml"),
    include_str!("../../laws/BR-ES.toml"),
    include_str!("../../laws/BR-RJ.toml"),
    include_str!("../../laws/BR-SP.toml"),
    include_str!("../../laws/CL.toml"),
    include_str!("../../laws/CO.toml"),
    include_str!("../../laws/CR.toml"),
    include_str!("../../laws/DO.toml"),
    include_str!("../../laws/EC.toml"),
    include_str!("../../laws/ES.toml"),
    include_str!("../../laws/GB.toml"),
    include_str!("../../laws/GT.toml"),
    include_str!("../../laws/MX.toml"),
    include_str!("../../laws/PA.toml"),
    include_str!("../../laws/PE.toml"),
    include_str!("../../laws/PY.toml"),
    include_str!("../../laws/US.toml"),
    include_str!("../../laws/UY.toml"),
];

impl Laws {
    /// The packs that come with Cobro.
    pub fn shipped() -> Laws {
        let mut laws = Laws::default();
        // A test reads every one of them, so none is left out here.
        for pack in SHIPPED.iter().filter_map(|text| LawPack::parse(text).ok()) {
            // A base stands before what extends it.
            match pack.extends.clone() {
                None => {
                    laws.insert(pack);
                }
                Some(base) => {
                    if let Some(base) = laws.get(&base).cloned() {
                        laws.insert(pack.over(&base));
                    }
                }
            }
        }
        laws
    }

    /// The pack of a code, in capitals or not. A name in a strategy has no `-`: `BR_SP` is `BR-SP`.
    pub fn get(&self, code: &str) -> Option<&LawPack> {
        self.packs.get(&code.to_ascii_uppercase().replace('_', "-"))
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

/// How sure we are of a rule.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Confidence {
    /// `V1`: the norm itself, or the article word for word, was read.
    NormRead,
    /// `V2`: a secondary source says so.
    SecondarySource,
    /// `V2-low`: one weak secondary source only.
    WeakSource,
    /// `G`: general knowledge; nothing was read.
    GeneralKnowledge,
    /// `C`: sources contradict each other; the stricter reading is taken.
    Disputed,
    /// `safe`: the law is silent; a stricter default of ours.
    Safe,
    /// `P`: a proposal that is not in force.
    Proposal,
}

impl Confidence {
    /// Every confidence, the surest first.
    pub const ALL: [Confidence; 7] = [
        Confidence::NormRead,
        Confidence::SecondarySource,
        Confidence::WeakSource,
        Confidence::GeneralKnowledge,
        Confidence::Disputed,
        Confidence::Safe,
        Confidence::Proposal,
    ];

    /// The mark in a pack: `V1`, `V2`, `G`, `C`, `safe`, `P`.
    pub fn mark(self) -> &'static str {
        match self {
            Confidence::NormRead => "V1",
            Confidence::SecondarySource => "V2",
            Confidence::WeakSource => "V2-low",
            Confidence::GeneralKnowledge => "G",
            Confidence::Disputed => "C",
            Confidence::Safe => "safe",
            Confidence::Proposal => "P",
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
    /// From Tuesday and Wednesday to the Monday before, from Thursday and Friday to the Monday after; a Monday
    /// or weekend day stays.
    SplitMonday,
    /// From Tuesday to the Friday before, from Wednesday to the Friday after; other days stay.
    NearestFriday,
}

impl Moved {
    /// Every way to move, with its word in a pack.
    pub const WORDS: [(Moved, &'static str); 5] = [
        (Moved::Never, "never"),
        (Moved::NextMonday, "next-monday"),
        (Moved::NearestMonday, "nearest-monday"),
        (Moved::SplitMonday, "split-monday"),
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
        assert_eq!(Laws::shipped().codes().count(), SHIPPED.len());
    }

    #[test]
    fn an_overlay_has_every_rule_of_its_base() {
        let laws = Laws::shipped();
        let mut overlays = 0;
        for pack in laws.codes().filter_map(|code| laws.get(code)) {
            let Some(base) = pack.extends.as_ref() else { continue };
            let base = laws.get(base).unwrap();
            overlays += 1;
            assert!(base.hours.iter().all(|rule| pack.hours.contains(rule)), "{}", pack.code);
            assert!(base.limits.iter().all(|rule| pack.limits.contains(rule)), "{}", pack.code);
            assert!(base.holidays.iter().all(|rule| pack.holidays.contains(rule)), "{}", pack.code);
            assert!(pack.zones.iter().all(|zone| base.zones.contains(zone)), "{}", pack.code);
            assert!(pack.hours.len() > base.hours.len(), "{}", pack.code);
            // Replies and exemptions open nothing that the base closes.
            assert!(pack.replies.rule.keep_hours || !base.replies.rule.keep_hours);
            assert!(pack.replies.rule.are_counted || !base.replies.rule.are_counted);
            assert!(pack.exempt.iter().all(|rule| base.exempt.contains(rule)));
        }
        assert_eq!(overlays, 6);
    }

    #[test]
    fn a_bill_binds_nobody() {
        let laws = Laws::shipped();
        let panama = laws.get("PA").unwrap();
        let bills: Vec<_> = panama.limits.iter().filter(|rule| rule.status == Status::Bill).collect();
        assert!(!bills.is_empty());
        assert!(bills.iter().all(|rule| !rule.binds_on(panama.as_of)));
    }

    #[test]
    fn a_code_is_found_in_any_case() {
        let laws = Laws::shipped();
        assert_eq!(laws.get("pe").map(|pack| pack.name_en.as_str()), Some("Peru"));
        assert_eq!(laws.get("br_sp").map(|pack| pack.code.as_str()), Some("BR-SP"));
        assert_eq!(laws.get("NONE"), None);
    }

    #[test]
    fn a_pack_of_the_same_code_replaces_the_other() {
        let mut laws = Laws::shipped();
        let mut stricter = laws.get("PE").cloned().unwrap();
        stricter.name_en = "Peru, our counsel's reading".into();
        assert_eq!(laws.insert(stricter).map(|old| old.name_en).as_deref(), Some("Peru"));
        assert_eq!(laws.codes().count(), SHIPPED.len());
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
