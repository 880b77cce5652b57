//! The whole strategy, in English and in Spanish, used as an author uses it. Its case holds that it checks, goes from one
//! language to the other and back unchanged, and that its tests go through everything.

use cobro_tests::binary;

const WHOLE: [&str; 2] = ["tests/cases/whole/early_arrears.cobro", "tests/cases/whole/mora_temprana.cobro"];

fn run(args: &[&str], code: i32) -> String {
    let output = binary::run(args).expect("cobro runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {told}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn it_is_sound_in_its_one_form_and_its_tests_cover_everything() {
    for path in WHOLE {
        let told = run(&["check", path, "--format", "json"], 0);
        let told: serde_json::Value = serde_json::from_str(&told).expect("one document");
        assert_eq!((told["findings"].to_string(), told["advice"].to_string()), ("[]".into(), "[]".into()));
        run(&["fmt", "--check", path], 0);
        let told = run(&["test", path, "--coverage", "--lang", "en"], 0);
        assert!(
            told.contains("25 of 25 arrows (100 %), 7 of 7 steps, 20 of 20 handlers, 5 of 5 outcomes"),
            "{told}"
        );
    }
}

#[test]
fn it_plays_on_a_shipped_portfolio_and_keeps_its_guarantees() {
    let portfolio = ["--portfolio", "portfolios/lima_sample/portfolio.csv", "--from", "2026-03-02"];
    let mut played = Vec::new();
    for path in WHOLE {
        let args =
            [&["simulate", path, "--format", "json", "--cost", "whatsapp=0.08"], &portfolio[..]].concat();
        let told: serde_json::Value = serde_json::from_str(&run(&args, 0)).expect("one document");
        assert_eq!(told["breaches"]["accounts"], 0, "{told}");
        assert!(told["contacts"]["by_channel"]["whatsapp"].as_u64().is_some_and(|sent| sent > 40), "{told}");
        played.push((told["entered"].clone(), told["contacts"]["by_channel"].clone()));
    }
    assert_eq!(played[0], played[1], "one strategy in two languages");
}

/// A picture says with signs, not with colours alone, what the tests go through and what not.
#[test]
fn what_tests_go_through_is_drawn() {
    let whole = run(&["graph", WHOLE[1], "--coverage"], 0);
    assert!(whole.contains("las pruebas recorren 25 de 25 flechas") && !whole.contains('✗'), "{whole}");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("untested.cobro");
    let text = std::fs::read_to_string(cobro_tests::cases::root().join(WHOLE[1])).expect("read");
    let text = text.split("# Pruebas.").next().expect("a strategy");
    std::fs::write(&file, text).expect("written");
    let path = file.to_string_lossy().into_owned();
    for (form, sign) in
        [("svg", "✗"), ("dot", "style=dotted"), ("mermaid", "-.->"), ("json", "\"covered\": false")]
    {
        assert!(run(&["graph", &path, "--coverage", "--to", form], 0).contains(sign), "{form}");
    }
}

/// Several strategies in one picture: who calls whom, and where each may end.
#[test]
fn several_strategies_are_drawn_together() {
    let called = "tests/cases/calls/llama_a_otra.cobro";
    for form in ["svg", "dot", "mermaid", "json"] {
        let told = run(&["graph", called, WHOLE[1], "--to", form], 0);
        for word in ["principal", "gestion", "mora_temprana", "primera → aviso", "aviso → segunda"] {
            assert!(told.contains(word), "{form}: {word}\n{told}");
        }
    }
    run(&["graph", called, WHOLE[1], "--coverage"], 2);
    run(&["graph", called, WHOLE[1], "--strategy", "nobody"], 2);
    run(&["graph", called, WHOLE[1], "--strategy", "principal"], 0);
}
