//! Text to program: Cobro's language.
//!
//! In: the text of a strategy. Out: findings about it and, when none is an error, programs and tests.
//! Absent: clocks, files, networks, threads. This crate never imports the engine.
//!
//! The road: `parse` (text to tree) → `resolve` (names) → `check` (what the tree can answer) → `lower` (tree to
//! program) → `flow` (what only the graph can answer).

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::todo,
        clippy::unimplemented
    )
)]

pub mod values;
pub mod law;
pub mod program;
pub mod graph;
pub mod source;
pub mod diagnostic;
pub mod problems;
pub mod keywords;
pub mod ast;
pub mod parse;
pub mod format;
pub mod vocabulary;
pub mod intents;
pub mod imports;
mod expand;
pub mod resolve;
pub mod check;
pub mod lower;
pub mod flow;
mod lint;
mod ranges;
mod repair;
pub mod fix;
pub mod read;
pub mod countries;
pub mod markup;

#[cfg(test)]
mod tests;

use ast::RefusedSetting;
use ast::parameter::Parameter;
use diagnostic::{Diagnostic, arrange, has_errors};
pub use imports::Project;
pub use parse::Settings;
use program::Program;
use program::test::Test;
use source::Source;

/// A file, read and checked.
pub struct Compiled {
    /// Its text with its lines.
    pub source: Source,
    /// The language of its keywords, in which findings about it are told.
    pub lang: values::Lang,
    /// The findings, in the order of the text.
    pub findings: Vec<Diagnostic>,
    /// What could be done better; none when a finding is an error.
    pub advice: Vec<Diagnostic>,
    /// Its strategies; none when a finding is an error.
    pub programs: Vec<Program>,
    /// Its tests; none when a finding is an error.
    pub tests: Vec<Test>,
    /// Its parameters, each with the strategy it belongs to, in the order of the text.
    pub parameters: Vec<(Option<String>, Parameter)>,
    /// Values for parameters that could not be read.
    pub refused: Vec<RefusedSetting>,
}

impl Compiled {
    /// Is one of the findings an error?
    pub fn has_errors(&self) -> bool {
        has_errors(&self.findings)
    }

    /// The strategy of that name, or the only one when no name is given.
    pub fn program(&self, name: Option<&str>) -> Option<&Program> {
        match name {
            Some(name) => self.programs.iter().find(|program| program.name == name),
            None => self.programs.first(),
        }
    }
}

/// Reads and checks a file: the whole road.
pub fn compile(name: &str, text: &str, laws: &law::Laws) -> Compiled {
    compile_project(&Project::alone(name, text), laws)
}

/// Reads and checks a file with what it imports and with values for its parameters.
pub fn compile_project(project: &Project<'_>, laws: &law::Laws) -> Compiled {
    let mut findings = Vec::new();
    let imports::Bundle { source, file, callable } = imports::read(project, &mut findings);
    let file = expand::file(file, &callable, &source, &project.settings, &mut findings);
    let syntax_is_sound = !has_errors(&findings);
    let names = resolve::Names::of(&file, &mut findings);
    check::check(&file, &names, laws, &mut findings);
    spare_guesses(&mut findings);
    let names_resolve = !has_errors(&findings);
    let mut programs = Vec::new();
    for strategy in &names.strategies {
        let scope = resolve::Scope::of(strategy, &mut Vec::new());
        let draft = lower::strategy(&scope, &names, &file, &source);
        // A step that could not be read, or an arrow to a name that does not exist, would make every finding
        // about the flow a guess.
        if syntax_is_sound && arrows_resolve(&findings, strategy.span) {
            flow::check(&draft, laws, &mut findings);
        }
        if !strategy.is_part {
            programs.push(draft.program);
        }
    }
    let mut findings = arrange(findings);
    repair::offer(&file, &source, &mut findings);
    let mut advice = Vec::new();
    let (mut tests, is_sound) = (Vec::new(), names_resolve && !has_errors(&findings));
    if is_sound {
        advice = lint::advise(&file, &programs);
        for test in &names.tests {
            let program = programs.iter_mut().find(|program| program.name == test.strategy.text);
            tests.extend(program.and_then(|program| lower::test(test, program, &source)));
        }
    } else {
        programs.clear();
    }
    let parameters = parameters(&file);
    let refused = file.refused;
    Compiled { lang: file.lang, source, findings, advice, programs, tests, parameters, refused }
}

/// The parameters of a file, and of its strategies.
fn parameters(file: &ast::File) -> Vec<(Option<String>, Parameter)> {
    let of_item = |item: &ast::Item| -> Vec<(Option<String>, Parameter)> {
        match item {
            ast::Item::Parameter(parameter) => vec![(None, parameter.is.clone())],
            ast::Item::Strategy(strategy) => {
                let own = strategy.clauses.iter().filter_map(|clause| match &clause.is {
                    ast::Clause::Parameter(parameter) => Some(Parameter::clone(parameter)),
                    _ => None,
                });
                own.map(|parameter| (Some(strategy.name.text.clone()), parameter)).collect()
            }
            _ => Vec::new(),
        }
    };
    file.items.iter().flat_map(of_item).collect()
}

/// A name that is not known may stand in an import that could not be read: that it is unknown would be a guess.
fn spare_guesses(findings: &mut Vec<Diagnostic>) {
    use problems::Problem as P;
    let is_lost = |finding: &Diagnostic| {
        matches!(
            finding.problem,
            P::ImportNotFound(_) | P::ImportOutside(_) | P::ImportCycle(_) | P::ImportInOtherLanguage(_)
        )
    };
    let is_guess = |finding: &Diagnostic| {
        matches!(
            finding.problem,
            P::UnknownTemplate(_)
                | P::UnknownButton(_)
                | P::UnknownFact(_)
                | P::UnknownField(_)
                | P::UnknownStrategy(_)
                | P::UnknownPlan(_)
        )
    };
    if findings.iter().any(is_lost) {
        findings.retain(|finding| !is_guess(finding));
    }
}

/// Do all arrows of a strategy lead somewhere?
fn arrows_resolve(findings: &[Diagnostic], strategy: source::Span) -> bool {
    use problems::Problem::{DuplicateName, MissingClause, UnknownOutcome, UnknownStep};
    let breaks = |finding: &&Diagnostic| {
        matches!(finding.problem, UnknownStep(_) | UnknownOutcome(_) | DuplicateName(_) | MissingClause(_))
            && strategy.start <= finding.span.start
            && finding.span.end <= strategy.end
    };
    !findings.iter().any(|finding| breaks(&finding))
}
