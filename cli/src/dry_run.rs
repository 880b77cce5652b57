//! Dry-runs from files: what every command that plays a portfolio shares.
//!
//! In: the arguments that name strategy, portfolio and behaviour. Out: all of it ready to be played, and the playing spread
//! over threads. Absent: figures and words about the result.

pub(crate) mod document;
pub(crate) mod events;
pub(crate) mod words;

use crate::args::{CostArgs, lang};
use crate::{output, portfolio_file};
use anyhow::bail;
use chrono::Datelike as _;
use clap::Args;
use cobro_dsl::program::Program;
use cobro_dsl::values::{Lang, NaiveDate, Number};
use cobro_engine::behaviour::Behaviour;
use cobro_engine::customer::Customer;
use cobro_engine::gate::Law;
use cobro_engine::portfolio::{History, Portfolio};
use cobro_engine::simulate::{Error, Plan};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What every dry-run is asked with.
#[derive(Args, Debug)]
pub(crate) struct DryRunArgs {
    /// The portfolio: a CSV file, canonical or with --mapping
    #[arg(long, value_name = "P.csv")]
    pub(crate) portfolio: PathBuf,
    /// How to read the portfolio, when its headers do not say it
    #[arg(long, value_name = "M.toml")]
    pub(crate) mapping: Option<PathBuf>,
    /// How debtors act: a behaviour file, or `history` to replay what really happened
    #[arg(long, default_value = "history", value_name = "history|B.toml")]
    pub(crate) behaviour: String,
    /// The first day
    #[arg(long, value_name = "DATE")]
    pub(crate) from: NaiveDate,
    /// How many days
    #[arg(long, default_value_t = 90)]
    pub(crate) days: u32,
    /// The seed of every draw: the same seed gives the same run to the byte
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) cost: CostArgs,
    /// Threads; without it one for each core. The result does not depend on it
    #[arg(long)]
    pub(crate) threads: Option<usize>,
    /// Language of the report: es, en; without it the strategy's own
    #[arg(long, value_parser = lang)]
    pub(crate) lang: Option<Lang>,
}

/// What messages cost, by channel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prices {
    prices: [Option<Number>; 4],
    minor_per_unit: i64,
}

impl Prices {
    pub(crate) fn of(args: &DryRunArgs, program: &Program) -> Prices {
        let mut prices = [None; 4];
        for (channel, price) in &args.cost.cost {
            prices[channel.index()] = Some(*price);
        }
        Prices { prices, minor_per_unit: program.currency.minor_per_unit() }
    }

    /// A price was given.
    pub(crate) fn any(&self) -> bool {
        self.prices.iter().any(Option::is_some)
    }

    /// What messages cost, in ten-thousandths of the currency's unit: exact.
    pub(crate) fn scaled(&self, sent: [u32; 4]) -> i64 {
        let of = |(sent, price): (u32, Option<Number>)| {
            i64::from(sent).saturating_mul(price.map_or(0, |price| price.0))
        };
        sent.into_iter().zip(self.prices).map(of).fold(0, i64::saturating_add)
    }

    /// What so many messages of a channel cost, in minor units rounded half up.
    pub(crate) fn of_channel(&self, channel: usize, sent: u64) -> i64 {
        let price = self.prices[channel].map_or(0, |price| price.0);
        let scale = i128::from(Number::SCALE);
        let total = i128::from(sent) * i128::from(price) * i128::from(self.minor_per_unit);
        i64::try_from((total + scale / 2) / scale).unwrap_or(i64::MAX)
    }

    /// What messages cost, the sum over channels; `None` when no price was given.
    pub(crate) fn of_sent(&self, sent: [u64; 4]) -> Option<i64> {
        let of = |(channel, sent)| self.of_channel(channel, sent);
        self.any().then(|| sent.into_iter().enumerate().map(of).fold(0, i64::saturating_add))
    }
}

/// The span of a dry-run of a program.
pub(crate) fn plan(args: &DryRunArgs, program: &Program, lang: Lang) -> anyhow::Result<Plan> {
    Plan::new(program, args.from, args.days, args.seed).map_err(|error| match error {
        Error::OutOfCalendar => anyhow::anyhow!(lang.pick(
            "--from y --days: al menos un día, entre los años 1 y 9999",
            "--from and --days: at least one day, in the years 1 to 9999",
        )),
        Error::BadSchedule => {
            anyhow::anyhow!("{}: `{}`", lang.pick("horario de revisión", "review schedule"), program.review)
        }
    })
}

/// Says that the law does not know all holidays of the days that are played, when that is so.
pub(crate) fn warn_of_holidays(args: &DryRunArgs, law: &Law, lang: Lang) {
    let last = args.from.checked_add_days(chrono::Days::new(u64::from(args.days))).unwrap_or(args.from);
    if let Some(warning) = crate::commands::law::unknown_holidays(&law.pack, last.year(), lang) {
        output::message(&warning);
    }
}

/// How debtors act.
pub(crate) fn behaviour(args: &DryRunArgs, lang: Lang) -> anyhow::Result<Behaviour> {
    let named = args.behaviour.as_str();
    if named == "history" {
        return Ok(Behaviour::History);
    }
    let text = std::fs::read_to_string(named)
        .map_err(|error| anyhow::anyhow!("{named}: {}", output::io(&error, lang)))?;
    Behaviour::parse(&text).map_err(|error| anyhow::anyhow!("{named}: {}", lang.pick(error.es, error.en)))
}

/// The portfolio as it stands on the first day; rows with problems are told of and left out.
pub(crate) fn portfolio(args: &DryRunArgs, programs: &[&Program], lang: Lang) -> anyhow::Result<Portfolio> {
    let read =
        portfolio_file::read(&args.portfolio, args.mapping.as_deref(), args.from, &mut portfolio_file::bar());
    let (portfolio, report) = match read {
        Ok(read) => read,
        Err(refused) => {
            let mut lines = refused.lines(lang);
            if let portfolio_file::Refused::Unusable { report, .. } = &refused {
                lines.extend(portfolio_file::problem_lines(&report.problems, lang, 5));
            }
            bail!("{}", lines.join("\n"))
        }
    };
    if report.rows_refused > 0 {
        output::message(&portfolio_file::count_line(&args.portfolio, &report, lang));
        portfolio_file::problem_lines(&report.problems, lang, 5)
            .iter()
            .for_each(|line| output::message(line));
    }
    portfolio_file::doubt_lines(&report.doubts, lang, 3).iter().for_each(|line| output::message(line));
    fields_fit(&portfolio, programs, lang)?;
    Ok(portfolio)
}

/// A field that a strategy declares and the file brings must be of one type: of another it would be unknown to every
/// condition, without a word.
fn fields_fit(portfolio: &Portfolio, programs: &[&Program], lang: Lang) -> anyhow::Result<()> {
    for (name, value) in portfolio.accounts().flat_map(|(_, account, _)| &account.fields) {
        let declared = programs.iter().flat_map(|program| &program.fields);
        let other = declared.clone().find(|(own, kind)| own == name && *kind != value.type_of());
        if let Some((_, kind)) = other {
            let (is, should) = (value.type_of().words(lang), kind.words(lang));
            bail!(lang.pick(
                format!(
                    "el campo `{name}` es {is} en la cartera, y {should} en la estrategia; el tipo va en el nombre \
                     de la columna: `campo.{name}.numero`"
                ),
                format!(
                    "the field `{name}` is {is} in the portfolio, and {should} in the strategy; the type stands in \
                     the name of the column: `field.{name}.number`"
                ),
            ));
        }
    }
    Ok(())
}

/// Plays every customer, spread over threads. Each thread has its own part; parts come back in the order of the
/// portfolio.
pub(crate) fn spread<T: Send>(
    customers: &mut [Customer],
    history: &[Vec<History>],
    threads: Option<usize>,
    part: impl Fn() -> T + Sync,
    play: impl Fn(&mut T, &mut Customer, &[History]) + Sync,
) -> Vec<T> {
    let threads =
        threads.or_else(|| std::thread::available_parallelism().ok().map(usize::from)).unwrap_or(1).max(1);
    let bar = progress(customers.len());
    let done = AtomicUsize::new(0);
    let chunk = customers.len().div_ceil(threads).max(1);
    let parts = std::thread::scope(|scope| {
        let workers: Vec<_> = customers
            .chunks_mut(chunk)
            .zip(history.chunks(chunk))
            .map(|(customers, history)| {
                let (done, bar, part, play) = (&done, &bar, &part, &play);
                scope.spawn(move || {
                    let mut own = part();
                    for (customer, history) in customers.iter_mut().zip(history) {
                        play(&mut own, customer, history);
                        let count = done.fetch_add(1, Ordering::Relaxed) + 1;
                        if count.is_multiple_of(1024) {
                            bar.set_position(count as u64);
                        }
                    }
                    own
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    bar.finish_and_clear();
    parts
}

/// A bar on a terminal, for work that takes more than a moment; hidden elsewhere.
fn progress(customers: usize) -> ProgressBar {
    let bar = ProgressBar::new(customers as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_secs(1));
    bar
}
