//! Parameters as text: their declarations, and their names where they stand for their values.

use super::{Printer, quoted_name, quoted_text};
use crate::ast::parameter::{Allowed, Parameter, ParameterType, ParameterValue, Use};
use crate::ast::{At, Text};
use crate::graph::words;
use crate::keywords::Keyword as K;
use crate::program::Until;
use crate::source::Span;
use crate::values::Lapse;

impl Printer<'_> {
    /// `parameter name type = value between a and b "help"`
    pub(super) fn parameter(&mut self, span: Span, parameter: &Parameter) {
        if !self.declares {
            return;
        }
        let kind = self.word(match parameter.kind {
            ParameterType::Number => K::NumberType,
            ParameterType::Amount => K::AmountType,
            ParameterType::Percent => K::PercentType,
            ParameterType::Duration => K::DurationType,
            ParameterType::Time => K::TimeType,
            ParameterType::Date => K::DateType,
            ParameterType::Text => K::TextType,
            ParameterType::Channel => K::ChannelType,
            ParameterType::Truth => K::TruthType,
        });
        let written = |value: &At<ParameterValue>| self.value(&value.is);
        let allowed = match &parameter.allowed {
            Allowed::Any => String::new(),
            Allowed::Between(low, high) => {
                let (low, high) = (written(low), written(high));
                format!(" {} {low} {} {high}", self.word(K::Between), self.word(K::And))
            }
            Allowed::OneOf(choices) => {
                let choices: Vec<String> = choices.iter().map(written).collect();
                format!(" {} ({})", self.word(K::In), choices.join(", "))
            }
        };
        let help =
            parameter.help.as_ref().map_or_else(String::new, |help| format!(" {}", quoted_text(&help.is)));
        let name = self.name(&parameter.name);
        let default = written(&parameter.default);
        self.line(span, &format!("{} {name} {kind} = {default}{allowed}{help}", self.word(K::Parameter)));
    }

    /// A parameter's value as it is written.
    pub(super) fn value(&self, value: &ParameterValue) -> String {
        match value {
            ParameterValue::Number(figure) => self.figure(figure),
            ParameterValue::Amount(figure, currency) => {
                format!("{} {}", self.figure(figure), currency.text.to_ascii_uppercase())
            }
            ParameterValue::Percent(figure) => format!("{}%", self.figure(figure)),
            ParameterValue::Duration(lapse) => self.lapse(*lapse),
            ParameterValue::Text(text) => self.message_text(text),
            other => other.written(self.lang),
        }
    }

    /// The parameters within a place.
    fn used(&self, place: Span) -> impl Iterator<Item = &Use> {
        let from = self.uses.partition_point(|used| used.span.start < place.start);
        self.uses.iter().skip(from).take_while(move |used| used.span.end <= place.end)
    }

    /// The name of the parameter that stands at a byte.
    pub(super) fn used_at(&self, start: u32) -> Option<String> {
        let used = self.used(Span { start, end: u32::MAX }).next();
        used.filter(|used| used.span.start == start).map(|used| quoted_name(&used.name))
    }

    /// A text in quotes, or the parameter that stands for it.
    pub(super) fn text(&self, text: &Text) -> String {
        self.used_at(text.span.start).unwrap_or_else(|| quoted_text(&text.is))
    }

    /// A length of time, or the parameter that stands for it.
    pub(super) fn lapse_at(&self, lapse: &At<Lapse>) -> String {
        self.used_at(lapse.span.start).unwrap_or_else(|| self.lapse(lapse.is))
    }

    /// The length of time within a line, or the parameter that stands for it.
    pub(super) fn lapse_in(&self, place: Span, lapse: Lapse) -> String {
        let used = self.used(place).find(|used| used.kind == ParameterType::Duration);
        used.map_or_else(|| self.lapse(lapse), |used| quoted_name(&used.name))
    }

    /// What stands behind `until`, with the parameters that stand in it: of each type there is one at most.
    pub(super) fn until(&self, until: &At<Until>) -> String {
        let mut written = words::until(&until.is, self.lang);
        for used in self.used(until.span) {
            let value = match (used.kind, &until.is) {
                (ParameterType::Duration, Until::For(lapse) | Until::Near { lapse, .. }) => {
                    words::lapse(*lapse, self.lang)
                }
                (ParameterType::Number, Until::BusinessDay(day, _)) => day.to_string(),
                (ParameterType::Date, Until::Date(date, _)) => date.to_string(),
                (
                    ParameterType::Time,
                    Until::Time(time)
                    | Until::Date(_, Some(time))
                    | Until::BusinessDay(_, Some(time))
                    | Until::Near { time: Some(time), .. },
                ) => time.to_string(),
                _ => continue,
            };
            written = written.replacen(&value, &quoted_name(&used.name), 1);
        }
        written
    }
}
