//! Country: is it the account's law at all?
//!
//! In: the account's country, where it is known; the countries of the law. Out: the rule, for good: nothing of another
//! country's hours, days and limits is known here. Absent: where the customer is at the moment; the zone says that.

use super::{Part, Question, Rule};
use cobro_dsl::values::Value;
use cobro_dsl::vocabulary::Fact;

pub(super) fn objection(question: &Question) -> Option<Rule> {
    let (law, countries) = (question.law, &question.law.pack.countries);
    if countries.is_empty() || law.is_off(Part::Country) {
        return None;
    }
    // Where the account does not say, the customer's others do.
    let siblings = question.customer.accounts.iter();
    let mut said =
        std::iter::once(question.account).chain(siblings).filter_map(|it| it.stated(Fact::Country));
    let Some(Value::Text(country)) = said.next() else { return None };
    let is_one = countries.iter().any(|it| it.eq_ignore_ascii_case(country));
    let other = || Rule::OtherCountry { country: country.to_ascii_uppercase(), law: law.pack.code.clone() };
    (!is_one).then(other)
}

#[cfg(test)]
mod tests {
    use super::super::tests::World;
    use cobro_dsl::values::{Purpose, Value};
    use cobro_dsl::vocabulary::Fact;

    #[test]
    fn an_account_of_another_country_is_under_another_law() {
        let check = |law: &str, country: &str, expected: &str| {
            let mut world = World::of(law);
            world.purpose = Purpose::Information;
            world.account.facts = vec![(Fact::Country, Value::Text(country.to_owned()))];
            world.check("2026-03-02 10:00", expected);
        };
        check("CO", "CO", "now (0 of 1)");
        check("CO", "co", "now (0 of 1)");
        check("CO", "PE", "never (other_country)");
        check("BR-SP", "BR", "now");
        check("US", "PR", "now");
        check("GB", "UK", "now");
    }
}
