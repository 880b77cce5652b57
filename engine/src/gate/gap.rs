//! Gap: is it long enough since the last contact?
//!
//! In: the customer's ledger, the law's least time between contacts. Out: the rule while it is too soon, and
//! when it no longer is. A day is 24 hours. Absent: how many; that is frequency's.

use super::frequency::count;
use super::{Question, Rule};
use crate::calendar::Instant;
use chrono_tz::Tz;
use cobro_dsl::law;
use cobro_dsl::values::Window;

/// A least time between contacts.
pub(super) struct Gap<'a> {
    pub(super) article: &'a str,
    pub(super) rule: &'a law::Gap,
}

impl Gap<'_> {
    pub(super) fn objection(&self, question: &Question, zone: Tz) -> Option<Rule> {
        let until = self.admits_at(question, zone, question.now);
        (until > question.now)
            .then(|| Rule::Gap { minutes: self.rule.minutes, article: self.article.to_owned() })
    }

    pub(super) fn admits_at(&self, question: &Question, zone: Tz, at: Instant) -> Instant {
        // The window plays no part: the newest contact decides.
        let count = count(question, Window::Day, self.rule.channels, self.rule.counted, self.rule.per, zone);
        let newest = question.customer.contacts.newest(&count);
        newest.map_or(at, |newest| at.max(newest.at.plus_millis(i64::from(self.rule.minutes) * 60_000)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::World;
    use cobro_dsl::values::Channel;

    #[test]
    fn two_days_between_messages_in_chile() {
        let world = World::of("CL").contact("sms 2026-03-05 10:00");
        world.check("2026-03-07 09:59", "not before 2026-03-07 10:00 (gap)");
        world.check("2026-03-07 10:00", "now (1 of 2)");
    }

    #[test]
    fn a_call_keeps_no_gap_to_a_message() {
        let mut world = World::of("CL").contact("sms 2026-03-05 10:00");
        world.channel = Channel::Call;
        world.check("2026-03-05 11:00", "now (0 of 1)");
    }

    // Two times 24 hours over the night that has an hour more.
    #[test]
    fn a_day_is_24_hours() {
        let world = World::of("CL").contact("sms 2026-04-04 12:00");
        world.check("2026-04-06 10:59", "not before 2026-04-06 11:00 (gap)");
        world.check("2026-04-06 11:00", "now (1 of 2)");
    }
}
