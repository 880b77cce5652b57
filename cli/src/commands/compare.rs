//! `cobro compare`: two strategies on the same portfolio, debtors and draws.

use crate::args::Format;
use crate::dry_run::words::{count, money};
use crate::dry_run::{self, DryRunArgs, Prices};
use crate::report;
use crate::{output, strategy_file};
use anyhow::bail;
use clap::Args;
use cobro_dsl::law::Laws;
use cobro_dsl::program::Program;
use cobro_dsl::values::{Channel, Lang, Money, NaiveDate};
use cobro_engine::advance::Context;
use cobro_engine::behaviour::Behaviour;
use cobro_engine::compare::{Estimate, Pairs, added_and_removed, parts_at, touches};
use cobro_engine::customer::Customer;
use cobro_engine::measure::resample::Resample;
use cobro_engine::measure::{Fate, Keep, Measures, Paid};
use cobro_engine::portfolio::History;
use cobro_engine::record::Row;
use cobro_engine::simulate::{Plan, play};
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::process::ExitCode;

/// Compares two strategies: each account meets the same luck under both.
///
/// Example: cobro compare A.cobro B.cobro --portfolio portfolios/card_debt/portfolio.csv --from 2005-07-01 --behaviour
/// behaviours/tipica.toml --report compare.html
#[derive(Args, Debug)]
pub(crate) struct CompareArgs {
    /// The first strategy file
    first: PathBuf,
    /// The second strategy file
    second: PathBuf,
    /// The first strategy's name, when its file has several
    #[arg(long)]
    first_strategy: Option<String>,
    /// The second strategy's name, when its file has several
    #[arg(long)]
    second_strategy: Option<String>,
    #[command(flatten)]
    pub(crate) dry_run: DryRunArgs,
    /// Write a report: one self-contained HTML file
    #[arg(long, value_name = "OUT.html")]
    report: Option<PathBuf>,
    /// For people, or one JSON document
    #[arg(long, value_enum, default_value_t = Format::People)]
    format: Format,
}

/// One of the two: what it is judged by and when.
pub(crate) struct Side<'a> {
    pub(crate) context: Context<'a>,
    pub(crate) plan: Plan,
}

/// What is counted of both.
pub(crate) struct Comparison {
    pub(crate) measures: [Measures; 2],
    pub(crate) drawn: [Resample; 2],
    pub(crate) collected: Pairs,
    pub(crate) messages: Pairs,
    pub(crate) contacts: Pairs,
    pub(crate) tasks: Pairs,
    /// In ten-thousandths of the currency's unit.
    pub(crate) cost: Pairs,
    pub(crate) added: [u64; 4],
    pub(crate) removed: [u64; 4],
    /// Accounts that are treated differently, by key.
    pub(crate) changed: Vec<Changed>,
}

/// An account that the two strategies treat differently.
pub(crate) struct Changed {
    pub(crate) account: String,
    pub(crate) from: NaiveDate,
    pub(crate) fates: [Fate; 2],
}

impl Comparison {
    pub(crate) fn over(days: u32) -> Comparison {
        Comparison {
            measures: [Measures::over(days, 1), Measures::over(days, 1)],
            drawn: [Resample::over(days), Resample::over(days)],
            collected: Pairs::default(),
            messages: Pairs::default(),
            contacts: Pairs::default(),
            tasks: Pairs::default(),
            cost: Pairs::default(),
            added: [0; 4],
            removed: [0; 4],
            changed: Vec::new(),
        }
    }

    fn add(&mut self, other: Comparison) {
        self.measures.iter_mut().zip(&other.measures).for_each(|(into, from)| into.add(from));
        self.drawn.iter_mut().zip(&other.drawn).for_each(|(into, from)| into.add(from));
        self.collected.add(&other.collected);
        self.messages.add(&other.messages);
        self.contacts.add(&other.contacts);
        self.tasks.add(&other.tasks);
        self.cost.add(&other.cost);
        grow(&mut self.added, other.added);
        grow(&mut self.removed, other.removed);
        self.changed.extend(other.changed);
    }

    /// Plays one customer under both.
    fn take(
        &mut self,
        sides: &[Side<'_>; 2],
        behaviour: &Behaviour,
        prices: &Prices,
        customer: &Customer,
        history: &[History],
    ) {
        let mut rows: [Vec<Row>; 2] = Default::default();
        let mut fates: [Vec<Fate>; 2] = Default::default();
        let mut contacts = [0_i64; 2];
        let zone = customer.zone.unwrap_or(sides[0].context.program.zone);
        for (at, side) in sides.iter().enumerate() {
            let measures = &mut self.measures[at];
            let (counted, owed) = (measures.contacts, measures.owed);
            let mut paid: Vec<Paid> = Vec::new();
            let mut keep =
                Keep { rows: Some(&mut rows[at]), fates: Some(&mut fates[at]), paid: Some(&mut paid) };
            play(side.context, behaviour, &side.plan, &mut customer.clone(), history, measures, &mut keep);
            contacts[at] = (measures.contacts - counted) as i64;
            let owed = measures.owed.saturating_sub(owed);
            self.drawn[at].draw(&customer.id, owed, paid.iter().map(|paid| (paid.day, paid.amount)));
        }
        let sum = |of: &dyn Fn(&Fate) -> i64| fates.each_ref().map(|fates| fates.iter().map(of).sum::<i64>());
        let mut take = |pairs: fn(&mut Comparison) -> &mut Pairs, [first, second]: [i64; 2]| {
            pairs(self).take(first, second)
        };
        take(|all| &mut all.collected, sum(&|fate| fate.paid));
        take(|all| &mut all.messages, sum(&|fate| fate.sent.iter().sum::<u32>().into()));
        take(|all| &mut all.contacts, contacts);
        take(|all| &mut all.tasks, sum(&|fate| fate.tasks.into()));
        take(|all| &mut all.cost, sum(&|fate| prices.scaled(fate.sent)));
        for (at, account) in customer.accounts.iter().enumerate() {
            let first = touches(sides[0].context.program, &rows[0], at);
            let second = touches(sides[1].context.program, &rows[1], at);
            let Some(parted) = parts_at(&first, &second) else { continue };
            let (added, removed) = added_and_removed(&first, &second, zone);
            grow(&mut self.added, added);
            grow(&mut self.removed, removed);
            self.changed.push(Changed {
                account: account.id.clone(),
                from: parted.local(zone).date(),
                fates: [fates[0][at], fates[1][at]],
            });
        }
    }

    /// How many accounts are treated differently from each day on.
    pub(crate) fn changed_by_day(&self) -> std::collections::BTreeMap<NaiveDate, u64> {
        let mut days = std::collections::BTreeMap::new();
        self.changed.iter().for_each(|changed| *days.entry(changed.from).or_default() += 1);
        days
    }
}

fn grow(into: &mut [u64; 4], by: [u64; 4]) {
    into.iter_mut().zip(by).for_each(|(into, by)| *into += by);
}

pub(crate) fn run(args: &CompareArgs) -> anyhow::Result<ExitCode> {
    let laws = Laws::shipped();
    let (one, other) =
        (strategy_file::compile(&args.first, &laws)?, strategy_file::compile(&args.second, &laws)?);
    let Some(first) = strategy_file::runnable(&one, args.first_strategy.as_deref())? else {
        return Ok(ExitCode::from(output::NO));
    };
    let Some(second) = strategy_file::runnable(&other, args.second_strategy.as_deref())? else {
        return Ok(ExitCode::from(output::NO));
    };
    let asked = &args.dry_run;
    let lang = asked.lang.unwrap_or(first.lang);
    if first.currency != second.currency {
        bail!(
            "{}: {} / {}",
            lang.pick(
                "las dos estrategias usan monedas distintas",
                "the two strategies use different currencies"
            ),
            first.currency,
            second.currency
        );
    }
    let behaviour = dry_run::behaviour(asked, lang)?;
    let law = [strategy_file::law(first, &laws), strategy_file::law(second, &laws)];
    let sides = [
        Side { context: Context { program: first, law: &law[0] }, plan: dry_run::plan(asked, first, lang)? },
        Side {
            context: Context { program: second, law: &law[1] },
            plan: dry_run::plan(asked, second, lang)?,
        },
    ];
    law.iter().for_each(|law| dry_run::warn_of_holidays(asked, law, lang));
    let mut portfolio = dry_run::portfolio(asked, &[first, second], lang)?;
    let prices = Prices::of(asked, first);
    let parts = dry_run::spread(
        &mut portfolio.customers,
        &portfolio.history,
        asked.threads,
        || Comparison::over(asked.days),
        |part, customer, history| part.take(&sides, &behaviour, &prices, customer, history),
    );
    let mut total = Comparison::over(asked.days);
    parts.into_iter().for_each(|part| total.add(part));
    total.changed.sort_by(|one, other| one.account.cmp(&other.account));
    if let Some(out) = &args.report {
        super::fmt::replace(out, &report::compare::of(asked, &sides, &total, lang)?)?;
    }
    match args.format {
        Format::People => output::answer(&people(asked, &sides, &total, lang)),
        Format::Json => output::document(&document(asked, &sides, &total, lang)),
    }
    Ok(ExitCode::SUCCESS)
}

/// A relative difference as people say it: `2.1 % ± 0.4`.
pub(crate) fn relative(estimate: Option<Estimate>) -> String {
    estimate.map_or_else(
        || "—".to_owned(),
        |estimate| format!("{:+.1} % ± {:.1}", tenth(estimate.value), tenth(estimate.half)),
    )
}

/// A share in percent to one decimal; nought has no sign.
fn tenth(share: f64) -> f64 {
    (share * 1000.0).round() / 10.0 + 0.0
}

/// What the comparison comes to, in a sentence.
pub(crate) fn verdict(total: &Comparison, lang: Lang) -> String {
    let messages = match total.messages.relative() {
        None => String::new(),
        Some(_) if !total.messages.difference().is_significant() => format!(
            ", {} ({})",
            lang.pick("sin diferencia clara en mensajes", "with no clear difference in messages"),
            relative(total.messages.relative())
        ),
        Some(estimate) => {
            let by = format!("{:.1} % ± {:.1}", tenth(estimate.value.abs()), tenth(estimate.half));
            let (more, less) = lang.pick(("más", "menos"), ("more", "fewer"));
            let word = if estimate.value < 0.0 { less } else { more };
            format!(", {} {by} {word} {}", lang.pick("con", "with"), lang.pick("mensajes", "messages"))
        }
    };
    let collected = match total.collected.relative() {
        None => lang.pick("A no cobra nada", "A collects nothing").to_owned(),
        Some(estimate) => {
            let by = format!("{:.1} % ± {:.1}", estimate.value.abs() * 100.0, estimate.half * 100.0);
            match (total.collected.difference().is_significant(), estimate.value > 0.0) {
                (true, true) => {
                    format!("{} {by} {}", lang.pick("B cobra", "B collects"), lang.pick("más", "more"))
                }
                (true, false) => {
                    format!("{} {by} {}", lang.pick("B cobra", "B collects"), lang.pick("menos", "less"))
                }
                _ => format!(
                    "{} ({:+.1} % ± {:.1})",
                    lang.pick(
                        "B no se distingue de A en lo cobrado",
                        "B cannot be told from A in what is collected",
                    ),
                    tenth(estimate.value),
                    tenth(estimate.half)
                ),
            }
        }
    };
    format!("{collected}{messages}.")
}

/// Name, both sums and the difference of each measure, in the strategy's words.
pub(crate) fn rows(
    program: &Program,
    asked: &DryRunArgs,
    total: &Comparison,
    lang: Lang,
) -> Vec<[String; 5]> {
    let whole = |sum: i128| count(u64::try_from(sum).unwrap_or(0));
    let signed = |value: f64, half: f64| format!("{value:+.0} ± {half:.0}");
    let plain = |name: &str, pairs: &Pairs| {
        let difference = pairs.difference();
        [
            name.to_owned(),
            whole(pairs.first),
            whole(pairs.second),
            signed(difference.value, difference.half),
            relative(pairs.relative()),
        ]
    };
    let amount = |name: &str, pairs: &Pairs, scale: f64| {
        let minor = |value: f64| money(program, (value / scale).round() as i64);
        let difference = pairs.difference();
        let by = format!("{} ± {}", minor(difference.value), minor(difference.half));
        [
            name.to_owned(),
            minor(pairs.first as f64),
            minor(pairs.second as f64),
            by,
            relative(pairs.relative()),
        ]
    };
    let mut rows = vec![
        amount(lang.pick("cobrado", "collected"), &total.collected, 1.0),
        plain(lang.pick("mensajes", "messages"), &total.messages),
        plain(lang.pick("contactos que cuentan", "counted contacts"), &total.contacts),
        plain(lang.pick("tareas", "tasks"), &total.tasks),
    ];
    if !asked.cost.cost.is_empty() {
        let scale = 10_000.0 / program.currency.minor_per_unit() as f64;
        rows.push(amount(lang.pick("costo", "cost"), &total.cost, scale));
    }
    rows
}

fn people(asked: &DryRunArgs, sides: &[Side<'_>; 2], total: &Comparison, lang: Lang) -> String {
    let [first, second] = sides.each_ref().map(|side| side.context.program);
    let mut lines = vec![verdict(total, lang), String::new()];
    for (name, program) in [("A", first), ("B", second)] {
        lines.push(format!("{name}: {} {} · {}", program.name, program.version.short(), program.title));
    }
    lines.push(String::new());
    for [name, one, other, by, relative] in rows(first, asked, total, lang) {
        lines.push(format!("  {name:<24} A {one}  B {other}  B−A {by}  ({relative})"));
    }
    lines.push(String::new());
    let changed = total.changed.len() as u64;
    lines.push(format!(
        "{}: {} {} {}",
        lang.pick("cuentas tratadas distinto", "accounts treated differently"),
        count(changed),
        lang.pick("de", "of"),
        count(total.measures[0].accounts)
    ));
    if let (Some((from, _)), Some((to, _))) =
        (total.changed_by_day().first_key_value(), total.changed_by_day().last_key_value())
    {
        lines.push(format!(
            "  {} {from}, {} {to}",
            lang.pick("la primera desde", "the first from"),
            lang.pick("la última desde", "the last from")
        ));
    }
    for channel in Channel::ALL {
        let (added, removed) = (total.added[channel.index()], total.removed[channel.index()]);
        if added + removed > 0 {
            lines.push(format!(
                "  {}: {} {} · {} {}",
                cobro_engine::trace::channel(channel, lang),
                lang.pick("mensajes añadidos", "messages added"),
                count(added),
                lang.pick("quitados", "removed"),
                count(removed)
            ));
        }
    }
    lines.push(
        lang.pick(
            "Mismas cuentas y mismos sorteos; ± es el intervalo de 95 % de la diferencia por cliente.",
            "Same accounts and same draws; ± is the 95 % interval of the difference by customer.",
        )
        .to_owned(),
    );
    lines.join("\n")
}

fn document(asked: &DryRunArgs, sides: &[Side<'_>; 2], total: &Comparison, lang: Lang) -> Value {
    let program = sides[0].context.program;
    let amount = |minor: i64| Money::new(minor, program.currency).figure();
    let unit = program.currency.minor_per_unit() as f64;
    let pairs = |pairs: &Pairs, scale: f64| {
        let difference = pairs.difference();
        let relative = pairs.relative();
        let told = |value: f64| (value / scale * 1e6).round() / 1e6;
        json!({
            "first": told(pairs.first as f64),
            "second": told(pairs.second as f64),
            "difference": told(difference.value),
            "plus_minus": told(difference.half),
            "relative": relative.map(|it| it.value),
            "relative_plus_minus": relative.map(|it| it.half),
            "significant": difference.is_significant(),
        })
    };
    let by_channel = |counts: &[u64; 4]| -> Map<String, Value> {
        Channel::ALL
            .iter()
            .map(|channel| (channel.word().to_owned(), json!(counts[channel.index()])))
            .collect()
    };
    let changed: Vec<Value> = total
        .changed
        .iter()
        .map(|one| {
            json!({
                "account": one.account,
                "from": one.from.to_string(),
                "messages": one.fates.map(|fate| fate.sent.iter().sum::<u32>()),
                "collected": one.fates.map(|fate| amount(fate.paid)),
            })
        })
        .collect();
    let side = |at: usize| {
        let program = sides[at].context.program;
        json!({ "strategy": program.name, "version": program.version.to_string(), "entered": total.measures[at].entered })
    };
    json!({
        "first": side(0),
        "second": side(1),
        "from": asked.from.to_string(),
        "days": asked.days,
        "seed": asked.seed,
        "behaviour": asked.behaviour,
        "currency": program.currency.code(),
        "accounts": total.measures[0].accounts,
        "customers": total.collected.customers,
        "level": 0.95,
        "verdict": verdict(total, lang),
        "collected": pairs(&total.collected, unit),
        "messages": pairs(&total.messages, 1.0),
        "contacts": pairs(&total.contacts, 1.0),
        "tasks": pairs(&total.tasks, 1.0),
        "cost": if asked.cost.cost.is_empty() { Value::Null } else { pairs(&total.cost, 10_000.0) },
        "messages_added": by_channel(&total.added),
        "messages_removed": by_channel(&total.removed),
        "treated_differently": total.changed.len(),
        "treated_differently_from": total.changed_by_day().into_iter().map(|(day, n)| (day.to_string(), json!(n))).collect::<Map<_, _>>(),
        "changed": changed,
    })
}
