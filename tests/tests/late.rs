//! What a strategy says about lateness: the engine was not running when something was due.

use cobro_dsl::law::Laws;
use cobro_engine::advance::{Context, advance};
use cobro_engine::calendar::Instant;
use cobro_engine::gate::Law;
use cobro_engine::input::Input;
use cobro_engine::record::Rows;
use cobro_engine::{testing, trace};

/// Enters on 9 March at 09:00, then is woken at each moment; tells what happened.
fn told(late: &str, moments: &[&str]) -> Vec<String> {
    let text = format!(
        r#"language en

strategy s {{
  currency PEN
  timezone America/Lima
  law PE
  {late}
  enter when days_past_due >= 1
  start notice

  step notice {{
    wait 1 day
    send sms template reminder else {{ note "not sent" }}
    wait 1 day
    send sms template reminder
    end done
  }}

  step review {{
    assign queue people
    end done
  }}

  end done
}}

template reminder for sms {{ text "{{{{name}}}}, {{{{balance}}}}." }}

test "t" of s {{
  account {{ balance 120 PEN due 2026-03-02 }}
  start 2026-03-09 09:00
}}
"#
    );
    let laws = Laws::shipped();
    let compiled = cobro_dsl::compile("late", &text, &laws);
    assert!(!compiled.has_errors(), "{:?}", compiled.findings);
    let program = compiled.program(None).expect("the strategy");
    let law = Law::new(laws.get("PE").expect("Peru").clone());
    let context = Context { program, law: &law };
    let mut customer = testing::customer(program, &compiled.tests[0]);
    let (mut rows, mut effects) = (Rows::default(), Vec::new());
    let at = |text: &str| Instant::parse(&format!("{text}:00-05:00")).expect("a moment");
    advance(context, &mut customer, 0, &Input::Enter, at("2026-03-09T09:00"), &mut rows, &mut effects);
    for moment in moments {
        advance(context, &mut customer, 0, &Input::Timer, at(moment), &mut rows, &mut effects);
    }
    let lines = rows.0.iter().skip(2).map(|row| trace::line(program, program.zone, row));
    lines.map(|line| line.split_once("  ").map_or("", |(_, rest)| rest).to_owned()).collect()
}

#[test]
fn in_time_nothing_is_said() {
    let told = told("late by 2 days send nothing", &["2026-03-10T09:00"]);
    assert_eq!(told[1], "sends     sms reminder #1  gate: now (0 of 1)");
}

#[test]
fn a_message_that_comes_too_late_is_not_sent_and_the_next_is() {
    let told = told("late by 2 days send nothing", &["2026-03-12T09:00", "2026-03-13T09:00"]);
    assert_eq!(told[0], "late      was due 2026-03-10 09:00  (line 12)");
    assert_eq!(told[2], "refuses   sms reminder  it comes too late");
    assert_eq!(told[3], "notes     not sent");
    assert_eq!(told[6], "sends     sms reminder #1  gate: now (0 of 1)");
}

#[test]
fn the_account_may_go_elsewhere() {
    let told = told("late by 2 days -> review", &["2026-03-20T09:00"]);
    assert_eq!(told[1], "goes to   review  (line 7)");
}

#[test]
fn without_a_word_it_goes_on_as_planned() {
    let told = told("", &["2026-04-20T09:00"]);
    assert_eq!(told[1], "sends     sms reminder #1  gate: now (0 of 1)");
}
