//! What a strategy promises of every run, the plans it offers, and who must have shown who they are.

use super::{Chapter, Reader, say};
use crate::graph::words;
use crate::program::{Part, Plan};
use crate::values::Money;

impl Reader<'_> {
    /// The guarantees; nothing when there is none.
    pub(super) fn guarantees(&self) -> Option<Chapter> {
        let guarantees = self.program.guarantees.iter().enumerate();
        let line = |at: usize| self.program.origin.guarantees.get(at).map_or(0, |(_, line)| *line);
        let sentence = |(at, guarantee)| {
            let mut text = words::guarantee(guarantee, self.lang);
            if let Some(first) = text.get(..1).map(str::to_uppercase) {
                text.replace_range(..1, &first);
            }
            say(0, format!("{text}."), line(at))
        };
        let sentences: Vec<_> = guarantees.map(sentence).collect();
        let title = self.pick("Lo que garantiza de cada recorrido", "What it guarantees of every run");
        (!sentences.is_empty()).then_some(Chapter { title, sentences })
    }

    /// The terms of the plans; nothing when there is none.
    pub(super) fn plans(&self) -> Option<Chapter> {
        let sentences: Vec<_> = self.program.plans.iter().map(|plan| say(0, self.plan(plan), 0)).collect();
        let title = self.pick("Los convenios", "The plans");
        (!sentences.is_empty()).then_some(Chapter { title, sentences })
    }

    fn plan(&self, plan: &Plan) -> String {
        let lapse = |lapse| words::lapse(lapse, self.lang);
        let mut text = self.pick(
            format!("«{}»: {} cuotas, una cada {}", plan.name, plan.instalments, lapse(plan.every)),
            format!("“{}”: {} instalments, one every {}", plan.name, plan.instalments, lapse(plan.every)),
        );
        if let Some((part, due)) = plan.down {
            let part = match part {
                Part::Amount(minor) => words::money(Money::new(minor, self.program.currency)),
                Part::Share(share) => format!("{share}%"),
            };
            text += &self.pick(format!("; cuota inicial de {part}"), format!("; a down payment of {part}"));
            if !due.is_zero() {
                text += &self.pick(format!(" a {}", lapse(due)), format!(" within {}", lapse(due)));
            }
        }
        if plan.on_business_days {
            text += &self.pick("; vencen en días hábiles", "; due on business days");
        }
        if !plan.grace.is_zero() {
            let grace = lapse(plan.grace);
            text += &self.pick(format!("; con {grace} de gracia"), format!("; with {grace} of grace"));
        }
        text + "."
    }

    /// What identity is asked for, as a sentence.
    pub(super) fn identity(&self) -> Option<String> {
        let held = self.program.identity?;
        let mut text = self.pick(
            "Lo que habla de la deuda va solo a quien mostró quién es",
            "What tells of the debt goes only to who has shown who they are",
        );
        if let Some(held) = held {
            let held = words::lapse(held, self.lang);
            text += &self.pick(format!("; vale {held}"), format!("; it holds for {held}"));
        }
        Some(text + ".")
    }
}
