//! The page on how a pack is written is true: its example is read, and no word of a pack is missing from it.

#![allow(clippy::disallowed_methods, reason = "a test reads the pages it is about")]

use crate::law::LawPack;
use std::collections::BTreeSet;
use std::path::Path;

fn words(value: &toml::Value, found: &mut BTreeSet<String>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                found.insert(key.clone());
                words(value, found);
            }
        }
        toml::Value::Array(array) => array.iter().for_each(|value| words(value, found)),
        _ => {}
    }
}

#[test]
fn the_page_on_packs_is_true() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = std::fs::read_to_string(root.join("docs/laws/schema.md")).unwrap();
    let examples: Vec<&str> =
        page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(examples.len(), 1);
    let pack = LawPack::parse(examples[0]).unwrap();
    assert_eq!((pack.hours.len(), pack.consents.len(), pack.recipients.len()), (1, 1, 1));
    let mut used = BTreeSet::new();
    for entry in std::fs::read_dir(root.join("laws")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        words(&text.parse::<toml::Table>().map(toml::Value::Table).unwrap(), &mut used);
    }
    assert!(used.len() > 30, "{used:?}");
    for word in used {
        let is_said = page.contains(&format!("`{word}`")) || page.contains(&format!("[{word}]"));
        assert!(is_said, "docs/laws/schema.md does not speak of `{word}`");
    }
}

/// A hostile pack is an error with its place: never a panic, never half a pack.
#[test]
fn hostile_packs_are_errors() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let whole = std::fs::read_to_string(root.join("laws/CO.toml")).unwrap();
    // Cut anywhere, or with any one line left out, it is read whole or not at all.
    for at in (0..whole.len()).step_by(37).filter(|at| whole.is_char_boundary(*at)) {
        let _ = LawPack::parse(&whole[..at]);
    }
    let lines: Vec<&str> = whole.lines().collect();
    for left_out in 0..lines.len() {
        let text: Vec<&str> =
            lines.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, line)| *line).collect();
        let _ = LawPack::parse(&text.join("\n"));
    }
    let deep = format!("code = {}{}", "[".repeat(50_000), "]".repeat(50_000));
    for text in ["", "\u{0}", "code = 1", "[[hours]]", &deep, "code = \"../../etc\""] {
        assert!(LawPack::parse(text).is_err());
    }
}
