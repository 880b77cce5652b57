//! `cobro serve`: the durable service.

use crate::args::lang;
use crate::output;
use anyhow::Context as _;
use clap::Args;
use cobro_dsl::values::Lang;
use cobro_server::Config;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// Runs strategies for every account, durably, behind an HTTP API; until there is a channel, in the sandbox.
///
/// Example: cobro serve --database sqlite://cobro.db --listen 127.0.0.1:8080
#[derive(Args, Debug)]
pub(crate) struct ServeArgs {
    /// Where everything is kept: sqlite://FILE or postgres://USER@HOST/DATABASE
    #[arg(long, env = "COBRO_DATABASE", default_value = "sqlite://cobro.db")]
    database: String,
    /// Where to listen; port 0 takes a free one
    #[arg(long, env = "COBRO_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// A file to which the sandbox adds the id of each message it shows
    #[arg(long, value_name = "FILE", hide = true)]
    sandbox_log: Option<PathBuf>,
    /// Where the webhooks of strategies lead: a TOML file, a table for each; without it calls are shown, not made
    #[arg(long, value_name = "FILE", env = "COBRO_WEBHOOKS")]
    webhooks: Option<PathBuf>,
    /// How long a worker may hold what it takes, in milliseconds
    #[arg(long, value_name = "MS", hide = true, default_value = "60000")]
    lease_millis: u64,
    /// Language of what is said about portfolios: es, en
    #[arg(long, default_value = "es", value_parser = lang)]
    lang: Lang,
}

pub(crate) fn run(args: &ServeArgs) -> anyhow::Result<ExitCode> {
    cobro_server::log_to_stderr();
    let config = Config {
        database: args.database.clone(),
        listen: args.listen,
        sandbox_log: args.sandbox_log.clone(),
        webhooks: args.webhooks.as_deref().map(cobro_server::Webhooks::open).transpose()?,
        lease: std::time::Duration::from_millis(args.lease_millis),
        ..Config::default()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime")?;
    runtime.block_on(async {
        let server = cobro_server::start(config, cobro_server::Cobro::new(args.lang)).await?;
        output::answer(&format!("http://{}", server.address()));
        output::message(
            "sandbox: messages are shown, not sent; POST /v1/sandbox/clock moves time; Ctrl-C ends",
        );
        cobro_server::asked_to_end().await;
        server.stop().await.context("stopping")
    })?;
    Ok(ExitCode::SUCCESS)
}
