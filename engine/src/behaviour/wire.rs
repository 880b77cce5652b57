//! The behaviour file as TOML. Chances are checked here, once.

use super::{Behaviour, Error, Model, Reception};
use cobro_dsl::values::Channel;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    #[serde(default)]
    whatsapp: Option<ReceptionRow>,
    #[serde(default)]
    email: Option<ReceptionRow>,
    #[serde(default)]
    sms: Option<ReceptionRow>,
    #[serde(default)]
    call: Option<ReceptionRow>,
    #[serde(default)]
    answers: BTreeMap<String, f64>,
    #[serde(default)]
    opt_out: f64,
    #[serde(default)]
    dispute: f64,
    payment: Payment,
    #[serde(default)]
    tasks: Tasks,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(deny_unknown_fields)]
struct ReceptionRow {
    delivered: f64,
    read: f64,
    #[serde(default)]
    answered: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Payment {
    daily: BTreeMap<String, f64>,
    #[serde(default = "one")]
    lift: f64,
    #[serde(default)]
    lift_days: i64,
    #[serde(default = "one")]
    full: f64,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Tasks {
    #[serde(default)]
    days: i64,
    #[serde(default)]
    results: BTreeMap<String, f64>,
}

/// Ten years.
const DAYS_MAX: i64 = 3_650;
const WEIGHT_MAX: f64 = 1_000_000.0;

fn one() -> f64 {
    1.0
}

impl Behaviour {
    /// Reads a behaviour file.
    pub fn parse(text: &str) -> Result<Behaviour, Error> {
        let file: File = toml::from_str(text).map_err(|error| Error { why: error.to_string() })?;
        let reception = |row: Option<ReceptionRow>, channel: Channel| {
            let row = row.unwrap_or(ReceptionRow { delivered: 0.0, read: 0.0, answered: 0.0 });
            let chances = [("delivered", row.delivered), ("read", row.read), ("answered", row.answered)];
            for (name, value) in chances {
                chance(&format!("{}.{name}", channel.word()), value)?;
            }
            Ok::<_, Error>(Reception { delivered: row.delivered, read: row.read, answered: row.answered })
        };
        let mut payment = Vec::new();
        for (days, daily) in &file.payment.daily {
            chance(&format!("payment.daily.\"{days}\""), *daily)?;
            let bounds =
                days.split_once("..").and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
            let Some((from, to)) = bounds.filter(|(from, to): &(i64, i64)| from <= to) else {
                let why = format!(
                    "payment.daily: `{days}` is no range of days past due; write for example \"1..30\""
                );
                return Err(Error { why });
            };
            payment.push((from, to, *daily));
        }
        chance("opt_out", file.opt_out)?;
        chance("dispute", file.dispute)?;
        chance("payment.full", file.payment.full)?;
        if !(0.0..=1000.0).contains(&file.payment.lift) {
            return Err(Error { why: "payment.lift must be from 0 to 1000".to_owned() });
        }
        for (name, days) in [("payment.lift_days", file.payment.lift_days), ("tasks.days", file.tasks.days)] {
            if !(0..=DAYS_MAX).contains(&days) {
                return Err(Error { why: format!("{name} is {days}; days are from 0 to {DAYS_MAX}") });
            }
        }
        for (table, weights) in [("answers", &file.answers), ("tasks.results", &file.tasks.results)] {
            for (name, weight) in weights {
                if !(0.0..=WEIGHT_MAX).contains(weight) {
                    let why = format!("{table}.\"{name}\" is {weight}; a weight is from 0 to {WEIGHT_MAX}");
                    return Err(Error { why });
                }
            }
        }
        Ok(Behaviour::Model(Box::new(Model {
            name: file.name,
            channels: [
                reception(file.whatsapp, Channel::Whatsapp)?,
                reception(file.email, Channel::Email)?,
                reception(file.sms, Channel::Sms)?,
                reception(file.call, Channel::Call)?,
            ],
            answers: file.answers,
            opt_out: file.opt_out,
            dispute: file.dispute,
            payment,
            lift: file.payment.lift,
            lift_days: file.payment.lift_days,
            full: file.payment.full,
            results: file.tasks.results,
            task_days: file.tasks.days,
        })))
    }
}

fn chance(name: &str, value: f64) -> Result<(), Error> {
    if (0.0..=1.0).contains(&value) {
        return Ok(());
    }
    Err(Error { why: format!("{name} is {value}; a chance is from 0 to 1") })
}
