//! Zone: where nobody knows in which zone the customer lives, every zone of the country is asked.
//!
//! In: what a rule says in a zone in which the customer may live. Out: the same, with the zone named. Absent:
//! guessing one.

use super::Rule;
use chrono_tz::Tz;

/// The rule as it stands in one of several zones.
pub(super) fn unknown(zone: Tz, rule: Rule) -> Rule {
    Rule::UnknownZone { zone: zone.name().to_owned(), because: Box::new(rule) }
}

#[cfg(test)]
mod tests {
    use super::super::tests::World;

    // 07:00 to 22:00 in Tijuana and in Cancún: 09:00 to 21:00 in Mexico City in winter.
    #[test]
    fn a_zone_that_nobody_knows_is_every_zone_of_the_country() {
        let mut world = World::of("MX");
        world.zone_unknown = true;
        world.check("2026-02-10 08:30", "not before 2026-02-10 09:00 (unknown zone America/Tijuana)");
        world.check("2026-02-10 09:00", "now (0 of 1)");
        world.check("2026-02-10 20:59", "now (0 of 1)");
        world.check("2026-02-10 21:00", "not before 2026-02-11 09:00 (unknown zone America/Cancun)");
    }

    #[test]
    fn a_zone_that_is_known_is_the_only_one() {
        World::of("MX").check("2026-02-10 07:00", "now (0 of 1)");
    }

    #[test]
    fn a_country_of_one_zone_is_known() {
        let mut world = World::of("PE");
        world.zone_unknown = true;
        world.check("2026-03-02 07:00", "now (0 of 1)");
    }
}
