//! Identity: does the one who reads this message know of the debt already, or may they?
//!
//! In: the customer, their local day, whether the message discloses a debt and the strategy asks for an identity. Out: the
//! rule that forbids it, until the identity is verified. Absent: how it is verified; that comes from outside.

use super::{Part, Question, Rule};
use cobro_dsl::values::NaiveDate;

pub(super) fn objection(question: &Question, today: NaiveDate) -> Option<Rule> {
    if question.law.is_off(Part::Identity) {
        return None;
    }
    let is_verified = || question.customer.is_verified_on(question.channel, today);
    (question.asks_identity && !is_verified()).then_some(Rule::NotVerified)
}

#[cfg(test)]
mod tests {
    use super::super::tests::World;
    use cobro_dsl::values::NaiveDate;

    #[test]
    fn nobody_reads_of_a_debt_before_we_know_who_they_are() {
        let mut world = World::of("PE");
        world.check("2026-03-02 09:00", "now (0 of 1)");
        world.asks_identity = true;
        world.check("2026-03-02 09:00", "never (not_verified)");
        world.customer.verified = [NaiveDate::from_ymd_opt(2026, 3, 5), None, None, None];
        world.check("2026-03-05 09:00", "now (0 of 1)");
        world.check("2026-03-06 09:00", "never (not_verified)");
    }
}
