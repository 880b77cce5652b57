//! Strategies that are called, written out into the one that calls them.
//!
//! In: a strategy, and those that it may call. Out: the strategy with their steps as its own, named `called.step`. A call
//! is an arrow to the first step of the called one; each of its ends is an arrow to what the caller says, else the end
//! of the run. So a run stays in one program of one version, and nothing new happens when it runs.

use super::{Callable, share};
use crate::ast::parameter::Parameter;
use crate::ast::{
    Argument, At, Block, Call, Clause, Handler, Item, Name, OnEnd, Statement, StatementKind, Step, Strategy,
};
use crate::diagnostic::Diagnostic;
use crate::keywords::nearest;
use crate::parse::parameters::out_of_range;
use crate::problems::{
    CalledStrategyDiffers, DuplicateHandler, ParameterOfAnotherType, Problem, StagesInCalledStrategy,
    StrategyCallsItself, TooManyCalls, UnknownArgument, UnknownOutcome, UnknownStrategy,
};
use crate::program::OutcomeKind;
use crate::source::Span;
use crate::values::Lang;
use std::collections::BTreeMap;

/// Calls that are written out into one strategy, at most.
const CALLS_MAX: u32 = 100;

/// Writes out the calls of a strategy.
pub(super) fn write_out(strategy: &mut Strategy, callable: &Callable<'_>, findings: &mut Vec<Diagnostic>) {
    let open = vec![strategy.name.text.clone()];
    let mut out = Out { callable, findings, calls: 0, used: BTreeMap::new() };
    out.calls_of(strategy, &open);
}

struct Out<'a> {
    callable: &'a Callable<'a>,
    findings: &'a mut Vec<Diagnostic>,
    calls: u32,
    /// How often each strategy was called.
    used: BTreeMap<String, u32>,
}

impl Out<'_> {
    /// Puts arrows in the place of calls, and what is called behind the clauses. What a call's ends do becomes a step,
    /// in which calls may stand again.
    fn calls_of(&mut self, strategy: &mut Strategy, open: &[String]) {
        loop {
            let mut calls = Vec::new();
            each_block(strategy, &mut |block| {
                calls.extend(block.statements.iter().filter_map(|statement| match &statement.kind {
                    StatementKind::Run(call) if !call.is_told => Some(call.clone()),
                    _ => None,
                }));
            });
            if calls.is_empty() {
                return;
            }
            // A strategy's own calls stand at places of their own: those of called ones are written out already.
            let mut targets: BTreeMap<Span, Option<Name>> = BTreeMap::new();
            for call in &calls {
                targets.insert(call.head, self.call(call, strategy, open));
            }
            each_block(strategy, &mut |block| {
                for statement in &mut block.statements {
                    let StatementKind::Run(call) = &mut statement.kind else { continue };
                    match targets.remove(&call.head) {
                        Some(Some(target)) => statement.kind = StatementKind::Go(target),
                        Some(None) => call.is_told = true,
                        None => {}
                    }
                }
            });
        }
    }

    /// Writes out one call, and says to which step it leads.
    fn call(&mut self, call: &Call, caller: &mut Strategy, open: &[String]) -> Option<Name> {
        let name = &call.strategy;
        let Some(called) = self.callable.find(&name.text) else {
            let nearest = nearest(&name.text, self.callable.names());
            let problem = UnknownStrategy { name: name.text.clone(), nearest: nearest.clone() };
            self.findings.push(Diagnostic::new(problem, name.span).nearest(nearest.as_ref()));
            return None;
        };
        if open.contains(&name.text) {
            let round = open.iter().skip_while(|open| **open != name.text).chain([&name.text]);
            let round = round.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" → ");
            self.findings.push(Diagnostic::new(StrategyCallsItself { round }, name.span));
            return None;
        }
        self.calls += 1;
        if self.calls > CALLS_MAX {
            if self.calls == CALLS_MAX + 1 {
                self.findings.push(Diagnostic::new(TooManyCalls { most: CALLS_MAX }, name.span));
            }
            return None;
        }
        let given = self.arguments(call, called);
        let mut own = if given.is_empty() { called.clone() } else { self.callable.again(called, &given)? };
        share(&mut own, self.callable.shared, self.callable.lang, &mut Vec::new());
        let open: Vec<String> = open.iter().cloned().chain([name.text.clone()]).collect();
        // What it calls itself is written out first, so that its own ends are all there is to say of it.
        self.calls_of(&mut own, &open);
        let number = self.used.entry(name.text.clone()).or_default();
        *number += 1;
        let prefix = if *number == 1 { name.text.clone() } else { format!("{}_{number}", name.text) };
        self.put(own, call, caller, &prefix)
    }

    /// The arguments that fit.
    fn arguments(
        &mut self,
        call: &Call,
        called: &Strategy,
    ) -> Vec<(String, crate::ast::parameter::ParameterValue)> {
        let parameters: Vec<&Parameter> = called
            .clauses
            .iter()
            .filter_map(|clause| match &clause.is {
                Clause::Parameter(parameter) => Some(parameter.as_ref()),
                _ => None,
            })
            .collect();
        let mut given = Vec::new();
        for Argument { name, value } in &call.arguments {
            let known = parameters.iter().find(|parameter| parameter.name.text == name.text);
            let Some(parameter) = known else {
                let names = parameters.iter().map(|parameter| parameter.name.text.as_str());
                let nearest = nearest(&name.text, names);
                let problem = UnknownArgument {
                    name: name.text.clone(),
                    strategy: call.strategy.text.clone(),
                    nearest: nearest.clone(),
                };
                self.findings.push(Diagnostic::new(problem, name.span).nearest(nearest.as_ref()));
                continue;
            };
            let kind = value.is.kind();
            if kind != parameter.kind {
                let problem = ParameterOfAnotherType {
                    name: name.text.clone(),
                    found_es: parameter.kind.said(Lang::Es).to_owned(),
                    found_en: parameter.kind.said(Lang::En).to_owned(),
                    wanted_es: kind.said(Lang::Es).to_owned(),
                    wanted_en: kind.said(Lang::En).to_owned(),
                };
                self.findings.push(Diagnostic::new(problem, value.span));
            } else if parameter.permits(&value.is) != Some(true) {
                self.findings.push(out_of_range(parameter, &value.is, value.span, self.callable.lang));
            } else {
                given.push((name.text.clone(), value.is.clone()));
            }
        }
        given
    }

    /// Puts a called strategy, whose own calls are written out, into its caller.
    fn put(&mut self, mut own: Strategy, call: &Call, caller: &mut Strategy, prefix: &str) -> Option<Name> {
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        caller.calls.push((prefix.to_owned(), call.strategy.text.clone()));
        let inner_calls = std::mem::take(&mut own.calls).into_iter();
        caller.calls.extend(inner_calls.map(|(inner, called)| (format!("{prefix}.{inner}"), called)));
        let mut steps = Vec::new();
        let mut start = None;
        let mut ends: Vec<(Name, Option<OutcomeKind>)> = Vec::new();
        for clause in &own.clauses {
            match &clause.is {
                Clause::Step(step) => {
                    if step.stage.is_some() {
                        let problem = StagesInCalledStrategy { name: own.name.text.clone() };
                        self.findings.push(Diagnostic::new(problem, call.strategy.span));
                        return None;
                    }
                    names.insert(step.name.text.clone(), format!("{prefix}.{}", step.name.text));
                }
                Clause::Outcome(name, kind) => ends.push((name.clone(), *kind)),
                Clause::Start(name) => start = Some(name.text.clone()),
                _ => {}
            }
        }
        self.ends(call, &ends, caller, prefix, &mut names, &mut steps);
        let mut always = None;
        each_block(&mut own, &mut |block| rename(block, &names));
        // Scopes of what it called itself come before its own.
        let first = caller.scopes.len();
        let inner = own.scopes.len();
        caller.scopes.append(&mut own.scopes);
        for clause in own.clauses {
            match clause.is {
                Clause::Always(handlers) => always = Some(handlers),
                Clause::Step(mut step) => {
                    if let Some(old) = &mut step.renamed_from {
                        old.text = format!("{prefix}.{}", old.text);
                    }
                    step.name.text = names.get(&step.name.text).cloned().unwrap_or(step.name.text);
                    step.scopes.iter_mut().for_each(|scope| *scope += first);
                    steps.push(At { is: step, span: clause.span });
                }
                is => self.head(At { is, span: clause.span }, call, caller),
            }
        }
        if let Some(handlers) = always {
            caller.scopes.push(handlers);
            steps.iter_mut().for_each(|step| step.is.scopes.push(first + inner));
        }
        caller
            .clauses
            .extend(steps.into_iter().map(|step| At { is: Clause::Step(step.is), span: step.span }));
        let start = names.get(&start?)?.clone();
        Some(Name { text: start, span: call.strategy.span })
    }

    /// Where each end of a called strategy leads in its caller.
    fn ends(
        &mut self,
        call: &Call,
        ends: &[(Name, Option<OutcomeKind>)],
        caller: &mut Strategy,
        prefix: &str,
        names: &mut BTreeMap<String, String>,
        steps: &mut Vec<At<Step>>,
    ) {
        let handlers = call.ends.as_deref().unwrap_or(&[]);
        for (at, OnEnd { outcome, .. }) in handlers.iter().enumerate() {
            if ends.iter().all(|(known, _)| known.text != outcome.text) {
                let nearest = nearest(&outcome.text, ends.iter().map(|(name, _)| name.text.as_str()));
                let problem = UnknownOutcome { name: outcome.text.clone(), nearest: nearest.clone() };
                self.findings.push(Diagnostic::new(problem, outcome.span).nearest(nearest.as_ref()));
            }
            let before = handlers.iter().take(at).find(|before| before.outcome.text == outcome.text);
            if let Some(first) = before {
                let finding = Diagnostic::new(DuplicateHandler, outcome.span);
                self.findings.push(finding.also(first.outcome.span, "se atiende aquí", "handled here"));
            }
        }
        for (name, kind) in ends {
            let handler = handlers.iter().find(|handler| handler.outcome.text == name.text);
            if let Some(OnEnd { outcome, body, .. }) = handler {
                let target = match body.statements.as_slice() {
                    [Statement { kind: StatementKind::Go(target) | StatementKind::End(target), .. }] => {
                        target.text.clone()
                    }
                    _ => {
                        let step = format!("{prefix}.{}", name.text);
                        let own = Name { text: step.clone(), span: outcome.span };
                        steps.push(At { is: Step::plain(own, body.clone()), span: body.span });
                        step
                    }
                };
                names.insert(name.text.clone(), target);
                continue;
            }
            // Nobody says otherwise: the run ends so.
            let known = caller.clauses.iter().find_map(|clause| match &clause.is {
                Clause::Outcome(known, kind) if known.text == name.text => Some(*kind),
                _ => None,
            });
            let counts = |kind: Option<OutcomeKind>| kind.unwrap_or(OutcomeKind::Neutral);
            match known {
                None => caller.clauses.push(At { is: Clause::Outcome(name.clone(), *kind), span: call.head }),
                Some(known) if counts(known) != counts(*kind) => {
                    self.differs(call, format!("fin {}", name.text), format!("end {}", name.text));
                }
                Some(_) => {}
            }
            names.insert(name.text.clone(), name.text.clone());
        }
    }

    /// What the head of a called strategy says: facts and conditions of its own come with it, rules must be those of
    /// the caller, and who enters and when is the caller's business.
    fn head(&mut self, clause: At<Clause>, call: &Call, caller: &mut Strategy) {
        use crate::keywords::Keyword as K;
        let lang = self.callable.lang;
        let words =
            |clause: &At<Clause>| crate::format::item_words(&Item::Shared(Box::new(clause.clone())), lang);
        let (same, what): (Option<&At<Clause>>, (String, String)) = match &clause.is {
            Clause::Field(_) | Clause::Condition(_) | Clause::Event(_) | Clause::Plan(_) => {
                let name = name_of(&clause.is).unwrap_or_default();
                let same = caller.clauses.iter().find(|own| name_of(&own.is).as_ref() == Some(&name));
                (same, (name.clone(), name))
            }
            Clause::Currency(_)
            | Clause::Timezone(_)
            | Clause::Law(_)
            | Clause::Contact(_)
            | Clause::PromiseGrace(..)
            | Clause::Identity(_) => {
                let key = crate::check::clause_key(&clause.is);
                let same = caller.clauses.iter().find(|own| crate::check::clause_key(&own.is) == key);
                let word = |lang: Lang| key.unwrap_or(K::Law).word(lang).to_owned();
                if same.is_none() {
                    self.differs(call, word(Lang::Es), word(Lang::En));
                    return;
                }
                (same, (word(Lang::Es), word(Lang::En)))
            }
            _ => return,
        };
        match same {
            Some(same) if words(same) != words(&clause) => self.differs(call, what.0, what.1),
            Some(_) => {}
            None => caller.clauses.push(clause),
        }
    }

    fn differs(&mut self, call: &Call, what_es: String, what_en: String) {
        let problem = CalledStrategyDiffers { strategy: call.strategy.text.clone(), what_es, what_en };
        self.findings.push(Diagnostic::new(Problem::from(problem), call.strategy.span));
    }
}

/// The name of a field or a condition.
fn name_of(clause: &Clause) -> Option<String> {
    match clause {
        Clause::Field(field) => Some(field.name.text.clone()),
        Clause::Condition(condition) => Some(condition.name.text.clone()),
        Clause::Event(name) => Some(name.text.clone()),
        Clause::Plan(plan) => Some(plan.name.text.clone()),
        _ => None,
    }
}

fn rename(block: &mut Block, names: &BTreeMap<String, String>) {
    for statement in &mut block.statements {
        if let StatementKind::Wait { until, .. } | StatementKind::Hold { until, .. } = &mut statement.kind
            && let Some(step) = until.is.step_mut()
            && let Some(target) = names.get(step.as_str())
        {
            step.clone_from(target);
        }
        if let StatementKind::Go(name) | StatementKind::End(name) = &mut statement.kind
            && let Some(target) = names.get(&name.text)
        {
            name.text.clone_from(target);
            // Where an outcome stood a step may stand now.
            statement.kind = StatementKind::Go(name.clone());
        }
    }
}

/// Every block of a strategy, those inside others included.
pub(super) fn each_block(strategy: &mut Strategy, take: &mut dyn FnMut(&mut Block)) {
    let of = |handlers: &mut Vec<Handler>, take: &mut dyn FnMut(&mut Block)| {
        handlers.iter_mut().for_each(|handler| each(&mut handler.body, take));
    };
    for clause in &mut strategy.clauses {
        match &mut clause.is {
            Clause::Step(step) => step.blocks_mut().for_each(|block| each(block, take)),
            Clause::Always(handlers) => of(handlers, take),
            _ => {}
        }
    }
    strategy.scopes.iter_mut().for_each(|handlers| of(handlers, take));
}

fn each(block: &mut Block, take: &mut dyn FnMut(&mut Block)) {
    take(block);
    for statement in &mut block.statements {
        statement.kind.each_inner_block(&mut |block| each(block, take));
    }
}
