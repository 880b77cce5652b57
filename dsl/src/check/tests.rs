//! `test` blocks: every name known, every moment after the one before.

use super::types::Typing;
use super::unknown;
use crate::ast::{AccountClause, At, Expectation, Expr, Happening, Name, Test, TestLine};
use crate::diagnostic::Diagnostic;
use crate::keywords::Keyword as K;
use crate::problems::{
    MissingClause, NeverSent, TestOutOfOrder, TypeMismatch, UnknownButton, UnknownGroup, UnknownOutcome,
    UnknownStep, UnknownStrategy, UnknownTemplate,
};
use crate::program::test::Moment;
use crate::resolve::{Names, Scope};
use crate::values::{Channel, Currency, Lang, Type};
use crate::vocabulary;
use std::collections::BTreeSet;

pub(super) fn check(names: &Names<'_>, findings: &mut Vec<Diagnostic>) {
    for test in &names.tests {
        let mut whole = names.strategies.iter().filter(|strategy| !strategy.is_part);
        let named = whole.clone().find(|strategy| strategy.name.text == test.strategy.text);
        let Some(strategy) = named else {
            let known = whole.by_ref().map(|strategy| strategy.name.text.as_str());
            let problem = |name, nearest| UnknownStrategy { name, nearest };
            findings.push(unknown(&test.strategy, known, problem));
            continue;
        };
        // What the strategy declares twice was told when the strategy was checked.
        let scope = Scope::of(strategy, &mut Vec::new());
        let currency = super::head::currency_of(strategy);
        let sent = scope.sent();
        Walk { names, scope: &scope, sent, currency, findings }.test(test);
    }
}

struct Walk<'a, 'b> {
    names: &'a Names<'a>,
    scope: &'a Scope<'a>,
    /// The messages that the strategy sends.
    sent: BTreeSet<&'a str>,
    currency: Option<Currency>,
    findings: &'b mut Vec<Diagnostic>,
}

impl Walk<'_, '_> {
    fn test(&mut self, test: &Test) {
        let mut last = None;
        let mut has_start = false;
        let mut has_account = false;
        for line in &test.lines {
            match &line.is {
                TestLine::Account(clauses) => {
                    has_account = true;
                    clauses.iter().for_each(|clause| self.account(&clause.is));
                }
                TestLine::Start(at) => {
                    has_start = true;
                    last = Some(*at);
                }
                TestLine::Happens(moment, happening) => {
                    if let Moment::At(at) = moment {
                        if last.is_some_and(|last| *at < last) {
                            self.findings.push(Diagnostic::new(TestOutOfOrder, line.span));
                        }
                        last = Some(*at);
                    }
                    self.happening(happening);
                }
                TestLine::Expect(expectation) => self.expectation(expectation),
            }
        }
        let example = |es: &str, en: &str| (es.to_owned(), en.to_owned());
        let needed = [
            (has_start, K::Start, example("inicio 2026-03-02 09:00", "start 2026-03-02 09:00")),
            (
                has_account,
                K::Account,
                example(
                    "cuenta { saldo 120 PEN vence 2026-03-02 }",
                    "account { balance 120 PEN due 2026-03-02 }",
                ),
            ),
        ];
        for (is_there, keyword, (example_es, example_en)) in needed {
            if !is_there {
                let problem = MissingClause {
                    what_es: keyword.word(Lang::Es).to_owned(),
                    what_en: keyword.word(Lang::En).to_owned(),
                    example_es,
                    example_en,
                };
                self.findings.push(Diagnostic::new(problem, test.name.span));
            }
        }
    }

    fn typing(&mut self) -> Typing<'_> {
        super::head::typing(self.scope, self.names, self.findings)
    }

    fn account(&mut self, clause: &AccountClause) {
        match clause {
            AccountClause::Invoice(amount, _)
            | AccountClause::Balance(amount, _)
            | AccountClause::OtherAccount(amount, _) => self.money(amount),
            AccountClause::Timezone(name) => super::head::zone(name, self.findings),
            AccountClause::Fact(name, value) => {
                if let Some(field) = self.scope.fields.get(name.text.as_str()) {
                    self.typing().expect(value, field.kind);
                    return;
                }
                let Some(fact) = vocabulary::find(&name.text, self.names.lang) else {
                    self.findings.push(super::types::unknown_fact(name, self.names.lang));
                    return;
                };
                self.typing().expect(value, fact.kind());
            }
            AccountClause::Group(experiment, way) => self.group(experiment, way),
            AccountClause::Webhook(name, _) => {
                self.findings.extend(super::plans::unknown_webhook(self.scope, name));
            }
            AccountClause::Phone(_)
            | AccountClause::Email(_)
            | AccountClause::Tag(_)
            | AccountClause::Authorised(_)
            | AccountClause::Role(_) => {}
        }
    }

    fn group(&mut self, experiment: &Name, way: &Name) {
        let groups = self.scope.groups();
        let problem = |name, nearest| UnknownGroup { name, nearest };
        if groups.iter().all(|(known, _)| *known != experiment.text) {
            let known = groups.iter().map(|(known, _)| *known);
            self.findings.push(unknown(experiment, known, problem));
        } else if !groups.contains(&(experiment.text.as_str(), way.text.as_str())) {
            let known = groups.iter().filter(|(of, _)| *of == experiment.text).map(|(_, way)| *way);
            self.findings.push(unknown(way, known, problem));
        }
    }

    fn money(&mut self, amount: &Expr) {
        let Some(found) = self.typing().type_of(amount) else { return };
        let currency = self.currency.map_or_else(String::new, |currency| currency.to_string());
        match (&amount.kind, found) {
            (_, Type::Money) => {}
            (crate::ast::ExprKind::Figure(figure, None), Type::Number) => {
                let problem =
                    crate::problems::MissingCurrency { figure: figure.clone(), currency: currency.clone() };
                let fixed = format!("{figure} {currency}");
                self.findings.push(Diagnostic::new(problem, amount.span).guess(amount.span, fixed));
            }
            (_, found) => {
                let name = super::types::type_name;
                let problem = TypeMismatch {
                    left_es: name(found, Lang::Es).to_owned(),
                    left_en: name(found, Lang::En).to_owned(),
                    right_es: name(Type::Money, Lang::Es).to_owned(),
                    right_en: name(Type::Money, Lang::En).to_owned(),
                };
                self.findings.push(Diagnostic::new(problem, amount.span));
            }
        }
    }

    fn happening(&mut self, happening: &Happening) {
        match happening {
            Happening::MovesTo(name) => super::head::zone(name, self.findings),
            Happening::Payment(amount)
            | Happening::PaymentReversed(Some(amount))
            | Happening::BalanceChanged(amount)
            | Happening::Promise(amount, _) => self.money(amount),
            Happening::PlanAccepted(Some(name)) => {
                self.findings.extend(super::plans::unknown_plan(self.scope, name));
            }
            Happening::Event(name) => {
                self.findings.extend(super::statements::unknown_event(self.scope, name));
            }
            Happening::Response(button) if self.names.answers().all(|known| known != button.text) => {
                let known = self.names.answers();
                let problem = |name, nearest| UnknownButton { name, nearest };
                self.findings.push(unknown(button, known, problem));
            }
            _ => {}
        }
    }

    fn expectation(&mut self, expectation: &Expectation) {
        match expectation {
            Expectation::Send(channel, name, _) => self.send(channel.as_ref(), name),
            Expectation::End(name, _) if self.scope.outcome(&name.text).is_none() => {
                let known = self.scope.outcomes.iter().map(|name| name.text.as_str());
                let problem = |name, nearest| UnknownOutcome { name, nearest };
                self.findings.push(unknown(name, known, problem));
            }
            Expectation::Step(name) if self.scope.step(&name.text).is_none() => {
                let known = self.scope.steps.iter().map(|step| step.name.text.as_str());
                let problem = |name, nearest| UnknownStep { name, nearest };
                self.findings.push(unknown(name, known, problem));
            }
            _ => {}
        }
    }

    fn send(&mut self, channel: Option<&At<Channel>>, name: &Name) {
        let Some(forms) = self.names.templates.get(name.text.as_str()) else {
            let problem = |name, nearest| UnknownTemplate { name, nearest };
            self.findings.push(unknown(name, self.names.templates.keys().copied(), problem));
            return;
        };
        if let Some(finding) = super::statements::no_form(forms, channel, name, self.names.lang) {
            self.findings.push(finding);
        } else if !self.sent.contains(name.text.as_str()) {
            let problem =
                NeverSent { name: name.text.clone(), strategy: self.scope.strategy.name.text.clone() };
            self.findings.push(Diagnostic::new(problem, name.span));
        }
    }
}
