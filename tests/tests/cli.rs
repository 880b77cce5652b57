//! The binary as a user meets it: answers on stdout, messages on stderr, exit codes.

use cobro_tests::law_chance::Dice;
use cobro_tests::{binary, cases};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
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

/// What happens to each account, sorted: a dry-run of a portfolio with a model that draws.
fn events_of(portfolio: &Path, rest: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let (out, file) = (folder.path().join("events.csv"), portfolio.to_string_lossy());
    let out = out.to_string_lossy();
    let args = ["simulate", "strategies/mora_temprana.cobro", "--portfolio", &*file, "--from", "2026-03-02"];
    let model = ["--behaviour", "behaviours/tipica.toml", "--events", &*out];
    run(&[&args[..], &model[..], rest].concat(), 0);
    let text = std::fs::read_to_string(folder.path().join("events.csv")).expect("the events");
    assert!(text.starts_with("account,at,event,told,data\n"), "{text:.100}");
    let mut lines: Vec<String> = text.lines().skip(1).map(str::to_owned).collect();
    lines.sort();
    lines
}

// Customers of the sample have several accounts, which share limits: who is asked first must not hang on a row's place.
#[test]
fn an_account_s_fate_hangs_on_nothing_but_its_customer_and_the_seed() {
    let sample = cases::root().join("portfolios/lima_sample/portfolio.csv");
    let told = events_of(&sample, &["--threads", "1"]);
    assert!(told.len() > 500, "{}", told.len());
    for threads in ["2", "8"] {
        assert_eq!(events_of(&sample, &["--threads", threads]), told);
    }
    assert_ne!(events_of(&sample, &["--seed", "2"]), told);
    let text = std::fs::read_to_string(&sample).expect("the sample");
    let (head, rows) = text.split_once('\n').expect("a header");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("portfolio.csv");
    let write = |rows: &[&str]| {
        std::fs::write(&file, format!("{head}\n{}\n", rows.join("\n"))).expect("a file");
        events_of(&file, &[])
    };
    let rows: Vec<&str> = rows.lines().collect();
    let mut dice = Dice::new(7);
    for _ in 0..3 {
        let mut shuffled = rows.clone();
        for at in (1..shuffled.len()).rev() {
            shuffled.swap(at, dice.below(at as u64 + 1) as usize);
        }
        assert_eq!(write(&shuffled), told);
    }
    // Half of the customers, alone: the same happens to them.
    let customer = |row: &str| row.split(',').next().unwrap_or_default().to_owned();
    let account = |row: &str| row.split(',').nth(1).unwrap_or_default().to_owned();
    let is_one = |row: &&str| customer(row).bytes().last().is_some_and(|last| last % 2 == 0);
    let half: Vec<&str> = rows.iter().copied().filter(is_one).collect();
    let accounts: BTreeSet<String> = half.iter().map(|row| account(row)).collect();
    let own: Vec<String> = told
        .into_iter()
        .filter(|line| line.split(',').next().is_some_and(|it| accounts.contains(it)))
        .collect();
    assert!(own.len() > 100);
    assert_eq!(write(&half), own);
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

/// A bundle holds a strategy with all that it imports, and what lies outside its folder is not read, link or not.
#[cfg(unix)]
#[test]
fn files_that_import_others() {
    let bundle = json(&["bundle", "tests/cases/imports/comparte_reglas.cobro"], 0);
    let files: Vec<&String> = bundle["files"].as_object().expect("files").keys().collect();
    assert_eq!(files, ["comparte_reglas.cobro", "comunes/plantillas.cobro", "comunes/reglas.cobro"]);
    let dir = tempfile::tempdir().expect("a folder");
    let secret = dir.path().join("secret.cobro");
    std::fs::write(&secret, "# secret").expect("written");
    let project = dir.path().join("project");
    std::fs::create_dir(&project).expect("a folder");
    std::os::unix::fs::symlink(&secret, project.join("link.cobro")).expect("a link");
    let main = project.join("main.cobro");
    let codes = |imported: &str| {
        std::fs::write(&main, format!("import \"{imported}\"\n")).expect("written");
        let found = json(&["check", &main.to_string_lossy(), "--format", "json"], 1);
        found["findings"][0]["code"].as_str().map(str::to_owned)
    };
    assert_eq!(codes("link.cobro").as_deref(), Some("C0904"));
    assert_eq!(codes("../secret.cobro").as_deref(), Some("C0905"));
    std::fs::write(dir.path().join("cobro.toml"), "").expect("written");
    std::fs::write(&main, "import \"../secret.cobro\"\n").expect("written");
    run(&["check", &main.to_string_lossy()], 0);
}

/// Parameters take other values from outside, within their range.
#[test]
fn parameters_are_set_from_outside() {
    let file = "tests/cases/parameters/todo_lo_que_se_ajusta.cobro";
    let version = |args: &[&str]| {
        let document = json(&[&["check", file, "--format", "json"], args].concat(), 0);
        (document["strategies"][0]["version"].clone(), document["parameters"][0]["value"].clone())
    };
    let plain = version(&[]);
    assert_eq!(version(&["--set", "primera_espera=3 days"]), plain);
    let other = version(&["--set", "primera_espera=5 días"]);
    assert_ne!(other.0, plain.0);
    assert_eq!(other.1, "5 días");
    run(&["check", file, "--set", "primera_espera=11 días"], 1);
    run(&["check", file, "--set", "primera_espera=mucho"], 2);
    run(&["check", file, "--set", "nadie=1 día"], 2);
}

/// At its exact bound a guarantee is kept; a hair beyond it is broken, and the run is told day by day.
#[test]
fn a_broken_guarantee_fails_the_test() {
    let file = "tests/cases/guarantees/se_cumplen.cobro";
    run(&["test", file, "--cost", "whatsapp=0.08"], 0);
    let told = run(&["test", file, "--cost", "whatsapp=0.0801"], 1);
    assert!(told.contains("garantía rota el 2026-03-23 09:00: costo por cuenta <= 0.24 PEN"), "{told}");
    let folder = tempfile::tempdir().expect("a folder");
    let text = std::fs::read_to_string(cases::root().join(file)).expect("the case");
    for (kept, broken) in [("máximo 3 en 30", "máximo 2 en 30"), ("termina en 21 días", "termina en 20 días")]
    {
        let copy = folder.path().join("copy.cobro");
        std::fs::write(&copy, text.replace(kept, broken)).expect("written");
        assert!(run(&["test", &copy.to_string_lossy()], 1).contains(broken), "{broken}");
    }
}

/// A dry-run of a strategy that breaks its own guarantee says how many accounts did and how, and answers no; of two
/// strategies none is taken for the author, and no strategy is no success.
#[test]
fn a_dry_run_holds_guarantees_and_asks_which_strategy() {
    let folder = tempfile::tempdir().expect("a folder");
    let text =
        std::fs::read_to_string(cases::root().join("strategies/mora_temprana.cobro")).expect("a strategy");
    let at = text.find("  siempre {").expect("always");
    let promising = format!("{}  garantía {{\n    termina en 1 día\n  }}\n\n{}", &text[..at], &text[at..]);
    let file = folder.path().join("a.cobro");
    let file = file.to_string_lossy();
    let args = [
        "simulate",
        &file,
        "--portfolio",
        "portfolios/lima_sample/portfolio.csv",
        "--from",
        "2026-03-02",
        "--days",
        "20",
    ];
    std::fs::write(&*file, &promising).expect("written");
    let document = json(&[&args[..], &["--format", "json"]].concat(), 1);
    assert!(document["breaches"]["accounts"].as_u64() > Some(0), "{}", document["breaches"]);
    assert_eq!(document["breaches"]["stories"].as_array().map(Vec::len), Some(3));
    let other = &promising[promising.find("estrategia ").expect("a strategy")..];
    let end = other.find("\n}\n").expect("its end") + 3;
    let second = other[..end].replacen("estrategia mora_temprana", "estrategia otra", 1);
    std::fs::write(&*file, format!("{promising}\n{second}")).expect("written");
    run(&args, 2);
    run(&[&args[..], &["--strategy", "otra"]].concat(), 1);
    std::fs::write(&*file, "# nada\n").expect("written");
    run(&args, 2);
    run(&["test", &file], 2);
}
