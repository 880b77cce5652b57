//! Makes one `#[test]` for each case file, so that a difference in one does not hide the next.
//!
//! In: `strategies/` and `tests/cases/`. Out: `cases.rs` in the output folder. Absent: what a test does; that is
//! `src/case.rs`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let tests = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default());
    let root = tests.parent().unwrap_or(&tests).to_owned();
    let mut cases = Vec::new();
    for folder in [root.join("strategies"), tests.join("cases")] {
        println!("cargo::rerun-if-changed={}", folder.display());
        gather(&folder, &mut cases)?;
    }
    let mut paths: Vec<String> = cases
        .iter()
        .filter_map(|case| case.strip_prefix(&root).ok())
        .map(|case| case.to_string_lossy().replace('\\', "/"))
        .collect();
    paths.sort();
    let mut code = String::new();
    for path in &paths {
        let name = path.trim_start_matches("tests/").trim_end_matches(".cobro").replace(['/', '-', '.'], "_");
        let _ = writeln!(code, "#[test]\nfn {name}() {{\n    case::run({path:?});\n}}\n");
    }
    let _ = writeln!(code, "const CASES: &[&str] = &{paths:?};");
    fs::write(PathBuf::from(env::var("OUT_DIR").unwrap_or_default()).join("cases.rs"), code)
}

fn gather(folder: &Path, cases: &mut Vec<PathBuf>) -> io::Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            gather(&path, cases)?;
        } else if path.extension().is_some_and(|end| end == "cobro") && !is_elsewhere(&path) {
            cases.push(path);
        }
    }
    Ok(())
}

/// The files of ten mistakes are told in full by the language's own tests, `dsl/src/tests/recovery.rs`.
fn is_elsewhere(case: &Path) -> bool {
    case.file_stem().is_some_and(|stem| stem.to_string_lossy().starts_with("ten_mistakes"))
}
