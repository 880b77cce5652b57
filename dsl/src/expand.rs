//! What strategies share, put into each that uses it.
//!
//! In: a file with what it imports. Out: the same file, in which every strategy stands by itself: clauses at the top of a
//! file stand in each strategy that uses them. So whoever comes later sees one strategy as if it had been written out.

mod calls;
mod queues;

use crate::ast::parameter::ParameterValue;
use crate::ast::{At, Clause, ContactClause, File, Item, StatementKind, Strategy};
use crate::check::clause_key;
use crate::diagnostic::Diagnostic;
use crate::parse::Settings;
use crate::problems::DuplicateClause;
use crate::source::{Source, Span};
use crate::values::Lang;

/// Writes out every strategy of a file.
pub(crate) fn file(
    mut file: File,
    imported: &[Strategy],
    source: &Source,
    settings: &Settings,
    findings: &mut Vec<Diagnostic>,
) -> File {
    let shared: Vec<At<Clause>> = file.items.iter().filter_map(shared_clause).cloned().collect();
    crate::check::said_once(&shared, findings);
    let calls = file.items.iter().any(|item| matches!(item, Item::Strategy(strategy) if calls(strategy)));
    let own: Vec<Strategy> = match calls {
        true => file.items.iter().filter_map(strategy).cloned().collect(),
        false => Vec::new(),
    };
    let callable = Callable { own: &own, imported, shared: &shared, source, settings, lang: file.lang };
    if calls {
        for (at, strategy) in own.iter().chain(imported).enumerate() {
            let before =
                own.iter().chain(imported).take(at).find(|known| known.name.text == strategy.name.text);
            findings.extend(before.map(|first| crate::resolve::duplicate(&strategy.name, first.name.span)));
        }
    }
    for item in &mut file.items {
        if let Item::Strategy(strategy) = item {
            if !shared.is_empty() {
                share(strategy, &shared, file.lang, findings);
            }
            if calls {
                calls::write_out(strategy, &callable, findings);
            }
            queues::fill(strategy, &shared, findings);
        }
    }
    file
}

/// The strategies that may be called.
struct Callable<'a> {
    own: &'a [Strategy],
    imported: &'a [Strategy],
    shared: &'a [At<Clause>],
    source: &'a Source,
    settings: &'a Settings,
    lang: Lang,
}

impl<'a> Callable<'a> {
    fn names(&self) -> impl Iterator<Item = &'a str> {
        self.own.iter().chain(self.imported).map(|strategy| strategy.name.text.as_str())
    }

    fn find(&self, name: &str) -> Option<&'a Strategy> {
        self.own.iter().chain(self.imported).find(|strategy| strategy.name.text == name)
    }

    /// Reads a strategy once more, with values for its parameters.
    fn again(&self, strategy: &Strategy, given: &[(String, ParameterValue)]) -> Option<Strategy> {
        let (start, end) = self.source.part_range(strategy.span.start);
        let text = self.source.text.get(..end as usize)?;
        let none = Settings::default();
        let settings = if start == 0 { self.settings } else { &none };
        let given = Some((strategy.name.text.as_str(), given));
        let (file, _) = crate::parse::parse_given(text, start as usize, settings, given);
        file.items.into_iter().find_map(|item| match item {
            Item::Strategy(again) if again.span == strategy.span => Some(again),
            _ => None,
        })
    }
}

fn strategy(item: &Item) -> Option<&Strategy> {
    match item {
        Item::Strategy(strategy) => Some(strategy),
        _ => None,
    }
}

/// Does a strategy call another?
fn calls(strategy: &Strategy) -> bool {
    let mut found = false;
    let scope = crate::resolve::Scope::of(strategy, &mut Vec::new());
    scope.each_statement(&mut |statement| found |= matches!(statement, StatementKind::Run(_)));
    found
}

fn shared_clause(item: &Item) -> Option<&At<Clause>> {
    match item {
        Item::Shared(clause) => Some(clause),
        _ => None,
    }
}

/// Puts the clauses of the file that a strategy uses before its own. What is said once in a strategy is taken from
/// the file only when the strategy does not say it; rules of contact hold together; what has a name is taken when the
/// name is used.
fn share(strategy: &mut Strategy, shared: &[At<Clause>], lang: Lang, findings: &mut Vec<Diagnostic>) {
    let mut words = crate::format::item_words(&Item::Strategy(strategy.clone()), lang);
    let mut taken = Vec::new();
    // From the last to the first: a condition may speak of those above it.
    for clause in shared.iter().rev() {
        let is_wanted = match &clause.is {
            Clause::Contact(rules) => {
                said_twice(strategy, rules, findings);
                let own = strategy.clauses.iter_mut().find_map(|own| match &mut own.is {
                    Clause::Contact(own) => Some(own),
                    _ => None,
                });
                match own {
                    Some(own) => {
                        own.splice(0..0, rules.iter().cloned());
                        false
                    }
                    None => true,
                }
            }
            Clause::Queue(_) => false,
            Clause::Field(field) => words.contains(&field.name.text),
            Clause::Condition(condition) => condition.is_segment || words.contains(&condition.name.text),
            other => {
                let key = clause_key(other);
                strategy.clauses.iter().all(|own| clause_key(&own.is) != key)
            }
        };
        if is_wanted {
            let as_item = Item::Shared(Box::new(clause.clone()));
            words.push_str(&crate::format::item_words(&as_item, lang));
            taken.push(clause.clone());
        }
    }
    taken.reverse();
    strategy.clauses.splice(0..0, taken);
}

/// Hours or a ladder of the file and of a strategy: nobody could tell which holds.
fn said_twice(strategy: &Strategy, rules: &[At<ContactClause>], findings: &mut Vec<Diagnostic>) {
    use crate::keywords::Keyword as K;
    let place = |rules: &[At<ContactClause>], keyword: K| -> Option<Span> {
        let is_it = |rule: &&At<ContactClause>| match &rule.is {
            ContactClause::Hours(..) => keyword == K::Hours,
            ContactClause::Ladder(_) => keyword == K::Ladder,
            ContactClause::AtMost(..) => false,
        };
        rules.iter().find(is_it).map(|rule| rule.span)
    };
    for clause in &strategy.clauses {
        let Clause::Contact(own) = &clause.is else { continue };
        for keyword in [K::Hours, K::Ladder] {
            if let (Some(own), Some(first)) = (place(own, keyword), place(rules, keyword)) {
                let problem = DuplicateClause {
                    name_es: keyword.word(Lang::Es).to_owned(),
                    name_en: keyword.word(Lang::En).to_owned(),
                };
                findings.push(Diagnostic::new(problem, own).also(first, "primera vez", "first time"));
            }
        }
    }
}
