//! The tools of an author: fix, explain, and findings in three forms.

use cobro_tests::{binary, cases};
use std::path::{Path, PathBuf};

fn run(args: &[&str], code: i32) -> String {
    let output = binary::run(args).expect("cobro runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let answer = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {told}{answer}");
    assert!(!told.contains("panicked"), "{told}");
    answer + &told
}

const TEN: &str = "tests/cases/known_bad/ten_mistakes_es.cobro";

fn copy(folder: &Path) -> PathBuf {
    let file = folder.join("ten.cobro");
    std::fs::copy(cases::root().join(TEN), &file).expect("copied");
    file
}

#[test]
fn fix_applies_what_is_safe_and_says_what_is_left() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = copy(folder.path());
    let before = std::fs::read_to_string(&file).expect("read");
    let path = file.to_string_lossy().into_owned();
    for trial in ["--check", "--diff"] {
        let told = run(&["fix", trial, &path], 1);
        assert!(told.contains("sin aplicar"), "{told}");
        assert_eq!(std::fs::read_to_string(&file).expect("read"), before, "{trial} changes nothing");
    }
    let told = run(&["fix", &path], 1);
    assert!(told.contains("C0107") && told.contains("C0105"), "{told}");
    let safe = std::fs::read_to_string(&file).expect("read");
    assert!(safe.contains("1.200"), "a choice is left to a person");
    run(&["fix", "--unsafe", &path], 1);
    let guessed = std::fs::read_to_string(&file).expect("read");
    assert!(guessed != safe && guessed.contains("1.200"), "{guessed}");
    // Once more: nothing is left to do.
    let told = run(&["fix", "--unsafe", &path], 1);
    assert!(told.contains("0 arreglos"), "{told}");
}

#[cfg(unix)]
#[test]
fn a_file_is_replaced_whole_or_not_at_all() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let file = copy(folder.path());
    let link = folder.path().join("link.cobro");
    std::os::unix::fs::symlink(&file, &link).expect("linked");
    run(&["fix", &link.to_string_lossy()], 1);
    assert!(std::fs::symlink_metadata(&link).expect("there").is_symlink(), "a link stays a link");
    assert!(!std::fs::read_to_string(&file).expect("read").contains("send "), "what it points to is fixed");
    let names: Vec<_> = std::fs::read_dir(folder.path()).expect("listed").collect();
    assert_eq!(names.len(), 2, "nothing is left beside");
    assert_eq!(
        file.metadata().expect("there").permissions().mode() & 0o777,
        0o644 & file.metadata().expect("there").permissions().mode()
    );
    run(&["fix", &folder.path().to_string_lossy()], 2);
    let locked = folder.path().join("locked.cobro");
    std::fs::copy(cases::root().join(TEN), &locked).expect("copied");
    let before = std::fs::read(&locked).expect("read");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o444)).expect("locked");
    run(&["fix", &locked.to_string_lossy()], 2);
    assert_eq!(std::fs::read(&locked).expect("read"), before, "a read-only file is left alone");
    let bytes = folder.path().join("bytes.cobro");
    std::fs::write(&bytes, [0xff, 0xfe, 0x00]).expect("written");
    run(&["fix", &bytes.to_string_lossy()], 2);
    assert_eq!(std::fs::read(&bytes).expect("read"), [0xff, 0xfe, 0x00]);
}

#[test]
fn every_code_is_explained_in_each_language() {
    let list = run(&["explain"], 0);
    for (code, name) in cobro_dsl::problems::ALL {
        assert!(list.contains(&format!("{code}  {name}")), "{code}");
        let (es, en) =
            (run(&["explain", code, "--lang", "es"], 0), run(&["explain", name, "--lang", "en"], 0));
        assert!(es.contains("\nMal:") && en.contains("\nRight:") && es != en, "{es}{en}");
        assert!(run(&["explain", code], 0).contains("Mal · Wrong:"));
    }
    let told = run(&["explain", "C0O105", "--lang", "es"], 2);
    assert!(told.contains("¿quiso decir `C0105`?"), "{told}");
    assert!(run(&["explain", "ambiguous-nunber"], 2).contains("did you mean `ambiguous-number`?"));
}

/// Plain sentences: one line for each finding, without drawings, that says all that the drawn form says.
#[test]
fn findings_are_told_in_plain_sentences() {
    for lang in ["es", "en"] {
        let told = run(&["check", TEN, "--format", "text", "--lang", lang], 1);
        assert_eq!(told.lines().count(), 11, "{told}");
        assert!(told.chars().all(|c| !('\u{2500}'..='\u{257f}').contains(&c)), "{told}");
        insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("ten_mistakes_plain_{lang}"), told);
        });
    }
}

/// A project checks, tests and simulates at once, in each language and for each country.
#[test]
fn a_new_project_works_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    for lang in ["es", "en"] {
        for country in cobro_dsl::countries::COUNTRIES {
            let project = folder.path().join(format!("{lang}_{}", country.code));
            let path = project.to_string_lossy().into_owned();
            run(&["new", &path, "--lang", lang, "--country", country.code], 0);
            let name = format!("{lang}_{}", country.code.to_lowercase());
            let strategy = project.join(format!("{name}.cobro")).to_string_lossy().into_owned();
            let told = run(&["check", &strategy, "--lang", "en"], 0);
            assert!(told.contains("0 errors, 0 warnings\n"), "{country:?}: {told}");
            run(&["fmt", "--check", &strategy], 0);
            run(&["test", &strategy], 0);
            let portfolio = project.join(if lang == "es" { "cartera.csv" } else { "portfolio.csv" });
            let portfolio = portfolio.to_string_lossy().into_owned();
            let args = [
                "simulate",
                &strategy,
                "--portfolio",
                &portfolio,
                "--from",
                "2026-03-02",
                "--format",
                "json",
            ];
            assert!(run(&args, 0).contains("\"accounts\": 6"), "{country:?}");
        }
    }
    let path = folder.path().join("es_PE").to_string_lossy().into_owned();
    assert!(run(&["new", &path], 2).contains("ya existe"));
    let elsewhere = folder.path().join("x").to_string_lossy().into_owned();
    assert!(run(&["new", &elsewhere, "--country", "XX"], 2).contains("PE"));
    assert!(!folder.path().join("x").exists());
}

/// What a risk committee signs: the shipped strategies in sentences, in both languages.
#[test]
fn strategies_are_told_in_sentences() {
    for (path, _) in cases::strategy_files().into_iter().filter(|(path, _)| path.starts_with("strategies/")) {
        for lang in ["es", "en"] {
            let told = run(&["read", &path, "--lang", lang], 0);
            let name = path.trim_start_matches("strategies/").trim_end_matches(".cobro").to_owned();
            insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!(format!("read_{name}_{lang}"), told);
            });
        }
    }
}
