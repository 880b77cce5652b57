//! Hold: somebody said that payment is not to be asked for before a moment.
//!
//! In: the account's hold, what the message is for. Out: the rule until that moment. It stops reminders, offers and notices,
//! also within a conversation that the customer opened: who was promised to be left in peace is not dunned for writing.
//! The receipt of a payment and an information go out: they ask for nothing. A message that was decided before the hold and
//! waits to go out is stopped too, unless one turn decided both, the message first: `send` and then `hold` means to send.
//! Absent: who placed it.

use super::{Part, Question, Rule};
use crate::calendar::Instant;
use crate::customer;

/// A hold that binds a message.
pub(super) struct Hold<'a> {
    hold: &'a customer::Hold,
}

impl<'a> Hold<'a> {
    /// The account's hold, when it binds the message.
    pub(super) fn of(question: &Question<'a>) -> Option<Hold<'a>> {
        let hold = question.account.hold.as_ref()?;
        let is_of_the_same_turn = question.decided.is_some_and(|decided| decided.at == hold.since);
        let binds = question.purpose.asks_for_payment() && !is_of_the_same_turn;
        (binds && !question.law.is_off(Part::Hold)).then_some(Hold { hold })
    }

    pub(super) fn objection(&self, question: &Question) -> Option<Rule> {
        (question.now < self.hold.until).then(|| Rule::Hold { because: self.hold.because.clone() })
    }

    pub(super) fn admits_at(&self, at: Instant) -> Instant {
        at.max(self.hold.until)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{World, moment};
    use super::super::{Decided, Reach};
    use crate::customer::Hold;

    #[test]
    fn a_message_of_the_turn_that_placed_the_hold_goes_out() {
        let mut world = World::of("AR");
        let at = |local| moment(local, chrono_tz::America::Argentina::Buenos_Aires);
        let hold =
            Hold { since: at("2026-03-02 09:00"), until: at("2026-03-10 12:00"), because: String::new() };
        world.account.hold = Some(hold);
        world.check("2026-03-02 10:00", "not before 2026-03-10 12:00 (hold)");
        let mut decided = |local| {
            world.decided = Some(Decided { at: at(local), reach: Reach::NewContact, contact: None });
            world.check(
                "2026-03-02 10:00",
                if local.ends_with("09:00") { "now" } else { "not before 2026-03-10 12:00 (hold)" },
            );
        };
        decided("2026-03-02 09:00");
        decided("2026-03-02 08:59");
    }
}
