//! `run strategy name(parameter: value, …) { on end x -> … }`.

use super::Kind;
use super::cursor::Cursor;
use super::items::CHANNELS;
use super::statements::{block, lapse};
use crate::ast::parameter::ParameterValue;
use crate::ast::{Argument, At, Block, Call, ExprKind, OnEnd, Statement, StatementKind};
use crate::keywords::Keyword as K;

/// Behind its keyword.
pub(super) fn call(c: &mut Cursor<'_>) -> Option<Call> {
    let strategy = c.name("el nombre de una estrategia", "a strategy's name")?;
    let mut arguments = Vec::new();
    if c.eat_sign("(") {
        while !c.sees_sign(")") {
            arguments.push(argument(c)?);
            if !c.eat_sign(",") {
                break;
            }
        }
        if !c.eat_sign(")") {
            c.expected("`)`", "`)`");
            return None;
        }
    }
    let head = c.since(strategy.span.start);
    let mut ends = None;
    if let Some(open) = c.eat_kind(Kind::Open) {
        let mut found = Vec::new();
        while !c.is_at_end() && c.peek().kind != Kind::Close {
            match on_end(c) {
                Some(end) => found.push(end),
                None => c.recover(),
            }
        }
        c.close(open, K::RunStrategy.word(c.lang));
        ends = Some(found);
    }
    Some(Call { strategy, arguments, ends, head, is_told: false })
}

fn argument(c: &mut Cursor<'_>) -> Option<Argument> {
    let name = c.name("el nombre de un parámetro", "a parameter's name")?;
    if !c.eat_sign(":") && !c.eat_sign("=") {
        c.expected("`:` y un valor", "`:` and a value");
        return None;
    }
    let start = c.peek().span.start;
    let is = value(c)?;
    Some(Argument { name, value: At { is, span: c.since(start) } })
}

/// A value of any type.
fn value(c: &mut Cursor<'_>) -> Option<ParameterValue> {
    if let Some(value) = c.any_parameter() {
        return Some(value);
    }
    let units = [K::Minutes, K::Hour, K::BusinessDays, K::Days, K::Weeks, K::Months];
    match c.peek().kind {
        Kind::Time => return super::items::time(c).map(ParameterValue::Time),
        Kind::Number if units.iter().any(|unit| c.sees_at(1, *unit) > 0) => {
            return lapse(c).map(|lapse| ParameterValue::Duration(lapse.is));
        }
        _ => {}
    }
    if let Some(channel) = c.eat_which(&CHANNELS) {
        return Some(ParameterValue::Channel(channel));
    }
    match super::expressions::unary(c).kind {
        ExprKind::Figure(figure, None) => Some(ParameterValue::Number(figure)),
        ExprKind::Figure(figure, Some(currency)) => Some(ParameterValue::Amount(figure, currency)),
        ExprKind::Percent(figure) => Some(ParameterValue::Percent(figure)),
        ExprKind::Date(date) => Some(ParameterValue::Date(date)),
        ExprKind::Text(text) => Some(ParameterValue::Text(text)),
        ExprKind::Truth(is) => Some(ParameterValue::Truth(is)),
        _ => {
            c.expected("un valor: 5 días, 20 PEN, sí…", "a value: 5 days, 20 PEN, yes…");
            None
        }
    }
}

/// `on end name -> target` or `on end name { … }`
fn on_end(c: &mut Cursor<'_>) -> Option<OnEnd> {
    let start = c.peek().span.start;
    let expected = ("`cuando termina en` y un final", "`on end` and an outcome");
    if !c.want(K::On, expected.0, expected.1) || !c.want(K::OnEnd, expected.0, expected.1) {
        return None;
    }
    let outcome = c.name("el nombre de un final", "an outcome's name")?;
    let arrow = c.peek();
    if c.eat_kind(Kind::Arrow).is_some() || c.eat(K::GoTo) {
        let kind = StatementKind::Go(c.name("el nombre de un paso", "a step's name")?);
        let span = c.since(arrow.span.start);
        let body = Block { statements: vec![Statement { kind, span }], span };
        return Some(OnEnd { outcome, body, is_arrow: true, span: c.since(start) });
    }
    let body = block(c, K::On.word(c.lang))?;
    Some(OnEnd { outcome, body, is_arrow: false, span: c.since(start) })
}
