//! Customers made again from what was kept, for the command line and for tests.
//!
//! In: a database, accounts to look at. Out: their states at an instant, and where they differ from what is stored.
//! Absent: changing anything; a service may run on the same database.

use crate::StartError;
use crate::clock::rfc3339;
use crate::compile::Language;
use crate::config::Config;
use cobro_engine::calendar::Instant;
use cobro_engine::customer::wire;
use cobro_engine::durable::replay::{Deployment, Difference, Replayed, compare, replay};
use cobro_engine::durable::store::{AccountView, Store};
use cobro_store::AnyStore;

/// What was made again.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ReplayReport {
    /// Customers looked at.
    pub customers: u64,
    /// Those whose state was made again as it is stored.
    pub equal: u64,
    /// Transitions that were made again.
    pub made_again: u64,
    /// States that came from outside: imports, and what the dispatcher changed.
    pub from_outside: u64,
    /// Customers and what is different.
    pub differences: Vec<(String, String)>,
    /// The account that was asked for.
    pub account: Option<AccountThen>,
}

/// An account as it was.
#[derive(Clone, PartialEq, Debug)]
pub struct AccountThen {
    /// Its customer.
    pub customer: String,
    /// The state version.
    pub version: u64,
    /// When the last change before the instant was.
    pub at: String,
    /// The step and where it ends or waits, in the strategy's own names; empty without a run.
    pub place: String,
    /// When it was to be woken.
    pub wake_at: Option<String>,
    /// The whole customer, as the store keeps it.
    pub state: String,
}

/// Makes one account again, or all of them without a name, up to an instant or to the end. `None` when there is no
/// such account.
pub async fn replay_accounts(
    config: &Config,
    language: &impl Language,
    account: Option<&str>,
    until: Option<Instant>,
) -> std::result::Result<Option<ReplayReport>, StartError> {
    let store = cobro_store::open(&config.database).await.map_err(StartError::Open)?;
    let report = look(&store, &config.tenant, language, account, until).await;
    store.close().await;
    report.map_err(StartError::Store)
}

type Result<T> = std::result::Result<T, cobro_engine::durable::store::Error>;

async fn look(
    store: &AnyStore,
    tenant: &str,
    language: &impl Language,
    account: Option<&str>,
    until: Option<Instant>,
) -> Result<Option<ReplayReport>> {
    let deployments = deployments(store, tenant, language).await?;
    let mut report = ReplayReport::default();
    if let Some(account) = account {
        let Some(view) = store.account(tenant, account).await? else { return Ok(None) };
        let id = view.customer.id.clone();
        if let Some(played) = one(store, tenant, &deployments, &id, Some(&view), until, &mut report).await? {
            report.account = Some(then(&deployments, &played, account));
        }
        return Ok(Some(report));
    }
    let mut after: Option<String> = None;
    loop {
        let page = store.customers(tenant, after.as_deref(), 1_000).await?;
        let Some(last) = page.last().cloned() else { return Ok(Some(report)) };
        for id in page {
            one(store, tenant, &deployments, &id, None, until, &mut report).await?;
        }
        after = Some(last);
    }
}

async fn deployments(store: &AnyStore, tenant: &str, language: &impl Language) -> Result<Vec<Deployment>> {
    let mut rows = store.strategies(tenant).await?;
    rows.sort_by_key(|row| row.deployed_at);
    // A text that means something else by now leads to differences, which is what is asked for.
    let compiled = rows.into_iter().filter_map(|row| {
        let judged = language.compile(&row.text).ok()?;
        Some(Deployment { at: row.deployed_at, judged })
    });
    Ok(compiled.collect())
}

/// Makes one customer again, counts, and compares: with the state that is stored, or, in the past, with the history.
async fn one(
    store: &AnyStore,
    tenant: &str,
    deployments: &[Deployment],
    id: &str,
    known: Option<&AccountView>,
    until: Option<Instant>,
    report: &mut ReplayReport,
) -> Result<Option<Replayed>> {
    report.customers += 1;
    let turns = store.turns(tenant, id).await?;
    let account = turns.iter().rev().find_map(|turn| Some(turn.state.as_ref()?.accounts.first()?.id.clone()));
    let stored = match (known, account) {
        (Some(view), _) => Some(view.clone()),
        (None, Some(account)) => store.account(tenant, &account).await?,
        (None, None) => None,
    };
    // The service may go on between two looks: what was kept is read after what is stored, and no further.
    let mut turns = store.turns(tenant, id).await?;
    if let Some(view) = &stored {
        turns.retain(|turn| turn.version <= view.state);
    }
    match replay(deployments, turns, until) {
        Ok(played) => {
            report.made_again += played.made_again;
            report.from_outside += played.from_outside;
            let compared = match (&stored, until) {
                (Some(view), None) => compare(&played, &view.customer, view.state),
                _ => Ok(()),
            };
            match compared {
                Ok(()) => report.equal += 1,
                Err(difference) => report.differences.push((id.to_owned(), difference.to_string())),
            }
            Ok(Some(played))
        }
        Err(Difference::NothingYet) if until.is_some() => {
            report.equal += 1;
            Ok(None)
        }
        Err(difference) => {
            report.differences.push((id.to_owned(), difference.to_string()));
            Ok(None)
        }
    }
}

fn then(deployments: &[Deployment], played: &Replayed, account: &str) -> AccountThen {
    let known = played.customer.accounts.iter().find(|known| known.id == account);
    let run = known.and_then(|known| known.run.as_ref());
    let program = run.and_then(|run| {
        deployments.iter().map(|known| &known.judged.program).find(|program| program.version == run.version)
    });
    let place = run.zip(program).map_or_else(String::new, |(run, program)| {
        let step = program.steps.get(usize::from(run.step.0)).map_or("", |step| step.name.as_str());
        match run.ended {
            Some((_, at)) => format!("{}: {step}, ended at {}", program.name, rfc3339(at)),
            None => format!("{}: {step}", program.name),
        }
    });
    AccountThen {
        customer: played.customer.id.clone(),
        version: played.version,
        at: rfc3339(played.at),
        place,
        wake_at: played.customer.next_wake().map(rfc3339),
        state: wire::write(&played.customer).unwrap_or_default(),
    }
}
