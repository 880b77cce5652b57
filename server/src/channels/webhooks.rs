//! Calls of other systems, over HTTP.
//!
//! In: a configuration (an address for each name), the rows of calls. Out: one POST for each, signed in the form of Standard
//! Webhooks where a secret is configured, and what became of it. Absent: deciding to call, and calling again: the dispatcher
//! does that, and only where it is certain that the other system has not acted.
//!
//! What is certain: no connection, or an answer that asks to come back later, and nothing was done. An answer of success is
//! one; any other refusal is a refusal. A connection that broke, an answer that never came, an error inside the other system:
//! nobody knows, and the call is not made again.

mod wire;

use crate::clock::{Clock, rfc3339};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cobro_engine::calendar::Instant;
use cobro_engine::durable::channel::Handover;
use cobro_engine::durable::store::OutboxRow;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use ureq::{Agent, Error, Timeout};

/// A system that could not be connected to, or did not answer, is left alone for so long: calls of it would keep messages of
/// customers waiting.
const REST_MILLIS: i64 = 30_000;
/// How long finding a host, and connecting to it, may take.
const CONNECT: Duration = Duration::from_secs(4);

/// Where the webhooks of strategies lead.
#[derive(Clone, Default)]
pub struct Webhooks {
    targets: BTreeMap<String, Target>,
}

/// One other system.
#[derive(Clone, PartialEq, Eq)]
struct Target {
    url: String,
    /// The key of its signatures.
    secret: Option<Vec<u8>>,
    timeout: Duration,
}

/// Why a configuration of webhooks cannot be used. Says no secret.
#[derive(Debug)]
pub struct WebhooksError(String);

impl fmt::Display for WebhooksError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WebhooksError {}

/// Names and addresses, no secrets.
impl fmt::Debug for Webhooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.targets.iter().map(|(name, target)| (name, &target.url))).finish()
    }
}

impl Webhooks {
    /// Reads a configuration from a file of TOML: a table for each webhook.
    pub fn open(path: &Path) -> Result<Webhooks, WebhooksError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| WebhooksError(format!("{}: {error}", path.display())))?;
        Webhooks::read(&text).map_err(|error| WebhooksError(format!("{}: {error}", path.display())))
    }

    /// Reads a configuration.
    pub fn read(text: &str) -> Result<Webhooks, WebhooksError> {
        let targets = wire::read(text)?;
        Ok(Webhooks { targets })
    }
}

/// The caller.
pub(crate) struct Caller {
    webhooks: Webhooks,
    tenant: String,
    clock: Clock,
    /// Until when a system is left alone.
    resting: Mutex<BTreeMap<String, Instant>>,
}

impl Caller {
    pub(crate) fn new(webhooks: Webhooks, tenant: &str) -> Caller {
        // Signatures and rests go by the machine's own time, whatever the sandbox's is.
        Caller { webhooks, tenant: tenant.to_owned(), clock: Clock::new(0), resting: Mutex::default() }
    }

    /// Makes one call.
    pub(crate) async fn call(&self, row: &OutboxRow) -> Handover {
        let name = &row.message.webhook;
        let Some(target) = self.webhooks.targets.get(name) else {
            return Handover::Refused { why: format!("no address is configured for the webhook `{name}`") };
        };
        if self.is_resting(name) {
            return Handover::Later { why: format!("`{name}` did not answer a moment ago") };
        }
        let call = Call::of(&self.tenant, row, target, self.clock.machine());
        let target = target.clone();
        // Its own thread: the loops go on.
        let made = tokio::task::spawn_blocking(move || call.make(&target)).await;
        let Ok((handover, is_away)) = made else { return Handover::Unknown };
        if is_away {
            let until = self.clock.machine().plus_millis(REST_MILLIS);
            self.resting.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone(), until);
        }
        handover
    }

    fn is_resting(&self, name: &str) -> bool {
        let resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.get(name).is_some_and(|until| self.clock.machine() < *until)
    }
}

/// A call, as it goes over the wire.
struct Call {
    id: String,
    timestamp: String,
    signature: Option<String>,
    body: String,
}

impl Call {
    fn of(tenant: &str, row: &OutboxRow, target: &Target, now: Instant) -> Call {
        let id = call_id(tenant, &row.id);
        let timestamp = now.0.div_euclid(1000).to_string();
        let body = serde_json::json!({
            "type": row.message.webhook,
            "timestamp": rfc3339(row.decided_at),
            "data": { "customer": row.customer, "account": row.run.account },
        })
        .to_string();
        let signature = target.secret.as_ref().map(|secret| sign(secret, &id, &timestamp, &body));
        Call { id, timestamp, signature, body }
    }

    /// What became of it; and whether the other system is away.
    fn make(&self, target: &Target) -> (Handover, bool) {
        let agent: Agent = Agent::config_builder()
            .timeout_resolve(Some(CONNECT))
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(target.timeout))
            .timeout_global(Some(2 * CONNECT + target.timeout))
            // An answer of 400 is an answer; a redirection would be a call of somebody else.
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            // A connection kept open may be gone when it is needed, and then nobody knows what arrived.
            .max_idle_connections(0)
            .user_agent("cobro")
            .build()
            .into();
        let mut request = agent
            .post(&target.url)
            .header("content-type", "application/json")
            .header("idempotency-key", &self.id)
            .header("webhook-id", &self.id)
            .header("webhook-timestamp", &self.timestamp);
        if let Some(signature) = &self.signature {
            request = request.header("webhook-signature", signature);
        }
        match request.send(self.body.as_bytes()) {
            Ok(answer) => (answered(answer.status().as_u16(), &self.id), false),
            Err(error) => failed(&error),
        }
    }
}

/// The name by which the other system knows a call again: the same however often it were made, and nobody's data.
fn call_id(tenant: &str, row: &str) -> String {
    let hash = Sha256::digest(format!("{tenant}/{row}"));
    let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("call_{hex}")
}

/// `v1,` and the signature of `id.timestamp.body`, as Standard Webhooks has it.
fn sign(secret: &[u8], id: &str, timestamp: &str, body: &str) -> String {
    // A key of any length is taken.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

fn answered(status: u16, id: &str) -> Handover {
    match status {
        200..=299 => Handover::Accepted { provider_id: id.to_owned() },
        // It says itself that it has done nothing, and asks to come back.
        408 | 425 | 429 | 503 => Handover::Later { why: format!("it answered {status}") },
        501 | 505 | 100..=499 => Handover::Refused { why: format!("it answered {status}") },
        _ => Handover::Unknown,
    }
}

fn failed(error: &Error) -> (Handover, bool) {
    let later = |why: &str| (Handover::Later { why: why.to_owned() }, true);
    match error {
        Error::HostNotFound | Error::Timeout(Timeout::Resolve) => later("its host is not known"),
        Error::ConnectionFailed | Error::Timeout(Timeout::Connect) => later("no connection"),
        Error::Io(error) if is_before_sending(error.kind()) => later("no connection"),
        Error::Timeout(_) => (Handover::Unknown, true),
        Error::BadUri(_) | Error::Http(_) => {
            (Handover::Refused { why: "its address cannot be used".to_owned() }, false)
        }
        _ => (Handover::Unknown, false),
    }
}

/// Failures that only a connection that was never made has.
fn is_before_sending(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionRefused
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::AddrNotAvailable
    )
}

#[cfg(test)]
mod tests;
