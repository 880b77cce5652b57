//! Payments: to which invoices they go, and how one that comes back is undone.
//!
//! In: a payment, or what one is known by. Out: invoices with less to pay, or with what they had before. Absent: what a
//! strategy does about it; that is `advance`'s.
//!
//! A payment is kept only when it has a name to come back by. In a dry-run none has, and nothing is kept.

use super::promise::Promise;
use super::{Account, Invoice};
use cobro_dsl::values::NaiveDate;

pub mod wire;

/// The payments of an account that may come back.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Payments {
    /// Payments with a name, in the order of their arrival.
    pub kept: Vec<Payment>,
    /// The last payment without a name, or before the first that has one.
    pub other_on: Option<NaiveDate>,
    /// Names of payments that came back before they came in. The oldest are forgotten.
    pub early: Vec<String>,
}

/// A payment, and where each part of it went.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Payment {
    /// What it is known by.
    pub reference: String,
    /// Minor units.
    pub amount: i64,
    /// Its local date.
    pub on: NaiveDate,
    /// The invoices that it paid, by number, with how much of each.
    pub parts: Vec<(String, i64)>,
    /// What was left over.
    pub credit: i64,
    /// The promise that it counted for.
    pub promise: Option<Counted>,
    /// The number of the plan that it counted for; 0 when none was paid by.
    pub plan: u32,
    /// It came back.
    pub is_back: bool,
}

/// A promise that a payment counted for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Counted {
    /// Which of the account's promises it was, from 1.
    pub number: u32,
    /// The promise as it was after the payment.
    pub promise: Promise,
    /// The payment kept it.
    pub is_kept: bool,
}

/// A payment that came back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Back {
    /// Minor units.
    pub amount: i64,
    /// The promise that had been kept and is no longer.
    pub unkept: Option<Promise>,
}

/// So many names of payments that came back too early are remembered.
const EARLY_MAX: usize = 100;

impl Account {
    /// Takes a payment: the named invoice first, then the oldest due date of what is issued, then what is yet to
    /// be issued, so that nobody is dunned for what they paid ahead; what is left over is credit.
    pub fn pay(&mut self, amount: i64, invoice: Option<&str>, on: NaiveDate, reference: Option<&str>) {
        let keeps = reference.is_some();
        let mut parts = Vec::new();
        let mut left = amount;
        let mut take = |invoice: &mut Invoice| {
            let part = left.min(invoice.open).max(0);
            invoice.open -= part;
            left -= part;
            if keeps && part > 0 {
                parts.push((invoice.id.clone(), part));
            }
        };
        if let Some(named) = self.invoices.iter_mut().find(|known| Some(known.id.as_str()) == invoice) {
            take(named);
        }
        let is_issued = |known: &Invoice| known.issued_on.is_none_or(|issued| issued <= on);
        self.invoices.iter_mut().filter(|known| is_issued(known)).for_each(&mut take);
        self.invoices.iter_mut().for_each(&mut take);
        self.credit = self.credit.saturating_add(left);
        if self.payments.kept.is_empty() {
            self.payments.other_on = self.last_payment_on;
        }
        match reference {
            Some(reference) => self.payments.kept.push(Payment {
                reference: reference.to_owned(),
                amount,
                on,
                parts,
                credit: left,
                promise: None,
                plan: 0,
                is_back: false,
            }),
            None => self.payments.other_on = self.payments.other_on.max(Some(on)),
        }
        self.last_payment_on = self.last_payment_on.max(Some(on));
        self.is_receipt_due = true;
    }

    /// Notes that the payment that came last counts for the plan that is paid by.
    pub fn count_towards_plan(&mut self, reference: Option<&str>) {
        if self.plans.open.is_none() || reference.is_none() {
            return;
        }
        if let Some(payment) = self.payments.kept.last_mut() {
            payment.plan = self.plans.made;
        }
    }

    /// Notes that a payment counted for a promise, as it was afterwards.
    pub fn count_towards_promise(&mut self, reference: &str, promise: Promise, is_kept: bool) {
        let counted = Counted { number: self.promises.made, promise, is_kept };
        let payment = self.payments.kept.iter_mut().rev().find(|payment| payment.reference == reference);
        if let Some(payment) = payment {
            payment.promise = Some(counted);
        }
    }

    /// Undoes a payment: what it paid of each invoice is owed again. `None` when there is no such payment that has
    /// not come back yet; its name is remembered, for it may still come in.
    pub fn take_back(&mut self, reference: &str, today: NaiveDate) -> Option<Back> {
        let is_it = |payment: &&mut Payment| payment.reference == reference && !payment.is_back;
        let Some(payment) = self.payments.kept.iter_mut().rev().find(is_it) else {
            if self.payments.kept.iter().all(|payment| payment.reference != reference) {
                self.payments.early.push(reference.to_owned());
                let too_many = self.payments.early.len().saturating_sub(EARLY_MAX);
                self.payments.early.drain(..too_many);
            }
            return None;
        };
        payment.is_back = true;
        let (amount, credit, promise) = (payment.amount, payment.credit, payment.promise);
        if let Some(plan) = self.plans.open.as_mut().filter(|_| payment.plan == self.plans.made) {
            plan.paid = plan.paid.saturating_sub(amount);
        }
        for (id, part) in payment.parts.clone() {
            let mut left = part;
            // Two invoices may have one number: each gets no more than was paid of it.
            for invoice in self.invoices.iter_mut().filter(|invoice| invoice.id == id) {
                let room = invoice.amount.saturating_sub(invoice.open).clamp(0, left);
                invoice.open += room;
                left -= room;
            }
        }
        self.credit = self.credit.saturating_sub(credit).max(0);
        let stays = self.payments.kept.iter().filter(|payment| !payment.is_back).map(|payment| payment.on);
        self.last_payment_on = stays.max().max(self.payments.other_on);
        let unkept = promise.and_then(|counted| self.unpay(counted.number, amount, today));
        Some(Back { amount, unkept })
    }

    /// Takes a payment out of the promise that it counted for; gives the promise back when it is kept no longer.
    fn unpay(&mut self, number: u32, amount: i64, today: NaiveDate) -> Option<Promise> {
        if let Some(open) = self.promises.open.as_mut().filter(|_| self.promises.made == number) {
            open.paid = open.paid.saturating_sub(amount);
            return None;
        }
        let owed = self.balance_on(today).minor;
        let counted = self.payments.kept.iter_mut().filter_map(|payment| payment.promise.as_mut());
        let mut keeping = counted.filter(|counted| counted.number == number && counted.is_kept);
        let counted = keeping.next()?;
        counted.promise.paid = counted.promise.paid.saturating_sub(amount);
        if counted.promise.is_kept() || owed <= 0 {
            return None;
        }
        counted.is_kept = false;
        self.promises.kept = self.promises.kept.saturating_sub(1);
        Some(counted.promise)
    }
}

impl Payments {
    /// Did a payment come back before it came in? Says so once.
    pub fn came_back_early(&mut self, reference: &str) -> bool {
        let Some(at) = self.early.iter().position(|early| early == reference) else { return false };
        self.early.remove(at);
        true
    }
}

#[cfg(test)]
mod tests;
