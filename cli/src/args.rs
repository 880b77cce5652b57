//! What every command takes: languages, formats, and the list of commands.

use crate::commands;
use clap::{Parser, Subcommand, ValueEnum};
use cobro_dsl::values::Lang;

/// Collections strategies as code: check them, test them, dry-run them on a real portfolio, run them.
#[derive(Parser, Debug)]
#[command(name = "cobro", version, arg_required_else_help = true)]
pub(crate) struct Cobro {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    Check(commands::check::CheckArgs),
    New(commands::new::NewArgs),
    Read(commands::read::ReadArgs),
    Fix(commands::fix::FixArgs),
    Explain(commands::explain::ExplainArgs),
    Fmt(commands::fmt::FmtArgs),
    Graph(commands::graph::GraphArgs),
    Test(commands::test::TestArgs),
    Simulate(commands::simulate::SimulateArgs),
    Import(commands::import::ImportArgs),
    Law(commands::law::LawArgs),
    #[cfg(feature = "serve")]
    Serve(commands::serve::ServeArgs),
}

/// How a command answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Format {
    /// Lines for people.
    People,
    /// One JSON document on stdout and nothing else.
    Json,
}

/// How findings are told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Findings {
    /// With the text drawn and marked.
    #[value(alias = "rich")]
    People,
    /// Sentences without drawings, one line for each finding: for screen readers and mail.
    #[value(alias = "plain")]
    Text,
    /// One JSON document on stdout and nothing else.
    Json,
}

/// A language by its code.
pub(crate) fn lang(code: &str) -> Result<Lang, String> {
    Lang::parse(code).ok_or_else(|| "es, en".to_owned())
}
