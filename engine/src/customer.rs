//! A customer with their accounts: the unit of consistency.
//!
//! Contact limits, consent and addresses belong to the customer; balance and run to the account. Two
//! accounts of one customer are never advanced at the same moment, so a per-person limit holds exactly.
//! Absent: loading and keeping them; that is the store's.

use crate::calendar::Instant;
use crate::contacts::Ledger;
use crate::gate::Reach;
use crate::run::Run;
use cobro_dsl::values::{Channel, ChannelSet, Currency, Money, NaiveDate, Role, Value};
use cobro_dsl::vocabulary::Fact;
use payment::Payments;
use plan::Plans;
use promise::Promises;
use std::collections::BTreeSet;

pub mod payment;
pub mod plan;
pub mod promise;
pub mod wire;

/// An identity that was verified for good is verified to the end of the calendar.
pub const VERIFIED_FOR_EVER: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 30) {
    Some(date) => date,
    None => NaiveDate::MAX,
};

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
    /// The last local date on which we know who reads each channel, in the order of `Channel::ALL`.
    pub verified: [Option<NaiveDate>; 4],
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
    /// Payments that may come back, and where each part of them went.
    pub payments: Payments,
    /// What the customer is to the debt.
    pub role: Role,
    /// The customer contests the debt.
    pub disputed: bool,
    /// Why, in their words.
    pub dispute_reason: Option<String>,
    /// No payment is asked for until a moment, and why.
    pub hold: Option<Hold>,
    /// What the customer said last about this debt, by channel.
    pub said: [Option<Said>; 4],
    /// A payment came whose receipt has not gone out.
    pub is_receipt_due: bool,
    /// When a payment was last taken back.
    pub reversed_at: Option<Instant>,
    /// What the customer promised, and how promises went.
    pub promises: Promises,
    /// The plan that is paid by, and how plans went.
    pub plans: Plans,
    /// Facts that the portfolio states: name, company, risk score, segment and so on.
    pub facts: Vec<(Fact, Value)>,
    /// Facts of a strategy's own, by name.
    pub fields: Vec<(String, Value)>,
    /// Tags, in the order of the alphabet.
    pub tags: BTreeSet<String>,
    /// The run, when the account has entered a strategy.
    pub run: Option<Run>,
}

/// Something that the customer said on a channel. It may be answered once, for a while; what follows is a contact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Said {
    /// The first moment at which it is too late for an answer.
    pub until: Instant,
    /// It was answered.
    pub is_answered: bool,
}

/// A pause in asking for payment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hold {
    /// When it was placed.
    pub since: Instant,
    /// The first moment at which it is over.
    pub until: Instant,
    /// Why, in somebody's words; may be empty.
    pub because: String,
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

/// Of two statements about which channels are authorised the stricter: what both name. Where one says nothing, the
/// other holds.
pub fn narrower(known: Option<ChannelSet>, new: Option<ChannelSet>) -> Option<ChannelSet> {
    match (known, new) {
        (Some(known), Some(new)) => Some(ChannelSet(known.0 & new.0)),
        (known, new) => known.or(new),
    }
}

/// Of two statements about the zone: where they differ nobody knows, and every zone of the country is asked.
pub fn surer(known: Option<chrono_tz::Tz>, new: Option<chrono_tz::Tz>) -> Option<chrono_tz::Tz> {
    match (known, new) {
        (Some(known), Some(new)) => (known == new).then_some(known),
        (known, new) => known.or(new),
    }
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
            verified: [None; 4],
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

    /// The channels that reach the same address as one, itself among them.
    pub fn same_address(&self, channel: Channel) -> ChannelSet {
        let address = self.address(channel);
        let same =
            |other: &Channel| *other == channel || (address.is_some() && self.address(*other) == address);
        Channel::ALL.into_iter().filter(same).collect()
    }

    /// Do we know on a local date who reads a channel?
    pub fn is_verified_on(&self, channel: Channel, today: NaiveDate) -> bool {
        self.verified.get(channel.index()).copied().flatten().is_some_and(|until| today <= until)
    }

    /// The same of any channel.
    pub fn is_verified(&self, today: NaiveDate) -> bool {
        self.verified.iter().flatten().any(|until| today <= *until)
    }

    /// Is a conversation that the customer opened still open on this channel? For choosing a channel; whether a message is
    /// a reply is the account's to say.
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
            payments: Payments::default(),
            role: Role::default(),
            disputed: false,
            dispute_reason: None,
            hold: None,
            said: [None; 4],
            is_receipt_due: false,
            reversed_at: None,
            promises: Promises::default(),
            plans: Plans::default(),
            facts: Vec::new(),
            fields: Vec::new(),
            tags: BTreeSet::new(),
            run: None,
        }
    }

    /// A message is let through, or taken back: what it answers, or is the receipt of, is answered once.
    pub fn went_out(&mut self, reach: Reach, channel: Channel, goes: bool) {
        match reach {
            Reach::NewContact => {}
            Reach::Exempt => self.is_receipt_due = !goes,
            Reach::Reply => {
                if let Some(said) = self.said.get_mut(channel.index()).and_then(Option::as_mut) {
                    said.is_answered = goes;
                }
            }
        }
    }

    /// The first instant at which time alone changes something: its run wants to be woken, or its promise or an
    /// instalment is too late.
    pub fn next_wake(&self) -> Option<Instant> {
        let run = self.run.as_ref().and_then(Run::next_wake);
        let promise = self.promises.open.map(|promise| promise.due_at);
        run.into_iter().chain(promise).chain(self.plans.next_wake()).min()
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

    /// What is owed of the issued invoices is now this much. Less is taken off the oldest due date first, more is put on
    /// the newest; an account without an invoice owes it from this day on.
    pub fn set_balance(&mut self, balance: i64, today: NaiveDate) {
        let owed = self.balance_on(today).minor;
        let mut less = owed.saturating_sub(balance).max(0);
        let more = balance.saturating_sub(owed).max(0);
        let is_issued = |known: &&mut Invoice| known.issued_on.is_none_or(|issued| issued <= today);
        for invoice in self.invoices.iter_mut().filter(is_issued) {
            let part = less.min(invoice.open).max(0);
            invoice.open -= part;
            less -= part;
        }
        if more == 0 {
            return;
        }
        match self.invoices.iter_mut().filter(is_issued).max_by_key(|invoice| invoice.due_on) {
            Some(newest) => {
                newest.open = newest.open.saturating_add(more);
                newest.amount = newest.amount.max(newest.open);
            }
            None => {
                let id = String::new();
                self.invoices.push(Invoice { id, issued_on: None, due_on: today, amount: more, open: more });
                self.invoices.sort_by_key(|invoice| invoice.due_on);
            }
        }
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

    #[test]
    fn a_balance_is_put_right_on_invoices() {
        let invoice = |due: &str| Invoice {
            id: due.to_owned(),
            issued_on: Some(on("2026-03-01")),
            due_on: on(due),
            amount: 10_000,
            open: 10_000,
        };
        let mut account = Account::new("a", Currency::parse("PEN").unwrap());
        account.invoices = vec![invoice("2026-03-15"), invoice("2026-04-15")];
        let open = |account: &Account| account.invoices.iter().map(|it| it.open).collect::<Vec<_>>();
        account.set_balance(12_000, on("2026-03-20"));
        assert_eq!(open(&account), [2_000, 10_000]);
        account.set_balance(12_500, on("2026-03-20"));
        assert_eq!(open(&account), [2_000, 10_500]);
        account.set_balance(0, on("2026-03-20"));
        assert_eq!((account.balance_on(on("2026-03-20")).minor, account.credit), (0, 0));
        let mut none = Account::new("b", Currency::parse("PEN").unwrap());
        none.set_balance(700, on("2026-03-20"));
        assert_eq!(none.balance_on(on("2026-03-20")).minor, 700);
    }

    #[test]
    fn a_debt_too_large_to_count_stays_a_debt() {
        let due = "2026-03-15";
        let mut account = Account::new("a", Currency::parse("PEN").unwrap());
        let (id, due_on) = (String::new(), on(due));
        let invoice = Invoice { id, issued_on: None, due_on, amount: i64::MAX, open: i64::MAX };
        account.invoices = vec![invoice.clone(), invoice];
        assert_eq!(account.balance_on(on(due)).minor, i64::MAX);
    }
}
