//! Checks over the resolved tree, in order; none stops at its first finding.
//!
//! In: a tree with its names, and the law packs. Out: findings. Absent: what needs the graph (`flow`).

mod head;
mod intents;
mod law;
mod money;
mod plans;
mod stages;
mod statements;
mod templates;
mod tests;
pub(crate) mod types;

pub(crate) use head::{key as clause_key, said_once};
pub(crate) use templates::{RawPiece, pieces};

use crate::ast::{File, Item, Name};
use crate::diagnostic::Diagnostic;
use crate::law::Laws;
use crate::problems::Problem;
use crate::resolve::{Names, Scope};

/// Checks a whole file.
pub fn check(file: &File, names: &Names<'_>, laws: &Laws, findings: &mut Vec<Diagnostic>) {
    for strategy in &names.strategies {
        let scope = Scope::of(strategy, findings);
        head::check(&scope, names, findings);
        law::check(strategy, laws, findings);
        statements::check(&scope, names, findings);
        stages::check(&scope, findings);
    }
    for item in &file.items {
        if let Item::Parameter(parameter) = item {
            head::own_name(&parameter.is.name, findings);
        }
    }
    templates::check(file, names, findings);
    intents::check(names, findings);
    tests::check(names, findings);
}

/// Says that nothing is called so, and offers the nearest of the names that are known.
fn unknown<'a, P: Into<Problem>>(
    name: &Name,
    known: impl IntoIterator<Item = &'a str>,
    problem: impl FnOnce(String, Option<String>) -> P,
) -> Diagnostic {
    not_known(name, crate::keywords::nearest(&name.text, known), problem)
}

/// The same, for names whose nearest was found already.
fn not_known<P: Into<Problem>>(
    name: &Name,
    nearest: Option<String>,
    problem: impl FnOnce(String, Option<String>) -> P,
) -> Diagnostic {
    Diagnostic::new(problem(name.text.clone(), nearest.clone()), name.span).nearest(nearest.as_ref())
}
