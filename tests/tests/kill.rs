//! The service is killed at twenty seeded moments under load and started again each time on the same file:
//! every event that was acknowledged is there, no message goes out twice, no run is lost.
//!
//! The service is the real binary, `cobro serve`: nothing is shared with the test but the file.

use crate::payments::{Ledger, events};
use cobro_tests::binary;
use cobro_tests::http::{ask, expect};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tempfile::TempDir;

const STRATEGY: &[u8] = include_bytes!("../../strategies/mora_temprana.cobro");
const KILLS: u64 = 20;
const ACCOUNTS: u64 = 120;

async fn start(dir: &Path) -> (Child, SocketAddr) {
    let mut child = Command::new(binary::path().unwrap())
        .arg("serve")
        .arg("--database")
        .arg(format!("sqlite://{}", dir.join("cobro.db").display()))
        .args(["--listen", "127.0.0.1:0", "--sandbox-log"])
        .arg(dir.join("sent.log"))
        .env("RUST_LOG", "off")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // The first line says where it listens.
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("http://").expect("the service says where it listens");
    (child, address.parse().unwrap())
}

/// Sends small payments until the service is gone.
async fn pay(to: SocketAddr, ledger: Arc<Ledger>, stop: Arc<AtomicBool>) {
    while !stop.load(Ordering::SeqCst) {
        let batch = ledger.batch(5, ACCOUNTS).await;
        let body = events(batch.iter().map(|(id, account)| (id, account)));
        let Ok(answer) = ask(to, "POST", "/v1/events", body.to_string().as_bytes()).await else {
            return;
        };
        assert_eq!(answer.status, 200, "{:#}", answer.body);
        let mut acknowledged = ledger.acknowledged.lock().await;
        for ((id, account), result) in batch.into_iter().zip(answer.body["results"].as_array().unwrap()) {
            assert_eq!(result["result"], "accepted", "{id}: {result}");
            acknowledged.insert(id, account);
        }
    }
}

/// Moves time until the service is gone.
async fn hurry(to: SocketAddr, stop: Arc<AtomicBool>) {
    while !stop.load(Ordering::SeqCst) {
        let Ok(answer) = ask(to, "POST", "/v1/sandbox/clock", br#"{"advance":"4 hours"}"#).await else {
            return;
        };
        assert_eq!(answer.status, 200, "{:#}", answer.body);
    }
}

/// Waits until the channel has written one more line, or a second is over.
async fn a_message_goes_out(dir: &Path) {
    let length = || std::fs::metadata(dir.join("sent.log")).map_or(0, |file| file.len());
    let before = length();
    let patience = tokio::time::Instant::now() + Duration::from_secs(1);
    while length() == before && tokio::time::Instant::now() < patience {
        tokio::task::yield_now().await;
    }
}

/// Which accounts have a run, by account.
async fn runs(to: SocketAddr) -> BTreeMap<String, Value> {
    let mut runs = BTreeMap::new();
    for number in 0..ACCOUNTS {
        let account = format!("A{number}");
        let shown = expect(to, 200, "GET", &format!("/v1/accounts/{account}"), b"").await;
        assert_eq!(shown["parked"], Value::Null, "{shown:#}");
        if shown["run"].is_null() {
            continue;
        }
        let rests = shown["next"]["at"].is_string() || !shown["run"]["open_task"].is_null();
        let waits = shown["inputs_waiting"] != 0;
        assert!(rests || waits || shown["run"]["is_open"] == false, "nothing will happen: {shown:#}");
        runs.insert(account, shown["run"]["entered_at"].clone());
    }
    runs
}

/// What the channel saw, without repeats, and what the store says of it.
async fn check_messages(dir: &Path, to: SocketAddr) -> usize {
    let log = std::fs::read_to_string(dir.join("sent.log")).unwrap_or_default();
    let mut sent = BTreeSet::new();
    for id in log.lines() {
        assert!(sent.insert(id.to_owned()), "went out twice: {id}");
    }
    let (mut after, mut known) = (String::new(), BTreeMap::new());
    loop {
        let page = expect(to, 200, "GET", &format!("/v1/outbox?limit=1000{after}"), b"").await;
        for row in page["messages"].as_array().unwrap() {
            known.insert(row["id"].as_str().unwrap().to_owned(), row["state"].as_str().unwrap().to_owned());
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    for id in &sent {
        let state = known.get(id).map(String::as_str);
        // Marked is possible while the service works on; queued would mean that it goes out again.
        assert!(matches!(state, Some("accepted" | "unknown" | "marked")), "{id} is {state:?}");
    }
    sent.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_kills_lose_nothing_and_repeat_nothing() {
    let dir = TempDir::new().unwrap();
    let dir = dir.path();
    let (mut child, mut to) = start(dir).await;
    expect(to, 200, "POST", "/v1/sandbox/clock", br#"{"to":"2031-03-03T13:00:00Z"}"#).await;
    expect(to, 201, "POST", "/v1/strategies", STRATEGY).await;
    let mut file =
        "customer,account,name,company,pay_link,phone,currency,invoice,due_on,amount,balance\n".to_owned();
    for number in 0..ACCOUNTS {
        let (customer, due) = (number / 2, 4 + number % 20);
        file += &format!(
            "C{customer},A{number},Ana,Demo,https://example.com,+51900{customer:06},PEN,F{number},2031-03-{due:02},900.00,900.00\n"
        );
    }
    expect(to, 201, "POST", "/v1/portfolios", file.as_bytes()).await;

    let ledger = Arc::new(Ledger::default());
    let mut known = BTreeMap::new();
    let mut sent = 0;
    for kill in 0..KILLS {
        let stop = Arc::new(AtomicBool::new(false));
        let load =
            [tokio::spawn(pay(to, ledger.clone(), stop.clone())), tokio::spawn(hurry(to, stop.clone()))];
        // Spread over the first third of a second by the seed of the kill.
        let moment = (kill.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) % 330;
        match kill % 2 {
            0 => tokio::time::sleep(Duration::from_millis(20 + moment)).await,
            // The worst moment: a message has just gone out and nobody has written it down.
            _ => a_message_goes_out(dir).await,
        }
        child.kill().unwrap();
        child.wait().unwrap();
        stop.store(true, Ordering::SeqCst);
        for part in load {
            part.await.unwrap();
        }

        (child, to) = start(dir).await;
        let acknowledged = ledger.acknowledged.lock().await.clone();
        let again = events(&acknowledged);
        let answer = expect(to, 200, "POST", "/v1/events", json!(again).to_string().as_bytes()).await;
        assert_eq!(answer["duplicate"], json!(acknowledged.len()), "kill {kill}: an event was lost");
        let now_known = runs(to).await;
        for (account, entered_at) in &known {
            assert_eq!(now_known.get(account), Some(entered_at), "kill {kill}: the run of {account} is lost");
        }
        known = now_known;
        sent = check_messages(dir, to).await;
    }
    assert!(!known.is_empty() && sent > 0, "the load did something: {} runs, {sent} messages", known.len());

    // Let everything come to rest, and count the money.
    expect(to, 200, "POST", "/v1/sandbox/clock", br#"{"advance":"1 hour"}"#).await;
    let count = |ledger: &BTreeMap<String, String>, account: &str| {
        i64::try_from(ledger.values().filter(|known| *known == account).count()).unwrap()
    };
    let (acknowledged, paid) = (ledger.acknowledged.lock().await.clone(), ledger.sent.lock().await.clone());
    for number in 0..ACCOUNTS {
        let account = format!("A{number}");
        let shown = expect(to, 200, "GET", &format!("/v1/accounts/{account}"), b"").await;
        let minor = |text: &Value| {
            text.as_str().unwrap().replace(" PEN", "").replace('.', "").parse::<i64>().unwrap()
        };
        let taken = 90_000 - minor(&shown["facts"]["open"]) + minor(&shown["facts"]["credit"]);
        let (least, most) = (count(&acknowledged, &account) * 100, count(&paid, &account) * 100);
        assert!(least <= taken && taken <= most, "{account}: {taken} is not between {least} and {most}");
    }
    let sent = check_messages(dir, to).await;
    println!(
        "{KILLS} kills: {} events acknowledged and none lost, {sent} messages and none twice, {} runs and none lost",
        acknowledged.len(),
        known.len()
    );
    child.kill().unwrap();
    child.wait().unwrap();
}
