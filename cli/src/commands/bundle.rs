//! `cobro bundle`: a strategy with all that it imports, as one document.

use crate::{output, strategy_file};
use clap::Args;
use cobro_dsl::law::Laws;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

/// Prints a strategy with all that it imports as one JSON document, as the server takes it.
///
/// Example: cobro bundle strategies/mora_temprana.cobro | curl --data-binary @- localhost:8080/v1/strategies
#[derive(Args, Debug)]
pub(crate) struct BundleArgs {
    /// The strategy file
    file: PathBuf,
}

pub(crate) fn run(args: &BundleArgs) -> anyhow::Result<ExitCode> {
    let (compiled, main, files) = strategy_file::with_files(&args.file, &Laws::shipped())?;
    if compiled.has_errors() {
        output::message(&output::findings(&compiled, compiled.lang));
        return Ok(ExitCode::from(output::NO));
    }
    output::document(&json!({ "main": main, "files": files }));
    Ok(ExitCode::SUCCESS)
}
