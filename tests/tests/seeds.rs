//! The simulation with faults, some hundred seeds; and that it finds what it is there to find. More of them:
//! `cargo run --release -p cobro-tests --example seeds -- 10000`.

use cobro_store::{Memory, Sqlite};
use cobro_tests::seeds::{Guard, Seen, Wanted, play};

async fn on_memory(seed: u64, wanted: Wanted) -> Vec<String> {
    match play(&Memory::new(), seed, wanted).await {
        Ok(mut seen) => std::mem::take(&mut seen.wrong),
        Err(error) => vec![format!("{error:#}")],
    }
}

fn failed(seed: u64, wrong: &[String]) -> String {
    format!("{wrong:#?}\nagain: cargo run --release -p cobro-tests --example seeds -- 1 {seed}")
}

/// Fifty seeds, so that several of these run side by side.
async fn fifty(first: u64) {
    for seed in first..first + 50 {
        let wrong = on_memory(seed, Wanted::default()).await;
        assert!(wrong.is_empty(), "{}", failed(seed, &wrong));
    }
}

#[tokio::test]
async fn seeds_1() {
    fifty(1_000).await;
}

#[tokio::test]
async fn seeds_2() {
    fifty(2_000).await;
}

#[tokio::test]
async fn seeds_3() {
    fifty(3_000).await;
}

#[tokio::test]
async fn seeds_4() {
    fifty(4_000).await;
}

#[tokio::test]
async fn a_seed_is_the_same_again_and_on_a_file() {
    let told = |seen: anyhow::Result<Seen>| format!("{:?}", seen.unwrap());
    let dir = tempfile::TempDir::new().unwrap();
    for seed in [7, 8] {
        let once = told(play(&Memory::new(), seed, Wanted::default()).await);
        assert_eq!(once, told(play(&Memory::new(), seed, Wanted::default()).await));
        let file = dir.path().join(format!("{seed}.db"));
        let file = Sqlite::open(file.to_str().unwrap()).await.unwrap();
        assert_eq!(once, told(play(&file, seed, Wanted::default()).await));
    }
}

/// Every guard, switched off, is missed by some seed.
#[tokio::test]
async fn a_guard_that_is_off_is_missed() {
    for guard in Guard::ALL {
        let mut first = None;
        for seed in 0..4000 {
            let wrong = on_memory(seed, Wanted { off: Some(guard), ..Wanted::default() }).await;
            if let Some(what) = wrong.first() {
                first = Some((seed, what.clone()));
                break;
            }
        }
        let (seed, what) = first.unwrap_or_else(|| panic!("nobody misses {guard:?}"));
        println!("without {guard:?}: seed {seed} finds: {what}");
    }
}

#[cfg(feature = "faults")]
#[tokio::test]
async fn a_gate_without_limits_is_missed() {
    for seed in 0..100 {
        let wrong = on_memory(seed, Wanted { without_frequency: true, ..Wanted::default() }).await;
        if let Some(what) = wrong.iter().find(|what| what.contains("limit") || what.contains("too soon")) {
            println!("without limits: seed {seed} finds: {what}");
            return;
        }
    }
    panic!("nobody misses the limits");
}
