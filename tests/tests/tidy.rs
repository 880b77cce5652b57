//! Walls and documents, held by a test: who may name which crate, that paths in documents exist, that every code
//! has its page, that files stay short.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the workspace").to_owned()
}

fn files(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                let text = std::fs::read_to_string(&path).expect("a text file");
                found.push((path.strip_prefix(root()).expect("below the root").to_owned(), text));
            }
        }
    }
    found.sort();
    found
}

/// Files that name a crate in code, with the start of the paths that may.
fn only_in(folders: &[&str], word: &str, allowed: &[&str]) {
    let names = |text: &str| {
        text.lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .any(|line| line.contains(&format!("{word}::")) || line.contains(&format!("use {word};")))
    };
    for folder in folders {
        for (path, text) in files(folder, ".rs") {
            let path = path.to_string_lossy().into_owned();
            let may = allowed.iter().any(|allowed| path.starts_with(allowed));
            assert!(may || !names(&text), "{path} names {word}; only {allowed:?} may");
        }
    }
}

const ALL: &[&str] = &["dsl/src", "engine/src", "store/src", "server/src", "cli/src"];

#[test]
fn only_the_parser_names_pest() {
    only_in(ALL, "pest", &["dsl/src/parse.rs"]);
}

#[test]
fn only_the_store_names_sqlx() {
    only_in(ALL, "sqlx", &["store/src"]);
}

#[test]
fn only_the_server_names_the_web_framework() {
    only_in(ALL, "axum", &["server/src"]);
}

#[test]
fn the_pure_crates_import_nothing_from_the_outside() {
    only_in(&["dsl/src"], "cobro_engine", &[]);
    only_in(&["dsl/src", "engine/src"], "cobro_store", &[]);
    only_in(&["dsl/src", "engine/src"], "tokio", &[]);
    for (path, text) in files("engine/src", ".rs") {
        for wall in ["cobro_dsl::ast", "cobro_dsl::parse", "cobro_dsl::check"] {
            assert!(!text.contains(wall), "{} reaches over the wall to {wall}", path.display());
        }
    }
}

#[test]
fn the_pure_crates_have_no_runtime_database_or_network_in_their_tree() {
    for package in ["cobro-dsl", "cobro-engine"] {
        let tree = Command::new(env!("CARGO"))
            .args([
                "tree",
                "--package",
                package,
                "--edges",
                "normal",
                "--prefix",
                "none",
                "--offline",
                "--locked",
            ])
            .current_dir(root())
            .output()
            .expect("cargo runs");
        assert!(tree.status.success(), "cargo tree: {}", String::from_utf8_lossy(&tree.stderr));
        let tree = String::from_utf8_lossy(&tree.stdout).into_owned();
        for outside in ["tokio ", "sqlx", "axum ", "reqwest ", "hyper "] {
            assert!(!tree.lines().any(|line| line.starts_with(outside)), "{package} depends on {outside}");
        }
    }
}

#[test]
fn serde_is_derived_in_wire_modules_only() {
    for folder in ["dsl/src", "engine/src"] {
        for (path, text) in files(folder, ".rs") {
            let name = path.to_string_lossy().into_owned();
            let is_wire = name.contains("wire");
            // An instant is written as a number wherever it is written, and gate rules are history rows.
            let is_plain_value =
                name.ends_with("engine/src/calendar.rs") || name.ends_with("engine/src/gate.rs");
            let derives = text.contains("Serialize") || text.contains("Deserialize");
            assert!(is_wire || is_plain_value || !derives, "{name} derives serde outside a wire module");
        }
    }
}

#[test]
fn nothing_is_ignored_or_left_for_later() {
    for folder in ["dsl", "engine", "store", "server", "cli", "tests/src", "tests/tests"] {
        for (path, text) in files(folder, ".rs") {
            let words = [concat!("#[ig", "nore"), concat!("to", "do!("), concat!("unimpl", "emented!(")];
            for word in words {
                assert!(!text.contains(word), "{} has {word}", path.display());
            }
        }
    }
}

#[test]
fn files_stay_short() {
    for folder in ALL {
        for (path, text) in files(folder, ".rs") {
            let lines = text.lines().count();
            assert!(
                lines <= 800,
                "{} has {lines} lines: look for the two questions it answers",
                path.display()
            );
        }
    }
}

#[test]
fn every_code_has_its_page_and_every_page_its_code() {
    let codes: BTreeSet<String> =
        cobro_dsl::problems::ALL.iter().map(|(code, _)| (*code).to_owned()).collect();
    let stem =
        |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let pages: BTreeSet<String> = files("docs/codes", ".md").iter().map(|(path, _)| stem(path)).collect();
    let pages: BTreeSet<String> = pages.into_iter().filter(|page| page.starts_with('C')).collect();
    assert_eq!(codes, pages);
}

#[test]
fn paths_in_the_documents_exist() {
    for document in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = std::fs::read_to_string(root().join(document)).expect("the document is there");
        for path in paths(&text) {
            assert!(root().join(&path).exists(), "{document} names {path}, which does not exist");
        }
    }
}

/// Words in backticks or link targets that look like paths of the repository.
fn paths(text: &str) -> Vec<String> {
    let in_code: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
    let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let tops = [
        "dsl/",
        "engine/",
        "store/",
        "server/",
        "cli/",
        "tests/",
        "docs/",
        "laws/",
        "strategies/",
        "portfolios/",
        "migrations/",
        "behaviours/",
    ];
    in_code
        .into_iter()
        .chain(links)
        .flat_map(str::split_whitespace)
        .map(|word| word.trim_end_matches(['.', ',', ';']))
        .filter(|word| tops.iter().any(|top| word.starts_with(top)) && !word.contains(['*', '{', '<']))
        .map(str::to_owned)
        .collect()
}

#[test]
fn both_databases_have_the_same_files() {
    let names = |folder: &str| -> BTreeSet<PathBuf> {
        let name = |path: &Path| path.file_name().map(PathBuf::from).unwrap_or_default();
        files(folder, ".rs")
            .iter()
            .map(|(path, _)| name(path))
            .filter(|name| name != Path::new("plans.rs"))
            .collect()
    };
    assert_eq!(names("store/src/sqlite"), names("store/src/postgres"));
}

#[test]
fn migrations_have_the_same_names_for_every_database() {
    let names = |folder: &str| -> BTreeSet<String> {
        let stem = |path: &Path| {
            path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
        };
        files(folder, ".sql").iter().map(|(path, _)| stem(path)).collect()
    };
    let sqlite = names("migrations/sqlite");
    assert!(!sqlite.is_empty(), "there are migrations");
    assert_eq!(sqlite, names("migrations/postgres"));
}
