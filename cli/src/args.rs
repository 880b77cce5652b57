//! What every command takes: languages, formats, and the list of commands.

use crate::commands;
use clap::{Parser, Subcommand, ValueEnum};
use cobro_dsl::program::Program;
use cobro_dsl::program::guarantee::Guarantee;
use cobro_dsl::values::{Channel, Lang, Number};
use cobro_engine::guarantee::Prices;

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
    Bundle(commands::bundle::BundleArgs),
    Graph(commands::graph::GraphArgs),
    Test(commands::test::TestArgs),
    Simulate(commands::simulate::SimulateArgs),
    Sample(commands::sample::SampleArgs),
    Calibrate(commands::calibrate::CalibrateArgs),
    Compare(commands::compare::CompareArgs),
    Import(commands::import::ImportArgs),
    Law(commands::law::LawArgs),
    #[cfg(feature = "serve")]
    Serve(commands::serve::ServeArgs),
    #[cfg(feature = "serve")]
    Worker(commands::worker::WorkerArgs),
    #[cfg(feature = "serve")]
    Replay(commands::replay::ReplayArgs),
    #[cfg(feature = "serve")]
    Stop(commands::stop::StopArgs),
    /// Holds open runs: no time passes for them and they send nothing
    #[cfg(feature = "serve")]
    Pause(commands::operate::OperateArgs),
    /// Lets runs go on that are held
    #[cfg(feature = "serve")]
    Resume(commands::operate::OperateArgs),
    /// Ends open runs
    #[cfg(feature = "serve")]
    Cancel(commands::operate::OperateArgs),
}

/// What messages cost.
#[derive(clap::Args, Debug)]
pub(crate) struct CostArgs {
    /// What a message costs, in the strategy's currency, at most four decimals; may be given for each channel
    #[arg(long, value_name = "CHANNEL=AMOUNT", value_parser = price)]
    pub(crate) cost: Vec<(Channel, Number)>,
}

impl CostArgs {
    /// The price of each channel; of two the last counts.
    pub(crate) fn prices(&self) -> Prices {
        self.cost.iter().copied().collect()
    }

    /// Says that a guarantee of cost is not asked, for want of prices.
    pub(crate) fn unasked(&self, programs: &[Program], lang: Lang) {
        let is_cost = |guarantee: &Guarantee| matches!(guarantee, Guarantee::CostAtMost(_));
        if self.cost.is_empty() && programs.iter().any(|program| program.guarantees.iter().any(is_cost)) {
            crate::output::message(lang.pick(
                "la garantía de costo por cuenta no se revisa sin precios: --cost whatsapp=0.08",
                "the guarantee of cost per account is not checked without prices: --cost whatsapp=0.08",
            ));
        }
    }
}

/// `whatsapp=0.08`
fn price(text: &str) -> Result<(Channel, Number), String> {
    let (channel, amount) = text.split_once('=').ok_or("whatsapp=0.08")?;
    let channel = Channel::parse(channel).ok_or("whatsapp, email, sms, call")?;
    Ok((channel, Number::parse(amount).filter(|amount| amount.0 >= 0).ok_or("0.08")?))
}

/// Values for the parameters of a strategy.
#[derive(clap::Args, Debug)]
pub(crate) struct SetArgs {
    /// A value for a parameter, within its range; STRATEGY.NAME where several have it. May be given several times
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting)]
    pub(crate) values: Vec<(String, String)>,
}

/// `first_wait=5 days`
fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("first_wait=\"5 days\"")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
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
