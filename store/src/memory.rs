//! The store in memory: the model that the databases must agree with. Read this to know what a store means.
//!
//! In: the same calls. Out: the same answers. Absent: anything after the end of the process.

use crate::rows::{account_of_message, corrupt};
use cobro_engine::calendar::Instant;
use cobro_engine::customer::Customer;
use cobro_engine::durable::store::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A store in memory.
#[derive(Default)]
pub struct Memory {
    tenants: Mutex<BTreeMap<String, Kept>>,
}

/// What is kept for one tenant.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) customers: BTreeMap<String, KeptCustomer>,
    /// Account to customer.
    accounts: BTreeMap<String, String>,
    /// (source, id) of every event, and of offers that wait.
    seen: BTreeSet<(String, String)>,
    /// By (customer, id).
    pub(crate) outbox: BTreeMap<(String, String), OutboxRow>,
    /// By (customer, id): until when the last mark lasts.
    marked_until: BTreeMap<(String, String), Instant>,
    pub(crate) tasks: BTreeMap<TaskKey, (TaskRow, Option<ClosedTask>)>,
    /// By (name, version).
    pub(crate) strategies: BTreeMap<(String, Version), StrategyRow>,
    pub(crate) reviews: BTreeMap<String, Instant>,
    pub(crate) stops: BTreeMap<Stop, Stopped>,
    pub(crate) clock_offset: i64,
}

/// Customer, account, entered at, task.
type TaskKey = (String, String, Instant, u32);

pub(crate) struct KeptCustomer {
    pub(crate) customer: Customer,
    pub(crate) version: u64,
    pub(crate) lease: u64,
    pub(crate) lease_until: Option<Instant>,
    pub(crate) parked: Option<String>,
    pub(crate) last_input: u64,
    pub(crate) inbox: Vec<Waiting>,
    pub(crate) history: Vec<HistoryRow>,
    pub(crate) turns: Vec<Turn>,
}

/// An input that was not taken yet.
pub(crate) struct Waiting {
    pub(crate) row: InboxRow,
    key: (String, String),
}

impl KeptCustomer {
    fn new(customer: Customer, now: Instant) -> KeptCustomer {
        let state = Some(customer.clone());
        KeptCustomer {
            turns: vec![Turn { version: 1, at: now, state, inputs: Vec::new(), rows: Vec::new() }],
            customer,
            version: 1,
            lease: 0,
            lease_until: None,
            parked: None,
            last_input: 0,
            inbox: Vec::new(),
            history: Vec::new(),
        }
    }

    pub(crate) fn due_at(&self) -> Option<Instant> {
        let arrived_at = self.inbox.iter().map(|waiting| waiting.row.arrived_at).min();
        self.customer.next_wake().into_iter().chain(arrived_at).min()
    }

    fn is_held(&self, now: Instant) -> bool {
        self.lease_until.is_some_and(|until| now < until)
    }

    fn holds(&self, claim: &Claim) -> bool {
        self.lease_until.is_some() && self.lease == claim.lease
    }
}

impl Memory {
    /// An empty store.
    pub fn new() -> Memory {
        Memory::default()
    }

    fn tenants(&self) -> MutexGuard<'_, BTreeMap<String, Kept>> {
        // A panic elsewhere leaves nothing half done here: each method changes things only after its checks.
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn with<T>(&self, tenant: &Tenant, act: impl FnOnce(&mut Kept) -> T) -> T {
        act(self.tenants().entry(tenant.to_owned()).or_default())
    }
}

impl Store for Memory {
    async fn recover(&self, tenant: &Tenant, others: Others, clock: Instant) -> Result<Recovered> {
        Ok(self.with(tenant, |kept| {
            let mut found = Recovered::default();
            let marked_until = &kept.marked_until;
            for (key, row) in kept.outbox.iter_mut().filter(|(_, row)| row.state == OutboxState::Marked) {
                let is_over = marked_until.get(key).is_none_or(|until| *until <= clock);
                if others == Others::None || is_over {
                    row.state = OutboxState::Unknown;
                    row.why = STOPPED.to_owned();
                    found.unknown += 1;
                }
            }
            if others == Others::None {
                let free = kept.customers.values_mut().filter(|known| known.parked.is_none());
                for known in free.filter(|known| known.due_at().is_some_and(|at| at <= clock)) {
                    found.released += u64::from(known.lease_until.take().is_some());
                }
            }
            found
        }))
    }

    async fn resume(&self, tenant: &Tenant) -> Result<u64> {
        Ok(self.with(tenant, |kept| {
            kept.customers.values_mut().map(|known| u64::from(known.parked.take().is_some())).sum()
        }))
    }

    async fn import(&self, tenant: &Tenant, customers: Vec<Customer>, now: Instant) -> Result<Import> {
        let Gathered { customers, twice } = gather(customers);
        Ok(self.with(tenant, |kept| {
            let accounts = customers.iter().flat_map(|customer| &customer.accounts);
            let known = accounts.map(|account| &account.id).filter(|id| kept.accounts.contains_key(*id));
            let existing: BTreeSet<String> = known.cloned().chain(twice).collect();
            if !existing.is_empty() {
                return Import::Refused { existing: existing.into_iter().collect() };
            }
            let (mut new, mut accounts, mut invoices) = (0, 0, 0);
            for customer in customers {
                for account in &customer.accounts {
                    accounts += 1;
                    invoices += account.invoices.len() as u64;
                    kept.accounts.insert(account.id.clone(), customer.id.clone());
                }
                match kept.customers.get_mut(&customer.id) {
                    Some(known) => {
                        join(&mut known.customer, customer);
                        known.version += 1;
                        let (version, state) = (known.version, Some(known.customer.clone()));
                        known.turns.push(Turn {
                            version,
                            at: now,
                            state,
                            inputs: Vec::new(),
                            rows: Vec::new(),
                        });
                    }
                    None => {
                        new += 1;
                        kept.customers.insert(customer.id.clone(), KeptCustomer::new(customer, now));
                    }
                }
            }
            Import::Imported { customers: new, accounts, invoices }
        }))
    }

    async fn deploy(
        &self,
        tenant: &Tenant,
        name: &str,
        version: Version,
        text: &str,
        now: Instant,
    ) -> Result<Deployed> {
        self.with(tenant, |kept| {
            if kept.strategies.keys().any(|(other, known)| *known == version && other != name) {
                return Err(corrupt(format!("strategy {name}"), ANOTHER_NAME));
            }
            let key = (name.to_owned(), version);
            let before = kept.strategies.get(&key);
            if before.is_some_and(|row| row.is_current) {
                return Ok(Deployed::Unchanged);
            }
            let answer = if before.is_some() { Deployed::Again } else { Deployed::New };
            for row in kept.strategies.values_mut().filter(|row| row.name == name) {
                row.is_current = false;
            }
            let row = StrategyRow {
                name: name.to_owned(),
                version,
                text: text.to_owned(),
                deployed_at: now,
                is_current: true,
            };
            kept.strategies.insert(key, row);
            Ok(answer)
        })
    }

    async fn deployed(&self, tenant: &Tenant) -> Result<(u64, Option<Instant>)> {
        Ok(self.with(tenant, |kept| {
            let last = kept.strategies.values().map(|row| row.deployed_at).max();
            (kept.strategies.len() as u64, last)
        }))
    }

    async fn strategies(&self, tenant: &Tenant) -> Result<Vec<StrategyRow>> {
        Ok(self.with(tenant, |kept| {
            let mut rows: Vec<_> = kept.strategies.values().cloned().collect();
            rows.sort_by(|a, b| {
                (&a.name, a.deployed_at, a.version).cmp(&(&b.name, b.deployed_at, b.version))
            });
            rows
        }))
    }

    async fn strategy(&self, tenant: &Tenant, version: Version) -> Result<Option<StrategyRow>> {
        Ok(self.with(tenant, |kept| kept.strategies.values().find(|row| row.version == version).cloned()))
    }

    async fn current(&self, tenant: &Tenant, name: &str) -> Result<Option<StrategyRow>> {
        let is_it = |row: &&StrategyRow| row.name == name && row.is_current;
        Ok(self.with(tenant, |kept| kept.strategies.values().find(is_it).cloned()))
    }

    async fn reviewed_at(&self, tenant: &Tenant, name: &str) -> Result<Option<Instant>> {
        Ok(self.with(tenant, |kept| kept.reviews.get(name).copied()))
    }

    async fn set_reviewed_at(&self, tenant: &Tenant, name: &str, at: Instant) -> Result<()> {
        self.with(tenant, |kept| {
            let known = kept.reviews.entry(name.to_owned()).or_insert(at);
            *known = at.max(*known);
        });
        Ok(())
    }

    async fn accept(&self, tenant: &Tenant, inputs: Vec<NewInput>, now: Instant) -> Result<Vec<Intake>> {
        Ok(self.with(tenant, |kept| kept.accept(inputs, now)))
    }

    async fn claim(&self, tenant: &Tenant, want: ClaimWanted<'_>) -> Result<Claimed> {
        Ok(self.with(tenant, |kept| {
            let free =
                kept.customers.values().filter(|known| known.parked.is_none() && !known.is_held(want.clock));
            let due = free.filter_map(|known| Some((known.due_at()?, known.customer.id.clone())));
            let mut due: Vec<_> = due.filter(|(at, _)| *at <= want.now).collect();
            due.sort();
            due.truncate(want.limit as usize);
            let mut claimed = Claimed::default();
            for (_, id) in due {
                let Some(known) = kept.customers.get_mut(&id) else { continue };
                known.lease += 1;
                known.lease_until = Some(want.until);
                let waiting = known.inbox.iter().map(|waiting| &waiting.row);
                let mut inbox: Vec<_> = waiting.filter(|row| row.arrived_at <= want.now).cloned().collect();
                inbox.sort_by_key(|row| (row.arrived_at, row.number));
                claimed.loaded.push(Loaded {
                    claim: Claim { customer: id, state: known.version, lease: known.lease },
                    customer: known.customer.clone(),
                    inbox,
                });
            }
            claimed
        }))
    }

    async fn commit(&self, tenant: &Tenant, commits: Vec<Commit>, now: Instant) -> Result<Vec<Result<u64>>> {
        Ok(self.with(tenant, |kept| commits.into_iter().map(|commit| kept.commit(commit, now)).collect()))
    }

    async fn release(&self, tenant: &Tenant, claims: Vec<Claim>) -> Result<()> {
        self.with(tenant, |kept| {
            for claim in claims {
                if let Some(known) =
                    kept.customers.get_mut(&claim.customer).filter(|known| known.holds(&claim))
                {
                    known.lease_until = None;
                }
            }
        });
        Ok(())
    }

    async fn park(&self, tenant: &Tenant, claim: Claim, why: &str) -> Result<()> {
        self.with(tenant, |kept| {
            if let Some(known) = kept.customers.get_mut(&claim.customer).filter(|known| known.holds(&claim)) {
                known.lease_until = None;
                known.parked = Some(why.to_owned());
            }
        });
        Ok(())
    }

    async fn take_outbox(&self, tenant: &Tenant, want: TakeWanted<'_>) -> Result<Taken> {
        Ok(self.with(tenant, |kept| {
            let is_free = |id: &str| {
                kept.customers.get(id).is_some_and(|known| {
                    let is_waiting = known.inbox.iter().any(|waiting| waiting.row.arrived_at <= want.now);
                    known.parked.is_none() && !known.is_held(want.clock) && !is_waiting
                })
            };
            let queued = kept.outbox.values().filter(|row| {
                row.state == OutboxState::Queued && row.not_before <= want.now && is_free(&row.customer)
            });
            let mut queued: Vec<_> = queued.cloned().collect();
            queued.sort_by(|a, b| {
                let key = |row: &OutboxRow| {
                    (
                        row.not_before,
                        row.customer.clone(),
                        row.run.account.clone(),
                        row.message.number,
                        row.id.clone(),
                    )
                };
                key(a).cmp(&key(b))
            });
            queued.truncate(want.limit as usize);
            let mut taken = Taken::default();
            let mut customers = BTreeSet::new();
            for mut row in queued {
                row.state = OutboxState::Marked;
                row.mark += 1;
                kept.marked_until.insert((row.customer.clone(), row.id.clone()), want.until);
                kept.outbox.insert((row.customer.clone(), row.id.clone()), row.clone());
                customers.insert(row.customer.clone());
                taken.rows.push(row);
            }
            let known = customers.iter().filter_map(|id| kept.customers.get(id));
            taken.customers = known.map(|known| (known.version, known.customer.clone())).collect();
            taken
        }))
    }

    async fn record(&self, tenant: &Tenant, handed: Vec<Handed>, now: Instant) -> Result<Vec<Result<u64>>> {
        Ok(self.with(tenant, |kept| handed.into_iter().map(|handed| kept.record(handed, now)).collect()))
    }

    async fn moved_on(&self, tenant: &Tenant, customer: &str, state: u64) -> Result<Option<Instant>> {
        Ok(self.with(tenant, |kept| {
            let Some(known) = kept.customers.get(customer) else { return Some(Instant::FIRST) };
            let arrived_at = known.inbox.iter().map(|waiting| waiting.row.arrived_at).min();
            arrived_at.or((known.version != state).then_some(Instant::FIRST))
        }))
    }

    async fn stop(&self, tenant: &Tenant, stop: &Stop, why: &str, now: Instant) -> Result<bool> {
        Ok(self.with(tenant, |kept| {
            let is_new = !kept.stops.contains_key(stop);
            let stopped = || Stopped { stop: stop.clone(), why: why.to_owned(), at: now };
            kept.stops.entry(stop.clone()).or_insert_with(stopped);
            is_new
        }))
    }

    async fn lift(&self, tenant: &Tenant, stop: &Stop) -> Result<bool> {
        Ok(self.with(tenant, |kept| kept.stops.remove(stop).is_some()))
    }

    async fn stops(&self, tenant: &Tenant) -> Result<Vec<Stopped>> {
        Ok(self.with(tenant, |kept| {
            let mut stops: Vec<Stopped> = kept.stops.values().cloned().collect();
            stops.sort_by(|a, b| (a.stop.kind(), a.stop.name()).cmp(&(b.stop.kind(), b.stop.name())));
            stops
        }))
    }

    async fn next_due(&self, tenant: &Tenant, after: Instant) -> Result<Option<Instant>> {
        Ok(self.with(tenant, |kept| {
            let busy = kept.customers.values().filter(|known| known.parked.is_none());
            let customers = busy.filter_map(KeptCustomer::due_at);
            let messages = kept.outbox.values().filter(|row| row.state == OutboxState::Queued);
            customers.chain(messages.map(|row| row.not_before)).filter(|at| *at > after).min()
        }))
    }

    async fn account(&self, tenant: &Tenant, account: &str) -> Result<Option<AccountView>> {
        Ok(self.with(tenant, |kept| {
            let known = kept.customers.get(kept.accounts.get(account)?)?;
            let at = known.customer.accounts.iter().position(|owned| owned.id == account)?;
            Some(AccountView {
                customer: known.customer.clone(),
                account: at,
                state: known.version,
                due_at: known.due_at(),
                waiting: known.inbox.len() as u64,
                parked: known.parked.clone(),
            })
        }))
    }

    async fn timeline(
        &self,
        tenant: &Tenant,
        account: &str,
        after: u64,
        limit: u32,
    ) -> Result<Vec<TimelineRow>> {
        Ok(self.with(tenant, |kept| {
            let known = kept.accounts.get(account).and_then(|customer| kept.customers.get(customer));
            let rows = known.into_iter().flat_map(|known| &known.history).zip(1..);
            rows.filter(|(row, number)| row.account == account && *number > after)
                .take(limit as usize)
                .map(|(row, number)| TimelineRow { number, row: row.clone() })
                .collect()
        }))
    }

    async fn turns(&self, tenant: &Tenant, customer: &str) -> Result<Vec<Turn>> {
        Ok(self.with(tenant, |kept| {
            kept.customers.get(customer).map_or_else(Vec::new, |known| known.turns.clone())
        }))
    }

    async fn customers(&self, tenant: &Tenant, after: Option<&str>, limit: u32) -> Result<Vec<String>> {
        Ok(self.with(tenant, |kept| {
            let later = kept.customers.keys().filter(|id| after.is_none_or(|after| id.as_str() > after));
            later.take(limit as usize).cloned().collect()
        }))
    }

    async fn outbox(&self, tenant: &Tenant, want: OutboxWanted) -> Result<Vec<OutboxRow>> {
        Ok(self.with(tenant, |kept| {
            let rows = kept.outbox.values().filter(|row| {
                want.account.as_ref().is_none_or(|account| *account == row.run.account)
                    && want.state.is_none_or(|state| state == row.state)
                    && want.after.as_ref().is_none_or(|(at, id)| (*at, id) < (row.decided_at, &row.id))
            });
            let mut rows: Vec<_> = rows.cloned().collect();
            rows.sort_by(|a, b| (a.decided_at, &a.id).cmp(&(b.decided_at, &b.id)));
            rows.truncate(want.limit as usize);
            rows
        }))
    }

    async fn message(&self, tenant: &Tenant, id: &str) -> Result<Option<OutboxRow>> {
        Ok(self.with(tenant, |kept| {
            let customer = kept.accounts.get(account_of_message(id)?)?;
            kept.outbox.get(&(customer.clone(), id.to_owned())).cloned()
        }))
    }

    async fn tasks(&self, tenant: &Tenant, limit: u32) -> Result<Vec<TaskRow>> {
        Ok(self.with(tenant, |kept| {
            let open = kept.tasks.iter().filter(|(_, (_, closed))| closed.is_none());
            let mut open: Vec<_> = open.map(|(key, (row, _))| (row.task.opened_at, key, row)).collect();
            open.sort_by_key(|(at, key, _)| (*at, *key));
            open.into_iter().take(limit as usize).map(|(_, _, row)| row.clone()).collect()
        }))
    }

    async fn currencies(&self, tenant: &Tenant, accounts: Vec<String>) -> Result<BTreeMap<String, Currency>> {
        Ok(self.with(tenant, |kept| {
            let found = accounts.into_iter().filter_map(|id| {
                let known = kept.customers.get(kept.accounts.get(&id)?)?;
                let account = known.customer.accounts.iter().find(|account| account.id == id)?;
                Some((id, account.currency))
            });
            found.collect()
        }))
    }

    async fn accounts_without_run(
        &self,
        tenant: &Tenant,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>> {
        Ok(self.with(tenant, |kept| {
            let has_none = |account: &str, customer: &String| {
                let accounts = kept.customers.get(customer).map(|known| &known.customer.accounts);
                accounts.into_iter().flatten().any(|known| known.id == account && known.run.is_none())
            };
            let later = kept.accounts.iter().filter(|(id, _)| after.is_none_or(|after| id.as_str() > after));
            let without = later.filter(|(account, customer)| has_none(account, customer));
            without.take(limit as usize).map(|(account, _)| account.clone()).collect()
        }))
    }

    async fn counts(&self, tenant: &Tenant, version: Version) -> Result<Counts> {
        Ok(self.with(tenant, |kept| {
            let (mut open, mut ended) = (BTreeMap::new(), BTreeMap::new());
            let accounts = kept.customers.values().flat_map(|known| &known.customer.accounts);
            for run in accounts.filter_map(|account| account.run.as_ref()) {
                match run.ended {
                    _ if run.version != version => {}
                    Some((outcome, _)) => *ended.entry(outcome).or_default() += 1,
                    None => *open.entry(run.step).or_default() += 1,
                }
            }
            Counts { open: open.into_iter().collect(), ended: ended.into_iter().collect() }
        }))
    }

    async fn backlog(&self, tenant: &Tenant, now: Instant) -> Result<Backlog> {
        Ok(self.with(tenant, |kept| {
            let in_state = |state| kept.outbox.values().filter(|row| row.state == state).count() as u64;
            let is_due =
                |known: &&KeptCustomer| known.parked.is_none() && known.due_at().is_some_and(|at| at <= now);
            let customers = || kept.customers.values();
            Backlog {
                inputs: customers().map(|known| known.inbox.len() as u64).sum(),
                due: customers().filter(is_due).count() as u64,
                queued: in_state(OutboxState::Queued),
                marked: in_state(OutboxState::Marked),
                unknown: in_state(OutboxState::Unknown),
                parked: customers().filter(|known| known.parked.is_some()).count() as u64,
            }
        }))
    }

    async fn clock_offset(&self, tenant: &Tenant) -> Result<i64> {
        Ok(self.with(tenant, |kept| kept.clock_offset))
    }

    async fn advance_clock_offset(&self, tenant: &Tenant, millis: i64) -> Result<i64> {
        Ok(self.with(tenant, |kept| {
            kept.clock_offset = kept.clock_offset.max(millis);
            kept.clock_offset
        }))
    }
}

/// Why a message is unknown after a crash.
pub(crate) const STOPPED: &str = "the process stopped while it was being handed over";
/// Why a version cannot be deployed.
pub(crate) const ANOTHER_NAME: &str = "the same version is deployed under another name";

impl Kept {
    fn accept(&mut self, inputs: Vec<NewInput>, now: Instant) -> Vec<Intake> {
        let mut answers = Vec::with_capacity(inputs.len());
        for input in inputs {
            let customer = self.accounts.get(&input.account);
            let Some(known) = customer.and_then(|customer| self.customers.get_mut(customer)) else {
                answers.push(Intake::UnknownAccount);
                continue;
            };
            let key = (input.source, input.id);
            if !self.seen.insert(key.clone()) {
                answers.push(Intake::Duplicate);
                continue;
            }
            known.last_input += 1;
            let row = InboxRow {
                number: known.last_input,
                account: input.account,
                arrived_at: now,
                what: input.what,
            };
            known.inbox.push(Waiting { row, key });
            answers.push(Intake::Accepted);
        }
        answers
    }

    fn commit(&mut self, commit: Commit, now: Instant) -> Result<u64> {
        let conflict = || Error::Conflict { customer: commit.claim.customer.clone() };
        let known = self.customers.get_mut(&commit.claim.customer).ok_or_else(conflict)?;
        if !known.holds(&commit.claim) || known.version != commit.claim.state {
            return Err(conflict());
        }
        let mut ids = BTreeSet::new();
        for message in &commit.outbox {
            let key = (commit.claim.customer.clone(), message.id());
            if self.outbox.contains_key(&key) || !ids.insert(message.id()) {
                return Err(corrupt(&commit.claim.customer, "a message has the id of another"));
            }
        }
        let mut keys = BTreeSet::new();
        for task in &commit.tasks_opened {
            let key = task_key(&commit.claim.customer, &task.run.account, task.run.entered_at, task.task);
            if self.tasks.contains_key(&key) || !keys.insert(key) {
                return Err(corrupt(&commit.claim.customer, "a task has the number of another"));
            }
        }
        let id = commit.claim.customer;
        known.lease_until = None;
        let is_turn = commit.customer.is_some();
        if let Some(customer) = commit.customer {
            known.customer = customer;
            known.version += 1;
        }
        let mut inputs = Vec::new();
        for waiting in known.inbox.extract_if(.., |waiting| commit.taken.contains(&waiting.row.number)) {
            if matches!(waiting.row.what, InboxInput::Enter(_)) {
                self.seen.remove(&waiting.key);
            }
            inputs.push(waiting.row);
        }
        if is_turn {
            let (version, rows) = (known.version, commit.history.clone());
            known.turns.push(Turn { version, at: now, state: None, inputs, rows });
        }
        known.history.extend(commit.history);
        let version = known.version;
        for message in commit.outbox {
            let row = OutboxRow {
                id: message.id(),
                customer: id.clone(),
                run: message.run,
                decided_at: message.decided_at,
                not_before: message.decided_at,
                state: OutboxState::Queued,
                attempts: 0,
                mark: 0,
                provider_id: String::new(),
                why: String::new(),
                message: message.message,
            };
            self.outbox.insert((id.clone(), row.id.clone()), row);
        }
        for task in commit.tasks_opened {
            let key = task_key(&id, &task.run.account, task.run.entered_at, task.task);
            self.tasks.insert(key, (TaskRow { customer: id.clone(), task }, None));
        }
        for closed in commit.tasks_closed {
            let key = task_key(&id, &closed.account, closed.entered_at, closed.task);
            if let Some((_, kept @ None)) = self.tasks.get_mut(&key) {
                *kept = Some(closed);
            }
        }
        Ok(version)
    }

    fn record(&mut self, handed: Handed, now: Instant) -> Result<u64> {
        let Handed { id, customer, mark, outcome, change, inputs, message } = handed;
        let conflict = || Error::Conflict { customer: customer.clone() };
        let known = self.customers.get_mut(&customer).ok_or_else(conflict)?;
        let row = self.outbox.get_mut(&(customer.clone(), id)).ok_or_else(conflict)?;
        let is_stale = change.as_ref().is_some_and(|change| change.state != known.version);
        if row.state != OutboxState::Marked || row.mark != mark || is_stale {
            return Err(conflict());
        }
        match outcome {
            Outcome::Accepted { provider_id } => {
                row.state = OutboxState::Accepted;
                row.provider_id = provider_id;
                row.why = String::new();
            }
            Outcome::Refused { why } => (row.state, row.why) = (OutboxState::Refused, why),
            Outcome::Withdrawn { why } => (row.state, row.why) = (OutboxState::Withdrawn, why),
            Outcome::Unknown => (row.state, row.why) = (OutboxState::Unknown, String::new()),
            Outcome::Later { not_before, attempts, why } => {
                row.state = OutboxState::Queued;
                row.not_before = not_before;
                row.attempts = attempts;
                row.why = why;
            }
        }
        if let Some(message) = message {
            row.message = message;
        }
        if let Some(change) = change {
            known.customer = change.customer;
            known.version += 1;
            let (version, state) = (known.version, Some(known.customer.clone()));
            known.turns.push(Turn {
                version,
                at: now,
                state,
                inputs: Vec::new(),
                rows: change.history.clone(),
            });
            known.history.extend(change.history);
        }
        let version = known.version;
        self.accept(inputs, now);
        Ok(version)
    }
}

fn task_key(customer: &str, account: &str, entered_at: Instant, task: u32) -> TaskKey {
    (customer.to_owned(), account.to_owned(), entered_at, task)
}

#[cfg(feature = "conformance")]
mod dump;
