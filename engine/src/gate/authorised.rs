//! Authorised: has the customer authorised this channel, where the law wants them to?
//!
//! In: the law's channels that need it, what the customer authorised. Out: the rule, for good; an authorisation that
//! nobody has on record is none. Absent: opt-outs; those are consent's, and hold under every law.

use super::{Part, Question, Rule};
use cobro_dsl::values::NaiveDate;

pub(super) fn objection(question: &Question, today: NaiveDate) -> Option<Rule> {
    let (law, channel, authorised) = (question.law, question.channel, question.customer.authorised);
    if authorised.is_some_and(|channels| channels.contains(channel)) || law.is_off(Part::Authorised) {
        return None;
    }
    let asks = law.pack.consents.iter().find(|it| it.binds_on(today) && it.rule.channels.contains(channel));
    asks.map(|it| Rule::NotAuthorised { known: authorised.is_some(), article: it.article.clone() })
}

#[cfg(test)]
mod tests {
    use super::super::tests::World;
    use cobro_dsl::values::{Channel, ChannelSet};

    #[test]
    fn colombia_wants_the_channel_authorised() {
        let mut world = World::of("CO");
        world.customer.authorised = Some(ChannelSet::default().with(Channel::Email));
        world.check("2026-03-02 09:00", "never (not_authorised)");
        world.channel = Channel::Email;
        world.check("2026-03-02 09:00", "now (0 of 1)");
    }

    #[test]
    fn what_nobody_has_on_record_is_not_authorised() {
        let mut world = World::of("CO");
        world.customer.authorised = None;
        world.check("2026-03-02 09:00", "never (not_authorised)");
    }

    #[test]
    fn a_reply_needs_it_too() {
        let mut world = World::of("CO").talking_until("2026-03-03 22:00");
        world.customer.authorised = None;
        world.check("2026-03-02 09:00", "never (not_authorised)");
    }

    // The Panamanian proposal wants it as well; a proposal binds nobody.
    #[test]
    fn where_the_law_is_silent_no_authorisation_is_needed() {
        for code in ["AR", "PA"] {
            let mut world = World::of(code);
            world.customer.authorised = None;
            world.check("2026-03-02 09:00", "now");
        }
    }
}
