//! Portfolios made up: repeatable, whole, and taken in without a complaint.

use cobro_tests::binary;
use serde_json::Value;

fn run(args: &[&str]) -> String {
    let output = binary::run(args).expect("cobro runs");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_sample_is_repeatable_and_a_small_one_begins_a_large_one() {
    let of = |accounts: &str, seed: &str| {
        run(&["sample", "--accounts", accounts, "--country", "CO", "--seed", seed])
    };
    let small = of("200", "1");
    assert_eq!(small, of("200", "1"));
    assert_ne!(small, of("200", "2"));
    // The last customer may have had more debts than were left to make.
    let whole = small.lines().count() - 30;
    let begins = |text: &str| text.lines().take(whole).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(begins(&small), begins(&of("1000", "1")));
}

#[test]
fn every_country_is_taken_in_whole() {
    let dir = tempfile::tempdir().expect("a folder");
    for country in ["CO", "PE", "MX", "CL", "AR", "BR"] {
        let file = dir.path().join(format!("{country}.csv"));
        let path = file.to_str().expect("a path");
        run(&["sample", "--accounts", "500", "--country", country, "--out", path]);
        let told: Value =
            serde_json::from_str(&run(&["import", path, "--as-of", "2026-03-02", "--format", "json"]))
                .expect("JSON");
        assert_eq!(told["rows"]["left_out"], 0, "{country}: {}", told["problems"]);
        assert_eq!(told["accounts"], 500, "{country}");
        let customers = told["customers"].as_u64().expect("a number");
        assert!((330..430).contains(&customers), "{country}: {customers} customers");
    }
}

/// What really happened comes back to the cent and to the day: each payment of the file, on its date.
#[test]
fn history_replays_every_payment_on_its_day() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("CO.csv");
    let path = file.to_str().expect("a path");
    run(&["sample", "--accounts", "800", "--country", "CO", "--out", path]);
    let told = run(&[
        "simulate",
        "strategies/early_reminder.cobro",
        "--portfolio",
        path,
        "--from",
        "2026-03-02",
        "--days",
        "121",
        "--format",
        "json",
    ]);
    let told: Value = serde_json::from_str(&told).expect("JSON");
    let minor = |text: &str| text.replace('.', "").parse::<i64>().expect("a figure");
    let mut paid = std::collections::BTreeMap::<String, (i64, u64)>::new();
    let text = std::fs::read_to_string(&file).expect("the file");
    for payments in text.lines().skip(1).filter_map(|line| line.rsplit(',').next()) {
        for payment in payments.split_whitespace() {
            let (date, amount) = payment.split_once(':').expect("a date and an amount");
            if date >= "2026-03-02" {
                let into = paid.entry(date.to_owned()).or_default();
                *into = (into.0 + minor(amount), into.1 + 1);
            }
        }
    }
    let mut days = 0;
    for day in told["by_date"].as_array().expect("days") {
        let (amount, count) = paid.remove(day["date"].as_str().expect("a date")).unwrap_or_default();
        assert_eq!(minor(day["collected"].as_str().expect("an amount")), amount, "{day}");
        assert_eq!(day["payments"].as_u64(), Some(count), "{day}");
        days += u64::from(count > 0);
    }
    assert!(paid.is_empty() && days > 60, "{paid:?} on {days} days");
}
