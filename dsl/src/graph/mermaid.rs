//! Mermaid: the drawing for pages that render Markdown.
//!
//! In: a view. Out: a `flowchart TD`. Absent: positions, and any text that Mermaid could take for its own:
//! identifiers are made by us and every letter with a meaning is written by its number.

use super::view::{Card, Place, View};
use crate::program::OutcomeKind;
use std::fmt::Write;

/// The view as Mermaid.
pub fn draw(view: &View) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "---\ntitle: {}\n---\nflowchart TD", yaml(&view.title));
    for card in &view.cards {
        let (open, close) = match card.place {
            Place::Start | Place::Outcome(_) => ("([", "])"),
            Place::Always => ("{{", "}}"),
            Place::Step(_) => ("(", ")"),
        };
        let _ = writeln!(out, "  {}{open}\"{}\"{close}{}", card.place.id(), text(card), look(card));
    }
    for start in &view.starts {
        let _ = writeln!(out, "  {} --> {}", Place::Start.id(), Place::Step(*start).id());
    }
    for arrow in &view.arrows {
        let (from, to) = (arrow.from.id(), arrow.to.id());
        let line = if arrow.is_covered == Some(false) { "-.->" } else { "-->" };
        match arrow.says(view.lang).as_str() {
            "" => {
                let _ = writeln!(out, "  {from} --> {to}");
            }
            label => {
                let _ = writeln!(out, "  {from} {line}|\"{}\"| {to}", escaped(label));
            }
        }
    }
    out.push_str("  classDef success fill:#d9f2df,stroke:#1a7f37,color:#10301a\n");
    out.push_str("  classDef neutral fill:#eceff2,stroke:#6b7480,color:#1f262e\n");
    out.push_str("  classDef failure fill:#fbe0dd,stroke:#b42318,color:#3c0f0a\n");
    out
}

fn look(card: &Card) -> &'static str {
    match card.outcome {
        Some(OutcomeKind::Success) => ":::success",
        Some(OutcomeKind::Neutral) => ":::neutral",
        Some(OutcomeKind::Failure) => ":::failure",
        None => "",
    }
}

fn text(card: &Card) -> String {
    let lines = card.lines.iter().map(|line| escaped(line));
    let name = format!("<b>{}</b>", escaped(&card.says()));
    std::iter::once(name).chain(lines).collect::<Vec<_>>().join("<br/>")
}

/// Text inside a quoted label. Only letters, digits and harmless signs stand as they are.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '"' | '#' | '&' | ';' | '<' | '>' | '{' | '}' | '[' | ']' | '|' | '`' | '\\' | '%' | '*' => {
                let _ = write!(out, "#{};", u32::from(letter));
            }
            other if other.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

/// The title stands in the YAML head, where other letters have a meaning.
fn yaml(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            other if other.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
