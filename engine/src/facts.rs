//! What an expression and a message can read about an account on a day.
//!
//! In: a customer, one of their accounts, a local date. Out: values, borrowed where they are text. Absent:
//! what the vocabulary calls them; that is the language's.

use crate::calendar::Instant;
use crate::customer::plan::{Instalment, Plan};
use crate::customer::{Account, Customer, sum};
use crate::record::{FactSeen, ValueSeen};
use chrono::NaiveTime;
use cobro_dsl::values::{Currency, Money, NaiveDate, Number, Role, Value};
use cobro_dsl::vocabulary::Fact;

/// A value without owning its text, so that asking for one allocates nothing.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Seen<'a> {
    /// An amount.
    Money(Money),
    /// A plain number.
    Number(Number),
    /// A share.
    Percent(Number),
    /// A date.
    Date(NaiveDate),
    /// Text.
    Text(&'a str),
    /// Yes or no.
    Truth(bool),
}

impl<'a> From<&'a Value> for Seen<'a> {
    fn from(value: &'a Value) -> Seen<'a> {
        match value {
            Value::Money(money) => Seen::Money(*money),
            Value::Number(number) => Seen::Number(*number),
            Value::Percent(number) => Seen::Percent(*number),
            Value::Date(date) => Seen::Date(*date),
            Value::Text(text) => Seen::Text(text),
            Value::Truth(is) => Seen::Truth(*is),
        }
    }
}

impl Seen<'_> {
    /// The value by itself.
    pub fn owned(self) -> Value {
        match self {
            Seen::Money(money) => Value::Money(money),
            Seen::Number(number) => Value::Number(number),
            Seen::Percent(number) => Value::Percent(number),
            Seen::Date(date) => Value::Date(date),
            Seen::Text(text) => Value::Text(text.to_owned()),
            Seen::Truth(is) => Value::Truth(is),
        }
    }

    /// The value as history keeps it.
    pub fn kept(self) -> ValueSeen {
        match self {
            Seen::Money(money) => ValueSeen::Money(money.to_string()),
            Seen::Number(number) => ValueSeen::Number(number.to_string()),
            Seen::Percent(number) => ValueSeen::Percent(number.to_string()),
            Seen::Date(date) => ValueSeen::Date(date.to_string()),
            Seen::Text(text) => ValueSeen::Text(text.to_owned()),
            Seen::Truth(is) => ValueSeen::Truth(is),
        }
    }

    /// The value as a message says it: an amount with its currency, a date as 02/03/2026.
    pub fn said(self) -> String {
        match self {
            Seen::Money(money) => money.to_string(),
            Seen::Number(number) | Seen::Percent(number) => number.to_string(),
            Seen::Date(date) => date.format("%d/%m/%Y").to_string(),
            Seen::Text(text) => text.to_owned(),
            Seen::Truth(is) => if is { "sí" } else { "no" }.to_owned(),
        }
    }
}

/// Whose facts, and on which local date.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// The customer.
    pub customer: &'a Customer,
    /// One of their accounts.
    pub account: &'a Account,
    /// The date in the customer's zone.
    pub today: NaiveDate,
}

impl<'a> Facts<'a> {
    /// The value of a fact, or `None` when it is unknown for this account.
    pub fn value(&self, fact: Fact) -> Option<Seen<'a>> {
        let (account, today) = (self.account, self.today);
        let count = |count: usize| Some(Seen::Number(Number::whole(count as i64)));
        let money = |minor: i64| Some(Seen::Money(Money::new(minor, account.currency)));
        match fact {
            Fact::DaysPastDue => Some(Seen::Number(Number::whole(self.days_past_due()))),
            Fact::Balance => Some(Seen::Money(account.balance_on(today))),
            Fact::AmountDue => {
                money(sum(account.issued_by(today).filter(|i| i.due_on < today).map(|invoice| invoice.open)))
            }
            Fact::OriginalAmount => money(sum(account.issued_by(today).map(|invoice| invoice.amount))),
            Fact::DueDate => account.oldest_unpaid(today).map(|invoice| Seen::Date(invoice.due_on)),
            Fact::LastPaymentOn => account.last_payment_on.map(Seen::Date),
            Fact::UnpaidInvoices => count(account.issued_by(today).filter(|i| i.open > 0).count()),
            Fact::OverdueInvoices => {
                count(account.issued_by(today).filter(|i| i.open > 0 && i.due_on < today).count())
            }
            Fact::CustomerBalance => {
                money(sum(self.together().map(|account| account.balance_on(today).minor)))
            }
            Fact::CustomerAmountDue => {
                let overdue = self.together().flat_map(|account| account.issued_by(today));
                money(sum(overdue.filter(|i| i.due_on < today).map(|invoice| invoice.open)))
            }
            Fact::CustomerOverdueInvoices => {
                let issued = self.together().flat_map(|account| account.issued_by(today));
                count(issued.filter(|i| i.open > 0 && i.due_on < today).count())
            }
            Fact::IsMainAccount => {
                let owes_since = |of: &'a Account| of.oldest_unpaid(today).map(|oldest| (oldest.due_on, of));
                let main = self.together().filter_map(owes_since).min_by_key(|(due_on, _)| *due_on);
                Some(Seen::Truth(main.is_some_and(|(_, main)| main.id == account.id)))
            }
            Fact::Disputed => Some(Seen::Truth(account.disputed)),
            Fact::DisputeReason => account.dispute_reason.as_deref().map(Seen::Text),
            Fact::Plan => account.plans.open.as_ref().map(|plan| Seen::Text(&plan.name)),
            Fact::InstalmentsPaid => count(account.plans.open.as_ref().map_or(0, |plan| plan.covered())),
            Fact::InstalmentsLeft => {
                let left = |plan: &Plan| plan.instalments.len() - plan.covered();
                count(account.plans.open.as_deref().map_or(0, left))
            }
            Fact::NextInstalmentDate => self.next_instalment().map(|(next, _)| Seen::Date(next.due_on)),
            Fact::NextInstalmentAmount => self.next_instalment().and_then(|(_, left)| money(left)),
            Fact::BrokenPlans => count(account.plans.broken as usize),
            Fact::IdentityVerified => Some(Seen::Truth(self.customer.is_verified(today))),
            Fact::PromiseDate => account.promises.open.map(|promise| Seen::Date(promise.on)),
            Fact::PromiseAmount => account.promises.open.and_then(|promise| money(promise.amount)),
            Fact::PromisePaid => account.promises.open.and_then(|promise| money(promise.paid)),
            Fact::PartlyKeptPromises => count(account.promises.partly as usize),
            Fact::BrokenPromises => count(account.promises.broken as usize),
            Fact::KeptPromises => count(account.promises.kept as usize),
            Fact::Today => Some(Seen::Date(today)),
            Fact::HasPhone => Some(Seen::Truth(self.customer.phone.is_some())),
            Fact::HasEmail => Some(Seen::Truth(self.customer.email.is_some())),
            Fact::IsGuarantor => Some(Seen::Truth(account.role == Role::Guarantor)),
            Fact::IsReference => Some(Seen::Truth(account.role == Role::Reference)),
            Fact::Invoice => account.oldest_unpaid(today).map(|invoice| Seen::Text(&invoice.id)),
            Fact::RiskScore
            | Fact::Segment
            | Fact::Product
            | Fact::Country
            | Fact::Name
            | Fact::Company
            | Fact::PayLink => account.stated(fact).map(Seen::from),
        }
    }

    /// The accounts of the customer that one letter may speak of: of the same creditor, in the same currency, in which the
    /// person is the same to the debt. What is contested, or on hold on this day, is asked for by nobody.
    fn together(&self) -> impl Iterator<Item = &'a Account> {
        let (own, today) = (self.account, self.today);
        let is_held = move |account: &Account| {
            let begins = Instant::resolve(today.and_time(NaiveTime::MIN), chrono_tz::UTC);
            account.hold.as_ref().is_some_and(|hold| hold.until > begins)
        };
        self.customer.accounts.iter().filter(move |account| {
            account.currency == own.currency
                && account.role == own.role
                && account.stated(Fact::Company) == own.stated(Fact::Company)
                && !account.disputed
                && !is_held(account)
        })
    }

    fn next_instalment(&self) -> Option<(Instalment, i64)> {
        self.account.plans.open.as_ref().and_then(|plan| plan.next())
    }

    /// Whole days since the oldest unpaid invoice was due, negative before; 0 when nothing is owed.
    fn days_past_due(&self) -> i64 {
        self.account.oldest_unpaid(self.today).map_or(0, |invoice| (self.today - invoice.due_on).num_days())
    }

    /// A fact with its value, as history keeps it.
    pub fn kept(&self, fact: Fact) -> FactSeen {
        FactSeen {
            fact: fact.name(cobro_dsl::values::Lang::En).to_owned(),
            value: self.value(fact).map(Seen::kept),
        }
    }

    /// The account's currency.
    pub fn currency(&self) -> Currency {
        self.account.currency
    }
}
