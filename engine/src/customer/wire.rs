//! A customer as they are kept: the same fields under short names, compact and exact.
//!
//! In: a customer, or the stored JSON. Out: the other. Absent: where it is kept.

use super::payment::wire::StoredPayments;
use super::plan::wire::StoredPlans;
use super::promise::{Promise, Promises};
use super::{Account, Customer, Hold, Invoice, Said};
use crate::calendar::Instant;
use crate::contacts::{Contact, Ledger, Reached, Talk};
use crate::run::Run;
use crate::run::wire::{StoredRun, channel_number, channel_of};
use cobro_dsl::values::{ChannelSet, Currency, Lang, Money, NaiveDate, Number, Role, Value};
use cobro_dsl::vocabulary::{FACTS, Fact};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Why stored text is not what we wrote.
pub type Damage = String;

/// The customer as JSON.
pub fn write(customer: &Customer) -> Result<String, Damage> {
    serde_json::to_string(&StoredCustomer::from(customer)).map_err(|error| error.to_string())
}

/// The customer of a JSON text.
pub fn read(text: &str) -> Result<Customer, Damage> {
    let stored: StoredCustomer = serde_json::from_str(text).map_err(|error| place_of(&error))?;
    Customer::try_from(stored)
}

/// Where JSON is damaged. The parser's own words may quote the text, which is a person's data.
pub(crate) fn place_of(error: &serde_json::Error) -> Damage {
    format!("not readable at line {}, column {}", error.line(), error.column())
}

#[derive(Serialize, Deserialize)]
struct StoredCustomer {
    #[serde(rename = "i")]
    id: String,
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(rename = "z", default, skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    authorised: Option<u8>,
    #[serde(rename = "o", default, skip_serializing_if = "is_zero")]
    opted_out: u8,
    #[serde(rename = "b", default, skip_serializing_if = "is_zero")]
    blocked: u8,
    #[serde(rename = "w", default, skip_serializing_if = "none_verified")]
    verified: [Option<String>; 4],
    #[serde(rename = "c", default, skip_serializing_if = "all_closed")]
    conversations: [Option<i64>; 4],
    #[serde(rename = "l", default, skip_serializing_if = "Vec::is_empty")]
    contacts: Vec<StoredContact>,
    /// When, channel, account.
    #[serde(rename = "t", default, skip_serializing_if = "Vec::is_empty")]
    talks: Vec<(i64, u8, u16)>,
    #[serde(rename = "a")]
    accounts: Vec<StoredAccount>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum StoredContact {
    /// When, channel, account, message, what is known of where it came to.
    Whole(i64, u8, u16, u32, u8),
    /// As contacts were kept before receipts were.
    Short(i64, u8),
}

/// The numbers of what is known of a contact.
const REACHED: [(Reached, u8); 5] = [
    (Reached::Unknown, 0),
    (Reached::Nobody, 1),
    (Reached::Device, 2),
    (Reached::Answered, 3),
    (Reached::Stranger, 4),
];

impl From<&Contact> for StoredContact {
    fn from(contact: &Contact) -> StoredContact {
        let Contact { at, channel, debt, message, reached } = contact;
        let number = REACHED.iter().find(|(known, _)| known == reached).map_or(0, |(_, number)| *number);
        StoredContact::Whole(at.0, channel_number(*channel), *debt, *message, number)
    }
}

impl TryFrom<StoredContact> for Contact {
    type Error = Damage;

    fn try_from(stored: StoredContact) -> Result<Contact, Damage> {
        let (at, channel, debt, message, number) = match stored {
            StoredContact::Whole(at, channel, debt, message, number) => (at, channel, debt, message, number),
            StoredContact::Short(at, channel) => (at, channel, 0, 0, 0),
        };
        let reached = REACHED.iter().find(|(_, known)| *known == number).map(|(reached, _)| *reached);
        let reached = reached.ok_or("a contact came to no place we know")?;
        Ok(Contact { at: Instant(at), channel: channel_of(channel)?, debt, message, reached })
    }
}

#[derive(Serialize, Deserialize)]
struct StoredAccount {
    #[serde(rename = "i")]
    id: String,
    #[serde(rename = "c")]
    currency: String,
    /// Number, issued on, due on, amount, open.
    #[serde(rename = "v", default, skip_serializing_if = "Vec::is_empty")]
    invoices: Vec<(String, Option<String>, String, i64, i64)>,
    #[serde(rename = "k", default, skip_serializing_if = "is_nothing")]
    credit: i64,
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    last_payment_on: Option<String>,
    /// Its word; a debtor when left out.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    #[serde(rename = "d", default, skip_serializing_if = "is_false")]
    disputed: bool,
    /// The hold: until when, why.
    #[serde(rename = "ho", default, skip_serializing_if = "Option::is_none")]
    hold: Option<(i64, String)>,
    /// When the hold was placed.
    #[serde(rename = "hs", default, skip_serializing_if = "Option::is_none")]
    hold_since: Option<i64>,
    /// What was said by channel: until when it may be answered, whether it was.
    #[serde(rename = "s", default, skip_serializing_if = "nothing_said")]
    said: [Option<(i64, bool)>; 4],
    #[serde(rename = "e", default, skip_serializing_if = "is_false")]
    is_receipt_due: bool,
    #[serde(rename = "ra", default, skip_serializing_if = "Option::is_none")]
    reversed_at: Option<i64>,
    /// The open promise: its date, amount, paid since, too late at.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    promise: Option<(String, i64, i64, i64)>,
    #[serde(rename = "hk", default, skip_serializing_if = "is_none_at_all")]
    promises_kept: u32,
    #[serde(rename = "hb", default, skip_serializing_if = "is_none_at_all")]
    promises_broken: u32,
    #[serde(rename = "hp", default, skip_serializing_if = "is_none_at_all")]
    promises_partly: u32,
    #[serde(rename = "hm", default, skip_serializing_if = "is_none_at_all")]
    promises_made: u32,
    /// How much may be lacking of the open promise.
    #[serde(rename = "ht", default, skip_serializing_if = "is_nothing")]
    promise_tolerance: i64,
    #[serde(rename = "dr", default, skip_serializing_if = "Option::is_none")]
    dispute_reason: Option<String>,
    #[serde(rename = "q", default, skip_serializing_if = "StoredPlans::is_empty")]
    plans: StoredPlans,
    #[serde(rename = "y", default, skip_serializing_if = "StoredPayments::is_empty")]
    payments: StoredPayments,
    /// The fact's English name, its value.
    #[serde(rename = "f", default, skip_serializing_if = "Vec::is_empty")]
    facts: Vec<(String, StoredValue)>,
    /// The field's name, its value.
    #[serde(rename = "g", default, skip_serializing_if = "Vec::is_empty")]
    fields: Vec<(String, StoredValue)>,
    #[serde(rename = "t", default, skip_serializing_if = "BTreeSet::is_empty")]
    tags: BTreeSet<String>,
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    run: Option<StoredRun>,
}

#[derive(Serialize, Deserialize)]
enum StoredValue {
    #[serde(rename = "m")]
    Money(i64, String),
    #[serde(rename = "n")]
    Number(i64),
    #[serde(rename = "p")]
    Percent(i64),
    #[serde(rename = "d")]
    Date(String),
    #[serde(rename = "t")]
    Text(String),
    #[serde(rename = "b")]
    Truth(bool),
}

fn is_zero(bits: &u8) -> bool {
    *bits == 0
}

fn is_none_at_all(count: &u32) -> bool {
    *count == 0
}

fn is_nothing(minor: &i64) -> bool {
    *minor == 0
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

fn none_verified(verified: &[Option<String>; 4]) -> bool {
    verified.iter().all(Option::is_none)
}

fn nothing_said(said: &[Option<(i64, bool)>; 4]) -> bool {
    said.iter().all(Option::is_none)
}

fn all_closed(conversations: &[Option<i64>; 4]) -> bool {
    conversations.iter().all(Option::is_none)
}

impl From<&Customer> for StoredCustomer {
    fn from(customer: &Customer) -> StoredCustomer {
        // Taken apart by name, so that a new field cannot be forgotten here.
        let Customer {
            id,
            phone,
            email,
            zone,
            authorised,
            opted_out,
            blocked,
            verified,
            conversations,
            contacts,
            accounts,
        } = customer;
        let Ledger { contacts, talks } = contacts;
        StoredCustomer {
            id: id.clone(),
            phone: phone.clone(),
            email: email.clone(),
            zone: zone.map(|zone| zone.name().to_owned()),
            authorised: authorised.map(|channels| channels.0),
            opted_out: opted_out.0,
            blocked: blocked.0,
            verified: verified.map(|until| until.map(|on| on.to_string())),
            conversations: conversations.map(|until| until.map(|at| at.0)),
            contacts: contacts.iter().map(StoredContact::from).collect(),
            talks: talks
                .iter()
                .map(|Talk { at, channel, debt }| (at.0, channel_number(*channel), *debt))
                .collect(),
            accounts: accounts.iter().map(StoredAccount::from).collect(),
        }
    }
}

impl TryFrom<StoredCustomer> for Customer {
    type Error = Damage;

    fn try_from(stored: StoredCustomer) -> Result<Customer, Damage> {
        let talk = |(at, channel, debt): (i64, u8, u16)| {
            channel_of(channel).map(|channel| Talk { at: Instant(at), channel, debt })
        };
        let mut verified = [None; 4];
        for (until, stored) in verified.iter_mut().zip(&stored.verified) {
            *until = stored.as_deref().map(date).transpose()?;
        }
        Ok(Customer {
            verified,
            id: stored.id,
            phone: stored.phone,
            email: stored.email,
            zone: stored
                .zone
                .map(|name| name.parse::<chrono_tz::Tz>().map_err(|_| "there is no such zone"))
                .transpose()?,
            authorised: stored.authorised.map(ChannelSet),
            opted_out: ChannelSet(stored.opted_out),
            blocked: ChannelSet(stored.blocked),
            conversations: stored.conversations.map(|until| until.map(Instant)),
            contacts: Ledger {
                contacts: stored.contacts.into_iter().map(Contact::try_from).collect::<Result<_, _>>()?,
                talks: stored.talks.into_iter().map(talk).collect::<Result<_, _>>()?,
            },
            accounts: stored.accounts.into_iter().map(Account::try_from).collect::<Result<_, _>>()?,
        })
    }
}

impl From<&Account> for StoredAccount {
    fn from(account: &Account) -> StoredAccount {
        let Account {
            id,
            currency,
            invoices,
            credit,
            last_payment_on,
            payments,
            role,
            disputed,
            dispute_reason,
            hold,
            said,
            is_receipt_due,
            reversed_at,
            promises,
            plans,
            facts,
            fields,
            tags,
            run,
        } = account;
        let Promises { open, kept, partly, broken, made } = promises;
        StoredAccount {
            id: id.clone(),
            currency: currency.code().to_owned(),
            invoices: invoices
                .iter()
                .map(|Invoice { id, issued_on, due_on, amount, open }| {
                    (id.clone(), issued_on.map(|on| on.to_string()), due_on.to_string(), *amount, *open)
                })
                .collect(),
            said: said.map(|said| said.map(|Said { until, is_answered }| (until.0, is_answered))),
            is_receipt_due: *is_receipt_due,
            reversed_at: reversed_at.map(|at| at.0),
            credit: *credit,
            last_payment_on: last_payment_on.map(|on| on.to_string()),
            role: (*role != Role::default()).then(|| role.word().to_owned()),
            disputed: *disputed,
            hold: hold.as_ref().map(|hold| (hold.until.0, hold.because.clone())),
            hold_since: hold.as_ref().map(|hold| hold.since.0),
            promise: open
                .map(|Promise { on, amount, paid, due_at, .. }| (on.to_string(), amount, paid, due_at.0)),
            promises_kept: *kept,
            promises_broken: *broken,
            promises_partly: *partly,
            promises_made: *made,
            promise_tolerance: open.map_or(0, |promise| promise.tolerance),
            dispute_reason: dispute_reason.clone(),
            plans: StoredPlans::from(plans),
            payments: StoredPayments::from(payments),
            facts: facts
                .iter()
                .map(|(fact, value)| (fact.name(Lang::En).to_owned(), StoredValue::from(value)))
                .collect(),
            fields: fields.iter().map(|(name, value)| (name.clone(), StoredValue::from(value))).collect(),
            tags: tags.clone(),
            run: run.as_ref().map(StoredRun::from),
        }
    }
}

impl TryFrom<StoredAccount> for Account {
    type Error = Damage;

    fn try_from(stored: StoredAccount) -> Result<Account, Damage> {
        Ok(Account {
            id: stored.id,
            currency: currency(&stored.currency)?,
            invoices: stored
                .invoices
                .into_iter()
                .map(|(id, issued_on, due_on, amount, open)| {
                    Ok(Invoice {
                        id,
                        issued_on: issued_on.as_deref().map(date).transpose()?,
                        due_on: date(&due_on)?,
                        amount,
                        open,
                    })
                })
                .collect::<Result<_, Damage>>()?,
            said: stored
                .said
                .map(|said| said.map(|(until, is_answered)| Said { until: Instant(until), is_answered })),
            is_receipt_due: stored.is_receipt_due,
            reversed_at: stored.reversed_at.map(Instant),
            credit: stored.credit,
            last_payment_on: stored.last_payment_on.as_deref().map(date).transpose()?,
            role: match stored.role {
                None => Role::default(),
                Some(word) => Role::parse(&word).ok_or("there is no such role")?,
            },
            disputed: stored.disputed,
            dispute_reason: stored.dispute_reason,
            plans: stored.plans.try_into()?,
            payments: stored.payments.try_into()?,
            // Of a row written before it was kept: later than whatever waits.
            hold: stored.hold.map(|(until, because)| Hold {
                since: stored.hold_since.map_or(Instant::LAST, Instant),
                until: Instant(until),
                because,
            }),
            promises: Promises {
                open: stored.promise.map(|open| promise(open, stored.promise_tolerance)).transpose()?,
                kept: stored.promises_kept,
                partly: stored.promises_partly,
                broken: stored.promises_broken,
                made: stored.promises_made,
            },
            facts: stored
                .facts
                .into_iter()
                .map(|(name, value)| Ok((fact(&name)?, value.try_into()?)))
                .collect::<Result<_, Damage>>()?,
            fields: stored
                .fields
                .into_iter()
                .map(|(name, value)| Ok((name, value.try_into()?)))
                .collect::<Result<_, Damage>>()?,
            tags: stored.tags,
            run: stored.run.map(Run::try_from).transpose()?,
        })
    }
}

impl From<&Value> for StoredValue {
    fn from(value: &Value) -> StoredValue {
        match value {
            Value::Money(money) => StoredValue::Money(money.minor, money.currency.code().to_owned()),
            Value::Number(number) => StoredValue::Number(number.0),
            Value::Percent(number) => StoredValue::Percent(number.0),
            Value::Date(on) => StoredValue::Date(on.to_string()),
            Value::Text(text) => StoredValue::Text(text.clone()),
            Value::Truth(truth) => StoredValue::Truth(*truth),
        }
    }
}

impl TryFrom<StoredValue> for Value {
    type Error = Damage;

    fn try_from(stored: StoredValue) -> Result<Value, Damage> {
        Ok(match stored {
            StoredValue::Money(minor, code) => Value::Money(Money::new(minor, currency(&code)?)),
            StoredValue::Number(number) => Value::Number(Number(number)),
            StoredValue::Percent(number) => Value::Percent(Number(number)),
            StoredValue::Date(on) => Value::Date(date(&on)?),
            StoredValue::Text(text) => Value::Text(text),
            StoredValue::Truth(truth) => Value::Truth(truth),
        })
    }
}

fn currency(code: &str) -> Result<Currency, Damage> {
    Currency::parse(code).ok_or_else(|| "there is no such currency".to_owned())
}

pub(crate) fn date(text: &str) -> Result<NaiveDate, Damage> {
    text.parse().map_err(|_| "a date is no date".to_owned())
}

fn promise((on, amount, paid, due_at): (String, i64, i64, i64), tolerance: i64) -> Result<Promise, Damage> {
    Ok(Promise { on: date(&on)?, amount, tolerance, paid, due_at: Instant(due_at) })
}

fn fact(name: &str) -> Result<Fact, Damage> {
    let row = FACTS.iter().find(|row| row.en == name);
    row.map(|row| row.fact).ok_or_else(|| "there is no such fact".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customer::plan::{Instalment, Plan, Plans};
    use cobro_dsl::values::Channel;

    fn check(customer: &Customer) {
        let text = write(customer).unwrap();
        assert_eq!(read(&text).as_ref(), Ok(customer), "{text}");
    }

    #[test]
    fn a_bare_customer_is_short() {
        let customer = Customer::new("C1");
        check(&customer);
        assert_eq!(write(&customer).unwrap(), r#"{"i":"C1","a":[]}"#);
    }

    #[test]
    fn a_customer_comes_back_as_they_were() {
        let pen = Currency::parse("PEN").unwrap();
        let on = |text: &str| text.parse::<NaiveDate>().unwrap();
        let mut customer = Customer::new("C \"2\"\n");
        customer.phone = Some("+51999".into());
        customer.email = Some("ñandú@example.com".into());
        customer.zone = Some(chrono_tz::America::Lima);
        customer.authorised = Some(ChannelSet::default().with(Channel::Email));
        customer.opted_out = ChannelSet::default().with(Channel::Sms);
        customer.blocked = ChannelSet::ALL;
        customer.conversations = [None, Some(Instant(5)), None, Some(Instant(-5))];
        customer.contacts.record(Contact::new(Instant(1), Channel::Email, 1, 3));
        customer.contacts.record(Contact::new(Instant(2), Channel::Call, 0, 1));
        customer.contacts.mark(1, 3, Reached::Nobody);
        customer.contacts.stranger(Channel::Call);
        customer.contacts.talk(Instant(7), Channel::Call, 0);
        let mut account = Account::new("A", pen);
        account.invoices = vec![
            Invoice { id: "F1".into(), issued_on: None, due_on: on("2026-02-28"), amount: i64::MAX, open: 0 },
            Invoice {
                id: String::new(),
                issued_on: Some(on("1999-12-31")),
                due_on: on("2400-01-01"),
                amount: 1,
                open: 1,
            },
        ];
        account.credit = 3;
        account.last_payment_on = Some(on("2026-03-01"));
        account.disputed = true;
        account.role = Role::Guarantor;
        account.hold = Some(Hold { since: Instant(-12), until: Instant(-9), because: "viaje".into() });
        let promise = Promise {
            on: on("2026-03-10"),
            amount: 5000,
            tolerance: 250,
            paid: -1,
            due_at: Instant(i64::MAX),
        };
        account.promises = Promises { open: Some(promise), kept: 2, partly: 1, broken: 3, made: 7 };
        customer.verified = [Some(super::super::VERIFIED_FOR_EVER), None, None, Some(on("2026-03-01"))];
        account.dispute_reason = Some("no es mía".into());
        let instalment =
            Instalment { due_on: on("2026-02-28"), amount: 7, late_at: Instant(1), over_at: Instant(2) };
        let plan = Plan { name: "p".into(), total: 7, paid: 3, instalments: vec![instalment], missed: 1 };
        account.plans = Plans { open: Some(Box::new(plan)), completed: 1, broken: 2, made: 4 };
        account.pay(1, None, on("2026-03-01"), Some("P-1"));
        account.pay(5, Some("F1"), on("2026-03-01"), Some("P-2"));
        account.count_towards_promise("P-2", promise, true);
        account.take_back("P-1", on("2026-03-02"));
        account.take_back("P-9", on("2026-03-02"));
        account.facts = vec![
            (Fact::Name, Value::Text("José".into())),
            (Fact::RiskScore, Value::Number(Number(i64::MIN))),
            (Fact::Balance, Value::Money(Money::new(-1, pen))),
            (Fact::Disputed, Value::Truth(true)),
            (Fact::DueDate, Value::Date(on("2026-03-02"))),
            (Fact::Segment, Value::Percent(Number(1))),
        ];
        account.fields = vec![("calls".into(), Value::Number(Number(3)))];
        account.tags = BTreeSet::from(["vip".into(), "cold".into()]);
        customer.accounts = vec![account, Account::new("B", pen)];
        check(&customer);
    }

    #[test]
    fn a_row_written_before_promises_is_read() {
        let customer = read(r#"{"i":"C","a":[{"i":"A","c":"PEN","d":true}]}"#).unwrap();
        assert_eq!(customer.accounts[0].promises, Promises::default());
        assert_eq!(customer.accounts[0].payments, Default::default());
    }

    #[test]
    fn a_contact_kept_before_receipts_were_is_read() {
        let customer = read(r#"{"i":"C1","l":[[5,1]],"a":[]}"#).unwrap();
        assert_eq!(customer.contacts.contacts.first().map(|contact| contact.at), Some(Instant(5)));
    }

    #[test]
    fn damage_is_named_without_quoting_what_was_stored() {
        let damage = read(r#"{"i":"C1","p":{"secret":"+51999"},"a":[]}"#).unwrap_err();
        assert!(!damage.contains("secret"), "{damage}");
        assert!(read(r#"{"i":"C","a":[{"i":"A","c":"XXX"}]}"#).is_err());
    }
}
