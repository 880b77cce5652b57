//! Hold: somebody said that payment is not to be asked for before a moment.
//!
//! In: the account's hold, what the message is for. Out: the rule until that moment. It stops reminders, offers and notices,
//! also within a conversation that the customer opened: who was promised to be left in peace is not dunned for writing.
//! The receipt of a payment and an information go out: they ask for nothing. Absent: who placed it.

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
        (question.purpose.asks_for_payment() && !question.law.is_off(Part::Hold)).then_some(Hold { hold })
    }

    pub(super) fn objection(&self, question: &Question) -> Option<Rule> {
        (question.now < self.hold.until).then(|| Rule::Hold { because: self.hold.because.clone() })
    }

    pub(super) fn admits_at(&self, at: Instant) -> Instant {
        at.max(self.hold.until)
    }
}
