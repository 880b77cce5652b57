//! `cobro check`: every finding about some strategy files.

use crate::args::{Findings, SetArgs, lang};
use crate::{output, strategy_file};
use clap::Args;
use cobro_dsl::law::Laws;
use cobro_dsl::values::Lang;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

/// Checks strategies and says what is wrong, why, and what to do.
///
/// Example: cobro check strategies/mora_temprana.cobro
#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// Strategy files
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    set: SetArgs,
    /// Language of the findings: es, en; without it each file's own
    #[arg(long, value_parser = lang)]
    lang: Option<Lang>,
    /// Drawn for people, plain sentences, or one JSON document
    #[arg(long, value_enum, default_value_t = Findings::People)]
    format: Findings,
}

pub(crate) fn run(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let laws = Laws::shipped();
    let compile = |file: &PathBuf| strategy_file::compile_with(file, &laws, &args.set.values);
    let files: Vec<_> = args.files.iter().map(compile).collect::<Result<_, _>>()?;
    strategy_file::all_are_known(&files, &args.set.values)?;
    let is_sound = files.iter().all(|file| !file.has_errors());
    match args.format {
        Findings::People => {
            for file in files.iter().filter(|file| !file.findings.is_empty() || !file.advice.is_empty()) {
                output::answer(&output::findings(file, args.lang.unwrap_or(file.lang)));
                output::answer("");
            }
            let lang = args.lang.or_else(|| files.first().map(|file| file.lang)).unwrap_or(Lang::Es);
            output::answer(&output::count(&files, lang));
        }
        Findings::Text => {
            for file in &files {
                for finding in file.findings.iter().chain(&file.advice) {
                    output::answer(&output::plain(file, finding, args.lang.unwrap_or(file.lang)));
                }
            }
            let lang = args.lang.or_else(|| files.first().map(|file| file.lang)).unwrap_or(Lang::Es);
            output::answer(&output::count(&files, lang));
        }
        Findings::Json => {
            let findings: Vec<_> = files
                .iter()
                .flat_map(|file| file.findings.iter().map(|finding| output::finding_json(file, finding)))
                .collect();
            let advice: Vec<_> = files
                .iter()
                .flat_map(|file| file.advice.iter().map(|finding| output::finding_json(file, finding)))
                .collect();
            let strategies: Vec<_> = files
                .iter()
                .flat_map(|file| &file.programs)
                .map(|program| {
                    json!({ "name": program.name, "version": program.version.to_string(),
                                       "file": program.origin.file, "steps": program.steps.len() })
                })
                .collect();
            let parameters: Vec<_> = files.iter().flat_map(strategy_file::parameters_json).collect();
            output::document(&json!({
                "ok": is_sound, "strategies": strategies, "parameters": parameters, "findings": findings, "advice": advice
            }));
        }
    }
    Ok(output::yes_or_no(is_sound))
}
