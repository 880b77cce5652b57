//! The binary as a user meets it: answers on stdout, messages on stderr, exit codes.

#![allow(missing_docs)]

use cobro_tests::{binary, cases};
use serde_json::Value;
use std::process::Output;

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn run(args: &[&str], code: i32) -> String {
    let output = binary::run(args).expect("cobro runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {told}{}", out(&output));
    assert!(!told.contains("panicked"), "{told}");
    out(&output)
}

fn json(args: &[&str], code: i32) -> Value {
    serde_json::from_str(&run(args, code)).expect("one JSON document and nothing else")
}

/// Ten mistakes give ten findings at their places, in either language, and the answer is no.
#[test]
fn ten_mistakes_give_ten_findings() {
    for file in ["tests/cases/known_bad/ten_mistakes_es.cobro", "tests/cases/known_bad/ten_mistakes_en.cobro"]
    {
        let document = json(&["check", file, "--format", "json"], 1);
        let findings = document["findings"].as_array().expect("findings");
        assert_eq!(findings.len(), 10, "{file}");
        for lang in ["es", "en"] {
            let told = run(&["check", file, "--lang", lang], 1);
            for finding in findings {
                let headline = finding[lang]["headline"].as_str().expect("a headline");
                let (line, column) = (&finding["place"]["line"], &finding["place"]["column"]);
                assert!(told.contains(headline), "{file} --lang {lang}: {headline}");
                assert!(
                    told.contains(&format!("{file}:{line}:{column}")),
                    "{file} --lang {lang}: {line}:{column}"
                );
            }
        }
    }
}

#[test]
fn every_shipped_strategy_is_sound_formatted_and_covered() {
    for (path, _) in cases::strategy_files().into_iter().filter(|(path, _)| path.starts_with("strategies/")) {
        assert_eq!(
            json(&["check", &path, "--format", "json"], 0)["findings"],
            serde_json::json!([]),
            "{path}"
        );
        // Decent as well as sound: nothing is advised.
        assert_eq!(json(&["check", &path, "--format", "json"], 0)["advice"], serde_json::json!([]), "{path}");
        run(&["fmt", "--check", &path], 0);
        run(&["test", &path, "--coverage"], 0);
        for form in ["svg", "dot", "mermaid", "json"] {
            assert!(!run(&["graph", &path, "--to", form], 0).is_empty());
        }
    }
}

const CARDS: [&str; 7] = [
    "simulate",
    "strategies/mora_temprana.cobro",
    "--portfolio",
    "portfolios/card_debt/portfolio.csv",
    "--from",
    "2005-07-01",
    "--format=json",
];

/// The main job: 30,000 real accounts and what really happened to them. The file's own totals come back.
#[test]
fn the_dry_run_on_the_real_portfolio_adds_up() {
    let document = json(&CARDS, 0);
    assert_eq!(document["accounts"], 30_000);
    assert_eq!(document["owed"], "129898955.80");
    // Every payment of July to September in the file, to the cent: the page of the portfolio says 50.4 million.
    assert_eq!(document["received"], "50431276.50");
    let outcomes = document["outcomes"].as_object().expect("outcomes");
    let ended: u64 = outcomes.values().filter_map(|outcome| outcome["count"].as_u64()).sum();
    let open = document["open"]["count"].as_u64().expect("open");
    assert_eq!(ended + open, document["entered"].as_u64().expect("entered"));
}

/// The document is what its page says: every field is on the page.
#[test]
fn the_document_of_a_dry_run_is_as_its_page_says() {
    let page = std::fs::read_to_string(cases::root().join("docs/simulate.md")).expect("the page");
    let lima = "portfolios/lima_sample/portfolio.csv";
    let args = [
        "simulate",
        "strategies/mora_temprana.cobro",
        "--portfolio",
        lima,
        "--from",
        "2026-03-02",
        "--format=json",
    ];
    let document = json(&args, 0);
    for field in document.as_object().expect("an object").keys() {
        assert!(page.contains(&format!("`{field}`")), "{field} is not on the page");
    }
}

#[test]
fn a_dry_run_does_not_depend_on_threads() {
    let one = run(&[&CARDS[..], &["--threads", "1"]].concat(), 0);
    assert_eq!(one, run(&[&CARDS[..], &["--threads", "8"]].concat(), 0));
}

#[test]
fn a_seed_makes_the_same_run_and_another_seed_another() {
    let with = |seed: &str| {
        let args = [
            "simulate",
            "strategies/mora_temprana.cobro",
            "--portfolio",
            "portfolios/lima_sample/portfolio.csv",
            "--from",
            "2026-03-02",
            "--behaviour",
            "behaviours/tipica.toml",
            "--format=json",
            "--seed",
            seed,
        ];
        let mut document = json(&args, 0);
        document["seed"] = Value::Null;
        document
    };
    assert_eq!(with("1"), with("1"));
    assert_ne!(with("1"), with("2"));
}

#[test]
fn one_account_can_be_followed() {
    let told = run(&[&CARDS[..6], &["--trace", "T00002"]].concat(), 0);
    assert!(told.lines().next().is_some_and(|line| line.starts_with("2005-07-05 00:00")), "{told}");
    run(&[&CARDS[..6], &["--trace", "nobody"]].concat(), 2);
}

/// What the first page shows must be what the tool does.
#[test]
fn the_strategy_of_the_readme_is_sound() {
    let readme = std::fs::read_to_string(cases::root().join("README.md")).expect("the README");
    let block =
        readme.split("```cobro\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a strategy");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("readme.cobro");
    std::fs::write(&file, block).expect("written");
    let file = file.to_string_lossy();
    assert_eq!(json(&["check", &file, "--format", "json"], 0)["findings"], serde_json::json!([]));
    run(&["fmt", "--check", &file], 0);
    run(&["test", &file], 0);
}

#[test]
fn wrong_use_is_said_in_a_sentence() {
    run(&["check", "no/such/file.cobro"], 2);
    run(&["simulate", "strategies/mora_temprana.cobro"], 2);
    run(&["check", "portfolios/card_debt/ORIGIN.md"], 1);
    run(&["check", "."], 2);
}
