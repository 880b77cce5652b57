//! `cobro graph`: a strategy drawn, or several together.

use crate::{output, strategy_file};
use clap::{Args, ValueEnum};
use cobro_dsl::Compiled;
use cobro_dsl::graph::{dot, mermaid, svg, together, view::View, wire};
use cobro_dsl::law::Laws;
use cobro_dsl::program::Program;
use cobro_dsl::program::coverage::Coverage;
use cobro_engine::advance::Context;
use cobro_engine::testing;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

/// Draws a strategy: its steps, what they do, and on what condition an account goes where. Of several strategies it draws
/// which goes on with which.
///
/// Example: cobro graph strategies/mora_temprana.cobro --coverage --out mora.svg
#[derive(Args, Debug)]
pub(crate) struct GraphArgs {
    /// Strategy files
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// One strategy, by its name, of those in the files
    #[arg(long)]
    strategy: Option<String>,
    /// Run the file's tests, and mark what they go through and what not; of one strategy
    #[arg(long)]
    coverage: bool,
    /// What to draw
    #[arg(long, value_enum, default_value_t = Form::Svg)]
    to: Form,
    /// Write here instead of printing
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Form {
    /// A picture for people, in one file.
    Svg,
    /// Graphviz.
    Dot,
    /// Mermaid.
    Mermaid,
    /// Data.
    Json,
}

pub(crate) fn run(args: &GraphArgs) -> anyhow::Result<ExitCode> {
    let laws = Laws::shipped();
    let mut files = Vec::new();
    for file in &args.files {
        let compiled = strategy_file::compile(file, &laws)?;
        if compiled.has_errors() {
            output::message(&output::findings(&compiled, compiled.lang));
            return Ok(ExitCode::from(output::NO));
        }
        if compiled.programs.is_empty() {
            anyhow::bail!("{}", strategy_file::no_strategy(&compiled, None));
        }
        files.push(compiled);
    }
    let all =
        files.iter().flat_map(|compiled| compiled.programs.iter().map(move |program| (compiled, program)));
    let is_wanted = |program: &Program| args.strategy.as_ref().is_none_or(|wanted| program.name == *wanted);
    let wanted: Vec<(&Compiled, &Program)> = all.filter(|(_, program)| is_wanted(program)).collect();
    let view = match wanted.as_slice() {
        [] => match files.first() {
            Some(compiled) => {
                anyhow::bail!("{}", strategy_file::no_strategy(compiled, args.strategy.as_deref()))
            }
            None => return Ok(ExitCode::from(output::NO)),
        },
        [(compiled, program)] if args.coverage => {
            View::of(program).covered(&covered(compiled, program, &laws))
        }
        [(_, program)] => View::of(program),
        [(compiled, _), ..] if args.coverage => anyhow::bail!(
            "{}",
            compiled.lang.pick(
                "la cobertura se dibuja de una sola estrategia; elija con --strategy",
                "coverage is drawn of one strategy; choose with --strategy",
            )
        ),
        several => together::view(&several.iter().map(|(_, program)| *program).collect::<Vec<_>>()),
    };
    let drawn = match args.to {
        Form::Svg => svg::draw(&view, &BTreeMap::new()),
        Form::Dot => dot::draw(&view),
        Form::Mermaid => mermaid::draw(&view),
        Form::Json => serde_json::to_string_pretty(&wire::Graph::of(&view, &BTreeMap::new()))?,
    };
    match &args.out {
        Some(file) => super::fmt::replace(file, &drawn)?,
        None => output::answer(&drawn),
    }
    Ok(ExitCode::SUCCESS)
}

/// What the tests of a strategy go through.
fn covered(compiled: &Compiled, program: &Program, laws: &Laws) -> Coverage {
    let law = strategy_file::law(program, laws);
    let mut coverage = Coverage::default();
    for test in compiled.tests.iter().filter(|test| test.strategy == program.name) {
        coverage.add(&testing::run(Context { program, law: &law }, test, &BTreeMap::new()).coverage);
    }
    coverage
}
