//! DOT: the drawing for Graphviz.
//!
//! In: a view. Out: a `digraph` that `dot -Tsvg` accepts. Absent: positions; Graphviz finds them.

use super::view::{Card, Place, View};
use crate::program::OutcomeKind;
use std::fmt::Write;

/// The view as DOT.
pub fn draw(view: &View) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "digraph {} {{", quoted(&view.name));
    let _ = writeln!(out, "  label={}; labelloc=t; rankdir=TB;", quoted(&view.title));
    out.push_str("  node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"sans-serif\"];\n");
    out.push_str("  edge [fontname=\"sans-serif\", fontsize=11];\n");
    for card in &view.cards {
        let _ = writeln!(out, "  {} [label={}{}];", card.place.id(), text(card), look(card));
    }
    let outcomes: Vec<String> =
        view.cards.iter().filter(|card| card.outcome.is_some()).map(|card| card.place.id()).collect();
    let _ = writeln!(out, "  {{ rank=sink; {} }}", outcomes.join("; "));
    for start in &view.starts {
        let _ = writeln!(out, "  {} -> {};", Place::Start.id(), Place::Step(*start).id());
    }
    for arrow in &view.arrows {
        let (from, to) = (arrow.from.id(), arrow.to.id());
        let style = if arrow.is_covered == Some(false) { ", style=dotted" } else { "" };
        match arrow.says(view.lang).as_str() {
            "" => {
                let _ = writeln!(out, "  {from} -> {to};");
            }
            label => {
                let _ = writeln!(out, "  {from} -> {to} [label={}{style}];", quoted(label));
            }
        }
    }
    out.push_str("}\n");
    out
}

fn look(card: &Card) -> &'static str {
    match (card.place, card.outcome) {
        (_, Some(OutcomeKind::Success)) => ", fillcolor=\"#d9f2df\", color=\"#1a7f37\"",
        (_, Some(OutcomeKind::Neutral)) => ", fillcolor=\"#eceff2\", color=\"#6b7480\"",
        (_, Some(OutcomeKind::Failure)) => ", fillcolor=\"#fbe0dd\", color=\"#b42318\"",
        (Place::Start, _) => ", fillcolor=\"#eaf1fb\"",
        (Place::Always, _) => ", style=\"rounded,filled,dashed\", fillcolor=\"#fff6dc\"",
        _ => "",
    }
}

fn text(card: &Card) -> String {
    let name = card.says();
    let lines: Vec<&str> = [name.as_str()].into_iter().chain(card.lines.iter().map(String::as_str)).collect();
    quoted(&lines.join("\n"))
}

/// A DOT string. A backslash would begin one of DOT's own codes, so it is doubled; a line end is `\n`.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            other if other.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
