//! `cobro graph`: a strategy drawn.

use crate::{output, strategy_file};
use clap::{Args, ValueEnum};
use cobro_dsl::graph::{dot, mermaid, svg, view::View, wire};
use cobro_dsl::law::Laws;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

/// Draws a strategy: its steps, what they do, and on what condition an account goes where.
///
/// Example: cobro graph strategies/mora_temprana.cobro --to svg --out mora.svg
#[derive(Args, Debug)]
pub(crate) struct GraphArgs {
    /// The strategy file
    file: PathBuf,
    /// The strategy's name, when the file has several
    #[arg(long)]
    strategy: Option<String>,
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
    let compiled = strategy_file::compile(&args.file, &Laws::shipped())?;
    let Some(program) = strategy_file::runnable(&compiled, args.strategy.as_deref())? else {
        return Ok(ExitCode::from(output::NO));
    };
    let view = View::of(program);
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
