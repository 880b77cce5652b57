//! `cobro import`: read a portfolio file, say what is wrong with it, write it in the canonical form.
//!
//! In: a file, a mapping. Out: the report on stdout; with `--out`, the canonical file, whole or not at all.
//! Exit 0 when rows were taken in, 1 when `--strict` refused, 2 when nothing could be read.

use crate::args::{Format, lang};
use crate::output;
use crate::portfolio_file::{self, Refused};
use clap::Args;
use cobro_dsl::values::{Currency, Lang, Money, NaiveDate};
use cobro_engine::portfolio::{Portfolio, Problem, Report, Row, canonical};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Problems shown to people before the rest is only counted.
const PROBLEMS_SHOWN_MAX: usize = 100;
const DOUBTS_SHOWN_MAX: usize = 5;

/// Reads a portfolio file and reports on it.
///
/// Example: cobro import erp.csv --mapping erp.toml --out portfolio.csv --as-of 2026-03-02
#[derive(Args, Debug)]
pub(crate) struct ImportArgs {
    /// The file: CSV with a header, from an ERP or in the canonical form
    pub(crate) file: PathBuf,
    /// How to read the file, when its headers do not say it
    #[arg(long, value_name = "M.toml")]
    pub(crate) mapping: Option<PathBuf>,
    /// Write the portfolio here in the canonical form
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Keep the portfolio in this database: sqlite://FILE; nothing when one of its accounts is there already
    #[cfg(feature = "serve")]
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// Take nothing in when any row has a problem
    #[arg(long)]
    pub(crate) strict: bool,
    /// The day to count what is owed on; payments before it are taken off. Without it, every payment is
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<NaiveDate>,
    /// Language of the report: es, en
    #[arg(long, default_value = "es", value_parser = lang)]
    pub(crate) lang: Lang,
    /// For people, or one JSON document
    #[arg(long, value_enum, default_value_t = Format::People)]
    pub(crate) format: Format,
}

/// What came of it.
enum Outcome {
    Imported(Portfolio, Report),
    RefusedByStrict(Report),
    /// The database has these accounts already.
    AlreadyThere(Vec<String>),
    Unusable(Refused),
}

/// Runs the command.
pub(crate) fn run(args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let outcome =
        match portfolio_file::read_rows(&args.file, args.mapping.as_deref(), &mut portfolio_file::bar()) {
            Err(refused) => Outcome::Unusable(refused),
            Ok((_, report)) if args.strict && report.rows_refused > 0 => Outcome::RefusedByStrict(report),
            Ok((rows, report)) => {
                if let Some(out) = &args.out {
                    write_whole(&args.file, out, &rows, args.lang)?;
                }
                let as_of = args.as_of.unwrap_or(NaiveDate::MAX);
                let portfolio = Portfolio::gather(rows, as_of);
                match keep(args, &portfolio)? {
                    None => Outcome::Imported(portfolio, report),
                    Some(existing) => Outcome::AlreadyThere(existing),
                }
            }
        };
    let (out, err) = match args.format {
        Format::People => in_lines(&outcome, args),
        Format::Json => (vec![serde_json::to_string_pretty(&in_json(&outcome, args))?], Vec::new()),
    };
    match print(&mut io::stdout().lock(), &out) {
        // A reader that has seen enough closes the pipe; that is no failure of ours.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let why = portfolio_file::file_words(&error, args.lang);
            anyhow::bail!(args.lang.pick(
                format!("no se puede escribir el informe: {why}"),
                format!("cannot write the report: {why}"),
            ));
        }
        Ok(()) | Err(_) => {}
    }
    _ = print(&mut io::stderr().lock(), &err);
    Ok(ExitCode::from(match outcome {
        Outcome::Imported(..) => 0,
        Outcome::RefusedByStrict(_) | Outcome::AlreadyThere(_) => 1,
        Outcome::Unusable(_) => 2,
    }))
}

/// Keeps the portfolio in the database that was named; the accounts that are there already when it was refused.
#[cfg(feature = "serve")]
fn keep(args: &ImportArgs, portfolio: &Portfolio) -> anyhow::Result<Option<Vec<String>>> {
    use cobro_server::{Config, Import};
    let Some(database) = &args.database else { return Ok(None) };
    let config = Config { database: database.clone(), ..Config::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match runtime.block_on(cobro_server::import(&config, portfolio.customers.clone()))? {
        Import::Imported { .. } => Ok(None),
        Import::Refused { existing } => Ok(Some(existing)),
    }
}

/// Without the service there is no database to keep it in.
#[cfg(not(feature = "serve"))]
fn keep(_: &ImportArgs, _: &Portfolio) -> anyhow::Result<Option<Vec<String>>> {
    Ok(None)
}

fn print(to: &mut impl io::Write, lines: &[String]) -> io::Result<()> {
    for line in lines {
        writeln!(to, "{line}")?;
    }
    to.flush()
}

fn in_lines(outcome: &Outcome, args: &ImportArgs) -> (Vec<String>, Vec<String>) {
    let lang = args.lang;
    match outcome {
        Outcome::Imported(portfolio, report) => {
            let mut lines = portfolio_file::problem_lines(&report.problems, lang, PROBLEMS_SHOWN_MAX);
            lines.extend(portfolio_file::doubt_lines(&report.doubts, lang, DOUBTS_SHOWN_MAX));
            lines.push(portfolio_file::count_line(&args.file, report, lang));
            lines.push(summary(portfolio, lang));
            (lines, Vec::new())
        }
        Outcome::RefusedByStrict(report) => {
            let mut lines = portfolio_file::problem_lines(&report.problems, lang, PROBLEMS_SHOWN_MAX);
            let refused = report.rows_refused;
            lines.push(lang.pick(
                format!("nada importado: {refused} filas con problemas y se pidió --strict"),
                format!("nothing imported: {refused} rows with problems, and --strict was asked for"),
            ));
            (lines, Vec::new())
        }
        Outcome::AlreadyThere(existing) => {
            let shown = existing.iter().take(10).cloned().collect::<Vec<_>>().join(", ");
            let count = existing.len();
            let line = lang.pick(
                format!("nada importado: {count} cuentas ya están en la base: {shown}"),
                format!("nothing imported: {count} accounts are in the database already: {shown}"),
            );
            (vec![line], Vec::new())
        }
        Outcome::Unusable(refused) => {
            let rows = match refused {
                Refused::Unusable { report, .. } => report.problems.as_slice(),
                Refused::File { .. } | Refused::TooLarge { .. } | Refused::Mapping { .. } => &[],
            };
            (portfolio_file::problem_lines(rows, lang, PROBLEMS_SHOWN_MAX), refused.lines(lang))
        }
    }
}

fn summary(portfolio: &Portfolio, lang: Lang) -> String {
    let (customers, accounts, invoices) = counts(portfolio);
    let owed: Vec<String> = owed(portfolio).values().map(Money::to_string).collect();
    let owed = owed.join(", ");
    lang.pick(
        format!("{customers} clientes, {accounts} cuentas, {invoices} facturas; se debe {owed}"),
        format!("{customers} customers, {accounts} accounts, {invoices} invoices; owed {owed}"),
    )
}

fn counts(portfolio: &Portfolio) -> (usize, usize, usize) {
    let invoices = portfolio.accounts().map(|(_, account, _)| account.invoices.len()).sum();
    (portfolio.customers.len(), portfolio.accounts().count(), invoices)
}

/// What is owed on the portfolio's day, by currency.
fn owed(portfolio: &Portfolio) -> BTreeMap<Currency, Money> {
    let mut owed: BTreeMap<Currency, Money> = BTreeMap::new();
    for (_, account, _) in portfolio.accounts() {
        let sum = owed.entry(account.currency).or_insert(Money::new(0, account.currency));
        *sum = sum.checked_add(account.balance_on(portfolio.as_of)).unwrap_or(*sum);
    }
    owed
}

fn in_json(outcome: &Outcome, args: &ImportArgs) -> Value {
    let of_report = |report: &Report| {
        json!({
            "read": report.rows_read,
            "taken": report.rows_kept,
            "left_out": report.rows_refused,
            "skipped": report.rows_skipped,
        })
    };
    let problems = |problems: &[Problem]| -> Vec<Value> {
        problems.iter().map(|problem| problem_json(problem, args.lang)).collect()
    };
    match outcome {
        Outcome::Imported(portfolio, report) => {
            let (customers, accounts, invoices) = counts(portfolio);
            let owed: BTreeMap<String, String> =
                owed(portfolio).values().map(|money| (money.currency.to_string(), money.figure())).collect();
            json!({
                "imported": true,
                "rows": of_report(report),
                "customers": customers,
                "accounts": accounts,
                "invoices": invoices,
                "owed": owed,
                "as_of": args.as_of.map(|day| day.to_string()),
                "problems": problems(&report.problems),
                "doubts": problems(&report.doubts),
            })
        }
        Outcome::RefusedByStrict(report) => json!({
            "imported": false,
            "rows": of_report(report),
            "problems": problems(&report.problems),
        }),
        Outcome::AlreadyThere(existing) => json!({ "imported": false, "existing": existing }),
        Outcome::Unusable(Refused::Unusable { report, .. }) => json!({
            "imported": false,
            "rows": of_report(report),
            "unusable": problems(&report.unusable),
            "problems": problems(&report.problems),
        }),
        Outcome::Unusable(refused) => json!({
            "imported": false,
            "unusable": [{ "message": refused.lines(args.lang).join(" ") }],
        }),
    }
}

fn problem_json(problem: &Problem, lang: Lang) -> Value {
    json!({
        "problem": problem.fault.name(),
        "line": problem.line,
        "column": problem.column,
        "value": problem.value,
        "message": problem.words(lang),
        "help": problem.help(lang),
    })
}

/// Writes the portfolio, unless that would destroy what it was made from.
fn write_whole(source: &Path, out: &Path, rows: &[Row], lang: Lang) -> anyhow::Result<()> {
    let shown = out.display();
    let is_same = match (source.canonicalize(), out.canonicalize()) {
        (Ok(source), Ok(out)) => source == out,
        _ => false,
    };
    if is_same {
        anyhow::bail!(lang.pick(
            format!("--out {shown} es el mismo archivo que se lee"),
            format!("--out {shown} is the file that is being read"),
        ));
    }
    let written = output::replace(out, &canonical(rows));
    written.map_err(|error| {
        let why = portfolio_file::file_words(&error, lang);
        anyhow::anyhow!(
            lang.pick(format!("no se puede escribir {shown}: {why}"), format!("cannot write {shown}: {why}"))
        )
    })
}
