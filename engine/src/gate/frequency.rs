//! Frequency: how often has this person been contacted?
//!
//! In: the customer's ledger, the limits of the law and of the strategy that name the channel. Out: the
//! narrowest limit, or the one that is reached; and when there is room again. Absent: messages that are no
//! contact; the gate does not ask here for them.

use super::{Author, Question, Rule};
use crate::calendar::Instant;
use crate::contacts::{Contact, Count};
use cobro_dsl::values::{Limit, Window};

/// Contacts counted and the most permitted, of the limit with the fewest left; or the first limit that is
/// reached.
pub(super) fn narrowest(question: &Question) -> Result<Option<(u32, u32)>, Rule> {
    let mut narrowest: Option<(u32, u32)> = None;
    for (by, limit) in limits(question) {
        let (used, max) =
            (question.customer.contacts.used(&count(question, limit), question.now), limit.contacts_max);
        if used >= max {
            return Err(Rule::Frequency { by, used, max, window: name(limit.window) });
        }
        if narrowest.is_none_or(|(used_before, max_before)| max - used < max_before - used_before) {
            narrowest = Some((used, max));
        }
    }
    Ok(narrowest)
}

/// The first moment at which every limit has room; `None` when one never has.
pub(super) fn admits_at(question: &Question) -> Option<Instant> {
    // Room is not lost again by waiting, so the latest of the limits decides.
    limits(question).try_fold(question.now, |at, (_, limit)| {
        question.customer.contacts.admits_at(&count(question, limit), limit.contacts_max, at)
    })
}

fn limits<'a>(question: &Question<'a>) -> impl Iterator<Item = (Author, &'a Limit)> {
    let channel = question.channel;
    let of_law = question.law.pack.limits.iter().map(|limit| (Author::Law, &limit.rule));
    let of_strategy = question.policy.limits.iter().map(|limit| (Author::Strategy, limit));
    of_law.chain(of_strategy).filter(move |(_, limit)| limit.channels.contains(channel))
}

fn count(question: &Question, limit: &Limit) -> Count {
    Count {
        window: limit.window,
        channels: limit.channels,
        zone: question.zone,
        without: question.own_contact.map(|at| Contact { at, channel: question.channel }),
    }
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
    use chrono_tz::America::Bogota;
    use cobro_dsl::values::{Channel, ChannelSet, Limit, Purpose, Window};

    #[test]
    fn one_a_day_in_colombia() {
        let world = World::of("CO");
        world.check("2026-03-02 09:00", "now (0 of 1)");
        let world = world.contact("email 2026-03-02 09:00");
        world.check("2026-03-02 10:00", "not before 2026-03-03 07:00 (1 of 1 a day of the law)");
        world.check("2026-03-03 07:00", "now (0 of 1)");
    }

    #[test]
    fn a_receipt_is_no_contact() {
        let mut world = World::of("CO").contact("email 2026-03-02 09:00");
        world.purpose = Purpose::Receipt;
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
        world.check("2026-03-09 09:00", "now (0 of 1)");
    }

    // Thursday and Saturday are two days apart; a third message waits for the Thursday after.
    #[test]
    fn two_messages_a_week_two_days_apart_in_chile() {
        let world = World::of("CL").contact("sms 2026-03-05 10:00");
        world.check("2026-03-06 10:00", "not before 2026-03-07 10:00 (1 of 1 a 2 days of the law)");
        let world = world.contact("email 2026-03-07 10:00");
        world.check("2026-03-09 10:00", "not before 2026-03-12 10:00 (2 of 2 a week of the law)");
    }

    // The gap of two days goes over the turn of the week: Sunday's contact is the reply of a strategy without
    // hours, made up to show the border.
    #[test]
    fn the_gap_goes_over_the_turn_of_the_week() {
        let world = World::of("CL").contact("sms 2026-03-08 12:00");
        world.check("2026-03-09 09:00", "not before 2026-03-10 12:00 (1 of 1 a 2 days of the law)");
    }

    #[test]
    fn the_narrowest_limit_is_told() {
        let mut world = World::of("PE").contact("sms 2026-03-03 09:00");
        world.limit(5, Window::Month);
        world.check("2026-03-05 09:00", "now (1 of 5)");
        world.limit(2, Window::Week);
        world.check("2026-03-05 09:00", "now (1 of 2)");
    }

    #[test]
    fn the_strategy_s_limit_may_be_the_stricter() {
        let mut world = World::of("CO").contact("sms 2026-03-02 09:00").contact("sms 2026-03-03 09:00");
        world.limit(2, Window::Week);
        world.check("2026-03-04 09:00", "not before 2026-03-09 09:00 (2 of 2 a week of the strategy)");
    }

    #[test]
    fn a_limit_of_other_channels_does_not_hold() {
        let mut world = World::of("PE").contact("call 2026-03-02 09:00");
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
    fn a_message_does_not_stand_in_its_own_way() {
        let mut world = World::of("CO").contact("whatsapp 2026-03-02 09:00");
        world.check("2026-03-02 09:05", "not before 2026-03-03 07:00 (1 of 1 a day of the law)");
        world.own_contact = Some(moment("2026-03-02 09:00", Bogota));
        world.check("2026-03-02 09:05", "now (0 of 1)");
    }
}
