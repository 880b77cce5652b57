//! `cobro simulate`: a dry-run of a strategy on a portfolio.

use super::breaches::{Broken, Counts, Played};
use super::why_not::{self, Moment};
use crate::args::{Format, SetArgs};
use crate::dry_run::events::Events;
use crate::dry_run::{self, DryRunArgs, document, words};
use crate::report::{
    self,
    simulate::{Report, Story},
};
use crate::{output, strategy_file};
use anyhow::bail;
use clap::Args;
use cobro_dsl::law::Laws;
use cobro_dsl::values::Lang;
use cobro_engine::advance::Context;
use cobro_engine::behaviour::Behaviour;
use cobro_engine::customer::Customer;
use cobro_engine::measure::resample::Resample;
use cobro_engine::measure::{Fate, Keep, Measures, surprise};
use cobro_engine::portfolio::{History, Portfolio};
use cobro_engine::record::Row;
use cobro_engine::simulate::{Plan, play};
use cobro_engine::trace;
use std::path::PathBuf;
use std::process::ExitCode;

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
    #[command(flatten)]
    dry_run: DryRunArgs,
    /// So many WhatsApp numbers send; each customer is always written to from the same one
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    whatsapp_numbers: u32,
    /// Tell the story of one account, day by day
    #[arg(long, value_name = "ACCOUNT")]
    trace: Option<String>,
    /// Tell why an account is written nothing, and when it could have been
    #[arg(long, value_name = "ACCOUNT", conflicts_with = "trace")]
    why_not: Option<String>,
    /// The moment that --why-not asks about: local to the customer, or with an offset; without it the end
    #[arg(long, value_name = "TIME", requires = "why_not", value_parser = Moment::parse)]
    at: Option<Moment>,
    /// Write a report: one self-contained HTML file
    #[arg(long, value_name = "OUT.html")]
    report: Option<PathBuf>,
    /// Write everything that happens to every account: one CSV file, a row each
    #[arg(long, value_name = "OUT.csv", conflicts_with_all = ["trace", "why_not"])]
    events: Option<PathBuf>,
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
    let asked = &args.dry_run;
    let lang = asked.lang.unwrap_or(program.lang);
    let behaviour = dry_run::behaviour(asked, lang)?;
    let law = strategy_file::law(program, &laws);
    let context = Context { program, law: &law };
    let plan = dry_run::plan(asked, program, lang)?;
    dry_run::warn_of_holidays(asked, &law, lang);
    let mut portfolio = dry_run::portfolio(asked, &[program], lang)?;
    if let Some(account) = &args.trace {
        return trace_one(context, &behaviour, &plan, &portfolio, account, lang);
    }
    if let Some(account) = &args.why_not {
        return why_not::run(context, &behaviour, &plan, &portfolio, account, args.at, lang);
    }
    asked.cost.unasked(std::slice::from_ref(program), lang);
    let played = Played { behaviour: &behaviour, plan: &plan, prices: asked.cost.prices() };
    let mut total = Part::new(&plan, args);
    let parts = dry_run::spread(
        &mut portfolio.customers,
        &portfolio.history,
        asked.threads,
        || Part { events: args.events.as_deref().map(Events::of), ..Part::new(&plan, args) },
        |part, customer, history| match args.report {
            Some(_) => part.play_twice(context, &played, customer, history),
            None => {
                let (measures, broken, events) = (&mut part.measures, &mut part.broken, part.events.as_mut());
                let mut counts = Counts { measures, broken, fates: None, paid: None, events };
                played.customer(context, customer, history, &mut counts);
            }
        },
    );
    let mut events = Vec::new();
    for mut part in parts {
        events.extend(part.events.take());
        total.add(part);
    }
    if let Some(out) = &args.events {
        Events::write(events, out)
            .map_err(|error| anyhow::anyhow!("{}: {}", out.display(), output::io(&error, lang)))?;
    }
    let measures = &total.measures;
    if let Some(out) = &args.report {
        let stories = stories(context, &behaviour, &plan, &portfolio, &total.fates);
        let is_drawn = behaviour != Behaviour::History;
        let page = report::simulate::of(&Report {
            program,
            args: asked,
            plan: &plan,
            lang,
            measures,
            drawn: &total.drawn,
            without: is_drawn.then_some((&total.without, &total.drawn_without)),
            stories: &stories,
        })?;
        super::fmt::replace(out, &page)?;
    }
    let broken = &total.broken;
    match args.format {
        Format::People => {
            let told = words::of(program, asked, &plan, measures, lang);
            output::answer(&[told, broken.people(program, &played.prices, lang)].concat());
        }
        Format::Json => {
            let mut document = document::of(program, asked, &plan, measures);
            document["breaches"] = broken.document(program);
            output::document(&document);
        }
    }
    Ok(output::yes_or_no(broken.accounts == 0))
}

/// What a thread counts of its part of the portfolio; what only a report asks for stays empty without one.
struct Part {
    measures: Measures,
    without: Measures,
    drawn: Resample,
    drawn_without: Resample,
    fates: Vec<Fate>,
    broken: Broken,
    events: Option<Events>,
}

impl Part {
    fn new(plan: &Plan, args: &SimulateArgs) -> Part {
        let days = if args.report.is_some() { plan.days } else { 0 };
        Part {
            measures: Measures::over(plan.days, args.whatsapp_numbers),
            without: Measures::over(days, 1),
            drawn: Resample::over(days),
            drawn_without: Resample::over(days),
            fates: Vec::new(),
            broken: Broken::default(),
            events: None,
        }
    }

    fn add(&mut self, other: Part) {
        self.measures.add(&other.measures);
        self.without.add(&other.without);
        self.drawn.add(&other.drawn);
        self.drawn_without.add(&other.drawn_without);
        self.fates.extend(other.fates);
        self.broken.add(other.broken);
    }

    /// Plays a customer with the strategy and without it. The customer stays as they were: a story may be told of them.
    fn play_twice(
        &mut self,
        context: Context<'_>,
        played: &Played<'_>,
        customer: &Customer,
        history: &[History],
    ) {
        let before = self.measures.owed;
        let mut paid = Vec::new();
        let (measures, broken, events) = (&mut self.measures, &mut self.broken, self.events.as_mut());
        let (fates, payments) = (Some(&mut self.fates), Some(&mut paid));
        let mut counts = Counts { measures, broken, fates, paid: payments, events };
        played.customer(context, &mut customer.clone(), history, &mut counts);
        let owed = self.measures.owed.saturating_sub(before);
        self.drawn.draw(&customer.id, owed, paid.iter().map(|paid| (paid.day, paid.amount)));
        if *played.behaviour == Behaviour::History {
            return;
        }
        paid.clear();
        let mut keep = Keep { paid: Some(&mut paid), ..Keep::default() };
        let plan = played.plan.without_strategy();
        let (customer, without) = (&mut customer.clone(), &mut self.without);
        play(context, played.behaviour, &plan, customer, history, without, &mut keep);
        self.drawn_without.draw(&customer.id, owed, paid.iter().map(|paid| (paid.day, paid.amount)));
    }
}

/// So many surprising accounts are told of.
const STORIES: usize = 10;

/// The most surprising accounts, each played once more to tell its story.
fn stories(
    context: Context<'_>,
    behaviour: &Behaviour,
    plan: &Plan,
    portfolio: &Portfolio,
    fates: &[Fate],
) -> Vec<Story> {
    let places: Vec<(usize, usize)> = portfolio
        .customers
        .iter()
        .enumerate()
        .flat_map(|(customer, known)| (0..known.accounts.len()).map(move |account| (customer, account)))
        .collect();
    let name = |at: usize| {
        let (customer, account) = places[at];
        portfolio.customers[customer].accounts[account].id.as_str()
    };
    let mut stories = Vec::new();
    for surprise in surprise::most(fates, STORIES, name) {
        let (customer, account) = places[surprise.at];
        let lines = story(
            context,
            behaviour,
            plan,
            &portfolio.customers[customer],
            &portfolio.history[customer],
            account,
        );
        stories.push(Story {
            account: name(surprise.at).to_owned(),
            fate: fates[surprise.at],
            surprise,
            lines,
        });
    }
    stories
}

/// What happened to one account, line by line.
fn story(
    context: Context<'_>,
    behaviour: &Behaviour,
    plan: &Plan,
    customer: &Customer,
    history: &[History],
    account: usize,
) -> Vec<String> {
    let mut rows: Vec<Row> = Vec::new();
    let mut keep = Keep { rows: Some(&mut rows), ..Keep::default() };
    play(context, behaviour, plan, &mut customer.clone(), history, &mut Measures::default(), &mut keep);
    let zone = customer.zone.unwrap_or(context.program.zone);
    let own = rows.iter().filter(|row| row.account == account);
    own.map(|row| trace::line(context.program, zone, row)).collect()
}

fn trace_one(
    context: Context<'_>,
    behaviour: &Behaviour,
    plan: &Plan,
    portfolio: &Portfolio,
    wanted: &str,
    lang: Lang,
) -> anyhow::Result<ExitCode> {
    for (customer, history) in portfolio.customers.iter().zip(&portfolio.history) {
        let Some(at) = customer.accounts.iter().position(|account| account.id == wanted) else { continue };
        let lines = story(context, behaviour, plan, customer, history, at);
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
