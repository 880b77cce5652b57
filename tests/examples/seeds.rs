//! Plays seeds of the simulation with faults: `cargo run --release -p cobro-tests --example seeds -- 10000`, or from
//! a seed on: `seeds 1 4711`. Prints how many, and what was injected. A seed that fails prints the command that plays
//! it again.

use cobro_store::Memory;
use cobro_tests::seeds::{Seen, Wanted, play};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let wanted: u64 = args.next().map_or(Ok(1_000), |text| text.parse())?;
    let first: u64 = args.next().map_or(Ok(0), |text| text.parse())?;
    let next = AtomicU64::new(first);
    let found: Mutex<BTreeMap<u64, anyhow::Result<Seen>>> = Mutex::default();
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + wanted {
                        return;
                    }
                    let store = Memory::new();
                    let seen = runtime.block_on(play(&store, seed, Wanted::default()));
                    found.lock().expect("no panic").insert(seed, seen);
                }
            });
        }
    });
    let mut all = Seen::default();
    let mut failed = 0;
    for (seed, seen) in found.into_inner().expect("no panic") {
        let wrong = match seen {
            Ok(seen) => all.add(seen),
            Err(error) => vec![format!("{error:#}")],
        };
        if !wrong.is_empty() {
            failed += 1;
            println!("seed {seed} failed: {}", wrong.join("; "));
            println!("  again: cargo run --release -p cobro-tests --example seeds -- 1 {seed}");
        }
    }
    println!("{wanted} seeds from {first} on in {:.1} s, {failed} failed", began.elapsed().as_secs_f64());
    println!("{all}");
    anyhow::ensure!(failed == 0, "{failed} seeds failed");
    Ok(())
}
