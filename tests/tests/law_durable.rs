//! What goes out of the executor, on memory and on SQLite, judged by the oracle; with a provider that takes everything,
//! and with one that refuses, delays and loses messages.

use cobro_tests::law_chance::{Dice, Played};
use cobro_tests::law_durable;
use cobro_tests::law_play::Verdict;
use cobro_tests::oracle;

/// Plays some packs on a store that is opened anew for each.
async fn check(codes: &[&str], is_faulty: bool, is_sqlite: bool) {
    let mut all = Verdict::default();
    for (place, code) in codes.iter().enumerate() {
        let mut dice = Dice::new(900 + place as u64 + u64::from(is_faulty) * 100);
        let mut played = None;
        while played.is_none() {
            played = Played::draw(code, 12, &mut dice).expect("a strategy");
        }
        let played = played.expect("a strategy");
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("cobro.db").to_string_lossy().into_owned();
        let people = if is_sqlite { 2 } else { 4 };
        let name = if is_sqlite { format!("sqlite://{file}") } else { "memory:".to_owned() };
        let store = cobro_store::open(&name).await.expect("a store");
        let verdict =
            law_durable::play(&store, &played, people, is_faulty, &mut dice).await.expect("it plays");
        assert_eq!(verdict.wrong(), 0, "{code} on {name}: {verdict:?}\n{}", played.text);
        all.add(verdict);
    }
    println!("{} sends of {} packs judged, {} breaches", all.sent, codes.len(), all.broken());
    assert!(all.sent > 10 * codes.len() as u64, "too little to judge: {all:?}");
}

#[tokio::test]
async fn memory_keeps_every_law() {
    check(&oracle::CODES, false, false).await;
}

#[tokio::test]
async fn memory_keeps_every_law_when_the_provider_fails() {
    check(&oracle::CODES, true, false).await;
}

#[tokio::test]
async fn sqlite_keeps_the_law() {
    check(&["CO", "US"], false, true).await;
}

#[tokio::test]
async fn sqlite_keeps_the_law_when_the_provider_fails() {
    check(&["CL", "US"], true, true).await;
}
