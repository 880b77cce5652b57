//! Throws hostile files at the reader, the checker and the formatter.
//!
//! `cargo run -p cobro-tests --release --example fuzz -- 100000 1`: how many, and the seed of the first.

use cobro_dsl::law::Laws;
use cobro_tests::fuzz::{Answer, corpus, survives, text};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1).filter_map(|arg| arg.parse::<u64>().ok());
    let (count, first) = (args.next().unwrap_or(100_000), args.next().unwrap_or(1));
    let (corpus, laws) = (corpus(), Laws::shipped());
    let next = AtomicU64::new(0);
    let (failures, counts) = (Mutex::new(Vec::new()), Mutex::new([0_u64; 3]));
    let slowest = Mutex::new((Duration::ZERO, 0));
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= count {
                        return;
                    }
                    let seed = first + at;
                    let text = text(&corpus, seed);
                    let started = Instant::now();
                    let answer = catch_unwind(AssertUnwindSafe(|| survives(&text, &laws)));
                    let took = started.elapsed();
                    if let Ok(mut slowest) = slowest.lock() {
                        *slowest = (*slowest).max((took, seed));
                    }
                    let failure = match answer {
                        Ok(Ok(answer)) => {
                            if let Ok(mut counts) = counts.lock() {
                                counts[answer as usize] += 1;
                            }
                            continue;
                        }
                        Ok(Err(why)) => why,
                        Err(_) => "panic".to_owned(),
                    };
                    if let Ok(mut failures) = failures.lock() {
                        failures.push((seed, failure));
                    }
                }
            });
        }
    });
    let counts = counts.into_inner().unwrap_or_default();
    let (took, seed) = slowest.into_inner().unwrap_or_default();
    println!(
        "{count} files from seed {first} in {:.1} s: {} refused with findings, {} read, {} sound",
        begun.elapsed().as_secs_f64(),
        counts[Answer::Refused as usize],
        counts[Answer::Read as usize] + counts[Answer::Sound as usize],
        counts[Answer::Sound as usize],
    );
    println!("slowest: {:.0} ms (seed {seed})", took.as_secs_f64() * 1000.0);
    let failures = failures.into_inner().unwrap_or_default();
    for (seed, failure) in failures.iter().take(20) {
        println!("FAILED seed {seed}: {failure}");
    }
    println!("{} failed", failures.len());
    ExitCode::from(u8::from(!failures.is_empty()))
}
