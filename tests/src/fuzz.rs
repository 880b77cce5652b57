//! Hostile files, made from a seed: random text, words of the language in any order, sound files with pieces changed.
//!
//! In: a seed. Out: a text, and what a sound reader must give for any text: an answer in time, and for what can be read
//! a formatter that changes no meaning. Used by a test (some thousands) and by `examples/fuzz.rs` (as many as asked).

use crate::cases::root;
use cobro_dsl::compile;
use cobro_dsl::format::{Refusal, format};
use cobro_dsl::law::Laws;
use cobro_dsl::values::Lang;
use std::path::Path;
use std::time::{Duration, Instant};

/// An answer takes no longer. A build for tests is many times slower than a release, and the machine may be busy: there
/// the bound tells only what never ends.
pub const LONGEST: Duration = Duration::from_secs(if cfg!(debug_assertions) { 60 } else { 2 });

/// A sequence of numbers that is the same on every machine.
pub struct Seeded(u64);

impl Seeded {
    /// From a seed.
    pub fn new(seed: u64) -> Seeded {
        Seeded(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    /// A number below a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound.max(1)
    }

    fn of<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> Option<&'a T> {
        let at = self.below(choices.len());
        choices.get(at).copied()
    }
}

/// What is changed: shipped strategies, cases, and the examples of every page.
pub fn corpus() -> Vec<String> {
    let mut texts: Vec<String> = crate::cases::strategy_files().into_iter().map(|(_, text)| text).collect();
    for page in files(&root().join("docs")) {
        let text = std::fs::read_to_string(&page).unwrap_or_default();
        let blocks = text.split("```cobro\n").skip(1);
        texts.extend(blocks.filter_map(|block| block.split("```").next()).map(str::to_owned));
    }
    texts
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

const SIGNS: &[&str] = &[
    "{",
    "}",
    "(",
    ")",
    "->",
    "=>",
    "\"",
    "`",
    "“",
    "no",
    "si",
    "1.200",
    "not",
    "20",
    "%",
    "3dias",
    "\n",
    "# x\n",
    ";",
    ":",
    "\u{0}",
    "\u{202e}",
    "\u{feff}",
    "\r\n",
    "S/ 20",
    "$",
    "9am",
    "02/03/2026",
    "&&",
    "-",
    "<",
    "99999999999999999999",
    "{{",
    "}}",
    "\\",
    "😀",
    "ñ",
    "e\u{301}",
];

/// The text of a seed.
pub fn text(corpus: &[String], seed: u64) -> String {
    let mut seeded = Seeded::new(seed);
    let texts: Vec<&str> = corpus.iter().map(String::as_str).collect();
    let base = seeded.of(&texts).unwrap_or("");
    match seeded.below(8) {
        0 => {
            let bytes: Vec<u8> = (0..seeded.below(400)).map(|_| seeded.below(256) as u8).collect();
            String::from_utf8_lossy(&bytes).into_owned()
        }
        1 => words(base, &mut seeded),
        2 => {
            // Nested far deeper than anybody writes.
            let opening = ["si en_disputa { ", "wait 1 day { on opt out { ", "(", "no ", "{", "if not "];
            let piece = seeded.of(&opening).unwrap_or("{");
            let deep = piece.repeat(seeded.below(10_000));
            let at = boundary(base, seeded.below(base.len()));
            format!("{}{deep}{}", &base[..at], &base[at..])
        }
        _ => changed(base, &texts, &mut seeded),
    }
}

fn words(base: &str, seeded: &mut Seeded) -> String {
    let known: Vec<&str> = base.split_whitespace().collect();
    let mut out = String::new();
    for _ in 0..seeded.below(60) {
        let word = if seeded.below(4) == 0 { seeded.of(SIGNS) } else { seeded.of(&known) };
        out.push_str(word.unwrap_or(""));
        out.push_str(if seeded.below(6) == 0 { "\n" } else { " " });
    }
    out
}

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A sound file with one to four changes: lines taken out, doubled, swapped or cut; words changed; letters too.
fn changed(base: &str, others: &[&str], seeded: &mut Seeded) -> String {
    let mut text = base.to_owned();
    for _ in 0..=seeded.below(4) {
        let mut lines: Vec<&str> = text.lines().collect();
        if lines.is_empty() {
            break;
        }
        let at = seeded.below(lines.len());
        text = match seeded.below(8) {
            0 => {
                lines.remove(at);
                lines.join("\n")
            }
            1 => {
                lines.insert(at, lines[at]);
                lines.join("\n")
            }
            2 => {
                let other = seeded.below(lines.len());
                lines.swap(at, other);
                lines.join("\n")
            }
            3 => {
                let cut = boundary(lines[at], seeded.below(lines[at].len()));
                lines[at] = &lines[at][..cut];
                lines.join("\n")
            }
            4 => {
                let donor: Vec<&str> = seeded.of(others).unwrap_or("").lines().collect();
                lines.insert(at, seeded.of(&donor).unwrap_or(""));
                lines.join("\n")
            }
            5 => {
                let place = boundary(&text, seeded.below(text.len()));
                format!("{}{}{}", &text[..place], seeded.of(SIGNS).unwrap_or(""), &text[place..])
            }
            6 => {
                let (from, length) = (seeded.below(text.len()), seeded.below(12));
                let (from, to) = (boundary(&text, from), boundary(&text, (from + length).min(text.len())));
                format!("{}{}", &text[..from], &text[to..])
            }
            _ => {
                let words: Vec<&str> = text.split(' ').collect();
                let (one, other) = (seeded.below(words.len()), seeded.below(words.len()));
                let mut words = words.clone();
                words.swap(one, other);
                words.join(" ")
            }
        };
    }
    text
}

/// What a text gave.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// Findings.
    Refused,
    /// It can be read: the formatter was tried in both languages.
    Read,
    /// It has no error: its meaning was compared too.
    Sound,
}

/// Reads, checks and formats a text; says what is wrong with the reader, when something is.
pub fn survives(text: &str, laws: &Laws) -> Result<Answer, String> {
    let begun = Instant::now();
    let compiled = compile("fuzz.cobro", text, laws);
    let mut answer = Answer::Refused;
    for lang in Lang::ALL {
        let once = match format(text, Some(lang)) {
            Ok(once) => once,
            Err(Refusal::HasMistakes) => continue,
            Err(Refusal::WouldChangeMeaning) => {
                return Err("the formatter would change the meaning".to_owned());
            }
        };
        answer = Answer::Read;
        if format(&once, Some(lang)).as_deref() != Ok(once.as_str()) {
            return Err(format!("formatted twice is not formatted once ({})", lang.code()));
        }
        let other = lang.pick(Lang::En, Lang::Es);
        let there = format(&once, Some(other))
            .map_err(|refusal| format!("{refusal:?} on the way to {}", other.code()))?;
        if format(&there, Some(lang)).as_deref() != Ok(once.as_str()) {
            return Err(format!("{0} to {1} to {0} is not the same", lang.code(), other.code()));
        }
        if !compiled.has_errors() {
            answer = Answer::Sound;
            let again = compile("fuzz.cobro", &once, laws);
            let versions = |programs: &[cobro_dsl::program::Program]| {
                programs.iter().map(|program| program.version.to_string()).collect::<Vec<_>>()
            };
            if versions(&again.programs) != versions(&compiled.programs) {
                return Err(format!("another meaning in {}", lang.code()));
            }
        }
    }
    match begun.elapsed() {
        took if took > LONGEST => Err(format!("took {took:?}")),
        _ => Ok(answer),
    }
}
