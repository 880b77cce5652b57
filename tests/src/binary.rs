//! The real binary, as a user runs it.

use std::path::PathBuf;
use std::process::{Command, Output};

/// The binary `cobro`, built if it is not there yet. It lies beside the test's own folder.
pub fn path() -> anyhow::Result<PathBuf> {
    let test = std::env::current_exe()?;
    let folder = test.parent().and_then(|deps| deps.parent()).map(PathBuf::from).unwrap_or_default();
    let binary = folder.join(format!("cobro{}", std::env::consts::EXE_SUFFIX));
    if !binary.exists() {
        let status =
            Command::new(env!("CARGO")).args(["build", "--package", "cobro", "--locked"]).status()?;
        anyhow::ensure!(status.success() && binary.exists(), "cobro did not build");
    }
    Ok(binary)
}

/// Runs it from the root of the repository and waits for its end.
pub fn run(args: &[&str]) -> anyhow::Result<Output> {
    Ok(Command::new(path()?).args(args).current_dir(crate::cases::root()).output()?)
}
