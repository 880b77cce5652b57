//! Payments as they are kept.

use super::{Counted, Payment, Payments};
use crate::calendar::Instant;
use crate::customer::promise::Promise;
use crate::customer::wire::{Damage, date};
use serde::{Deserialize, Serialize};

/// The stored form of an account's payments.
#[derive(Serialize, Deserialize, Default)]
pub(crate) struct StoredPayments {
    #[serde(rename = "k", default, skip_serializing_if = "Vec::is_empty")]
    kept: Vec<StoredPayment>,
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    other_on: Option<String>,
    #[serde(rename = "e", default, skip_serializing_if = "Vec::is_empty")]
    early: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct StoredPayment {
    #[serde(rename = "r")]
    reference: String,
    #[serde(rename = "n")]
    amount: i64,
    #[serde(rename = "d")]
    on: String,
    #[serde(rename = "p", default, skip_serializing_if = "Vec::is_empty")]
    parts: Vec<(String, i64)>,
    #[serde(rename = "c", default, skip_serializing_if = "is_nothing")]
    credit: i64,
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    promise: Option<StoredCounted>,
    #[serde(rename = "l", default, skip_serializing_if = "is_none")]
    plan: u32,
    #[serde(rename = "b", default, skip_serializing_if = "is_false")]
    is_back: bool,
}

/// Number, kept, date, amount, tolerance, paid, too late at.
type StoredCounted = (u32, bool, String, i64, i64, i64, i64);

fn is_nothing(minor: &i64) -> bool {
    *minor == 0
}

fn is_none(number: &u32) -> bool {
    *number == 0
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

impl StoredPayments {
    pub(crate) fn is_empty(&self) -> bool {
        self.kept.is_empty() && self.other_on.is_none() && self.early.is_empty()
    }
}

impl From<&Payments> for StoredPayments {
    fn from(payments: &Payments) -> StoredPayments {
        let Payments { kept, other_on, early } = payments;
        StoredPayments {
            kept: kept.iter().map(StoredPayment::from).collect(),
            other_on: other_on.map(|on| on.to_string()),
            early: early.clone(),
        }
    }
}

impl From<&Payment> for StoredPayment {
    fn from(payment: &Payment) -> StoredPayment {
        let Payment { reference, amount, on, parts, credit, promise, plan, is_back } = payment;
        StoredPayment {
            reference: reference.clone(),
            amount: *amount,
            on: on.to_string(),
            parts: parts.clone(),
            credit: *credit,
            promise: promise.map(|Counted { number, promise, is_kept }| {
                let Promise { on, amount, tolerance, paid, due_at } = promise;
                (number, is_kept, on.to_string(), amount, tolerance, paid, due_at.0)
            }),
            plan: *plan,
            is_back: *is_back,
        }
    }
}

impl TryFrom<StoredPayments> for Payments {
    type Error = Damage;

    fn try_from(stored: StoredPayments) -> Result<Payments, Damage> {
        Ok(Payments {
            kept: stored.kept.into_iter().map(Payment::try_from).collect::<Result<_, _>>()?,
            other_on: stored.other_on.as_deref().map(date).transpose()?,
            early: stored.early,
        })
    }
}

impl TryFrom<StoredPayment> for Payment {
    type Error = Damage;

    fn try_from(stored: StoredPayment) -> Result<Payment, Damage> {
        let counted = |(number, is_kept, on, amount, tolerance, paid, due_at): StoredCounted| {
            let promise = Promise { on: date(&on)?, amount, tolerance, paid, due_at: Instant(due_at) };
            Ok::<_, Damage>(Counted { number, promise, is_kept })
        };
        Ok(Payment {
            reference: stored.reference,
            amount: stored.amount,
            on: date(&stored.on)?,
            parts: stored.parts,
            credit: stored.credit,
            promise: stored.promise.map(counted).transpose()?,
            plan: stored.plan,
            is_back: stored.is_back,
        })
    }
}
