//! The pace that rules permit: how soon after some contacts the next may follow, whenever the first was made.
//!
//! In: the law pack, the strategy's own hours and limits. Out: for each rule, the time within which a further contact
//! is too soon for every moment at which the first may have been made. Taken as the worst case: every contact arrives
//! and is taken. Absent: rules that only some first moments break.

use crate::law::{Cap, LawPack, Per, Ruled, Unit};
use crate::program::ContactPolicy;
use crate::values::{Channel, ChannelSet, Limit, WeekHours, Window};

const DAY: u32 = 24 * 60;

/// One rule, as a least time.
pub(super) struct Pace<'a> {
    /// The channels whose contacts it looks at.
    pub channels: ChannelSet,
    /// So many contacts, and the next one is too soon.
    pub contacts_max: u32,
    /// A contact within so many minutes of the first is too soon.
    pub longest: u32,
    is_other_channel: bool,
    /// The rule in Spanish.
    pub es: String,
    /// The rule in English.
    pub en: String,
    /// The law's article; empty for the strategy's own.
    pub article: &'a str,
}

impl Pace<'_> {
    /// Does a contact count after a first one?
    pub(super) fn counts(&self, first: Channel, channel: Channel) -> bool {
        self.channels.contains(channel) && (!self.is_other_channel || channel != first)
    }

    /// By how many minutes is a contact too soon?
    pub(super) fn short_by(&self, minutes: u32) -> Option<u32> {
        self.longest.checked_sub(minutes).filter(|short| *short > 0)
    }
}

/// The paces of every rule that binds on the day of the pack.
pub(super) fn all<'a>(law: &'a LawPack, own: &ContactPolicy) -> Vec<Pace<'a>> {
    let mut paces = Vec::new();
    for it in law.limits.iter().filter(|it| it.binds_on(law.as_of) && is_sure(&it.rule)) {
        paces.extend(of_limit(law, own, &it.rule.limit, &it.article));
    }
    for limit in &own.limits {
        paces.extend(of_limit(law, own, limit, ""));
    }
    for it in law.gaps.iter().filter(|it| it.binds_on(law.as_of) && it.rule.counted != Unit::TwoWay) {
        let time = time(it.rule.minutes);
        let (es, en) = (format!("{} entre contactos", time.0), format!("{} between contacts", time.1));
        paces.push(pace(it.rule.channels, 1, it.rule.minutes, es, en, &it.article));
    }
    for it in law.exclusives.iter().filter(|it| it.binds_on(law.as_of) && it.rule.after != Unit::TwoWay) {
        let closed = nights(law, own, it.rule.channels, true);
        let (es, en) = ("un canal por semana", "one channel a week");
        let other = pace(it.rule.channels, 1, closed, es.to_owned(), en.to_owned(), &it.article);
        paces.push(Pace { is_other_channel: true, ..other });
    }
    for it in law.silences.iter().filter(|it| it.binds_on(law.as_of)) {
        let days = u32::from(it.rule.days);
        let closed = (days.saturating_sub(1)) * DAY + nights(law, own, it.rule.channels, false);
        let channels = it.rule.channels.iter().filter(|channel| *channel == Channel::Call).collect();
        let es = format!("{days} días de silencio tras una llamada atendida");
        let en = format!("{days} days of silence after a call that was taken");
        paces.push(pace(channels, 1, closed, es, en, &it.article));
    }
    paces.retain(|pace| pace.longest > 0);
    paces
}

/// A limit that counts exchanges may not count this contact.
fn is_sure(cap: &Cap) -> bool {
    cap.counted != Unit::TwoWay && matches!(cap.per, Per::Person | Per::Debt)
}

fn of_limit<'a>(law: &LawPack, own: &ContactPolicy, limit: &Limit, article: &'a str) -> Option<Pace<'a>> {
    let (longest, es, en) = match limit.window {
        Window::Day => (nights(law, own, limit.channels, false), "por día".to_owned(), "a day".to_owned()),
        // Seven days hold in any week.
        Window::Week => (7 * DAY, "por semana".to_owned(), "a week".to_owned()),
        Window::Days(days) => (u32::from(days) * DAY, format!("en {days} días"), format!("in {days} days")),
        // From its last day to the first of the next month there is only a night.
        Window::Month => return None,
    };
    let count = limit.contacts_max;
    let es = format!("a lo más {count} {es}");
    let en = format!("at most {count} {en}");
    Some(pace(limit.channels, count, longest, es, en, article))
}

fn pace(
    channels: ChannelSet,
    contacts_max: u32,
    longest: u32,
    es: String,
    en: String,
    article: &str,
) -> Pace<'_> {
    Pace { channels, contacts_max, longest, is_other_channel: false, es, en, article }
}

/// The shortest time, in minutes, from the end of permitted hours to the next that begin on another day; over the end
/// of a week only when asked so. 0 when hours never close.
fn nights(law: &LawPack, own: &ContactPolicy, channels: ChannelSet, of_week: bool) -> u32 {
    let shortest = channels.iter().map(|channel| {
        let of_law = law.hours_of(channel).filter(|it| it.binds_on(law.as_of)).map(of_rule);
        let weeks: Vec<&WeekHours> = of_law.chain(own.hours.as_ref()).collect();
        night(&weeks, of_week)
    });
    shortest.min().unwrap_or(0)
}

fn of_rule(rule: &Ruled<crate::law::Hours>) -> &WeekHours {
    &rule.rule.week
}

fn night(weeks: &[&WeekHours], of_week: bool) -> u32 {
    // When each day opens and closes under all rules together.
    let day = |day: usize| {
        let hours = |week: &&WeekHours| {
            let stretches = week.days.get(day)?;
            Some((stretches.first()?.open.0, stretches.last()?.close.0))
        };
        let mut all = weeks.iter().map(hours);
        all.try_fold((0, 24 * 60), |(open, close), hours| {
            let (from, to) = hours?;
            Some((open.max(from), close.min(to)))
        })
        .filter(|(open, close)| open < close)
    };
    let days: Vec<Option<(u16, u16)>> = (0..7).map(day).collect();
    let open: Vec<(u32, u32, u32)> = days
        .iter()
        .enumerate()
        .filter_map(|(at, hours)| hours.map(|(from, to)| (at as u32, u32::from(from), u32::from(to))))
        .collect();
    let mut shortest = u32::MAX;
    for (place, (at, _, close)) in open.iter().enumerate() {
        let next = open.get(place + 1);
        let is_last = next.is_none();
        let Some((next_at, next_open, _)) = next.or(open.first()) else { continue };
        let days = if is_last { 7 + next_at - at } else { next_at - at };
        if is_last || !of_week {
            shortest = shortest.min((days * DAY + next_open).saturating_sub(*close));
        }
    }
    if shortest == u32::MAX { 0 } else { shortest }
}

/// Minutes as people say them, rounded down: an "at least" stays true.
pub(crate) fn time(minutes: u32) -> (String, String) {
    let (count, es, en) = match minutes {
        minutes if minutes % DAY == 0 || minutes >= 2 * DAY => {
            (minutes / DAY, ["día", "días"], ["day", "days"])
        }
        minutes if minutes >= 2 * 60 => (minutes / 60, ["hora", "horas"], ["hour", "hours"]),
        minutes => (minutes, ["minuto", "minutos"], ["minute", "minutes"]),
    };
    let which = usize::from(count != 1);
    let word = |words: [&str; 2]| words.get(which).copied().unwrap_or("").to_owned();
    (format!("{count} {}", word(es)), format!("{count} {}", word(en)))
}
