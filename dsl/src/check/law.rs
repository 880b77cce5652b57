//! A strategy may be stricter than its law pack, never looser.

use super::unknown;
use crate::ast::{Clause, ContactClause, HoursPart, Strategy};
use crate::diagnostic::Diagnostic;
use crate::law::{Cap, Gap, Hours, LawPack, Laws, Ruled};
use crate::problems::{LooserThanLaw, NoLaw, UnknownLaw};
use crate::source::Span;
use crate::values::{ChannelSet, Stretch, Window};

pub(super) fn check(strategy: &Strategy, laws: &Laws, findings: &mut Vec<Diagnostic>) {
    let named = strategy.clauses.iter().find_map(|clause| match &clause.is {
        Clause::Law(name) => Some(name),
        _ => None,
    });
    let Some(name) = named else {
        if strategy.is_part {
            return;
        }
        findings.push(Diagnostic::new(NoLaw, strategy.name.span));
        return;
    };
    let Some(pack) = laws.get(&name.text) else {
        let known: Vec<&str> = laws.codes().collect();
        let problem = |name, _| UnknownLaw { name, known: known.join(", ") };
        findings.push(unknown(name, known.iter().copied(), problem));
        return;
    };
    for clause in &strategy.clauses {
        let Clause::Contact(clauses) = &clause.is else { continue };
        for clause in clauses {
            match &clause.is {
                ContactClause::Hours(parts, _) => {
                    for part in parts {
                        // A law of several groups of channels is broken once, not once for each.
                        findings.extend(pack.hours.iter().find_map(|law| {
                            if law.binds_on(pack.as_of) { hours(part, pack, law) } else { None }
                        }));
                    }
                }
                ContactClause::AtMost(parts, _) => {
                    for part in parts {
                        limit(part, pack, findings);
                    }
                }
                ContactClause::Ladder(_) => {}
            }
        }
    }
}

fn hours(part: &HoursPart, pack: &LawPack, law: &Ruled<Hours>) -> Option<Diagnostic> {
    let week = &law.rule.week;
    let permitted = |day: u8| week.days.get(usize::from(day)).unwrap_or(&week.holiday);
    let inside = |stretch: &Stretch, day: u8| {
        permitted(day).iter().any(|law| law.open <= stretch.open && stretch.close <= law.close)
    };
    for (first, last) in &part.days {
        let mut day = *first;
        loop {
            if let Some(stretch) =
                part.stretches.iter().find(|stretch| stretch.open < stretch.close && !inside(stretch, day))
            {
                let hours = |none: &str| match permitted(day).as_slice() {
                    [] => none.to_owned(),
                    stretches => {
                        let all: Vec<String> =
                            stretches.iter().map(|s| format!("{}-{}", s.open, s.close)).collect();
                        all.join(", ")
                    }
                };
                let (es, en) = day_name(day);
                let problem = LooserThanLaw {
                    law: pack.code.clone(),
                    what_es: format!("{es} {}-{} (permite: {})", stretch.open, stretch.close, hours("nada")),
                    what_en: format!(
                        "{en} {}-{} (it permits: {})",
                        stretch.open,
                        stretch.close,
                        hours("nothing")
                    ),
                    article: law.article.clone(),
                };
                return Some(Diagnostic::new(problem, part.span));
            }
            if day == *last || *first == 7 || *last == 7 {
                break;
            }
            day = (day + 1) % 7;
        }
    }
    None
}

fn day_name(day: u8) -> (&'static str, &'static str) {
    match day {
        0 => ("lunes", "Monday"),
        1 => ("martes", "Tuesday"),
        2 => ("miércoles", "Wednesday"),
        3 => ("jueves", "Thursday"),
        4 => ("viernes", "Friday"),
        5 => ("sábado", "Saturday"),
        6 => ("domingo", "Sunday"),
        _ => ("feriados", "holidays"),
    }
}

/// Only limits of one window are compared: the gate holds both, whatever they say. A least time between
/// contacts is a limit too: of two days, at most one a day.
fn limit(part: &crate::ast::LimitPart, pack: &LawPack, findings: &mut Vec<Diagnostic>) {
    let covers = |channels: ChannelSet| {
        part.channels.is_empty() || part.channels.iter().all(|channel| channels.contains(channel))
    };
    let of_cap = |law: &Ruled<Cap>| {
        let limit = &law.rule.limit;
        (law.binds_on(pack.as_of) && limit.window == part.window && covers(limit.channels))
            .then(|| (limit.contacts_max, law.article.clone()))
    };
    let of_gap = |law: &Ruled<Gap>| {
        let fit = 1 + longest_minutes(part.window).saturating_sub(1) / law.rule.minutes.max(1);
        (law.binds_on(pack.as_of) && covers(law.rule.channels)).then(|| (fit, law.article.clone()))
    };
    let caps = pack.limits.iter().filter_map(of_cap);
    let found = caps.chain(pack.gaps.iter().filter_map(of_gap)).find(|(max, _)| part.contacts_max > *max);
    if let Some((max, article)) = found {
        let (es, en) = match part.window {
            Window::Day => ("por día".to_owned(), "per day".to_owned()),
            Window::Week => ("por semana".to_owned(), "per week".to_owned()),
            Window::Month => ("por mes".to_owned(), "per month".to_owned()),
            Window::Days(days) => (format!("en {days} días"), format!("in {days} days")),
        };
        let problem = LooserThanLaw {
            law: pack.code.clone(),
            what_es: format!("{} contactos {es} (permite: {max})", part.contacts_max),
            what_en: format!("{} contacts {en} (it permits: {max})", part.contacts_max),
            article,
        };
        let figure = part.contacts_max.to_string();
        let at = Span { start: part.span.start, end: part.span.start + figure.len() as u32 };
        findings.push(Diagnostic::new(problem, part.span).guess(at, max.to_string()));
    }
}

/// The minutes of a window where it is longest: what fits there under a gap fits in no other.
fn longest_minutes(window: Window) -> u32 {
    let days = match window {
        Window::Day => 1,
        Window::Week => 7,
        Window::Month => 31,
        Window::Days(days) => u32::from(days),
    };
    days * 24 * 60
}
