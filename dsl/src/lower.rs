//! Tree to program.
//!
//! In: a strategy whose names resolve. Out: flat tables. Blocks are laid down from their end, so that every
//! operation knows where the run goes next. Names that do not resolve lower to the end of a handler; such a
//! program never leaves the crate, because the finding about the name is an error.

mod awaits;
mod money;
mod stages;
mod tests;

pub use tests::test;

use crate::ast::{self, Block, Clause, ContactClause, Expr, ExprKind, File, StatementKind};
use crate::check::{RawPiece, pieces};
use crate::intents::Phrase;
use crate::program::expr::{self, Exprs};
use crate::program::guarantee::Guarantee;
use crate::program::{
    Button, ContactPolicy, Form, Handler, Intent, Late, NameId, Op, OpId, Origin, Outcome, OutcomeId,
    OutcomeKind, Piece, Priority, Program, Reason, Reasoned, Slice, Step, StepId, Template, TemplateId,
    Trigger, Until, Version, Way,
};
use crate::resolve::{Names, Scope};
use crate::source::{Source, Span};
use crate::values::{
    Channel, ChannelSet, Currency, Lang, Lapse, Limit, Money, Number, Purpose, Value, parse_scaled,
};
use crate::vocabulary;
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

/// A program on its way, with the places where a step can run out.
pub struct Draft {
    /// The program.
    pub program: Program,
    /// For each step the operation that stands where its last statement falls through.
    pub falls: Vec<OpId>,
}

struct Lowering<'a> {
    scope: &'a Scope<'a>,
    names: &'a Names<'a>,
    source: &'a Source,
    program: Program,
    /// The names of the messages that the strategy sends, in order: the rows of [`Program::templates`].
    sent: BTreeSet<&'a str>,
    /// The conditions with a name that were laid down.
    conditions: BTreeMap<&'a str, expr::ExprId>,
    /// The step whose operations are laid down.
    step: Option<StepId>,
}

/// Lowers one strategy of a file.
pub fn strategy(scope: &Scope<'_>, names: &Names<'_>, file: &File, source: &Source) -> Draft {
    let lang = names.lang;
    let sent = scope.sent();
    let program = Program {
        name: scope.strategy.name.text.clone(),
        title: scope.strategy.name.text.clone(),
        lang,
        version: version(scope, names, file, &sent),
        currency: Currency::US_DOLLAR,
        zone: chrono_tz::Tz::UTC,
        law: String::new(),
        contact: ContactPolicy { hours: None, limits: Vec::new(), ladder: Vec::new() },
        enter: expr::ExprId(0),
        again_after: None,
        late: None,
        promise_grace: Lapse::Days(0),
        promise_tolerance: None,
        plans: Vec::new(),
        identity: None,
        review: DAILY_AT_SEVEN.to_owned(),
        start: StepId(0),
        steps: Vec::new(),
        stages: Vec::new(),
        ops: Vec::new(),
        step_of: Vec::new(),
        handlers: Vec::new(),
        always: Slice::default(),
        remembered: Vec::new(),
        has_conditions: false,
        exprs: Exprs::default(),
        templates: Vec::new(),
        fields: scope.fields.values().map(|field| (field.name.text.clone(), field.kind)).collect(),
        segments: Vec::new(),
        intents: Vec::new(),
        guarantees: Vec::new(),
        outcomes: Vec::new(),
        names: Vec::new(),
        notes: Vec::new(),
        reasons: Vec::new(),
        origin: Origin {
            file: source.name.clone(),
            calls: scope.strategy.calls.clone(),
            ..Origin::default()
        },
    };
    let mut lowering =
        Lowering { scope, names, source, program, sent, conditions: BTreeMap::new(), step: None };
    lowering.head();
    lowering.templates();
    lowering.intents();
    let falls = lowering.steps();
    Draft { program: lowering.program, falls }
}

/// A portfolio is scanned every morning at seven unless the strategy says otherwise.
const DAILY_AT_SEVEN: &str = "0 0 7 * * *";

/// The version covers the strategy and every form of the templates it sends, in whatever order the file has them.
fn version(scope: &Scope<'_>, names: &Names<'_>, file: &File, sent: &BTreeSet<&str>) -> Version {
    let covered = file.items.iter().filter(|item| match item {
        ast::Item::Strategy(strategy) => strategy.span == scope.strategy.span,
        ast::Item::Template(template) => sent.contains(template.name.text.as_str()),
        _ => false,
    });
    let mut words: Vec<String> = covered.map(|item| crate::format::item_words(item, names.lang)).collect();
    words.sort();
    // The order of intents matters: of two that fit equally well the first is taken.
    if speaks_of_intents(scope, names) {
        let intents = file.items.iter().filter(|item| matches!(item, ast::Item::Intent(_)));
        words.extend(intents.map(|item| crate::format::item_words(item, names.lang)));
    }
    Version::of(&words.join("\n"))
}

/// Does a handler take an answer that is an intent? Then every intent of the file matters: it decides which is taken.
fn speaks_of_intents(scope: &Scope<'_>, names: &Names<'_>) -> bool {
    let taken = scope.taken();
    names.intents.iter().any(|intent| taken.contains(intent.name.text.as_str()))
}

impl Lowering<'_> {
    fn intents(&mut self) {
        if !speaks_of_intents(self.scope, self.names) {
            return;
        }
        for intent in &self.names.intents {
            let name = self.intern(&intent.name.text);
            let phrase = |phrase: &ast::Phrase| Phrase::new(&phrase.text.is, phrase.is_pattern);
            let phrases = intent.phrases.iter().map(phrase).collect();
            self.program.intents.push(Intent { name, phrases });
        }
    }

    fn head(&mut self) {
        for outcome in &self.scope.outcomes {
            let kind = self.scope.strategy.clauses.iter().find_map(|clause| match &clause.is {
                Clause::Outcome(name, kind) if name.span == outcome.span => *kind,
                _ => None,
            });
            let outcome = Outcome { name: outcome.text.clone(), kind: kind.unwrap_or(OutcomeKind::Neutral) };
            self.program.outcomes.push(outcome);
        }
        for clause in &self.scope.strategy.clauses {
            match &clause.is {
                Clause::Title(text) => self.program.title = text.is.clone(),
                Clause::Currency(name) => {
                    self.program.currency = Currency::parse(&name.text).unwrap_or(self.program.currency);
                }
                Clause::Timezone(name) => {
                    self.program.zone = chrono_tz::Tz::from_str(&name.text).unwrap_or(chrono_tz::Tz::UTC);
                }
                Clause::Law(name) => self.program.law = name.text.to_ascii_uppercase(),
                Clause::EnterAgain(lapse) => self.program.again_after = Some(lapse.is),
                Clause::Late(by, to) => {
                    let arrow = to.as_ref().map(|name| self.arrow(&name.text, name.span));
                    self.program.late = Some(Late { by: by.is, arrow });
                }
                Clause::PromiseGrace(lapse, tolerance) => {
                    self.program.promise_grace = lapse.is;
                    self.program.promise_tolerance = tolerance.as_ref().and_then(|it| money::part(&it.is));
                }
                Clause::Identity(valid) => self.program.identity = Some(valid.as_ref().map(|it| it.is)),
                Clause::Review(text) => self.program.review = text.is.clone(),
                Clause::Start(name) => {
                    self.program.start = StepId(self.scope.step(&name.text).unwrap_or(0) as u16)
                }
                Clause::Guarantee(guarantees) => {
                    guarantees.iter().for_each(|guarantee| self.guarantee(guarantee));
                }
                Clause::Contact(clauses) => clauses.iter().for_each(|clause| self.contact(&clause.is)),
                _ => {}
            }
        }
        self.program.plans = self.scope.plans.iter().map(|plan| awaits::plan(plan)).collect();
        for condition in self.scope.conditions.clone() {
            let holds = self.expr(&condition.holds);
            self.conditions.insert(&condition.name.text, holds);
            if condition.is_segment {
                self.program.segments.push((condition.name.text.clone(), holds));
            }
        }
        let enter = self.scope.strategy.clauses.iter().find_map(|clause| match &clause.is {
            Clause::Enter(condition) => Some(condition),
            _ => None,
        });
        self.program.enter = match enter {
            Some(condition) => self.expr(condition),
            None => self.program.exprs.push(expr::Expr::Value(Value::Truth(true))),
        };
        if self.program.contact.ladder.is_empty() {
            self.program.contact.ladder = Channel::ALL.to_vec();
        }
    }

    fn guarantee(&mut self, guarantee: &ast::At<ast::Guarantee>) {
        let all = match &guarantee.is {
            ast::Guarantee::AfterPayment => vec![Guarantee::NoSendAfterPayment],
            ast::Guarantee::AfterOptOut => vec![Guarantee::NoSendAfterOptOut],
            ast::Guarantee::Outside(_, week) => vec![Guarantee::NoSendOutside(week.clone())],
            ast::Guarantee::AtMost(parts) => {
                parts.iter().map(|part| Guarantee::AtMost(limit(part))).collect()
            }
            ast::Guarantee::EndsWithin(lapse) => vec![Guarantee::EndsWithin(lapse.is)],
            ast::Guarantee::CostAtMost(amount) => match literal(amount) {
                Some(Value::Money(amount)) => vec![Guarantee::CostAtMost(amount)],
                _ => Vec::new(),
            },
        };
        for one in all {
            self.program.guarantees.push(one);
            let line = self.source.line(guarantee.span.start);
            self.program.origin.guarantees.push((guarantee.span, line));
        }
    }

    fn contact(&mut self, clause: &ContactClause) {
        let policy = &mut self.program.contact;
        match clause {
            ContactClause::Hours(_, week) => policy.hours = Some(week.clone()),
            ContactClause::AtMost(parts, why) => {
                let limits: Vec<Limit> = parts.iter().map(limit).collect();
                policy.limits.extend(limits.iter().cloned());
                limits.into_iter().for_each(|limit| self.reason(Reasoned::Limit(limit), why));
            }
            ContactClause::Ladder(rungs) => policy.ladder = rungs.iter().map(|rung| rung.is).collect(),
        }
    }

    fn templates(&mut self) {
        // In one order whatever the order of the file: equal versions must have equal ids.
        for name in self.sent.clone() {
            let mut forms = self.names.templates.get(name).cloned().unwrap_or_default();
            forms.sort_by_key(|form| form.channel.is);
            let forms = forms.into_iter().map(|form| self.form(form)).collect();
            self.program.templates.push(Template { name: name.to_owned(), forms });
        }
    }

    fn form(&mut self, template: &ast::Template) -> Form {
        let mut form = Form {
            channel: template.channel.is,
            purpose: Purpose::Reminder,
            approved_as: String::new(),
            language: String::new(),
            category: String::new(),
            subject: Vec::new(),
            text: Vec::new(),
            documents: Vec::new(),
            buttons: Vec::new(),
            discloses: false,
        };
        for clause in &template.clauses {
            match &clause.is {
                ast::TemplateClause::ApprovedAs(text) => form.approved_as = text.is.clone(),
                ast::TemplateClause::Language(name) => form.language = name.text.clone(),
                ast::TemplateClause::Category(name) => form.category = name.text.clone(),
                ast::TemplateClause::Purpose(purpose) => form.purpose = *purpose,
                ast::TemplateClause::Subject(text) => form.subject = self.message(&text.is),
                ast::TemplateClause::Text(text) => form.text = self.message(&text.is),
                ast::TemplateClause::Attach(document) => form.documents.push(document.is),
                ast::TemplateClause::Button(name, label) => {
                    let name = self.intern(&name.text);
                    form.buttons.push(Button { name, label: label.is.clone() });
                }
            }
        }
        form.discloses = form.subject.iter().chain(&form.text).any(|piece| match piece {
            Piece::Text(_) => false,
            Piece::Fact(fact) => fact.discloses(),
            // What a field of the strategy's own tells nobody here can know.
            Piece::Field(..) => true,
        });
        form.discloses |= !form.documents.is_empty();
        form
    }

    fn message(&self, text: &str) -> Vec<Piece> {
        let piece = |piece| match piece {
            RawPiece::Text(text) => Piece::Text(text.to_owned()),
            RawPiece::Variable { name, .. } => match vocabulary::find(name, self.names.lang) {
                Some(fact) => Piece::Fact(fact),
                None => match self.scope.fields.get(name) {
                    Some(field) => Piece::Field(name.to_owned(), field.at_first.as_ref().and_then(literal)),
                    None => Piece::Text(String::new()),
                },
            },
        };
        pieces(text).into_iter().map(piece).collect()
    }

    fn steps(&mut self) -> Vec<OpId> {
        let mut falls = Vec::new();
        let scopes = self.scope.strategy.scopes.iter();
        let scopes: Vec<Slice> =
            scopes.map(|handlers| self.handlers(handlers, OpId(0), &|_| false)).collect();
        let most_severe = self.scope.steps.iter().rposition(|step| step.stage.is_some());
        for (at, step) in self.scope.steps.iter().enumerate() {
            self.step = Some(StepId(at as u16));
            let end = Span { start: step.body.span.end.saturating_sub(1), end: step.body.span.end };
            let fall = self.op(Op::Resume, end);
            let behind = match &step.stage {
                Some(stage) => {
                    let rest = self.stage(stage, StepId(at as u16), step.name.span);
                    // Nothing but the customer leads out of the most severe stage: it must come to an end.
                    if most_severe == Some(at) { fall } else { rest }
                }
                None => fall,
            };
            let entry = self.block(&step.body, behind);
            falls.push(fall);
            let scopes = step.scopes.iter().filter_map(|scope| scopes.get(*scope)).copied().collect();
            let renamed_from = step.renamed_from.as_ref().map(|old| old.text.clone());
            self.program.steps.push(Step { name: step.name.text.clone(), entry, renamed_from, scopes });
            let line = self.source.line(step.name.span.start);
            self.program.origin.steps.push((step.name.span, line));
        }
        self.step = None;
        self.arrows_to_stages();
        let always = self.scope.strategy.clauses.iter().find_map(|clause| match &clause.is {
            Clause::Always(handlers) => Some(handlers.as_slice()),
            _ => None,
        });
        self.program.always = self.handlers(always.unwrap_or(&[]), OpId(0), &|_| false);
        falls
    }

    fn reason(&mut self, of: Reasoned, why: &ast::Why) {
        let reason = reason(why);
        if reason.words() != "" {
            self.program.reasons.push((of, reason));
        }
    }

    fn op(&mut self, op: Op, span: Span) -> OpId {
        self.program.ops.push(op);
        self.program.step_of.push(self.step);
        self.program.origin.ops.push((span, self.source.line(span.start)));
        OpId(self.program.ops.len() as u32 - 1)
    }

    /// The arrow to a step or an outcome.
    fn arrow(&mut self, name: &str, span: Span) -> OpId {
        let op = match (self.scope.step(name), self.scope.outcome(name)) {
            (Some(step), _) => Op::Go(StepId(step as u16)),
            (None, Some(outcome)) => Op::End(OutcomeId(outcome as u16)),
            (None, None) => Op::Resume,
        };
        self.op(op, span)
    }

    /// Lays down a block and says where it begins; after its last statement the run goes to `next`.
    fn block(&mut self, block: &Block, next: OpId) -> OpId {
        block.statements.iter().rev().fold(next, |next, statement| self.statement(statement, next))
    }

    fn statement(&mut self, statement: &ast::Statement, next: OpId) -> OpId {
        let span = statement.span;
        match &statement.kind {
            StatementKind::Send { channel, template, otherwise } => {
                let otherwise = otherwise.as_ref().map_or(next, |block| self.block(block, next));
                let template = self.template(&template.text);
                let channel = channel.as_ref().map(|channel| channel.is);
                self.op(Op::Send { channel, template, next, otherwise }, span)
            }
            StatementKind::Escalate(why) => {
                let op = self.op(Op::Escalate { next }, span);
                self.reason(Reasoned::Op(op), why);
                op
            }
            StatementKind::Wait { until, handlers, .. } => {
                let handlers = handlers.as_deref().unwrap_or(&[]);
                let timeout = self.timeout(handlers, next);
                let handlers = self.handlers(handlers, next, &|_| false);
                let step = until.is.step().and_then(|step| self.scope.step(step));
                self.program.remembered.extend(step.map(|step| StepId(step as u16)));
                self.op(Op::Wait { until: until.is.clone(), handlers, timeout }, span)
            }
            StatementKind::AwaitCondition { condition, at_most, handlers } => {
                let written = handlers.as_deref().unwrap_or(&[]);
                let timeout = self.timeout(written, next);
                let handlers = self.handlers(written, next, &|_| false);
                let trigger = Trigger::Awaited(self.expr(condition));
                let handlers = self.also_handled(handlers, Handler { trigger, body: next }, condition.span);
                let until = at_most.as_ref().map_or(Until::Ever, |lapse| Until::For(lapse.is));
                self.op(Op::Wait { until, handlers, timeout }, span)
            }
            StatementKind::If { condition, then, otherwise } => {
                let then = self.block(then, next);
                let otherwise = otherwise.as_ref().map_or(next, |block| self.block(block, next));
                let condition = self.expr(condition);
                self.op(Op::Branch { condition, then, otherwise }, span)
            }
            StatementKind::Go(name) => self.arrow(&name.text, span),
            StatementKind::End(name) => {
                let op =
                    self.scope.outcome(&name.text).map_or(Op::Resume, |at| Op::End(OutcomeId(at as u16)));
                self.op(op, span)
            }
            StatementKind::Assign { queue, priority, due, handlers } => {
                let handlers = handlers.as_deref().unwrap_or(&[]);
                let timeout = self.timeout(handlers, next);
                let is_done = |trigger| matches!(trigger, Trigger::Done(_) | Trigger::AnyDone);
                let handlers = self.handlers(handlers, next, &is_done);
                // Where a handler takes every result, none is left that could go on behind the task.
                let any_result = handlers.of(&self.program.handlers).iter();
                let any_result = any_result.rev().find(|handler| handler.trigger == Trigger::AnyDone);
                let next = any_result.map_or(next, |handler| handler.body);
                let timeout = if due.is_some() { timeout } else { next };
                let queue = self.intern(&queue.text);
                let priority = priority.unwrap_or(Priority::Normal);
                let due = due.as_ref().map(|due| due.is);
                self.op(Op::Assign { queue, priority, due, handlers, timeout, next }, span)
            }
            StatementKind::Await(waits) => self.awaits(waits, next, span),
            StatementKind::Tag { name, is_on } => {
                let name = self.intern(&name.text);
                self.op(Op::Tag { name, is_on: *is_on, next }, span)
            }
            StatementKind::Set { field, value } => {
                let value = self.expr(value);
                let field = self.intern(&field.text);
                self.op(Op::Set { field, value, next }, span)
            }
            StatementKind::Hold { until, why } => {
                let step = until.is.step().and_then(|step| self.scope.step(step));
                self.program.remembered.extend(step.map(|step| StepId(step as u16)));
                let because = reason(why).words();
                self.op(Op::Hold { until: until.is.clone(), because, next }, span)
            }
            StatementKind::Block(channel) => {
                self.op(Op::Block { channel: channel.as_ref().map(|channel| channel.is), next }, span)
            }
            StatementKind::Release => self.op(Op::Release { next }, span),
            StatementKind::Repeat { times, body } => {
                let head = Span { start: span.start, end: times.span.end };
                // The end of the block names its head and the head its end: one is put right afterwards.
                let unknown = OpId(0);
                let again = self.op(Op::Again { repeat: unknown, body: unknown, next }, head);
                let body = self.block(body, again);
                let repeat = self.op(Op::Repeat { times: times.is, body, again }, head);
                if let Some(op) = self.program.ops.get_mut(again.0 as usize) {
                    *op = Op::Again { repeat, body, next };
                }
                repeat
            }
            // A call that could not be written out; such a program never leaves the crate.
            StatementKind::Run(_) => self.op(Op::End(OutcomeId(0)), span),
            StatementKind::Split { name, ways, .. } => {
                let lower = |way: &ast::Way| Way {
                    share: Number::parse(&way.share.is).unwrap_or(Number(0)),
                    name: self.intern(&way.name.text),
                    body: self.block(&way.body, next),
                };
                let ways = ways.iter().map(lower).collect();
                let experiment = self.intern(&name.text);
                let head = Span { start: span.start, end: name.span.end };
                self.op(Op::Split { experiment, ways, next }, head)
            }
            StatementKind::Note(text) => {
                self.program.notes.push(text.is.clone());
                let text = self.program.notes.len() as u16 - 1;
                self.op(Op::Note { text, next }, span)
            }
        }
    }

    /// The body of `on timeout`, after which the run goes on behind the wait.
    fn timeout(&mut self, handlers: &[ast::Handler], next: OpId) -> OpId {
        let timeout = handlers.iter().find(|handler| handler.trigger.is == ast::Trigger::Timeout);
        timeout.map_or(next, |handler| self.block(&handler.body, next))
    }

    /// Every other handler: after its body the run goes back to where it stood. A task that is done is over, so
    /// after the body of `done` the run goes on behind the task; so it is with everything that settles a statement.
    fn handlers(
        &mut self,
        handlers: &[ast::Handler],
        behind: OpId,
        settles: &dyn Fn(Trigger) -> bool,
    ) -> Slice {
        let mut lowered = Vec::new();
        for handler in handlers {
            let Some(trigger) = self.trigger(&handler.trigger.is) else { continue };
            let end = Span { start: handler.body.span.end.saturating_sub(1), end: handler.body.span.end };
            let after = if settles(trigger) { behind } else { self.op(Op::Resume, end) };
            let body = self.block(&handler.body, after);
            lowered.push((Handler { trigger, body }, handler.trigger.span));
        }
        // Handlers of inner waits were laid down meanwhile; this slice stands behind them in one piece.
        let start = self.program.handlers.len() as u32;
        let len = lowered.len() as u32;
        for (handler, span) in lowered {
            self.program.handlers.push(handler);
            self.program.origin.handlers.push((span, self.source.line(span.start)));
        }
        Slice { start, len }
    }

    /// Puts one more handler behind a slice, which is the last that was laid down.
    fn also_handled(&mut self, slice: Slice, handler: Handler, span: Span) -> Slice {
        self.program.has_conditions |= handler.trigger.condition().is_some();
        self.program.handlers.push(handler);
        self.program.origin.handlers.push((span, self.source.line(span.start)));
        Slice { len: slice.len + 1, ..slice }
    }

    fn trigger(&mut self, trigger: &ast::Trigger) -> Option<Trigger> {
        Some(match trigger {
            ast::Trigger::Timeout => return None,
            ast::Trigger::Response(Some(name)) => Trigger::Response(self.intern(&name.text)),
            ast::Trigger::Response(None) => Trigger::AnyResponse,
            ast::Trigger::FullPayment => Trigger::FullPayment,
            ast::Trigger::PartialPayment => Trigger::PartialPayment,
            ast::Trigger::Payment(None) => Trigger::AnyPayment,
            ast::Trigger::Payment(Some(least)) => Trigger::PaymentOf(money::part(&least.is)?),
            ast::Trigger::PaymentReversed => Trigger::PaymentReversed,
            ast::Trigger::Delivered => Trigger::Delivered,
            ast::Trigger::Read => Trigger::Read,
            ast::Trigger::NotDelivered => Trigger::NotDelivered,
            ast::Trigger::OptOut => Trigger::OptOut,
            ast::Trigger::OptIn => Trigger::OptIn,
            ast::Trigger::BalanceChanged => Trigger::BalanceChanged,
            ast::Trigger::Event(name) => Trigger::Event(self.intern(&name.text)),
            ast::Trigger::Dispute => Trigger::Dispute,
            ast::Trigger::DisputeClosed => Trigger::DisputeClosed,
            ast::Trigger::DisputeUpheld => Trigger::DisputeUpheld,
            ast::Trigger::DisputeRejected => Trigger::DisputeRejected,
            ast::Trigger::PlanAccepted => Trigger::PlanAccepted,
            ast::Trigger::PlanRejected => Trigger::PlanRejected,
            ast::Trigger::PlanBroken => Trigger::PlanBroken,
            ast::Trigger::PlanCompleted => Trigger::PlanCompleted,
            ast::Trigger::InstalmentPaid => Trigger::InstalmentPaid,
            ast::Trigger::InstalmentMissed => Trigger::InstalmentMissed,
            ast::Trigger::Verified => Trigger::Verified,
            ast::Trigger::Failed => Trigger::Failed,
            ast::Trigger::WrongPerson => Trigger::WrongPerson,
            ast::Trigger::Promise => Trigger::Promise,
            ast::Trigger::PromiseKept => Trigger::PromiseKept,
            ast::Trigger::PromisePartlyKept => Trigger::PromisePartlyKept,
            ast::Trigger::PromiseBroken => Trigger::PromiseBroken,
            ast::Trigger::Done(Some(name)) => Trigger::Done(self.intern(&name.text)),
            ast::Trigger::Done(None) => Trigger::AnyDone,
            ast::Trigger::Holds(condition) => {
                self.program.has_conditions = true;
                Trigger::Holds(self.expr(condition))
            }
        })
    }

    fn template(&self, name: &str) -> TemplateId {
        TemplateId(self.sent.iter().position(|known| *known == name).unwrap_or(0) as u16)
    }

    fn intern(&mut self, name: &str) -> NameId {
        if let Some(id) = self.program.name_id(name) {
            return id;
        }
        self.program.names.push(name.to_owned());
        NameId(self.program.names.len() as u16 - 1)
    }

    fn expr(&mut self, expr: &Expr) -> expr::ExprId {
        let own = Own { lang: self.names.lang, scope: self.scope, conditions: &self.conditions };
        lower_expr(&mut self.program.exprs, expr, &own)
    }
}

fn reason(why: &ast::Why) -> Reason {
    let said = |text: &Option<ast::Text>| text.as_ref().map_or_else(String::new, |text| text.is.clone());
    Reason { because: said(&why.because), basis: said(&why.basis) }
}

/// What a name in an expression may stand for.
struct Own<'a> {
    lang: Lang,
    scope: &'a Scope<'a>,
    conditions: &'a BTreeMap<&'a str, expr::ExprId>,
}

impl Own<'_> {
    fn node(&self, name: &str) -> expr::Expr {
        if let Some(fact) = vocabulary::find(name, self.lang) {
            return expr::Expr::Fact(fact);
        }
        if let Some(field) = self.scope.fields.get(name) {
            return expr::Expr::Field(name.to_owned(), field.at_first.as_ref().and_then(literal));
        }
        match self.conditions.get(name) {
            Some(holds) => expr::Expr::Named(name.to_owned(), *holds),
            None => expr::Expr::Value(Value::Truth(false)),
        }
    }
}

fn lower_expr(exprs: &mut Exprs, expr: &Expr, own: &Own<'_>) -> expr::ExprId {
    let node = match &expr.kind {
        ExprKind::Name(name) => own.node(&name.text),
        ExprKind::Tagged(name) => expr::Expr::Tagged(name.text.clone()),
        ExprKind::Not(x) => expr::Expr::Not(lower_expr(exprs, x, own)),
        ExprKind::And(x, y) => expr::Expr::And(lower_expr(exprs, x, own), lower_expr(exprs, y, own)),
        ExprKind::Or(x, y) => expr::Expr::Or(lower_expr(exprs, x, own), lower_expr(exprs, y, own)),
        ExprKind::Compare(sign, x, y) => {
            expr::Expr::Compare(*sign, lower_expr(exprs, x, own), lower_expr(exprs, y, own))
        }
        ExprKind::Between(x, low, high) => {
            let (x, low) = (lower_expr(exprs, x, own), lower_expr(exprs, low, own));
            expr::Expr::Between(x, low, lower_expr(exprs, high, own))
        }
        ExprKind::In(x, choices) => {
            let x = lower_expr(exprs, x, own);
            expr::Expr::In(x, choices.iter().map(|choice| lower_expr(exprs, choice, own)).collect())
        }
        ExprKind::Arithmetic(sign, x, y) => {
            expr::Expr::Arithmetic(*sign, lower_expr(exprs, x, own), lower_expr(exprs, y, own))
        }
        ExprKind::Group(x) => return lower_expr(exprs, x, own),
        _ => expr::Expr::Value(literal(expr).unwrap_or(Value::Truth(false))),
    };
    exprs.push(node)
}

/// A value as written, when the expression is one.
fn literal(expr: &Expr) -> Option<Value> {
    Some(match &expr.kind {
        ExprKind::Figure(figure, None) => Value::Number(Number::parse(figure)?),
        ExprKind::Figure(figure, Some(currency)) => {
            let currency = Currency::parse(&currency.text)?;
            Value::Money(Money::new(parse_scaled(figure, currency.digits())?, currency))
        }
        ExprKind::Percent(figure) => Value::Percent(Number::parse(figure)?),
        ExprKind::Date(date) => Value::Date(*date),
        ExprKind::Text(text) => Value::Text(text.clone()),
        ExprKind::Truth(is) => Value::Truth(*is),
        _ => return None,
    })
}

fn limit(part: &ast::LimitPart) -> Limit {
    Limit {
        contacts_max: part.contacts_max,
        window: part.window,
        channels: if part.channels.is_empty() { ChannelSet::ALL } else { part.channels },
    }
}
