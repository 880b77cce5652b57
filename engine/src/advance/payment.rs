//! Money: a payment comes in, or comes back.
//!
//! All facts first, then the payment's handler, then what it means for a promise. A payment that leaves nothing owed is
//! a full one before anything else: who owes nothing is cured wherever `full payment` is handled.

use super::Walk;
use crate::record::{EventSeen, Recorder};
use cobro_dsl::program::{Part, Program, Slice, Trigger};

/// A payment that is told of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Paid {
    /// Minor units.
    amount: i64,
    /// Owed before it, in minor units.
    owed: i64,
}

impl<R: Recorder> Walk<'_, R> {
    pub(super) fn payment(&mut self, amount: i64, invoice: Option<&str>, reference: Option<&str>) {
        let today = self.today;
        let Some(account) = self.account_mut() else { return };
        let is_back = reference.is_some_and(|reference| account.payments.came_back_early(reference));
        let owed = account.balance_on(today).minor;
        account.pay(amount, invoice, today, reference);
        account.count_towards_plan(reference);
        let balance = account.balance_on(today).minor;
        let seen = EventSeen::Payment { amount, balance };
        // It came back before it came in: on the record it stands, and nobody is told that money is there.
        if let (true, Some(reference)) = (is_back, reference) {
            self.happened(seen, None, None);
            return self.payment_reversed(reference);
        }
        let kept = self.pay_promise(amount, reference);
        let plan = self.pay_plan(amount);
        self.paid = Some(Paid { amount, owed });
        let trigger = if balance <= 0 { Trigger::FullPayment } else { Trigger::PartialPayment };
        self.happened(seen, Some(trigger), None);
        if let Some(kept) = kept {
            self.happened(kept, Some(Trigger::PromiseKept), None);
        }
        if let Some(plan) = plan {
            self.tell_plan(plan);
        }
    }

    pub(super) fn payment_reversed(&mut self, reference: &str) {
        let today = self.today;
        let now = self.now;
        let Some(account) = self.account_mut() else { return };
        let Some(back) = account.take_back(reference, today) else {
            let seen = EventSeen::ReversalUnknown { reference: reference.to_owned() };
            return self.happened(seen, None, None);
        };
        (account.is_receipt_due, account.reversed_at) = (false, Some(now));
        let seen =
            EventSeen::PaymentReversed { amount: back.amount, balance: account.balance_on(today).minor };
        self.happened(seen, Some(Trigger::PaymentReversed), None);
        if let Some(promise) = back.unkept {
            self.unkeep(promise);
        }
        // An instalment that was paid may be too late now that it is not.
        self.timer();
    }

    /// The handler that takes a payment. For a full one it is looked for everywhere before `payment` is.
    pub(super) fn payment_taker(&self, trigger: Trigger, paid: Paid) -> Option<(u32, Option<usize>)> {
        let program = self.context.program;
        if trigger == Trigger::FullPayment {
            let full = self.innermost(None, |slice| named(program, slice, Trigger::FullPayment));
            return full.or_else(|| self.innermost(None, |slice| of_amount(program, slice, paid)));
        }
        self.innermost(None, |slice| {
            let slice_of = |trigger| named(program, slice, trigger);
            at_least(program, slice, paid)
                .or_else(|| slice_of(Trigger::PartialPayment))
                .or_else(|| slice_of(Trigger::AnyPayment))
        })
    }
}

fn of_amount(program: &Program, slice: Slice, paid: Paid) -> Option<u32> {
    at_least(program, slice, paid).or_else(|| named(program, slice, Trigger::AnyPayment))
}

fn named(program: &Program, slice: Slice, trigger: Trigger) -> Option<u32> {
    let at = slice.of(&program.handlers).iter().position(|handler| handler.trigger == trigger)?;
    Some(slice.start + at as u32)
}

/// Of the handlers whose least the payment reaches the one that asks for most.
fn at_least(program: &Program, slice: Slice, paid: Paid) -> Option<u32> {
    let handlers = slice.of(&program.handlers).iter().enumerate();
    let reached = handlers.filter_map(|(at, handler)| match handler.trigger {
        Trigger::PaymentOf(least) => paid.reaches(least).then_some((least, at)),
        _ => None,
    });
    reached.max().map(|(_, at)| slice.start + at as u32)
}

impl Paid {
    /// A share is one of what was owed before; it is reached to the cent, without rounding.
    fn reaches(self, least: Part) -> bool {
        match least {
            Part::Amount(minor) => self.amount >= minor,
            Part::Share(share) => {
                let scale = i128::from(cobro_dsl::values::Number::SCALE) * 100;
                i128::from(self.amount) * scale >= i128::from(self.owed) * i128::from(share.0)
            }
        }
    }
}
