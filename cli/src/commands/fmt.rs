//! `cobro fmt`: the one way a strategy is written.

use crate::args::lang;
use crate::{output, strategy_file};
use clap::Args;
use cobro_dsl::format::{Refusal, format};
use cobro_dsl::law::Laws;
use cobro_dsl::values::Lang;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Writes strategies in their one form, comments kept; with --lang in the other language's keywords.
///
/// Example: cobro fmt --check strategies/*.cobro
#[derive(Args, Debug)]
pub(crate) struct FmtArgs {
    /// Strategy files
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Change nothing; exit 1 when a file is not in its form
    #[arg(long)]
    check: bool,
    /// Print instead of writing the file
    #[arg(long)]
    stdout: bool,
    /// Write the keywords of this language: es, en
    #[arg(long, value_parser = lang)]
    lang: Option<Lang>,
}

pub(crate) fn run(args: &FmtArgs) -> anyhow::Result<ExitCode> {
    let mut all_well = true;
    for file in &args.files {
        let text = strategy_file::text(file)?;
        let formatted = match format(&text, args.lang) {
            Ok(formatted) => formatted,
            Err(Refusal::HasMistakes) => {
                let compiled = strategy_file::compile(file, &Laws::shipped())?;
                output::message(&output::findings(&compiled, compiled.lang));
                all_well = false;
                continue;
            }
            Err(Refusal::WouldChangeMeaning) => anyhow::bail!(
                "{}: the formatted text would not mean the same; the file was left as it is, please report it",
                file.display()
            ),
        };
        if args.stdout {
            output::answer(&formatted);
        } else if args.check {
            if formatted != text {
                output::answer(&file.display().to_string());
                all_well = false;
            }
        } else if formatted != text {
            replace(file, &formatted)?;
            output::message(&file.display().to_string());
        }
    }
    Ok(output::yes_or_no(all_well))
}

/// Puts the text in the file's place.
pub(crate) fn replace(file: &Path, text: &str) -> anyhow::Result<()> {
    output::replace(file, text).map_err(|error| {
        let (es, en) = (output::io(&error, Lang::Es), output::io(&error, Lang::En));
        anyhow::anyhow!("{}: {}", file.display(), if es == en { es } else { format!("{es} / {en}") })
    })
}
