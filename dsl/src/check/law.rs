//! A strategy may be stricter than its law pack, never looser.

use super::unknown;
use crate::ast::{Clause, ContactClause, HoursPart, Strategy};
use crate::diagnostic::Diagnostic;
use crate::law::{Hours, LawPack, Laws, Ruled};
use crate::problems::{LooserThanLaw, NoLaw, UnknownLaw};
use crate::values::{Limit, Stretch, Window};

pub(super) fn check(strategy: &Strategy, laws: &Laws, findings: &mut Vec<Diagnostic>) {
    let named = strategy.clauses.iter().find_map(|clause| match &clause.is {
        Clause::Law(name) => Some(name),
        _ => None,
    });
    let Some(name) = named else {
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
                        findings.extend(pack.hours.iter().find_map(|law| hours(part, pack, law)));
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

/// Only limits of one window are compared: the gate holds both, whatever they say.
fn limit(part: &crate::ast::LimitPart, pack: &LawPack, findings: &mut Vec<Diagnostic>) {
    let looser = |law: &&crate::law::Ruled<Limit>| {
        let covers = part.channels.is_empty()
            || part.channels.iter().all(|channel| law.rule.channels.contains(channel));
        law.rule.window == part.window && covers && part.contacts_max > law.rule.contacts_max
    };
    if let Some(law) = pack.limits.iter().find(looser) {
        let (es, en) = match part.window {
            Window::Day => ("por día".to_owned(), "per day".to_owned()),
            Window::Week => ("por semana".to_owned(), "per week".to_owned()),
            Window::Month => ("por mes".to_owned(), "per month".to_owned()),
            Window::Days(days) => (format!("en {days} días"), format!("in {days} days")),
        };
        let problem = LooserThanLaw {
            law: pack.code.clone(),
            what_es: format!("{} contactos {es} (permite: {})", part.contacts_max, law.rule.contacts_max),
            what_en: format!("{} contacts {en} (it permits: {})", part.contacts_max, law.rule.contacts_max),
            article: law.article.clone(),
        };
        findings.push(Diagnostic::new(problem, part.span));
    }
}
