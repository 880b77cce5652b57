//! What can be set when the service starts. With nothing set it runs on a SQLite file with the sandbox.

use crate::channels::webhooks::Webhooks;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// The configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// The store's URL.
    pub database: String,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Messages are shown instead of sent, and the clock can be moved forward.
    pub sandbox: bool,
    /// A file to which the sandbox adds the id of each message at the moment of sending; for tests of crashes.
    pub sandbox_log: Option<PathBuf>,
    /// Where the webhooks of strategies lead; without it the sandbox shows calls.
    pub webhooks: Option<Webhooks>,
    /// The tenant. One for now; everything that is kept is kept under it.
    pub tenant: String,
    /// The largest body of most requests, in bytes.
    pub body_bytes_max: usize,
    /// The largest portfolio, in bytes.
    pub portfolio_bytes_max: usize,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// How long the loops rest at most when there is nothing to do.
    pub idle: Duration,
    /// How long a worker may hold customers, and messages that it hands over. Whoever is stopped for longer has
    /// lost them.
    pub lease: Duration,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            database: "sqlite://cobro.db".to_owned(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            sandbox: true,
            sandbox_log: None,
            webhooks: None,
            tenant: "default".to_owned(),
            body_bytes_max: 8 << 20,
            portfolio_bytes_max: 256 << 20,
            request_timeout: Duration::from_secs(60),
            idle: Duration::from_millis(500),
            lease: Duration::from_secs(60),
        }
    }
}
