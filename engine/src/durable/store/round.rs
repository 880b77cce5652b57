//! A round of transitions: take hold of customers, work, keep what was made of them.
//!
//! In: a store, the work. Out: what became of each transition. This is what a round means, step by step; a database
//! does the same in one transaction. Absent: the work itself, which is the executor's.

use super::{Claim, ClaimWanted, Claimed, Commit, Error, Result, Store, Tenant};
use crate::calendar::Instant;

/// What was made of customers who were claimed. Each of them is in one of these.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Worked {
    /// Transitions to commit.
    pub commits: Vec<Commit>,
    /// Customers to be put aside, with the reason.
    pub parked: Vec<(Claim, String)>,
    /// Customers to be given back untouched.
    pub released: Vec<Claim>,
}

/// What became of a transition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kept {
    /// It is durable.
    Committed,
    /// Somebody else changed the customer meanwhile; they are free again.
    Conflict,
    /// It could not be kept, and its customer was put aside.
    Parked,
}

/// A round, step by step, each step durable before the next.
pub async fn step_by_step<S: Store + ?Sized, W: FnMut(Claimed) -> Worked + Send>(
    store: &S,
    tenant: &Tenant,
    want: ClaimWanted<'_>,
    now: Instant,
    mut work: W,
) -> Result<Vec<Kept>> {
    let Worked { commits, parked, released } = work(store.claim(tenant, want).await?);
    for (claim, why) in parked {
        store.park(tenant, claim, &why).await?;
    }
    if !released.is_empty() {
        store.release(tenant, released).await?;
    }
    if commits.is_empty() {
        return Ok(Vec::new());
    }
    let claims: Vec<Claim> = commits.iter().map(|commit| commit.claim.clone()).collect();
    let answers = store.commit(tenant, commits, now).await?;
    let mut lost = Vec::new();
    let mut kept = Vec::with_capacity(answers.len());
    for (answer, claim) in answers.into_iter().zip(claims) {
        kept.push(match answer {
            Ok(_) => Kept::Committed,
            Err(Error::Conflict { .. }) => {
                lost.push(claim);
                Kept::Conflict
            }
            Err(Error::Corrupt { why, .. }) => {
                store.park(tenant, claim, &why).await?;
                Kept::Parked
            }
            Err(away @ Error::Unavailable(_)) => return Err(away),
        });
    }
    if !lost.is_empty() {
        store.release(tenant, lost).await?;
    }
    Ok(kept)
}
