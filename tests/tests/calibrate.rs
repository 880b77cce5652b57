//! Fitting a model to a history: chains with known answers come back, debt that remembers is seen, a trap is no evidence.

use cobro_dsl::values::{Currency, NaiveDate};
use cobro_engine::behaviour::Behaviour;
use cobro_engine::calibrate::check::{memory, missed, out_of_sample};
use cobro_engine::calibrate::panel::{Beside, months};
use cobro_engine::calibrate::{Cells, Event, Month, chance, contact, fit};
use cobro_engine::customer::{Account, Customer, Invoice};
use cobro_engine::portfolio::{History, Payment, Portfolio};
use cobro_engine::stable::mix;
use cobro_tests::binary;

/// An even draw from 0 to below 1.
fn unit(of: u64, about: u64) -> f64 {
    (mix(mix(of).wrapping_add(about)) >> 11) as f64 / (1_u64 << 53) as f64
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// A portfolio in which an account due on the day before the first month pays in the months told, its whole debt at last.
fn portfolio(paid_in: impl Fn(u64) -> Vec<(u32, i64)>, accounts: u64) -> Portfolio {
    let as_of = date("2026-01-01");
    let mut portfolio = Portfolio { as_of, customers: Vec::new(), history: Vec::new() };
    for key in 0..accounts {
        let mut customer = Customer::new(format!("C{key}"));
        let mut account = Account::new(format!("A{key}"), Currency::parse("PEN").expect("soles"));
        let (id, due_on) = ("F".to_owned(), date("2025-12-31"));
        account.invoices.push(Invoice { id, issued_on: None, due_on, amount: 10_000, open: 10_000 });
        customer.accounts.push(account);
        let payments = paid_in(key).into_iter().map(|(month, amount)| Payment {
            on: as_of + chrono::Months::new(month) + chrono::Days::new(9),
            amount,
            invoice: "F".to_owned(),
        });
        portfolio.history.push(vec![History { payments: payments.collect(), statements: Vec::new() }]);
        portfolio.customers.push(customer);
    }
    portfolio
}

/// The first month in which a chain of chances pays.
fn chain(key: u64, chances: &[f64]) -> Vec<(u32, i64)> {
    let hit = chances.iter().enumerate().find(|(month, chance)| unit(key, *month as u64) < **chance);
    hit.map(|(month, _)| (month as u32, 10_000)).into_iter().collect()
}

/// What is counted month by month is what the chain was made of, and what it collects is the known answer.
fn check_chain(chances: &[f64], collects: f64) {
    let known = 1.0 - chances.iter().map(|chance| 1.0 - chance).product::<f64>();
    assert!((known - collects).abs() < 5e-4, "{known}");
    let count = chances.len() as u32;
    let rows =
        months(&portfolio(|key| chain(key, chances), 20_000), &Beside::default(), count, Event::Payment);
    let mut left = 1.0;
    for (month, chance) in chances.iter().enumerate() {
        let of: Vec<&Month> = rows.iter().filter(|row| row.month == month as u32).collect();
        let share = of.iter().filter(|row| row.happened).count() as f64 / of.len() as f64;
        let error = (chance * (1.0 - chance) / of.len() as f64).sqrt();
        assert!((share - chance).abs() < 4.0 * error, "month {month}: {share} instead of {chance}");
        left *= 1.0 - share;
    }
    assert!((1.0 - left - collects).abs() < 4.0 * (collects * (1.0 - collects) / 20_000.0).sqrt(), "{left}");
}

#[test]
fn chains_with_known_answers_come_back() {
    check_chain(&[0.4, 0.5, 0.6, 0.7], 0.964);
    check_chain(&[0.3, 0.3, 0.3], 0.657);
    check_chain(&[0.5, 0.25, 0.1, 0.05], 0.679_4);
}

/// Months of accounts of two types, all late; each account is followed until it pays.
fn two_types(
    accounts: u32,
    share: f64,
    chances: (f64, f64),
    contacts: impl Fn(u32, bool) -> f64,
    lift: f64,
) -> Vec<Month> {
    let mut months = Vec::new();
    for account in 0..accounts {
        let draw = |about| unit(u64::from(account) + 77, about);
        let is_good = draw(0) < share;
        let base = if is_good { chances.0 } else { chances.1 };
        for month in 0..5 {
            let contacted = draw(100 + u64::from(month)) < contacts(month, is_good);
            let chance = if contacted { (base * lift).min(1.0) } else { base };
            let happened = draw(200 + u64::from(month)) < chance;
            let owed = 10_000;
            let paid = if happened { owed } else { 0 };
            let late_before = Some(month);
            months.push(Month {
                account,
                month,
                days_late: 20,
                late_before,
                owed,
                paid,
                happened,
                contacted,
            });
            if happened {
                break;
            }
        }
    }
    months
}

#[test]
fn hidden_types_are_found_and_a_model_without_them_forgets() {
    let rows = two_types(20_000, 0.6, (0.6, 0.03), |_, _| 0.0, 1.0);
    let (fitted, plain) = (fit(&rows, Cells::of(&rows, false), 2), fit(&rows, Cells::of(&rows, false), 1));
    let hazard = fitted.hazards[fitted.cells.age(&rows[0])];
    let found = [fitted.kinds[0].share, chance(hazard), chance(hazard * fitted.kinds[1].factor)];
    for (found, known) in found.into_iter().zip([0.6, 0.6, 0.03]) {
        assert!((found - known).abs() < 0.03, "{found} instead of {known}");
    }
    let table = memory(&rows, &fitted, &plain);
    assert!(missed(&table, |row| row.forgetful) >= 4, "{table:?}");
    assert_eq!(missed(&table, |row| row.foretold), 0, "{table:?}");
}

#[test]
fn debtors_who_are_alike_are_not_said_to_remember() {
    let rows = two_types(20_000, 1.0, (0.3, 0.3), |_, _| 0.0, 1.0);
    let plain = fit(&rows, Cells::of(&rows, false), 1);
    let table = memory(&rows, &plain, &plain);
    assert_eq!(missed(&table, |row| row.forgetful), 0, "{table:?}");
}

/// Contact helps everybody (the chance is half as large again), but went to those who pay worst.
#[test]
fn contacts_that_went_to_the_hardest_are_no_evidence_of_harm() {
    let rows = two_types(20_000, 0.5, (0.5, 0.05), |_, is_good| if is_good { 0.1 } else { 0.9 }, 1.5);
    let plain = fit(&rows, Cells::of(&rows, false), 1);
    let seen = contact::seen(&rows, &plain).expect("both kinds");
    assert!(seen.raw() < 0.6, "the trap: {}", seen.raw());
    // By lot the same comparison finds the truth.
    let rows = two_types(20_000, 0.5, (0.5, 0.05), |_, _| 0.5, 1.5);
    let seen = contact::seen(&rows, &plain).expect("both kinds");
    let (ratio, low, high) = seen.alike.expect("both kinds among equals");
    assert!(low < 1.5 && 1.4 < ratio && ratio < 1.6 && high < 1.65, "{low} {ratio} {high}");
}

#[test]
fn months_not_seen_fall_into_the_band() {
    let chances = [0.30; 5];
    let rows = months(&portfolio(|key| chain(key, &chances), 20_000), &Beside::default(), 5, Event::Payment);
    for row in out_of_sample(&rows, false, 1, 3) {
        // Twice the band is four standard errors: that draws alone leave it one may forget.
        let (low, middle, high) = row.expected;
        assert!(row.accounts > 1_000 && (row.count as f64 - middle).abs() < high - low, "{row:?}");
    }
    let broken = [0.30, 0.30, 0.30, 0.02];
    let rows = months(&portfolio(|key| chain(key, &broken), 20_000), &Beside::default(), 4, Event::Payment);
    assert!(out_of_sample(&rows, false, 1, 3).iter().all(|row| !row.holds() && !row.money_holds()));
}

fn calibrate(more: &[&str]) -> String {
    let mut args = vec![
        "calibrate",
        "--portfolio",
        "portfolios/card_debt/portfolio.csv",
        "--from",
        "2005-05-01",
        "--months",
        "5",
        "--months-late",
        "portfolios/card_debt/months_late.csv",
        "--lang",
        "en",
    ];
    args.extend(more);
    let output = binary::run(&args).expect("cobro runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Of accounts equally late, those late for longer cure less: the figures of the card file, which a model without types
/// does not know of. The shipped model is what the command makes.
#[test]
fn real_debt_remembers_and_the_shipped_model_is_what_the_command_makes() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("tarjetas.toml");
    let told = calibrate(&["--event", "cure", "--out", file.to_str().expect("a path")]);
    for (of, share) in [("5242", "38.5 %"), ("1699", "23.2 %"), ("716", "11.6 %"), ("209", "2.9 %")] {
        assert!(told.lines().any(|line| line.contains(of) && line.contains(share)), "{of}: {told}");
    }
    assert!(told.contains("a model without types forgets"), "{told}");
    assert!(told.contains("cannot be known: the data have no contacts"), "{told}");
    assert!(told.contains("2005-08") && told.contains("2005-09"), "{told}");
    let made = std::fs::read_to_string(file).expect("a model");
    assert_eq!(made, include_str!("../../behaviours/tarjetas.toml"));
    let Ok(Behaviour::Model(model)) = Behaviour::parse(&made) else { panic!("{made}") };
    assert!(model.source("payment.daily.1..60").is_some_and(|source| source.starts_with("measured (")));
    assert_eq!(model.source("whatsapp.read"), Some("assumed"));
    assert_eq!((model.types.len(), model.lift.first), (2, 1.0));
}
