use super::*;
use cobro_dsl::values::Currency;

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

fn open(account: &Account) -> Vec<i64> {
    account.invoices.iter().map(|invoice| invoice.open).collect()
}

#[test]
fn what_is_paid_ahead_is_not_owed_later() {
    let mut account = account(&[("2026-03-01", "2026-03-15", 10_000), ("2026-04-01", "2026-04-15", 10_000)]);
    account.pay(15_000, None, on("2026-03-10"), None);
    assert_eq!(account.balance_on(on("2026-03-10")).minor, 0);
    assert_eq!((account.balance_on(on("2026-04-01")).minor, account.credit), (5_000, 0));
    account.pay(6_000, None, on("2026-03-11"), None);
    assert_eq!((account.balance_on(on("2026-04-01")).minor, account.credit), (0, 1_000));
}

#[test]
fn a_payment_comes_back_out_of_what_it_paid() {
    let mut account = account(&[("2026-01-01", "2026-01-15", 100), ("2026-02-01", "2026-02-15", 100)]);
    account.pay(130, None, on("2026-03-01"), Some("one"));
    account.pay(90, None, on("2026-03-05"), Some("two"));
    assert_eq!((open(&account), account.credit), (vec![0, 0], 20));
    assert_eq!(account.take_back("one", on("2026-03-09")).map(|back| back.amount), Some(130));
    assert_eq!((open(&account), account.credit), (vec![100, 30], 20));
    assert_eq!(account.last_payment_on, Some(on("2026-03-05")));
    assert_eq!(account.take_back("one", on("2026-03-09")), None, "it came back already");
    account.take_back("two", on("2026-03-09"));
    assert_eq!((open(&account), account.credit), (vec![100, 100], 0));
    assert_eq!(account.last_payment_on, None);
}

#[test]
fn one_that_came_back_before_it_came_in_is_remembered_once() {
    let mut account = account(&[]);
    assert_eq!(account.take_back("late", on("2026-03-09")), None);
    assert!(account.payments.came_back_early("late"));
    assert!(!account.payments.came_back_early("late"));
    for number in 0..500 {
        account.take_back(&number.to_string(), on("2026-03-09"));
    }
    assert_eq!(account.payments.early.len(), EARLY_MAX);
}

#[test]
fn chance_never_loses_a_cent() {
    let mut state = 2026_u64;
    let mut below = |sides: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % sides
    };
    for _ in 0..500 {
        let mut account = Account::new("a", Currency::parse("PEN").unwrap());
        for number in 0..below(6) {
            let amount = below(50_000) as i64 + 1;
            account.invoices.push(Invoice {
                // Some numbers stand twice.
                id: format!("F-{}", number % 4),
                issued_on: (below(2) == 0).then(|| on("2026-03-15")),
                due_on: on("2026-03-01"),
                amount,
                open: amount,
            });
        }
        let before = account.clone();
        let mut alive: Vec<(String, i64)> = Vec::new();
        for number in 0..below(30) {
            let today = on(&format!("2026-03-{:02}", 1 + below(28)));
            if below(3) == 0 && !alive.is_empty() {
                let (reference, amount) = alive.remove(below(alive.len() as u64) as usize);
                assert_eq!(account.take_back(&reference, today).map(|back| back.amount), Some(amount));
            } else {
                let amount = below(40_000) as i64 + 1;
                let invoice = (below(3) == 0).then(|| format!("F-{}", below(5)));
                let reference = format!("P-{number}");
                account.pay(amount, invoice.as_deref(), today, Some(&reference));
                alive.push((reference, amount));
            }
            let applied: i64 = account.invoices.iter().map(|invoice| invoice.amount - invoice.open).sum();
            let paid: i64 = alive.iter().map(|(_, amount)| amount).sum();
            assert_eq!(applied + account.credit, paid, "what came in is what was paid and what is left over");
            assert!(account.invoices.iter().all(|invoice| (0..=invoice.amount).contains(&invoice.open)));
        }
        while !alive.is_empty() {
            let (reference, _) = alive.remove(below(alive.len() as u64) as usize);
            account.take_back(&reference, on("2026-03-30"));
        }
        assert_eq!(account.invoices, before.invoices, "all is owed again exactly as before");
        assert_eq!((account.credit, account.last_payment_on), (0, None));
    }
}
