//! What the transitions of one transaction write, table by table and not customer by customer.
//!
//! In: commits that have been found to be without conflict, and how their customers stand. Out: the rows. Absent: SQL.

use crate::rows::{entry_text, is_untold, stored};
use cobro_engine::calendar::Instant;
use cobro_engine::customer::{Account, Customer};
use cobro_engine::durable::store::*;
use std::collections::BTreeSet;

/// How a customer stands before a commit, and afterwards.
pub(crate) struct Standing {
    pub(crate) version: u64,
    pub(crate) last_history: u64,
    pub(crate) wake_at: Option<i64>,
    /// Where the runs of the accounts stood, where that is known.
    pub(crate) places: Option<Vec<Place>>,
}

/// Where a run stands, as far as runs are counted by it.
pub(crate) type Place = Option<(Version, Instant, StepId, Option<(OutcomeId, Instant)>)>;

pub(crate) fn places(customer: &Customer) -> Vec<Place> {
    customer.accounts.iter().map(place).collect()
}

fn place(account: &Account) -> Place {
    account.run.as_ref().map(|run| (run.version, run.entered_at, run.step, run.ended))
}

/// Rows to write.
#[derive(Default)]
pub(crate) struct Batch<'a> {
    /// Customer, number, and the state version that taking it led to.
    pub(crate) taken: Vec<(&'a str, i64, Option<i64>)>,
    pub(crate) changed: Vec<&'a Customer>,
    /// Accounts of theirs whose runs stand elsewhere than before, or may.
    pub(crate) moved: Vec<(&'a str, &'a Account)>,
    pub(crate) history: Vec<NewHistory<'a>>,
    /// Turns that no history row tells: version, and the state that came from outside.
    pub(crate) turns: Vec<(&'a str, u64, Option<&'a Customer>)>,
    pub(crate) messages: Vec<(&'a str, &'a NewMessage)>,
    pub(crate) opened: Vec<(&'a str, &'a NewTask)>,
    pub(crate) closed: Vec<(&'a str, &'a ClosedTask)>,
}

impl<'a> Batch<'a> {
    /// Adds a commit; its customer stands as it says from now on.
    pub(crate) fn add(&mut self, commit: &'a Commit, standing: &mut Standing, now: Instant) -> Result<()> {
        let id = commit.claim.customer.as_str();
        let turn = commit.customer.is_some().then_some(standing.version + 1);
        self.taken.extend(commit.taken.iter().map(|number| (id, stored(*number), turn.map(stored))));
        if let Some(customer) = &commit.customer {
            standing.version += 1;
            standing.wake_at = customer.next_wake().map(|at| at.0);
            self.changed.push(customer);
            let before = standing.places.as_deref().unwrap_or_default();
            let accounts = customer.accounts.iter().enumerate();
            let moved = accounts.filter(|(at, account)| before.get(*at) != Some(&place(account)));
            self.moved.extend(moved.map(|(_, account)| (id, account)));
            if is_untold(&commit.history, now) {
                self.turns.push((id, standing.version, None));
            }
        }
        add_history(&mut self.history, id, turn, &commit.history, &mut standing.last_history)?;
        self.messages.extend(commit.outbox.iter().map(|message| (id, message)));
        self.opened.extend(commit.tasks_opened.iter().map(|task| (id, task)));
        self.closed.extend(commit.tasks_closed.iter().map(|task| (id, task)));
        Ok(())
    }
}

/// Rows of history that were written together: one row of the table.
pub(crate) struct NewHistory<'a> {
    pub(crate) customer: &'a str,
    /// The number of the last of them; the others have those before it.
    pub(crate) number: i64,
    pub(crate) at: i64,
    pub(crate) account: &'a str,
    pub(crate) version: Version,
    /// An entry, or a list of them.
    pub(crate) entry: String,
    /// The state version that their transition led to.
    pub(crate) turn: Option<i64>,
}

/// Rows of one account, version and moment that follow each other go together: most transitions are one row.
pub(crate) fn add_history<'a>(
    to: &mut Vec<NewHistory<'a>>,
    customer: &'a str,
    turn: Option<u64>,
    rows: &'a [HistoryRow],
    last: &mut u64,
) -> Result<()> {
    let are_together =
        |a: &HistoryRow, b: &HistoryRow| (a.at, &a.account, a.version) == (b.at, &b.account, b.version);
    for rows in rows.chunk_by(are_together) {
        let Some(first) = rows.first() else { continue };
        let entry = match rows {
            [one] => entry_text(&one.entry)?,
            many => crate::rows::entries_text(many.iter().map(|row| &row.entry))?,
        };
        *last += rows.len() as u64;
        to.push(NewHistory {
            customer,
            number: stored(*last),
            at: first.at.0,
            account: &first.account,
            version: first.version,
            entry,
            turn: turn.map(stored),
        });
    }
    Ok(())
}

/// Are all of these new, and different from each other? Then they are known from now on.
pub(crate) fn are_new<K: Ord>(keys: impl Iterator<Item = K>, known: &mut BTreeSet<K>) -> bool {
    let mut these = BTreeSet::new();
    for key in keys {
        if known.contains(&key) || !these.insert(key) {
            return false;
        }
    }
    known.append(&mut these);
    true
}

/// When something is next due for a customer: when they wake, or at the first input that waits still.
pub(crate) fn due_at(wake_at: Option<i64>, waiting: impl Iterator<Item = i64>) -> Option<i64> {
    waiting.chain(wake_at).min()
}
