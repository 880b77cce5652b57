//! Payments of 1.00 as the tests that kill processes send them, and what the world outside remembers of them.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Mutex;

/// What was said and what was answered: id to account.
#[derive(Default)]
pub(crate) struct Ledger {
    next: AtomicU64,
    /// Payments that were acknowledged.
    pub(crate) acknowledged: Mutex<BTreeMap<String, String>>,
    /// Payments that were sent, acknowledged or not.
    pub(crate) sent: Mutex<BTreeMap<String, String>>,
}

impl Ledger {
    /// So many new payments, spread over the accounts `A0` to below `A{accounts}`, noted as sent.
    pub(crate) async fn batch(&self, payments: u64, accounts: u64) -> Vec<(String, String)> {
        let mut batch = Vec::new();
        for _ in 0..payments {
            let number = self.next.fetch_add(1, Ordering::SeqCst);
            let (id, account) = (format!("tx{number}"), format!("A{}", number * 7 % accounts));
            self.sent.lock().await.insert(id.clone(), account.clone());
            batch.push((id, account));
        }
        batch
    }
}

/// The events of payments, as the API takes them.
pub(crate) fn events<'a>(payments: impl IntoIterator<Item = (&'a String, &'a String)>) -> Value {
    let event = |(id, account): (&String, &String)| {
        json!({
            "type": "payment_received", "source": "bank", "id": id, "account": account, "amount": "1.00", "currency": "PEN"
        })
    };
    payments.into_iter().map(event).collect()
}
