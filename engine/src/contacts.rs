//! A customer's ledger of contacts: what counts, in which window.
//!
//! In: contacts as they are let through. Out: how many stand in a window, and when the oldest leaves it.
//! Absent: which limit applies; that is the gate's.

use crate::calendar::Instant;
use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime};
use chrono_tz::Tz;
use cobro_dsl::law::Unit;
use cobro_dsl::values::{Channel, ChannelSet, Window};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Contacts older than the newest by more than this are dropped: the longest window is a year.
const KEPT: i64 = 400 * DAY;

/// The contacts of one customer that a limit may still count, oldest first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ledger {
    /// The contacts.
    pub contacts: Vec<Contact>,
    /// The last conversation on each channel about each debt.
    pub talks: Vec<Talk>,
}

/// One contact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Contact {
    /// When it was let through.
    pub at: Instant,
    /// Its channel.
    pub channel: Channel,
    /// The account it spoke of, by its place among the customer's.
    pub debt: u16,
    /// The message's number within the account's run.
    pub message: u32,
    /// What is known of where it came to.
    pub reached: Reached,
}

impl Contact {
    /// A contact of which nothing is known yet.
    pub fn new(at: Instant, channel: Channel, debt: u16, message: u32) -> Contact {
        Contact { at, channel, debt, message, reached: Reached::Unknown }
    }

    /// Is it the contact of this moment, channel and debt? A person may be written to about two debts at one moment.
    fn stands_at(&self, at: Instant, channel: Channel, debt: u16) -> bool {
        (self.at, self.channel, self.debt) == (at, channel, debt)
    }

    /// Is it one of these? What is not known is counted.
    pub fn is(&self, unit: Unit) -> bool {
        match unit {
            Unit::Attempt => true,
            Unit::Delivered | Unit::Connected => !self.is_missed(),
            Unit::TwoWay if self.channel == Channel::Call => !self.is_missed(),
            Unit::TwoWay => self.reached == Reached::Answered,
        }
    }

    /// Is it known that it did not come to the customer?
    fn is_missed(&self) -> bool {
        matches!(self.reached, Reached::Nobody | Reached::Stranger)
    }
}

/// What is known of where a contact came to; a later one outweighs those before it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reached {
    /// No receipt has come.
    Unknown,
    /// It did not arrive; a call that nobody took.
    Nobody,
    /// It arrived.
    Device,
    /// The customer answered.
    Answered,
    /// It came to somebody else. It was an attempt, and no contact with the customer.
    Stranger,
}

/// A conversation: the customer answered, or opened it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Talk {
    /// When.
    pub at: Instant,
    /// On which channel.
    pub channel: Channel,
    /// The account it was about, by its place among the customer's.
    pub debt: u16,
}

/// Which contacts are counted, and over which window.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Count {
    /// The window.
    pub window: Window,
    /// The channels whose contacts are counted together.
    pub channels: ChannelSet,
    /// The customer's zone, for windows of the calendar.
    pub zone: Tz,
    /// What is counted.
    pub unit: Unit,
    /// Only contacts about this account; `None` counts all.
    pub debt: Option<u16>,
    /// One contact that is left out: that of a message which is asked about again.
    pub without: Option<(Instant, Channel, u16)>,
}

impl Ledger {
    /// Takes a contact, in order of time, and drops those that no window reaches any more.
    pub fn record(&mut self, contact: Contact) {
        let place = self.contacts.partition_point(|known| known.at <= contact.at);
        self.contacts.insert(place, contact);
        if let Some(newest) = self.contacts.last().map(|newest| newest.at) {
            let old = self.contacts.partition_point(|known| known.at < newest.plus_millis(-KEPT));
            self.contacts.drain(..old);
        }
    }

    /// Takes back one contact, of a message that did not go out after all. False when there is none.
    pub fn forget(&mut self, at: Instant, channel: Channel, debt: u16) -> bool {
        match self.contacts.iter().position(|known| known.stands_at(at, channel, debt)) {
            Some(place) => {
                self.contacts.remove(place);
                true
            }
            None => false,
        }
    }

    /// One contact is known to have reached nobody. False when there is none, or when more is known of it.
    pub fn missed(&mut self, at: Instant, channel: Channel, debt: u16) -> bool {
        let is_it =
            |known: &&mut Contact| known.stands_at(at, channel, debt) && known.reached == Reached::Unknown;
        let Some(contact) = self.contacts.iter_mut().find(is_it) else { return false };
        contact.reached = Reached::Nobody;
        true
    }

    /// Is there a contact of this moment on this channel?
    pub fn holds(&self, at: Instant, channel: Channel, debt: u16) -> bool {
        self.contacts.iter().any(|known| known.stands_at(at, channel, debt))
    }

    /// A receipt says where a message came to. The stricter of two receipts stays.
    pub fn mark(&mut self, debt: u16, message: u32, reached: Reached) {
        // A contact that an agent made has no message, and no receipts.
        let is_it = |known: &&mut Contact| message > 0 && (known.debt, known.message) == (debt, message);
        if let Some(contact) = self.contacts.iter_mut().rev().find(is_it) {
            contact.reached = contact.reached.max(reached);
        }
    }

    /// The customer answered, or wrote of their own accord: the last contact there is answered.
    pub fn talk(&mut self, at: Instant, channel: Channel, debt: u16) {
        let is_it = |known: &&mut Contact| (known.channel, known.debt) == (channel, debt);
        if let Some(contact) = self.contacts.iter_mut().rev().find(is_it) {
            contact.reached = contact.reached.max(Reached::Answered);
        }
        self.note_talk(at, channel, debt);
    }

    /// The last contact on a channel came to somebody else, and so did what was said there since.
    pub fn stranger(&mut self, channel: Channel) {
        let is_it = |known: &&mut Contact| known.channel == channel;
        let Some(contact) = self.contacts.iter_mut().rev().find(is_it) else { return };
        contact.reached = Reached::Stranger;
        let since = contact.at;
        self.talks.retain(|talk| talk.channel != channel || talk.at < since);
    }

    /// There was a conversation; of a channel and debt the last is kept.
    pub fn note_talk(&mut self, at: Instant, channel: Channel, debt: u16) {
        self.talks.retain(|talk| (talk.channel, talk.debt) != (channel, debt) || talk.at > at);
        if !self.talks.iter().any(|talk| (talk.channel, talk.debt) == (channel, debt)) {
            self.talks.push(Talk { at, channel, debt });
        }
    }

    /// The newest contact that a rule counts.
    pub fn newest<'a>(&'a self, count: &'a Count) -> Option<&'a Contact> {
        self.newest_first(count).next()
    }

    /// How many contacts stand in the window at a moment. Contacts later than the moment count too: a
    /// message between two others would bring the later one over its limit.
    pub fn used(&self, count: &Count, at: Instant) -> u32 {
        // The usual cases cost no search for the start of a local day.
        let reach = at.plus_millis(-reach_of(count.window));
        if self.contacts.last().is_none_or(|newest| newest.at < reach) {
            return 0;
        }
        let start = start_of(count.window, count.zone, at);
        let mut used: u32 = 0;
        for _ in self.newest_first(count).take_while(|contact| contact.at >= start) {
            used = used.saturating_add(1);
        }
        used
    }

    /// The first moment, not before `at`, at which the window has room for one more than it holds; `None`
    /// when it never has, because the most permitted is none.
    pub fn admits_at(&self, count: &Count, contacts_max: u32, at: Instant) -> Option<Instant> {
        let before = usize::try_from(contacts_max.checked_sub(1)?).ok()?;
        // There is room as soon as the contact that is the last to fit has left the window.
        match self.newest_first(count).nth(before) {
            Some(contact) => Some(at.max(left_at(count.window, count.zone, contact.at))),
            None => Some(at),
        }
    }

    /// The contacts that a rule counts, the newest first.
    pub fn newest_first<'a>(&'a self, count: &'a Count) -> impl Iterator<Item = &'a Contact> {
        let mut without = count.without;
        self.contacts.iter().rev().filter(move |contact| {
            // Only one of two equal contacts is the message's own.
            if without.is_some_and(|(at, channel, debt)| contact.stands_at(at, channel, debt)) {
                without = None;
                return false;
            }
            count.channels.contains(contact.channel)
                && contact.is(count.unit)
                && count.debt.is_none_or(|debt| debt == contact.debt)
        })
    }
}

/// At least as long as the window can be, whatever the clocks do.
fn reach_of(window: Window) -> i64 {
    match window {
        Window::Day => 3 * DAY,
        Window::Week => 9 * DAY,
        Window::Month => 33 * DAY,
        Window::Days(days) => i64::from(days) * DAY,
    }
}

/// The first moment that a window holding `at` reaches back to.
fn start_of(window: Window, zone: Tz, at: Instant) -> Instant {
    let today = || at.local(zone).date();
    match window {
        Window::Day => midnight(Some(today()), zone),
        Window::Week => midnight(Some(monday_of(today())), zone).min(start_of(Window::Days(7), zone, at)),
        Window::Month => midnight(today().with_day(1), zone),
        // A contact exactly so many days ago has left.
        Window::Days(days) => at.plus_millis(1 - i64::from(days) * DAY),
    }
}

/// The first moment whose window does not reach back to a contact.
fn left_at(window: Window, zone: Tz, contact: Instant) -> Instant {
    let date = || contact.local(zone).date();
    match window {
        Window::Day => midnight(date().succ_opt(), zone),
        Window::Week => {
            let next_monday = midnight(monday_of(date()).checked_add_days(Days::new(7)), zone);
            next_monday.max(left_at(Window::Days(7), zone, contact))
        }
        Window::Month => {
            let next = date().with_day(1).and_then(|first| first.checked_add_months(Months::new(1)));
            midnight(next, zone)
        }
        Window::Days(days) => contact.plus_millis(i64::from(days) * DAY),
    }
}

pub(crate) fn monday_of(date: NaiveDate) -> NaiveDate {
    let days = u64::from(date.weekday().num_days_from_monday());
    date.checked_sub_days(Days::new(days)).unwrap_or(date)
}

/// The first moment of a local day; the calendar's end when there is no such day.
pub(crate) fn midnight(date: Option<NaiveDate>, zone: Tz) -> Instant {
    date.map_or(Instant::LAST, |date| Instant::resolve(date.and_time(NaiveTime::MIN), zone))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::America::{Lima, Santiago};
    use cobro_dsl::values::NaiveDateTime;

    fn moment(text: &str, zone: Tz) -> Instant {
        Instant::resolve(NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap(), zone)
    }

    fn ledger(contacts: &[&str], zone: Tz) -> Ledger {
        let mut ledger = Ledger::default();
        for text in contacts {
            let (channel, at) = text.split_once(' ').unwrap();
            ledger.record(Contact::new(moment(at, zone), Channel::parse(channel).unwrap(), 0, 0));
        }
        ledger
    }

    const MESSAGES: ChannelSet = ChannelSet(0b0111);

    fn count(window: Window, zone: Tz) -> Count {
        Count { window, channels: MESSAGES, zone, unit: Unit::Attempt, debt: None, without: None }
    }

    /// How many stand in the window, and when one more fits under a limit of two.
    fn check(zone: Tz, window: Window, contacts: &[&str], at: &str, expected: &str) {
        let (ledger, at) = (ledger(contacts, zone), moment(at, zone));
        let count = count(window, zone);
        let admits = ledger.admits_at(&count, 2, at).unwrap();
        let local = admits.local(zone).format("%Y-%m-%d %H:%M");
        assert_eq!(format!("{} used, room at {local}", ledger.used(&count, at)), expected);
        assert_eq!(admits == at, ledger.used(&count, at) < 2);
        assert!(ledger.used(&count, admits) < 2);
        assert!(admits == at || ledger.used(&count, admits.plus_millis(-1)) >= 2);
    }

    #[test]
    fn nothing_is_used_at_first() {
        check(Lima, Window::Day, &[], "2026-03-02 09:00", "0 used, room at 2026-03-02 09:00");
    }

    #[test]
    fn a_day_ends_at_local_midnight() {
        let two = ["sms 2026-03-02 00:00", "email 2026-03-02 23:59"];
        check(Lima, Window::Day, &two, "2026-03-02 23:59", "2 used, room at 2026-03-03 00:00");
        check(Lima, Window::Day, &two, "2026-03-03 00:00", "0 used, room at 2026-03-03 00:00");
    }

    #[test]
    fn other_channels_are_not_counted() {
        let two = ["sms 2026-03-02 09:00", "call 2026-03-02 10:00"];
        check(Lima, Window::Day, &two, "2026-03-02 11:00", "1 used, room at 2026-03-02 11:00");
    }

    #[test]
    fn a_day_without_midnight_begins_later() {
        let two = ["sms 2026-09-05 09:00", "sms 2026-09-05 10:00"];
        check(Santiago, Window::Day, &two, "2026-09-05 11:00", "2 used, room at 2026-09-06 01:00");
    }

    // Friday and Saturday: the week from Monday would end on Monday the 9th, seven days after Friday are over
    // on the 13th.
    #[test]
    fn a_week_is_the_stricter_of_two() {
        let two = ["sms 2026-03-06 09:00", "sms 2026-03-07 09:00"];
        check(Lima, Window::Week, &two, "2026-03-09 09:00", "2 used, room at 2026-03-13 09:00");
        check(Lima, Window::Week, &two, "2026-03-13 08:59", "2 used, room at 2026-03-13 09:00");
        check(Lima, Window::Week, &two, "2026-03-13 09:00", "1 used, room at 2026-03-13 09:00");
    }

    // Monday 00:30 before a week that clocks make an hour longer: seven times 24 hours later it is still
    // Sunday, and the week is not over.
    #[test]
    fn a_week_lasts_to_its_sunday_when_clocks_go_back() {
        let two = ["sms 2026-03-30 00:30", "sms 2026-03-30 00:40"];
        check(Santiago, Window::Week, &two, "2026-04-05 23:45", "2 used, room at 2026-04-06 00:00");
    }

    #[test]
    fn a_month_is_that_of_the_calendar() {
        let two = ["sms 2028-02-01 00:00", "sms 2028-02-29 23:59"];
        check(Lima, Window::Month, &two, "2028-02-29 23:59", "2 used, room at 2028-03-01 00:00");
        let two = ["sms 2026-12-01 09:00", "sms 2026-12-31 09:00"];
        check(Lima, Window::Month, &two, "2026-12-31 23:59", "2 used, room at 2027-01-01 00:00");
    }

    // Two times 24 hours over the night that has an hour more.
    #[test]
    fn days_are_hours() {
        let two = ["sms 2026-04-03 10:00", "sms 2026-04-04 10:00"];
        check(Santiago, Window::Days(2), &two, "2026-04-04 12:00", "2 used, room at 2026-04-05 09:00");
    }

    #[test]
    fn a_limit_of_none_never_has_room() {
        let count = count(Window::Day, Lima);
        assert_eq!(Ledger::default().admits_at(&count, 0, Instant(0)), None);
    }

    #[test]
    fn the_message_s_own_contact_is_left_out_once() {
        let ledger = ledger(&["sms 2026-03-02 09:00", "sms 2026-03-02 09:00"], Lima);
        let own = moment("2026-03-02 09:00", Lima);
        let mut count = count(Window::Day, Lima);
        count.without = Some((own, Channel::Sms, 0));
        assert_eq!(ledger.used(&count, own), 1);
        count.without = None;
        assert_eq!(ledger.used(&count, own), 2);
    }

    #[test]
    fn the_own_contact_is_that_of_its_debt() {
        let at = moment("2026-03-02 09:00", Lima);
        let mut ledger = Ledger::default();
        for debt in [0, 1] {
            ledger.record(Contact::new(at, Channel::Sms, debt, 1));
        }
        let mut count = count(Window::Day, Lima);
        (count.debt, count.without) = (Some(1), Some((at, Channel::Sms, 1)));
        assert_eq!(ledger.used(&count, at), 0);
        assert!(ledger.forget(at, Channel::Sms, 1));
        assert!(ledger.holds(at, Channel::Sms, 0) && !ledger.holds(at, Channel::Sms, 1));
    }

    #[test]
    fn contacts_are_kept_in_order_and_the_old_ones_dropped() {
        let ledger = ledger(&["sms 2026-03-02 09:00", "sms 2025-03-02 09:00", "sms 2026-12-02 09:00"], Lima);
        let dates: Vec<String> =
            ledger.contacts.iter().map(|contact| contact.at.local(Lima).date().to_string()).collect();
        assert_eq!(dates, ["2026-03-02", "2026-12-02"]);
    }

    #[test]
    fn one_contact_is_taken_back() {
        let mut ledger = ledger(&["sms 2026-03-02 09:00", "email 2026-03-02 09:00"], Lima);
        let at = moment("2026-03-02 09:00", Lima);
        assert!(ledger.forget(at, Channel::Sms, 0));
        assert!(!ledger.forget(at, Channel::Sms, 0));
        assert_eq!(ledger.contacts, [Contact::new(at, Channel::Email, 0, 0)]);
    }

    #[test]
    fn what_is_not_known_is_counted() {
        let told = |channel, reached| {
            let contact = Contact { reached, ..Contact::new(Instant(0), channel, 0, 1) };
            Unit::ALL.map(|unit| u8::from(contact.is(unit)))
        };
        assert_eq!(told(Channel::Sms, Reached::Unknown), [1, 1, 1, 0]);
        assert_eq!(told(Channel::Sms, Reached::Nobody), [1, 0, 0, 0]);
        assert_eq!(told(Channel::Sms, Reached::Device), [1, 1, 1, 0]);
        assert_eq!(told(Channel::Sms, Reached::Answered), [1, 1, 1, 1]);
        assert_eq!(told(Channel::Call, Reached::Unknown), [1, 1, 1, 1]);
        assert_eq!(told(Channel::Call, Reached::Nobody), [1, 0, 0, 0]);
    }

    #[test]
    fn the_stricter_of_two_receipts_stays() {
        let mut ledger = Ledger::default();
        ledger.record(Contact::new(Instant(5), Channel::Sms, 1, 7));
        ledger.mark(1, 7, Reached::Nobody);
        ledger.mark(0, 7, Reached::Answered);
        assert_eq!(ledger.contacts[0].reached, Reached::Nobody);
        ledger.mark(1, 7, Reached::Device);
        ledger.mark(1, 7, Reached::Nobody);
        assert_eq!(ledger.contacts[0].reached, Reached::Device);
    }

    #[test]
    fn what_came_to_somebody_else_was_an_attempt_and_stays_so() {
        let mut ledger = Ledger::default();
        ledger.record(Contact::new(Instant(3), Channel::Call, 0, 1));
        ledger.record(Contact::new(Instant(5), Channel::Call, 1, 1));
        ledger.talk(Instant(2), Channel::Call, 1);
        ledger.talk(Instant(6), Channel::Call, 0);
        ledger.stranger(Channel::Call);
        ledger.mark(1, 1, Reached::Device);
        ledger.talk(Instant(7), Channel::Sms, 1);
        let [first, second] = ledger.contacts.as_slice() else { panic!("two contacts") };
        assert_eq!(Unit::ALL.map(|unit| first.is(unit)), [true; 4]);
        assert_eq!(Unit::ALL.map(|unit| second.is(unit)), [true, false, false, false]);
        let kept: Vec<i64> = ledger.talks.iter().map(|talk| talk.at.0).collect();
        assert_eq!(kept, [2, 7]);
        ledger.stranger(Channel::Email);
    }

    #[test]
    fn a_receipt_of_no_message_says_nothing_of_an_agent_s_contact() {
        let mut ledger = Ledger::default();
        ledger.record(Contact::new(Instant(3), Channel::Call, 0, 0));
        ledger.mark(0, 0, Reached::Nobody);
        assert_eq!(ledger.contacts[0].reached, Reached::Unknown);
    }

    #[test]
    fn the_last_conversation_of_a_channel_and_debt_is_kept() {
        let mut ledger = Ledger::default();
        for (at, debt) in [(5, 0), (9, 0), (7, 0), (6, 1)] {
            ledger.talk(Instant(at), Channel::Call, debt);
        }
        let kept: Vec<(i64, u16)> = ledger.talks.iter().map(|talk| (talk.at.0, talk.debt)).collect();
        assert_eq!(kept, [(9, 0), (6, 1)]);
    }
}
