//! The binary `cobro`: one file per command.
//!
//! In: arguments and files. Out: answers on stdout, messages on stderr, exit codes 0, 1 and 2. Absent: meaning;
//! every command calls the crates below. Without the feature `serve` it has no database and no network.

mod args;
mod output;
mod strategy_file;
mod portfolio_file;
mod dry_run;
mod report;
mod sample;
mod commands {
    pub(crate) mod check;
    pub(crate) mod new;
    pub(crate) mod read;
    pub(crate) mod fix;
    pub(crate) mod explain;
    pub(crate) mod fmt;
    pub(crate) mod breaches;
    pub(crate) mod bundle;
    pub(crate) mod graph;
    pub(crate) mod test;
    pub(crate) mod simulate;
    pub(crate) mod why_not;
    pub(crate) mod compare;
    pub(crate) mod sample;
    pub(crate) mod calibrate;
    pub(crate) mod import;
    pub(crate) mod law;
    #[cfg(feature = "serve")]
    pub(crate) mod serve;
    #[cfg(feature = "serve")]
    pub(crate) mod worker;
    #[cfg(feature = "serve")]
    pub(crate) mod replay;
    #[cfg(feature = "serve")]
    pub(crate) mod stop;
    #[cfg(feature = "serve")]
    pub(crate) mod operate;
}

use args::{Cobro, Command};
use clap::Parser as _;
#[cfg(feature = "serve")]
use cobro_engine::durable::operation::Act;
use std::process::ExitCode;

fn main() -> ExitCode {
    let result = match Cobro::parse().command {
        Command::Check(args) => commands::check::run(&args),
        Command::New(args) => commands::new::run(&args),
        Command::Read(args) => commands::read::run(&args),
        Command::Fix(args) => commands::fix::run(&args),
        Command::Explain(args) => commands::explain::run(&args),
        Command::Fmt(args) => commands::fmt::run(&args),
        Command::Bundle(args) => commands::bundle::run(&args),
        Command::Graph(args) => commands::graph::run(&args),
        Command::Test(args) => commands::test::run(&args),
        Command::Simulate(args) => commands::simulate::run(&args),
        Command::Sample(args) => commands::sample::run(&args),
        Command::Calibrate(args) => commands::calibrate::run(&args),
        Command::Compare(args) => commands::compare::run(&args),
        Command::Import(args) => commands::import::run(&args),
        Command::Law(args) => commands::law::run(&args),
        #[cfg(feature = "serve")]
        Command::Serve(args) => commands::serve::run(&args),
        #[cfg(feature = "serve")]
        Command::Worker(args) => commands::worker::run(&args),
        #[cfg(feature = "serve")]
        Command::Replay(args) => commands::replay::run(&args),
        #[cfg(feature = "serve")]
        Command::Stop(args) => commands::stop::run(&args),
        #[cfg(feature = "serve")]
        Command::Pause(args) => commands::operate::run(Act::Pause, &args),
        #[cfg(feature = "serve")]
        Command::Resume(args) => commands::operate::run(Act::Resume, &args),
        #[cfg(feature = "serve")]
        Command::Cancel(args) => commands::operate::run(Act::Cancel, &args),
    };
    match result {
        Ok(code) => output::ended(code),
        Err(error) => {
            output::message(&format!("error: {error:#}"));
            ExitCode::from(output::FAILED)
        }
    }
}
