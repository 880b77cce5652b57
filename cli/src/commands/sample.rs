//! `cobro sample`: a portfolio made up for trying and for load.

use crate::output;
use crate::sample::{Country, Sample};
use clap::Args;
use cobro_dsl::values::{Lang, NaiveDate};
use std::fs::File;
use std::io::{BufWriter, ErrorKind};
use std::path::PathBuf;
use std::process::ExitCode;

/// Makes up a portfolio: names, phones, zones, invoices, payments past and to come, several debts a person.
///
/// Nobody in it is real; a telephone number may still be somebody's: connect no channel to it.
///
/// Example: cobro sample --accounts 10000 --country CO --seed 1 --out portfolio.csv
#[derive(Args, Debug)]
pub(crate) struct SampleArgs {
    /// How many accounts
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    accounts: u64,
    /// Two letters
    #[arg(long, value_name = "CO|PE|MX|CL|AR|BR", value_parser = Country::parse)]
    country: Country,
    /// The same seed makes the same file to the byte
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The day on which the portfolio stands: `--from` of a dry-run on it
    #[arg(long, value_name = "DATE", default_value = "2026-03-02")]
    as_of: NaiveDate,
    /// Write here instead of printing
    #[arg(long, value_name = "P.csv")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &SampleArgs) -> anyhow::Result<ExitCode> {
    let SampleArgs { accounts, country, seed, as_of, ref out } = *args;
    let sample = Sample { country, accounts, seed, as_of };
    let written = match out {
        None => sample.write(&mut BufWriter::new(std::io::stdout().lock())),
        Some(path) => {
            let mut name = path.file_name().unwrap_or_default().to_os_string();
            name.push(format!(".{}.tmp", std::process::id()));
            let beside = path.with_file_name(name);
            let written = File::create_new(&beside)
                .and_then(|file| sample.write(&mut BufWriter::with_capacity(1 << 20, file)))
                .and_then(|()| std::fs::rename(&beside, path));
            if written.is_err() {
                let _ = std::fs::remove_file(&beside);
            }
            written
        }
    };
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let place = out.as_ref().map_or("stdout".to_owned(), |path| path.display().to_string());
            anyhow::bail!("{place}: {}", output::io(&error, Lang::En))
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}
