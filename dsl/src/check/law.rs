//! A strategy may be stricter than its law pack, never looser.

use super::not_known;
use crate::ast::{Clause, ContactClause, HoursPart, Strategy};
use crate::diagnostic::Diagnostic;
use crate::law::{Cap, Gap, Hours, LawPack, Laws, Ruled, Unit};
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
        // As they are written in a file.
        let known: Vec<String> = laws.codes().map(|code| code.replace('-', "_")).collect();
        let problem = |name, _| UnknownLaw { name, known: known.join(", ") };
        findings.push(not_known(name, meant(&name.text, laws), problem));
        return;
    };
    for clause in &strategy.clauses {
        let Clause::Contact(clauses) = &clause.is else { continue };
        for clause in clauses {
            match &clause.is {
                ContactClause::Hours(parts, _) => {
                    for part in parts {
                        // A law of several groups of channels is broken once, not once for each.
                        let broken = pack.hours.iter().filter(|law| law.binds_on(pack.as_of));
                        let broken = broken.filter_map(|law| Some((law.confidence, hours(part, pack, law)?)));
                        // The surest is told: an overlay's own article before its base's caution.
                        findings.extend(broken.min_by_key(|(sure, _)| *sure).map(|(_, finding)| finding));
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

/// The code that was meant: by the country's name, or by its letters where only signs differ. Never by letters that
/// are merely near: the law of another country is worse than none.
fn meant(written: &str, laws: &Laws) -> Option<String> {
    let plain = |text: &str| crate::keywords::fold(text).replace(['_', '-', ' '], "");
    let written = plain(written);
    let mut packs = laws.codes().filter_map(|code| laws.get(code));
    let is_it = |pack: &LawPack| {
        let also = if pack.code == "GB" { "uk" } else { "" };
        written == also || [&pack.code, &pack.name_es, &pack.name_en].iter().any(|it| plain(it) == written)
    };
    packs.find(|pack| is_it(pack)).map(|pack| pack.code.replace('-', "_"))
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
                    law: pack.code.replace('-', "_"),
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

/// What the law permits in the strategy's window at most, taken so that nobody is told of a limit that does bind: as
/// many windows of the law as the strategy's may touch. A least time between contacts is a limit too: of two days, at
/// most one a day. Where each channel has a limit of its own, their sum is the law's total.
fn limit(part: &crate::ast::LimitPart, pack: &LawPack, findings: &mut Vec<Diagnostic>) {
    let asked = if part.channels.is_empty() { ChannelSet::ALL } else { part.channels };
    let of_cap = |law: &'_ Ruled<Cap>| {
        let limit = &law.rule.limit;
        let fit = touched(limit.window, part.window).saturating_mul(limit.contacts_max);
        // What counts only those that arrive or are taken says nothing of how many may be tried.
        let is_comparable = law.binds_on(pack.as_of) && law.rule.counted == Unit::Attempt;
        is_comparable.then(|| (limit.channels, fit, law.article.clone()))
    };
    let of_gap = |law: &'_ Ruled<Gap>| {
        let fit = 1 + longest_minutes(part.window).saturating_sub(1) / law.rule.minutes.max(1);
        law.binds_on(pack.as_of).then(|| (law.rule.channels, fit, law.article.clone()))
    };
    let rules: Vec<(ChannelSet, u32, String)> =
        pack.limits.iter().filter_map(of_cap).chain(pack.gaps.iter().filter_map(of_gap)).collect();
    // The strictest rule of each channel; each rule is added once, whatever channels it counts together.
    let mut taken: Vec<&(ChannelSet, u32, String)> = Vec::new();
    for channel in asked.iter() {
        let own = rules.iter().filter(|(channels, _, _)| channels.contains(channel));
        // A channel without a limit: the law has no total.
        let Some(own) = own.min_by_key(|(_, max, _)| *max) else { return };
        if !taken.iter().any(|known| std::ptr::eq(*known, own)) {
            taken.push(own);
        }
    }
    let max = taken.iter().fold(0_u32, |sum, (_, max, _)| sum.saturating_add(*max));
    let Some((_, _, article)) = taken.first().filter(|_| part.contacts_max > max) else { return };
    let (es, en) = match part.window {
        Window::Day => ("por día".to_owned(), "per day".to_owned()),
        Window::Week => ("por semana".to_owned(), "per week".to_owned()),
        Window::Month => ("por mes".to_owned(), "per month".to_owned()),
        Window::Days(days) => (format!("en {days} días"), format!("in {days} days")),
    };
    let problem = LooserThanLaw {
        law: pack.code.replace('-', "_"),
        what_es: format!("{} contactos {es} (permite: {max})", part.contacts_max),
        what_en: format!("{} contacts {en} (it permits: {max})", part.contacts_max),
        article: article.clone(),
    };
    let figure = part.contacts_max.to_string();
    let at = Span { start: part.span.start, end: part.span.start + figure.len() as u32 };
    findings.push(Diagnostic::new(problem, part.span).guess(at, max.to_string()));
}

/// So many windows of the law may a window of the strategy's touch, at most.
fn touched(law: Window, own: Window) -> u32 {
    if law == own {
        return 1;
    }
    let days = longest_minutes(own) / (24 * 60);
    match (law, own) {
        // A local day lies in one day, week or month; any other day of 24 hours touches two of them.
        (Window::Day, Window::Week | Window::Days(_)) => days + 1,
        (Window::Day, Window::Month) => days,
        // A law's week is any 7 × 24 hours too.
        (Window::Week, _) => days.div_ceil(7),
        (Window::Days(span), _) => days.div_ceil(u32::from(span.max(1))),
        (Window::Month, Window::Day) | (Window::Day, Window::Day) => 1,
        (Window::Month, _) => days / 28 + 2,
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
