//! `cobro calibrate`: a model of debtors from a portfolio with history.

mod words;
mod write;

use crate::args::lang;
use crate::{output, portfolio_file};
use anyhow::{Context, bail};
use chrono::{Datelike, Months};
use clap::{Args, ValueEnum};
use cobro_dsl::values::{Lang, NaiveDate};
use cobro_engine::behaviour::Behaviour;
use cobro_engine::calibrate::panel::{Beside, months};
use cobro_engine::calibrate::{Cells, Event, Fit, Month, check, contact, fit};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Fits a model of debtors to what a portfolio really did, and says what the data cannot tell.
///
/// Counts what accounts paid month by month, foretells the last months from the first and shows how far off it was.
///
/// Example: cobro calibrate --portfolio P.csv --from 2026-01-01 --months 6 --out behaviours/ours.toml
#[derive(Args, Debug)]
pub(crate) struct CalibrateArgs {
    /// The portfolio with its payments: a CSV file, canonical or with --mapping
    #[arg(long, value_name = "P.csv")]
    portfolio: PathBuf,
    /// How to read the portfolio, when its headers do not say it
    #[arg(long, value_name = "M.toml")]
    mapping: Option<PathBuf>,
    /// The first month: its first day
    #[arg(long, value_name = "DATE")]
    from: NaiveDate,
    /// How many months
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u32).range(2..=240))]
    months: u32,
    /// What is foretold of a month: something is paid, or the account is not late any more when it ends
    #[arg(long, default_value = "payment")]
    event: What,
    /// Months late as the creditor recorded them: `account,2026-01,2026-02,…`, at the end of each month
    #[arg(long, value_name = "L.csv")]
    months_late: Option<PathBuf>,
    /// Contacts: `account,date`
    #[arg(long, value_name = "C.csv")]
    contacts: Option<PathBuf>,
    /// Who was contacted was drawn by lot: only then is the effect of contacts taken from the data
    #[arg(long, requires = "contacts")]
    by_lot: bool,
    /// How many hidden types of debtors
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=4))]
    types: u32,
    /// So many months at the end are foretold and not used for it; without it a third of them
    #[arg(long)]
    test_months: Option<u32>,
    /// What reports call the model; without it the file's name
    #[arg(long)]
    name: Option<String>,
    /// Write the model here
    #[arg(long, value_name = "B.toml")]
    out: Option<PathBuf>,
    /// Language: es, en
    #[arg(long, value_parser = lang, default_value = "es")]
    lang: Lang,
}

/// What is foretold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// Something was paid.
    Payment,
    /// Not late any more.
    Cure,
}

/// All that was found out.
struct Found {
    event: Event,
    file: String,
    from: NaiveDate,
    months: Vec<Month>,
    fitted: Fit,
    memory: Vec<check::Memory>,
    foretold: Vec<check::Foretold>,
    contacts: Option<contact::Seen>,
    with_contacts: bool,
    by_lot: bool,
    /// Minor units in one of the currency.
    minor: i64,
}

pub(crate) fn run(args: &CalibrateArgs) -> anyhow::Result<ExitCode> {
    let lang = args.lang;
    if args.from.day() != 1 {
        bail!(
            "--from {}: {}",
            args.from,
            lang.pick("tiene que ser un día 1", "must be the first of a month")
        );
    }
    let read =
        portfolio_file::read(&args.portfolio, args.mapping.as_deref(), args.from, &mut portfolio_file::bar());
    let (portfolio, report) =
        read.map_err(|refused| anyhow::anyhow!("{}", refused.lines(lang).join("\n")))?;
    if report.rows_refused > 0 {
        output::message(&portfolio_file::count_line(&args.portfolio, &report, lang));
    }
    let beside = Beside {
        months_late: args.months_late.as_deref().map(|path| months_late(path, lang)).transpose()?,
        contacts: args.contacts.as_deref().map(|path| contacts(path, lang)).transpose()?,
    };
    let event = if args.event == What::Cure { Event::Cure } else { Event::Payment };
    let rows = months(&portfolio, &beside, args.months, event);
    if !check::enough(&rows, event) {
        bail!(lang.pick(
            "muy pocos meses con y sin pago para calibrar: hacen falta 30 de cada uno",
            "too few months with and without payment to fit anything: 30 of each are needed",
        ));
    }
    let by_month = beside.months_late.is_some();
    let types = args.types as usize;
    let fitted = fit(&rows, Cells::of(&rows, by_month), types);
    let plain = fit(&rows, Cells::of(&rows, by_month), 1);
    let test = args.test_months.unwrap_or(args.months.div_ceil(3)).clamp(1, args.months - 1);
    let minor = portfolio.accounts().next().map_or(100, |(_, account, _)| account.currency.minor_per_unit());
    let found = Found {
        event,
        file: args.portfolio.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        from: args.from,
        memory: check::memory(&rows, &fitted, &plain),
        foretold: check::out_of_sample(&rows, by_month, types, args.months - test),
        contacts: contact::seen(&rows, &plain),
        with_contacts: beside.contacts.is_some(),
        by_lot: args.by_lot,
        months: rows,
        fitted,
        minor,
    };
    output::answer(&words::told(&found, lang));
    if let Some(path) = &args.out {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = write::model(&found, args.name.as_deref().unwrap_or(&stem));
        // What is written is what `simulate` reads, or it is not written.
        Behaviour::parse(&text).map_err(|error| anyhow::anyhow!("{}", lang.pick(error.es, error.en)))?;
        output::replace(path, &text)
            .map_err(|error| anyhow::anyhow!("{}: {}", path.display(), output::io(&error, lang)))?;
        output::message(&format!("{} {}", lang.pick("escrito:", "written:"), path.display()));
    }
    Ok(ExitCode::SUCCESS)
}

impl Found {
    /// A month by its number, as `2005-07`.
    fn month(&self, number: u32) -> String {
        let first = self.from.checked_add_months(Months::new(number)).unwrap_or(self.from);
        first.format("%Y-%m").to_string()
    }
}

/// Lines of a small file with the number of each.
fn lines(path: &Path, lang: Lang) -> anyhow::Result<Vec<(usize, Vec<String>)>> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| anyhow::anyhow!("{}: {}", path.display(), output::io(&error, lang)))?;
    let rows = text.trim_start_matches('\u{feff}').lines().enumerate();
    let fields = |line: &str| line.split(',').map(|field| field.trim().to_owned()).collect();
    let rows = rows.filter(|(_, line)| !line.trim().is_empty());
    Ok(rows.map(|(at, line)| (at + 1, fields(line))).collect())
}

fn wrong(path: &Path, line: usize, expected: &str, lang: Lang) -> anyhow::Error {
    let place = lang.pick("línea", "line");
    let told = lang.pick("se espera", "expected");
    anyhow::anyhow!("{}, {place} {line}: {told} `{expected}`", path.display())
}

type MonthsLate = (NaiveDate, BTreeMap<String, Vec<i32>>);

fn months_late(path: &Path, lang: Lang) -> anyhow::Result<MonthsLate> {
    let rows = lines(path, lang)?;
    let shape = "account,2026-01,2026-02,…";
    let (_, head) = rows.first().with_context(|| wrong(path, 1, shape, lang).to_string())?;
    let mut firsts = Vec::new();
    for month in head.iter().skip(1) {
        let first = format!("{month}-01").parse::<NaiveDate>().map_err(|_| wrong(path, 1, shape, lang))?;
        if firsts
            .last()
            .is_some_and(|last: &NaiveDate| last.checked_add_months(Months::new(1)) != Some(first))
        {
            return Err(wrong(path, 1, shape, lang));
        }
        firsts.push(first);
    }
    let from = *firsts.first().with_context(|| wrong(path, 1, shape, lang).to_string())?;
    let mut table = BTreeMap::new();
    for (line, fields) in rows.iter().skip(1) {
        let late: Result<Vec<i32>, _> = fields.iter().skip(1).map(|field| field.parse()).collect();
        let known = late.ok().filter(|late| late.len() == firsts.len()).zip(fields.first());
        let (late, account) = known.ok_or_else(|| wrong(path, *line, "account,0,1,…", lang))?;
        if table.insert(account.clone(), late).is_some() {
            bail!("{}, {}: {account}", path.display(), lang.pick("dos veces la cuenta", "the account twice"));
        }
    }
    Ok((from, table))
}

fn contacts(path: &Path, lang: Lang) -> anyhow::Result<BTreeSet<(String, NaiveDate)>> {
    let mut contacts = BTreeSet::new();
    for (line, fields) in lines(path, lang)?.iter().skip(1) {
        let known = fields.first().zip(fields.get(1).and_then(|date| date.parse().ok()));
        let (account, date) = known.ok_or_else(|| wrong(path, *line, "account,2026-01-31", lang))?;
        contacts.insert((account.clone(), date));
    }
    Ok(contacts)
}
