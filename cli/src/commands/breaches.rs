//! Guarantees in a dry-run: which accounts broke one, and the first of their stories.

use crate::dry_run::events::Events;
use cobro_dsl::program::Program;
use cobro_dsl::program::guarantee::Guarantee;
use cobro_dsl::values::Lang;
use cobro_engine::advance::Context;
use cobro_engine::behaviour::Behaviour;
use cobro_engine::customer::Customer;
use cobro_engine::guarantee::{self, Prices};
use cobro_engine::measure::{Fate, Keep, Measures, Paid};
use cobro_engine::portfolio::History;
use cobro_engine::simulate::{Plan, play};
use cobro_engine::trace;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// So many stories are told.
const STORIES_MAX: usize = 3;

/// What a dry-run plays with.
pub(crate) struct Played<'a> {
    pub(crate) behaviour: &'a Behaviour,
    pub(crate) plan: &'a Plan,
    pub(crate) prices: Prices,
}

/// What is counted while playing.
pub(crate) struct Counts<'a> {
    pub(crate) measures: &'a mut Measures,
    pub(crate) broken: &'a mut Broken,
    /// How each account fared, when somebody asks.
    pub(crate) fates: Option<&'a mut Vec<Fate>>,
    /// Everything that happens, when somebody asks.
    pub(crate) events: Option<&'a mut Events>,
    /// Every payment, when somebody asks.
    pub(crate) paid: Option<&'a mut Vec<Paid>>,
}

/// Guarantees that were broken.
#[derive(Default)]
pub(crate) struct Broken {
    /// Accounts that broke one.
    pub(crate) accounts: u64,
    /// Accounts, by guarantee.
    by_guarantee: BTreeMap<usize, u64>,
    /// The first stories, in the order of the portfolio.
    stories: Vec<Story>,
}

struct Story {
    account: String,
    guarantee: usize,
    at: String,
    lines: Vec<String>,
}

impl Played<'_> {
    /// Plays one customer. Rows are kept only for a strategy that guarantees something, or for who asks for events.
    pub(crate) fn customer(
        &self,
        context: Context<'_>,
        customer: &mut Customer,
        history: &[History],
        counts: &mut Counts<'_>,
    ) {
        let is_held = !context.program.guarantees.is_empty();
        let mut rows = Vec::new();
        let (fates, paid) = (counts.fates.as_deref_mut(), counts.paid.as_deref_mut());
        let is_kept = is_held || counts.events.is_some();
        let mut keep = Keep { rows: is_kept.then_some(&mut rows), fates, paid };
        play(context, self.behaviour, self.plan, customer, history, counts.measures, &mut keep);
        if let Some(events) = &mut counts.events {
            events.add(context.program, customer, &rows);
        }
        if !is_held {
            return;
        }
        let broken = &mut *counts.broken;
        let breaches = guarantee::check(context, customer, &rows, &self.prices, self.plan.until);
        let zone = customer.zone.unwrap_or(context.program.zone);
        let mut accounts = BTreeSet::new();
        for breach in breaches {
            *broken.by_guarantee.entry(breach.guarantee).or_default() += 1;
            if !accounts.insert(breach.account) || broken.stories.len() >= STORIES_MAX {
                continue;
            }
            let own = rows.iter().filter(|row| row.account == breach.account && row.at <= breach.at);
            broken.stories.push(Story {
                account: customer.accounts.get(breach.account).map_or_else(String::new, |a| a.id.clone()),
                guarantee: breach.guarantee,
                at: breach.at.local(zone).format("%Y-%m-%d %H:%M").to_string(),
                lines: own.map(|row| trace::line(context.program, zone, row)).collect(),
            });
        }
        broken.accounts += accounts.len() as u64;
    }
}

impl Broken {
    /// Adds what another part of the portfolio, behind this one, broke.
    pub(crate) fn add(&mut self, other: Broken) {
        self.accounts += other.accounts;
        for (guarantee, accounts) in other.by_guarantee {
            *self.by_guarantee.entry(guarantee).or_default() += accounts;
        }
        let room = STORIES_MAX.saturating_sub(self.stories.len());
        self.stories.extend(other.stories.into_iter().take(room));
    }

    /// For people; nothing when the strategy guarantees nothing.
    pub(crate) fn people(&self, program: &Program, prices: &Prices, lang: Lang) -> String {
        if program.guarantees.is_empty() {
            return String::new();
        }
        let mut lines = vec![String::new(), String::new(), lang.pick("Garantías", "Guarantees").to_owned()];
        for (number, guarantee) in program.guarantees.iter().enumerate() {
            let is_asked = !prices.is_empty() || !matches!(guarantee, Guarantee::CostAtMost(_));
            let words = guarantee::words(program, number, lang);
            let accounts = self.by_guarantee.get(&number).copied().unwrap_or(0);
            let said = match accounts {
                0 if !is_asked => {
                    lang.pick("no se revisa sin precios", "not checked without prices").to_owned()
                }
                0 => lang.pick("se cumple", "kept").to_owned(),
                accounts => format!("{} {accounts}", lang.pick("ROTA en cuentas:", "BROKEN in accounts:")),
            };
            lines.push(format!("  {words}: {said}"));
        }
        for story in &self.stories {
            let words = guarantee::words(program, story.guarantee, lang);
            let account = lang.pick("cuenta", "account");
            lines.push(format!("  {account} {}, {}: {words}", story.account, story.at));
            lines.extend(story.lines.iter().map(|line| format!("    {line}")));
        }
        lines.join("\n")
    }

    /// For programs.
    pub(crate) fn document(&self, program: &Program) -> Value {
        let words = |guarantee: usize| guarantee::words(program, guarantee, Lang::En);
        let by: BTreeMap<String, u64> =
            self.by_guarantee.iter().map(|(number, accounts)| (words(*number), *accounts)).collect();
        let stories = self.stories.iter().map(|story| {
            json!({ "account": story.account, "guarantee": words(story.guarantee), "at": story.at,
                    "trace": story.lines })
        });
        json!({ "accounts": self.accounts, "by_guarantee": by, "stories": stories.collect::<Vec<_>>() })
    }
}
