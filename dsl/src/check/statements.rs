//! Steps, statements and handlers: names known, handlers in their place, nothing after the way out.

use super::unknown;
use crate::ast::{
    At, Awaited, Block, Clause, Expr, Handler, Name, Statement, StatementKind, Template, Trigger, Way,
};
use crate::diagnostic::Diagnostic;
use crate::keywords::Keyword as K;
use crate::problems::{
    DuplicateHandler, FigureOutOfRange, MisplacedHandler, NoFormForChannel, SharesNotWhole, UnknownButton,
    UnknownEvent, UnknownField, UnknownOutcome, UnknownStep, UnknownTemplate, UnreachableStatement,
};
use crate::program::Until;
use crate::resolve::{Names, Scope};
use crate::source::Span;
use crate::values::{Channel, Lang, Number, Type};
use std::collections::BTreeMap;

/// What a handler stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Wait,
    Offer,
    Follow,
    Verify,
    Webhook,
    /// A wait for a condition, with or without a limit of time.
    Await {
        has_end: bool,
    },
    Task {
        has_due: bool,
    },
    Always,
}

struct Walk<'a, 'b> {
    scope: &'a Scope<'a>,
    names: &'a Names<'a>,
    findings: &'b mut Vec<Diagnostic>,
}

pub(super) fn check(scope: &Scope<'_>, names: &Names<'_>, findings: &mut Vec<Diagnostic>) {
    let mut walk = Walk { scope, names, findings };
    for clause in &scope.strategy.clauses {
        match &clause.is {
            Clause::Always(handlers) => walk.handlers(handlers, Place::Always),
            Clause::Step(step) => step.blocks().for_each(|block| walk.block(block)),
            Clause::Late(_, Some(name)) => walk.target(name),
            _ => {}
        }
    }
    for handlers in &scope.strategy.scopes {
        walk.handlers(handlers, Place::Always);
    }
}

impl Walk<'_, '_> {
    fn block(&mut self, block: &Block) {
        for (at, statement) in block.statements.iter().enumerate() {
            self.statement(statement);
            if let (true, Some(next)) = (leaves(statement), block.statements.get(at + 1)) {
                let rest = block.statements.last().map_or(next.span, |last| next.span.to(last.span));
                self.findings.push(Diagnostic::new(UnreachableStatement, rest).also(
                    statement.span,
                    "aquí sale del paso",
                    "leaves the step here",
                ));
                break;
            }
        }
    }

    fn statement(&mut self, statement: &Statement) {
        match &statement.kind {
            StatementKind::Send { channel, template, otherwise } => {
                self.template(channel.as_ref(), template);
                otherwise.iter().for_each(|block| self.block(block));
            }
            StatementKind::Wait { until, handlers, .. } => {
                if let Until::Schedule(text) = &until.is {
                    self.findings.extend(super::head::schedule(text, until.span));
                }
                if let Some(step) = until.is.step() {
                    self.step(&Name { text: step.to_owned(), span: until.span });
                }
                handlers.iter().for_each(|handlers| self.handlers(handlers, Place::Wait));
            }
            StatementKind::AwaitCondition { condition, at_most, handlers } => {
                super::head::typing(self.scope, self.names, self.findings).expect(condition, Type::Truth);
                let place = Place::Await { has_end: at_most.is_some() };
                handlers.iter().for_each(|handlers| self.handlers(handlers, place));
            }
            StatementKind::Assign { due, handlers, .. } => {
                let place = Place::Task { has_due: due.is_some() };
                handlers.iter().for_each(|handlers| self.handlers(handlers, place));
            }
            StatementKind::Await(waits) => {
                let place = match &waits.what {
                    Awaited::Offer(name) => {
                        self.findings.extend(super::plans::unknown_plan(self.scope, name));
                        Place::Offer
                    }
                    Awaited::Follow(name) => {
                        let unknown =
                            name.as_ref().and_then(|name| super::plans::unknown_plan(self.scope, name));
                        self.findings.extend(unknown);
                        Place::Follow
                    }
                    Awaited::Webhook(name) => {
                        self.findings.extend(super::plans::unknown_webhook(self.scope, name));
                        Place::Webhook
                    }
                    Awaited::Verify(by) => {
                        if let Some((channel, template)) = by {
                            self.template(channel.as_ref(), template);
                        }
                        Place::Verify
                    }
                };
                waits.handlers.iter().for_each(|handlers| self.handlers(handlers, place));
            }
            StatementKind::If { condition, then, otherwise } => {
                super::head::typing(self.scope, self.names, self.findings).expect(condition, Type::Truth);
                self.block(then);
                otherwise.iter().for_each(|block| self.block(block));
            }
            StatementKind::Go(name) => self.target(name),
            StatementKind::End(name) if self.scope.outcome(&name.text).is_none() => {
                let known = self.scope.outcomes.iter().map(|name| name.text.as_str());
                let problem = |name, nearest| UnknownOutcome { name, nearest };
                self.findings.push(unknown(name, known, problem));
            }
            StatementKind::Hold { until, .. } => {
                if let Some(step) = until.is.step() {
                    self.step(&Name { text: step.to_owned(), span: until.span });
                }
                if let Until::Schedule(text) = &until.is {
                    self.findings.extend(super::head::schedule(text, until.span));
                }
            }
            StatementKind::Release | StatementKind::Block(_) => {}
            StatementKind::Set { field, value } => self.set(field, value),
            // What is left of calls was told when they were to be written out.
            StatementKind::Tag { .. } | StatementKind::Run(_) => {}
            StatementKind::Repeat { body, .. } => self.block(body),
            StatementKind::Split { name, ways, is_complete } => self.split(name, ways, *is_complete),
            StatementKind::End(_) | StatementKind::Escalate(_) | StatementKind::Note(_) => {}
        }
    }

    /// The ways have names of their own, and their shares make a whole.
    fn split(&mut self, name: &Name, ways: &[Way], is_complete: bool) {
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        let mut sum = Some(Number(0));
        for way in ways {
            if let Some(first) = seen.get(way.name.text.as_str()) {
                self.findings.push(crate::resolve::duplicate(&way.name, *first));
            } else {
                seen.insert(&way.name.text, way.name.span);
            }
            let share = Number::parse(&way.share.is);
            if share.is_none() {
                let problem = FigureOutOfRange { written: way.share.is.clone() };
                self.findings.push(Diagnostic::new(problem, way.share.span));
            }
            sum = sum.zip(share).and_then(|(sum, share)| sum.0.checked_add(share.0)).map(Number);
            self.block(&way.body);
        }
        if let Some(sum) = sum.filter(|sum| is_complete && *sum != Number::whole(100)) {
            let problem = SharesNotWhole { sum: format!("{sum}%") };
            self.findings.push(Diagnostic::new(problem, name.span));
        }
    }

    /// Only the strategy's own fields can be set: every other fact is told by the books.
    fn set(&mut self, name: &Name, value: &Expr) {
        let mut typing = super::head::typing(self.scope, self.names, self.findings);
        match self.scope.fields.get(name.text.as_str()) {
            Some(field) => typing.expect(value, field.kind),
            None => {
                let known = self.scope.fields.keys().copied();
                let problem = |name, nearest| UnknownField { name, nearest };
                self.findings.push(unknown(name, known, problem));
            }
        }
    }

    /// What a wait is measured from must be a step.
    fn step(&mut self, name: &Name) {
        if self.scope.step(&name.text).is_none() {
            let known = self.scope.steps.iter().map(|step| step.name.text.as_str());
            let nearest = crate::keywords::nearest(&name.text, known);
            let problem = UnknownStep { name: name.text.clone(), nearest };
            self.findings.push(Diagnostic::new(problem, name.span));
        }
    }

    fn target(&mut self, name: &Name) {
        if self.scope.step(&name.text).is_none() && self.scope.outcome(&name.text).is_none() {
            let problem = |name, nearest| UnknownStep { name, nearest };
            self.findings.push(unknown(name, self.scope.targets(), problem));
        }
    }

    fn template(&mut self, channel: Option<&At<Channel>>, name: &Name) {
        let Some(forms) = self.names.templates.get(name.text.as_str()) else {
            let problem = |name, nearest| UnknownTemplate { name, nearest };
            self.findings.push(unknown(name, self.names.templates.keys().copied(), problem));
            return;
        };
        self.findings.extend(no_form(forms, channel, name, self.names.lang));
    }

    fn handlers(&mut self, handlers: &[Handler], place: Place) {
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        for handler in handlers {
            let trigger = &handler.trigger;
            self.trigger(trigger, place);
            let key = match &trigger.is {
                Trigger::Response(Some(name)) => format!("response {}", name.text),
                Trigger::Done(Some(name)) => format!("done {}", name.text),
                Trigger::Payment(Some(least)) => format!("payment {}", super::money::canonical(&least.is)),
                Trigger::Payment(None) => "payment".to_owned(),
                Trigger::Event(name) => format!("event {}", name.text),
                // Conditions are told apart by their place: two that say the same are a matter of style.
                Trigger::Holds(condition) => format!("holds {:?}", condition.span),
                other => format!("{:?}", std::mem::discriminant(other)),
            };
            if let Some(first) = seen.get(&key) {
                let finding = Diagnostic::new(DuplicateHandler, trigger.span);
                self.findings.push(finding.also(*first, "se atiende aquí", "handled here"));
            } else {
                seen.insert(key, trigger.span);
            }
            self.block(&handler.body);
        }
        super::money::overlaps(handlers, self.findings);
    }

    fn trigger(&mut self, trigger: &At<Trigger>, place: Place) {
        let is_misplaced = match &trigger.is {
            Trigger::Done(None) => !matches!(place, Place::Task { .. } | Place::Webhook),
            Trigger::Done(Some(_)) => !matches!(place, Place::Task { .. }),
            Trigger::Timeout => matches!(
                place,
                Place::Always
                    | Place::Follow
                    | Place::Task { has_due: false }
                    | Place::Await { has_end: false }
            ),
            Trigger::Failed => !matches!(place, Place::Verify | Place::Webhook),
            _ => false,
        };
        if is_misplaced {
            let keyword = match trigger.is {
                Trigger::Done(_) => K::Done,
                Trigger::Failed => K::Failed,
                _ => K::Timeout,
            };
            let problem = MisplacedHandler { trigger: keyword.word(self.names.lang).to_owned() };
            self.findings.push(Diagnostic::new(problem, trigger.span));
        }
        if let Trigger::Payment(Some(least)) = &trigger.is {
            super::money::part(least, &mut super::head::typing(self.scope, self.names, self.findings));
        }
        if let Trigger::Holds(condition) = &trigger.is {
            super::head::typing(self.scope, self.names, self.findings).expect(condition, Type::Truth);
        }
        if let Trigger::Event(name) = &trigger.is {
            self.findings.extend(unknown_event(self.scope, name));
        }
        if let Trigger::Response(Some(button)) = &trigger.is
            && self.names.answers().all(|known| known != button.text)
        {
            let known = self.names.answers();
            let problem = |name, nearest| UnknownButton { name, nearest };
            self.findings.push(unknown(button, known, problem));
        }
    }
}

/// Says that the strategy declares no event of that name.
pub(super) fn unknown_event(scope: &Scope<'_>, name: &Name) -> Option<Diagnostic> {
    let problem = |name, nearest| UnknownEvent { name, nearest };
    let is_known = scope.events.contains_key(name.text.as_str());
    (!is_known).then(|| unknown(name, scope.events.keys().copied(), problem))
}

/// Says that a message has no form for the channel that is named beside it.
pub(super) fn no_form(
    forms: &[&Template],
    channel: Option<&At<Channel>>,
    name: &Name,
    lang: Lang,
) -> Option<Diagnostic> {
    let channel = channel.filter(|channel| forms.iter().all(|form| form.channel.is != channel.is))?;
    let word = channel_word(channel.is).word(lang).to_owned();
    let problem = NoFormForChannel { name: name.text.clone(), channel: word };
    let finding = Diagnostic::new(problem, channel.span.to(name.span));
    // The channel that the message has, when it has one only.
    Some(match forms {
        [only] => finding.guess(channel.span, channel_word(only.channel.is).word(lang)),
        _ => finding,
    })
}

/// Does a statement leave the step whatever happens? A wait or a task does when its deadline leaves, for a
/// handler that does not leave comes back to it; a task also goes on behind itself when it is done with a result
/// whose handler does not leave, or with one that no handler takes.
fn leaves(statement: &Statement) -> bool {
    let handlers_leave = |handlers: &[Handler], of: fn(&Trigger) -> bool| {
        let mut bodies = handlers.iter().filter(|handler| of(&handler.trigger.is)).peekable();
        bodies.peek().is_some() && bodies.all(|handler| block_leaves(&handler.body))
    };
    match &statement.kind {
        StatementKind::Go(_) | StatementKind::End(_) | StatementKind::Run(_) => true,
        StatementKind::If { then, otherwise: Some(otherwise), .. } => {
            block_leaves(then) && block_leaves(otherwise)
        }
        StatementKind::Repeat { body, .. } => block_leaves(body),
        StatementKind::Split { ways, .. } => {
            !ways.is_empty() && ways.iter().all(|way| block_leaves(&way.body))
        }
        StatementKind::Wait { handlers: Some(handlers), .. } => {
            handlers_leave(handlers, |trigger| *trigger == Trigger::Timeout)
        }
        StatementKind::Assign { due, handlers: Some(handlers), .. } => {
            let takes_every_result = handlers.iter().any(|handler| handler.trigger.is == Trigger::Done(None));
            takes_every_result
                && handlers_leave(handlers, |trigger| matches!(trigger, Trigger::Done(_)))
                && (due.is_none() || handlers_leave(handlers, |trigger| *trigger == Trigger::Timeout))
        }
        StatementKind::Await(waits) => super::plans::leaves(waits),
        _ => false,
    }
}

pub(super) fn block_leaves(block: &Block) -> bool {
    block.statements.iter().any(leaves)
}

pub(super) fn channel_word(channel: Channel) -> K {
    match channel {
        Channel::Whatsapp => K::Whatsapp,
        Channel::Email => K::Email,
        Channel::Sms => K::Sms,
        Channel::Call => K::Call,
    }
}
