//! `cobro simulate --why-not ACCOUNT`: why an account is written nothing at a moment, and when it could have been.
//!
//! In: an account of a portfolio, a moment. Out: where it stands there, and what the gate of production answers for each
//! channel at that moment. Absent: rules of its own; it plays the account up to the moment and asks.

use crate::output;
use anyhow::bail;
use cobro_dsl::graph::words::condition;
use cobro_dsl::program::{OutcomeId, Program, TemplateId};
use cobro_dsl::values::{Channel, Lang, NaiveDateTime};
use cobro_engine::advance::{Context, ask_again};
use cobro_engine::behaviour::Behaviour;
use cobro_engine::calendar::Instant;
use cobro_engine::customer::{Account, Customer};
use cobro_engine::effect::Message;
use cobro_engine::expr;
use cobro_engine::facts::Facts;
use cobro_engine::gate::{Answer, Reach};
use cobro_engine::measure::{Keep, Measures};
use cobro_engine::portfolio::Portfolio;
use cobro_engine::record::{Entry, Row};
use cobro_engine::run::{Park, Run};
use cobro_engine::simulate::{Plan, play};
use cobro_engine::trace;
use std::process::ExitCode;

/// A moment as it is typed: with its offset, or local without.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Moment {
    /// RFC 3339.
    Exact(Instant),
    /// In the customer's zone.
    Local(NaiveDateTime),
}

impl Moment {
    /// `2026-03-05T10:00:00-05:00`, or `2026-03-05 10:00` in the customer's zone.
    pub(crate) fn parse(text: &str) -> Result<Moment, String> {
        if let Ok(exact) = chrono::DateTime::parse_from_rfc3339(text) {
            return Ok(Moment::Exact(Instant(exact.timestamp_millis())));
        }
        let forms = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"];
        let local = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
        local.map(Moment::Local).ok_or("2026-03-05 10:00, 2026-03-05T10:00:00-05:00".to_owned())
    }
}

/// Answers for one account.
pub(crate) fn run(
    context: Context<'_>,
    behaviour: &Behaviour,
    plan: &Plan,
    portfolio: &Portfolio,
    wanted: &str,
    at: Option<Moment>,
    lang: Lang,
) -> anyhow::Result<ExitCode> {
    let found = portfolio.customers.iter().zip(&portfolio.history).find_map(|(customer, history)| {
        let account = customer.accounts.iter().position(|account| account.id == wanted)?;
        Some((customer, history, account))
    });
    let Some((customer, history, account)) = found else {
        bail!(lang.pick(
            format!("no hay cuenta `{wanted}` en la cartera"),
            format!("there is no account `{wanted}`")
        ))
    };
    let zone = customer.zone.unwrap_or(context.program.zone);
    let start = Instant::resolve(plan.from.and_time(chrono::NaiveTime::MIN), zone);
    let now = match at {
        None => plan.until,
        Some(Moment::Exact(now)) => now,
        Some(Moment::Local(local)) => Instant::resolve(local, zone),
    };
    if now < start || now > plan.until {
        bail!(lang.pick("--at: un momento dentro del ensayo", "--at: a moment within the dry-run"))
    }
    let mut then = customer.clone();
    let until = plan.up_to(now, zone);
    play(context, behaviour, &until, &mut then, history, &mut Measures::default(), &mut Keep::default());
    let mut rows: Vec<Row> = Vec::new();
    let mut keep = Keep { rows: Some(&mut rows), ..Keep::default() };
    play(context, behaviour, plan, &mut customer.clone(), history, &mut Measures::default(), &mut keep);
    let why = Why { context, plan, customer: &then, account, now, zone, lang, rows: &rows };
    output::answer(&why.lines().join("\n"));
    Ok(ExitCode::SUCCESS)
}

struct Why<'a> {
    context: Context<'a>,
    plan: &'a Plan,
    /// As they are at the moment.
    customer: &'a Customer,
    account: usize,
    now: Instant,
    zone: chrono_tz::Tz,
    lang: Lang,
    /// What the whole dry-run does to the customer, before and after the moment.
    rows: &'a [Row],
}

impl Why<'_> {
    fn program(&self) -> &Program {
        self.context.program
    }

    fn account(&self) -> &Account {
        &self.customer.accounts[self.account]
    }

    fn moment(&self, at: Instant) -> String {
        at.local(self.zone).format("%Y-%m-%d %H:%M").to_string()
    }

    fn lines(&self) -> Vec<String> {
        let account = self.account();
        let mut lines = vec![format!(
            "{} {} · {} ({})",
            self.lang.pick("cuenta", "account"),
            account.id,
            self.moment(self.now),
            self.zone
        )];
        match &account.run {
            None => self.not_entered(&mut lines),
            Some(run) => self.in_strategy(run, &mut lines),
        }
        let next = self.sent().find(|row| row.at > self.now);
        let last = self.sent().filter(|row| row.at <= self.now).last();
        for (words, row) in [
            (self.lang.pick("último mensaje hasta entonces", "last message until then"), last),
            (self.lang.pick("siguiente mensaje en este ensayo", "next message in this dry-run"), next),
        ] {
            let told = row.map_or_else(
                || self.lang.pick("ninguno", "none").to_owned(),
                |row| trace::line(self.program(), self.zone, row),
            );
            lines.push(format!("  {words}: {told}"));
        }
        lines
    }

    fn sent(&self) -> impl Iterator<Item = &Row> {
        let own = |row: &&Row| row.account == self.account && matches!(row.entry, Entry::Sent { .. });
        self.rows.iter().filter(own)
    }

    /// Nothing is sent because the account is not in the strategy.
    fn not_entered(&self, lines: &mut Vec<String>) {
        let (program, account) = (self.program(), self.account());
        let today = self.now.local(self.zone).date();
        let facts = Facts { customer: self.customer, account, today };
        if account.currency != program.currency {
            lines.push(format!(
                "  {}: {}",
                self.lang.pick(
                    "no está en la estrategia: su moneda es otra",
                    "not in the strategy: another currency"
                ),
                account.currency
            ));
            return;
        }
        let seen = expr::facts_seen(&program.exprs, program.enter, &facts);
        lines.push(format!(
            "  {} {}",
            self.lang.pick("no está en la estrategia; entra si", "not in the strategy; it enters when"),
            condition(program, program.enter, self.lang)
        ));
        let holds = expr::holds(&program.exprs, program.enter, &facts);
        let held = match holds {
            true => self.lang.pick("se cumple", "it holds"),
            false => self.lang.pick("no se cumple", "it does not hold"),
        };
        lines.push(format!("  {held}: {}", trace::facts(program, &seen)));
        let entry = self.rows.iter().find(|row| {
            row.account == self.account && row.at > self.now && matches!(row.entry, Entry::Entered { .. })
        });
        let earliest = match (entry, holds) {
            (Some(row), _) => self.moment(row.at),
            (None, true) => self.plan.reviews.iter().find(|review| **review > self.now).map_or_else(
                || {
                    self.lang
                        .pick("ninguna revisión más en el plazo", "no further review in the span")
                        .to_owned()
                },
                |review| self.moment(*review),
            ),
            (None, false) => self.lang.pick("nunca en este ensayo", "never in this dry-run").to_owned(),
        };
        lines.push(format!(
            "  {}: {earliest}",
            self.lang.pick("lo antes que pudo entrar", "the earliest it could enter")
        ));
    }

    fn in_strategy(&self, run: &Run, lines: &mut Vec<String>) {
        let program = self.program();
        if let Some((outcome, at)) = run.ended {
            lines.push(format!(
                "  {} `{}` {} {}; {}",
                self.lang.pick("terminó en", "it ended in"),
                program.outcome_name(OutcomeId(outcome.0)),
                self.lang.pick("el", "on"),
                self.moment(at),
                self.lang.pick("después ya no se le escribe", "nothing is written after that"),
            ));
            return;
        }
        let step = program.step_name(run.step);
        let doing = match run.stack.last() {
            None => self.lang.pick("en curso", "under way").to_owned(),
            Some(place) => {
                let until = place.wake.map_or_else(String::new, |wake| {
                    format!(" {} {}", self.lang.pick("hasta", "until"), self.moment(wake))
                });
                let what = match place.park {
                    Park::Wait => self.lang.pick("espera", "it waits"),
                    Park::Gate => self.lang.pick("la puerta lo aplazó", "the gate put it off"),
                    Park::Task(_) => self.lang.pick("una persona tiene la tarea", "a person has the task"),
                    Park::Call(_) => {
                        self.lang.pick("otro sistema tiene la llamada", "another system has the call")
                    }
                    Park::Repeat { .. } => self.lang.pick("repite", "it repeats"),
                };
                format!(
                    "{what}{until} ({} {})",
                    self.lang.pick("línea", "line"),
                    program.origin.line(place.op)
                )
            }
        };
        lines.push(format!("  {} `{step}`: {doing}", self.lang.pick("está en el paso", "it is in the step")));
        self.gate(run, lines);
    }

    /// What the gate answers at the moment, for the message that comes next.
    fn gate(&self, run: &Run, lines: &mut Vec<String>) {
        let program = self.program();
        let next = self.sent().find(|row| row.at > self.now).and_then(|row| match row.entry {
            Entry::Sent { template, .. } => Some(TemplateId(template)),
            _ => None,
        });
        let first = program.templates.iter().position(|template| {
            Channel::ALL
                .iter()
                .any(|channel| template.form(*channel).is_some_and(|form| form.purpose.asks_for_payment()))
        });
        let Some(template) = next.or(run.template).or(first.map(|at| TemplateId(at as u16))) else { return };
        let name = program.template_name(template);
        let mut earliest: Option<(Instant, Channel)> = None;
        for channel in Channel::ALL {
            if program.templates[usize::from(template.0)].form(channel).is_none() {
                continue;
            }
            let message = Message {
                number: run.messages + 1,
                channel,
                address: String::new(),
                template,
                reach: Reach::NewContact,
                subject: String::new(),
                text: String::new(),
                documents: Vec::new(),
                webhook: String::new(),
            };
            let answer = ask_again(self.context, self.customer, self.account, &message, None, self.now);
            let told = match &answer {
                Answer::Now { .. } => {
                    self.lang.pick("la puerta lo permite ahora", "the gate permits it now").to_owned()
                }
                Answer::NotBefore { at, rule } => format!(
                    "{} {}: {}",
                    self.lang.pick("no antes de", "not before"),
                    self.moment(*at),
                    trace::rule(rule, self.lang)
                ),
                Answer::Never { rule } => {
                    format!("{}: {}", self.lang.pick("nunca", "never"), trace::rule(rule, self.lang))
                }
            };
            lines.push(format!("  {} {name}: {told}", trace::channel(channel, self.lang)));
            let at = match answer {
                Answer::Now { .. } => Some(self.now),
                Answer::NotBefore { at, .. } => Some(at),
                Answer::Never { .. } => None,
            };
            earliest = earliest.into_iter().chain(at.map(|at| (at, channel))).min_by_key(|(at, _)| *at);
        }
        let told = earliest.map_or_else(
            || self.lang.pick("nunca", "never").to_owned(),
            |(at, channel)| format!("{} {}", self.moment(at), trace::channel(channel, self.lang)),
        );
        let words =
            self.lang.pick("lo más temprano que la puerta lo permite", "the earliest that the gate permits");
        lines.push(format!("  {words}: {told}"));
        if earliest.is_some_and(|(at, _)| at <= self.now) {
            lines.push(format!(
                "  {}",
                self.lang.pick(
                    "así que no es la puerta: la estrategia no pide ningún mensaje en este momento",
                    "so it is not the gate: the strategy asks for no message at this moment",
                )
            ));
        }
    }
}
