//! Types and units of expressions.
//!
//! A part with a mistake has every type, so that one mistake is told once.

use crate::ast::{Expr, ExprKind, Name};
use crate::diagnostic::Diagnostic;
use crate::problems::{
    FigureOutOfRange, MissingCurrency, NotACondition, TypeMismatch, UnknownFact, WrongCurrency,
};
use crate::resolve::Scope;
use crate::source::Span;
use crate::values::{Currency, Lang, Number, Type, parse_scaled};
use crate::vocabulary;

pub(crate) struct Typing<'a> {
    pub(crate) lang: Lang,
    /// The strategy's currency; `None` when it is unknown, and then amounts are not compared with it.
    pub(crate) currency: Option<Currency>,
    /// The strategy's own fields and conditions.
    pub(crate) scope: &'a Scope<'a>,
    /// So many of its conditions are known here: each may speak of those above it.
    pub(crate) conditions: usize,
    pub(crate) findings: &'a mut Vec<Diagnostic>,
}

impl Typing<'_> {
    /// Checks that an expression has a type.
    pub(crate) fn expect(&mut self, expr: &Expr, wanted: Type) {
        let Some(found) = self.type_of(expr) else { return };
        if found == wanted {
            return;
        }
        if wanted == Type::Truth {
            let problem = NotACondition {
                found_es: type_name(found, Lang::Es).to_owned(),
                found_en: type_name(found, Lang::En).to_owned(),
            };
            self.findings.push(Diagnostic::new(problem, expr.span));
        } else {
            self.mismatch(found, wanted, expr);
        }
    }

    /// The type of an expression, or `None` when it has a mistake that was told.
    pub(crate) fn type_of(&mut self, expr: &Expr) -> Option<Type> {
        match &expr.kind {
            ExprKind::Figure(figure, currency) => self.figure(figure, currency.as_ref(), expr.span),
            ExprKind::Percent(figure) => {
                Number::parse(figure).map(|_| Type::Percent).or_else(|| self.out_of_range(figure, expr.span))
            }
            ExprKind::Date(_) => Some(Type::Date),
            ExprKind::Text(_) => Some(Type::Text),
            ExprKind::Truth(_) => Some(Type::Truth),
            ExprKind::Name(name) => self.fact(name),
            ExprKind::Tagged(_) => Some(Type::Truth),
            ExprKind::Not(x) => {
                self.expect(x, Type::Truth);
                Some(Type::Truth)
            }
            ExprKind::And(x, y) | ExprKind::Or(x, y) => {
                self.expect(x, Type::Truth);
                self.expect(y, Type::Truth);
                Some(Type::Truth)
            }
            ExprKind::Compare(_, x, y) => {
                self.same(x, y);
                Some(Type::Truth)
            }
            ExprKind::Between(x, low, high) => {
                self.same(x, low);
                self.same(x, high);
                Some(Type::Truth)
            }
            ExprKind::In(x, choices) => {
                for choice in choices {
                    self.same(x, choice);
                }
                Some(Type::Truth)
            }
            ExprKind::Arithmetic(sign, x, y) => self.arithmetic(*sign, x, y, expr),
            ExprKind::Group(x) => self.type_of(x),
            ExprKind::Error => None,
        }
    }

    fn figure(&mut self, figure: &str, currency: Option<&Name>, span: Span) -> Option<Type> {
        let Some(name) = currency else {
            return Number::parse(figure).map(|_| Type::Number).or_else(|| self.out_of_range(figure, span));
        };
        let Some(currency) = Currency::parse(&name.text) else {
            super::head::currency(name, self.findings);
            return None;
        };
        if let Some(wanted) = self.currency.filter(|wanted| *wanted != currency) {
            let problem = WrongCurrency { found: currency.to_string(), wanted: wanted.to_string() };
            self.findings.push(Diagnostic::new(problem, name.span).guess(name.span, wanted.to_string()));
            return None;
        }
        parse_scaled(figure, currency.digits())
            .map(|_| Type::Money)
            .or_else(|| self.out_of_range(figure, span))
    }

    fn out_of_range(&mut self, figure: &str, span: Span) -> Option<Type> {
        // An ambiguous figure (`1.200`) was told when it was read.
        if self.findings.iter().all(|finding| finding.span.start != span.start) {
            self.findings.push(Diagnostic::new(FigureOutOfRange { written: figure.to_owned() }, span));
        }
        None
    }

    fn fact(&mut self, name: &Name) -> Option<Type> {
        if let Some(fact) = vocabulary::find(&name.text, self.lang) {
            return Some(fact.kind());
        }
        if let Some(field) = self.scope.fields.get(name.text.as_str()) {
            return Some(field.kind);
        }
        let conditions = self.scope.conditions.iter().take(self.conditions);
        if conditions.clone().any(|condition| condition.name.text == name.text) {
            return Some(Type::Truth);
        }
        let own = self.scope.fields.keys().copied();
        let own = own.chain(conditions.map(|condition| condition.name.text.as_str()));
        self.findings.push(match crate::keywords::nearest(&name.text, own) {
            None => unknown_fact(name, self.lang),
            nearest => super::not_known(name, nearest, |name, nearest| UnknownFact { name, nearest }),
        });
        None
    }

    /// Both sides must have one type; a bare figure beside an amount lacks its currency.
    fn same(&mut self, x: &Expr, y: &Expr) {
        let (Some(left), Some(right)) = (self.type_of(x), self.type_of(y)) else { return };
        if left == right {
            return;
        }
        let bare = match (left, right) {
            (Type::Money, Type::Number) => literal(y),
            (Type::Number, Type::Money) => literal(x),
            _ => None,
        };
        match (bare, self.currency) {
            (Some((figure, span)), Some(currency)) => {
                let problem = MissingCurrency { figure: figure.to_owned(), currency: currency.to_string() };
                let fixed = format!("{figure} {currency}");
                // Every amount of a strategy has the strategy's currency: no other can be meant.
                self.findings.push(Diagnostic::new(problem, span).fix(span, fixed));
            }
            _ => self.mismatch(left, right, y),
        }
    }

    fn arithmetic(
        &mut self,
        sign: crate::program::expr::Arithmetic,
        x: &Expr,
        y: &Expr,
        whole: &Expr,
    ) -> Option<Type> {
        use crate::program::expr::Arithmetic::{Add, Divide, Multiply, Subtract};
        let (left, right) = (self.type_of(x)?, self.type_of(y)?);
        match (sign, left, right) {
            (Add | Subtract, Type::Money, Type::Money) => Some(Type::Money),
            (Add | Subtract | Multiply | Divide, Type::Number, Type::Number) => Some(Type::Number),
            (Multiply | Divide, Type::Money, Type::Number) | (Multiply, Type::Number, Type::Money) => {
                Some(Type::Money)
            }
            (Multiply, Type::Money, Type::Percent) | (Multiply, Type::Percent, Type::Money) => {
                Some(Type::Money)
            }
            (Divide, Type::Money, Type::Money) => Some(Type::Number),
            (Subtract, Type::Date, Type::Date) => Some(Type::Number),
            (Add | Subtract, Type::Date, Type::Number) => Some(Type::Date),
            _ => {
                self.mismatch(left, right, whole);
                None
            }
        }
    }

    fn mismatch(&mut self, left: Type, right: Type, at: &Expr) {
        let problem = TypeMismatch {
            left_es: type_name(left, Lang::Es).to_owned(),
            left_en: type_name(left, Lang::En).to_owned(),
            right_es: type_name(right, Lang::Es).to_owned(),
            right_en: type_name(right, Lang::En).to_owned(),
        };
        self.findings.push(Diagnostic::new(problem, at.span));
    }
}

/// Says that there is no fact of that name; a name of the other language is offered in this one.
pub(super) fn unknown_fact(name: &Name, lang: Lang) -> Diagnostic {
    let nearest = vocabulary::nearest(&name.text, lang);
    if let (Some(right), true) = (&nearest, vocabulary::is_of_other_language(&name.text, lang)) {
        let problem = UnknownFact { name: name.text.clone(), nearest: nearest.clone() };
        return Diagnostic::new(problem, name.span).fix(name.span, right.as_str());
    }
    super::not_known(name, nearest, |name, nearest| UnknownFact { name, nearest })
}

fn literal(expr: &Expr) -> Option<(&str, Span)> {
    match &expr.kind {
        ExprKind::Figure(figure, None) => Some((figure, expr.span)),
        _ => None,
    }
}

/// A type as people say it, with its article.
pub(crate) fn type_name(kind: Type, lang: Lang) -> &'static str {
    kind.words(lang)
}
