//! The smallest HTTP client that a test needs: one request, one connection, the whole answer.

use anyhow::{Context as _, bail};
use serde_json::Value;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The head, in lower case.
    pub head: String,
    /// The body; null when it is not JSON.
    pub body: Value,
}

/// Sends a request and reads the answer.
pub async fn ask(to: SocketAddr, method: &str, path: &str, body: &[u8]) -> anyhow::Result<Answer> {
    let mut stream = TcpStream::connect(to).await?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {to}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    // A server that refuses a large body may answer and close before it has read all of it.
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let split = answer.windows(4).position(|window| window == b"\r\n\r\n").context("no head")?;
    let (head, rest) = answer.split_at(split);
    let head = String::from_utf8(head.to_vec())?.to_lowercase();
    let status = head.split(' ').nth(1).context("no status")?.parse()?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let rest = &rest[4..];
    if length.is_some_and(|length| length.parse() != Ok(rest.len())) {
        bail!("the answer is cut off");
    }
    Ok(Answer { status, head, body: serde_json::from_slice(rest).unwrap_or_default() })
}

/// Asks and expects a status; the body.
pub async fn expect(to: SocketAddr, status: u16, method: &str, path: &str, body: &[u8]) -> Value {
    let answer = ask(to, method, path, body).await.expect("an answer");
    assert_eq!(answer.status, status, "{method} {path}: {:#}", answer.body);
    answer.body
}
