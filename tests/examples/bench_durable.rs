//! The durable engine beside the least that any engine must write, on the same database in the same minute.
//!
//! `cargo run --release -p cobro-tests --example bench_durable -- sqlite 20000`
//! `cargo run --release -p cobro-tests --example bench_durable -- postgres://… 20000`
//!
//! W1: every account enters and is written to, waits three days (one in ten pays and ends), is written to, waits three
//! days, is written to and ends. A transition keeps state, history and messages in one transaction. The best case
//! does the same by hand: claims due rows, moves them, adds a history row and a message to each, in batches as large.
//! `COBRO_BENCH_WITHOUT_SENDS=1` leaves the handing over out, for a profile.
//!
//! Described in `docs/benchmarks.md`.

use anyhow::{Context as _, ensure};
use cobro_dsl::law::Laws;
use cobro_dsl::values::{Currency, NaiveDate, Value};
use cobro_dsl::vocabulary::Fact;
use cobro_engine::calendar::Instant;
use cobro_engine::customer::{Account, Customer, Invoice};
use cobro_engine::durable::channel::{Channel, Handover};
use cobro_engine::durable::programs::{Judged, Programs};
use cobro_engine::durable::store::{InboxInput, NewInput, OutboxRow, Store};
use cobro_engine::durable::{dispatcher, executor};
use cobro_engine::gate::Law;
use cobro_engine::input::{Arrived, Event};
use cobro_store::AnyStore;
use cobro_tests::best_case;
use cobro_tests::work::{Meter, Work};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const TENANT: &str = "default";
const BATCH: u32 = 1_000;
const DAY: i64 = 86_400_000;

const TEXT: &str = r#"idioma es

estrategia w1 {
  moneda PEN
  zona horaria America/Lima
  norma PE
  entra si saldo > 0 PEN
  siempre {
    cuando pago total -> curada
  }
  inicio primero
  paso primero {
    enviar whatsapp plantilla recordatorio
    esperar 3 días
    enviar whatsapp plantilla recordatorio
    esperar 3 días
    enviar whatsapp plantilla recordatorio
    fin sin_acuerdo
  }
  fin curada éxito
  fin sin_acuerdo fracaso
}

plantilla recordatorio para whatsapp {
  finalidad recordatorio
  texto "Hola {{nombre}}, debes {{saldo}} a {{empresa}}. Responde BAJA para no recibir más."
  botón pagar "Pagar ahora"
}
"#;

/// A provider that takes everything at once: what is measured is ours.
struct Takes;

impl Channel for Takes {
    async fn send(&self, _: &OutboxRow) -> Handover {
        Handover::Accepted { provider_id: String::new() }
    }
}

/// What was measured of one run of W1.
#[derive(Default)]
struct Measured {
    transitions: u64,
    sends: u64,
    executing: Duration,
    dispatching: Duration,
    work: Work,
    dispatch_work: Work,
    log_bytes: u64,
}

/// A line of the table. Times are per transition.
struct Line {
    what: &'static str,
    speed: f64,
    own: f64,
    database: f64,
    sends: Option<(f64, f64)>,
    bytes: Option<u64>,
    log_bytes: Option<u64>,
}

impl Line {
    fn cpu(&self) -> f64 {
        self.own + self.database
    }
}

#[derive(Clone, Copy)]
struct Case {
    what: &'static str,
    workers: u32,
    at_once: u32,
    /// Of so many accounts one takes part.
    one_in: u64,
}

const CASES: [Case; 3] = [
    Case { what: "cobro, 1 worker", workers: 1, at_once: BATCH, one_in: 1 },
    Case { what: "cobro, 2 workers", workers: 2, at_once: BATCH, one_in: 1 },
    Case { what: "cobro, 2 workers, a commit each", workers: 2, at_once: 1, one_in: 20 },
];
const BEST: &str = "best case by hand";

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let database = args.next().context("sqlite, or the URL of a PostgreSQL")?;
    let accounts: u64 = args.next().map_or(Ok(20_000), |text| text.parse())?;
    let rounds: u32 = args.next().map_or(Ok(3), |text| text.parse())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(run(&database, accounts, rounds))
}

async fn run(database: &str, accounts: u64, rounds: u32) -> anyhow::Result<()> {
    let is_sqlite = database == "sqlite";
    if !is_sqlite {
        best_case::ensure_durable(database).await?;
    }
    println!(
        "W1 with {accounts} accounts on {}, {rounds} rounds",
        if is_sqlite { "SQLite" } else { "PostgreSQL" }
    );
    println!(
        "| what | transitions/s | µs of CPU a transition (own + database) | bytes kept | bytes of log | sends/s | µs of CPU a send |"
    );
    println!("|---|---|---|---|---|---|---|");
    let mut lines: Vec<Line> = Vec::new();
    for _ in 0..rounds {
        let folder = tempfile::tempdir_in(".")?;
        let best = if is_sqlite {
            best_case::sqlite(&folder.path().join("best.db"), accounts, i64::from(BATCH)).await?
        } else {
            best_case::postgres(database, accounts, i64::from(BATCH)).await?
        };
        let each = |time: Duration| time.as_secs_f64() * 1e6 / best.transitions as f64;
        print(
            &mut lines,
            Line {
                what: BEST,
                speed: 1e6 / each(best.time),
                own: each(best.work.own),
                database: each(best.work.database),
                sends: None,
                bytes: None,
                log_bytes: None,
            },
        );
        for case in CASES {
            let line = one(database, is_sqlite, folder.path(), accounts, case).await?;
            print(&mut lines, line);
        }
    }
    println!("\nmedians of {rounds}, beside the best case of the same round");
    println!("| what | transitions/s | of the best case | CPU of the best case |");
    println!("|---|---|---|---|");
    let of = |what: &str, figure: fn(&Line) -> f64| -> Vec<f64> {
        lines.iter().filter(|line| line.what == what).map(figure).collect()
    };
    let (best_speed, best_cpu) = (of(BEST, |line| line.speed), of(BEST, Line::cpu));
    for what in std::iter::once(BEST).chain(CASES.map(|case| case.what)) {
        let (speed, cpu) = (of(what, |line| line.speed), of(what, Line::cpu));
        let part = |these: &[f64], those: &[f64]| these.iter().zip(those).map(|(a, b)| a / b).collect();
        println!(
            "| {what} | {:.0} | {:.2} | {:.2} |",
            median(speed.clone()),
            median(part(&speed, &best_speed)),
            median(part(&cpu, &best_cpu))
        );
    }
    println!("{} MB resident at the end", resident_megabytes());
    Ok(())
}

fn print(lines: &mut Vec<Line>, line: Line) {
    let bytes = |bytes: Option<u64>| bytes.map_or(String::new(), |bytes| bytes.to_string());
    let (sends, send_cpu) = line
        .sends
        .map_or((String::new(), String::new()), |(speed, cpu)| (format!("{speed:.0}"), format!("{cpu:.1}")));
    println!(
        "| {} | {:.0} | {:.1} ({:.1} + {:.1}) | {} | {} | {sends} | {send_cpu} |",
        line.what,
        line.speed,
        line.cpu(),
        line.own,
        line.database,
        bytes(line.bytes),
        bytes(line.log_bytes),
    );
    lines.push(line);
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

async fn one(
    database: &str,
    is_sqlite: bool,
    folder: &Path,
    accounts: u64,
    case: Case,
) -> anyhow::Result<Line> {
    let accounts = accounts / case.one_in;
    let file = folder.join(format!("w{}-{}.db", case.workers, case.at_once));
    let schema = format!("bench_{}_{}_{}", std::process::id(), case.workers, case.at_once);
    let (store, server) = if is_sqlite {
        (cobro_store::open(&format!("sqlite://{}", file.display())).await?, None)
    } else {
        best_case::schema(database, &schema).await?;
        let sign = if database.contains('?') { '&' } else { '?' };
        let url = format!("{database}{sign}options[search_path]={schema}");
        (cobro_store::open(&url).await?, Some(database))
    };
    let store = Arc::new(store);
    let measured = w1(&store, server, accounts, case).await?;
    let bytes = match server {
        None => std::fs::metadata(&file)?.len(),
        Some(url) => best_case::schema_bytes(url, &schema).await?,
    };
    if let Some(store) = Arc::into_inner(store) {
        store.close().await;
    }
    if let Some(url) = server {
        best_case::drop_schema(url, &schema).await?;
    }
    let each = |time: Duration| time.as_secs_f64() * 1e6 / measured.transitions as f64;
    let each_send = |time: Duration| time.as_secs_f64() * 1e6 / measured.sends as f64;
    Ok(Line {
        what: case.what,
        speed: 1e6 / each(measured.executing),
        own: each(measured.work.own),
        database: each(measured.work.database),
        sends: Some((1e6 / each_send(measured.dispatching), each_send(measured.dispatch_work.whole()))),
        bytes: Some(bytes / measured.transitions),
        log_bytes: server.map(|_| measured.log_bytes / measured.transitions),
    })
}

async fn w1(
    store: &Arc<AnyStore>,
    server: Option<&str>,
    accounts: u64,
    case: Case,
) -> anyhow::Result<Measured> {
    let laws = Laws::shipped();
    let compiled = cobro_dsl::compile("w1.cobro", TEXT, &laws);
    ensure!(!compiled.has_errors(), "{:?}", compiled.findings);
    let program = Arc::new(compiled.programs.into_iter().next().context("the strategy")?);
    let law = Arc::new(Law::new(laws.get("PE").context("Peru")?.clone()));
    let version = program.version;
    let mut programs = Programs::default();
    programs.add(Judged { program, law });
    programs.make_current("w1", version);
    let programs = Arc::new(programs);
    // A Tuesday at ten in Lima.
    let start = Instant::parse("2031-03-04T10:00:00-05:00").context("a moment")?;
    store.deploy(TENANT, "w1", version, TEXT, start).await?;
    let numbers: Vec<u64> = (0..accounts).collect();
    for page in numbers.chunks(5_000) {
        let customers = page.iter().map(|number| customer(*number)).collect::<Option<Vec<_>>>();
        store.import(TENANT, customers.context("customers")?, start).await?;
    }
    for page in numbers.chunks(5_000) {
        let offers = page.iter().map(|number| input("offer", *number, InboxInput::Enter(version)));
        store.accept(TENANT, offers.collect(), start).await?;
    }
    let mut measured = Measured::default();
    let meter = match server {
        Some(url) => best_case::meter(url).await?,
        None => Meter::default(),
    };
    for round in 0..3_i64 {
        let now = start.plus_millis(round * 3 * DAY);
        execute(store, &programs, case, now, meter, server, &mut measured).await?;
        if std::env::var_os("COBRO_BENCH_WITHOUT_SENDS").is_some() {
            continue;
        }
        let (began, before) = (std::time::Instant::now(), meter.read());
        measured.sends += together(store, &programs, case, now, What::Dispatch).await?;
        measured.dispatching += began.elapsed();
        measured.dispatch_work += meter.read().since(before);
        if round == 0 {
            let at = now.plus_millis(DAY);
            let event = Event::PaymentReceived { amount: 10_000, invoice: None, reference: None };
            let paid: Vec<u64> = numbers.iter().copied().filter(|number| number % 10 == 0).collect();
            for page in paid.chunks(5_000) {
                let what = InboxInput::Event(Arrived { event: event.clone(), occurred_at: at });
                let events = page.iter().map(|number| input("bank", *number, what.clone()));
                store.accept(TENANT, events.collect(), at).await?;
            }
            execute(store, &programs, case, at, meter, server, &mut measured).await?;
        }
    }
    let sends = accounts + 2 * (accounts - accounts.div_ceil(10));
    ensure!(measured.sends == sends || measured.sends == 0, "{} sends and not {sends}", measured.sends);
    Ok(measured)
}

async fn execute(
    store: &Arc<AnyStore>,
    programs: &Arc<Programs>,
    case: Case,
    now: Instant,
    meter: Meter,
    server: Option<&str>,
    measured: &mut Measured,
) -> anyhow::Result<()> {
    let log = match server {
        Some(url) => best_case::log_bytes(url).await?,
        None => 0,
    };
    let (began, before) = (std::time::Instant::now(), meter.read());
    measured.transitions += together(store, programs, case, now, What::Execute).await?;
    measured.executing += began.elapsed();
    measured.work += meter.read().since(before);
    if let Some(url) = server {
        measured.log_bytes += best_case::log_bytes(url).await? - log;
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum What {
    Execute,
    Dispatch,
}

/// All workers at one moment, until nothing is left to do.
async fn together(
    store: &Arc<AnyStore>,
    programs: &Arc<Programs>,
    case: Case,
    now: Instant,
    what: What,
) -> anyhow::Result<u64> {
    let mut crew = tokio::task::JoinSet::new();
    for number in 0..case.workers {
        let (store, programs) = (store.clone(), programs.clone());
        crew.spawn(
            async move { alone(&store, &programs, &format!("w{number}"), now, what, case.at_once).await },
        );
    }
    let mut done = 0;
    while let Some(one) = crew.join_next().await {
        done += one??;
    }
    Ok(done)
}

async fn alone(
    store: &AnyStore,
    programs: &Programs,
    worker: &str,
    now: Instant,
    what: What,
    at_once: u32,
) -> anyhow::Result<u64> {
    let clock = || now;
    let mut total = 0;
    loop {
        let (claimed, done) = match what {
            What::Execute => {
                let settings = executor::Settings {
                    worker,
                    clock: now,
                    lease_millis: 60_000,
                    customers_at_once: at_once,
                };
                let done = executor::tick(store, TENANT, programs, settings, now).await?;
                ensure!(done.parked + done.conflicts == 0, "{done:?}");
                (done.claimed, done.committed)
            }
            What::Dispatch => {
                let settings = dispatcher::Settings {
                    worker,
                    clock: &clock,
                    lease_millis: 60_000,
                    messages_at_once: at_once,
                };
                let done = dispatcher::tick(store, TENANT, programs, &Takes, settings, now).await?;
                ensure!(done.marked == done.accepted, "{done:?}");
                (done.marked, done.accepted)
            }
        };
        total += done;
        if claimed == 0 {
            return Ok(total);
        }
    }
}

fn customer(number: u64) -> Option<Customer> {
    let mut customer = Customer::new(format!("C{number}"));
    customer.phone = Some(format!("+519{number:08}"));
    let mut account = Account::new(format!("A{number}"), Currency::parse("PEN")?);
    let due_on = NaiveDate::from_ymd_opt(2031, 2, 20)?;
    account.invoices =
        vec![Invoice { id: format!("F{number}"), issued_on: None, due_on, amount: 10_000, open: 10_000 }];
    let text = |text: &str| Value::Text(text.to_owned());
    account.facts = vec![(Fact::Name, text("Ana")), (Fact::Company, text("Comercial Andina"))];
    customer.accounts.push(account);
    Some(customer)
}

fn input(source: &str, number: u64, what: InboxInput) -> NewInput {
    NewInput { source: source.to_owned(), id: number.to_string(), account: format!("A{number}"), what }
}

fn resident_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}
