//! The view as it travels to a page: names of fields are a promise to its readers.
//!
//! In: a view, and how many accounts stand in each step when that is known. Out: a value to serialize.
//! Absent: JSON itself; the caller chooses the format.

use super::view::{Place, View};
use crate::program::{OutcomeKind, StepId};
use serde::Serialize;
use std::collections::BTreeMap;

/// A strategy as boxes and arrows.
#[derive(Serialize, Debug)]
pub struct Graph<'a> {
    name: &'a str,
    title: &'a str,
    version: &'a str,
    lang: &'static str,
    /// The box of the start step; the first, where several strategies are drawn together.
    start: String,
    boxes: Vec<CardRow<'a>>,
    arrows: Vec<ArrowRow<'a>>,
}

#[derive(Serialize, Debug)]
struct CardRow<'a> {
    id: String,
    /// `start`, `always`, `step`, `success`, `neutral`, `failure`.
    kind: &'static str,
    name: &'a str,
    lines: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    /// Accounts that stand here now.
    #[serde(skip_serializing_if = "Option::is_none")]
    accounts: Option<u64>,
    /// A test comes here.
    #[serde(skip_serializing_if = "Option::is_none")]
    covered: Option<bool>,
}

#[derive(Serialize, Debug)]
struct ArrowRow<'a> {
    /// The operation, as history rows and traces name it.
    op: u32,
    from: String,
    to: String,
    label: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    /// A test takes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    covered: Option<bool>,
}

impl<'a> Graph<'a> {
    /// The view for the wire; a step without a count has no `accounts`.
    pub fn of(view: &'a View, counts: &BTreeMap<StepId, u64>) -> Graph<'a> {
        let known = |line: u32| (line > 0).then_some(line);
        let boxes = view.cards.iter().map(|card| CardRow {
            id: card.place.id(),
            kind: match (card.place, card.outcome) {
                (_, Some(OutcomeKind::Success)) => "success",
                (_, Some(OutcomeKind::Failure)) => "failure",
                (_, Some(OutcomeKind::Neutral)) | (Place::Outcome(_), None) => "neutral",
                (Place::Start, None) => "start",
                (Place::Always, None) => "always",
                (Place::Step(_), None) => "step",
            },
            name: &card.name,
            lines: &card.lines,
            line: known(card.line),
            covered: card.is_covered,
            accounts: match card.place {
                Place::Step(step) => counts.get(&step).copied(),
                Place::Start | Place::Always | Place::Outcome(_) => None,
            },
        });
        let arrows = view.arrows.iter().map(|arrow| ArrowRow {
            op: arrow.op.0,
            from: arrow.from.id(),
            to: arrow.to.id(),
            label: &arrow.label,
            line: known(arrow.line),
            covered: arrow.is_covered,
        });
        Graph {
            name: &view.name,
            title: &view.title,
            version: &view.version,
            lang: view.lang.code(),
            start: view.starts.first().map_or_else(String::new, |start| Place::Step(*start).id()),
            boxes: boxes.collect(),
            arrows: arrows.collect(),
        }
    }
}
