//! A customer with their accounts: the unit of consistency.
//!
//! Contact limits, consent and addresses belong to the customer; balance and run to the account. Two
//! accounts of one customer are never advanced at the same moment, so a per-person limit holds exactly.
//! Absent: loading and keeping them; that is the store's.

use crate::calendar::Instant;
use crate::contacts::Ledger;
use crate::run::Run;
use cobro_dsl::values::{Channel, ChannelSet, Currency, Money, NaiveDate, Role, Value};
use cobro_dsl::vocabulary::Fact;
use promise::Promises;
use std::collections::BTreeSet;

pub mod promise;
pub mod wire;

/// The person or firm that owes.
#[derive(Clone, PartialEq, Debug)]
pub struct Customer {
    /// The creditor's own key of the customer, unique within a tenant.
    pub id: String,
    /// Telephone in E.164 form, for WhatsApp, SMS and calls.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// The customer's own zone; `None` takes the strategy's.
    pub zone: Option<chrono_tz::Tz>,
    /// Channels the customer authorised; `None` when nobody has said.
    pub authorised: Option<ChannelSet>,
    /// Channels the customer asked us to leave.
    pub opted_out: ChannelSet,
    /// Channels that reach somebody else or nobody.
    pub blocked: ChannelSet,
    /// Until when each channel's conversation, opened by the customer, is open.
    pub conversations: [Option<Instant>; 4],
    /// The contacts made, over all accounts.
    pub contacts: Ledger,
    /// The customer's accounts, in the order of their import.
    pub accounts: Vec<Account>,
}

/// One debt with its invoices.
#[derive(Clone, PartialEq, Debug)]
pub struct Account {
    /// The creditor's own key of the account, unique within a tenant.
    pub id: String,
    /// The currency of its invoices.
    pub currency: Currency,
    /// The invoices, oldest due date first.
    pub invoices: Vec<Invoice>,
    /// Paid beyond what was owed, in minor units.
    pub credit: i64,
    /// The last payment.
    pub last_payment_on: Option<NaiveDate>,
    /// What the customer is to the debt.
    pub role: Role,
    /// The customer contests the debt.
    pub disputed: bool,
    /// What the customer promised, and how promises went.
    pub promises: Promises,
    /// Facts that the portfolio states: name, company, risk score, segment and so on.
    pub facts: Vec<(Fact, Value)>,
    /// Facts of a strategy's own, by name.
    pub fields: Vec<(String, Value)>,
    /// Tags, in the order of the alphabet.
    pub tags: BTreeSet<String>,
    /// The run, when the account has entered a strategy.
    pub run: Option<Run>,
}

/// An invoice, or one statement of a loan or card.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invoice {
    /// Its number as the creditor writes it.
    pub id: String,
    /// The day from which it is owed; `None` has always been.
    pub issued_on: Option<NaiveDate>,
    /// The day by which it is to be paid.
    pub due_on: NaiveDate,
    /// What it came to, in minor units.
    pub amount: i64,
    /// What is still owed of it, in minor units; never negative.
    pub open: i64,
}

impl Customer {
    /// A customer with nothing but a key.
    pub fn new(id: impl Into<String>) -> Customer {
        Customer {
            id: id.into(),
            phone: None,
            email: None,
            zone: None,
            authorised: None,
            opted_out: ChannelSet::default(),
            blocked: ChannelSet::default(),
            conversations: [None; 4],
            contacts: Ledger::default(),
            accounts: Vec::new(),
        }
    }

    /// The address on a channel.
    pub fn address(&self, channel: Channel) -> Option<&str> {
        match channel {
            Channel::Email => self.email.as_deref(),
            Channel::Whatsapp | Channel::Sms | Channel::Call => self.phone.as_deref(),
        }
    }

    /// Is a conversation that the customer opened still open on this channel?
    pub fn in_conversation(&self, channel: Channel, now: Instant) -> bool {
        self.conversations.get(channel.index()).copied().flatten().is_some_and(|until| now < until)
    }

    /// The channel on which the customer opened a conversation last, while it is open.
    pub fn conversation(&self, now: Instant) -> Option<Channel> {
        let open = Channel::ALL.into_iter().filter(|channel| self.in_conversation(*channel, now));
        open.max_by_key(|channel| self.conversations.get(channel.index()).copied().flatten())
    }

    /// The first instant at which one of the accounts wants to be woken.
    pub fn next_wake(&self) -> Option<Instant> {
        self.accounts.iter().filter_map(Account::next_wake).min()
    }
}

impl Account {
    /// An account with nothing but a key and a currency.
    pub fn new(id: impl Into<String>, currency: Currency) -> Account {
        Account {
            id: id.into(),
            currency,
            invoices: Vec::new(),
            credit: 0,
            last_payment_on: None,
            role: Role::default(),
            disputed: false,
            promises: Promises::default(),
            facts: Vec::new(),
            fields: Vec::new(),
            tags: BTreeSet::new(),
            run: None,
        }
    }

    /// The first instant at which time alone changes something: its run wants to be woken, or its promise is too late.
    pub fn next_wake(&self) -> Option<Instant> {
        let run = self.run.as_ref().and_then(Run::next_wake);
        let promise = self.promises.open.map(|promise| promise.due_at);
        run.into_iter().chain(promise).min()
    }

    /// What is owed of the invoices issued by a local date.
    pub fn balance_on(&self, today: NaiveDate) -> Money {
        Money::new(sum(self.issued_by(today).map(|invoice| invoice.open)), self.currency)
    }

    /// The invoices issued by a local date.
    pub fn issued_by(&self, today: NaiveDate) -> impl Iterator<Item = &Invoice> {
        self.invoices.iter().filter(move |invoice| invoice.issued_on.is_none_or(|on| on <= today))
    }

    /// The unpaid invoice with the oldest due date, of those issued by a local date.
    pub fn oldest_unpaid(&self, today: NaiveDate) -> Option<&Invoice> {
        self.issued_by(today).filter(|invoice| invoice.open > 0).min_by_key(|invoice| invoice.due_on)
    }

    /// A fact that the portfolio states.
    pub fn stated(&self, fact: Fact) -> Option<&Value> {
        self.facts.iter().find(|(known, _)| *known == fact).map(|(_, value)| value)
    }

    /// The value of a field, when one was set.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Gives a field a value, or takes it away.
    pub fn set_field(&mut self, name: &str, value: Option<Value>) {
        self.fields.retain(|(known, _)| known != name);
        self.fields.extend(value.map(|value| (name.to_owned(), value)));
    }

    /// Takes a payment: the named invoice first, then the oldest due date of what is issued, then what is yet to
    /// be issued, so that nobody is dunned for what they paid ahead; what is left over is credit.
    pub fn pay(&mut self, amount: i64, invoice: Option<&str>, on: NaiveDate) {
        let mut left = amount;
        let mut take = |invoice: &mut Invoice| {
            let part = left.min(invoice.open).max(0);
            invoice.open -= part;
            left -= part;
        };
        if let Some(named) = self.invoices.iter_mut().find(|known| Some(known.id.as_str()) == invoice) {
            take(named);
        }
        let is_issued = |known: &Invoice| known.issued_on.is_none_or(|issued| issued <= on);
        self.invoices.iter_mut().filter(|known| is_issued(known)).for_each(&mut take);
        self.invoices.iter_mut().for_each(&mut take);
        self.credit = self.credit.saturating_add(left);
        self.last_payment_on = self.last_payment_on.max(Some(on));
    }
}

/// Adds amounts; stays at the largest rather than turn a huge debt into none.
pub fn sum(amounts: impl Iterator<Item = i64>) -> i64 {
    amounts.fold(0, i64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(date: &str) -> NaiveDate {
        date.parse().unwrap()
    }

    fn account(invoices: &[(&str, &str, i64)]) -> Account {
        let mut account = Account::new("a", Currency::parse("PEN").unwrap());
        account.invoices = invoices
            .iter()
            .map(|(issued, due, amount)| Invoice {
                id: format!("F-{due}"),
                issued_on: Some(on(issued)),
                due_on: on(due),
                amount: *amount,
                open: *amount,
            })
            .collect();
        account
    }

    #[test]
    fn what_is_paid_ahead_is_not_owed_later() {
        let mut account =
            account(&[("2026-03-01", "2026-03-15", 10_000), ("2026-04-01", "2026-04-15", 10_000)]);
        account.pay(15_000, None, on("2026-03-10"));
        assert_eq!(account.balance_on(on("2026-03-10")).minor, 0);
        assert_eq!((account.balance_on(on("2026-04-01")).minor, account.credit), (5_000, 0));
        account.pay(6_000, None, on("2026-03-11"));
        assert_eq!((account.balance_on(on("2026-04-01")).minor, account.credit), (0, 1_000));
    }

    #[test]
    fn a_debt_too_large_to_count_stays_a_debt() {
        let due = "2026-03-15";
        let account = account(&[("2026-03-01", due, i64::MAX), ("2026-03-01", due, i64::MAX)]);
        assert_eq!(account.balance_on(on(due)).minor, i64::MAX);
    }
}
