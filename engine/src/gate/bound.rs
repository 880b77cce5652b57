//! A rule that depends on the moment: of the law or of the strategy, reckoned in one zone, from a day to a day.
//!
//! In: the law, the strategy's hours and limits. Out: every rule that binds a message, each able to say whether
//! it objects and from when it permits. Absent: what each rule means; each has its own file.

use super::exclusive::Exclusive;
use super::frequency::Cap;
use super::gap::Gap;
use super::hold::Hold;
use super::hours::Hours;
use super::silence::Silence;
use super::{Author, HORIZON_DAYS, Part, Question, Reach, Rule, zone};
use crate::calendar::Instant;
use crate::contacts::midnight;
use chrono_tz::Tz;
use cobro_dsl::law::{Per, Ruled, Unit};
use cobro_dsl::values::NaiveDate;

/// One rule in one zone.
pub(super) struct Bound<'a> {
    kind: Kind<'a>,
    /// The zone in which its days and hours are reckoned.
    zone: Tz,
    /// The zone is one of several in which the customer may live.
    is_candidate: bool,
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
}

enum Kind<'a> {
    Hold(Hold<'a>),
    Hours(Hours<'a>),
    /// No hours of the law bind on that day: nothing is permitted.
    Unruled,
    Cap(Cap<'a>),
    Gap(Gap<'a>),
    Exclusive(Exclusive<'a>),
    Silence(Silence<'a>),
}

/// Every rule of the moment that binds a message, in the order in which they are told.
pub(super) fn all<'a>(question: &Question<'a>, reach: Reach) -> impl Iterator<Item = Bound<'a>> + use<'a> {
    let (keeps_hours, counts) = (question.law.keeps_hours(reach), question.law.counts(reach));
    let asked = *question;
    let zones = move || {
        let others = asked.other_zones.iter().copied().filter(move |other| *other != asked.zone);
        std::iter::once((asked.zone, false)).chain(others.map(|other| (other, true)))
    };
    let of_law_in = move |(zone, is_candidate), keeps_hours, counts| {
        of_law(asked, zone, is_candidate, keeps_hours, counts)
    };
    // Hours first, then what counts contacts; of each the law's, in the customer's zone before the others.
    let hours = of_law_in((asked.zone, false), keeps_hours, false)
        .chain(strategy(question, keeps_hours, false))
        .chain(zones().skip(1).flat_map(move |zone| of_law_in(zone, keeps_hours, false)));
    let contacts = of_law_in((asked.zone, false), false, counts)
        .chain(strategy(question, false, counts))
        .chain(zones().skip(1).flat_map(move |zone| of_law_in(zone, false, counts)));
    let hold = Hold::of(question).map(|hold| Bound {
        kind: Kind::Hold(hold),
        zone: question.zone,
        is_candidate: false,
        from: None,
        until: None,
    });
    hold.into_iter().chain(hours).chain(contacts)
}

fn strategy<'a>(
    question: &Question<'a>,
    keeps_hours: bool,
    counts: bool,
) -> impl Iterator<Item = Bound<'a>> + use<'a> {
    let (zone, channel, holidays) = (question.zone, question.channel, &question.law.holidays);
    let bound = move |kind| Bound { kind, zone, is_candidate: false, from: None, until: None };
    let hours = question.policy.hours.as_ref().filter(|_| keeps_hours);
    let hours = hours
        .map(move |week| bound(Kind::Hours(Hours { by: Author::Strategy, article: "", week, holidays })));
    let limits =
        question.policy.limits.iter().filter(move |limit| counts && limit.channels.contains(channel));
    let limits = limits.map(move |limit| {
        let by = Author::Strategy;
        bound(Kind::Cap(Cap { by, article: "", limit, unit: Unit::Attempt, per: Per::Person }))
    });
    hours.into_iter().chain(limits)
}

fn of_law<'a>(
    question: Question<'a>,
    zone: Tz,
    is_candidate: bool,
    keeps_hours: bool,
    counts: bool,
) -> impl Iterator<Item = Bound<'a>> + use<'a> {
    let (law, channel) = (question.law, question.channel);
    let holidays = &law.holidays;
    fn bound<'a, T>(rule: &Ruled<T>, kind: Kind<'a>, zone: Tz, is_candidate: bool) -> Bound<'a> {
        Bound { kind, zone, is_candidate, from: rule.from, until: rule.until }
    }
    let is_dated = !law.pack.hours_of(channel).any(|it| it.from.is_none() && it.until.is_none());
    let unruled = (keeps_hours && is_dated && !law.is_off(Part::Hours)).then_some(Bound {
        kind: Kind::Unruled,
        zone,
        is_candidate,
        from: None,
        until: None,
    });
    let hours = law.pack.hours_of(channel).filter(move |_| keeps_hours && !law.is_off(Part::Hours));
    let hours = hours.map(move |it| {
        let hours = Hours { by: Author::Law, article: &it.article, week: &it.rule.week, holidays };
        bound(it, Kind::Hours(hours), zone, is_candidate)
    });
    let binds = move |is_enforced: bool, has_channel: bool, part| {
        counts && is_enforced && has_channel && !law.is_off(part)
    };
    let caps = law.pack.limits.iter().filter(move |it| {
        binds(it.status.is_enforced(), it.rule.limit.channels.contains(channel), Part::Frequency)
    });
    let caps = caps.map(move |it| {
        let (by, article) = (Author::Law, it.article.as_str());
        let cap = Cap { by, article, limit: &it.rule.limit, unit: it.rule.counted, per: it.rule.per };
        bound(it, Kind::Cap(cap), zone, is_candidate)
    });
    let gaps = law
        .pack
        .gaps
        .iter()
        .filter(move |it| binds(it.status.is_enforced(), it.rule.channels.contains(channel), Part::Gap));
    let gaps = gaps.map(move |it| {
        bound(it, Kind::Gap(Gap { article: &it.article, rule: &it.rule }), zone, is_candidate)
    });
    let exclusives = law.pack.exclusives.iter().filter(move |it| {
        binds(it.status.is_enforced(), it.rule.channels.contains(channel), Part::Exclusive)
    });
    let exclusives = exclusives.map(move |it| {
        bound(it, Kind::Exclusive(Exclusive { article: &it.article, rule: &it.rule }), zone, is_candidate)
    });
    let silences =
        law.pack.silences.iter().filter(move |it| {
            binds(it.status.is_enforced(), it.rule.channels.contains(channel), Part::Silence)
        });
    let silences = silences.map(move |it| {
        bound(it, Kind::Silence(Silence { article: &it.article, rule: &it.rule }), zone, is_candidate)
    });
    unruled.into_iter().chain(hours).chain(caps).chain(gaps).chain(exclusives).chain(silences)
}

impl Bound<'_> {
    /// The limit, when it is one: contacts before this one, and the most permitted.
    pub(super) fn used(&self, question: &Question) -> Option<(u32, u32)> {
        match &self.kind {
            Kind::Cap(cap) if !self.is_candidate && self.binds_on(question.now.local(self.zone).date()) => {
                Some((cap.used(question, self.zone), cap.limit.contacts_max))
            }
            _ => None,
        }
    }

    /// The rule that forbids the message at its moment.
    pub(super) fn objection(&self, question: &Question) -> Option<Rule> {
        let local = question.now.local(self.zone);
        if !self.binds_on(local.date()) {
            return None;
        }
        let rule = match &self.kind {
            Kind::Hold(hold) => hold.objection(question),
            Kind::Hours(hours) => hours.objection(local),
            Kind::Unruled => (!question.law.has_hours_on(question.channel, local.date()))
                .then(|| Rule::Hours { by: Author::Law, article: String::new() }),
            Kind::Cap(cap) => cap.objection(question, self.zone),
            Kind::Gap(gap) => gap.objection(question, self.zone),
            Kind::Exclusive(exclusive) => exclusive.objection(question, self.zone),
            Kind::Silence(silence) => silence.objection(question, self.zone),
        };
        if self.is_candidate { rule.map(|rule| zone::unknown(self.zone, rule)) } else { rule }
    }

    /// The first moment from `at` on that it permits; `None` when there is none.
    pub(super) fn admits_at(&self, question: &Question, at: Instant) -> Option<Instant> {
        if !self.binds_on(at.local(self.zone).date()) {
            return Some(at);
        }
        let first = match &self.kind {
            Kind::Hold(hold) => Some(hold.admits_at(at)),
            Kind::Hours(hours) => hours.opens_at(self.zone, at),
            Kind::Unruled => self.ruled_at(question, at),
            Kind::Cap(cap) => cap.admits_at(question, self.zone, at),
            Kind::Gap(gap) => Some(gap.admits_at(question, self.zone, at)),
            Kind::Exclusive(exclusive) => Some(exclusive.admits_at(question, self.zone, at)),
            Kind::Silence(silence) => Some(silence.admits_at(question, self.zone, at)),
        };
        let over = self.until.map(|until| midnight(until.succ_opt(), self.zone).max(at));
        match (first, over) {
            (Some(first), Some(over)) => Some(first.min(over)),
            (first, over) => first.or(over),
        }
    }

    fn ruled_at(&self, question: &Question, at: Instant) -> Option<Instant> {
        let today = at.local(self.zone).date();
        let has_hours = |day: &NaiveDate| question.law.has_hours_on(question.channel, *day);
        let day = today.iter_days().take(HORIZON_DAYS).find(has_hours)?;
        Some(at.max(midnight(Some(day), self.zone)))
    }

    fn binds_on(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}
