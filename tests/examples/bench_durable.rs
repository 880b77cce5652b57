//! The durable engine beside the least that any engine must write, on the same database in the same minute.
//!
//! `cargo run --release -p cobro-tests --example bench_durable -- sqlite 20000`
//! `cargo run --release -p cobro-tests --example bench_durable -- postgres://… 20000`
//!
//! W1: every account enters and is written to, waits three days (one in ten pays and ends), is written to, waits three
//! days, is written to and ends. A transition keeps state, history and messages in one transaction. The best case
//! does the same by hand: claims due rows, moves them, adds a history row and a message to each, in batches as large.
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
use cobro_tests::best_case::{self, cpu_time};
use std::sync::Arc;
use std::time::Duration;

const TENANT: &str = "default";
const BATCH: u32 = 500;
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
    cpu: Duration,
}

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let database = args.next().context("sqlite, or the URL of a PostgreSQL")?;
    let accounts: u64 = args.next().map_or(Ok(20_000), |text| text.parse())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(run(&database, accounts))
}

async fn run(database: &str, accounts: u64) -> anyhow::Result<()> {
    let folder = tempfile::tempdir_in(".")?;
    let is_sqlite = database == "sqlite";
    println!("W1 with {accounts} accounts on {}", if is_sqlite { "SQLite" } else { "PostgreSQL" });
    println!("| what | workers | transitions/s | sends/s | CPU per transition | of the best case |");
    println!("|---|---|---|---|---|---|");
    let best = if is_sqlite {
        best_case::sqlite(&folder.path().join("best.db"), accounts, i64::from(BATCH)).await?
    } else {
        best_case::postgres(database, accounts, i64::from(BATCH)).await?
    };
    let speed = |count: u64, time: Duration| count as f64 / time.as_secs_f64();
    let best_speed = speed(best.transitions, best.time);
    println!(
        "| best case by hand | {} | {best_speed:.0} | | {:.1} µs | 1 |",
        best.connections,
        best.cpu.as_secs_f64() * 1e6 / best.transitions as f64
    );
    for workers in [1, 2] {
        let (store, size) = if is_sqlite {
            let file = folder.path().join(format!("w{workers}.db"));
            (cobro_store::open(&format!("sqlite://{}", file.display())).await?, file)
        } else {
            let schema = format!("bench_{}_{workers}", std::process::id());
            best_case::schema(database, &schema).await?;
            let sign = if database.contains('?') { '&' } else { '?' };
            let url = format!("{database}{sign}options[search_path]={schema}");
            (cobro_store::open(&url).await?, std::path::PathBuf::from(schema))
        };
        let measured = w1(&Arc::new(store), accounts, workers).await?;
        let transitions = speed(measured.transitions, measured.executing);
        println!(
            "| cobro | {workers} | {transitions:.0} | {:.0} | {:.1} µs | {:.2} |",
            speed(measured.sends, measured.dispatching),
            measured.cpu.as_secs_f64() * 1e6 / measured.transitions as f64,
            transitions / best_speed
        );
        let bytes = if is_sqlite {
            std::fs::metadata(&size)?.len()
        } else {
            best_case::schema_bytes(database, &size.to_string_lossy()).await?
        };
        println!(
            "  {} transitions, {} sends; {} bytes in the database for each transition; {} MB resident",
            measured.transitions,
            measured.sends,
            bytes / measured.transitions,
            resident_megabytes()
        );
    }
    Ok(())
}

async fn w1(store: &Arc<AnyStore>, accounts: u64, workers: u32) -> anyhow::Result<Measured> {
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
    let cpu = cpu_time();
    for round in 0..3_i64 {
        let now = start.plus_millis(round * 3 * DAY);
        let began = std::time::Instant::now();
        measured.transitions += together(store, &programs, workers, now, Work::Execute).await?;
        measured.executing += began.elapsed();
        let began = std::time::Instant::now();
        measured.sends += together(store, &programs, workers, now, Work::Dispatch).await?;
        measured.dispatching += began.elapsed();
        if round == 0 {
            let at = now.plus_millis(DAY);
            let event = Event::PaymentReceived { amount: 10_000, invoice: None, reference: None };
            let paid: Vec<u64> = numbers.iter().copied().filter(|number| number % 10 == 0).collect();
            for page in paid.chunks(5_000) {
                let what = InboxInput::Event(Arrived { event: event.clone(), occurred_at: at });
                let events = page.iter().map(|number| input("bank", *number, what.clone()));
                store.accept(TENANT, events.collect(), at).await?;
            }
            let began = std::time::Instant::now();
            measured.transitions += together(store, &programs, workers, at, Work::Execute).await?;
            measured.executing += began.elapsed();
        }
    }
    measured.cpu = cpu_time().saturating_sub(cpu);
    let sends = accounts + 2 * (accounts - accounts.div_ceil(10));
    ensure!(measured.sends == sends, "{} sends and not {sends}", measured.sends);
    Ok(measured)
}

#[derive(Clone, Copy)]
enum Work {
    Execute,
    Dispatch,
}

/// All workers at one moment, until nothing is left to do.
async fn together(
    store: &Arc<AnyStore>,
    programs: &Arc<Programs>,
    workers: u32,
    now: Instant,
    work: Work,
) -> anyhow::Result<u64> {
    let mut crew = tokio::task::JoinSet::new();
    for number in 0..workers {
        let (store, programs) = (store.clone(), programs.clone());
        crew.spawn(async move { alone(&store, &programs, &format!("w{number}"), now, work).await });
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
    work: Work,
) -> anyhow::Result<u64> {
    let clock = || now;
    let mut total = 0;
    loop {
        let (claimed, done) = match work {
            Work::Execute => {
                let settings =
                    executor::Settings { worker, clock: now, lease_millis: 60_000, customers_at_once: BATCH };
                let done = executor::tick(store, TENANT, programs, settings, now).await?;
                ensure!(done.parked + done.conflicts == 0, "{done:?}");
                (done.claimed, done.committed)
            }
            Work::Dispatch => {
                let settings = dispatcher::Settings {
                    worker,
                    clock: &clock,
                    lease_millis: 60_000,
                    messages_at_once: BATCH,
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
