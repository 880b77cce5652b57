//! Whatever stands in a file: findings, never a panic, never without end.

use super::{compiled, en, es, found};
use crate::format::{Refusal, format};
use crate::parse::parse;
use crate::values::Lang;

const SAMPLE: &str = include_str!("sample.cobro");

/// A linear congruential generator: the same inputs on every machine.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound.max(1)
    }
}

/// What a sound reader gives for any text: an answer, and the same one from the formatter in both languages.
fn survives(text: &str) {
    let compiled = compiled(text);
    for lang in Lang::ALL {
        match format(text, Some(lang)) {
            Ok(once) => {
                let twice = format(&once, Some(lang));
                assert_eq!(twice.as_deref(), Ok(once.as_str()), "not the same twice:\n{text}");
            }
            Err(refusal) => {
                assert_eq!(refusal, Refusal::HasMistakes, "{lang:?}\n{text}");
                assert!(crate::diagnostic::has_errors(&parse(text).1), "refused without a mistake\n{text}");
            }
        }
    }
    drop(compiled);
}

#[test]
fn random_bytes() {
    let mut seeded = Seeded(1);
    for _ in 0..9_000 {
        let bytes: Vec<u8> = (0..seeded.below(60)).map(|_| seeded.below(256) as u8).collect();
        survives(&String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn random_tokens() {
    let mut words: Vec<String> = SAMPLE.split_whitespace().map(str::to_owned).collect();
    let english = format(SAMPLE, Some(Lang::En)).unwrap();
    words.extend(english.split_whitespace().map(str::to_owned));
    words.extend(
        ["{", "}", "(", ")", "->", "\"", "`", "no", "si", "1.200", "not", "20", "%", "3dias", "\n", "# x\n"]
            .map(str::to_owned),
    );
    let mut seeded = Seeded(2);
    for round in 0..7_000 {
        let mut text =
            String::from(if round % 2 == 0 { "estrategia e { paso a {" } else { "strategy e { step a {" });
        for _ in 0..seeded.below(25) {
            text.push_str(if seeded.below(6) == 0 { "\n" } else { " " });
            text.push_str(&words[seeded.below(words.len())]);
        }
        survives(&text);
    }
}

/// A sound file with a few words taken out, doubled, swapped or cut: most of it still parses.
#[test]
fn sound_files_with_a_few_words_changed() {
    let files = [SAMPLE.to_owned(), format(SAMPLE, Some(Lang::En)).unwrap()];
    let mut seeded = Seeded(3);
    for round in 0..100 {
        // Lines, so that a comment does not swallow what follows it.
        let mut lines: Vec<&str> = files[round % 2].lines().collect();
        for _ in 0..=seeded.below(2) {
            let at = seeded.below(lines.len());
            match seeded.below(4) {
                0 => drop(lines.remove(at)),
                1 => lines.insert(at, lines[at]),
                2 => lines.swap(at, at.saturating_sub(1)),
                _ => lines[at] = lines[at].get(..lines[at].len() / 2).unwrap_or(""),
            }
        }
        survives(&lines.join("\n"));
    }
}

#[test]
fn short_statements_in_every_order() {
    let pieces_es = [
        "si no en_disputa {",
        "si no {",
        "}",
        "} si no {",
        "nota \"a  b\"",
        "-> curada",
        "fin sin_acuerdo",
        "escalar",
        "esperar 3 días {",
        "cuando vence",
        "cuando pago total {",
        "enviar plantilla aviso",
        "# c",
        "si saldo = 1_0.50 PEN y (no sí) {",
        "asignar cola x {",
        "cuando hecho",
        "\n",
        "sino",
        "si no sí {",
        "si no no {",
        "si sí = no {",
    ];
    let mut seeded = Seeded(4);
    for _ in 0..4_000 {
        let mut text = String::new();
        for _ in 0..=seeded.below(9) {
            text.push_str(pieces_es[seeded.below(pieces_es.len())]);
            text.push_str(if seeded.below(3) == 0 { "\n" } else { " " });
            if text.ends_with("# c ") {
                text.push('\n');
            }
        }
        survives(&es(&text));
    }
}

fn codes(text: &str) -> Vec<String> {
    found(text).iter().map(|place| place.split(' ').nth(1).unwrap().to_owned()).collect()
}

#[test]
fn nesting_without_bound_is_one_finding() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(10_000), close.repeat(10_000));
    assert_eq!(codes(&es(&deep("si en_disputa { ", "} "))), ["C0106"]);
    assert_eq!(codes(&en(&deep("wait 1 day { on opt out { ", "} } "))), ["C0106"]);
    assert_eq!(
        codes(&es(&format!(
            "si {} saldo > 0 PEN {} {{ nota \"x\" }}",
            "(".repeat(10_000),
            ")".repeat(10_000)
        ))),
        ["C0106"]
    );
    assert_eq!(codes(&es(&format!("si {} en_disputa {{ nota \"x\" }}", "no ".repeat(10_000)))), ["C0106"]);
    assert_eq!(codes(&en(&format!("if {} disputed {{ note \"x\" }}", "not ".repeat(10_000)))), ["C0106"]);
    assert_eq!(
        codes(&es(&format!("si en_disputa{} {{ nota \"x\" }}", " y en_disputa".repeat(10_000)))),
        ["C0106"]
    );
    assert_eq!(codes(&es(&format!("si dias_mora > 1{} {{ nota \"x\" }}", " + 1".repeat(10_000)))), ["C0106"]);
    let chain =
        "si en_disputa { nota \"x\" } ".to_owned() + &"si no si en_disputa { nota \"y\" } ".repeat(10_000);
    assert_eq!(codes(&es(&chain)).first().map(String::as_str), Some("C0106"));
    assert!(!codes(&"estrategia e { ".repeat(10_000)).is_empty());
    assert!(!codes(&"{".repeat(10_000)).is_empty());
    assert!(!codes(&"}".repeat(10_000)).is_empty());
}

#[test]
fn what_is_allowed_at_most_is_allowed() {
    let deep =
        |levels: usize| format!("{} nota \"x\" {}", "si en_disputa { ".repeat(levels), "} ".repeat(levels));
    assert_eq!(codes(&es(&deep(31))), [""; 0]);
    assert_eq!(codes(&es(&deep(32))), ["C0106"]);
    let long = |parts: usize| format!("si en_disputa{} {{ nota \"x\" }}", " y en_disputa".repeat(parts));
    assert_eq!(codes(&es(&long(500))), [""; 0]);
    assert_eq!(codes(&es(&long(501))), ["C0106"]);
}
