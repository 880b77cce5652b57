//! Some thousands of hostile files; `cargo run -p cobro-tests --release --example fuzz -- 100000 1` for more.

use cobro_dsl::law::Laws;
use cobro_tests::fuzz::{Answer, corpus, survives, text};

#[test]
fn hostile_files_give_findings_and_never_a_panic() {
    let (corpus, laws) = (corpus(), Laws::shipped());
    let mut sound = 0;
    for seed in 1_000_000..1_000_600 {
        let text = text(&corpus, seed);
        match survives(&text, &laws) {
            Ok(answer) => sound += u32::from(answer == Answer::Sound),
            Err(why) => panic!("seed {seed}: {why}\n{text}"),
        }
    }
    assert!(sound > 20, "too few are sound to say much of meaning: {sound}");
}

#[test]
fn every_text_of_the_corpus_survives_unchanged() {
    let laws = Laws::shipped();
    for text in corpus() {
        if let Err(why) = survives(&text, &laws) {
            panic!("{why}\n{text}");
        }
    }
}
