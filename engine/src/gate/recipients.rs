//! Recipients: may a person of this role be contacted about the debt?
//!
//! In: what the customer is to the debt, the law's roles. Out: the rule, for good. Absent: who answered the telephone;
//! that is known only afterwards, and is an event.

use super::{Part, Question, Rule};
use cobro_dsl::values::NaiveDate;

pub(super) fn objection(question: &Question, today: NaiveDate) -> Option<Rule> {
    let (law, role) = (question.law, question.account.role);
    if law.is_off(Part::Recipients) {
        return None;
    }
    let forbids = law.pack.recipients.iter().find(|it| it.binds_on(today) && !it.rule.roles.contains(&role));
    forbids.map(|it| Rule::Recipient { role: role.word().to_owned(), article: it.article.clone() })
}

#[cfg(test)]
mod tests {
    use super::super::tests::World;
    use cobro_dsl::law::Laws;
    use cobro_dsl::values::{Purpose, Role};

    #[test]
    fn references_are_never_contacted_under_any_law() {
        for code in Laws::shipped().codes() {
            let mut world = World::of(code);
            world.account.role = Role::Reference;
            world.purpose = Purpose::Information;
            world.check("2026-03-02 10:00", "never (recipient)");
        }
    }

    #[test]
    fn a_guarantor_stands_beside_the_debtor() {
        let mut world = World::of("CO");
        world.account.role = Role::Guarantor;
        world.check("2026-03-02 09:00", "now (0 of 1)");
    }
}
