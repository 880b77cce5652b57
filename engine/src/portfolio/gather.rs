//! Gathering: rows become customers with accounts, and what really happened to each.
//!
//! In: settled rows, the day on which the dry-run or the service starts. Out: customers in the order of their
//! first rows, and beside each account its later history.

use crate::calendar::Instant;
use crate::customer::promise::Promise;
use crate::customer::{self, Account, Customer, Invoice};
use crate::portfolio::row::Row;
use chrono::{Days, NaiveTime};
use cobro_dsl::values::{NaiveDate, Value};
use cobro_dsl::vocabulary::Fact;
use std::collections::BTreeSet;

/// A portfolio as it stands at the beginning of a day.
#[derive(Clone, PartialEq, Debug)]
pub struct Portfolio {
    /// The day. What was paid before it is already taken off.
    pub as_of: NaiveDate,
    /// The customers with their accounts, in the order of the file.
    pub customers: Vec<Customer>,
    /// What happened to each account: one list per customer, one entry per account, in the same order.
    pub history: Vec<Vec<History>>,
}

/// What really happened to an account.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct History {
    /// Payments from the portfolio's day on, oldest first. A payment counts at 00:00 of its day in the
    /// customer's zone, before any message of that day, so that nobody is dunned on the day they paid.
    pub payments: Vec<Payment>,
    /// Balances that statements showed, before and after the portfolio's day, oldest first.
    pub statements: Vec<Statement>,
}

/// A payment that was really made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Payment {
    /// The local date.
    pub on: NaiveDate,
    /// Minor units of the account's currency.
    pub amount: i64,
    /// The invoice it was made for.
    pub invoice: String,
}

/// A balance that a statement showed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Statement {
    /// The day of the statement.
    pub on: NaiveDate,
    /// Minor units; negative when the customer was in credit.
    pub balance: i64,
}

impl Portfolio {
    /// Groups rows by customer and account.
    pub fn gather(mut rows: Vec<Row>, as_of: NaiveDate) -> Portfolio {
        let mut groups: Vec<Group> = Vec::new();
        rows.sort_by(|one, other| one.named().cmp(&other.named()));
        for mut row in rows {
            if groups.last().is_none_or(|group| group.customer.id != row.customer) {
                let customer = Customer::new(std::mem::take(&mut row.customer));
                groups.push(Group {
                    line: row.line,
                    customer,
                    zones: BTreeSet::new(),
                    accounts: Vec::new(),
                    promised: Vec::new(),
                });
            }
            if let Some(group) = groups.last_mut() {
                group.add(row, as_of);
            }
        }
        // Back to the order of the file, so that reports list accounts as their owner does.
        groups.sort_by_key(|group| group.line);
        let (customers, history) = groups.into_iter().map(|group| group.finished(as_of)).unzip();
        Portfolio { as_of, customers, history }
    }

    /// Every account with what happened to it.
    pub fn accounts(&self) -> impl Iterator<Item = (&Customer, &Account, &History)> {
        self.customers.iter().zip(&self.history).flat_map(|(customer, past)| {
            customer.accounts.iter().zip(past).map(move |(account, past)| (customer, account, past))
        })
    }
}

/// A customer while their rows come in, sorted by account.
struct Group {
    /// The first line that speaks of the customer.
    line: u64,
    customer: Customer,
    /// Where rows say that the customer lives; of several none is believed.
    zones: BTreeSet<&'static str>,
    accounts: Vec<(Account, History)>,
    /// What each account promised, in the order of the accounts: the first row that states it is believed.
    promised: Vec<Promised>,
}

/// What rows say about promises of an account.
#[derive(Clone, Copy, Default)]
struct Promised {
    on: Option<NaiveDate>,
    amount: Option<i64>,
    kept: Option<u32>,
    broken: Option<u32>,
}

impl Group {
    fn add(&mut self, mut row: Row, as_of: NaiveDate) {
        self.line = self.line.min(row.line);
        let customer = &mut self.customer;
        customer.phone = customer.phone.take().or(row.phone.take());
        customer.email = customer.email.take().or(row.email.take());
        if let Some(zone) = row.zone {
            self.zones.insert(zone.name());
            customer.zone = Some(zone).filter(|_| self.zones.len() == 1);
        }
        customer.authorised = customer::narrower(customer.authorised, row.authorised);
        if self.accounts.last().is_none_or(|(account, _)| account.id != row.account) {
            let account = Account::new(row.account.clone(), row.currency);
            self.accounts.push((account, History::default()));
            self.promised.push(Promised::default());
        }
        if let Some(promised) = self.promised.last_mut() {
            promised.add(&row);
        }
        if let Some((account, past)) = self.accounts.last_mut() {
            add(row, as_of, account, past);
        }
    }

    fn finished(mut self, as_of: NaiveDate) -> (Customer, Vec<History>) {
        let zone = self.customer.zone;
        for ((account, _), promised) in self.accounts.iter_mut().zip(&self.promised) {
            promised.settle(account, as_of, zone);
        }
        // By their names, as they came in: which of two accounts is written to first must not hang on the order of rows.
        let mut history = Vec::with_capacity(self.accounts.len());
        for (mut account, mut past) in self.accounts {
            account.invoices.sort_by(|one, other| (one.due_on, &one.id).cmp(&(other.due_on, &other.id)));
            past.payments.sort_by(|one, other| {
                (one.on, &one.invoice, one.amount).cmp(&(other.on, &other.invoice, other.amount))
            });
            past.statements.sort_by_key(|statement| (statement.on, statement.balance));
            self.customer.accounts.push(account);
            history.push(past);
        }
        (self.customer, history)
    }
}

impl Promised {
    fn add(&mut self, row: &Row) {
        if self.on.is_none() {
            (self.on, self.amount) = (row.promised_on, row.promised_amount);
        }
        self.kept = self.kept.or(row.promises_kept);
        self.broken = self.broken.or(row.promises_broken);
    }

    /// A promise of the day or later is open while something is owed. One of an earlier day is over: where the file counts
    /// no promises, it counts as broken when something is still owed, else as kept.
    fn settle(&self, account: &mut Account, as_of: NaiveDate, zone: Option<chrono_tz::Tz>) {
        let owed = account.balance_on(as_of).minor;
        let is_counted = self.kept.is_some() || self.broken.is_some();
        let promises = &mut account.promises;
        promises.kept = self.kept.unwrap_or(0);
        promises.broken = self.broken.unwrap_or(0);
        match self.on {
            Some(on) if on < as_of && !is_counted && owed > 0 => promises.broken = 1,
            Some(on) if on < as_of && !is_counted => promises.kept = 1,
            _ => {}
        }
        promises.made = promises.kept.saturating_add(promises.broken);
        if let Some(on) = self.on.filter(|on| *on >= as_of && owed > 0) {
            // Without a zone, the day ends when it has ended everywhere; a strategy that is entered puts its own rules.
            let zone = zone.unwrap_or(chrono_tz::Etc::GMTPlus12);
            let ends = on.checked_add_days(Days::new(1)).unwrap_or(on).and_time(NaiveTime::MIN);
            let amount = self.amount.filter(|amount| *amount > 0).unwrap_or(owed);
            let due_at = Instant::resolve(ends, zone);
            promises.make(Promise { on, amount, tolerance: 0, paid: 0, due_at });
        }
    }
}

/// Adds an invoice to its account. Where rows disagree the first by name is believed.
fn add(row: Row, as_of: NaiveDate, account: &mut Account, past: &mut History) {
    let id = row.invoice.unwrap_or(row.account);
    let (before, later) = row.payments.split_at(row.payments.partition_point(|paid| paid.on < as_of));
    let paid = before.iter().fold(0_i64, |sum, paid| sum.saturating_add(paid.amount));
    let open = row.balance.unwrap_or(row.amount.saturating_sub(paid)).max(0);
    // A dispute of something paid long ago says nothing about what is owed now.
    account.disputed |= row.disputed && open > 0;
    // Of two rows that disagree the one further from the debt is believed: nobody is asked for what they do not owe.
    account.role = account.role.max(row.role.unwrap_or_default());
    account.last_payment_on = account.last_payment_on.max(before.last().map(|paid| paid.on));
    past.payments.extend(later.iter().map(|paid| Payment {
        on: paid.on,
        amount: paid.amount,
        invoice: id.clone(),
    }));
    past.statements
        .extend(row.statements.iter().map(|stated| Statement { on: stated.on, balance: stated.amount }));
    account.invoices.push(Invoice {
        id,
        issued_on: row.issued_on,
        due_on: row.due_on,
        amount: row.amount,
        open,
    });
    account.tags.extend(row.tags);
    for (name, value) in row.own {
        if account.field(&name).is_none() {
            account.set_field(&name, Some(value));
        }
    }
    // Rows of one account usually repeat its facts; the first that states one is believed.
    let mut state = |fact: Fact, value: Option<Value>| {
        if let Some(value) = value
            && account.stated(fact).is_none()
        {
            account.facts.push((fact, value));
        }
    };
    state(Fact::Name, row.name.map(Value::Text));
    state(Fact::Company, row.company.map(Value::Text));
    state(Fact::Country, row.country.map(Value::Text));
    state(Fact::RiskScore, row.risk_score.map(Value::Number));
    state(Fact::Segment, row.segment.map(Value::Text));
    state(Fact::Product, row.product.map(Value::Text));
    state(Fact::PayLink, row.pay_link.map(Value::Text));
}
