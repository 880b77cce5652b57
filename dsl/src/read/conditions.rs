//! Conditions in words: `saldo de 20 PEN o más`, not `saldo >= 20 PEN`.

use crate::graph::words;
use crate::program::Program;
use crate::program::expr::{Comparison, Expr, ExprId};
use crate::values::{Lang, Value};
use crate::vocabulary::Fact;

/// A condition as people say it.
pub fn condition(program: &Program, id: ExprId, lang: Lang) -> String {
    let Some(expr) = program.exprs.get(id) else { return String::new() };
    let of = |id: &ExprId| condition(program, *id, lang);
    match expr {
        Expr::And(x, y) => {
            format!("{} {} {}", side(program, *x, lang), lang.pick("y", "and"), side(program, *y, lang))
        }
        Expr::Or(x, y) => format!("{} {} {}", of(x), lang.pick("o", "or"), of(y)),
        Expr::Not(x) => negation(program, *x, lang),
        Expr::Compare(sign, x, y) => {
            let (x, y) = (figure(program, *x, lang), figure(program, *y, lang));
            match (lang, sign) {
                (Lang::Es, Comparison::Equal) => format!("{x} de {y}"),
                (Lang::Es, Comparison::NotEqual) => format!("{x} distinto de {y}"),
                (Lang::Es, Comparison::Less) => format!("{x} de menos de {y}"),
                (Lang::Es, Comparison::LessOrEqual) => format!("{x} de {y} o menos"),
                (Lang::Es, Comparison::Greater) => format!("{x} de más de {y}"),
                (Lang::Es, Comparison::GreaterOrEqual) => format!("{x} de {y} o más"),
                (Lang::En, Comparison::Equal) => format!("{x} of {y}"),
                (Lang::En, Comparison::NotEqual) => format!("{x} other than {y}"),
                (Lang::En, Comparison::Less) => format!("{x} of less than {y}"),
                (Lang::En, Comparison::LessOrEqual) => format!("{x} of {y} or less"),
                (Lang::En, Comparison::Greater) => format!("{x} of more than {y}"),
                (Lang::En, Comparison::GreaterOrEqual) => format!("{x} of {y} or more"),
            }
        }
        Expr::Between(x, low, high) => {
            let (x, low, high) =
                (figure(program, *x, lang), figure(program, *low, lang), figure(program, *high, lang));
            lang.pick(format!("{x} entre {low} y {high}"), format!("{x} between {low} and {high}"))
        }
        Expr::In(x, choices) => {
            let choices: Vec<String> = choices.iter().map(|choice| figure(program, *choice, lang)).collect();
            let x = figure(program, *x, lang);
            lang.pick(format!("{x}: {}", choices.join(" o ")), format!("{x}: {}", choices.join(" or ")))
        }
        Expr::Tagged(name) => lang.pick(format!("la etiqueta «{name}»"), format!("the tag “{name}”")),
        Expr::Named(name, _) => {
            lang.pick(format!("la condición «{name}»"), format!("the condition “{name}”"))
        }
        Expr::Value(_) | Expr::Fact(_) | Expr::Field(..) | Expr::Arithmetic(..) => figure(program, id, lang),
    }
}

/// A part of an `and`; one that is an `or` stands in parentheses.
fn side(program: &Program, id: ExprId, lang: Lang) -> String {
    let text = condition(program, id, lang);
    if matches!(program.exprs.get(id), Some(Expr::Or(..))) { format!("({text})") } else { text }
}

fn negation(program: &Program, id: ExprId, lang: Lang) -> String {
    match program.exprs.get(id) {
        Some(Expr::Fact(Fact::Disputed)) => lang.pick("ningún reclamo abierto", "no open dispute").to_owned(),
        Some(Expr::Fact(Fact::HasPhone)) => lang.pick("ningún teléfono", "no telephone").to_owned(),
        Some(Expr::Fact(Fact::HasEmail)) => lang.pick("ningún correo", "no e-mail address").to_owned(),
        Some(Expr::Tagged(name)) => {
            lang.pick(format!("ninguna etiqueta «{name}»"), format!("no tag “{name}”"))
        }
        _ => {
            let text = condition(program, id, lang);
            lang.pick(format!("no ({text})"), format!("not ({text})"))
        }
    }
}

/// A value, or an expression that gives one.
fn figure(program: &Program, id: ExprId, lang: Lang) -> String {
    match program.exprs.get(id) {
        Some(Expr::Fact(fact)) => self::fact(*fact, lang),
        Some(Expr::Field(name, _)) => format!("«{name}»"),
        Some(Expr::Value(Value::Text(text))) => format!("«{text}»"),
        Some(_) => words::condition(program, id, lang),
        None => String::new(),
    }
}

/// A fact as people call it.
pub(super) fn fact(fact: Fact, lang: Lang) -> String {
    let words = match (fact, lang) {
        (Fact::DaysPastDue, Lang::Es) => "días de mora",
        (Fact::AmountDue, Lang::Es) => "saldo vencido",
        (Fact::DueDate, Lang::Es) => "fecha de vencimiento",
        (Fact::LastPaymentOn, Lang::Es) => "fecha del último pago",
        (Fact::PromiseDate, Lang::Es) => "fecha de la promesa",
        (Fact::PromiseAmount, Lang::Es) => "monto de la promesa",
        (Fact::RiskScore, Lang::Es) => "puntaje de riesgo",
        (Fact::Country, Lang::Es) => "país",
        (Fact::PayLink, Lang::Es) => "enlace de pago",
        (Fact::Disputed, Lang::Es) => "un reclamo abierto",
        (Fact::Disputed, Lang::En) => "an open dispute",
        (Fact::HasPhone, Lang::Es) => "teléfono",
        (Fact::HasPhone, Lang::En) => "a telephone",
        (Fact::HasEmail, Lang::Es) => "correo",
        (Fact::HasEmail, Lang::En) => "an e-mail address",
        _ => return fact.name(lang).replace('_', " "),
    };
    words.to_owned()
}
