//! `cobro fix`: applies the edits that findings carry.

use crate::args::lang;
use crate::{output, strategy_file};
use clap::Args;
use cobro_dsl::diagnostic::Safety;
use cobro_dsl::fix::{Applied, Fixed, Take, fix_project};
use cobro_dsl::law::Laws;
use cobro_dsl::values::Lang;
use std::path::PathBuf;
use std::process::ExitCode;

/// Puts right what can be put right without guessing; with --unsafe also the likely guesses.
///
/// A choice between several readings (`1.200`) is never made: it is shown. Each file is replaced whole or not at all.
///
/// Example: cobro fix --diff my_strategy.cobro
#[derive(Args, Debug)]
pub(crate) struct FixArgs {
    /// Strategy files
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Apply likely guesses too: look at what they did
    #[arg(long = "unsafe")]
    guesses: bool,
    /// Change nothing; exit 1 when there is something to apply
    #[arg(long)]
    check: bool,
    /// Change nothing; show what would change
    #[arg(long)]
    diff: bool,
    /// Language of the report: es, en; without it each file's own
    #[arg(long, value_parser = lang)]
    lang: Option<Lang>,
}

pub(crate) fn run(args: &FixArgs) -> anyhow::Result<ExitCode> {
    let laws = Laws::shipped();
    let take = if args.guesses { Take::Guesses } else { Take::Safe };
    let (mut is_sound, mut would_change) = (true, false);
    for file in &args.files {
        let fixed = strategy_file::with_project(file, |project| fix_project(project, &laws, take))?;
        let lang = args.lang.unwrap_or(fixed.compiled.lang);
        if args.diff {
            fixed.applied.iter().for_each(|applied| output::answer(&hunk(applied)));
        }
        output::answer(&report(&fixed, lang, args.check || args.diff));
        let is_changed = !fixed.applied.is_empty();
        would_change |= is_changed;
        is_sound &= !fixed.compiled.has_errors();
        if is_changed && !args.check && !args.diff {
            super::fmt::replace(file, fixed.compiled.source.own())?;
        }
    }
    Ok(output::yes_or_no(is_sound && !(would_change && (args.check || args.diff))))
}

/// What was done to a file, and what is left to a person.
fn report(fixed: &Fixed, lang: Lang, is_trial: bool) -> String {
    let name = &fixed.compiled.source.name;
    let mut lines: Vec<String> = fixed.applied.iter().map(|applied| one(name, applied, lang)).collect();
    let count = fixed.applied.len();
    lines.push(match (lang, is_trial) {
        (Lang::Es, false) => {
            format!("{name}: {count} {}", if count == 1 { "arreglo aplicado" } else { "arreglos aplicados" })
        }
        (Lang::Es, true) => {
            format!("{name}: {count} {} sin aplicar", if count == 1 { "arreglo" } else { "arreglos" })
        }
        (Lang::En, false) => format!("{name}: {count} {} applied", if count == 1 { "fix" } else { "fixes" }),
        (Lang::En, true) => {
            format!("{name}: {count} {} not applied", if count == 1 { "fix" } else { "fixes" })
        }
    });
    for finding in &fixed.compiled.findings {
        lines.push(output::plain(&fixed.compiled, finding, lang));
    }
    lines.join("\n")
}

fn one(name: &str, applied: &Applied, lang: Lang) -> String {
    let mark =
        if applied.fix.safety == Safety::Safe { "" } else { lang.pick(" (sin certeza)", " (a guess)") };
    let words = applied.fix.words(lang);
    let headline = applied.finding.headline(lang);
    format!("{name}:{} {} {headline}: {words}{mark}", applied.line, applied.finding.problem.code())
}

/// The lines that an edit touches, before and after.
fn hunk(applied: &Applied) -> String {
    let lines = |mark: &str, text: &str| -> String {
        text.trim_matches('\n').lines().map(|line| format!("{mark}{line}\n")).collect()
    };
    let (before, after) = &applied.lines;
    format!("@@ {} @@\n{}{}", applied.line, lines("-", before), lines("+", after))
}
