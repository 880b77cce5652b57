//! Several strategies in one picture: a box for each, and arrows where one goes on with another.
//!
//! In: programs. Out: a [`View`] whose steps are strategies, so that every format draws it. Absent: what happens inside a
//! strategy, and who may enter one after another has ended: both are each strategy's own picture.

use super::view::{Arrow, Card, Place, View};
use super::words;
use crate::program::{Op, OpId, OutcomeId, OutcomeKind, Program, StepId};
use crate::values::Lang;
use std::collections::BTreeMap;

/// The view of several strategies together, in the language of the first.
pub fn view(programs: &[&Program]) -> View {
    let lang = programs.first().map_or(Lang::Es, |program| program.lang);
    let mut map = Map { lang, nodes: Vec::new(), outcomes: BTreeMap::new(), arrows: Vec::new() };
    let starts: Vec<StepId> = programs.iter().map(|program| map.strategy(program)).collect();
    for (program, node) in programs.iter().zip(&starts) {
        map.arrows_of(program, *node);
    }
    let names: Vec<&str> = programs.iter().map(|program| program.name.as_str()).collect();
    let mut cards = vec![Card {
        place: Place::Start,
        outcome: None,
        name: lang.pick("cartera", "portfolio").to_owned(),
        lines: Vec::new(),
        line: 0,
        is_covered: None,
    }];
    let nodes = map.nodes.into_iter().enumerate().map(|(at, node)| Card {
        place: Place::Step(StepId(at as u16)),
        outcome: None,
        name: node.name,
        lines: node.lines,
        line: 0,
        is_covered: None,
    });
    cards.extend(nodes);
    let mut outcomes: Vec<_> = map.outcomes.into_iter().collect();
    outcomes.sort_by_key(|(_, id)| *id);
    cards.extend(outcomes.into_iter().map(|((name, kind), id)| Card {
        place: Place::Outcome(id),
        outcome: Some(kind),
        name,
        lines: vec![words::outcome_kind(kind, lang).to_owned()],
        line: 0,
        is_covered: None,
    }));
    View {
        name: names.join(", "),
        title: lang.pick("Las estrategias juntas", "The strategies together").to_owned(),
        version: String::new(),
        lang,
        starts,
        cards,
        arrows: map.arrows,
    }
}

struct Node {
    name: String,
    lines: Vec<String>,
}

struct Map {
    lang: Lang,
    nodes: Vec<Node>,
    outcomes: BTreeMap<(String, OutcomeKind), OutcomeId>,
    arrows: Vec<Arrow>,
}

impl Map {
    /// The box of a strategy that accounts enter.
    fn strategy(&mut self, program: &Program) -> StepId {
        let lang = self.lang;
        let entry = words::condition(program, program.enter, lang);
        let own = program.steps.iter().map(|step| step.name.as_str());
        let own: Vec<&str> = own.filter(|step| owner(program, step).is_none()).collect();
        let mut lines = Vec::new();
        if program.title != program.name {
            lines.push(program.title.clone());
        }
        lines.push(lang.pick(format!("entra si {entry}"), format!("enters when {entry}")));
        lines.push(format!("{}: {}", lang.pick("pasos", "steps"), own.join(", ")));
        self.node(&program.name, lines)
    }

    /// The box of that name; made when there is none.
    fn node(&mut self, name: &str, lines: Vec<String>) -> StepId {
        let at = self.nodes.iter().position(|node| node.name == name).unwrap_or_else(|| {
            self.nodes.push(Node { name: name.to_owned(), lines });
            self.nodes.len() - 1
        });
        StepId(at as u16)
    }

    /// The box in which a step of a program stands.
    fn node_of(&mut self, program: &Program, own: StepId, step: Option<StepId>) -> StepId {
        let name = step.map(|step| program.step_name(step)).and_then(|step| owner(program, step));
        let Some((prefix, called)) = name else { return own };
        let steps = program.steps.iter().filter_map(|step| step.name.strip_prefix(prefix)?.strip_prefix('.'));
        let steps: Vec<&str> = steps.filter(|step| !step.contains('.')).collect();
        let lang = self.lang;
        let lines = vec![
            lang.pick("solo entra llamada", "is entered by a call only").to_owned(),
            format!("{}: {}", lang.pick("pasos", "steps"), steps.join(", ")),
        ];
        self.node(called, lines)
    }

    fn arrows_of(&mut self, program: &Program, own: StepId) {
        for op in program.arrows() {
            let at = program.step_of(op);
            let from = self.node_of(program, own, at);
            let says_from = at.map_or(self.lang.pick("siempre", "always"), |step| program.step_name(step));
            let (to, label) = match program.op(op) {
                Op::Go(step) => {
                    let to = self.node_of(program, own, Some(*step));
                    if to == from {
                        continue;
                    }
                    let label = format!("{} → {}", last(says_from), last(program.step_name(*step)));
                    (Place::Step(to), label)
                }
                Op::End(outcome) => (Place::Outcome(self.outcome(program, *outcome)), String::new()),
                _ => continue,
            };
            let from = Place::Step(from);
            let is_same = |arrow: &Arrow| (arrow.from, arrow.to, &arrow.label) == (from, to, &label);
            if !self.arrows.iter().any(is_same) {
                // Operations are of many programs here: an arrow is known by its own number.
                let op = OpId(self.arrows.len() as u32);
                self.arrows.push(Arrow { op, from, to, label, line: 0, is_covered: None });
            }
        }
    }

    fn outcome(&mut self, program: &Program, outcome: OutcomeId) -> OutcomeId {
        let kind = program.outcomes.get(usize::from(outcome.0)).map_or(OutcomeKind::Neutral, |it| it.kind);
        let next = OutcomeId(self.outcomes.len() as u16);
        *self.outcomes.entry((program.outcome_name(outcome).to_owned(), kind)).or_insert(next)
    }
}

/// The call that a step was written out of: the innermost prefix of its name, and the strategy that was called.
fn owner<'a>(program: &'a Program, step: &str) -> Option<(&'a str, &'a str)> {
    let is_of = |prefix: &str| step.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.'));
    let calls = program.origin.calls.iter().filter(|(prefix, _)| is_of(prefix));
    calls.max_by_key(|(prefix, _)| prefix.len()).map(|(prefix, called)| (prefix.as_str(), called.as_str()))
}

/// A step's name within its strategy.
fn last(step: &str) -> &str {
    step.rsplit('.').next().unwrap_or(step)
}
