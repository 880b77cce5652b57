//! Strategies, customers and events by chance under every law pack: the oracle finds no breach and no needless
//! deferral. The long version is `cargo run -p cobro-tests --release --example law_million`.

use cobro_dsl::law::Laws;
use cobro_tests::law_play::{Verdict, round};
use cobro_tests::oracle;

#[test]
fn the_oracle_knows_every_pack() {
    assert_eq!(Laws::shipped().codes().collect::<Vec<_>>(), oracle::CODES);
}

#[test]
fn no_breach_and_no_needless_deferral() {
    for code in oracle::CODES {
        let mut verdict = Verdict::default();
        for seed in 0..16 {
            verdict.add(round(code, seed, 2, &|_| {}).expect("a round"));
        }
        let is_enough = verdict.sent > 300 && verdict.deferred > 100 && verdict.refused > 50;
        assert!(is_enough, "{code}: too little to judge: {verdict:?}");
        assert_eq!(verdict.wrong(), 0, "{code}: {verdict:?}");
    }
}

/// The oracle can fail: a pack with one rule left out is found out.
#[test]
fn a_rule_left_out_of_a_pack_is_found() {
    type Alter = &'static dyn Fn(&mut cobro_engine::gate::Law);
    let altered: [(&str, &str, Alter); 8] = [
        ("CO", "not authorised", &|law| law.pack.consents.clear()),
        ("PY", "a reference", &|law| law.pack.recipients.clear()),
        ("CO", "limit", &|law| law.pack.limits.clear()),
        ("CO", "one channel a week", &|law| law.pack.exclusives.clear()),
        ("CL", "too soon", &|law| law.pack.gaps.clear()),
        ("US", "silence", &|law| law.pack.silences.clear()),
        ("MX", "hours elsewhere", &|law| law.pack.zones.truncate(1)),
        ("PE", "hours", &|law| law.holidays = cobro_engine::calendar::Holidays::none()),
    ];
    for (code, rule, alter) in altered {
        let mut verdict = Verdict::default();
        for seed in 0..24 {
            verdict.add(round(code, seed, 2, alter).expect("a round"));
        }
        assert!(verdict.breaches.contains_key(rule), "{code} without {rule}: {verdict:?}");
    }
}
