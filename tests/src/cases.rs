//! The strategies that are cases: those that ship, and those written to show one thing.

use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_owned()
}

/// Every strategy file that must be sound: path from the root, and text; in the order of the paths.
pub fn strategy_files() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![root().join("strategies"), root().join("tests/cases")];
    while let Some(folder) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() && !path.ends_with("known_bad") {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "cobro") {
                let name = path.strip_prefix(root()).unwrap_or(&path).to_string_lossy().into_owned();
                found.extend(std::fs::read_to_string(&path).ok().map(|text| (name, text)));
            }
        }
    }
    found.sort();
    found
}
