//! A service and three workers on one PostgreSQL under load, while workers are killed and stopped for longer than
//! their lease, connections are cut and the database crashes. Afterwards checkers of their own look at what is kept:
//! every event was taken, no message went out twice, limits are exact, histories have no gap, and every customer is
//! the same when made again.
//!
//! Longer: `COBRO_KILL_ROUNDS=200 cargo nextest run -p cobro-tests workers::`.

use crate::payments::{Ledger, events};
use cobro_engine::calendar::Instant;
use cobro_engine::durable::store::{OutboxRow, OutboxState, OutboxWanted, Store};
use cobro_engine::gate::Reach;
use cobro_tests::binary;
use cobro_tests::cluster::Cluster;
use cobro_tests::http::{ask, expect};
use serde_json::json;
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
const ACCOUNTS: u64 = 120;
const LEASE_MILLIS: u64 = 1_200;
const TENANT: &str = "default";

/// A process of ours; it ends with the test.
struct Process(Child);

impl Process {
    fn start(dir: &Path, url: &str, args: &[&str]) -> (Process, String) {
        let mut child = Command::new(binary::path().unwrap())
            .args(args)
            .args(["--database", url, "--lease-millis", &LEASE_MILLIS.to_string(), "--sandbox-log"])
            .arg(dir.join("sent.log"))
            .env("RUST_LOG", "off")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        (Process(child), line.trim().to_owned())
    }

    fn worker(dir: &Path, url: &str) -> Process {
        let (process, line) = Process::start(dir, url, &["worker"]);
        assert!(line.starts_with("working"), "{line}");
        process
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill").args([name, &self.0.id().to_string()]).status().unwrap();
        assert!(status.success(), "kill {name}");
    }

    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Asks it to end, and waits for it.
    fn end(mut self) {
        self.signal("-TERM");
        assert!(self.0.wait().unwrap().success(), "it ends cleanly");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Sends small payments. What is not acknowledged may be there or not.
async fn pay(to: SocketAddr, ledger: Arc<Ledger>, stop: Arc<AtomicBool>) {
    while !stop.load(Ordering::SeqCst) {
        let batch = ledger.batch(4, ACCOUNTS).await;
        let body = events(batch.iter().map(|(id, account)| (id, account)));
        match ask(to, "POST", "/v1/events", body.to_string().as_bytes()).await {
            Ok(answer) if answer.status == 200 => ledger.acknowledged.lock().await.extend(batch),
            Ok(answer) => assert!(answer.status >= 500, "{:#}", answer.body),
            Err(_) => {}
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

/// Moves time.
async fn hurry(to: SocketAddr, stop: Arc<AtomicBool>) {
    while !stop.load(Ordering::SeqCst) {
        let _ = ask(to, "POST", "/v1/sandbox/clock", br#"{"advance":"3 hours"}"#).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits until nothing waits.
async fn rest(to: SocketAddr) {
    for _ in 0..200 {
        let answer = ask(to, "GET", "/ready", b"").await;
        if let Ok(answer) = answer {
            let shown = &answer.body;
            let waiting = &shown["waiting"];
            if waiting["inputs"] == 0 && waiting["customers_due"] == 0 && shown["handing_over"] == 0 {
                assert_eq!(shown["parked"], 0, "{shown:#}");
                return;
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it does not come to rest: {:#}", expect(to, 200, "GET", "/ready", b"").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_workers_lose_nothing_and_repeat_nothing() {
    let Some(cluster) = Cluster::start().unwrap() else { return };
    let rounds: u64 =
        std::env::var("COBRO_KILL_ROUNDS").ok().map_or(8, |text| text.parse().expect("a number"));
    let dir = TempDir::new().unwrap();
    let dir = dir.path();
    let (serve, line) = Process::start(dir, cluster.url(), &["serve", "--listen", "127.0.0.1:0"]);
    let to: SocketAddr = line.strip_prefix("http://").expect("an address").parse().unwrap();
    let mut workers: Vec<Process> = (0..3).map(|_| Process::worker(dir, cluster.url())).collect();
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
    let stop = Arc::new(AtomicBool::new(false));
    let load = [tokio::spawn(pay(to, ledger.clone(), stop.clone())), tokio::spawn(hurry(to, stop.clone()))];
    let mut done = BTreeMap::new();
    for round in 0..rounds {
        let which = usize::try_from(round).unwrap() % workers.len();
        tokio::time::sleep(Duration::from_millis(300 + round * 97 % 400)).await;
        let fault = match round % 4 {
            0 => {
                workers[which].kill();
                workers[which] = Process::worker(dir, cluster.url());
                "killed"
            }
            1 => {
                workers[which].signal("-STOP");
                tokio::time::sleep(Duration::from_millis(LEASE_MILLIS * 2)).await;
                workers[which].signal("-CONT");
                "stopped for longer than the lease"
            }
            2 => {
                cluster.cut().unwrap();
                "connections cut"
            }
            _ => {
                cluster.crash().unwrap();
                "database crashed"
            }
        };
        *done.entry(fault).or_insert(0) += 1;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    stop.store(true, Ordering::SeqCst);
    for part in load {
        part.await.unwrap();
    }
    rest(to).await;

    // Every event that was acknowledged is there.
    let (acknowledged, paid) = (ledger.acknowledged.lock().await.clone(), ledger.sent.lock().await.clone());
    let again = events(&acknowledged);
    let answer = expect(to, 200, "POST", "/v1/events", json!(again).to_string().as_bytes()).await;
    assert_eq!(answer["duplicate"], json!(acknowledged.len()), "an event was lost");
    for worker in workers {
        worker.end();
    }
    serve.end();
    let store = cobro_store::open(cluster.url()).await.unwrap();
    money(&store, &acknowledged, &paid).await;
    let messages = messages(&store, dir).await;
    limits(&messages);
    let rows = histories(&store).await;
    store.close().await;

    let replayed = Command::new(binary::path().unwrap())
        .args(["replay", "--all", "--lang", "en", "--database", cluster.url()])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&replayed.stdout).into_owned();
    assert!(replayed.status.success(), "{told}{}", String::from_utf8_lossy(&replayed.stderr));
    println!(
        "{done:?}: {} events acknowledged and none lost, {} messages and none twice ({} unknown), {rows} history rows without a gap; {told}",
        acknowledged.len(),
        messages.len(),
        messages.iter().filter(|row| row.state == OutboxState::Unknown).count()
    );
}

/// Money in is money allocated.
async fn money(store: &impl Store, acknowledged: &BTreeMap<String, String>, paid: &BTreeMap<String, String>) {
    let count = |ledger: &BTreeMap<String, String>, account: &str| {
        i64::try_from(ledger.values().filter(|known| *known == account).count()).unwrap()
    };
    for number in 0..ACCOUNTS {
        let id = format!("A{number}");
        let view = store.account(TENANT, &id).await.unwrap().unwrap();
        let account = &view.customer.accounts[view.account];
        let open: i64 = account.invoices.iter().map(|invoice| invoice.open).sum();
        let taken = 90_000 - open + account.credit;
        let (least, most) = (count(acknowledged, &id) * 100, count(paid, &id) * 100);
        assert!(least <= taken && taken <= most, "{id}: {taken} is not between {least} and {most}");
    }
}

/// What the channel saw, without repeats, and what the store says of it.
async fn messages(store: &impl Store, dir: &Path) -> Vec<OutboxRow> {
    let log = std::fs::read_to_string(dir.join("sent.log")).unwrap();
    let mut sent = BTreeSet::new();
    for id in log.lines() {
        assert!(sent.insert(id.to_owned()), "went out twice: {id}");
    }
    let all = OutboxWanted { limit: 1_000_000, ..OutboxWanted::default() };
    let rows = store.outbox(TENANT, all).await.unwrap();
    for row in &rows {
        let is_sent = sent.contains(&row.id);
        let is_possible = match row.state {
            OutboxState::Accepted => is_sent,
            OutboxState::Unknown => true,
            OutboxState::Queued | OutboxState::Withdrawn | OutboxState::Refused => !is_sent,
            OutboxState::Marked => false,
        };
        assert!(is_possible, "{} is {:?}, sent: {is_sent}", row.id, row.state);
    }
    assert!(!sent.is_empty(), "something went out");
    rows.into_iter().filter(|row| sent.contains(&row.id)).collect()
}

/// At most one new contact a day and two a week for each customer, over all accounts, by the days of Lima.
fn limits(sent: &[OutboxRow]) {
    let day = |at: Instant| (at.0 - 5 * 3_600_000).div_euclid(86_400_000);
    let (mut days, mut weeks) = (BTreeMap::new(), BTreeMap::new());
    for row in sent.iter().filter(|row| row.message.reach == Reach::NewContact) {
        let day = day(row.not_before);
        // Day 0 was a Thursday.
        let week = (day + 3).div_euclid(7);
        *days.entry((&row.customer, day)).or_insert(0) += 1;
        *weeks.entry((&row.customer, week)).or_insert(0) += 1;
    }
    for (which, count) in days {
        assert!(count <= 1, "{which:?} has {count} contacts on a day");
    }
    for (which, count) in weeks {
        assert!(count <= 2, "{which:?} has {count} contacts in a week");
    }
}

/// The history of each customer is numbered from 1 without a gap.
async fn histories(store: &impl Store) -> usize {
    let mut total = 0;
    for customer in 0..ACCOUNTS / 2 {
        let mut numbers = BTreeSet::new();
        for account in [customer * 2, customer * 2 + 1] {
            for row in store.timeline(TENANT, &format!("A{account}"), 0, 1_000_000).await.unwrap() {
                assert!(numbers.insert(row.number), "a number twice");
            }
        }
        assert!(numbers.iter().copied().eq(1..=numbers.len() as u64), "C{customer} has a gap: {numbers:?}");
        total += numbers.len();
    }
    total
}
