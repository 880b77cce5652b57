//! `cobro stop`: nothing more goes out, from the next message on.

use crate::args::{Format, lang};
use crate::output;
use anyhow::Context as _;
use clap::Args;
use cobro_dsl::values::{Channel, Lang};
use cobro_engine::durable::store::Stop;
use cobro_server::{Config, StopWanted};
use serde_json::json;
use std::process::ExitCode;

/// Stops what goes out: everything, or one channel, strategy or account. Holds from the next message on, in every
/// process on the same database, until it is lifted. What came in is still taken and runs go on; their messages wait,
/// and the law is asked again before each goes out. Without anything to stop it tells what is stopped.
///
/// Examples: cobro stop --all --because "wrong text" · cobro stop --lift --all · cobro stop
#[derive(Args, Debug)]
pub(crate) struct StopArgs {
    /// Everything
    #[arg(long, group = "what")]
    all: bool,
    /// One channel: whatsapp, email, sms, call
    #[arg(long, group = "what", value_parser = channel)]
    channel: Option<Channel>,
    /// One strategy, in all its versions
    #[arg(long, group = "what", value_name = "NAME")]
    strategy: Option<String>,
    /// One account
    #[arg(long, group = "what", value_name = "ACCOUNT")]
    account: Option<String>,
    /// It may go on
    #[arg(long, requires = "what")]
    lift: bool,
    /// Why, for those who will ask
    #[arg(long, value_name = "WORDS", default_value = "")]
    because: String,
    /// Where everything is kept: sqlite://FILE or postgres://USER@HOST/DATABASE
    #[arg(long, env = "COBRO_DATABASE", default_value = "sqlite://cobro.db")]
    database: String,
    /// For people, or one JSON document
    #[arg(long, value_enum, default_value = "people")]
    format: Format,
    /// Language of what is said: es, en
    #[arg(long, default_value = "es", value_parser = lang)]
    lang: Lang,
}

fn channel(word: &str) -> Result<Channel, String> {
    Channel::parse(word).ok_or_else(|| "whatsapp, email, sms, call".to_owned())
}

pub(crate) fn run(args: &StopArgs) -> anyhow::Result<ExitCode> {
    let what = match (args.all, args.channel, &args.strategy, &args.account) {
        (true, ..) => Some(Stop::All),
        (_, Some(channel), ..) => Some(Stop::Channel(channel)),
        (_, _, Some(name), _) => Some(Stop::Strategy(name.clone())),
        (_, _, _, Some(account)) => Some(Stop::Account(account.clone())),
        _ => None,
    };
    let wanted = match what {
        Some(stop) if args.lift => StopWanted::Lift(stop),
        Some(stop) => StopWanted::Stop(stop, args.because.clone()),
        None => StopWanted::List,
    };
    let config = Config { database: args.database.clone(), ..Config::default() };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("the runtime")?;
    let (changed, stops) = runtime.block_on(cobro_server::stop(&config, &wanted))?;
    let text = match args.format {
        Format::Json => {
            let stops = stops.iter().map(|(kind, name, why, since)| {
                json!({ "kind": kind, "name": name, "because": why, "since": since })
            });
            let stops: Vec<_> = stops.collect();
            serde_json::to_string_pretty(&json!({ "changed": changed, "stops": stops }))?
        }
        Format::People => {
            let lines = stops.iter().map(|(kind, name, why, since)| {
                let what = if name.is_empty() { kind.clone() } else { format!("{kind} {name}") };
                format!("{what}  {since}  {why}")
            });
            let lines: Vec<String> = lines.collect();
            if lines.is_empty() {
                args.lang.pick("nada está detenido", "nothing is stopped").to_owned()
            } else {
                format!("{}\n{}", args.lang.pick("detenido:", "stopped:"), lines.join("\n"))
            }
        }
    };
    output::answer(&text);
    Ok(ExitCode::SUCCESS)
}
