//! Two accounts of one person, two strategies, two workers: the weekly limit of the law.
//!
//! In: a store for each worker, how many persons. Out: how many messages each person got, week by week. Absent: judging;
//! who calls knows what the law of Chile permits: two written messages a week, two days apart.

use anyhow::{Context as _, ensure};
use cobro_dsl::law::Laws;
use cobro_dsl::values::{Currency, NaiveDate};
use cobro_engine::calendar::Instant;
use cobro_engine::customer::{Account, Customer, Invoice};
use cobro_engine::durable::channel::{Channel, Handover};
use cobro_engine::durable::programs::{Judged, Programs};
use cobro_engine::durable::store::{Error, InboxInput, NewInput, OutboxRow, Store};
use cobro_engine::durable::{dispatcher, executor};
use cobro_engine::gate::Law;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

const TENANT: &str = "default";
/// The persons are written to for so many weeks.
pub const WEEKS: i64 = 3;
const HOUR: i64 = 3_600_000;

/// Both would write every day.
const STRATEGIES: [(&str, &str); 2] = [("first", "whatsapp"), ("second", "sms")];

fn text(name: &str, channel: &str) -> String {
    format!(
        "strategy {name} {{\n  currency CLP\n  timezone America/Santiago\n  law CL\n  enter when balance > 0 CLP\n  \
         start a\n  step a {{\n    repeat up to 40 times {{\n      send {channel} template ask\n      wait 1 day\n    }}\n    \
         end f\n  }}\n  end f\n}}\ntemplate ask for {channel} {{\n  purpose reminder\n  text \"hello\"\n}}\n"
    )
}

/// What the provider had: when, whose.
pub struct Provider {
    came: Mutex<Vec<(Instant, String)>>,
    now: Mutex<Instant>,
}

impl Channel for Provider {
    async fn send(&self, row: &OutboxRow) -> Handover {
        let now = *self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let mut came = self.came.lock().unwrap_or_else(PoisonError::into_inner);
        came.push((now, row.customer.clone()));
        Handover::Accepted { provider_id: row.id.clone() }
    }
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// Messages that went out.
    pub sent: u64,
    /// How many persons got so many messages in each of the weeks.
    pub persons_by_weeks: BTreeMap<Vec<u32>, u64>,
    /// Messages by worker.
    pub by_worker: [u64; 2],
    /// Times that one worker found that the other had been faster.
    pub conflicts: u64,
    /// The shortest time between two messages to one person, in hours.
    pub least_hours_between: i64,
}

/// Plays the persons with two workers at once, each on its own handle of the same store.
pub async fn play<S: Store + 'static>(workers: [Arc<S>; 2], persons: u64) -> anyhow::Result<Outcome> {
    let laws = Laws::shipped();
    let law = Arc::new(Law::new(laws.get("CL").context("a pack")?.clone()));
    let mut programs = Programs::default();
    // Monday 2026-03-02, 09:00 in Santiago.
    let start = Instant::parse("2026-03-02T09:00:00-03:00").context("a moment")?;
    let [first, _] = &workers;
    let mut versions = Vec::new();
    for (name, channel) in STRATEGIES {
        let text = text(name, channel);
        let compiled = cobro_dsl::compile("persons.cobro", &text, &laws);
        let program = compiled.programs.into_iter().next().context("a strategy")?;
        let version = program.version;
        first.deploy(TENANT, name, version, &text, start).await?;
        programs.add(Judged { program: Arc::new(program), law: law.clone() });
        programs.make_current(name, version);
        versions.push(version);
    }
    for chunk in (0..persons).collect::<Vec<u64>>().chunks(1_000) {
        let people: Vec<Customer> = chunk.iter().filter_map(|number| person(*number)).collect();
        first.import(TENANT, people, start).await?;
        let entries = chunk.iter().flat_map(|number| {
            versions.iter().enumerate().map(move |(debt, version)| NewInput {
                source: "test".to_owned(),
                id: format!("{number}-{debt}"),
                account: format!("{number}-{debt}"),
                what: InboxInput::Enter(*version),
            })
        });
        first.accept(TENANT, entries.collect(), start).await?;
    }
    let provider = Arc::new(Provider { came: Mutex::default(), now: Mutex::new(start) });
    let programs = Arc::new(programs);
    let mut outcome = Outcome {
        sent: 0,
        persons_by_weeks: BTreeMap::new(),
        by_worker: [0; 2],
        conflicts: 0,
        least_hours_between: i64::MAX,
    };
    let until = start.plus_millis(WEEKS * 7 * 24 * HOUR - 1);
    let mut now = start;
    loop {
        *provider.now.lock().unwrap_or_else(PoisonError::into_inner) = now;
        let at_work = [0, 1].map(|place| {
            let store = workers[place].clone();
            tokio::spawn(worker(store, ["one", "two"][place], programs.clone(), provider.clone(), now))
        });
        for (place, worker) in at_work.into_iter().enumerate() {
            let (sent, conflicts) = worker.await??;
            outcome.by_worker[place] += sent;
            outcome.conflicts += conflicts;
        }
        match first.next_due(TENANT, now).await? {
            Some(next) if next <= until => now = next.max(now),
            _ => break,
        }
    }
    count(&provider, start, persons, &mut outcome);
    Ok(outcome)
}

fn person(number: u64) -> Option<Customer> {
    let mut customer = Customer::new(number.to_string());
    customer.phone = Some(format!("+569{number:08}"));
    customer.zone = Some(chrono_tz::America::Santiago);
    for debt in 0..2 {
        let mut account = Account::new(format!("{number}-{debt}"), Currency::parse("CLP")?);
        let due_on = NaiveDate::from_ymd_opt(2026, 1, 1)?;
        account.invoices =
            vec![Invoice { id: "1".to_owned(), issued_on: None, due_on, amount: 100, open: 100 }];
        customer.accounts.push(account);
    }
    Some(customer)
}

/// Works until nothing is left at this moment. Where the other one holds what is due, it looks again.
async fn worker<S: Store>(
    store: Arc<S>,
    name: &'static str,
    programs: Arc<Programs>,
    provider: Arc<Provider>,
    now: Instant,
) -> anyhow::Result<(u64, u64)> {
    let settings = executor::Settings { worker: name, lease_millis: 600_000, customers_at_once: 50 };
    let dispatch = dispatcher::Settings { worker: name, messages_at_once: 50 };
    let (mut sent, mut conflicts, mut idle) = (0, 0, 0);
    while idle < 3 {
        let done = match executor::tick(&*store, TENANT, &programs, settings, now).await {
            Ok(done) => done,
            Err(Error::Unavailable(_)) => continue,
            Err(error) => return Err(error.into()),
        };
        let out = match dispatcher::tick(&*store, TENANT, &programs, &*provider, dispatch, now).await {
            Ok(out) => out,
            Err(error) => return Err(error.into()),
        };
        ensure!(done.parked == 0 && out.problems == 0, "a customer was put aside");
        sent += out.accepted;
        conflicts += done.conflicts;
        idle = if done.claimed + out.marked == 0 { idle + 1 } else { 0 };
        tokio::task::yield_now().await;
    }
    Ok((sent, conflicts))
}

fn count(provider: &Provider, start: Instant, persons: u64, outcome: &mut Outcome) {
    let came = provider.came.lock().unwrap_or_else(PoisonError::into_inner);
    let mut of: BTreeMap<&str, Vec<Instant>> = BTreeMap::new();
    for (at, customer) in came.iter() {
        of.entry(customer).or_default().push(*at);
    }
    outcome.sent = came.len() as u64;
    let silent = persons - of.len() as u64;
    if silent > 0 {
        outcome.persons_by_weeks.insert(Vec::new(), silent);
    }
    for moments in of.values_mut() {
        moments.sort();
        let mut weeks = vec![0; WEEKS as usize];
        for at in moments.iter() {
            // The first week began on a Monday at nine; no message goes out between midnight and nine.
            if let Some(week) = weeks.get_mut(((at.0 - start.0) / (7 * 24 * HOUR)) as usize) {
                *week += 1;
            }
        }
        *outcome.persons_by_weeks.entry(weeks).or_default() += 1;
        for pair in moments.windows(2) {
            if let [one, other] = pair {
                let hours = (other.0 - one.0) / HOUR;
                outcome.least_hours_between = outcome.least_hours_between.min(hours);
            }
        }
    }
}
