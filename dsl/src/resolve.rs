//! Names to what they stand for, over a whole file.
//!
//! In: a tree. Out: tables of what is declared, and findings about names declared twice. Absent: judging the
//! places where names are used; that is `check`.

use crate::ast::{
    Await, Awaited, Block, Clause, File, Intent, Item, Name, StatementKind, Strategy, Template,
    TemplateClause, Test,
};
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
    /// Intents, in the order of the file.
    pub intents: Vec<&'a Intent>,
}

/// What a strategy declares.
pub struct Scope<'a> {
    /// The strategy.
    pub strategy: &'a Strategy,
    /// Steps, in the author's order.
    pub steps: Vec<&'a crate::ast::Step>,
    /// Outcomes, in the author's order.
    pub outcomes: Vec<&'a Name>,
    /// The strategy's own facts, with their types.
    pub fields: BTreeMap<&'a str, &'a crate::ast::Field>,
    /// Events of the strategy's own.
    pub events: BTreeMap<&'a str, Span>,
    /// Conditions with a name, in the author's order.
    pub conditions: Vec<&'a crate::ast::Condition>,
    /// Webhooks that may be called.
    pub webhooks: Vec<&'a Name>,
    /// Instalment plans, in the author's order.
    pub plans: Vec<&'a crate::ast::Plan>,
    /// Row of each step in `steps`, and of each outcome in `outcomes`.
    step_rows: BTreeMap<&'a str, usize>,
    outcome_rows: BTreeMap<&'a str, usize>,
}

impl<'a> Names<'a> {
    /// Collects what a file declares.
    pub fn of(file: &'a File, findings: &mut Vec<Diagnostic>) -> Names<'a> {
        let mut names = Names {
            lang: file.lang,
            strategies: Vec::new(),
            templates: BTreeMap::new(),
            tests: Vec::new(),
            intents: Vec::new(),
        };
        let mut intents = BTreeMap::new();
        let mut strategies = BTreeMap::new();
        let mut templates: BTreeMap<(&str, Channel), Span> = BTreeMap::new();
        for item in &file.items {
            match item {
                Item::Strategy(strategy) => {
                    is_new(&mut strategies, &strategy.name, findings);
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
                Item::Intent(intent) => {
                    if is_new(&mut intents, &intent.name, findings) {
                        names.intents.push(intent);
                    }
                }
                Item::Parameter(_) | Item::Import(_) | Item::Shared(_) => {}
            }
        }
        names
    }

    /// What an answer may be called: buttons, then intents.
    pub fn answers(&self) -> impl Iterator<Item = &'a str> {
        let buttons = self.buttons().map(|name| name.text.as_str());
        buttons.chain(self.intents.iter().map(|intent| intent.name.text.as_str()))
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
        let mut scope = Scope {
            strategy,
            steps: Vec::new(),
            outcomes: Vec::new(),
            fields: BTreeMap::new(),
            events: BTreeMap::new(),
            conditions: Vec::new(),
            webhooks: Vec::new(),
            plans: Vec::new(),
            step_rows: BTreeMap::new(),
            outcome_rows: BTreeMap::new(),
        };
        // Arrows lead to steps and to outcomes alike, so both live in one space of names.
        let mut seen = BTreeMap::new();
        // What stands in conditions lives in another.
        let mut read = BTreeMap::new();
        let (mut plans, mut webhooks) = (BTreeMap::new(), BTreeMap::new());
        let mut queues = BTreeMap::new();
        for clause in &strategy.clauses {
            match &clause.is {
                Clause::Field(field) if is_new(&mut read, &field.name, findings) => {
                    scope.fields.insert(&field.name.text, field);
                }
                Clause::Event(name) => {
                    is_new(&mut scope.events, name, findings);
                }
                Clause::Queue(queue) => {
                    is_new(&mut queues, &queue.name, findings);
                }
                Clause::Condition(condition) if is_new(&mut read, &condition.name, findings) => {
                    scope.conditions.push(condition);
                }
                Clause::Webhook(name) if is_new(&mut webhooks, name, findings) => scope.webhooks.push(name),
                Clause::Plan(plan) if is_new(&mut plans, &plan.name, findings) => scope.plans.push(plan),
                Clause::Step(step) if is_new(&mut seen, &step.name, findings) => {
                    scope.step_rows.insert(&step.name.text, scope.steps.len());
                    scope.steps.push(step);
                }
                Clause::Outcome(name, _) if is_new(&mut seen, name, findings) => {
                    scope.outcome_rows.insert(&name.text, scope.outcomes.len());
                    scope.outcomes.push(name);
                }
                _ => {}
            }
        }
        scope
    }

    /// The number of a step.
    pub fn step(&self, name: &str) -> Option<usize> {
        self.step_rows.get(name).copied()
    }

    /// The number of an outcome.
    pub fn outcome(&self, name: &str) -> Option<usize> {
        self.outcome_rows.get(name).copied()
    }

    /// The names of the messages that it sends.
    pub fn sent(&self) -> BTreeSet<&'a str> {
        let mut sent = BTreeSet::new();
        self.each_statement(&mut |statement| {
            let template = match statement {
                StatementKind::Send { template, .. }
                | StatementKind::Await(Await { what: Awaited::Verify(Some((_, template))), .. }) => template,
                _ => return,
            };
            sent.insert(template.text.as_str());
        });
        sent
    }

    /// The names of answers that its handlers take.
    pub fn taken(&self) -> BTreeSet<&'a str> {
        let mut taken = BTreeSet::new();
        let mut take = |handlers: &'a [crate::ast::Handler]| {
            for handler in handlers {
                if let crate::ast::Trigger::Response(Some(name)) = &handler.trigger.is {
                    taken.insert(name.text.as_str());
                }
            }
        };
        for clause in &self.strategy.clauses {
            if let Clause::Always(handlers) = &clause.is {
                take(handlers);
            }
        }
        self.each_statement(&mut |statement| take(statement.handlers()));
        taken
    }

    /// Every way of every experiment: the experiment's name, the way's.
    pub fn groups(&self) -> BTreeSet<(&'a str, &'a str)> {
        let mut groups = BTreeSet::new();
        self.each_statement(&mut |statement| {
            if let StatementKind::Split { name, ways, .. } = statement {
                groups.extend(ways.iter().map(|way| (name.text.as_str(), way.name.text.as_str())));
            }
        });
        groups
    }

    pub(crate) fn each_statement(&self, take: &mut dyn FnMut(&'a StatementKind)) {
        for clause in &self.strategy.clauses {
            match &clause.is {
                Clause::Step(step) => step.blocks().for_each(|block| each(block, take)),
                Clause::Always(handlers) => handlers.iter().for_each(|handler| each(&handler.body, take)),
                _ => {}
            }
        }
        for handlers in &self.strategy.scopes {
            handlers.iter().for_each(|handler| each(&handler.body, take));
        }
    }

    /// Where an arrow may lead: steps, then outcomes.
    pub fn targets(&self) -> impl Iterator<Item = &'a str> {
        let steps = self.steps.iter().map(|step| step.name.text.as_str());
        steps.chain(self.outcomes.iter().map(|name| name.text.as_str()))
    }
}

/// Every statement of a block, those inside it included.
fn each<'a>(block: &'a Block, take: &mut dyn FnMut(&'a StatementKind)) {
    for statement in &block.statements {
        take(&statement.kind);
        statement.kind.blocks().into_iter().for_each(|inner| each(inner, take));
    }
}

/// Notes a name. One that is there already is told.
fn is_new<'a>(seen: &mut BTreeMap<&'a str, Span>, name: &'a Name, findings: &mut Vec<Diagnostic>) -> bool {
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

pub(crate) fn duplicate(name: &Name, first: Span) -> Diagnostic {
    Diagnostic::new(DuplicateName { name: name.text.clone() }, name.span).also(
        first,
        "primera vez",
        "first time",
    )
}
