//! How fast a file of ten thousand lines is checked: as a whole, and again after a keystroke.
//!
//! `cargo run -p cobro-tests --release --example speed`

use cobro_dsl::compile;
use cobro_dsl::law::Laws;
use cobro_tests::cases::{root, strategy_files};
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

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn main() {
    let (laws, text) = (Laws::shipped(), long_file());
    let findings = compile("long.cobro", &text, &laws).findings.len();
    println!("{} lines, {} bytes, {findings} findings", text.lines().count(), text.len());
    let whole = (0..ROUNDS).map(|_| {
        let begun = Instant::now();
        let compiled = compile("long.cobro", &text, &laws);
        let took = begun.elapsed();
        drop(compiled);
        took
    });
    println!("whole check: {:.1} ms (median of {ROUNDS})", median(whole.collect()).as_secs_f64() * 1000.0);
    let _ = strategy_files;
}
