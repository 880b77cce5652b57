//! `cobro simulate`: a dry-run of a strategy on a portfolio.

use super::breaches::{Broken, Played};
use crate::args::{CostArgs, Format, SetArgs, lang};
use crate::portfolio_file;
use crate::{output, strategy_file};
use anyhow::{Context as _, bail};
use clap::Args;
use cobro_dsl::law::Laws;
use cobro_dsl::program::{NameId, OutcomeId, Program, StepId};
use cobro_dsl::values::{Channel, Lang, Money, NaiveDate, Number};
use cobro_engine::advance::Context;
use cobro_engine::behaviour::Behaviour;
use cobro_engine::customer::Customer;
use cobro_engine::portfolio::History;
use cobro_engine::record::Row;
use cobro_engine::simulate::{Error, Plan, Tally, play};
use cobro_engine::trace;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Plays a strategy on a portfolio in virtual time, with the same transitions that run in production.
///
/// Example: cobro simulate strategies/mora_temprana.cobro --portfolio portfolios/card_debt/portfolio.csv
/// --from 2005-07-01 --days 90 --behaviour history
#[derive(Args, Debug)]
pub(crate) struct SimulateArgs {
    /// The strategy file
    file: PathBuf,
    /// The strategy's name, when the file has several
    #[arg(long)]
    strategy: Option<String>,
    #[command(flatten)]
    set: SetArgs,
    /// The portfolio: a CSV file, canonical or with --mapping
    #[arg(long, value_name = "P.csv")]
    portfolio: PathBuf,
    /// How to read the portfolio, when its headers do not say it
    #[arg(long, value_name = "M.toml")]
    mapping: Option<PathBuf>,
    /// How debtors act: a behaviour file, or `history` to replay what really happened
    #[arg(long, default_value = "history", value_name = "history|B.toml")]
    behaviour: String,
    /// The first day
    #[arg(long, value_name = "DATE")]
    from: NaiveDate,
    /// How many days
    #[arg(long, default_value_t = 90)]
    days: u32,
    /// The seed of every draw: the same seed gives the same run to the byte
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    cost: CostArgs,
    /// Tell the story of one account, day by day
    #[arg(long, value_name = "ACCOUNT")]
    trace: Option<String>,
    /// Threads; without it one for each core. The result does not depend on it
    #[arg(long)]
    threads: Option<usize>,
    /// Language of the report: es, en; without it the strategy's own
    #[arg(long, value_parser = lang)]
    lang: Option<Lang>,
    /// For people, or one JSON document
    #[arg(long, value_enum, default_value_t = Format::People)]
    format: Format,
}

pub(crate) fn run(args: &SimulateArgs) -> anyhow::Result<ExitCode> {
    let laws = Laws::shipped();
    let compiled = strategy_file::compile_with(&args.file, &laws, &args.set.values)?;
    strategy_file::all_are_known(std::slice::from_ref(&compiled), &args.set.values)?;
    let Some(program) = strategy_file::runnable(&compiled, args.strategy.as_deref())? else {
        return Ok(ExitCode::from(output::NO));
    };
    let lang = args.lang.unwrap_or(program.lang);
    let behaviour = behaviour(&args.behaviour, lang)?;
    let law = strategy_file::law(program, &laws);
    let context = Context { program, law: &law };
    let plan = Plan::new(program, args.from, args.days, args.seed).map_err(|error| match error {
        Error::OutOfCalendar => anyhow::anyhow!(lang.pick(
            "--from y --days: al menos un día, entre los años 1 y 9999",
            "--from and --days: at least one day, in the years 1 to 9999",
        )),
        Error::BadSchedule => {
            anyhow::anyhow!("{}: `{}`", lang.pick("horario de revisión", "review schedule"), program.review)
        }
    })?;
    let read =
        portfolio_file::read(&args.portfolio, args.mapping.as_deref(), args.from, &mut portfolio_file::bar());
    let (portfolio, report) = match read {
        Ok(read) => read,
        Err(refused) => {
            let mut lines = refused.lines(lang);
            if let portfolio_file::Refused::Unusable { report, .. } = &refused {
                lines.extend(portfolio_file::problem_lines(&report.problems, lang, 5));
            }
            bail!("{}", lines.join("\n"))
        }
    };
    if report.rows_refused > 0 {
        output::message(&portfolio_file::count_line(&args.portfolio, &report, lang));
        portfolio_file::problem_lines(&report.problems, lang, 5)
            .iter()
            .for_each(|line| output::message(line));
    }
    if let Some(account) = &args.trace {
        return trace_one(context, &behaviour, &plan, portfolio.customers, &portfolio.history, account, lang);
    }
    args.cost.unasked(std::slice::from_ref(program), lang);
    let played = Played { behaviour: &behaviour, plan: &plan, prices: args.cost.prices() };
    let (tally, broken) = spread(context, &played, portfolio.customers, &portfolio.history, args.threads);
    match args.format {
        Format::People => {
            let told = people(program, args, &tally, lang);
            output::answer(&[told, broken.people(program, &played.prices, lang)].concat());
        }
        Format::Json => {
            let mut document = document(program, args, &tally);
            document["breaches"] = broken.document(program);
            output::document(&document);
        }
    }
    Ok(output::yes_or_no(broken.accounts == 0))
}

/// What the messages cost, in minor units rounded half up; `None` when no price was given.
fn cost(args: &SimulateArgs, program: &Program, tally: &Tally) -> Option<i64> {
    if args.cost.cost.is_empty() {
        return None;
    }
    let sent = |channel: &Channel| i128::from(tally.sent.get(channel.word()).copied().unwrap_or(0));
    let total: i128 = args.cost.cost.iter().map(|(channel, price)| sent(channel) * i128::from(price.0)).sum();
    let scale = i128::from(Number::SCALE);
    let minor = (total * i128::from(program.currency.minor_per_unit()) + scale / 2) / scale;
    i64::try_from(minor).ok()
}

fn behaviour(named: &str, lang: Lang) -> anyhow::Result<Behaviour> {
    if named == "history" {
        return Ok(Behaviour::History);
    }
    let text = std::fs::read_to_string(named)
        .map_err(|error| anyhow::anyhow!("{named}: {}", output::io(&error, lang)))?;
    Behaviour::parse(&text).with_context(|| named.to_owned())
}

/// Plays every customer, spread over threads. Counts add up in any order, so the result does not depend on it.
fn spread(
    context: Context<'_>,
    played: &Played<'_>,
    mut customers: Vec<Customer>,
    history: &[Vec<History>],
    threads: Option<usize>,
) -> (Tally, Broken) {
    let threads =
        threads.or_else(|| std::thread::available_parallelism().ok().map(usize::from)).unwrap_or(1).max(1);
    let bar = progress(customers.len());
    let done = AtomicUsize::new(0);
    let chunk = customers.len().div_ceil(threads).max(1);
    let parts: Vec<(Tally, Broken)> = std::thread::scope(|scope| {
        let workers: Vec<_> = customers
            .chunks_mut(chunk)
            .zip(history.chunks(chunk))
            .map(|(customers, history)| {
                let (done, bar) = (&done, &bar);
                scope.spawn(move || {
                    let (mut tally, mut broken) = (Tally::default(), Broken::default());
                    for (customer, history) in customers.iter_mut().zip(history) {
                        played.customer(context, customer, history, &mut tally, &mut broken);
                        let count = done.fetch_add(1, Ordering::Relaxed) + 1;
                        if count.is_multiple_of(1024) {
                            bar.set_position(count as u64);
                        }
                    }
                    (tally, broken)
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    bar.finish_and_clear();
    let (mut total, mut broken) = (Tally::default(), Broken::default());
    for (part, own) in parts {
        total.add(&part);
        broken.add(own);
    }
    (total, broken)
}

/// A bar on a terminal, for work that takes more than a moment; hidden elsewhere.
fn progress(customers: usize) -> ProgressBar {
    let bar = ProgressBar::new(customers as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_secs(1));
    bar
}

fn trace_one(
    context: Context<'_>,
    behaviour: &Behaviour,
    plan: &Plan,
    customers: Vec<Customer>,
    history: &[Vec<History>],
    wanted: &str,
    lang: Lang,
) -> anyhow::Result<ExitCode> {
    for (mut customer, history) in customers.into_iter().zip(history) {
        let Some(at) = customer.accounts.iter().position(|account| account.id == wanted) else { continue };
        let mut rows: Vec<Row> = Vec::new();
        play(context, behaviour, plan, &mut customer, history, &mut Tally::default(), Some(&mut rows));
        let zone = customer.zone.unwrap_or(context.program.zone);
        let own = rows.iter().filter(|row| row.account == at);
        let lines: Vec<String> = own.map(|row| trace::line(context.program, zone, row)).collect();
        if lines.is_empty() {
            output::message(&lang.pick(
                format!("la cuenta `{wanted}` no entró en la estrategia ni pagó en ese plazo"),
                format!("the account `{wanted}` neither entered the strategy nor paid in that time"),
            ));
        }
        output::answer(&lines.join("\n"));
        return Ok(ExitCode::SUCCESS);
    }
    bail!(
        lang.pick(
            format!("no hay cuenta `{wanted}` en la cartera"),
            format!("there is no account `{wanted}`")
        )
    )
}

fn money(program: &Program, minor: i64) -> String {
    let figure = Money::new(minor, program.currency).figure();
    let (sign, figure) = figure.strip_prefix('-').map_or(("", figure.as_str()), |rest| ("-", rest));
    let (whole, cents) = figure.split_once('.').unwrap_or((figure, ""));
    let dot = if cents.is_empty() { "" } else { "." };
    format!("{sign}{}{dot}{cents} {}", grouped(whole), program.currency)
}

/// Digits in groups of three with a thin space, which no country reads as a decimal mark.
fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('\u{202F}');
        }
        out.push(digit);
    }
    out
}

fn count(number: u64) -> String {
    grouped(&number.to_string())
}

fn percent(part: i64, whole: i64) -> String {
    if whole == 0 {
        return "—".to_owned();
    }
    format!("{:.1} %", part as f64 * 100.0 / whole as f64)
}

struct Lines {
    out: Vec<String>,
}

impl Lines {
    fn head(&mut self, text: &str) {
        self.out.push(String::new());
        self.out.push(text.to_owned());
    }

    fn row(&mut self, name: &str, value: &str, more: &str) {
        let pad = 34_usize.saturating_sub(name.chars().count());
        let space = 18_usize.saturating_sub(value.chars().count());
        let line = format!("  {name}{}{}{value}  {more}", " ".repeat(pad), " ".repeat(space));
        self.out.push(line.trim_end().to_owned());
    }
}

fn people(program: &Program, args: &SimulateArgs, tally: &Tally, lang: Lang) -> String {
    let mut lines = Lines { out: vec![program.title.clone()] };
    let last = args.from + chrono::Days::new(u64::from(args.days.saturating_sub(1)));
    let behaviour = match args.behaviour.as_str() {
        "history" => lang.pick("lo que ocurrió de verdad (history)", "what really happened (history)"),
        named => named,
    };
    lines.out.push(format!(
        "{} {}, {} {}; {} {} {} {}; {}: {behaviour}",
        lang.pick("estrategia", "strategy"),
        program.name,
        lang.pick("versión", "version"),
        program.version.short(),
        lang.pick("del", "from"),
        args.from,
        lang.pick("al", "to"),
        last,
        lang.pick("conducta", "behaviour"),
    ));
    lines.head(lang.pick("Cartera", "Portfolio"));
    lines.row(lang.pick("cuentas", "accounts"), &count(tally.accounts), &money(program, tally.owed));
    lines.row(
        lang.pick("entran en la estrategia", "enter the strategy"),
        &count(tally.entered),
        &money(program, tally.owed_entered),
    );
    if tally.other_currency > 0 {
        lines.row(
            lang.pick("en otra moneda, no entran", "in another currency, kept out"),
            &count(tally.other_currency),
            "",
        );
    }
    lines.head(lang.pick("Contactos", "Contacts"));
    let sent: u64 = tally.sent.values().sum();
    lines.row(lang.pick("mensajes", "messages"), &count(sent), "");
    for channel in Channel::ALL {
        if let Some(number) = tally.sent.get(channel.word()) {
            lines.row(&format!("  {}", trace::channel(channel, lang)), &count(*number), "");
        }
    }
    lines.row(lang.pick("cuentan como contacto", "count as contacts"), &count(tally.contacts), "");
    if let Some((day, most)) =
        tally.by_day.iter().max_by_key(|(day, number)| (**number, std::cmp::Reverse(**day)))
    {
        lines.row(lang.pick("día de más mensajes", "busiest day"), &count(*most), &day.to_string());
    }
    rules(&mut lines, lang.pick("Aplazados por la puerta", "Put off by the gate"), &tally.deferred, lang);
    rules(&mut lines, lang.pick("No enviados", "Not sent"), &tally.refused, lang);
    if !tally.tasks.is_empty() {
        lines.head(lang.pick("Tareas para personas", "Tasks for people"));
        for (queue, number) in &tally.tasks {
            lines.row(program.name(NameId(*queue)), &count(*number), "");
        }
    }
    lines.head(lang.pick("Finales", "Outcomes"));
    for (outcome, (number, amount)) in &tally.outcomes {
        lines.row(program.outcome_name(OutcomeId(*outcome)), &count(*number), &money(program, *amount));
    }
    if tally.open.0 > 0 {
        lines.row(
            lang.pick("(siguen en curso)", "(still running)"),
            &count(tally.open.0),
            &money(program, tally.open.1),
        );
    }
    lines.head(lang.pick("Pasos", "Steps"));
    for (step, number) in &tally.steps {
        lines.row(program.step_name(StepId(*step)), &count(*number), "");
    }
    lines.head(lang.pick("Dinero", "Money"));
    lines.row(
        lang.pick("recuperado", "recovered"),
        &money(program, tally.recovered),
        &format!(
            "{} {}",
            percent(tally.recovered, tally.owed_entered),
            lang.pick("de lo que entró", "of what entered")
        ),
    );
    if let Some(cost) = cost(args, program, tally) {
        let share = percent(cost, tally.recovered);
        let more = format!("{share} {}", lang.pick("de lo recuperado", "of what was recovered"));
        lines.row(lang.pick("costo de los mensajes", "cost of the messages"), &money(program, cost), &more);
    }
    lines.row(
        lang.pick("pagado antes de entrar", "paid before entering"),
        &money(program, tally.paid_outside),
        "",
    );
    lines.row(
        lang.pick("pagos recibidos", "payments received"),
        &money(program, tally.received),
        &count(tally.payments),
    );
    lines.out.join("\n")
}

fn rules(lines: &mut Lines, head: &str, rules: &BTreeMap<&'static str, u64>, lang: Lang) {
    if rules.is_empty() {
        return;
    }
    lines.head(head);
    for (rule, number) in rules {
        lines.row(rule_words(rule, lang), &count(*number), "");
    }
}

fn rule_words(rule: &'static str, lang: Lang) -> &'static str {
    match rule {
        "hours" => lang.pick("fuera de horario", "outside hours"),
        "holiday" => lang.pick("feriado", "holiday"),
        "frequency" => lang.pick("límite de contactos", "limit of contacts"),
        "nothing_owed" => lang.pick("no se debe nada", "nothing is owed"),
        "opted_out" => lang.pick("pidió baja", "opted out"),
        "blocked" => lang.pick("canal bloqueado", "channel blocked"),
        "no_address" => lang.pick("sin dirección", "no address"),
        "no_form" => lang.pick("sin plantilla para el canal", "no template for the channel"),
        "disputed" => lang.pick("en reclamo", "in dispute"),
        "no_channel_left" => lang.pick("no queda canal", "no channel left"),
        "missing_fact" => lang.pick("falta un dato del mensaje", "a fact of the message is missing"),
        other => other,
    }
}

/// The stable document of a dry-run; amounts as decimal text in the strategy's currency.
fn document(program: &Program, args: &SimulateArgs, tally: &Tally) -> Value {
    let amount = |minor: i64| Money::new(minor, program.currency).figure();
    let outcomes: serde_json::Map<String, Value> = tally
        .outcomes
        .iter()
        .map(|(outcome, (number, owed))| {
            let name = program.outcome_name(OutcomeId(*outcome)).to_owned();
            (name, json!({ "count": number, "amount": amount(*owed) }))
        })
        .collect();
    let entered: serde_json::Map<String, Value> = tally
        .steps
        .iter()
        .map(|(step, number)| (program.step_name(StepId(*step)).to_owned(), json!({ "entered": number })))
        .collect();
    let tasks: serde_json::Map<String, Value> = tally
        .tasks
        .iter()
        .map(|(queue, number)| (program.name(NameId(*queue)).to_owned(), json!(number)))
        .collect();
    json!({
        "strategy": program.name,
        "version": program.version.to_string(),
        "from": args.from.to_string(),
        "days": args.days,
        "seed": args.seed,
        "behaviour": args.behaviour,
        "currency": program.currency.code(),
        "accounts": tally.accounts,
        "accounts_in_other_currency": tally.other_currency,
        "owed": amount(tally.owed),
        "entered": tally.entered,
        "owed_entered": amount(tally.owed_entered),
        "transitions": tally.transitions,
        "contacts": {
            "messages": tally.sent.values().sum::<u64>(),
            "counted": tally.contacts,
            "by_channel": tally.sent,
            "by_day": tally.by_day.iter().map(|(day, n)| (day.to_string(), json!(n))).collect::<serde_json::Map<_, _>>(),
        },
        "deferred": tally.deferred,
        "refused": tally.refused,
        "tasks": tasks,
        "outcomes": outcomes,
        "open": { "count": tally.open.0, "amount": amount(tally.open.1) },
        "steps": entered,
        "recovered": amount(tally.recovered),
        "cost": cost(args, program, tally).map(amount),
        "paid_outside": amount(tally.paid_outside),
        "received": amount(tally.received),
        "payments": tally.payments,
    })
}
