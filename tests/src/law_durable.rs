//! What goes out of a durable executor, judged by the oracle: at the moment at which the channel has it.
//!
//! In: a store, a strategy and people by chance, dice. Out: a verdict. The log is kept from what was told to the store
//! and from what the channel got, not from the executor's own history. Absent: deferrals; those are judged where
//! nothing stands between decision and dispatch.

use crate::law_chance::{self, Dice, Played, letter};
use crate::law_play::{self, Verdict};
use crate::oracle::{Kind, Log};
use anyhow::{Context as _, ensure};
use cobro_engine::calendar::Instant;
use cobro_engine::customer::Customer;
use cobro_engine::durable::channel::{Channel, Handover};
use cobro_engine::durable::programs::{Judged, Programs};
use cobro_engine::durable::store::{
    InboxInput, NewInput, OutboxRow, OutboxState, OutboxWanted, Store, TimelineRow,
};
use cobro_engine::durable::{dispatcher, executor};
use cobro_engine::gate::Reach;
use cobro_engine::input::Arrived;
use cobro_engine::record::Row;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

const TENANT: &str = "default";

/// The provider: takes most messages, and notes each that comes.
struct Provider {
    state: Mutex<Inside>,
    is_faulty: bool,
}

struct Inside {
    now: Instant,
    dice: Dice,
    came: Vec<(Instant, OutboxRow, bool)>,
}

impl Channel for Provider {
    async fn send(&self, row: &OutboxRow) -> Handover {
        let mut inside = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = if self.is_faulty { inside.dice.below(20) } else { 19 };
        let now = inside.now;
        match answer {
            0 | 1 => {
                inside.came.push((now, row.clone(), false));
                Handover::Refused { why: "no such number".to_owned() }
            }
            2 | 3 => Handover::Later { why: "busy".to_owned() },
            4 => {
                inside.came.push((now, row.clone(), true));
                Handover::Unknown
            }
            _ => {
                inside.came.push((now, row.clone(), true));
                Handover::Accepted { provider_id: row.id.clone() }
            }
        }
    }
}

/// Plays some people of one strategy through a store. With `is_faulty` the provider refuses, delays and loses some
/// messages; without, the executor's own history is judged as well, its deferrals and refusals with it.
pub async fn play<S: Store>(
    store: &S,
    played: &Played,
    people: usize,
    is_faulty: bool,
    dice: &mut Dice,
) -> anyhow::Result<Verdict> {
    let judged = Judged { program: Arc::new(played.program.clone()), law: Arc::new(played.law.clone()) };
    let (name, version) = (judged.program.name.clone(), judged.program.version);
    let mut programs = Programs::default();
    programs.add(judged);
    programs.make_current(&name, version);
    let start = law_chance::start(dice).context("a start")?;
    store.deploy(TENANT, &name, version, &played.text, start).await?;
    let mut customers = Vec::new();
    for number in 0..people {
        let mut customer = law_chance::person(played, dice).context("a person")?;
        customer.id = format!("c{number}");
        for (debt, account) in customer.accounts.iter_mut().enumerate() {
            account.id = format!("c{number}-{debt}");
        }
        customers.push(customer);
    }
    store.import(TENANT, customers.clone(), start).await?;
    let inside = Inside { now: start, dice: Dice::new(dice.below(1 << 40)), came: Vec::new() };
    let provider = Provider { state: Mutex::new(inside), is_faulty };
    let mut world = World {
        store,
        programs,
        provider,
        logs: customers.iter().map(|customer| (customer.id.clone(), played.log(customer))).collect(),
        played,
        coming: BTreeMap::new(),
        told: 0,
        verdict: Verdict::default(),
        gone: BTreeSet::new(),
        dice,
    };
    for customer in &customers {
        for account in &customer.accounts {
            let at = start.plus_millis(world.dice.below(200_000_000) as i64);
            world.expect(at, &account.id, InboxInput::Enter(version));
        }
    }
    world.run(start.plus_millis(law_chance::DAYS * 24 * 3_600_000)).await?;
    world.outbox_agrees().await?;
    let World { mut verdict, .. } = world;
    if !is_faulty {
        for customer in &customers {
            verdict.add(history(store, played, customer, dice).await?);
        }
    }
    Ok(verdict)
}

/// Judges a customer's history as the executor keeps it.
async fn history<S: Store>(
    store: &S,
    played: &Played,
    customer: &Customer,
    dice: &mut Dice,
) -> anyhow::Result<Verdict> {
    let mut rows: Vec<(usize, TimelineRow)> = Vec::new();
    for (debt, account) in customer.accounts.iter().enumerate() {
        let found = store.timeline(TENANT, &account.id, 0, 100_000).await?;
        rows.extend(found.into_iter().map(|row| (debt, row)));
    }
    rows.sort_by_key(|(_, row)| row.number);
    let rows: Vec<Row> = rows
        .into_iter()
        .map(|(account, row)| Row { at: row.row.at, account, entry: row.row.entry })
        .collect();
    Ok(law_play::judge(played, played.log(customer), &rows, dice))
}

struct World<'a, S> {
    store: &'a S,
    programs: Programs,
    provider: Provider,
    logs: BTreeMap<String, Log<'a>>,
    played: &'a Played,
    /// What will come in, by its moment and the order in which it was thought of.
    coming: BTreeMap<(Instant, u64), (String, InboxInput)>,
    told: u64,
    verdict: Verdict,
    /// Messages that the provider has had: none twice.
    gone: BTreeSet<String>,
    dice: &'a mut Dice,
}

impl<S: Store> World<'_, S> {
    fn expect(&mut self, at: Instant, account: &str, what: InboxInput) {
        self.told += 1;
        self.coming.insert((at, self.told), (account.to_owned(), what));
    }

    async fn run(&mut self, until: Instant) -> anyhow::Result<()> {
        let mut now = Instant(i64::MIN);
        loop {
            let due = self.store.next_due(TENANT, now).await?;
            let event = self.coming.first_key_value().map(|((at, _), _)| *at);
            let Some(next) = due.into_iter().chain(event).min().filter(|next| *next <= until) else {
                return Ok(());
            };
            now = next.max(now);
            while self.coming.first_key_value().is_some_and(|((at, _), _)| *at <= now) {
                let Some(((at, number), (account, what))) = self.coming.pop_first() else { break };
                self.tell(at, number, account, what).await?;
            }
            self.settle(now).await?;
        }
    }

    /// What comes in is known to the store and to the log at the same moment.
    async fn tell(
        &mut self,
        at: Instant,
        number: u64,
        account: String,
        what: InboxInput,
    ) -> anyhow::Result<()> {
        let (customer, debt) = place(&account)?;
        if let (InboxInput::Event(arrived), Some(log)) = (&what, self.logs.get_mut(&customer)) {
            law_chance::tell(log, at.0, debt, &arrived.event);
        }
        let input = NewInput { source: "chance".to_owned(), id: number.to_string(), account, what };
        self.store.accept(TENANT, vec![input], at).await?;
        Ok(())
    }

    async fn settle(&mut self, now: Instant) -> anyhow::Result<()> {
        let settings =
            executor::Settings { worker: "test", clock: now, lease_millis: 60_000, customers_at_once: 10 };
        let clock = || now;
        let dispatch = dispatcher::Settings {
            worker: "test",
            clock: &clock,
            lease_millis: 60_000,
            messages_at_once: 10,
        };
        self.provider.state.lock().unwrap_or_else(PoisonError::into_inner).now = now;
        loop {
            let done = executor::tick(self.store, TENANT, &self.programs, settings, now).await?;
            let sent =
                dispatcher::tick(self.store, TENANT, &self.programs, &self.provider, dispatch, now).await?;
            ensure!(done.parked == 0 && sent.problems == 0, "a customer was put aside");
            self.judge()?;
            if done.claimed + sent.marked == 0 {
                return Ok(());
            }
        }
    }

    /// Judges what the provider has had since.
    fn judge(&mut self) -> anyhow::Result<()> {
        let came = {
            let mut inside = self.provider.state.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut inside.came)
        };
        for (now, row, is_taken) in came {
            ensure!(self.gone.insert(row.id.clone()), "{} went out twice", row.id);
            let (customer, debt) = place(&row.run.account)?;
            let log = self.logs.get_mut(&customer).context("a log")?;
            let channel = letter(row.message.channel);
            let kind = match row.message.template.0 {
                template if template == self.played.ask => Kind::Contact,
                // What it was let through as is for the log to confirm.
                _ if row.message.reach == Reach::NewContact => Kind::Told,
                _ => log.told_as(now.0, channel, debt, row.message.reach == Reach::Exempt),
            };
            let wrong =
                log.forbids_for_good(channel, debt, kind).or_else(|| log.forbids(now.0, channel, debt, kind));
            if let Some(rule) = wrong {
                *self.verdict.breaches.entry(rule.to_owned()).or_default() += 1;
                let when = now.rfc3339(log.zone());
                let told = format!("{rule}: {channel} of {} at {when}; before it {}", row.id, log.told());
                self.verdict.first.get_or_insert(told);
            }
            self.verdict.sent += 1;
            log.sent(now.0, channel, debt, row.message.number, kind);
            if !is_taken {
                log.receipt(debt, row.message.number, false);
                continue;
            }
            let events =
                law_chance::reactions(self.played, self.dice, row.message.number, row.message.channel, now);
            for (at, event) in events {
                let event = InboxInput::Event(Arrived { event, occurred_at: at });
                self.expect(at, &row.run.account, event);
            }
        }
        Ok(())
    }

    /// What the outbox says went out is what the provider had.
    async fn outbox_agrees(&self) -> anyhow::Result<()> {
        let wanted = OutboxWanted { limit: 1_000_000, ..OutboxWanted::default() };
        let had = |state: OutboxState| {
            matches!(state, OutboxState::Accepted | OutboxState::Refused | OutboxState::Unknown)
        };
        let mut said = BTreeSet::new();
        for row in self.store.outbox(TENANT, wanted).await? {
            if had(row.state) {
                said.insert(row.id);
            }
        }
        let silent: Vec<&String> = self.gone.difference(&said).collect();
        ensure!(silent.is_empty(), "went out and is not in the outbox: {silent:?}");
        Ok(())
    }
}

/// The customer and the debt of an account.
fn place(account: &str) -> anyhow::Result<(String, usize)> {
    let (customer, debt) = account.split_once('-').context("an account")?;
    Ok((customer.to_owned(), debt.parse()?))
}
