//! Silence: was there a conversation just now?
//!
//! In: the customer's conversations and calls. Out: the rule until so many local days are over, the day of the
//! conversation being the first. A call counts as one unless it is known that nobody took it. Absent: messages
//! on channels that the rule does not name.

use super::frequency::count;
use super::{Question, Rule};
use crate::calendar::Instant;
use crate::contacts::midnight;
use chrono::Days;
use chrono_tz::Tz;
use cobro_dsl::law::{self, Per, Unit};
use cobro_dsl::values::Window;

/// A silence after a conversation.
pub(super) struct Silence<'a> {
    pub(super) article: &'a str,
    pub(super) rule: &'a law::Silence,
}

impl Silence<'_> {
    pub(super) fn objection(&self, question: &Question, zone: Tz) -> Option<Rule> {
        (self.admits_at(question, zone, question.now) > question.now)
            .then(|| Rule::Silence { days: self.rule.days, article: self.article.to_owned() })
    }

    pub(super) fn admits_at(&self, question: &Question, zone: Tz, at: Instant) -> Instant {
        let (channels, per) = (self.rule.channels, self.rule.per);
        let count = count(question, Window::Day, channels, Unit::TwoWay, per, zone);
        let of_contacts = question.customer.contacts.newest(&count).map(|contact| contact.at);
        let is_it = |talk: &&crate::contacts::Talk| {
            channels.contains(talk.channel) && (per == Per::Person || talk.debt == question.debt)
        };
        let talks = &question.customer.contacts.talks;
        let of_talks = talks.iter().filter(is_it).map(|talk| talk.at).max();
        let Some(last) = of_contacts.max(of_talks) else { return at };
        let day = last.local(zone).date().checked_add_days(Days::new(u64::from(self.rule.days)));
        at.max(midnight(day, zone))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{World, moment};
    use crate::contacts::Reached;
    use cobro_dsl::values::Channel;

    fn caller() -> World {
        let mut world = World::of("US").contact("call 2026-03-02 10:00");
        world.channel = Channel::Call;
        world
    }

    // Monday is day 1, Sunday is day 7.
    #[test]
    fn seven_days_after_a_call_in_the_united_states() {
        let world = caller();
        world.check("2026-03-02 11:00", "not before 2026-03-09 08:00 (silence)");
        world.check("2026-03-09 08:00", "now (1 of 7)");
    }

    #[test]
    fn a_call_that_nobody_took_is_no_conversation() {
        let mut world = caller();
        world.customer.contacts.mark(0, 1, Reached::Nobody);
        world.check("2026-03-02 11:00", "now (1 of 7)");
    }

    #[test]
    fn a_call_of_the_customer_s_is_one() {
        let mut world = World::of("US");
        world.channel = Channel::Call;
        world.customer.contacts.talk(
            moment("2026-03-04 23:30", chrono_tz::America::New_York),
            Channel::Call,
            0,
        );
        world.check("2026-03-05 11:00", "not before 2026-03-11 08:00 (silence)");
        world.channel = Channel::Sms;
        world.check("2026-03-05 11:00", "now");
    }

    #[test]
    fn another_debt_is_another_matter() {
        let mut world = caller();
        world.debt = 1;
        world.check("2026-03-02 11:00", "now (0 of 7)");
    }
}
