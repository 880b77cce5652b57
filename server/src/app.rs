//! What every route and loop shares.

use crate::StartError;
use crate::channels::Outside;
use crate::channels::sandbox::Sandbox;
use crate::channels::webhooks::Caller;
use crate::clock::Clock;
use crate::compile::{Finding, Language};
use crate::config::Config;
use chrono::Datelike as _;
use cobro_engine::calendar::Instant;
use cobro_engine::durable::programs::{Judged, Programs};
use cobro_engine::durable::store::{Error, Others, Store};
use cobro_store::AnyStore;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use tokio::sync::Notify;

pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) store: AnyStore,
    pub(crate) language: Arc<dyn Language>,
    pub(crate) clock: Clock,
    pub(crate) channel: Outside,
    pub(crate) worker: String,
    pub(crate) counters: crate::telemetry::Counters,
    /// Told when there is new work, so that nobody waits for the next poll.
    pub(crate) work: Notify,
    /// Loops hold it to read while they tick. Who moves the sandbox clock holds it to write: time must not
    /// jump under a tick.
    pub(crate) turn: tokio::sync::RwLock<()>,
    programs: RwLock<Arc<Programs>>,
    /// What [`Store::deployed`] said when the programs were read.
    deployed: Mutex<(u64, Option<Instant>)>,
}

impl App {
    pub(crate) async fn open(
        config: Config,
        store: AnyStore,
        language: Arc<dyn Language>,
    ) -> Result<App, StartError> {
        let ahead = store.clock_offset(&config.tenant).await.map_err(StartError::Store)?;
        let clock = Clock::new(ahead);
        let others = if store.is_shared() { Others::Perhaps } else { Others::None };
        crate::recover(&store, &config.tenant, others, &clock).await?;
        let channel = Outside {
            sandbox: Sandbox::open(config.sandbox_log.as_deref()).map_err(StartError::Io)?,
            webhooks: config.webhooks.clone().map(|webhooks| Caller::new(webhooks, &config.tenant)),
        };
        let app = App {
            worker: format!("process {}", std::process::id()),
            config,
            store,
            language,
            clock,
            channel,
            counters: Default::default(),
            work: Notify::new(),
            turn: tokio::sync::RwLock::new(()),
            programs: RwLock::default(),
            deployed: Mutex::default(),
        };
        app.load_programs().await.map_err(StartError::Store)?;
        Ok(app)
    }

    pub(crate) fn tenant(&self) -> &str {
        &self.config.tenant
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// The programs as they are now; a deployment puts others in place and leaves these alone.
    pub(crate) fn programs(&self) -> Arc<Programs> {
        self.programs.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Hears of what other processes have done: strategies deployed, the sandbox clock moved.
    pub(crate) async fn refresh(&self) -> Result<(), Error> {
        if !self.store.is_shared() {
            return Ok(());
        }
        self.clock.run_ahead(self.store.clock_offset(self.tenant()).await?);
        let deployed = self.store.deployed(self.tenant()).await?;
        if deployed != *self.deployed.lock().unwrap_or_else(PoisonError::into_inner) {
            self.load_programs().await?;
        }
        Ok(())
    }

    /// Somebody asks for a version that is not here. If nothing was deployed since the programs were read, it is no
    /// matter of waiting.
    pub(crate) async fn look_for_versions(&self) -> Result<(), Error> {
        let before = *self.deployed.lock().unwrap_or_else(PoisonError::into_inner);
        self.load_programs().await?;
        if before == *self.deployed.lock().unwrap_or_else(PoisonError::into_inner) {
            let mut programs = self.programs.write().unwrap_or_else(PoisonError::into_inner);
            let mut next = Programs::clone(&programs);
            next.set_may_grow(false);
            *programs = Arc::new(next);
        }
        Ok(())
    }

    /// Reads every strategy that was ever deployed: runs stay on their versions.
    async fn load_programs(&self) -> Result<(), Error> {
        let mut programs = Programs::default();
        programs.set_may_grow(self.store.is_shared());
        // Asked first: what is deployed meanwhile is read once too often, not missed.
        let deployed = self.store.deployed(self.tenant()).await?;
        let mut rows = self.store.strategies(self.tenant()).await?;
        rows.sort_by_key(|row| row.deployed_at);
        for row in rows {
            let name = row.name.clone();
            match self.compile(row.text).await {
                Ok(judged) if judged.program.version == row.version => {
                    if row.is_current {
                        self.warn_of_holidays(&judged);
                    }
                    programs.add(judged);
                    if row.is_current {
                        programs.make_current(&name, row.version);
                    }
                }
                // Its runs will be put aside, not run by another meaning.
                Ok(_) => tracing::error!(name, version = %row.version, "a strategy means something else now"),
                Err(_) => tracing::error!(name, version = %row.version, "a strategy no longer compiles"),
            }
        }
        *self.programs.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(programs);
        *self.deployed.lock().unwrap_or_else(PoisonError::into_inner) = deployed;
        Ok(())
    }

    /// Checks a text off the threads that answer requests.
    pub(crate) async fn compile(&self, text: String) -> Result<Judged, Vec<Finding>> {
        let language = self.language.clone();
        match tokio::task::spawn_blocking(move || language.compile(&text)).await {
            Ok(answer) => answer,
            Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
        }
    }

    /// Says in the log that a law pack does not know all holidays of this year, or of the one that begins within three
    /// months.
    fn warn_of_holidays(&self, judged: &Judged) {
        let (pack, strategy) = (&judged.law.pack, &judged.program.name);
        let year = self.now().plus_millis(90 * 24 * 3_600_000).local(chrono_tz::UTC).year();
        if let Some(known_until) = pack.holidays_known_until.filter(|_| !pack.knows_holidays_of(year)) {
            let law = &pack.code;
            tracing::warn!(%strategy, %law, known_until, year, "some holidays may be missing: bring the law pack up to date");
        }
    }

    /// Makes a program that is durable already the current one of its name.
    pub(crate) fn put_current(&self, judged: Judged) {
        self.warn_of_holidays(&judged);
        let mut programs = self.programs.write().unwrap_or_else(PoisonError::into_inner);
        let mut next = Programs::clone(&programs);
        let (name, version) = (judged.program.name.clone(), judged.program.version);
        next.add(judged);
        next.make_current(&name, version);
        *programs = Arc::new(next);
    }
}
