//! The head of a strategy: said once, said at all, and known.

use super::{types, unknown};
use crate::ast::{At, Clause, ContactClause, Guarantee, Name, Step, Strategy};
use crate::diagnostic::Diagnostic;
use crate::keywords::Keyword as K;
use crate::problems::{
    BadSchedule, DuplicateClause, HoursReversed, MissingClause, NameOfAFact, OldNameInUse, UnknownCurrency,
    UnknownStep, UnknownTimeZone,
};
use crate::resolve::{Names, Scope};
use crate::source::Span;
use crate::values::{Currency, Lang, Type};
use std::collections::BTreeMap;
use std::str::FromStr;

pub(super) fn check(scope: &Scope<'_>, names: &Names<'_>, findings: &mut Vec<Diagnostic>) {
    let strategy = scope.strategy;
    said_once(&strategy.clauses, findings);
    said_at_all(strategy, findings);
    for clause in &strategy.clauses {
        match &clause.is {
            Clause::Currency(name) => currency(name, findings),
            Clause::Timezone(name) => zone(name, findings),
            Clause::Contact(clauses) => hours(clauses, findings),
            Clause::Parameter(parameter) => own_name(&parameter.name, findings),
            Clause::Field(field) => {
                own_name(&field.name, findings);
                if let Some(is) = &field.at_first {
                    typing(scope, names, findings).expect(is, field.kind);
                }
            }
            Clause::Condition(condition) => {
                own_name(&condition.name, findings);
                let above =
                    scope.conditions.iter().take_while(|known| known.name.span != condition.name.span);
                let conditions = above.count();
                let mut typing = types::Typing { conditions, ..typing(scope, names, findings) };
                typing.expect(&condition.holds, Type::Truth);
            }
            Clause::PromiseGrace(_, Some(tolerance)) => {
                super::money::part(tolerance, &mut typing(scope, names, findings));
            }
            Clause::Plan(plan) => super::plans::plan(plan, &mut typing(scope, names, findings)),
            Clause::Guarantee(guarantees) => {
                for guarantee in guarantees {
                    if let Guarantee::CostAtMost(amount) = &guarantee.is {
                        typing(scope, names, findings).expect(amount, Type::Money);
                    }
                }
            }
            Clause::Step(step) => {
                renamed(step, scope, findings);
                if let Some(holds) = step.stage.as_ref().and_then(|stage| stage.holds.as_ref()) {
                    typing(scope, names, findings).expect(holds, Type::Truth);
                }
            }
            Clause::Enter(condition) => {
                typing(scope, names, findings).expect(condition, Type::Truth);
            }
            Clause::Review(text) => {
                findings.extend(schedule(&text.is, text.span));
            }
            Clause::Start(name) if scope.step(&name.text).is_none() => {
                let known = scope.steps.iter().map(|step| step.name.text.as_str());
                let problem = |name, nearest| UnknownStep { name, nearest };
                findings.push(unknown(name, known, problem));
            }
            _ => {}
        }
    }
}

/// The old name of a step is nobody's name any more, and one step's old name only.
fn renamed(step: &Step, scope: &Scope<'_>, findings: &mut Vec<Diagnostic>) {
    let Some(old) = &step.renamed_from else { return };
    if scope.step(&old.text).is_some() || scope.outcome(&old.text).is_some() {
        let problem = OldNameInUse { name: old.text.clone() };
        findings.push(Diagnostic::new(problem, old.span));
    }
    let mut others = scope.steps.iter().filter_map(|other| other.renamed_from.as_ref());
    let first = others.find(|other| other.text == old.text && other.span < old.span);
    findings.extend(first.map(|first| crate::resolve::duplicate(old, first.span)));
}

/// The types of a strategy's expressions: all of its fields and conditions are known.
pub(super) fn typing<'a>(
    scope: &'a Scope<'a>,
    names: &Names<'_>,
    findings: &'a mut Vec<Diagnostic>,
) -> types::Typing<'a> {
    let currency = currency_of(scope.strategy);
    types::Typing { lang: names.lang, currency, scope, conditions: usize::MAX, findings }
}

/// A field or a condition may not be called like a fact: nobody could tell which is read.
pub(super) fn own_name(name: &Name, findings: &mut Vec<Diagnostic>) {
    if Lang::ALL.iter().any(|lang| crate::vocabulary::find(&name.text, *lang).is_some()) {
        let problem = NameOfAFact { name: name.text.clone() };
        findings.push(Diagnostic::new(problem, name.span));
    }
}

/// Says why a schedule cannot be read, when it cannot.
pub(super) fn schedule(text: &str, span: Span) -> Option<Diagnostic> {
    let error = cron::Schedule::from_str(text).err()?;
    let why = error.to_string().lines().next().unwrap_or("").to_owned();
    Some(Diagnostic::new(BadSchedule { why }, span))
}

/// The strategy's currency, when it names a known one.
pub(super) fn currency_of(strategy: &Strategy) -> Option<Currency> {
    strategy.clauses.iter().find_map(|clause| match &clause.is {
        Clause::Currency(name) => Currency::parse(&name.text),
        _ => None,
    })
}

pub(crate) fn key(clause: &Clause) -> Option<K> {
    Some(match clause {
        Clause::Title(_) => K::Title,
        Clause::Currency(_) => K::Currency,
        Clause::Timezone(_) => K::Timezone,
        Clause::Law(_) => K::Law,
        Clause::Contact(_) => K::Contact,
        Clause::Enter(_) => K::Enter,
        Clause::Review(_) => K::Review,
        Clause::EnterAgain(_) => K::EnterAgain,
        Clause::Late(..) => K::LateBy,
        Clause::PromiseGrace(..) => K::PromiseGrace,
        Clause::Identity(_) => K::IdentityRequired,
        Clause::Guarantee(_) => K::Guarantee,
        Clause::Always(_) => K::Always,
        Clause::Start(_) => K::Start,
        Clause::Webhook(_)
        | Clause::Plan(_)
        | Clause::Step(_)
        | Clause::Outcome(..)
        | Clause::Field(_)
        | Clause::Event(_)
        | Clause::Condition(_)
        | Clause::Queue(_)
        | Clause::Parameter(_) => return None,
    })
}

pub(crate) fn said_once(clauses: &[At<Clause>], findings: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<K, Span> = BTreeMap::new();
    for clause in clauses {
        let Some(keyword) = key(&clause.is) else { continue };
        if let Some(first) = seen.get(&keyword) {
            let problem = DuplicateClause {
                name_es: keyword.word(Lang::Es).to_owned(),
                name_en: keyword.word(Lang::En).to_owned(),
            };
            findings.push(Diagnostic::new(problem, clause.span).also(*first, "primera vez", "first time"));
        } else {
            seen.insert(keyword, clause.span);
        }
    }
}

fn said_at_all(strategy: &Strategy, findings: &mut Vec<Diagnostic>) {
    let needed = [
        (K::Currency, "moneda PEN", "currency PEN"),
        (K::Timezone, "zona horaria America/Lima", "timezone America/Lima"),
        (K::Enter, "entra si dias_mora >= 1", "enter when days_past_due >= 1"),
        (K::Start, "inicio recordatorio", "start reminder"),
    ];
    for (keyword, es, en) in needed {
        // What can only be called takes these from its caller.
        if strategy.is_part && keyword != K::Start {
            continue;
        }
        if strategy.clauses.iter().all(|clause| key(&clause.is) != Some(keyword)) {
            let problem = MissingClause {
                what_es: keyword.word(Lang::Es).to_owned(),
                what_en: keyword.word(Lang::En).to_owned(),
                example_es: es.to_owned(),
                example_en: en.to_owned(),
            };
            findings.push(Diagnostic::new(problem, strategy.name.span));
        }
    }
}

pub(super) fn currency(name: &Name, findings: &mut Vec<Diagnostic>) {
    if Currency::parse(&name.text).is_none() {
        let problem = |written, nearest| UnknownCurrency { written, nearest };
        let by_word = crate::vocabulary::currency_of_word(&name.text).filter(|letters| !letters.is_empty());
        findings.push(match by_word {
            Some(letters) => super::not_known(name, Some(letters.to_owned()), problem),
            None => unknown(name, Currency::all(), problem),
        });
    }
}

pub(super) fn zone(name: &Name, findings: &mut Vec<Diagnostic>) {
    if chrono_tz::Tz::from_str(&name.text).is_err() {
        let known = || chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
        let problem = |written, nearest| UnknownTimeZone { written, nearest };
        // `Lima` without its continent.
        let wanted = crate::keywords::fold(&name.text).replace(' ', "_");
        let by_city =
            known().find(|zone| zone.rsplit('/').next().is_some_and(|city| city.to_lowercase() == wanted));
        findings.push(match by_city {
            Some(zone) => super::not_known(name, Some(zone.to_owned()), problem),
            None => unknown(name, known(), problem),
        });
    }
}

fn hours(clauses: &[At<ContactClause>], findings: &mut Vec<Diagnostic>) {
    for clause in clauses {
        let ContactClause::Hours(parts, _) = &clause.is else { continue };
        for part in parts {
            if part.stretches.iter().any(|stretch| stretch.open >= stretch.close) {
                findings.push(Diagnostic::new(HoursReversed, part.span));
            }
        }
    }
}
