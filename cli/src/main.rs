//! The binary `cobro`.

mod portfolio_file;
mod commands {
    pub(crate) mod import;
}

use clap::Parser;
use std::process::ExitCode;

#[derive(Parser)]
enum Cobro {
    Import(commands::import::ImportArgs),
}

fn main() -> ExitCode {
    let Cobro::Import(args) = Cobro::parse();
    match commands::import::run(&args) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}
