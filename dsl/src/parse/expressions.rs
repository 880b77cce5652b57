//! Conditions and figures, by precedence: or, and, not, comparison, sum, product, unary minus.

use super::cursor::{Cursor, DEEPEST};
use super::{Kind, unquote};
use crate::ast::parameter::{ParameterType, ParameterValue};
use crate::ast::{Expr, ExprKind, Name};
use crate::diagnostic::Diagnostic;
use crate::keywords::Keyword as K;
use crate::problems::{ImpossibleDate, TooDeep};
use crate::program::expr::{Arithmetic, Comparison};
use crate::source::Span;
use crate::values::{Currency, NaiveDate, NaiveDateTime};

/// Does a condition stand here, where one of some keywords could stand too? A keyword is a name in a condition only
/// when a sign of comparison or the like follows it.
pub(super) fn begins<T: Copy>(c: &Cursor<'_>, keywords: &[(K, T)]) -> bool {
    let token = c.peek();
    match token.kind {
        Kind::QuotedName => true,
        Kind::Sign => c.written(token) == "(",
        Kind::Word => {
            let goes_on = |tokens: usize| {
                let next = c.peek_at(tokens);
                let joins = [K::Between, K::In, K::And, K::Or];
                (next.kind == Kind::Sign && !next.starts_line)
                    || (next.kind == Kind::Word && joins.iter().any(|word| c.sees_at(tokens, *word) > 0))
            };
            match c.which(keywords) {
                Some((_, tokens)) => goes_on(tokens),
                None => goes_on(1) || c.sees(K::Tagged) > 0 || !c.means(keywords),
            }
        }
        _ => false,
    }
}

/// Parts of one condition that are joined, at most: a long chain is a deep tree.
const JOINS_MAX: u32 = 500;

pub(super) fn expression(c: &mut Cursor<'_>) -> Expr {
    c.joins = 0;
    let whole = disjunction(c);
    if c.joins <= JOINS_MAX {
        return whole;
    }
    let span = whole.span;
    c.findings.push(Diagnostic::new(TooDeep::Condition { most: JOINS_MAX }, span));
    Expr { kind: ExprKind::Error, span }
}

fn disjunction(c: &mut Cursor<'_>) -> Expr {
    let mut left = conjunction(c);
    while c.eat(K::Or) || c.eat_join("||", K::Or) {
        let right = conjunction(c);
        left = join(c, left, right, ExprKind::Or);
    }
    left
}

/// Joins two parts. Past the bound nothing is joined any more: the whole is told and thrown away.
fn join(
    c: &mut Cursor<'_>,
    left: Expr,
    right: Expr,
    kind: impl FnOnce(Box<Expr>, Box<Expr>) -> ExprKind,
) -> Expr {
    let span = left.span.to(right.span);
    c.joins += 1;
    if c.joins > JOINS_MAX {
        return Expr { kind: ExprKind::Error, span };
    }
    Expr { kind: kind(Box::new(left), Box::new(right)), span }
}

fn conjunction(c: &mut Cursor<'_>) -> Expr {
    let mut left = negation(c);
    while c.eat(K::And) || c.eat_join("&&", K::And) {
        let right = negation(c);
        left = join(c, left, right, ExprKind::And);
    }
    left
}

fn negation(c: &mut Cursor<'_>) -> Expr {
    let start = c.peek().span.start;
    let tokens = c.sees(K::Not);
    let next = c.peek_at(tokens);
    // `no` alone is also the value "no": it negates only when something follows that can be negated.
    let is_negation = tokens > 0
        && (matches!(next.kind, Kind::Word | Kind::QuotedName | Kind::Number | Kind::Text)
            || c.written(next) == "(")
        && !(next.kind == Kind::Word && next.starts_line);
    if !is_negation {
        return comparison(c);
    }
    if c.depth >= DEEPEST {
        return too_deep(c);
    }
    c.skip(tokens);
    c.depth += 1;
    let inner = negation(c);
    c.depth -= 1;
    Expr { span: c.since(start), kind: ExprKind::Not(Box::new(inner)) }
}

fn too_deep(c: &mut Cursor<'_>) -> Expr {
    let span = c.peek().span;
    c.findings.push(Diagnostic::new(TooDeep::Parentheses { deepest: DEEPEST }, span));
    c.skip(1);
    c.skip_to_block();
    Expr { kind: ExprKind::Error, span }
}

fn comparison(c: &mut Cursor<'_>) -> Expr {
    let left = sum(c);
    if c.eat(K::Between) {
        let low = sum(c);
        if !c.want(K::And, "`y` y el otro extremo", "`and` and the other end") {
            return Expr { span: left.span.to(low.span), kind: ExprKind::Error };
        }
        let high = sum(c);
        let span = left.span.to(high.span);
        return Expr { kind: ExprKind::Between(Box::new(left), Box::new(low), Box::new(high)), span };
    }
    if c.sees(K::In) > 0 && c.written(c.peek_at(c.sees(K::In))) == "(" {
        c.eat(K::In);
        c.skip(1);
        let mut choices = vec![sum(c)];
        while c.eat_sign(",") {
            choices.push(sum(c));
        }
        if !c.eat_sign(")") {
            c.expected("`)`", "`)`");
        }
        return Expr { span: c.since(left.span.start), kind: ExprKind::In(Box::new(left), choices) };
    }
    let Some(sign) = comparison_sign(c) else { return left };
    let right = sum(c);
    join(c, left, right, |a, b| ExprKind::Compare(sign, a, b))
}

fn comparison_sign(c: &mut Cursor<'_>) -> Option<Comparison> {
    let token = c.peek();
    // `saldo => 20 PEN`: before a figure it is no arrow.
    let next = c.peek_at(1);
    let is_figure = matches!(next.kind, Kind::Number | Kind::Percent | Kind::Date) || c.written(next) == "-";
    let habit = match (token.kind, c.written(token)) {
        (Kind::Arrow, "=>") if is_figure => Some((Comparison::GreaterOrEqual, ">=")),
        (Kind::Sign, "=<") => Some((Comparison::LessOrEqual, "<=")),
        (Kind::Sign, "<>") => Some((Comparison::NotEqual, "!=")),
        _ => None,
    };
    if let Some((sign, right)) = habit {
        c.skip(1);
        c.wrong_sign(token, right);
        return Some(sign);
    }
    if token.kind != Kind::Sign {
        return None;
    }
    let sign = match c.written(token) {
        "=" | "==" => Comparison::Equal,
        "!=" | "≠" => Comparison::NotEqual,
        "<" => Comparison::Less,
        "<=" | "≤" => Comparison::LessOrEqual,
        ">" => Comparison::Greater,
        ">=" | "≥" => Comparison::GreaterOrEqual,
        _ => return None,
    };
    c.skip(1);
    Some(sign)
}

fn sum(c: &mut Cursor<'_>) -> Expr {
    let mut left = product(c);
    loop {
        let sign = match () {
            () if c.eat_sign("+") => Arithmetic::Add,
            () if c.eat_sign("-") => Arithmetic::Subtract,
            () => return left,
        };
        let right = product(c);
        left = join(c, left, right, |a, b| ExprKind::Arithmetic(sign, a, b));
    }
}

fn product(c: &mut Cursor<'_>) -> Expr {
    let mut left = unary(c);
    loop {
        let sign = match () {
            () if c.eat_sign("*") => Arithmetic::Multiply,
            () if c.eat_sign("/") => Arithmetic::Divide,
            () => return left,
        };
        let right = unary(c);
        left = join(c, left, right, |a, b| ExprKind::Arithmetic(sign, a, b));
    }
}

pub(super) fn unary(c: &mut Cursor<'_>) -> Expr {
    let start = c.peek().span.start;
    if c.sees_sign("-") && c.peek_at(1).kind == Kind::Number {
        c.skip(1);
        let mut figure = value(c);
        if let ExprKind::Figure(written, _) = &mut figure.kind {
            written.insert(0, '-');
        }
        figure.span = c.since(start);
        return figure;
    }
    value(c)
}

/// A single value: figure, amount, share, date, text, yes or no, fact, or an expression in parentheses.
pub(super) fn value(c: &mut Cursor<'_>) -> Expr {
    let start = c.peek().span.start;
    if let Some((figure, letters)) = c.eat_money_sign() {
        let written = c.written(figure).to_owned();
        let span = c.since(start);
        return Expr { span, kind: ExprKind::Figure(written, Some(Name { text: letters, span })) };
    }
    let token = c.peek();
    let span = token.span;
    let done = |kind| Expr { kind, span };
    match token.kind {
        Kind::Number => {
            c.skip(1);
            let written = c.written(token).to_owned();
            if let Some(letters) = c.eat_currency_word(token) {
                let span = c.since(span.start);
                return Expr { span, kind: ExprKind::Figure(written, Some(Name { text: letters, span })) };
            }
            let currency = currency(c);
            Expr { span: c.since(span.start), kind: ExprKind::Figure(written, currency) }
        }
        Kind::Percent => {
            c.skip(1);
            done(ExprKind::Percent(c.written(token).trim_end_matches(['%', ' ']).to_owned()))
        }
        Kind::Date => date(c).map_or(done(ExprKind::Error), |date| done(ExprKind::Date(date))),
        Kind::Text => {
            c.skip(1);
            done(ExprKind::Text(unquote(c.written(token))))
        }
        Kind::Word | Kind::QuotedName if c.parameter_type().is_some() => done(parameter(c)),
        Kind::Word => {
            let tagged = c.sees(K::Tagged);
            let next = c.peek_at(tagged);
            if tagged > 0 && matches!(next.kind, Kind::Word | Kind::QuotedName) && !next.starts_line {
                c.skip(tagged);
                let name = c.name("el nombre de la etiqueta", "the tag's name");
                let kind = name.map_or(ExprKind::Error, ExprKind::Tagged);
                return Expr { span: c.since(span.start), kind };
            }
            // A fact of that name wins over the words for yes and no.
            let written = c.written(token);
            if c.sees(K::Yes) == 1 || c.sees(K::No) == 1 {
                let is_yes = c.sees(K::Yes) == 1;
                c.skip(1);
                return done(ExprKind::Truth(is_yes));
            }
            c.skip(1);
            done(ExprKind::Name(Name { text: written.to_owned(), span }))
        }
        Kind::QuotedName => {
            c.skip(1);
            let text = c.written(token).trim_matches('`').to_owned();
            done(ExprKind::Name(Name { text, span }))
        }
        Kind::Sign if c.written(token) == "(" => {
            if c.depth >= DEEPEST {
                return too_deep(c);
            }
            c.skip(1);
            c.depth += 1;
            let inner = disjunction(c);
            c.depth -= 1;
            // Where the inside could not be read, the rest of the line was told with it.
            if !c.eat_sign(")") && !matches!(inner.kind, ExprKind::Error) {
                c.expected("`)`", "`)`");
                return Expr { span: c.since(span.start), kind: ExprKind::Error };
            }
            if matches!(inner.kind, ExprKind::Error) {
                return inner;
            }
            Expr { span: c.since(span.start), kind: ExprKind::Group(Box::new(inner)) }
        }
        _ => {
            c.expected("un dato, un número, un monto o un texto", "a fact, a number, an amount or a text");
            done(ExprKind::Error)
        }
    }
}

/// The value of the parameter whose name stands here.
fn parameter(c: &mut Cursor<'_>) -> ExprKind {
    use crate::ast::parameter::ParameterValue as V;
    let kind = c.parameter_type();
    if let Some(ParameterType::Duration | ParameterType::Time | ParameterType::Channel) = kind {
        c.parameter(ParameterType::Number);
        return ExprKind::Error;
    }
    match c.any_parameter() {
        Some(V::Number(figure)) => ExprKind::Figure(figure, None),
        Some(V::Amount(figure, currency)) => ExprKind::Figure(figure, Some(currency)),
        Some(V::Percent(figure)) => ExprKind::Percent(figure),
        Some(V::Date(date)) => ExprKind::Date(date),
        Some(V::Text(text)) => ExprKind::Text(text),
        Some(V::Truth(is)) => ExprKind::Truth(is),
        Some(V::Duration(_) | V::Time(_) | V::Channel(_)) | None => ExprKind::Error,
    }
}

/// A date as written, or the parameter that is one.
pub(super) fn date_or_parameter(c: &mut Cursor<'_>) -> Option<NaiveDate> {
    match c.parameter(ParameterType::Date) {
        Some(ParameterValue::Date(date)) => Some(date),
        _ => date(c),
    }
}

/// Three capital letters after a figure on the same line, or a known currency in any case.
fn currency(c: &mut Cursor<'_>) -> Option<Name> {
    let token = c.peek();
    let written = c.written(token);
    let is_currency = token.kind == Kind::Word
        && !token.starts_line
        && written.len() == 3
        && (written.bytes().all(|b| b.is_ascii_uppercase()) || Currency::parse(written).is_some())
        && token.word == 0;
    is_currency.then(|| {
        c.skip(1);
        Name { text: written.to_owned(), span: token.span }
    })
}

/// An amount: a figure with its currency.
pub(super) fn amount(c: &mut Cursor<'_>) -> Option<Expr> {
    if c.peek().kind != Kind::Number {
        c.expected("un monto como `120.00 PEN`", "an amount like `120.00 PEN`");
        return None;
    }
    Some(value(c))
}

/// A date that is on the calendar.
pub(super) fn date(c: &mut Cursor<'_>) -> Option<NaiveDate> {
    let Some(token) = c.eat_kind(Kind::Date) else {
        c.expected("una fecha como 2026-03-02", "a date like 2026-03-02");
        return None;
    };
    let written = c.written(token);
    // A date in the order of some country was told when it was read; it is taken by its first reading.
    let is_told = is_foreign(written);
    let date = if is_told {
        super::date_readings(written).first().copied()
    } else {
        NaiveDate::parse_from_str(written, "%Y-%m-%d").ok()
    };
    if date.is_none() && !is_told {
        impossible(c, written, token.span);
    }
    date
}

/// Is a date written in the order of some country?
fn is_foreign(written: &str) -> bool {
    written.split('-').next().is_none_or(|year| year.len() != 4)
}

fn impossible(c: &mut Cursor<'_>, written: &str, span: Span) {
    c.findings.push(Diagnostic::new(ImpossibleDate { written: written.to_owned() }, span));
}

/// A date and a time.
pub(super) fn date_time(c: &mut Cursor<'_>) -> Option<NaiveDateTime> {
    let date = date(c)?;
    let token = c.peek();
    let time = super::items::time(c)?;
    let at = date.and_hms_opt(time.minutes() / 60, time.minutes() % 60, 0);
    if at.is_none() {
        let written = c.written(token);
        impossible(c, written, token.span);
    }
    at
}
