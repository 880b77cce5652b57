//! A strategy compared with itself under another salt of its experiment: there is nothing to find, so a comparison at the
//! level of 95 % may find something in five of a hundred seeds, and no oftener.

use cobro_dsl::law::Laws;
use cobro_dsl::program::Program;
use cobro_dsl::values::{Currency, NaiveDate, Value};
use cobro_dsl::vocabulary::Fact;
use cobro_engine::advance::Context;
use cobro_engine::behaviour::Behaviour;
use cobro_engine::compare::Pairs;
use cobro_engine::customer::{Account, Customer, Invoice};
use cobro_engine::gate::Law;
use cobro_engine::measure::{Keep, Measures};
use cobro_engine::portfolio::History;
use cobro_engine::simulate::{Plan, play};
use cobro_engine::stable::mix;

/// Half of the accounts get a message at once, half after ten days.
const STRATEGY: &str = r#"language en
strategy same {
  title "The same"
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
    split SALT {
      50% early { send sms template reminder }
      50% late {
        wait 10 days
        send sms template reminder
      }
    }
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

const MODEL: &str = "name = \"same\"\n[sms]\ndelivered = 1\nread = 1\n[payment]\nlift = 4\nlift_days = 8\nfull = 0.7\n\
                     [payment.daily]\n\"0..400\" = 0.02\n";

fn salted(salt: &str) -> anyhow::Result<Program> {
    let text = STRATEGY.replace("SALT", salt);
    let compiled = cobro_dsl::compile("same.cobro", &text, &Laws::shipped());
    compiled.program(None).cloned().ok_or_else(|| anyhow::anyhow!("{:?}", compiled.findings))
}

/// Compares the strategy with itself for one seed: did money differ, and messages?
pub fn differs(seed: u64, customers: u64) -> anyhow::Result<bool> {
    let programs = [salted(&format!("a{seed}"))?, salted(&format!("b{seed}"))?];
    let (law, behaviour) = (Law::cautious(), Behaviour::parse(MODEL)?);
    let from = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default();
    let currency = Currency::parse("PEN").ok_or_else(|| anyhow::anyhow!("soles"))?;
    let mut pairs = Pairs::default();
    for key in 0..customers {
        let mut customer = Customer::new(format!("C{key}"));
        customer.phone = Some("+51900000000".to_owned());
        let mut account = Account::new(format!("A{key}"), currency);
        // From 50.00 to 550.00: money that differs from account to account.
        let amount = 5_000 + (mix(key) % 50_000) as i64;
        for (fact, text) in [(Fact::Name, "Ana Rojas"), (Fact::Company, "Andes")] {
            account.facts.push((fact, Value::Text(text.to_owned())));
        }
        account.invoices.push(Invoice {
            id: "F".to_owned(),
            issued_on: None,
            due_on: from,
            amount,
            open: amount,
        });
        customer.accounts.push(account);
        let mut collected = [0; 2];
        for (program, collected) in programs.iter().zip(&mut collected) {
            let plan = Plan::new(program, from, 30, seed).map_err(|error| anyhow::anyhow!("{error:?}"))?;
            let mut measures = Measures::over(30, 1);
            let context = Context { program, law: &law };
            let history = [History::default()];
            play(
                context,
                &behaviour,
                &plan,
                &mut customer.clone(),
                &history,
                &mut measures,
                &mut Keep::default(),
            );
            anyhow::ensure!(measures.funnel().sent > 0 || measures.collected() > 0, "nobody is written to");
            *collected = measures.collected();
        }
        pairs.take(collected[0], collected[1]);
    }
    Ok(pairs.difference().is_significant())
}
