//! `cobro read`: a strategy in plain sentences, with the calendar of a sample debtor.

use crate::args::lang;
use crate::{output, strategy_file};
use chrono::NaiveDate;
use clap::Args;
use cobro_dsl::law::Laws;
use cobro_dsl::program::Program;
use cobro_dsl::read::{Chapter, read};
use cobro_dsl::values::Lang;
use cobro_engine::advance::Context;
use cobro_engine::gate::Law;
use cobro_engine::sample::{Conduct, Sample, play};
use cobro_engine::trace;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Tells a strategy in plain sentences, each with its line, and the calendar of a sample debtor.
///
/// Example: cobro read strategies/mora_temprana.cobro --lang es
#[derive(Args, Debug)]
pub(crate) struct ReadArgs {
    /// The strategy file
    file: PathBuf,
    /// The strategy's name, when the file has several; without it all are told
    #[arg(long)]
    strategy: Option<String>,
    /// Language of the sentences: es, en; without it the file's own
    #[arg(long, value_parser = lang)]
    lang: Option<Lang>,
    /// The day on which the sample debtor enters
    #[arg(long, value_name = "DATE", default_value = "2026-03-02")]
    from: NaiveDate,
}

pub(crate) fn run(args: &ReadArgs) -> anyhow::Result<ExitCode> {
    let laws = Laws::shipped();
    let compiled = strategy_file::compile(&args.file, &laws)?;
    let Some(first) = strategy_file::runnable(&compiled, args.strategy.as_deref())? else {
        return Ok(ExitCode::from(output::NO));
    };
    let lang = args.lang.unwrap_or(compiled.lang);
    let one = [first];
    let all: Vec<&Program> = compiled.programs.iter().collect();
    let programs = if args.strategy.is_some() { &one[..] } else { &all[..] };
    let told: Vec<String> = programs
        .iter()
        .map(|program| tell(program, &strategy_file::law(program, &laws), lang, args.from))
        .collect();
    output::answer(&told.join("\n\n"));
    Ok(ExitCode::SUCCESS)
}

fn tell(program: &Program, law: &Law, lang: Lang, from: NaiveDate) -> String {
    let mut out = format!("# {}\n\n", program.title);
    let _ = match lang {
        Lang::Es => writeln!(
            out,
            "Estrategia `{}`, versión {}. Las cifras entre corchetes son las líneas del texto.",
            program.name, program.version
        ),
        Lang::En => writeln!(
            out,
            "Strategy `{}`, version {}. Figures in brackets are lines of the text.",
            program.name, program.version
        ),
    };
    for chapter in read(program, lang) {
        write_chapter(&mut out, &chapter);
    }
    calendars(&mut out, program, law, lang, from);
    out
}

fn write_chapter(out: &mut String, chapter: &Chapter) {
    let _ = writeln!(out, "\n## {}\n", chapter.title);
    for sentence in &chapter.sentences {
        let indent = "  ".repeat(sentence.depth);
        let line = if sentence.line == 0 { String::new() } else { format!(" [{}]", sentence.line) };
        let _ = writeln!(out, "{indent}- {}{line}", sentence.text);
    }
}

/// What becomes of a debtor who stays silent, and of one who pays: runs of the engine itself.
fn calendars(out: &mut String, program: &Program, law: &Law, lang: Lang, from: NaiveDate) {
    let context = Context { program, law };
    let Some(start) = from.and_hms_opt(9, 0, 0) else { return };
    let conducts = [
        (
            Conduct::Silent,
            lang.pick(
                "Calendario de quien no responde ni paga",
                "Calendar of a debtor who neither answers nor pays",
            ),
        ),
        (
            Conduct::PaysAfter(5),
            lang.pick(
                "Calendario de quien paga a los cinco días",
                "Calendar of a debtor who pays after five days",
            ),
        ),
    ];
    for (conduct, title) in conducts {
        let _ = writeln!(out, "\n## {title}\n");
        let Some(sample) = play(context, start, conduct) else {
            let none = lang.pick(
                "Ninguna cuenta de ejemplo entra: hacen falta datos propios. Use `cobro test` o `cobro simulate`.",
                "No sample account enters: facts of your own are needed. Use `cobro test` or `cobro simulate`.",
            );
            let _ = writeln!(out, "{none}");
            continue;
        };
        let (owed, due_on) = (cobro_dsl::graph::words::money(sample.owed), sample.due_on);
        let _ = match lang {
            Lang::Es => writeln!(out, "Debe {owed} con vencimiento {due_on}.\n"),
            Lang::En => writeln!(out, "Owes {owed}, due {due_on}.\n"),
        };
        write_days(out, program, lang, &sample);
    }
}

fn write_days(out: &mut String, program: &Program, lang: Lang, sample: &Sample) {
    // The diary is told in the language that was asked for, whatever the strategy's own.
    let told = Program { lang, ..program.clone() };
    for row in &sample.rows {
        let _ = writeln!(out, "    {}", trace::line(&told, program.zone, row));
    }
}
