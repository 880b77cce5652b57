//! Operations: people hold runs, let them go on, or end them; many at once.
//!
//! In: a store, what is to be done and to whom. Out: for each account what became of it. An operation reaches each account
//! as an event, so it is durable, is told in the history, can be replayed, and takes effect before the next message: the
//! dispatcher passes over a customer with an input that waits. Whoever stops in the middle does the same again: an account
//! hears of an operation once. Absent: who may; that is asked outside.

use super::store::{InboxInput, Intake, NewInput, Result, Store, Tenant, Version};
use crate::calendar::Instant;
use crate::customer::{Account, Customer};
use crate::input::{Arrived, Event};
use cobro_dsl::values::Value;
use cobro_dsl::vocabulary::Fact;
use std::collections::BTreeMap;

/// What is done.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Act {
    /// Runs are held.
    Pause,
    /// Held runs go on.
    Resume,
    /// Runs end.
    Cancel,
}

impl Act {
    /// All of them.
    pub const ALL: [Act; 3] = [Act::Pause, Act::Resume, Act::Cancel];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Act::Pause => "pause",
            Act::Resume => "resume",
            Act::Cancel => "cancel",
        }
    }

    /// The act of a word.
    pub fn parse(word: &str) -> Option<Act> {
        Act::ALL.into_iter().find(|act| act.word() == word)
    }
}

/// To whom. Only open runs are meant.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Whom {
    /// Every run of the tenant.
    All,
    /// One account's.
    Account(String),
    /// Accounts of this segment, or with a tag of this name.
    Segment(String),
    /// Runs of a strategy, in all its versions.
    Strategy(String),
}

/// An operation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Operation {
    /// Its name: the same operation again changes nothing that it has changed.
    pub id: String,
    /// What is done.
    pub act: Act,
    /// To whom.
    pub whom: Whom,
    /// Why, in somebody's words.
    pub because: String,
}

/// What became of an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Became {
    /// It would be done: this is a preview.
    Would,
    /// It is durable and will be taken.
    Done,
    /// This operation had reached it before.
    Before,
    /// Its customer cannot be read.
    Unreadable(String),
}

/// A page of an operation.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Page {
    /// Accounts, or customers who cannot be read, in their order.
    pub items: Vec<(String, Became)>,
    /// Customers looked at.
    pub looked_at: u64,
    /// Goes on after this customer; `None` at the end.
    pub next: Option<String>,
}

/// Is it only looked at what would be done?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Nothing is done.
    Preview,
    /// It is done.
    Do,
}

/// One page of an operation: so many customers after one.
pub async fn page<S: Store>(
    store: &S,
    tenant: &Tenant,
    operation: &Operation,
    mode: Mode,
    after: Option<&str>,
    limit: u32,
    now: Instant,
) -> Result<Page> {
    let mut page = Page::default();
    let mut wanted: Vec<String> = Vec::new();
    if let Whom::Account(id) = &operation.whom {
        if let Some(view) = store.account(tenant, id).await? {
            page.looked_at = 1;
            let account = view.customer.accounts.get(view.account);
            wanted.extend(account.filter(|account| concerns(operation.act, account)).map(|_| id.clone()));
        }
    } else {
        let strategies = store.strategies(tenant).await?;
        let names: BTreeMap<Version, String> =
            strategies.into_iter().map(|row| (row.version, row.name)).collect();
        let states = store.states(tenant, after, limit).await?;
        page.looked_at = states.len() as u64;
        page.next = states.last().filter(|_| states.len() >= limit as usize).map(|(id, _)| id.clone());
        for (id, state) in states {
            match state {
                Ok(customer) => wanted.extend(meant(&customer, operation, &names)),
                Err(why) => page.items.push((id, Became::Unreadable(why))),
            }
        }
    }
    if mode == Mode::Preview {
        page.items.extend(wanted.into_iter().map(|account| (account, Became::Would)));
        return Ok(page);
    }
    let event = match operation.act {
        Act::Pause => Event::Paused { because: operation.because.clone() },
        Act::Resume => Event::Resumed,
        Act::Cancel => Event::Cancelled { because: operation.because.clone() },
    };
    let what = InboxInput::Event(Arrived { event, occurred_at: now });
    let inputs = wanted.iter().map(|account| NewInput {
        source: "operation".to_owned(),
        id: format!("{}/{account}", operation.id),
        account: account.clone(),
        what: what.clone(),
    });
    let answers = store.accept(tenant, inputs.collect(), now).await?;
    page.items.extend(wanted.into_iter().zip(answers).map(|(account, answer)| {
        let became = match answer {
            Intake::Accepted => Became::Done,
            Intake::Duplicate | Intake::UnknownAccount => Became::Before,
        };
        (account, became)
    }));
    Ok(page)
}

fn meant(customer: &Customer, operation: &Operation, names: &BTreeMap<Version, String>) -> Vec<String> {
    let is_meant = |account: &&Account| {
        let is_whom = match &operation.whom {
            Whom::All => true,
            Whom::Account(id) => account.id == *id,
            Whom::Segment(name) => {
                account.tags.contains(name)
                    || account.facts.contains(&(Fact::Segment, Value::Text(name.clone())))
            }
            Whom::Strategy(name) => account
                .run
                .as_ref()
                .and_then(|run| names.get(&run.version))
                .is_some_and(|known| known == name),
        };
        is_whom && concerns(operation.act, account)
    };
    customer.accounts.iter().filter(is_meant).map(|account| account.id.clone()).collect()
}

/// Would it change the account's run?
fn concerns(act: Act, account: &Account) -> bool {
    account.run.as_ref().filter(|run| run.is_open()).is_some_and(|run| match act {
        Act::Pause => run.paused_at.is_none(),
        Act::Resume => run.paused_at.is_some(),
        Act::Cancel => true,
    })
}
