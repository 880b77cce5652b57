//! What strategies share, put into each that uses it.
//!
//! In: a file with what it imports. Out: the same file, in which every strategy stands by itself: clauses at the top of a
//! file stand in each strategy that uses them. So whoever comes later sees one strategy as if it had been written out.

use crate::ast::{At, Clause, ContactClause, File, Item, Strategy};
use crate::check::clause_key;
use crate::diagnostic::Diagnostic;
use crate::problems::DuplicateClause;
use crate::source::Span;
use crate::values::Lang;

/// Writes out every strategy of a file.
pub(crate) fn file(mut file: File, _callable: &[Strategy], findings: &mut Vec<Diagnostic>) -> File {
    let shared: Vec<At<Clause>> = file.items.iter().filter_map(shared_clause).cloned().collect();
    if shared.is_empty() {
        return file;
    }
    crate::check::said_once(&shared, findings);
    let lang = file.lang;
    for item in &mut file.items {
        if let Item::Strategy(strategy) = item {
            share(strategy, &shared, lang, findings);
        }
    }
    file
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
            Clause::Field(field) => words.contains(&field.name.text),
            Clause::Condition(condition) => condition.is_segment || words.contains(&condition.name.text),
            other => {
                let key = clause_key(other);
                strategy.clauses.iter().all(|own| clause_key(&own.is) != key)
            }
        };
        if is_wanted {
            let as_item = Item::Shared(clause.clone());
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
