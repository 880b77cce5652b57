//! When time alone may change what a condition says.
//!
//! In: a condition, an account's facts on a day. Out: the first later day on which it may say something else, should
//! nothing happen; `None` when time alone changes nothing. Counts of days grow by one each day, invoices are issued and
//! fall due on their dates; everything else stands still. So the day is worked out, not searched for.

use crate::expr;
use crate::facts::{Facts, Seen};
use chrono::{Datelike, Days, NaiveDate};
use cobro_dsl::program::expr::{Arithmetic, Expr, ExprId, Exprs};
use cobro_dsl::values::Number;
use cobro_dsl::vocabulary::Fact;

/// So many days on which nothing changes after all are passed over before the run is woken to look again.
const PASSED_OVER_MAX: usize = 64;

/// The first day after today on which the condition changes, or on which it is worth looking again.
pub fn next(exprs: &Exprs, condition: ExprId, facts: &Facts<'_>) -> Option<NaiveDate> {
    let held = expr::holds(exprs, condition, facts);
    let mut then = *facts;
    for _ in 0..PASSED_OVER_MAX {
        then.today = change(exprs, condition, &then)?;
        if expr::holds(exprs, condition, &then) != held {
            break;
        }
    }
    Some(then.today)
}

/// The first later day on which a part of a condition may have another value, the steady growth of counts aside.
fn change(exprs: &Exprs, id: ExprId, facts: &Facts<'_>) -> Option<NaiveDate> {
    let of = |id: &ExprId| change(exprs, *id, facts);
    match exprs.get(id)? {
        Expr::Value(_) | Expr::Field(..) | Expr::Tagged(_) => None,
        Expr::Fact(fact) => changed_by_invoices(*fact, facts),
        Expr::Named(_, x) | Expr::Not(x) => of(x),
        Expr::And(x, y) | Expr::Or(x, y) => earlier(of(x), of(y)),
        Expr::Compare(_, x, y) => meet(exprs, *x, *y, facts),
        Expr::Between(x, low, high) => earlier(meet(exprs, *x, *low, facts), meet(exprs, *x, *high, facts)),
        Expr::In(x, choices) => {
            choices.iter().fold(None, |first, choice| earlier(first, meet(exprs, *x, *choice, facts)))
        }
        Expr::Arithmetic(sign, x, y) => {
            let parts = earlier(of(x), of(y));
            let grows = slope(exprs, *x, facts) != 0 || slope(exprs, *y, facts) != 0;
            match sign {
                // A product, or a date and a count, need not grow by the same amount each day.
                Arithmetic::Multiply | Arithmetic::Divide if grows => tomorrow(facts),
                _ if slope(exprs, *y, facts) != 0 && is_date(exprs, *x, facts) => tomorrow(facts),
                _ => parts,
            }
        }
    }
}

/// The first later day on which the order of two values may be another.
fn meet(exprs: &Exprs, x: ExprId, y: ExprId, facts: &Facts<'_>) -> Option<NaiveDate> {
    let parts = earlier(change(exprs, x, facts), change(exprs, y, facts));
    let slope = slope(exprs, x, facts) - slope(exprs, y, facts);
    let figure = |id: ExprId| expr::value(exprs, id, facts).and_then(figure);
    let (Some(x), Some(y), true) = (figure(x), figure(y), slope != 0) else { return parts };
    let (apart, slope) = (x - y, slope * i128::from(Number::SCALE));
    let days = match apart {
        0 => 1,
        // They move away from each other.
        apart if (apart > 0) == (slope > 0) => return parts,
        apart => (apart.abs() + slope.abs() - 1) / slope.abs(),
    };
    let days = u64::try_from(days).ok().and_then(|days| facts.today.checked_add_days(Days::new(days)));
    earlier(parts, days)
}

/// By how much a value grows each day.
fn slope(exprs: &Exprs, id: ExprId, facts: &Facts<'_>) -> i128 {
    match exprs.get(id) {
        Some(Expr::Fact(Fact::Today)) => 1,
        Some(Expr::Fact(Fact::DaysPastDue)) => i128::from(facts.account.oldest_unpaid(facts.today).is_some()),
        Some(Expr::Arithmetic(Arithmetic::Add, x, y)) => slope(exprs, *x, facts) + slope(exprs, *y, facts),
        Some(Expr::Arithmetic(Arithmetic::Subtract, x, y)) => {
            slope(exprs, *x, facts) - slope(exprs, *y, facts)
        }
        _ => 0,
    }
}

/// A number or a date as a figure, a day being one.
fn figure(value: Seen<'_>) -> Option<i128> {
    match value {
        Seen::Number(number) => Some(i128::from(number.0)),
        Seen::Date(date) => Some(i128::from(date.num_days_from_ce()) * i128::from(Number::SCALE)),
        _ => None,
    }
}

fn is_date(exprs: &Exprs, id: ExprId, facts: &Facts<'_>) -> bool {
    matches!(expr::value(exprs, id, facts), Some(Seen::Date(_)))
}

/// The first later day on which invoices alone change a fact: one more is issued, or one more is past its due date.
fn changed_by_invoices(fact: Fact, facts: &Facts<'_>) -> Option<NaiveDate> {
    let issued = || {
        let dates = facts.account.invoices.iter().filter_map(|invoice| invoice.issued_on);
        dates.filter(|on| *on > facts.today).min()
    };
    let overdue = || {
        let open = facts.account.invoices.iter().filter(|invoice| invoice.open > 0);
        let dates = open.map(|invoice| invoice.due_on).filter(|on| *on >= facts.today);
        dates.min().and_then(|on| on.succ_opt())
    };
    match fact {
        Fact::AmountDue | Fact::OverdueInvoices => earlier(issued(), overdue()),
        Fact::Balance
        | Fact::OriginalAmount
        | Fact::DueDate
        | Fact::DaysPastDue
        | Fact::UnpaidInvoices
        | Fact::Invoice => issued(),
        // Another account may change without a word here: it is looked at every day.
        Fact::CustomerBalance
        | Fact::CustomerAmountDue
        | Fact::CustomerOverdueInvoices
        | Fact::IsMainAccount => tomorrow(facts),
        // A verification ends with its last day.
        Fact::IdentityVerified => {
            let last = facts.customer.verified.iter().flatten().filter(|until| **until >= facts.today).max();
            last.and_then(|until| until.succ_opt())
        }
        // These change by what happens, or grow steadily.
        Fact::Today
        | Fact::DisputeReason
        | Fact::Plan
        | Fact::InstalmentsPaid
        | Fact::InstalmentsLeft
        | Fact::NextInstalmentDate
        | Fact::NextInstalmentAmount
        | Fact::BrokenPlans
        | Fact::PromisePaid
        | Fact::PartlyKeptPromises
        | Fact::IsGuarantor
        | Fact::IsReference
        | Fact::LastPaymentOn
        | Fact::Disputed
        | Fact::PromiseDate
        | Fact::PromiseAmount
        | Fact::BrokenPromises
        | Fact::KeptPromises
        | Fact::RiskScore
        | Fact::Segment
        | Fact::Product
        | Fact::Country
        | Fact::HasPhone
        | Fact::HasEmail
        | Fact::Name
        | Fact::Company
        | Fact::PayLink => None,
    }
}

fn tomorrow(facts: &Facts<'_>) -> Option<NaiveDate> {
    facts.today.succ_opt()
}

fn earlier(x: Option<NaiveDate>, y: Option<NaiveDate>) -> Option<NaiveDate> {
    x.into_iter().chain(y).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customer::{Account, Customer, Invoice};
    use cobro_dsl::law::Laws;
    use cobro_dsl::values::Currency;

    fn on(date: &str) -> NaiveDate {
        date.parse().unwrap()
    }

    /// An account with 100 due on 1 March and 50 issued on 10 March and due on the 25th, seen on 11 February and, day by
    /// day, afterwards: the day told is the first on which the condition really changes.
    fn check(condition: &str, expected: Option<&str>) {
        let text = format!(
            "language en\nstrategy s {{\n currency PEN\n timezone America/Lima\n law PE\n enter when {condition}\n \
             start a\n step a {{ end b }}\n end b\n}}"
        );
        let compiled = cobro_dsl::compile("s", &text, &Laws::shipped());
        assert!(!compiled.has_errors(), "{condition}: {:?}", compiled.findings);
        let program = compiled.program(None).unwrap();
        let mut account = Account::new("a", Currency::parse("PEN").unwrap());
        let invoice = |issued: Option<&str>, due: &str, amount| Invoice {
            id: due.to_owned(),
            issued_on: issued.map(on),
            due_on: on(due),
            amount,
            open: amount,
        };
        account.invoices =
            vec![invoice(None, "2026-03-01", 10_000), invoice(Some("2026-03-10"), "2026-03-25", 5_000)];
        let customer = Customer::new("c");
        let facts = |today| Facts { customer: &customer, account: &account, today };
        let today = on("2026-02-11");
        let found = next(&program.exprs, program.enter, &facts(today));
        assert_eq!(found, expected.map(on), "{condition}");
        let holds = |today| expr::holds(&program.exprs, program.enter, &facts(today));
        let mut days = today.iter_days().skip(1).take(400);
        let searched = days.find(|day| holds(*day) != holds(today));
        assert_eq!(found, searched, "{condition}, searched day by day");
    }

    #[test]
    fn the_day_is_the_first_on_which_a_condition_changes() {
        check("days_past_due >= 60", Some("2026-04-30"));
        check("days_past_due > 0", Some("2026-03-02"));
        check("days_past_due = -3", Some("2026-02-26"));
        check("days_past_due between 10 and 20", Some("2026-03-11"));
        check("not days_past_due between -100 and 20", Some("2026-03-22"));
        check("days_past_due in (5, 7)", Some("2026-03-06"));
        check("days_past_due < -30", None);
        check("60 <= days_past_due + 1.5", Some("2026-04-29"));
        check("days_past_due * 2 >= 9", Some("2026-03-06"));
        check("unpaid_invoices >= 2", Some("2026-03-10"));
        check("unpaid_invoices >= 3", None);
        check("overdue_invoices >= 2", Some("2026-03-26"));
        check("amount_due > 0 PEN", Some("2026-03-02"));
        check("balance >= 150 PEN and days_past_due >= 5", Some("2026-03-10"));
        check("balance >= 150 PEN or days_past_due >= 5", Some("2026-03-06"));
        check("today >= due_date - 3", Some("2026-02-26"));
        check("today - due_date >= 3", Some("2026-03-04"));
        check("today + days_past_due >= 2026-03-05", Some("2026-03-03"));
        check("today >= 2026-12-31 or disputed", Some("2026-12-31"));
        check("today > promise_date", None);
        check("disputed", None);
        check("risk_score >= 70", None);
    }
}
