//! Names to what they stand for, over a whole file.
//!
//! In: a tree. Out: tables of what is declared, and findings about names declared twice. Absent: judging the
//! places where names are used; that is `check`.

use crate::ast::{Block, Clause, File, Item, Name, StatementKind, Strategy, Template, TemplateClause, Test};
use crate::diagnostic::Diagnostic;
use crate::problems::DuplicateName;
use crate::source::Span;
use crate::values::Channel;
use std::collections::{BTreeMap, BTreeSet};

/// What a file declares.
pub struct Names<'a> {
    /// The language of the file.
    pub lang: crate::values::Lang,
    /// Strategies by name, in the order of the file.
    pub strategies: Vec<&'a Strategy>,
    /// Templates by name: one for each channel.
    pub templates: BTreeMap<&'a str, Vec<&'a Template>>,
    /// Tests, in the order of the file.
    pub tests: Vec<&'a Test>,
}

/// What a strategy declares.
pub struct Scope<'a> {
    /// The strategy.
    pub strategy: &'a Strategy,
    /// Steps, in the author's order.
    pub steps: Vec<&'a crate::ast::Step>,
    /// Outcomes, in the author's order.
    pub outcomes: Vec<&'a Name>,
}

impl<'a> Names<'a> {
    /// Collects what a file declares.
    pub fn of(file: &'a File, findings: &mut Vec<Diagnostic>) -> Names<'a> {
        let mut names =
            Names { lang: file.lang, strategies: Vec::new(), templates: BTreeMap::new(), tests: Vec::new() };
        let mut strategies = BTreeMap::new();
        let mut templates: BTreeMap<(&str, Channel), Span> = BTreeMap::new();
        for item in &file.items {
            match item {
                Item::Strategy(strategy) => {
                    twice(&mut strategies, &strategy.name, findings);
                    names.strategies.push(strategy);
                }
                Item::Template(template) => {
                    let key = (template.name.text.as_str(), template.channel.is);
                    match templates.get(&key) {
                        Some(first) => findings.push(duplicate(&template.name, *first)),
                        None => {
                            templates.insert(key, template.name.span);
                            names.templates.entry(key.0).or_default().push(template);
                        }
                    }
                }
                Item::Test(test) => names.tests.push(test),
            }
        }
        names
    }

    /// Every button of every template, in the order of the names.
    pub fn buttons(&self) -> impl Iterator<Item = &'a Name> {
        self.templates.values().flatten().flat_map(|template| buttons_of(template))
    }
}

/// The buttons of a template.
pub fn buttons_of(template: &Template) -> impl Iterator<Item = &Name> {
    template.clauses.iter().filter_map(|clause| match &clause.is {
        TemplateClause::Button(name, _) => Some(name),
        _ => None,
    })
}

impl<'a> Scope<'a> {
    /// Collects what a strategy declares.
    pub fn of(strategy: &'a Strategy, findings: &mut Vec<Diagnostic>) -> Scope<'a> {
        let mut scope = Scope { strategy, steps: Vec::new(), outcomes: Vec::new() };
        // Arrows lead to steps and to outcomes alike, so both live in one space of names.
        let mut seen = BTreeMap::new();
        for clause in &strategy.clauses {
            match &clause.is {
                Clause::Step(step) => {
                    if twice(&mut seen, &step.name, findings) {
                        scope.steps.push(step);
                    }
                }
                Clause::Outcome(name, _) => {
                    if twice(&mut seen, name, findings) {
                        scope.outcomes.push(name);
                    }
                }
                _ => {}
            }
        }
        scope
    }

    /// The number of a step.
    pub fn step(&self, name: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.name.text == name)
    }

    /// The number of an outcome.
    pub fn outcome(&self, name: &str) -> Option<usize> {
        self.outcomes.iter().position(|outcome| outcome.text == name)
    }

    /// The names of the messages that it sends.
    pub fn sent(&self) -> BTreeSet<&'a str> {
        let mut sent = BTreeSet::new();
        for clause in &self.strategy.clauses {
            match &clause.is {
                Clause::Step(step) => collect_sent(&step.body, &mut sent),
                Clause::Always(handlers) => {
                    handlers.iter().for_each(|handler| collect_sent(&handler.body, &mut sent));
                }
                _ => {}
            }
        }
        sent
    }

    /// Where an arrow may lead: steps, then outcomes.
    pub fn targets(&self) -> impl Iterator<Item = &'a str> {
        let steps = self.steps.iter().map(|step| step.name.text.as_str());
        steps.chain(self.outcomes.iter().map(|name| name.text.as_str()))
    }
}

fn collect_sent<'a>(block: &'a Block, sent: &mut BTreeSet<&'a str>) {
    for statement in &block.statements {
        match &statement.kind {
            StatementKind::Send { template, otherwise, .. } => {
                sent.insert(&template.text);
                otherwise.iter().for_each(|block| collect_sent(block, sent));
            }
            StatementKind::Wait { handlers: Some(handlers), .. }
            | StatementKind::Assign { handlers: Some(handlers), .. } => {
                handlers.iter().for_each(|handler| collect_sent(&handler.body, sent));
            }
            StatementKind::If { then, otherwise, .. } => {
                collect_sent(then, sent);
                otherwise.iter().for_each(|block| collect_sent(block, sent));
            }
            _ => {}
        }
    }
}

/// Notes a name; says so when it is there already. True when it is new.
fn twice<'a>(seen: &mut BTreeMap<&'a str, Span>, name: &'a Name, findings: &mut Vec<Diagnostic>) -> bool {
    match seen.get(name.text.as_str()) {
        Some(first) => {
            findings.push(duplicate(name, *first));
            false
        }
        None => {
            seen.insert(&name.text, name.span);
            true
        }
    }
}

fn duplicate(name: &Name, first: Span) -> Diagnostic {
    Diagnostic::new(DuplicateName { name: name.text.clone() }, name.span).also(
        first,
        "primera vez",
        "first time",
    )
}
