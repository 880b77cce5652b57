//! The scheduler: at each review instant of a strategy, offer it every account without a run.
//!
//! In: a store, programs, the moment. Out: offers in inboxes. Absent: whether an account enters; that is the
//! strategy's condition, asked by `advance`.

use super::programs::{Judged, Programs};
use super::store::{InboxInput, NewInput, Result, Store, Tenant};
use crate::calendar::Instant;
use chrono::{DateTime, Utc};
use cobro_dsl::program::Version;
use std::str::FromStr;

/// What a tick did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Done {
    /// Reviews made.
    pub reviews: u64,
    /// Accounts offered.
    pub offered: u64,
    /// Strategies whose review schedule cannot be read: the checker should have refused them.
    pub unreadable: Vec<String>,
}

/// Accounts are offered in pages of so many.
const PAGE: u32 = 2_000;

/// One round over the current strategies. Reviews that were missed are made once, not once each: an account
/// that fits today enters today.
pub async fn tick<S: Store>(store: &S, tenant: &Tenant, programs: &Programs, now: Instant) -> Result<Done> {
    let mut done = Done::default();
    for (name, judged) in programs.current() {
        let Some(since) = since(store, tenant, name, judged).await? else { continue };
        let due = match last_review(judged, since, now) {
            Ok(due) => due,
            Err(Unreadable) => {
                done.unreadable.push(name.to_owned());
                continue;
            }
        };
        let Some(due) = due else { continue };
        let source = format!("review {name} {}", due.0);
        done.offered += offer_all(store, tenant, judged.program.version, &source, now).await?;
        store.set_reviewed_at(tenant, name, due).await?;
        done.reviews += 1;
    }
    Ok(done)
}

/// The first review later than `after`, over all current strategies.
pub fn next_review(programs: &Programs, after: Instant) -> Option<Instant> {
    programs.current().filter_map(|(_, judged)| reviews(judged, after).ok()?.next()).min()
}

/// Offers every account without a run to a version, page by page. Offering an account twice does no harm.
pub async fn offer_all<S: Store>(
    store: &S,
    tenant: &Tenant,
    version: Version,
    source: &str,
    now: Instant,
) -> Result<u64> {
    let mut offered = 0;
    let mut after: Option<String> = None;
    loop {
        let accounts = store.accounts_without_run(tenant, after.as_deref(), PAGE).await?;
        let Some(last) = accounts.last().cloned() else { return Ok(offered) };
        let offers: Vec<NewInput> = accounts
            .into_iter()
            .map(|account| NewInput {
                source: source.to_owned(),
                id: account.clone(),
                account,
                what: InboxInput::Enter(version),
            })
            .collect();
        offered += offers.len() as u64;
        store.accept(tenant, offers, now).await?;
        after = Some(last);
    }
}

/// From when on reviews are due: the last that was made, or the strategy's deployment.
async fn since<S: Store>(store: &S, tenant: &Tenant, name: &str, judged: &Judged) -> Result<Option<Instant>> {
    if let Some(at) = store.reviewed_at(tenant, name).await? {
        return Ok(Some(at));
    }
    Ok(store.strategy(tenant, judged.program.version).await?.map(|row| row.deployed_at))
}

/// The review schedule cannot be read.
struct Unreadable;

/// The last review later than `since` and no later than `now`.
fn last_review(
    judged: &Judged,
    since: Instant,
    now: Instant,
) -> std::result::Result<Option<Instant>, Unreadable> {
    // The last review is all that counts, so after a long stop the last month is looked through first. Only a
    // schedule that is rarer than monthly is followed from the beginning.
    let recently = since.max(now.plus_millis(-MONTH_MILLIS));
    let last = |since| Ok(reviews(judged, since)?.take_while(|at| *at <= now).last());
    match last(recently)? {
        None if recently > since => last(since),
        found => Ok(found),
    }
}

const MONTH_MILLIS: i64 = 31 * 24 * 3_600_000;

/// The reviews later than an instant, by the strategy's own clock.
fn reviews(
    judged: &Judged,
    after: Instant,
) -> std::result::Result<impl Iterator<Item = Instant> + use<>, Unreadable> {
    let schedule = cron::Schedule::from_str(&judged.program.review).map_err(|_| Unreadable)?;
    let after = DateTime::<Utc>::from_timestamp_millis(after.0).ok_or(Unreadable)?;
    let after = after.with_timezone(&judged.program.zone);
    Ok(schedule.after_owned(after).map(|at| Instant(at.timestamp_millis())))
}
