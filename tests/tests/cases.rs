//! Ring 2: every case file, one test each.

use cobro_tests::cases::root;
use cobro_tests::{case, coverage};
use std::path::Path;

include!(concat!(env!("OUT_DIR"), "/cases.rs"));

/// Which kinds of input meet which kinds of statement, and who takes them, over all cases.
#[test]
fn what_the_cases_cover() {
    case::snapshot("tests/cases/coverage", &coverage::table(CASES));
}

#[test]
fn no_snapshot_is_left_without_its_case() {
    let mut folders = vec![root().join("strategies"), root().join("tests/cases")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of cases") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "snap") && !path.ends_with("coverage.snap") {
                assert!(Path::new(&path).with_extension("cobro").exists(), "{} has no case", path.display());
            }
        }
    }
}

#[test]
fn the_shipped_behaviours_can_be_read() {
    for entry in std::fs::read_dir(root().join("behaviours")).expect("the folder of behaviours") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a behaviour file");
        if let Err(error) = cobro_engine::behaviour::Behaviour::parse(&text) {
            panic!("{}: {error}", path.display());
        }
    }
}
