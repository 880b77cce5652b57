//! Consent: may this customer be reached on this channel at all?
//!
//! In: the customer's addresses, opt-outs and blocked channels. Out: the rule that forbids it, for good.
//! Absent: moments; waiting changes nothing here.

use super::{Part, Question, Rule};

pub(super) fn objection(question: &Question) -> Option<Rule> {
    let (customer, channel) = (question.customer, question.channel);
    if customer.address(channel).is_none() {
        return Some(Rule::NoAddress);
    }
    if question.law.is_off(Part::OptOut) {
        return None;
    }
    if customer.opted_out.contains(channel) {
        return Some(Rule::OptedOut);
    }
    customer.blocked.contains(channel).then_some(Rule::Blocked)
}

#[cfg(test)]
mod tests {
    use super::super::tests::World;
    use cobro_dsl::values::{Channel, ChannelSet};

    #[test]
    fn without_an_address_nothing_goes_out() {
        let mut world = World::of("PE");
        world.customer.phone = None;
        world.check("2026-03-02 09:00", "never (no_address)");
        world.channel = Channel::Email;
        world.check("2026-03-02 09:00", "now (0 of 1)");
    }

    #[test]
    fn an_opt_out_holds_for_its_channel() {
        let mut world = World::of("PE");
        world.customer.opted_out = ChannelSet::default().with(Channel::Whatsapp);
        world.check("2026-03-02 09:00", "never (opted_out)");
        world.channel = Channel::Sms;
        world.check("2026-03-02 09:00", "now (0 of 1)");
    }

    #[test]
    fn a_channel_that_reaches_somebody_else_is_blocked() {
        let mut world = World::of("PE");
        world.customer.blocked = ChannelSet::ALL;
        world.check("2026-03-02 09:00", "never (blocked)");
    }

    #[test]
    fn never_is_not_put_off_to_the_next_permitted_hour() {
        let mut world = World::of("PE");
        world.customer.opted_out = ChannelSet::ALL;
        world.check("2026-03-07 22:00", "never (opted_out)");
    }
}
