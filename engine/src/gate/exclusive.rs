//! Exclusive: has another channel been used this week?
//!
//! In: the customer's ledger, the law's channels that close each other. Out: the rule while another channel's
//! contact, or a conversation there, stands in the same local week, Monday to Sunday, and the Monday on which it no
//! longer does. Who opened the conversation does not matter. Absent: more of the same channel; that is frequency's.

use super::frequency::count;
use super::{Question, Rule};
use crate::calendar::Instant;
use crate::contacts::{Talk, midnight, monday_of};
use chrono::Days;
use chrono_tz::Tz;
use cobro_dsl::law;
use cobro_dsl::values::{Channel, Window};

/// Channels that close each other.
pub(super) struct Exclusive<'a> {
    pub(super) article: &'a str,
    pub(super) rule: &'a law::Exclusive,
}

impl Exclusive<'_> {
    pub(super) fn objection(&self, question: &Question, zone: Tz) -> Option<Rule> {
        let other = self.other(question, zone, question.now)?;
        Some(Rule::Exclusive { channel: other.word().to_owned(), article: self.article.to_owned() })
    }

    pub(super) fn admits_at(&self, question: &Question, zone: Tz, at: Instant) -> Instant {
        let mut at = at;
        // A contact later than the moment may close the next week too.
        while self.other(question, zone, at).is_some() {
            let monday = monday_of(at.local(zone).date());
            let next = midnight(monday.checked_add_days(Days::new(7)), zone);
            if next <= at {
                return Instant::LAST;
            }
            at = next;
        }
        at
    }

    fn other(&self, question: &Question, zone: Tz, at: Instant) -> Option<Channel> {
        let channels = self.rule.channels.without(question.channel);
        let count = count(question, Window::Week, channels, self.rule.after, self.rule.per, zone);
        let week = monday_of(at.local(zone).date());
        let contacts = &question.customer.contacts;
        let is_here = |at: Instant| monday_of(at.local(zone).date()) == week;
        let contact = contacts.newest_first(&count).find(|contact| is_here(contact.at));
        let is_talk = |talk: &&Talk| {
            channels.contains(talk.channel)
                && count.debt.is_none_or(|debt| debt == talk.debt)
                && is_here(talk.at)
        };
        let talk = || contacts.talks.iter().find(is_talk).map(|talk| talk.channel);
        contact.map(|contact| contact.channel).or_else(talk)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::World;
    use crate::contacts::Reached;
    use cobro_dsl::values::Channel;

    #[test]
    fn one_channel_a_week_in_colombia() {
        let mut world = World::of("CO").contact("sms 2026-03-02 09:00");
        world.check("2026-03-03 09:00", "not before 2026-03-09 07:00 (exclusive)");
        world.channel = Channel::Sms;
        world.check("2026-03-03 09:00", "now (0 of 1)");
    }

    #[test]
    fn what_did_not_arrive_closes_nothing() {
        let mut world = World::of("CO").contact("sms 2026-03-02 09:00");
        world.customer.contacts.mark(0, 1, Reached::Nobody);
        world.check("2026-03-03 09:00", "now (0 of 1)");
    }

    // Sunday's contact is made up to show the border.
    #[test]
    fn the_week_ends_with_its_sunday() {
        let world = World::of("CO").contact("sms 2026-03-08 23:59");
        world.check("2026-03-09 07:00", "now (0 of 1)");
    }
}
