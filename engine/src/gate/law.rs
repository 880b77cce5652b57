//! The law pack as the gate uses it: holidays worked out, and what each reach is bound by.
//!
//! In: a pack. Out: the same with its holidays by date. Absent: reading packs; that is the language's.

use super::{Part, Reach};
use crate::calendar::Holidays;
use crate::customer::Customer;
use chrono_tz::Tz;
use cobro_dsl::law::{
    Cap, Confidence, Exempt, Hours, LawPack, Per, Recipients, Replies, Ruled, Status, Unit,
};
use cobro_dsl::values::{
    Channel, ChannelSet, Limit, NaiveDate, Purpose, Role, Stretch, TimeOfDay, WeekHours, Window,
};

/// A law pack with its holidays worked out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Law {
    /// The pack.
    pub pack: LawPack,
    /// Its holidays, by date.
    pub holidays: Holidays,
    /// The part of the gate that is switched off, to see that its absence is found.
    #[cfg(feature = "faults")]
    pub off: Option<Part>,
}

/// A rule of our own, which no norm states.
fn own<T>(rule: T) -> Ruled<T> {
    Ruled {
        rule,
        article: String::new(),
        source: String::new(),
        confidence: Confidence::Safe,
        status: Status::Practice,
        from: None,
        until: None,
    }
}

impl Law {
    /// Works out the holidays of a pack; costs some thousand dates, so a law is made once and kept.
    pub fn new(pack: LawPack) -> Law {
        let enforced = pack.holidays.iter().filter(|holiday| holiday.status.is_enforced());
        let holidays = Holidays::of(enforced.map(|holiday| &holiday.rule));
        Law {
            pack,
            holidays,
            #[cfg(feature = "faults")]
            off: None,
        }
    }

    /// What binds a strategy that names no law pack: business hours of weekdays and one contact a day. Cautious
    /// on purpose, so that leaving the law out never opens anything.
    pub fn cautious() -> Law {
        let stretch = Stretch { open: TimeOfDay(9 * 60), close: TimeOfDay(18 * 60) };
        let mut week = WeekHours::default();
        for day in week.days.iter_mut().take(5) {
            day.push(stretch);
        }
        let limit = Limit { contacts_max: 1, window: Window::Day, channels: ChannelSet::ALL };
        Law::new(LawPack {
            code: String::new(),
            name_es: "sin norma: límites prudentes".to_owned(),
            name_en: "no law pack: cautious limits".to_owned(),
            zones: vec![chrono_tz::Tz::UTC],
            as_of: NaiveDate::default(),
            countries: Vec::new(),
            holidays_known_until: None,
            hours: vec![own(Hours { channels: ChannelSet::ALL, week })],
            limits: vec![own(Cap { limit, counted: Unit::Attempt, per: Per::Person })],
            extends: None,
            gaps: Vec::new(),
            exclusives: Vec::new(),
            silences: Vec::new(),
            exempt: vec![own(Exempt { purposes: vec![Purpose::Receipt] })],
            consents: Vec::new(),
            recipients: vec![own(Recipients { roles: vec![Role::Debtor, Role::Guarantor] })],
            duties: Vec::new(),
            replies: own(Replies { are_counted: false, keep_hours: true }),
            holidays: Vec::new(),
        })
    }

    /// Does a message of this reach count as a contact, so that it goes into the customer's ledger and
    /// limits bind it?
    pub fn counts(&self, reach: Reach) -> bool {
        match reach {
            Reach::NewContact => true,
            Reach::Reply => self.pack.replies.rule.are_counted,
            Reach::Exempt => false,
        }
    }

    /// Must a message of this reach keep the permitted hours?
    pub fn keeps_hours(&self, reach: Reach) -> bool {
        match reach {
            Reach::NewContact | Reach::Exempt => true,
            Reach::Reply => self.pack.replies.rule.keep_hours,
        }
    }

    /// Do hours of the law bind a channel on a local day? Where none do, nothing is permitted.
    pub(super) fn has_hours_on(&self, channel: Channel, day: NaiveDate) -> bool {
        self.pack.hours_of(channel).any(|hours| hours.binds_on(day))
    }

    /// The zones in which a customer may live whose own zone is unknown: those of the country, whatever zone the strategy
    /// names. Without a law pack there is no country.
    pub fn other_zones(&self, customer: &Customer) -> &[Tz] {
        let is_certain = customer.zone.is_some() || self.pack.code.is_empty();
        if is_certain || self.is_off(Part::Zone) { &[] } else { &self.pack.zones }
    }

    /// Is a part of the gate switched off? Never, but in a build that tests the tests.
    pub(super) fn is_off(&self, part: Part) -> bool {
        #[cfg(feature = "faults")]
        return self.off == Some(part);
        #[cfg(not(feature = "faults"))]
        {
            let _ = part;
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::World;
    use super::super::{Decided, Reach};
    use cobro_dsl::values::{Channel, Purpose};

    #[test]
    fn a_reply_is_bound_as_the_pack_says() {
        let mut world =
            World::of("CO").contact("whatsapp 2026-03-02 09:00").talking_until("2026-03-03 22:00");
        world.check("2026-03-02 11:00", "now, a reply");
        world.check("2026-03-02 21:00", "not before 2026-03-03 07:00 (hours of the law)");
        world.law.pack.replies.rule.keep_hours = false;
        world.check("2026-03-02 21:00", "now, a reply");
        world.law.pack.replies.rule.are_counted = true;
        world.check("2026-03-02 21:00", "not before 2026-03-03 00:00 (1 of 1 a day of the law)");
    }

    #[test]
    fn what_was_said_is_answered_once_and_by_what_asks_for_nothing() {
        let world = || World::of("CO").contact("whatsapp 2026-03-02 09:00").talking_until("2026-03-03 08:00");
        world().check("2026-03-02 11:00", "now, a reply");
        let tomorrow = "not before 2026-03-03 07:00 (1 of 1 a day of the law)";
        let mut answered = world();
        answered.account.went_out(Reach::Reply, Channel::Whatsapp, true);
        answered.check("2026-03-02 11:00", tomorrow);
        // The answer itself, asked about again before it goes out.
        let at = super::super::tests::moment("2026-03-02 11:00", answered.zone);
        answered.decided = Some(Decided { at, reach: Reach::Reply, contact: None });
        answered.check("2026-03-02 11:01", "now, a reply");
        let mut dunned = world();
        dunned.purpose = Purpose::Reminder;
        dunned.check("2026-03-02 11:00", tomorrow);
    }

    #[test]
    fn a_call_that_we_make_is_never_a_reply() {
        let mut world = World::of("US").contact("call 2026-03-02 09:00").talking_until("2026-03-03 08:00");
        world.channel = Channel::Call;
        world.check("2026-03-02 11:00", "not before 2026-03-09 08:00 (silence)");
    }

    #[test]
    fn a_strategy_of_another_zone_does_not_move_the_country_s_clock() {
        let mut world = World::of("PE");
        world.zone = chrono_tz::Asia::Tokyo;
        world.zone_unknown = true;
        // 10:00 in Tokyo is 20:00 of the evening before in Lima; 07:00 is 17:00, which both permit.
        world.check("2026-03-03 10:00", "not before 2026-03-04 07:00 (unknown zone America/Lima)");
    }

    #[test]
    fn a_conversation_that_is_over_makes_a_new_contact() {
        let world = World::of("CO").contact("whatsapp 2026-03-02 09:00").talking_until("2026-03-02 10:00");
        world.check("2026-03-02 09:59", "now, a reply");
        world.check("2026-03-02 10:00", "not before 2026-03-03 07:00 (1 of 1 a day of the law)");
    }

    #[test]
    fn a_channel_without_hours_is_closed() {
        let mut world = World::of("PE");
        world.law.pack.hours.retain(|hours| hours.rule.channels.contains(Channel::Call));
        world.check("2026-03-02 09:00", "never (no_permitted_time)");
    }

    #[test]
    fn before_its_hours_are_in_force_a_law_permits_nothing() {
        World::of("CO").check("2023-10-09 09:00", "not before 2023-10-10 07:00 (hours of the law)");
    }

    #[test]
    fn a_rule_binds_from_its_first_day_to_its_last() {
        let mut world = World::of("CO").contact("whatsapp 2026-03-02 09:00");
        let limit = &mut world.law.pack.limits[0];
        limit.from = cobro_dsl::values::NaiveDate::from_ymd_opt(2026, 3, 3);
        world.check("2026-03-02 10:00", "now");
        let limit = &mut world.law.pack.limits[0];
        (limit.from, limit.until) = (None, cobro_dsl::values::NaiveDate::from_ymd_opt(2026, 3, 1));
        world.check("2026-03-02 10:00", "now");
    }
}
