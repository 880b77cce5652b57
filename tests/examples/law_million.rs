//! One million contacts under each law pack, judged by the oracle; prints the table. Takes the number of contacts
//! and codes as arguments: `law_million 1000000 CO CL`. Judged are every message that goes out, every deferral (is
//! the moment named permitted, and none before it?) and every refusal (is it never permitted?).

use cobro_tests::law_play::{Verdict, round};
use cobro_tests::oracle;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let wanted: u64 = args.next().map_or(Ok(1_000_000), |text| text.parse())?;
    let named: Vec<String> = args.collect();
    let is_named = |code: &str| named.is_empty() || named.iter().any(|name| name == code);
    let codes: Vec<&str> = oracle::CODES.into_iter().filter(|code| is_named(code)).collect();
    let next = AtomicUsize::new(0);
    let found: Mutex<Vec<(usize, Verdict)>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(code) = codes.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let mut verdict = Verdict::default();
                    let mut seed = 1_000;
                    while verdict.sent < wanted {
                        match round(code, seed, 40, &|_| {}) {
                            Ok(more) => verdict.add(more),
                            Err(error) => eprintln!("{error:#}"),
                        }
                        seed += 1;
                    }
                    eprintln!("{code}: {} sent", verdict.sent);
                    let at = codes.iter().position(|known| known == code).unwrap_or(0);
                    found.lock().unwrap_or_else(PoisonError::into_inner).push((at, verdict));
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_by_key(|(at, _)| *at);
    println!(
        "| pack | contacts judged | put off | refused | breaches | needless deferrals | needless refusals |"
    );
    println!("|---|---|---|---|---|---|---|");
    let mut wrong = 0;
    for (at, verdict) in &found {
        let (code, broken) = (codes.get(*at).copied().unwrap_or(""), verdict.broken());
        wrong += verdict.wrong();
        let Verdict { sent, deferred, refused, needless, needless_refusals, first, .. } = verdict;
        println!(
            "| {code} | {sent} | {deferred} | {refused} | {broken} | {needless} | {needless_refusals} |"
        );
        if let Some(first) = first {
            eprintln!("{code}: {first}");
        }
    }
    anyhow::ensure!(wrong == 0, "the oracle and the gate disagree {wrong} times");
    Ok(())
}
