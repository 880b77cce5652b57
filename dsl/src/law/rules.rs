//! The kinds of rule that a pack may hold, beside hours and holidays.
//!
//! In: nothing. Out: plain values. Absent: judging a moment; that is the engine's gate.

use crate::values::{ChannelSet, Limit, Purpose, Role};
use chrono::NaiveDate;

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
    pub confidence: super::Confidence,
    /// What kind of text it stands in.
    pub status: Status,
    /// The first local day on which it binds; `None` is always.
    pub from: Option<NaiveDate>,
    /// The last local day on which it binds; `None` is for good.
    pub until: Option<NaiveDate>,
}

impl<T> Ruled<T> {
    /// Does it bind on a local day? A bill never does.
    pub fn binds_on(&self, day: NaiveDate) -> bool {
        self.status.is_enforced()
            && self.from.is_none_or(|from| from <= day)
            && self.until.is_none_or(|until| day <= until)
    }
}

/// What kind of text a rule stands in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Status {
    /// A norm in force.
    Law,
    /// An authority's guide.
    Guide,
    /// What is customary, or our own caution.
    Practice,
    /// A proposal that is not in force: shown, never enforced.
    Bill,
}

impl Status {
    /// Every status, the strongest first.
    pub const ALL: [Status; 4] = [Status::Law, Status::Guide, Status::Practice, Status::Bill];

    /// Its word in a pack.
    pub fn word(self) -> &'static str {
        match self {
            Status::Law => "law",
            Status::Guide => "guide",
            Status::Practice => "practice",
            Status::Bill => "bill",
        }
    }

    /// The status of a word.
    pub fn parse(word: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.word() == word)
    }

    /// Does the gate hold rules of this status?
    pub fn is_enforced(self) -> bool {
        self != Status::Bill
    }
}

/// What a rule counts. Where nobody can know whether a contact was such a one, it is counted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Unit {
    /// Everything that was sent or dialled.
    Attempt,
    /// What reached the device, unless it is known that it did not.
    Delivered,
    /// What somebody took or read, unless it is known that it did not arrive.
    Connected,
    /// An exchange: a message that was answered; a call, unless it is known that nobody took it.
    TwoWay,
}

impl Unit {
    /// Every unit, the strictest to count first.
    pub const ALL: [Unit; 4] = [Unit::Attempt, Unit::Delivered, Unit::Connected, Unit::TwoWay];

    /// Its word in a pack.
    pub fn word(self) -> &'static str {
        match self {
            Unit::Attempt => "attempt",
            Unit::Delivered => "delivered",
            Unit::Connected => "connected",
            Unit::TwoWay => "two_way",
        }
    }

    /// The unit of a word.
    pub fn parse(word: &str) -> Option<Unit> {
        Unit::ALL.into_iter().find(|unit| unit.word() == word)
    }
}

/// Over whom a rule counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Per {
    /// The person, over all debts.
    Person,
    /// The person, each debt by itself.
    Debt,
}

impl Per {
    /// Every scope with its word in a pack.
    pub const WORDS: [(Per, &'static str); 2] = [(Per::Person, "person"), (Per::Debt, "debt")];
}

/// At most so many contacts in a window.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cap {
    /// How many, over which window, of which channels together.
    pub limit: Limit,
    /// What is counted.
    pub counted: Unit,
    /// Over whom.
    pub per: Per,
}

/// A least time between two contacts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gap {
    /// The channels whose contacts keep apart.
    pub channels: ChannelSet,
    /// So many minutes; a day is 24 hours.
    pub minutes: u32,
    /// What is counted.
    pub counted: Unit,
    /// Over whom.
    pub per: Per,
}

/// Once a contact was made on one of the channels, the others are closed for the rest of the local week, Monday
/// to Sunday.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exclusive {
    /// The channels that close each other.
    pub channels: ChannelSet,
    /// What arms it.
    pub after: Unit,
    /// Over whom.
    pub per: Per,
}

/// No contact for so many days after a conversation; the day of the conversation is the first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Silence {
    /// The channels on which a conversation counts, and which fall silent.
    pub channels: ChannelSet,
    /// So many local days.
    pub days: u16,
    /// Over whom.
    pub per: Per,
}

/// Messages of these purposes are no contact: no limit counts them. They keep the permitted hours.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exempt {
    /// The purposes.
    pub purposes: Vec<Purpose>,
}

/// On these channels only who authorised them is contacted: no authorisation on record is none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Consent {
    /// The channels that must have been authorised.
    pub channels: ChannelSet,
}

/// Who may be contacted about a debt; nobody else is, whatever the message is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recipients {
    /// The roles.
    pub roles: Vec<Role>,
}

/// What a person must see to: recipients, content, sender, records. The gate cannot judge it; the page shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Duty {
    /// In Spanish.
    pub es: String,
    /// In English.
    pub en: String,
}
