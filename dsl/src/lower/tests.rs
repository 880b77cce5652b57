//! `test` blocks to their checked form.

use super::literal;
use crate::ast::{self, AccountClause, TestLine};
use crate::program::test::{AccountFacts, Expectation, Happening, Line, Test, What};
use crate::program::{NameId, OutcomeId, Program, StepId, TemplateId};
use crate::source::Source;
use crate::values::{Lang, Money, NaiveDate, NaiveDateTime, Value};
use crate::vocabulary::{self, Fact};
use std::str::FromStr;

/// Lowers one test of a program. `None` when a name in it is unknown to the program, which was told.
pub fn test(test: &ast::Test, program: &mut Program, source: &Source) -> Option<Test> {
    let mut out = Test {
        name: test.name.is.clone(),
        strategy: test.strategy.text.clone(),
        account: AccountFacts::default(),
        start: NaiveDateTime::default(),
        script: Vec::new(),
        span: test.span,
        line: source.line(test.span.start),
    };
    for line in &test.lines {
        let what = match &line.is {
            TestLine::Account(clauses) => {
                for clause in clauses {
                    account(&clause.is, program.lang, &mut out.account);
                }
                continue;
            }
            TestLine::Start(at) => {
                out.start = *at;
                continue;
            }
            TestLine::Happens(moment, what) => What::Happens(*moment, happening(what, program)?),
            TestLine::Expect(expected) => What::Expect(expectation(expected, program)?),
        };
        out.script.push(Line { what, span: line.span, line: source.line(line.span.start) });
    }
    Some(out)
}

fn account(clause: &AccountClause, lang: Lang, account: &mut AccountFacts) {
    match clause {
        AccountClause::Invoice(amount, due) | AccountClause::Balance(amount, due) => {
            if let Some(Value::Money(amount)) = literal(amount) {
                account.invoices.push((amount, due.is));
            }
        }
        AccountClause::OtherAccount(amount, due) => {
            if let Some(Value::Money(amount)) = literal(amount) {
                account.others.push((amount, due.is));
            }
        }
        AccountClause::Phone(text) => account.phone = Some(text.is.clone()),
        AccountClause::Email(text) => account.email = Some(text.is.clone()),
        AccountClause::Timezone(name) => account.zone = chrono_tz::Tz::from_str(&name.text).ok(),
        AccountClause::Authorised(channels) => account.authorised = Some(channels.iter().copied().collect()),
        AccountClause::Role(role) => account.role = *role,
        AccountClause::Tag(name) => account.tags.push(name.text.clone()),
        AccountClause::Group(experiment, way) => {
            account.groups.push((experiment.text.clone(), way.text.clone()));
        }
        AccountClause::Webhook(name, is_answered) => account.webhooks.push((name.text.clone(), *is_answered)),
        AccountClause::Fact(name, value) => match (vocabulary::find(&name.text, lang), literal(value)) {
            (Some(Fact::Name), Some(Value::Text(text))) => account.name = Some(text),
            (Some(Fact::Balance), Some(Value::Money(amount))) => {
                account.invoices.push((amount, NaiveDate::default()))
            }
            (Some(fact), Some(value)) => account.facts.push((fact, value)),
            (None, Some(value)) => account.fields.push((name.text.clone(), value)),
            _ => {}
        },
    }
}

fn name(name: &str, program: &mut Program) -> NameId {
    if let Some(id) = program.name_id(name) {
        return id;
    }
    program.names.push(name.to_owned());
    NameId(program.names.len() as u16 - 1)
}

fn happening(happening: &ast::Happening, program: &mut Program) -> Option<Happening> {
    Some(match happening {
        ast::Happening::Payment(amount) => match literal(amount) {
            Some(Value::Money(amount)) => Happening::Payment(amount),
            Some(Value::Number(_)) | None => Happening::Payment(Money::new(0, program.currency)),
            Some(_) => return None,
        },
        ast::Happening::PaymentReversed(amount) => {
            let amount = amount.as_ref().and_then(literal);
            Happening::PaymentReversed(amount.and_then(|amount| match amount {
                Value::Money(amount) => Some(amount),
                _ => None,
            }))
        }
        ast::Happening::Promise(amount, on) => match literal(amount) {
            Some(Value::Money(amount)) => Happening::Promise(amount, *on),
            _ => return None,
        },
        ast::Happening::Response(button) => Happening::Response(name(&button.text, program)),
        ast::Happening::Says(text) => Happening::Says(text.is.clone()),
        ast::Happening::Hold(on, because) => {
            Happening::Hold(*on, because.as_ref().map_or_else(String::new, |text| text.is.clone()))
        }
        ast::Happening::Release => Happening::Release,
        ast::Happening::Done(result) => Happening::Done(name(&result.text, program)),
        ast::Happening::MovesTo(name) => Happening::MovesTo(chrono_tz::Tz::from_str(&name.text).ok()?),
        ast::Happening::AgentContact(channel, answered) => {
            Happening::AgentContact { channel: *channel, answered: *answered }
        }
        ast::Happening::Delivered => Happening::Delivered,
        ast::Happening::Read => Happening::Read,
        ast::Happening::NotDelivered => Happening::NotDelivered,
        ast::Happening::OptOut => Happening::OptOut,
        ast::Happening::OptIn(channel) => Happening::OptIn(*channel),
        ast::Happening::BalanceChanged(amount) => match literal(amount) {
            Some(Value::Money(amount)) => Happening::BalanceChanged(amount),
            _ => return None,
        },
        ast::Happening::Event(event) => Happening::Event(name(&event.text, program)),
        ast::Happening::Dispute(reason) => {
            Happening::Dispute(reason.as_ref().map(|reason| reason.is.clone()))
        }
        ast::Happening::DisputeUpheld => Happening::DisputeUpheld,
        ast::Happening::DisputeRejected => Happening::DisputeRejected,
        ast::Happening::PlanAccepted(plan) => {
            Happening::PlanAccepted(plan.as_ref().map(|plan| plan.text.clone()))
        }
        ast::Happening::PlanRejected => Happening::PlanRejected,
        ast::Happening::Verified => Happening::Verified,
        ast::Happening::Failed => Happening::NotVerified,
        ast::Happening::DisputeClosed => Happening::DisputeClosed,
        ast::Happening::WrongPerson => Happening::WrongPerson,
        ast::Happening::Nothing => Happening::Nothing,
    })
}

fn expectation(expected: &ast::Expectation, program: &mut Program) -> Option<Expectation> {
    let outcome = |wanted: &str| program.outcomes.iter().position(|outcome| outcome.name == wanted);
    Some(match expected {
        ast::Expectation::Send(channel, wanted, at) => {
            let template = program.templates.iter().position(|template| template.name == wanted.text)?;
            Expectation::Send {
                channel: channel.as_ref().map(|channel| channel.is),
                template: Some(TemplateId(template as u16)),
                at: *at,
            }
        }
        ast::Expectation::NoSend(after) => Expectation::NoSend { after: *after },
        ast::Expectation::End(wanted, at) => {
            Expectation::End { outcome: OutcomeId(outcome(&wanted.text)? as u16), at: *at }
        }
        ast::Expectation::Step(wanted) => {
            let step = program.steps.iter().position(|step| step.name == wanted.text)?;
            Expectation::Step(StepId(step as u16))
        }
        ast::Expectation::Task(queue) => Expectation::Task(name(&queue.text, program)),
        ast::Expectation::NoEntry => Expectation::NoEntry,
    })
}
