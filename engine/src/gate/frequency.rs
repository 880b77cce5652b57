//! Frequency: how often has this person been contacted?
//!
//! In: the customer's ledger, the limits of the law and of the strategy that name the channel. Out: the
//! narrowest limit, or the one that is reached; and when there is room again. Absent: messages that are no
//! contact; the gate does not ask here for them.

use super::{Author, Question, Rule};
use crate::calendar::Instant;
use crate::contacts::Count;
use chrono_tz::Tz;
use cobro_dsl::law::{Per, Unit};
use cobro_dsl::values::{ChannelSet, Limit, Window};

/// A limit of contacts.
pub(super) struct Cap<'a> {
    pub(super) by: Author,
    pub(super) article: &'a str,
    pub(super) limit: &'a Limit,
    pub(super) unit: Unit,
    pub(super) per: Per,
}

impl Cap<'_> {
    pub(super) fn used(&self, question: &Question, zone: Tz) -> u32 {
        question.customer.contacts.used(&self.count(question, zone), question.now)
    }

    pub(super) fn objection(&self, question: &Question, zone: Tz) -> Option<Rule> {
        let (used, max) = (self.used(question, zone), self.limit.contacts_max);
        let window = || name(self.limit.window);
        let article = || self.article.to_owned();
        (used >= max).then(|| Rule::Frequency {
            by: self.by,
            used,
            max,
            window: window(),
            article: article(),
        })
    }

    /// The first moment with room; `None` when there never is any.
    pub(super) fn admits_at(&self, question: &Question, zone: Tz, at: Instant) -> Option<Instant> {
        question.customer.contacts.admits_at(&self.count(question, zone), self.limit.contacts_max, at)
    }

    fn count(&self, question: &Question, zone: Tz) -> Count {
        count(question, self.limit.window, self.limit.channels, self.unit, self.per, zone)
    }
}

/// What a rule counts for a question; the message's own contact is left out.
pub(super) fn count(
    question: &Question,
    window: Window,
    channels: ChannelSet,
    unit: Unit,
    per: Per,
    zone: Tz,
) -> Count {
    let debt = (per == Per::Debt).then_some(question.debt);
    let own = question.decided.and_then(|decided| decided.contact);
    let without = own.map(|at| (at, question.channel, question.debt));
    Count { window, channels, zone, unit, debt, without }
}

/// The word for a window in a [`Rule`].
pub(crate) fn name(window: Window) -> String {
    match window {
        Window::Day => "day".to_owned(),
        Window::Week => "week".to_owned(),
        Window::Month => "month".to_owned(),
        Window::Days(days) => format!("{days} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{World, moment};
    use super::super::{Decided, Reach};
    use chrono_tz::America::Bogota;
    use cobro_dsl::values::{Channel, ChannelSet, Limit, Purpose, Window};

    #[test]
    fn one_a_day_in_colombia() {
        let world = World::of("CO");
        world.check("2026-03-02 09:00", "now (0 of 1)");
        let world = world.contact("whatsapp 2026-03-02 09:00");
        world.check("2026-03-02 10:00", "not before 2026-03-03 07:00 (1 of 1 a day of the law)");
        world.check("2026-03-03 07:00", "now (0 of 1)");
    }

    #[test]
    fn a_receipt_is_no_contact() {
        let mut world = World::of("CO").contact("whatsapp 2026-03-02 09:00");
        world.purpose = Purpose::Receipt;
        // Of no payment, it is a message like any other.
        world.check("2026-03-02 10:00", "not before 2026-03-03 07:00 (1 of 1 a day of the law)");
        world.account.is_receipt_due = true;
        world.check("2026-03-02 10:00", "now, exempt");
        world.check("2026-03-02 19:00", "not before 2026-03-03 07:00 (hours of the law)");
    }

    // Friday and the Friday after: the calendar's week is over on Monday, seven days are over on Friday.
    #[test]
    fn a_call_a_week_in_chile() {
        let mut world = World::of("CL").contact("call 2026-03-06 10:00");
        world.channel = Channel::Call;
        world.check("2026-03-09 09:00", "not before 2026-03-13 10:00 (1 of 1 a week of the law)");
        world.check("2026-03-13 10:00", "now (0 of 1)");
        world.channel = Channel::Sms;
        world.check("2026-03-09 09:00", "now (0 of 2)");
    }

    // Thursday and Saturday are two days apart; a third message waits for the Thursday after.
    #[test]
    fn two_messages_a_week_two_days_apart_in_chile() {
        let world = World::of("CL").contact("sms 2026-03-05 10:00");
        world.check("2026-03-06 10:00", "not before 2026-03-07 10:00 (gap)");
        let world = world.contact("email 2026-03-07 10:00");
        world.check("2026-03-09 10:00", "not before 2026-03-12 10:00 (2 of 2 a week of the law)");
    }

    // The gap of two days goes over the turn of the week: Sunday's contact is the reply of a strategy without
    // hours, made up to show the border.
    #[test]
    fn the_gap_goes_over_the_turn_of_the_week() {
        let world = World::of("CL").contact("sms 2026-03-08 12:00");
        world.check("2026-03-09 09:00", "not before 2026-03-10 12:00 (gap)");
    }

    #[test]
    fn the_narrowest_limit_is_told() {
        let mut world = World::of("PE").contact("sms 2026-03-03 09:00");
        world.law.pack.limits.clear();
        world.limit(5, Window::Month);
        world.check("2026-03-05 09:00", "now (1 of 5)");
        world.limit(2, Window::Week);
        world.check("2026-03-05 09:00", "now (1 of 2)");
    }

    #[test]
    fn the_strategy_s_limit_may_be_the_stricter() {
        let mut world =
            World::of("CO").contact("whatsapp 2026-03-02 09:00").contact("whatsapp 2026-03-03 09:00");
        world.limit(2, Window::Week);
        world.check("2026-03-04 09:00", "not before 2026-03-09 09:00 (2 of 2 a week of the strategy)");
    }

    #[test]
    fn a_limit_of_other_channels_does_not_hold() {
        let mut world = World::of("PE").contact("call 2026-03-02 09:00");
        world.law.pack.limits.clear();
        let channels = ChannelSet::default().with(Channel::Call);
        world.policy.limits.push(Limit { contacts_max: 1, window: Window::Day, channels });
        world.check("2026-03-02 10:00", "now");
        world.channel = Channel::Call;
        world.check("2026-03-02 10:00", "not before 2026-03-03 07:00 (1 of 1 a day of the strategy)");
    }

    #[test]
    fn a_limit_of_none_is_never_permitted() {
        let mut world = World::of("PE");
        world.limit(0, Window::Day);
        world.check("2026-03-02 10:00", "never (no_permitted_time)");
    }

    #[test]
    fn each_debt_has_its_own_five_a_day_in_the_dominican_republic() {
        let mut world = World::of("DO");
        for hour in ["08", "09", "10", "11", "12"] {
            world = world.contact(&format!("sms 2026-03-02 {hour}:00"));
        }
        world.check("2026-03-02 13:00", "not before 2026-03-03 07:00 (5 of 5 a day of the law)");
        world.debt = 1;
        world.check("2026-03-02 13:00", "now (0 of 5)");
    }

    #[test]
    fn a_call_that_nobody_took_is_no_contact_in_chile() {
        let mut world = World::of("CL").contact("call 2026-03-06 10:00");
        world.channel = Channel::Call;
        world.check("2026-03-06 11:00", "not before 2026-03-13 10:00 (1 of 1 a week of the law)");
        world.customer.contacts.mark(0, 1, crate::contacts::Reached::Nobody);
        world.check("2026-03-06 11:00", "now (0 of 1)");
    }

    #[test]
    fn a_message_does_not_stand_in_its_own_way() {
        let mut world = World::of("CO").contact("whatsapp 2026-03-02 09:00");
        world.check("2026-03-02 09:05", "not before 2026-03-03 07:00 (1 of 1 a day of the law)");
        let at = moment("2026-03-02 09:00", Bogota);
        world.decided = Some(Decided { at, reach: Reach::NewContact, contact: Some(at) });
        world.check("2026-03-02 09:05", "now (0 of 1)");
    }
}
