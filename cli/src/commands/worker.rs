//! `cobro worker`: more hands on the same PostgreSQL.

use crate::output;
use anyhow::Context as _;
use clap::Args;
use cobro_dsl::values::Lang;
use cobro_server::Config;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Takes what is due and hands messages over, beside `cobro serve` and other workers on the same PostgreSQL.
///
/// Workers join and leave freely; what a lost one held is free again when its lease is over.
///
/// Example: cobro worker --database postgres://cobro@db.internal/cobro
#[derive(Args, Debug)]
pub(crate) struct WorkerArgs {
    /// The database of the service: postgres://USER@HOST/DATABASE
    #[arg(long, env = "COBRO_DATABASE")]
    database: String,
    /// A file to which the sandbox adds the id of each message it shows
    #[arg(long, value_name = "FILE", hide = true)]
    sandbox_log: Option<PathBuf>,
    /// Where the webhooks of strategies lead: a TOML file, a table for each; without it calls are shown, not made
    #[arg(long, value_name = "FILE", env = "COBRO_WEBHOOKS")]
    webhooks: Option<PathBuf>,
    /// How long it may hold what it takes, in milliseconds
    #[arg(long, value_name = "MS", hide = true, default_value = "60000")]
    lease_millis: u64,
}

pub(crate) fn run(args: &WorkerArgs) -> anyhow::Result<ExitCode> {
    cobro_server::log_to_stderr();
    let config = Config {
        database: args.database.clone(),
        sandbox_log: args.sandbox_log.clone(),
        webhooks: args.webhooks.as_deref().map(cobro_server::Webhooks::open).transpose()?,
        lease: Duration::from_millis(args.lease_millis),
        ..Config::default()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime")?;
    runtime.block_on(async {
        let worker = cobro_server::work(config, cobro_server::Cobro::new(Lang::Es)).await?;
        output::answer(&format!("working as process {}", std::process::id()));
        cobro_server::asked_to_end().await;
        worker.stop().await.context("stopping")
    })?;
    Ok(ExitCode::SUCCESS)
}
