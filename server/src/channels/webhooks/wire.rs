//! The configuration as people write it.

use super::{BASE64_STANDARD, Target, WebhooksError};
use base64::Engine as _;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a call may take when nothing is said, in seconds.
const TIMEOUT_SECONDS: u64 = 10;
/// The longest that may be asked for: a mark must not run out meanwhile.
const TIMEOUT_SECONDS_MAX: u64 = 15;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    url: String,
    secret: Option<String>,
    timeout_seconds: Option<u64>,
}

pub(super) fn read(text: &str) -> Result<BTreeMap<String, Target>, WebhooksError> {
    // The parser's own words would quote the line, which may hold a secret.
    let place = |error: toml::de::Error| {
        let line =
            error.span().map_or(0, |span| 1 + text.get(..span.start).unwrap_or("").matches('\n').count());
        WebhooksError(format!("line {line}: {}", error.message()))
    };
    let written: BTreeMap<String, Written> = toml::from_str(text).map_err(place)?;
    written.into_iter().map(|(name, written)| Ok((name.clone(), target(&name, written)?))).collect()
}

fn target(name: &str, written: Written) -> Result<Target, WebhooksError> {
    let wrong = |what: String| Err(WebhooksError(format!("[{name}]: {what}")));
    let host = written.url.strip_prefix("https://").or_else(|| written.url.strip_prefix("http://"));
    let host = host.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    if host.is_none_or(|host| host.is_empty() || host.contains('@')) {
        return wrong("url: write `https://HOST/PATH`, without a password".to_owned());
    }
    let seconds = written.timeout_seconds.unwrap_or(TIMEOUT_SECONDS);
    if seconds == 0 || seconds > TIMEOUT_SECONDS_MAX {
        return wrong(format!("timeout_seconds: from 1 to {TIMEOUT_SECONDS_MAX}"));
    }
    let secret = match &written.secret {
        None => None,
        Some(secret) => match secret.strip_prefix("whsec_").map(|key| BASE64_STANDARD.decode(key)) {
            Some(Ok(key)) if key.len() >= 24 => Some(key),
            _ => {
                return wrong(
                    "secret: write `whsec_` and at least 24 bytes in base64, \
                              as `openssl rand -base64 24` prints them"
                        .to_owned(),
                );
            }
        },
    };
    Ok(Target { url: written.url, secret, timeout: Duration::from_secs(seconds) })
}
