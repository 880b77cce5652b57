//! The model of debtors as values: chances, what raises and lowers them, hidden types, personas.

use crate::behaviour::Draws;
use cobro_dsl::values::{Channel, Purpose};
use std::collections::BTreeMap;

/// How debtors of a model act.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// By chance.
    Empirical,
    /// As the personas are written.
    Scripted,
    /// As badly as the chances allow: what may fail fails, who may be silent is.
    Adversarial,
}

/// A model of debtors. Every number is a chance from 0 to 1 unless it says otherwise.
#[derive(Clone, PartialEq, Debug)]
pub struct Model {
    /// What it is called in reports.
    pub name: String,
    /// How debtors act.
    pub kind: Kind,
    /// What becomes of a message, by channel in the order of `Channel::ALL`.
    pub channels: [Reception; 4],
    /// Weight of each button when a message with buttons is answered; `*` is any other.
    pub answers: BTreeMap<String, f64>,
    /// Of those who read a message, how many ask not to be contacted.
    pub opt_out: f64,
    /// Of those who read a message, how many contest the debt.
    pub dispute: f64,
    /// Of those who read a message, how many are somebody else.
    pub wrong_person: f64,
    /// Chance to pay on a day, by days past due.
    pub payment: Vec<Band>,
    /// The chance is multiplied by how many invoices are overdue: months late before, where bills are monthly.
    pub overdue_invoices: Vec<Band>,
    /// What a contact does to the chance.
    pub lift: Lift,
    /// Of the payments, how many pay all that is owed.
    pub full: f64,
    /// The rest pay a share between these.
    pub part: (f64, f64),
    /// Of how many are read, by what stands around a message.
    pub reading: Around,
    /// Of how many are answered, by what stands around a message.
    pub answering: Around,
    /// Hidden types of debtors; without any all are alike.
    pub types: Vec<DebtorType>,
    /// Who they are, in a scripted model.
    pub personas: Vec<Persona>,
    /// Weight of each result when a person does a task; `*` is any other.
    pub results: BTreeMap<String, f64>,
    /// So many days a task takes.
    pub task_days: i64,
    /// Where numbers are from: the start of their names, and `assumed` or `measured (…)`.
    pub sources: Vec<(String, String)>,
}

/// What becomes of a message on a channel.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Reception {
    /// It reaches the device.
    pub delivered: f64,
    /// Of those, it is read.
    pub read: f64,
    /// Of those, it is answered when it can be.
    pub answered: f64,
}

/// A value for a range of whole numbers, both ends included.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Band {
    /// The first.
    pub from: i64,
    /// The last.
    pub to: i64,
    /// The value.
    pub value: f64,
}

/// The value at a number; `otherwise` where no range has it.
pub fn at(bands: &[Band], number: i64, otherwise: f64) -> f64 {
    bands.iter().find(|band| (band.from..=band.to).contains(&number)).map_or(otherwise, |band| band.value)
}

/// Factors by what stands around a message; 1 where nothing is said.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Around {
    /// By local hour.
    pub hours: Vec<Band>,
    /// By weekday, Monday first; empty means none.
    pub weekdays: Vec<f64>,
    /// By how many contacts the account had before.
    pub contacts: Vec<Band>,
    /// By purpose.
    pub purposes: Vec<(Purpose, f64)>,
}

impl Around {
    /// The factor for a message.
    pub fn factor(&self, hour: i64, weekday: usize, contacts: i64, purpose: Purpose) -> f64 {
        let weekday = self.weekdays.get(weekday).copied().unwrap_or(1.0);
        let purpose = self.purposes.iter().find(|(known, _)| *known == purpose).map_or(1.0, |(_, by)| *by);
        at(&self.hours, hour, 1.0) * weekday * at(&self.contacts, contacts, 1.0) * purpose
    }
}

/// What a contact does to the chance to pay.
#[derive(Clone, PartialEq, Debug)]
pub struct Lift {
    /// The chance is multiplied by this at first; below 1 a contact does harm.
    pub first: f64,
    /// It lasts so many days.
    pub days: i64,
    /// And halves in so many days; `None` stays until it ends.
    pub half_life: Option<f64>,
    /// How much of it a message has, by channel; may be negative.
    pub channels: [f64; 4],
    /// How much of it a message has, by what stands around it.
    pub around: Around,
}

impl Lift {
    /// The factor of a contact so many days ago that has such a part of the lift.
    pub fn factor(&self, days_ago: f64, part: f64) -> f64 {
        if days_ago > self.days as f64 {
            return 1.0;
        }
        let left = self.half_life.map_or(1.0, |half| 0.5_f64.powf(days_ago / half));
        (1.0 + (self.first - 1.0) * part * left).max(0.0)
    }

    /// The part of the lift that a message has.
    pub fn part(&self, channel: Channel, around: f64) -> f64 {
        self.channels.get(channel.index()).copied().unwrap_or(1.0) * around
    }
}

/// A hidden type of debtor: nobody sees it, it shows in what they do.
#[derive(Clone, PartialEq, Debug)]
pub struct DebtorType {
    /// What it is called.
    pub name: String,
    /// Weight among the types.
    pub share: f64,
    /// Factor of the chance to pay.
    pub payment: f64,
    /// Factor of the lift; below nought a contact does the opposite.
    pub lift: f64,
    /// Factor of reading.
    pub read: f64,
    /// Factor of answering.
    pub answered: f64,
    /// Of the payments, how many pay all; `None` is as in the model.
    pub full: Option<f64>,
}

/// Somebody whose acts are written down.
#[derive(Clone, PartialEq, Debug)]
pub struct Persona {
    /// What they are called.
    pub name: String,
    /// Weight among the personas.
    pub share: f64,
    /// What they do, in order.
    pub acts: Vec<Act>,
}

/// Something that a persona does.
#[derive(Clone, PartialEq, Debug)]
pub struct Act {
    /// When.
    pub when: When,
    /// What.
    pub does: Does,
}

/// When a persona acts.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum When {
    /// On a day of the dry-run, the first is 1, at noon.
    Day(u32),
    /// So many hours after their message of a number, the first is 1.
    Message(u32, f64),
}

/// What a persona does.
#[derive(Clone, PartialEq, Debug)]
pub enum Does {
    /// Pays this share of what is owed.
    Pay(f64),
    /// Answers with a button.
    Answer(String),
    /// Answers in words.
    Say(String),
    /// Does not get the message.
    Bounce,
    /// Reads.
    Read,
    /// Asks not to be contacted.
    OptOut,
    /// Contests the debt.
    Dispute,
    /// Is somebody else.
    WrongPerson,
}

/// One of some by its weight, for a draw from 0 to below 1.
pub fn by_share<T>(of: &[T], share: impl Fn(&T) -> f64, mut draws: Draws) -> Option<&T> {
    let total: f64 = of.iter().map(&share).sum();
    let mut left = draws.unit() * total;
    of.iter()
        .find(|one| {
            left -= share(one);
            left < 0.0
        })
        .or(of.last())
}

impl Model {
    /// Where a number is from: the source with the longest name that it begins with.
    pub fn source(&self, name: &str) -> Option<&str> {
        let fits = |key: &str| {
            key == "*" || name == key || name.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'))
        };
        let found = self.sources.iter().filter(|(key, _)| fits(key));
        found.max_by_key(|(key, _)| if key == "*" { 0 } else { key.len() }).map(|(_, source)| source.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lift(first: f64, half_life: Option<f64>) -> Lift {
        Lift { first, days: 10, half_life, channels: [1.0, 0.5, 1.0, -1.0], around: Around::default() }
    }

    #[test]
    fn a_lift_halves_and_ends_and_may_do_harm() {
        let lift = lift(3.0, Some(2.0));
        assert_eq!(lift.factor(0.0, 1.0), 3.0);
        assert_eq!(lift.factor(2.0, 1.0), 2.0);
        assert_eq!(lift.factor(10.5, 1.0), 1.0);
        assert_eq!(lift.factor(0.0, lift.part(Channel::Email, 1.0)), 2.0);
        assert_eq!(lift.factor(0.0, lift.part(Channel::Call, 1.0)), 0.0, "a chance is never below nought");
        assert_eq!(super::tests::lift(0.5, None).factor(9.0, 1.0), 0.5);
    }

    #[test]
    fn factors_multiply() {
        let around = Around {
            hours: vec![Band { from: 9, to: 12, value: 2.0 }],
            weekdays: vec![1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5],
            contacts: vec![Band { from: 4, to: 99, value: 0.1 }],
            purposes: vec![(Purpose::Notice, 3.0)],
        };
        assert_eq!(around.factor(10, 0, 0, Purpose::Reminder), 2.0);
        assert_eq!(around.factor(20, 6, 0, Purpose::Notice), 1.5);
        assert!((around.factor(20, 0, 7, Purpose::Reminder) - 0.1).abs() < 1e-12);
    }
}
