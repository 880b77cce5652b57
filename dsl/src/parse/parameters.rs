//! Parameters: their declarations, and their values where their names stand.

use super::cursor::Cursor;
use super::{Kind, Settings, tokenize};
use crate::ast::parameter::{Allowed, Parameter, ParameterType, ParameterValue, Use};
use crate::ast::{At, ExprKind, Name, RefusedSetting};
use crate::diagnostic::Diagnostic;
use crate::keywords::{self, Keyword as K};
use crate::problems::{ParameterOfAnotherType, ParameterOutOfRange, UnusedParameter};
use crate::source::Span;
use crate::values::Lang;

const TYPES: [(K, ParameterType); 9] = [
    (K::NumberType, ParameterType::Number),
    (K::AmountType, ParameterType::Amount),
    (K::PercentType, ParameterType::Percent),
    (K::DurationType, ParameterType::Duration),
    (K::TimeType, ParameterType::Time),
    (K::DateType, ParameterType::Date),
    (K::TextType, ParameterType::Text),
    (K::ChannelType, ParameterType::Channel),
    (K::TruthType, ParameterType::Truth),
];

/// `parameter name type = value [between a and b | in (a, b)] ["help"]`, behind its keyword. From here on its name
/// may stand where such a value stands.
pub(super) fn declaration(c: &mut Cursor<'_>) -> Option<Parameter> {
    let name = c.name("el nombre del parámetro", "the parameter's name")?;
    let expected = (
        "un tipo: número, monto, porcentaje, plazo, hora, fecha, texto, canal o `sí o no`",
        "a type: number, amount, percentage, duration, time, date, text, channel or `yes or no`",
    );
    let kind = c.choose(expected.0, expected.1, &TYPES)?;
    if !c.eat_sign("=") {
        c.expected("`=` y el valor de siempre", "`=` and the usual value");
        return None;
    }
    let default = literal(c, kind)?;
    let allowed = if c.eat(K::Between) {
        let low = literal(c, kind)?;
        if !c.want(K::And, "`y` y el otro extremo", "`and` and the other end") {
            return None;
        }
        Allowed::Between(low, literal(c, kind)?)
    } else if c.sees(K::In) > 0 && c.written(c.peek_at(c.sees(K::In))) == "(" {
        c.eat(K::In);
        c.skip(1);
        let mut choices = vec![literal(c, kind)?];
        while c.eat_sign(",") {
            choices.push(literal(c, kind)?);
        }
        if !c.eat_sign(")") {
            c.expected("`)`", "`)`");
        }
        Allowed::OneOf(choices)
    } else {
        Allowed::Any
    };
    let is_help = c.peek().kind == Kind::Text && !c.peek().starts_line;
    let help = if is_help { c.text("la ayuda", "the help") } else { None };
    let mut parameter = Parameter { name, kind, value: default.is.clone(), default, allowed, help };
    in_range(c, &parameter, &parameter.default.is, parameter.default.span);
    if let Some(value) = setting(c, &parameter) {
        in_range(c, &parameter, &value, parameter.name.span);
        parameter.value = value;
    }
    if let Some((strategy, values)) = c.given
        && c.strategy.as_deref() == Some(strategy)
        && let Some((_, value)) = values.iter().find(|(known, _)| *known == parameter.name.text)
    {
        parameter.value = value.clone();
    }
    if c.is_new_parameter(&parameter.name) {
        c.parameters.push((parameter.clone(), false));
    }
    Some(parameter)
}

/// Tells a value that the parameter may not have, and bounds that permit none.
fn in_range(c: &mut Cursor<'_>, parameter: &Parameter, value: &ParameterValue, at: Span) {
    if parameter.permits(value) != Some(true) {
        let finding = out_of_range(parameter, value, at, c.lang);
        c.findings.push(finding);
    }
}

/// Says that a parameter may not have this value.
pub(crate) fn out_of_range(
    parameter: &Parameter,
    value: &ParameterValue,
    at: Span,
    lang: Lang,
) -> Diagnostic {
    let said = |value: &At<ParameterValue>| value.is.written(lang);
    let (range_es, range_en) = match &parameter.allowed {
        Allowed::Any => (String::new(), String::new()),
        Allowed::Between(low, high) => {
            let (low, high) = (said(low), said(high));
            (format!("entre {low} y {high}"), format!("between {low} and {high}"))
        }
        Allowed::OneOf(choices) => {
            let all = choices.iter().map(said).collect::<Vec<_>>().join(", ");
            (format!("uno de {all}"), format!("one of {all}"))
        }
    };
    let problem = ParameterOutOfRange {
        name: parameter.name.text.clone(),
        value: value.written(lang),
        is_comparable: parameter.permits(value).is_some(),
        range_es,
        range_en,
    };
    Diagnostic::new(problem, at)
}

/// A value as written, of a type.
fn literal(c: &mut Cursor<'_>, kind: ParameterType) -> Option<At<ParameterValue>> {
    let start = c.peek().span.start;
    let is = match kind {
        ParameterType::Number | ParameterType::Amount => {
            if c.peek().kind != Kind::Number && !c.sees_sign("-") {
                c.expected("una cifra", "a figure");
                return None;
            }
            let figure = super::expressions::unary(c);
            match (figure.kind, kind) {
                (ExprKind::Figure(figure, None), ParameterType::Number) => ParameterValue::Number(figure),
                (ExprKind::Figure(figure, Some(currency)), ParameterType::Amount) => {
                    ParameterValue::Amount(figure, currency)
                }
                _ => {
                    c.expected("un monto con su moneda: 20 PEN", "an amount with its currency: 20 PEN");
                    return None;
                }
            }
        }
        ParameterType::Percent => {
            let Some(token) = c.eat_kind(Kind::Percent) else {
                c.expected("un porcentaje: 50%", "a percentage: 50%");
                return None;
            };
            ParameterValue::Percent(c.written(token).trim_end_matches(['%', ' ']).to_owned())
        }
        ParameterType::Duration => ParameterValue::Duration(super::statements::lapse(c)?.is),
        ParameterType::Time => ParameterValue::Time(super::items::time(c)?),
        ParameterType::Date => ParameterValue::Date(super::expressions::date(c)?),
        ParameterType::Text => {
            ParameterValue::Text(c.text("un texto entre comillas", "a text in quotes")?.is)
        }
        ParameterType::Channel => ParameterValue::Channel(super::items::channel(c)?.is),
        ParameterType::Truth => {
            ParameterValue::Truth(c.choose("sí o no", "yes or no", &[(K::Yes, true), (K::No, false)])?)
        }
    };
    Some(At { is, span: c.since(start) })
}

/// What was said instead of the default, from outside the text.
fn setting(c: &mut Cursor<'_>, parameter: &Parameter) -> Option<ParameterValue> {
    let name = &parameter.name.text;
    let of_strategy = c.strategy.as_ref().map(|strategy| format!("{strategy}.{name}"));
    let is_it = |key: &String| key == name || Some(key) == of_strategy.as_ref();
    let (key, written) = c.settings.values.iter().rev().find(|(key, _)| is_it(key))?.clone();
    let value = read(&written, parameter, c.lang);
    if value.is_none() {
        c.refused.push(RefusedSetting { name: key, written, kind: parameter.kind });
    }
    value
}

/// Reads a value in the file's language, else in the other one; a text needs no quotes, an amount no currency.
fn read(written: &str, parameter: &Parameter, lang: Lang) -> Option<ParameterValue> {
    let kind = parameter.kind;
    if kind == ParameterType::Text && !written.starts_with('"') {
        return Some(ParameterValue::Text(written.to_owned()));
    }
    let other = lang.pick(Lang::En, Lang::Es);
    let read = |text: &str, lang: Lang| {
        let mut findings = Vec::new();
        let (mut tokens, _) = tokenize(text, 0, &mut findings);
        let table = keywords::table(lang);
        for token in tokens.iter_mut().filter(|token| token.kind == Kind::Word) {
            token.word = table.word(text.get(token.span.range()).unwrap_or(""));
        }
        let settings = Settings::default();
        let mut c = Cursor::new(text, lang, &tokens, findings, &settings);
        let value = literal(&mut c, kind)?;
        (c.is_at_end() && c.findings.is_empty()).then_some(value.is)
    };
    let with_currency = match &parameter.default.is {
        ParameterValue::Amount(_, currency) => format!("{written} {}", currency.text),
        _ => written.to_owned(),
    };
    read(written, lang).or_else(|| read(written, other)).or_else(|| read(&with_currency, lang))
}

impl Cursor<'_> {
    /// The type of the parameter whose name stands here.
    pub(super) fn parameter_type(&self) -> Option<ParameterType> {
        let token = self.peek();
        if self.parameters.is_empty() || !matches!(token.kind, Kind::Word | Kind::QuotedName) {
            return None;
        }
        let name = self.written(token).trim_matches('`');
        let found = self.parameters.iter().rev().find(|(parameter, _)| parameter.name.text == name);
        found.map(|(parameter, _)| parameter.kind)
    }

    /// The value of the parameter whose name stands here, taken as a value of a type. One of another type is told.
    pub(super) fn parameter(&mut self, wanted: ParameterType) -> Option<ParameterValue> {
        let kind = self.parameter_type()?;
        let token = self.peek();
        let name = self.written(token).trim_matches('`').to_owned();
        let value = self.any_parameter()?;
        if kind == wanted {
            return Some(value);
        }
        let problem = ParameterOfAnotherType {
            name,
            found_es: kind.said(Lang::Es).to_owned(),
            found_en: kind.said(Lang::En).to_owned(),
            wanted_es: wanted.said(Lang::Es).to_owned(),
            wanted_en: wanted.said(Lang::En).to_owned(),
        };
        self.findings.push(Diagnostic::new(problem, token.span));
        Some(wanted.any())
    }

    /// The value of the parameter whose name stands here, whatever its type.
    pub(super) fn any_parameter(&mut self) -> Option<ParameterValue> {
        self.parameter_type()?;
        let token = self.take();
        let name = self.written(token).trim_matches('`').to_owned();
        let found = self.parameters.iter_mut().rev().find(|(parameter, _)| parameter.name.text == name)?;
        found.1 = true;
        let value = found.0.value.clone();
        self.uses.push(Use { name, kind: value.kind(), span: token.span });
        Some(value)
    }

    /// Has no parameter this name already? One that has is told.
    pub(super) fn is_new_parameter(&mut self, name: &Name) -> bool {
        let first = self.parameters.iter().find(|(parameter, _)| parameter.name.text == name.text);
        let finding = first.map(|(parameter, _)| crate::resolve::duplicate(name, parameter.name.span));
        let is_new = finding.is_none();
        self.findings.extend(finding);
        is_new
    }

    /// Forgets the parameters behind the first so many; those that nothing used are told.
    pub(super) fn leave_parameters(&mut self, first: usize) {
        for (parameter, is_used) in self.parameters.drain(first.min(self.parameters.len())..) {
            if !is_used {
                let problem = UnusedParameter { name: parameter.name.text.clone() };
                self.findings.push(Diagnostic::new(problem, parameter.name.span));
            }
        }
    }
}
