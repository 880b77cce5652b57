//! View: a strategy as boxes and arrows with words, before anybody decides how to draw it.
//!
//! In: a program. Out: plain data in the strategy's own language, in a fixed order. Absent: positions, colours
//! and file formats; `dot`, `mermaid`, `svg` and `wire` add those.

pub(crate) use lines::reach;

mod labels;
mod lines;

use super::words;
use crate::program::coverage::Coverage;
use crate::program::{Op, OpId, OutcomeId, OutcomeKind, Program, Reasoned, StepId};
use crate::values::Lang;

/// A strategy as boxes and arrows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct View {
    /// The strategy's name in the text.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// The hash of its meaning.
    pub version: String,
    /// The language of every word in the view.
    pub lang: Lang,
    /// Where accounts start: the start mark points there. One, save where several strategies are drawn together.
    pub starts: Vec<StepId>,
    /// The boxes: the start mark, `always` when there is any, the steps and the outcomes, in the author's order.
    pub cards: Vec<Card>,
    /// The arrows, by the box they leave and then in the order of the text.
    pub arrows: Vec<Arrow>,
}

/// What a box stands for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Place {
    /// The mark where accounts enter.
    Start,
    /// What holds wherever the account stands.
    Always,
    /// A step.
    Step(StepId),
    /// A way to end.
    Outcome(OutcomeId),
}

impl Place {
    /// A short word for the place, safe as an identifier in every format: `start`, `always`, `s0`, `o1`.
    pub fn id(self) -> String {
        match self {
            Place::Start => "start".to_owned(),
            Place::Always => "always".to_owned(),
            Place::Step(step) => format!("s{}", step.0),
            Place::Outcome(outcome) => format!("o{}", outcome.0),
        }
    }
}

/// A box. The name is not `Box`: that word is taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Card {
    /// What it stands for.
    pub place: Place,
    /// How it counts, for an outcome.
    pub outcome: Option<OutcomeKind>,
    /// Its heading.
    pub name: String,
    /// What it does, a line for each thing.
    pub lines: Vec<String>,
    /// Its line in the text, from 1; 0 when it has none of its own.
    pub line: u32,
    /// Whether a test comes here, when that was asked.
    pub is_covered: Option<bool>,
}

/// An arrow: one operation that leaves a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arrow {
    /// The operation.
    pub op: OpId,
    /// The step it leaves, or [`Place::Always`].
    pub from: Place,
    /// The step or outcome it leads to.
    pub to: Place,
    /// On what condition it is taken; empty when on none.
    pub label: String,
    /// Its line in the text, from 1; 0 when unknown.
    pub line: u32,
    /// Whether a test takes it, when that was asked.
    pub is_covered: Option<bool>,
}

/// Before what no test comes to: told by a sign, since not everybody sees colours.
pub const MISSED: &str = "✗";
/// Before what a test comes to.
pub const COVERED: &str = "✓";

impl Card {
    /// Its heading, with a sign where no test comes to it.
    pub fn says(&self) -> String {
        match self.is_covered {
            Some(false) => format!("{MISSED} {}", self.name),
            _ => self.name.clone(),
        }
    }
}

impl Arrow {
    /// Its words, with a sign that says whether a test takes it.
    pub fn says(&self, lang: Lang) -> String {
        match (self.is_covered, self.label.is_empty()) {
            (None, _) => self.label.clone(),
            (Some(true), true) => COVERED.to_owned(),
            (Some(true), false) => format!("{COVERED} {}", self.label),
            (Some(false), true) => format!("{MISSED} {}", lang.pick("sin prueba", "no test")),
            (Some(false), false) => format!("{MISSED} {}", self.label),
        }
    }
}

impl View {
    /// The view of a program, in the program's language.
    pub fn of(program: &Program) -> View {
        View {
            name: program.name.clone(),
            title: program.title.clone(),
            version: program.version.to_string(),
            lang: program.lang,
            starts: vec![program.start],
            cards: cards(program),
            arrows: arrows(program),
        }
    }

    /// The same with what tests went through.
    pub fn covered(mut self, coverage: &Coverage) -> View {
        for card in &mut self.cards {
            card.is_covered = match card.place {
                Place::Step(step) => Some(coverage.steps.contains(&step.0)),
                Place::Outcome(outcome) => Some(coverage.outcomes.contains(&outcome.0)),
                Place::Start | Place::Always => None,
            };
        }
        for arrow in &mut self.arrows {
            arrow.is_covered = Some(coverage.arrows.contains(&arrow.op.0));
        }
        self
    }

    /// The box of a place.
    pub fn card(&self, place: Place) -> Option<&Card> {
        self.cards.iter().find(|card| card.place == place)
    }

    /// Every connection between boxes with its arrows: first the start mark's, which has none.
    pub fn connections(&self) -> Vec<(Place, Place, Vec<&Arrow>)> {
        let starts = self.starts.iter().map(|start| (Place::Start, Place::Step(*start), Vec::new()));
        let mut connections: Vec<_> = starts.collect();
        for arrow in &self.arrows {
            let same =
                |(from, to, _): &&mut (Place, Place, Vec<&Arrow>)| (*from, *to) == (arrow.from, arrow.to);
            match connections.iter_mut().find(same) {
                Some((_, _, arrows)) => arrows.push(arrow),
                None => connections.push((arrow.from, arrow.to, vec![arrow])),
            }
        }
        connections
    }
}

fn cards(program: &Program) -> Vec<Card> {
    let lang = program.lang;
    let entry = words::condition(program, program.enter, lang);
    let mut cards = vec![Card {
        place: Place::Start,
        outcome: None,
        name: lang.pick("entra si", "enters when").to_owned(),
        lines: vec![entry],
        line: 0,
        is_covered: None,
    }];
    let is_late = program.late.is_some_and(|late| late.arrow.is_some());
    if program.always.len > 0 || is_late || !program.stages.is_empty() {
        cards.push(Card {
            place: Place::Always,
            outcome: None,
            name: lang.pick("siempre", "always").to_owned(),
            lines: lines::of_always(program),
            line: program.origin.handler_line(program.always.start),
            is_covered: None,
        });
    }
    for (at, step) in program.steps.iter().enumerate() {
        cards.push(Card {
            place: Place::Step(StepId(at as u16)),
            outcome: None,
            name: step.name.clone(),
            lines: reason(program, StepId(at as u16))
                .into_iter()
                .chain(lines::of_step(program, step.entry))
                .chain(lines::of_stage(program, StepId(at as u16)))
                .collect(),
            line: program.origin.steps.get(at).map_or(0, |(_, line)| *line),
            is_covered: None,
        });
    }
    for (at, outcome) in program.outcomes.iter().enumerate() {
        cards.push(Card {
            place: Place::Outcome(OutcomeId(at as u16)),
            outcome: Some(outcome.kind),
            name: outcome.name.clone(),
            lines: vec![words::outcome_kind(outcome.kind, lang).to_owned()],
            line: 0,
            is_covered: None,
        });
    }
    cards
}

/// Why a step is there, as a line of its box.
fn reason(program: &Program, step: StepId) -> Option<String> {
    let reason = program.reason(|of| *of == Reasoned::Step(step))?;
    Some(format!("{}: {}", program.lang.pick("porque", "because"), reason.words()))
}

fn arrows(program: &Program) -> Vec<Arrow> {
    let labels = labels::of(program);
    let mut arrows: Vec<Arrow> = program
        .arrows()
        .filter_map(|op| {
            let to = match program.op(op) {
                Op::Go(step) => Place::Step(*step),
                Op::End(outcome) => Place::Outcome(*outcome),
                _ => return None,
            };
            let from = program.step_of(op).map_or(Place::Always, Place::Step);
            let label = labels.get(&op).cloned().unwrap_or_default();
            Some(Arrow { op, from, to, label, line: program.origin.line(op), is_covered: None })
        })
        .collect();
    arrows.sort_by_key(|arrow| (arrow.from, arrow.line, arrow.op));
    arrows
}
