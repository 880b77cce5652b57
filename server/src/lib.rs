//! The outside: HTTP, channels, loops and the clock.
//!
//! In: a configuration, and the language that reads strategies and portfolios. Out: a service. Absent:
//! meaning (the engine's), SQL (the store's), and any other call to the clock than the one in `clock`.

mod config;
mod clock;
mod compile;
mod app;
mod channels;
mod loops;
mod http;
mod import;
mod operate;
mod replay;
mod stop;
mod telemetry;

pub use channels::webhooks::{Webhooks, WebhooksError};
pub use cobro_engine::durable::store::Import;
pub use compile::{Cobro, Finding, Language, Portfolio, RowProblem};
pub use config::Config;
pub use import::import;
pub use operate::{Told, new_operation_id, operate};
pub use replay::{AccountThen, ReplayReport, replay_accounts};
pub use stop::{StopLine, StopWanted, stop};

use app::App;
use cobro_engine::durable::store::{Others, Store};
use std::fmt;
use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Why the service did not start, or stopped.
#[derive(Debug)]
pub enum StartError {
    /// No channel is configured, and without the sandbox there is nobody to send through.
    NoChannel,
    /// The store.
    Open(cobro_store::OpenError),
    /// The store, after it was opened.
    Store(cobro_engine::durable::store::Error),
    /// The address to listen on.
    Listen(SocketAddr, std::io::Error),
    /// The sandbox's file.
    Io(std::io::Error),
    /// A worker on a store that only one process may serve.
    NotShared,
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartError::NoChannel => f.write_str("no channel is configured: leave the sandbox on"),
            StartError::Open(error) => error.fmt(f),
            StartError::Store(error) => error.fmt(f),
            StartError::Listen(address, error) => match error.kind() {
                std::io::ErrorKind::AddrInUse => write!(f, "{address} is in use by another process"),
                _ => write!(f, "{address}: {error}"),
            },
            StartError::Io(error) => error.fmt(f),
            StartError::NotShared => {
                f.write_str("workers share a PostgreSQL: on a file `cobro serve` does all the work by itself")
            }
        }
    }
}

impl std::error::Error for StartError {}

/// A service that runs.
pub struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    done: JoinHandle<std::io::Result<()>>,
}

/// Opens the store, puts right what a crash left, and serves.
pub async fn start(config: Config, language: impl Language) -> Result<Server, StartError> {
    if !config.sandbox {
        return Err(StartError::NoChannel);
    }
    let hold = cobro_store::hold(&config.database).map_err(StartError::Open)?;
    let store = cobro_store::open(&config.database).await.map_err(StartError::Open)?;
    let app = Arc::new(App::open(config, store, Arc::new(language)).await?);
    let listener = TcpListener::bind(app.config.listen).await;
    let listener = listener.map_err(|error| StartError::Listen(app.config.listen, error))?;
    let address = listener.local_addr().map_err(StartError::Io)?;
    if !address.ip().is_loopback() {
        tracing::warn!(
            "listening beyond this machine without keys: whoever reaches the port may do anything"
        );
    }
    let (stop, stopped) = watch::channel(false);
    let routes = http::routes(app.clone());
    let done = tokio::spawn(async move {
        let loops = loops::start(&app, loops::Role::Serve, &stopped);
        let mut asked = stopped.clone();
        let until = async move {
            // The sender going away asks as well.
            let _ = asked.wait_for(|stop| *stop).await;
        };
        let served = axum::serve(listener, routes).with_graceful_shutdown(until).await;
        loops.join_all().await;
        app.store.close().await;
        drop(hold);
        served
    });
    tracing::info!(%address, "serving");
    Ok(Server { address, stop, done })
}

/// A worker that runs: executor and dispatcher, beside others on the same store.
pub struct Worker {
    stop: watch::Sender<bool>,
    done: JoinHandle<()>,
}

/// Opens the store and works: takes what is due, hands messages over. May join and leave at any time.
pub async fn work(config: Config, language: impl Language) -> Result<Worker, StartError> {
    if !config.sandbox {
        return Err(StartError::NoChannel);
    }
    let store = cobro_store::open(&config.database).await.map_err(StartError::Open)?;
    if !store.is_shared() {
        return Err(StartError::NotShared);
    }
    let app = Arc::new(App::open(config, store, Arc::new(language)).await?);
    let (stop, stopped) = watch::channel(false);
    let done = tokio::spawn(async move {
        let loops = loops::start(&app, loops::Role::Work, &stopped);
        loops.join_all().await;
        app.store.close().await;
    });
    Ok(Worker { stop, done })
}

impl Worker {
    /// Ends what is in hand, then the loops; nothing stays held.
    pub async fn stop(self) -> std::io::Result<()> {
        let _ = self.stop.send(true);
        self.done.await.map_err(std::io::Error::other)
    }
}

/// Serves until the process is asked to end (Ctrl-C or SIGTERM).
pub async fn serve(config: Config, language: impl Language) -> Result<(), StartError> {
    let server = start(config, language).await?;
    tokio::select! {
        () = asked_to_end() => server.stop().await.map_err(StartError::Io),
    }
}

impl Server {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers what was asked already, ends the loops, closes the store.
    pub async fn stop(self) -> std::io::Result<()> {
        let _ = self.stop.send(true);
        self.done.await.unwrap_or_else(|error| Err(std::io::Error::other(error)))
    }
}

/// Log lines on stderr, as `RUST_LOG` asks, `info` otherwise. A panic's own words may quote a person's data,
/// so only its place is logged.
pub fn log_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .try_init();
    std::panic::set_hook(Box::new(|panic| match panic.location() {
        Some(place) => tracing::error!(file = place.file(), line = place.line(), "panic"),
        None => tracing::error!("panic"),
    }));
}

/// Comes back when the process is asked to end: Ctrl-C or SIGTERM.
#[cfg(unix)]
pub async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut term) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = term.recv() => {}
    }
}

/// Comes back when the process is asked to end: Ctrl-C.
#[cfg(not(unix))]
pub async fn asked_to_end() {
    let _ = tokio::signal::ctrl_c().await;
}

/// What a start must find before anything ticks. Who had been put aside is tried again: the binary may be a new one.
async fn recover(
    store: &impl Store,
    tenant: &str,
    others: Others,
    clock: &clock::Clock,
) -> Result<(), StartError> {
    let resumed = store.resume(tenant).await.map_err(StartError::Store)?;
    let at = match others {
        Others::None => clock.now(),
        Others::Perhaps => clock.machine(),
    };
    let found = store.recover(tenant, others, at).await.map_err(StartError::Store)?;
    if found.unknown + found.released + resumed > 0 {
        let (unknown, released) = (found.unknown, found.released);
        tracing::warn!(unknown, released, resumed, "put right what the last process left");
    }
    Ok(())
}
