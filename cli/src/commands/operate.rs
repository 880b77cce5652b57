//! `cobro pause`, `cobro resume`, `cobro cancel`: runs are held, go on, or end.

use crate::args::{Format, lang};
use crate::output;
use anyhow::Context as _;
use clap::Args;
use cobro_dsl::values::{Channel, Lang};
use cobro_engine::durable::operation::{Act, Became, Mode, Operation, Whom};
use cobro_engine::durable::store::Stop;
use cobro_server::{Config, StopWanted};
use indicatif::ProgressBar;
use serde_json::json;
use std::process::ExitCode;

/// Holds open runs, lets them go on, or ends them: of an account, a segment, a strategy, or all. Without `--yes` it only
/// counts whom it would concern. While a run is held its waits do not run out and it sends nothing; payments and answers
/// count as ever. What came due meanwhile comes when it goes on, each thing once, and the law is asked anew. An operation
/// that was interrupted goes on when it is given again with its `--id`.
///
/// Examples: cobro pause --segment vip · cobro pause --segment vip --because "new offer" --yes · cobro cancel --account A1 --yes
#[derive(Args, Debug)]
pub(crate) struct OperateArgs {
    /// Every open run
    #[arg(long, group = "whom")]
    all: bool,
    /// The run of one account
    #[arg(long, group = "whom", value_name = "ACCOUNT")]
    account: Option<String>,
    /// Runs of accounts of this segment, or with this tag
    #[arg(long, group = "whom", value_name = "NAME")]
    segment: Option<String>,
    /// Runs of a strategy, in all its versions
    #[arg(long, group = "whom", value_name = "NAME")]
    strategy: Option<String>,
    /// What would go out on a channel waits (as `cobro stop --channel`)
    #[arg(long, group = "whom", value_parser = channel)]
    channel: Option<Channel>,
    /// Do it; otherwise it is only counted
    #[arg(long)]
    yes: bool,
    /// Its name, to go on where it was interrupted
    #[arg(long, value_name = "NAME")]
    id: Option<String>,
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

pub(crate) fn run(act: Act, args: &OperateArgs) -> anyhow::Result<ExitCode> {
    let config = Config { database: args.database.clone(), ..Config::default() };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("the runtime")?;
    if let Some(channel) = args.channel {
        let stop = Stop::Channel(channel);
        let wanted = match (act, args.yes) {
            (Act::Cancel, _) => {
                anyhow::bail!(
                    "a channel is paused and resumed; messages on their way are withdrawn by the run"
                )
            }
            (_, false) => StopWanted::List,
            (Act::Pause, true) => StopWanted::Stop(stop, args.because.clone()),
            (Act::Resume, true) => StopWanted::Lift(stop),
        };
        let (changed, stops) = runtime.block_on(cobro_server::stop(&config, &wanted))?;
        output::answer(&serde_json::to_string_pretty(&json!({ "changed": changed, "stops": stops }))?);
        return Ok(ExitCode::SUCCESS);
    }
    let whom = match (args.all, &args.account, &args.segment, &args.strategy) {
        (true, ..) => Whom::All,
        (_, Some(account), ..) => Whom::Account(account.clone()),
        (_, _, Some(segment), _) => Whom::Segment(segment.clone()),
        (_, _, _, Some(strategy)) => Whom::Strategy(strategy.clone()),
        _ => anyhow::bail!("say whom: --all, --account, --segment, --strategy or --channel"),
    };
    let id = match &args.id {
        Some(id) => id.clone(),
        None => cobro_server::new_operation_id(act),
    };
    let operation = Operation { id, act, whom, because: args.because.clone() };
    let mode = if args.yes { Mode::Do } else { Mode::Preview };
    let mut items: Vec<(String, Became)> = Vec::new();
    let progress = ProgressBar::new_spinner();
    let mut told = |page: &[(String, Became)], looked_at: u64| {
        items.extend_from_slice(page);
        progress.set_position(looked_at);
        progress.set_message(format!("{looked_at}"));
    };
    let done = runtime.block_on(cobro_server::operate(&config, &operation, mode, &mut told));
    progress.finish_and_clear();
    if done.is_err() && mode == Mode::Do {
        let goes_on = args.lang.pick("para continuar, agregue", "to go on, add");
        output::message(&format!("{goes_on} --id {}", operation.id));
    }
    done?;
    output::answer(&words(args, &operation, mode, &items)?);
    let is_whole = items.iter().all(|(_, became)| !matches!(became, Became::Unreadable(_)));
    Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn words(
    args: &OperateArgs,
    operation: &Operation,
    mode: Mode,
    items: &[(String, Became)],
) -> anyhow::Result<String> {
    let result = |became: &Became| match became {
        Became::Would => "would".to_owned(),
        Became::Done => "accepted".to_owned(),
        Became::Before => "before".to_owned(),
        Became::Unreadable(why) => format!("unreadable: {why}"),
    };
    Ok(match args.format {
        Format::Json => {
            let list = items.iter().map(|(id, became)| json!({ "account": id, "result": result(became) }));
            serde_json::to_string_pretty(&json!({
                "operation": operation.id,
                "do": operation.act.word(),
                "preview": mode == Mode::Preview,
                "count": items.len(),
                "items": list.collect::<Vec<_>>(),
            }))?
        }
        Format::People => {
            let mut lines: Vec<String> = match mode {
                Mode::Preview => Vec::new(),
                Mode::Do => items.iter().map(|(id, became)| format!("{id}  {}", result(became))).collect(),
            };
            let unreadable = items.iter().filter(|(_, became)| matches!(became, Became::Unreadable(_)));
            let (unreadable, count) = (unreadable.count(), items.len());
            lines.push(match mode {
                Mode::Preview => format!(
                    "{}: {} {}",
                    operation.act.word(),
                    count - unreadable,
                    args.lang.pick(
                        "cuentas; nada se hizo: agregue --yes",
                        "accounts; nothing was done: add --yes"
                    )
                ),
                Mode::Do => format!(
                    "{}: {} {}  (--id {})",
                    operation.act.word(),
                    count - unreadable,
                    args.lang.pick("cuentas", "accounts"),
                    operation.id
                ),
            });
            if unreadable > 0 {
                let text = args.lang.pick("clientes que no se pueden leer", "customers who cannot be read");
                lines.push(format!("{unreadable} {text}"));
            }
            lines.join("\n")
        }
    })
}
