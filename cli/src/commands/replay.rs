//! `cobro replay`: an account made again from its history, at any past instant.

use crate::args::lang;
use crate::output;
use anyhow::Context as _;
use chrono::DateTime;
use clap::{Args, ValueEnum};
use cobro_dsl::values::Lang;
use cobro_engine::calendar::Instant;
use cobro_server::{Config, ReplayReport};
use serde_json::{Value, json};
use std::process::ExitCode;

/// Makes an account's state again from what was kept (imports, inputs, moments), and compares it with what is
/// stored. Changes nothing; a service may run meanwhile.
///
/// Example: cobro replay A-1001 --until 2026-03-05T10:00:00-05:00 --database sqlite://cobro.db
#[derive(Args, Debug)]
pub(crate) struct ReplayArgs {
    /// The account
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    account: Option<String>,
    /// Every account
    #[arg(long)]
    all: bool,
    /// As it was at this instant, like 2026-03-05T10:00:00-05:00; without it, as it is now
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    until: Option<Instant>,
    /// Where everything is kept: sqlite://FILE or postgres://USER@HOST/DATABASE
    #[arg(long, env = "COBRO_DATABASE", default_value = "sqlite://cobro.db")]
    database: String,
    /// For people, or one JSON document
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Language of what is said: es, en
    #[arg(long, default_value = "es", value_parser = lang)]
    lang: Lang,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

fn instant(text: &str) -> Result<Instant, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|at| Instant(at.timestamp_millis()))
        .map_err(|_| "write an instant with its offset, like 2026-03-05T10:00:00-05:00".to_owned())
}

pub(crate) fn run(args: &ReplayArgs) -> anyhow::Result<ExitCode> {
    let config = Config { database: args.database.clone(), ..Config::default() };
    let language = cobro_server::Cobro::new(args.lang);
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("the runtime")?;
    let report = runtime.block_on(cobro_server::replay_accounts(
        &config,
        &language,
        args.account.as_deref(),
        args.until,
    ))?;
    let Some(report) = report else {
        let account = args.account.as_deref().unwrap_or_default();
        anyhow::bail!(
            args.lang.pick(format!("no hay cuenta {account}"), format!("there is no account {account}"))
        );
    };
    match args.format {
        Format::Json => output::answer(&as_json(&report).to_string()),
        Format::Text => output::answer(&words(&report, args.lang)),
    }
    Ok(if report.differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(output::NO) })
}

fn words(report: &ReplayReport, lang: Lang) -> String {
    let mut text = String::new();
    if let Some(then) = &report.account {
        let wake = then.wake_at.as_deref().unwrap_or("-");
        text += &lang.pick(
            format!(
                "{} · estado {} desde {} · despierta {wake}\n{}\n{}\n",
                then.customer, then.version, then.at, then.place, then.state
            ),
            format!(
                "{} · state {} since {} · wakes {wake}\n{}\n{}\n",
                then.customer, then.version, then.at, then.place, then.state
            ),
        );
    }
    for (customer, why) in &report.differences {
        text += &format!("{customer}: {why}\n");
    }
    let ReplayReport { customers, equal, made_again, from_outside, .. } = report;
    text += &lang.pick(
        format!("{equal} de {customers} clientes iguales; {made_again} transiciones hechas de nuevo, {from_outside} estados de fuera"),
        format!("{equal} of {customers} customers equal; {made_again} transitions made again, {from_outside} states from outside"),
    );
    text
}

fn as_json(report: &ReplayReport) -> Value {
    let account = report.account.as_ref().map(|then| {
        let state: Value = serde_json::from_str(&then.state).unwrap_or_default();
        json!({
            "customer": then.customer,
            "version": then.version,
            "at": then.at,
            "place": then.place,
            "wake_at": then.wake_at,
            "state": state,
        })
    });
    let differences =
        report.differences.iter().map(|(customer, why)| json!({ "customer": customer, "why": why }));
    json!({
        "customers": report.customers,
        "equal": report.equal,
        "made_again": report.made_again,
        "from_outside": report.from_outside,
        "differences": differences.collect::<Vec<_>>(),
        "account": account,
    })
}
