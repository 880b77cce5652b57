//! One part of the gate switched off at a time: the oracle finds breaches. Only in a build with `--features faults`:
//! `cargo test -p cobro-tests --features faults law_faults::`.

use cobro_engine::gate::Part;
use cobro_tests::law_play::{Verdict, round};

#[test]
fn every_part_of_the_gate_is_missed_when_it_is_off() {
    let parts = [
        ("PE", Part::Hours, "hours"),
        ("GT", Part::Frequency, "limit"),
        ("CL", Part::Gap, "too soon"),
        ("CO", Part::Exclusive, "one channel a week"),
        ("US", Part::Silence, "silence"),
        ("MX", Part::Zone, "hours elsewhere"),
        ("PE", Part::OptOut, "opted out"),
        ("PE", Part::OptOut, "somebody else's"),
        ("CO", Part::Authorised, "not authorised"),
        ("BR", Part::Country, "another country"),
        ("GT", Part::Recipients, "a reference"),
        ("PE", Part::Balance, "nothing owed"),
        ("PE", Part::Balance, "disputed"),
        ("MX", Part::Hold, "held"),
        ("EC", Part::Identity, "not verified"),
    ];
    for (code, part, rule) in parts {
        let mut verdict = Verdict::default();
        for seed in 0..40 {
            verdict.add(round(code, seed, 2, &|law| law.off = Some(part)).expect("a round"));
        }
        println!("{code} without {part:?}: {:?} of {} sent", verdict.breaches, verdict.sent);
        assert!(verdict.breaches.contains_key(rule), "{code} without {part:?}: {verdict:?}");
    }
}
