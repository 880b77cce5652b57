//! The behaviour file as TOML. Chances, factors and ranges are checked here, once.

use super::model::{Act, Around, Band, DebtorType, Does, Kind, Lift, Model, Persona, Reception, When};
use super::{Behaviour, Error};
use cobro_dsl::values::{Channel, Purpose};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    #[serde(default)]
    kind: KindRow,
    #[serde(default)]
    whatsapp: ReceptionRow,
    #[serde(default)]
    email: ReceptionRow,
    #[serde(default)]
    sms: ReceptionRow,
    #[serde(default)]
    call: ReceptionRow,
    #[serde(default)]
    answers: BTreeMap<String, f64>,
    #[serde(default)]
    opt_out: f64,
    #[serde(default)]
    dispute: f64,
    #[serde(default)]
    wrong_person: f64,
    #[serde(default)]
    payment: Payment,
    #[serde(default)]
    lift: LiftRow,
    #[serde(default)]
    reading: AroundRow,
    #[serde(default)]
    answering: AroundRow,
    #[serde(default)]
    types: Vec<TypeRow>,
    #[serde(default)]
    personas: Vec<PersonaRow>,
    #[serde(default)]
    tasks: Tasks,
    #[serde(default)]
    sources: BTreeMap<String, String>,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum KindRow {
    #[default]
    Empirical,
    Scripted,
    Adversarial,
}

#[derive(Deserialize, Clone, Copy, Default)]
#[serde(deny_unknown_fields)]
struct ReceptionRow {
    delivered: f64,
    read: f64,
    #[serde(default)]
    answered: f64,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Payment {
    #[serde(default)]
    daily: BTreeMap<String, f64>,
    #[serde(default)]
    overdue_invoices: BTreeMap<String, f64>,
    lift: Option<f64>,
    #[serde(default)]
    lift_days: i64,
    lift_half_life: Option<f64>,
    full: Option<f64>,
    part: Option<(f64, f64)>,
}

#[derive(Deserialize, Default)]
struct LiftRow {
    #[serde(default)]
    channels: BTreeMap<String, f64>,
    #[serde(flatten)]
    around: BTreeMap<String, BTreeMap<String, f64>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct AroundRow {
    #[serde(default)]
    hours: BTreeMap<String, f64>,
    #[serde(default)]
    weekdays: BTreeMap<String, f64>,
    #[serde(default)]
    contacts: BTreeMap<String, f64>,
    #[serde(default)]
    purposes: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TypeRow {
    name: String,
    share: f64,
    #[serde(default = "one")]
    payment: f64,
    #[serde(default = "one")]
    lift: f64,
    #[serde(default = "one")]
    read: f64,
    #[serde(default = "one")]
    answered: f64,
    full: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonaRow {
    name: String,
    #[serde(default = "one")]
    share: f64,
    #[serde(default)]
    acts: Vec<ActRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActRow {
    day: Option<u32>,
    message: Option<u32>,
    #[serde(default)]
    after_hours: f64,
    pay: Option<f64>,
    answer: Option<String>,
    say: Option<String>,
    does: Option<String>,
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
const FACTOR_MAX: f64 = 1_000.0;

fn one() -> f64 {
    1.0
}

fn wrong(es: String, en: String) -> Error {
    Error { es, en }
}

impl Behaviour {
    /// Reads a behaviour file.
    pub fn parse(text: &str) -> Result<Behaviour, Error> {
        let file: File = toml::from_str(text).map_err(|error| {
            wrong(format!("no se entiende el archivo de conducta: {error}"), error.to_string())
        })?;
        file.model().map(|model| Behaviour::Model(Box::new(model)))
    }
}

impl File {
    fn model(self) -> Result<Model, Error> {
        let kind = match self.kind {
            KindRow::Empirical => Kind::Empirical,
            KindRow::Scripted => Kind::Scripted,
            KindRow::Adversarial => Kind::Adversarial,
        };
        for (name, value) in
            [("opt_out", self.opt_out), ("dispute", self.dispute), ("wrong_person", self.wrong_person)]
        {
            within(name, value, 0.0, 1.0)?;
        }
        if kind != Kind::Scripted && self.payment.daily.is_empty() {
            return Err(wrong(
                "falta `[payment.daily]`: la probabilidad de pagar por días de mora".to_owned(),
                "`[payment.daily]` is missing: the chance to pay by days past due".to_owned(),
            ));
        }
        if kind == Kind::Scripted && self.personas.is_empty() {
            return Err(wrong(
                "`kind = \"scripted\"` necesita al menos una persona: `[[personas]]`".to_owned(),
                "`kind = \"scripted\"` needs at least one persona: `[[personas]]`".to_owned(),
            ));
        }
        let full = self.payment.full.unwrap_or(1.0);
        within("payment.full", full, 0.0, 1.0)?;
        let part = self.payment.part.unwrap_or((0.1, 0.6));
        within("payment.part", part.0, 0.0, part.1)?;
        within("payment.part", part.1, part.0, 1.0)?;
        for (name, days) in [("payment.lift_days", self.payment.lift_days), ("tasks.days", self.tasks.days)] {
            within(name, days as f64, 0.0, DAYS_MAX as f64)?;
        }
        for (table, weights) in [("answers", &self.answers), ("tasks.results", &self.tasks.results)] {
            for (name, weight) in weights {
                within(&format!("{table}.\"{name}\""), *weight, 0.0, WEIGHT_MAX)?;
            }
        }
        Ok(Model {
            kind,
            channels: [
                self.whatsapp.checked(Channel::Whatsapp)?,
                self.email.checked(Channel::Email)?,
                self.sms.checked(Channel::Sms)?,
                self.call.checked(Channel::Call)?,
            ],
            answers: self.answers,
            opt_out: self.opt_out,
            dispute: self.dispute,
            wrong_person: self.wrong_person,
            payment: bands("payment.daily", &self.payment.daily, 0.0, 1.0)?,
            overdue_invoices: bands(
                "payment.overdue_invoices",
                &self.payment.overdue_invoices,
                0.0,
                FACTOR_MAX,
            )?,
            lift: lift(&self.payment, &self.lift)?,
            full,
            part,
            reading: around("reading", &self.reading, 0.0)?,
            answering: around("answering", &self.answering, 0.0)?,
            types: self.types.into_iter().map(TypeRow::checked).collect::<Result<_, _>>()?,
            personas: self.personas.into_iter().map(PersonaRow::checked).collect::<Result<_, _>>()?,
            results: self.tasks.results,
            task_days: self.tasks.days,
            sources: sources(self.sources)?,
            name: self.name,
        })
    }
}

impl ReceptionRow {
    fn checked(self, channel: Channel) -> Result<Reception, Error> {
        for (name, value) in [("delivered", self.delivered), ("read", self.read), ("answered", self.answered)]
        {
            within(&format!("{}.{name}", channel.word()), value, 0.0, 1.0)?;
        }
        Ok(Reception { delivered: self.delivered, read: self.read, answered: self.answered })
    }
}

impl TypeRow {
    fn checked(self) -> Result<DebtorType, Error> {
        let name = |field: &str| format!("types.{}.{field}", self.name);
        within(&name("share"), self.share, 0.0, WEIGHT_MAX)?;
        for (field, value) in [("payment", self.payment), ("read", self.read), ("answered", self.answered)] {
            within(&name(field), value, 0.0, FACTOR_MAX)?;
        }
        within(&name("lift"), self.lift, -FACTOR_MAX, FACTOR_MAX)?;
        within(&name("full"), self.full.unwrap_or(1.0), 0.0, 1.0)?;
        let TypeRow { name, share, payment, lift, read, answered, full } = self;
        Ok(DebtorType { name, share, payment, lift, read, answered, full })
    }
}

impl PersonaRow {
    fn checked(self) -> Result<Persona, Error> {
        within(&format!("personas.{}.share", self.name), self.share, 0.0, WEIGHT_MAX)?;
        let acts = self.acts.into_iter().map(|act| act.checked(&self.name)).collect::<Result<_, _>>()?;
        Ok(Persona { name: self.name, share: self.share, acts })
    }
}

impl ActRow {
    fn checked(self, persona: &str) -> Result<Act, Error> {
        let when = match (self.day, self.message) {
            (Some(day), None) => When::Day(day),
            (None, Some(message)) => When::Message(message, self.after_hours),
            _ => {
                return Err(wrong(
                    format!("personas.{persona}: un acto tiene `day` o `message`, uno de los dos"),
                    format!("personas.{persona}: an act has `day` or `message`, one of the two"),
                ));
            }
        };
        within(&format!("personas.{persona}.after_hours"), self.after_hours, 0.0, 24.0 * DAYS_MAX as f64)?;
        let does = match (self.pay, self.answer, self.say, self.does.as_deref()) {
            (Some(part), None, None, None) => {
                within(&format!("personas.{persona}.pay"), part, 0.0, 1.0)?;
                Does::Pay(part)
            }
            (None, Some(button), None, None) => Does::Answer(button),
            (None, None, Some(text), None) => Does::Say(text),
            (None, None, None, Some("bounce")) => Does::Bounce,
            (None, None, None, Some("read")) => Does::Read,
            (None, None, None, Some("opt_out")) => Does::OptOut,
            (None, None, None, Some("dispute")) => Does::Dispute,
            (None, None, None, Some("wrong_person")) => Does::WrongPerson,
            _ => {
                let forms = "`pay`, `answer`, `say`, `does` (bounce, read, opt_out, dispute, wrong_person)";
                return Err(wrong(
                    format!("personas.{persona}: un acto tiene exactamente uno de {forms}"),
                    format!("personas.{persona}: an act has exactly one of {forms}"),
                ));
            }
        };
        Ok(Act { when, does })
    }
}

fn lift(payment: &Payment, row: &LiftRow) -> Result<Lift, Error> {
    let first = payment.lift.unwrap_or(1.0);
    within("payment.lift", first, 0.0, FACTOR_MAX)?;
    if let Some(half) = payment.lift_half_life {
        within("payment.lift_half_life", half, 0.001, DAYS_MAX as f64)?;
    }
    let mut channels = [1.0; 4];
    for (name, value) in &row.channels {
        let Some(channel) = Channel::parse(name) else { return Err(unknown("lift.channels", name)) };
        within(&format!("lift.channels.{name}"), *value, -FACTOR_MAX, FACTOR_MAX)?;
        if let Some(into) = channels.get_mut(channel.index()) {
            *into = *value;
        }
    }
    let mut rows = row.around.clone();
    let mut take = |name: &str| rows.remove(name).unwrap_or_default();
    let known = AroundRow {
        hours: take("hours"),
        weekdays: take("weekdays"),
        contacts: take("contacts"),
        purposes: take("purposes"),
    };
    if let Some(name) = rows.keys().next() {
        return Err(unknown("lift", name));
    }
    let around = around("lift", &known, -FACTOR_MAX)?;
    Ok(Lift { first, days: payment.lift_days, half_life: payment.lift_half_life, channels, around })
}

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn around(table: &str, row: &AroundRow, low: f64) -> Result<Around, Error> {
    let mut weekdays = if row.weekdays.is_empty() { Vec::new() } else { vec![1.0; 7] };
    for (name, value) in &row.weekdays {
        within(&format!("{table}.weekdays.{name}"), *value, low, FACTOR_MAX)?;
        let place = WEEKDAYS.iter().position(|day| day == name);
        match place.and_then(|place| weekdays.get_mut(place)) {
            Some(into) => *into = *value,
            None => return Err(unknown(&format!("{table}.weekdays"), name)),
        }
    }
    let mut purposes = Vec::new();
    for (name, value) in &row.purposes {
        within(&format!("{table}.purposes.{name}"), *value, low, FACTOR_MAX)?;
        let purpose = match name.as_str() {
            "reminder" => Purpose::Reminder,
            "receipt" => Purpose::Receipt,
            "information" => Purpose::Information,
            "offer" => Purpose::Offer,
            "notice" => Purpose::Notice,
            _ => return Err(unknown(&format!("{table}.purposes"), name)),
        };
        purposes.push((purpose, *value));
    }
    let hours = bands(&format!("{table}.hours"), &row.hours, low, FACTOR_MAX)?;
    let contacts = bands(&format!("{table}.contacts"), &row.contacts, low, FACTOR_MAX)?;
    Ok(Around { hours, weekdays, contacts, purposes })
}

/// Ranges as they are written: `"1..30"`, or one number.
fn bands(table: &str, rows: &BTreeMap<String, f64>, low: f64, high: f64) -> Result<Vec<Band>, Error> {
    let mut bands: Vec<Band> = Vec::new();
    for (range, value) in rows {
        within(&format!("{table}.\"{range}\""), *value, low, high)?;
        let (from, to) = range.split_once("..").unwrap_or((range, range));
        let (Ok(from), Ok(to)) = (from.parse::<i64>(), to.parse::<i64>()) else {
            return Err(no_range(table, range));
        };
        if from > to {
            return Err(no_range(table, range));
        }
        if let Some(other) = bands.iter().find(|other| from <= other.to && other.from <= to) {
            return Err(wrong(
                format!("{table}: `{range}` y `{}..{}` se pisan", other.from, other.to),
                format!("{table}: `{range}` and `{}..{}` overlap", other.from, other.to),
            ));
        }
        bands.push(Band { from, to, value: *value });
    }
    bands.sort_by_key(|band| band.from);
    Ok(bands)
}

fn sources(rows: BTreeMap<String, String>) -> Result<Vec<(String, String)>, Error> {
    for (name, source) in &rows {
        let is_measured =
            source.strip_prefix("measured (").is_some_and(|rest| rest.len() > 1 && rest.ends_with(')'));
        if source != "assumed" && !is_measured {
            return Err(wrong(
                format!("sources.\"{name}\": se escribe `assumed` o `measured (de dónde)`"),
                format!("sources.\"{name}\": write `assumed` or `measured (from where)`"),
            ));
        }
    }
    Ok(rows.into_iter().collect())
}

fn within(name: &str, value: f64, low: f64, high: f64) -> Result<(), Error> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(wrong(
        format!("{name} es {value}; tiene que estar entre {low} y {high}"),
        format!("{name} is {value}; it must be from {low} to {high}"),
    ))
}

fn no_range(table: &str, range: &str) -> Error {
    wrong(
        format!("{table}: `{range}` no es un rango; escriba por ejemplo \"1..30\""),
        format!("{table}: `{range}` is no range; write for example \"1..30\""),
    )
}

fn unknown(table: &str, name: &str) -> Error {
    wrong(format!("{table}: no existe `{name}`"), format!("{table}: there is no `{name}`"))
}
