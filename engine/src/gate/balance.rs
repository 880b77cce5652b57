//! Balance: is there still something to ask for?
//!
//! In: the account, the customer's local day, what the message is for. Out: the rule that forbids it, for good.
//! Absent: messages that do not ask for payment; they go out whatever is owed.

use super::{Decided, Part, Question, Reach, Rule};
use cobro_dsl::values::{NaiveDate, Purpose};

pub(super) fn objection(question: &Question, today: NaiveDate) -> Option<Rule> {
    // A receipt on its way, and what it confirms was taken back.
    let is_taken_back = |decided: &Decided| question.account.reversed_at > Some(decided.at);
    let is_receipt =
        |decided: &Decided| decided.reach == Reach::Exempt && question.purpose == Purpose::Receipt;
    if question.decided.as_ref().is_some_and(|decided| is_receipt(decided) && is_taken_back(decided)) {
        return Some(Rule::PaymentReversed);
    }
    if !question.purpose.asks_for_payment() || question.law.is_off(Part::Balance) {
        return None;
    }
    if question.account.balance_on(today).minor <= 0 {
        return Some(Rule::NothingOwed);
    }
    question.account.disputed.then_some(Rule::Disputed)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{World, moment};
    use super::super::{Decided, Reach};
    use cobro_dsl::values::{NaiveDate, Purpose};

    #[test]
    fn nothing_owed_is_not_asked_for() {
        let mut world = World::of("PE");
        world.account.pay(10_000, None, NaiveDate::from_ymd_opt(2026, 3, 1).unwrap(), None);
        world.check("2026-03-02 09:00", "never (nothing_owed)");
        world.purpose = Purpose::Receipt;
        world.check("2026-03-02 09:00", "now, exempt");
        world.purpose = Purpose::Information;
        world.check("2026-03-02 09:00", "now (0 of 1)");
    }

    // 23:00 in Lima on the 1st is the 2nd in UTC: what is issued on the 2nd is not owed yet.
    #[test]
    fn the_day_is_the_customer_s() {
        let mut world = World::of("PE");
        world.account.invoices[0].issued_on = NaiveDate::from_ymd_opt(2026, 3, 2);
        world.check("2026-03-01 23:00", "never (nothing_owed)");
        world.check("2026-03-02 00:00", "not before 2026-03-02 07:00 (hours of the law)");
    }

    #[test]
    fn a_contested_debt_is_not_asked_for() {
        let mut world = World::of("PE");
        world.account.disputed = true;
        world.check("2026-03-02 09:00", "never (disputed)");
        world.purpose = Purpose::Information;
        world.check("2026-03-02 09:00", "now (0 of 1)");
    }

    #[test]
    fn a_receipt_of_a_payment_that_was_taken_back_does_not_go_out() {
        let mut world = World::of("PE");
        world.purpose = Purpose::Receipt;
        let at = |local| moment(local, world.zone);
        let (decided, before, after) =
            (at("2026-03-02 09:00"), at("2026-03-02 08:59"), at("2026-03-02 09:01"));
        world.decided = Some(Decided { at: decided, reach: Reach::Exempt, contact: None });
        world.check("2026-03-02 10:00", "now, exempt");
        world.account.reversed_at = Some(before);
        world.check("2026-03-02 10:00", "now, exempt");
        world.account.reversed_at = Some(after);
        world.check("2026-03-02 10:00", "never (payment_reversed)");
    }
}
