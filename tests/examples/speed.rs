//! How fast a file of ten thousand lines is checked: as a whole, and again after a keystroke.
//!
//! `cargo run -p cobro-tests --release --example speed`

use cobro_dsl::compile;
use cobro_dsl::law::Laws;
use cobro_tests::cases::root;
use std::time::{Duration, Instant};

const LINES: usize = 10_000;
const ROUNDS: usize = 21;

/// The shipped strategies again and again, each copy with names of its own.
fn long_file() -> String {
    let base = std::fs::read_to_string(root().join("strategies/mora_temprana.cobro")).unwrap_or_default();
    let base = base.replacen("idioma es\n", "", 1);
    let mut text = String::from("idioma es\n");
    for copy in 0.. {
        if text.lines().count() >= LINES {
            break;
        }
        let mut own = base.replace("mora_temprana", &format!("mora_temprana_{copy}"));
        for name in
            ["aviso_preventivo", "primer_aviso", "segundo_aviso", "enlace_pago", "gracias", "promesa_vencida"]
        {
            own = own.replace(&format!("plantilla {name}"), &format!("plantilla {name}_{copy}"));
            for channel in ["whatsapp", "correo", "sms"] {
                own = own
                    .replace(&format!("enviar {channel} {name}"), &format!("enviar {channel} {name}_{copy}"));
            }
        }
        text.push_str(&own);
    }
    text
}

/// The median and the least of some times, in milliseconds.
fn told(mut times: Vec<Duration>) -> String {
    times.sort();
    let ms = |at: usize| times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1000.0);
    format!("{:.1} ms (median of {ROUNDS}; least {:.1} ms)", ms(times.len() / 2), ms(0))
}

/// How long one check takes.
fn check(text: &str, laws: &Laws) -> Duration {
    let begun = Instant::now();
    let compiled = compile("long.cobro", text, laws);
    let took = begun.elapsed();
    drop(compiled);
    took
}

/// The text with a letter typed into a word, which may be a mistake.
fn typed(text: &str, round: usize) -> String {
    let words: Vec<usize> = text.match_indices("esperar").map(|(at, _)| at).collect();
    let at = words.get(round * words.len() / ROUNDS).map_or(0, |at| at + 3);
    format!("{}x{}", text.get(..at).unwrap_or(""), text.get(at..).unwrap_or(text))
}

fn main() {
    let (laws, text) = (Laws::shipped(), long_file());
    let findings = compile("long.cobro", &text, &laws).findings.len();
    println!("{} lines, {} bytes, {findings} findings", text.lines().count(), text.len());
    println!("whole check: {}", told((0..ROUNDS).map(|_| check(&text, &laws)).collect()));
    let after = (0..ROUNDS).map(|round| check(&typed(&text, round), &laws));
    println!("check after a keystroke: {}", told(after.collect()));
}
