//! What a model of debtors must bring about: chains with known answers, independence of threads, order and seed, types,
//! personas and the worst debtor.

use cobro_dsl::law::Laws;
use cobro_dsl::program::Program;
use cobro_dsl::values::{Currency, Lang, NaiveDate, Value};
use cobro_dsl::vocabulary::Fact;
use cobro_engine::advance::Context;
use cobro_engine::behaviour::Behaviour;
use cobro_engine::customer::{Account, Customer, Invoice};
use cobro_engine::gate::Law;
use cobro_engine::measure::{Keep, Measures};
use cobro_engine::portfolio::History;
use cobro_engine::simulate::{Plan, play};

/// One message on entering, then a long wait.
const ONE_MESSAGE: &str = r#"language en
strategy one {
  title "One message"
  currency PEN
  time zone America/Lima
  contact {
    hours mon-sun 00:00-24:00
    max 1 per day
    ladder sms
  }
  enter when days_past_due >= 0
  start only
  step only {
    send sms template reminder
    wait up to 400 days {
      on full payment -> cured
      on opt out { end left_alone }
    }
    end open
  }
  end cured success
  end left_alone neutral
  end open failure
}
template reminder for sms {
  purpose reminder
  text "Hello {{name}}, {{company}}: you owe {{balance}}. Answer STOP to receive no more."
}
"#;

fn program() -> Program {
    let compiled = cobro_dsl::compile("one.cobro", ONE_MESSAGE, &Laws::shipped());
    let told: Vec<String> = compiled.findings.iter().map(|finding| finding.headline(Lang::En)).collect();
    compiled.program(None).cloned().unwrap_or_else(|| panic!("{told:?}"))
}

fn behaviour(text: &str) -> Behaviour {
    Behaviour::parse(text).unwrap_or_else(|error| panic!("{}", error.en))
}

const FROM: &str = "2026-01-01";

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// A customer who owes 100.00 in so many invoices, the last due on the first day.
fn customer(key: usize, invoices: u32) -> Customer {
    let mut customer = Customer::new(format!("C{key}"));
    customer.phone = Some("+51900000000".to_owned());
    let mut account = Account::new(format!("A{key}"), Currency::parse("PEN").expect("soles"));
    for (fact, text) in [(Fact::Name, "Ana Rojas"), (Fact::Company, "Andes")] {
        account.facts.push((fact, Value::Text(text.to_owned())));
    }
    for number in 0..invoices {
        let due_on = date(FROM) - chrono::Days::new(u64::from(number) * 30);
        account.invoices.push(Invoice {
            id: format!("F{number}"),
            issued_on: None,
            due_on,
            amount: 10_000 / i64::from(invoices),
            open: 10_000 / i64::from(invoices),
        });
    }
    customer.accounts.push(account);
    customer
}

fn played(
    behaviour: &Behaviour,
    days: u32,
    seed: u64,
    customers: impl Iterator<Item = Customer>,
) -> Measures {
    let program = program();
    let law = Law::cautious();
    let context = Context { program: &program, law: &law };
    let plan = Plan::new(&program, date(FROM), days, seed).expect("a plan");
    let mut measures = Measures::over(days, 1);
    for mut customer in customers {
        play(
            context,
            behaviour,
            &plan,
            &mut customer,
            &[History::default()],
            &mut measures,
            &mut Keep::default(),
        );
    }
    measures
}

fn share(measures: &Measures) -> f64 {
    measures.collected() as f64 / measures.owed as f64
}

const ACCOUNTS: usize = 4_000;

/// The share collected must be the chain's answer within four standard errors.
fn check(text: &str, days: u32, expected: f64) {
    let measures = played(&behaviour(text), days, 7, (0..ACCOUNTS).map(|key| customer(key, 1)));
    let error = (expected * (1.0 - expected) / ACCOUNTS as f64).sqrt();
    let found = share(&measures);
    assert!((found - expected).abs() <= 4.0 * error + 1e-9, "{found} instead of {expected} ± {error}");
}

/// The chance of a day that gives a chance over thirty.
fn daily(monthly: f64) -> f64 {
    1.0 - (1.0 - monthly).powf(1.0 / 30.0)
}

/// 0.4, 0.5, 0.6, 0.7 in months one to four: 1 - 0.6 * 0.5 * 0.4 * 0.3 = 96.4 %.
#[test]
fn four_months_of_rising_chances_collect_96_4_percent() {
    let months = [0.4, 0.5, 0.6, 0.7];
    let mut text = "name = \"chain\"\n[payment.daily]\n".to_owned();
    for (month, chance) in months.iter().enumerate() {
        text += &format!("\"{}..{}\" = {}\n", month * 30, month * 30 + 29, daily(*chance));
    }
    check(&text, 120, 0.964);
}

/// The same chance every day is the geometric distribution: 1 - 0.97^60.
#[test]
fn the_same_chance_every_day_is_geometric() {
    check("name = \"flat\"\n[payment.daily]\n\"0..400\" = 0.03\n", 60, 1.0 - 0.97_f64.powi(60));
}

/// Two hidden types, half each, at 0.1 and 0.01 a day: the mixture, not the mean chance.
#[test]
fn two_types_are_a_mixture() {
    let text = "name = \"two\"\n[payment.daily]\n\"0..400\" = 0.1\n\
        [[types]]\nname = \"soon\"\nshare = 1\n[[types]]\nname = \"late\"\nshare = 1\npayment = 0.1\n";
    check(text, 30, 1.0 - (0.9_f64.powi(30) + 0.99_f64.powi(30)) / 2.0);
}

/// A contact doubles the chance for ten days and no longer. The message goes out on the first day, so the ten
/// days after the first are lifted: 1 - 0.98 * 0.96^10 * 0.98^19.
#[test]
fn a_lift_works_for_its_days_and_no_longer() {
    let text = "name = \"lift\"\n[sms]\ndelivered = 1\nread = 0\n[payment]\nlift = 2\nlift_days = 10\n\
        [payment.daily]\n\"0..400\" = 0.02\n";
    check(text, 30, 1.0 - 0.98_f64.powi(20) * 0.96_f64.powi(10));
}

/// Of accounts equally late, those of a mixture that are still there after a month pay less in the next.
#[test]
fn types_make_debt_remember() {
    let text = "name = \"two\"\n[payment.daily]\n\"0..400\" = 0.05\n\
        [[types]]\nname = \"soon\"\nshare = 1\n[[types]]\nname = \"late\"\nshare = 1\npayment = 0.05\n";
    let measures = played(&behaviour(text), 60, 7, (0..ACCOUNTS).map(|key| customer(key, 1)));
    let curve = measures.curve();
    let owed = measures.owed as f64;
    let (first, second) =
        (curve[29] as f64 / owed, (curve[59] - curve[29]) as f64 / (owed - curve[29] as f64));
    assert!(
        first > 0.38 && second < 0.25,
        "cured {first} in the first month, {second} of the rest in the next"
    );
}

#[test]
fn overdue_invoices_lower_the_chance() {
    let text = "name = \"months\"\n[payment.daily]\n\"0..400\" = 0.02\n[payment.overdue_invoices]\n\"1\" = 0.5\n\"2..9\" = 0.1\n";
    let model = behaviour(text);
    let of = |invoices| share(&played(&model, 30, 7, (0..ACCOUNTS).map(|key| customer(key, invoices))));
    assert!(of(1) > 2.0 * of(3), "{} and {}", of(1), of(3));
}

#[test]
fn order_and_company_change_nothing_and_another_seed_does() {
    let model = behaviour(include_str!("../../behaviours/tipica.toml"));
    let forward = played(&model, 60, 7, (0..300).map(|key| customer(key, 1)));
    assert_eq!(forward, played(&model, 60, 7, (0..300).rev().map(|key| customer(key, 1))));
    assert_ne!(forward, played(&model, 60, 8, (0..300).map(|key| customer(key, 1))));
    let mut parts = played(&model, 60, 7, (200..300).map(|key| customer(key, 1)));
    parts.add(&played(&model, 60, 7, (0..200).map(|key| customer(key, 1))));
    assert_eq!(forward, parts);
}

#[test]
fn a_persona_does_what_is_written() {
    let text = "name = \"persona\"\nkind = \"scripted\"\n[[personas]]\nname = \"pays\"\n\
        acts = [{ message = 1, after_hours = 26, pay = 0.25 }, { day = 5, pay = 1.0 }]\n";
    let measures = played(&behaviour(text), 10, 1, std::iter::once(customer(1, 1)));
    let paid: Vec<i64> = measures.days.iter().map(|day| day.collected).collect();
    assert_eq!(paid, [0, 2_500, 0, 0, 7_500, 0, 0, 0, 0, 0]);
    assert_eq!((measures.funnel().delivered, measures.funnel().paid), (1, 1));
}

#[test]
fn the_worst_debtor_objects_and_pays_only_what_is_certain() {
    let text = |chance: &str| {
        format!(
            "name = \"worst\"\nkind = \"adversarial\"\nopt_out = 0.01\n[sms]\ndelivered = 1\nread = 0.1\n[payment.daily]\n\"0..400\" = {chance}\n"
        )
    };
    let of = |chance| played(&behaviour(&text(chance)), 60, 7, (0..50).map(|key| customer(key, 1)));
    let measures = of("0.99");
    assert_eq!((measures.collected(), measures.objections.opted_out), (0, 50));
    assert_eq!(share(&of("1")), 1.0);
}

/// Wrong files are refused in both languages, with the name of what is wrong.
#[test]
fn wrong_files_are_refused() {
    let daily = "[payment.daily]\n\"0..10\" = 0.1\n";
    for (text, es, en) in [
        ("name = \"x\"\n".to_owned(), "falta `[payment.daily]`", "`[payment.daily]` is missing"),
        ("name = \"x\"\n[payment.daily]\n\"9..1\" = 0.1\n".to_owned(), "no es un rango", "is no range"),
        (
            "name = \"x\"\n[payment.daily]\n\"1..9\" = 0.1\n\"9..20\" = 0.1\n".to_owned(),
            "se pisan",
            "overlap",
        ),
        (
            format!("name = \"x\"\nopt_out = 2\n{daily}"),
            "opt_out es 2; tiene que estar entre 0 y 1",
            "opt_out is 2; it must be from 0 to 1",
        ),
        (format!("name = \"x\"\n{daily}[lift.channels]\nfax = 1\n"), "no existe `fax`", "there is no `fax`"),
        (
            format!("name = \"x\"\n{daily}[sources]\n\"*\" = \"guess\"\n"),
            "se escribe `assumed`",
            "write `assumed`",
        ),
        ("name = \"x\"\nkind = \"scripted\"\n".to_owned(), "al menos una persona", "at least one persona"),
    ] {
        let error = Behaviour::parse(&text).expect_err(&text);
        assert!(error.es.contains(es) && error.en.contains(en), "{} / {}", error.es, error.en);
    }
}

#[test]
fn every_number_of_a_shipped_model_says_where_it_is_from() {
    let Behaviour::Model(model) = behaviour(include_str!("../../behaviours/tipica.toml")) else {
        panic!("a model")
    };
    for (name, is_measured) in [("opt_out", false), ("whatsapp.read", false), ("payment.daily.31..90", true)]
    {
        let source = model.source(name).expect(name);
        assert_eq!(source.starts_with("measured ("), is_measured, "{name}: {source}");
    }
}

/// The example of the page is a model.
#[test]
fn the_personas_of_the_page_are_read() {
    let page = include_str!("../../docs/behaviour.md");
    let example =
        page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    behaviour(example);
}

/// A small version of the example `same_strategy`: of 60 seeds some three find a difference where there is none; more than
/// ten would be four standard errors too many.
#[test]
fn a_strategy_compared_with_itself_under_another_salt_differs_by_chance_only() {
    let found = (1..=60).filter(|seed| cobro_tests::same::differs(*seed, 100).expect("it plays")).count();
    assert!(found <= 10, "{found} of 60 seeds find a difference");
}
