//! The stable JSON document of a dry-run. Amounts are decimal text in the strategy's currency.

use super::{DryRunArgs, Prices};
use cobro_dsl::program::{NameId, OutcomeId, Program, StepId};
use cobro_dsl::values::{Channel, Money};
use cobro_engine::measure::{Bucket, Count, Measures, Part, WHATSAPP_TIERS};
use cobro_engine::simulate::Plan;
use serde_json::{Map, Value, json};

/// The document; `docs/simulate.md` lists its fields, `docs/measures.md` says what they mean.
pub(crate) fn of(program: &Program, args: &DryRunArgs, plan: &Plan, measures: &Measures) -> Value {
    let writer = Writer { program, prices: Prices::of(args, program), plan, measures };
    let mut document = writer.head(args);
    for (name, value) in writer.measures() {
        document.insert(name.to_owned(), value);
    }
    Value::Object(document)
}

struct Writer<'a> {
    program: &'a Program,
    prices: Prices,
    plan: &'a Plan,
    measures: &'a Measures,
}

impl Writer<'_> {
    fn amount(&self, minor: i64) -> String {
        Money::new(minor, self.program.currency).figure()
    }

    fn count(&self, count: &Count) -> Value {
        json!({ "count": count.count, "amount": self.amount(count.amount) })
    }

    fn head(&self, args: &DryRunArgs) -> Map<String, Value> {
        let head = json!({
            "strategy": self.program.name,
            "version": self.program.version.to_string(),
            "from": args.from.to_string(),
            "days": args.days,
            "seed": args.seed,
            "behaviour": args.behaviour,
            "currency": self.program.currency.code(),
        });
        match head {
            Value::Object(head) => head,
            _ => Map::new(),
        }
    }

    fn measures(&self) -> Vec<(&'static str, Value)> {
        let measures = self.measures;
        let program = self.program;
        let named = |names: Vec<(String, Value)>| Value::Object(names.into_iter().collect());
        let (dso_start, dso_end) = measures.dso(self.plan.from, self.plan.end);
        vec![
            ("accounts", json!(measures.accounts)),
            ("accounts_in_other_currency", json!(measures.other_currency)),
            ("owed", json!(self.amount(measures.owed))),
            ("entered", json!(measures.entered)),
            ("owed_entered", json!(self.amount(measures.owed_entered))),
            ("transitions", json!(measures.transitions)),
            ("contacts", self.contacts()),
            ("funnel", self.funnel()),
            ("answers", json!(measures.answers)),
            ("deferred", json!(measures.deferred)),
            ("refused", json!(measures.refused)),
            (
                "objections",
                json!({
                    "opted_out": measures.objections.opted_out,
                    "disputed": measures.objections.disputed,
                    "wrong_person": measures.objections.wrong_person,
                }),
            ),
            (
                "promises",
                json!({
                    "made": self.count(&measures.promises.made),
                    "kept": self.count(&measures.promises.kept),
                    "broken": self.count(&measures.promises.broken),
                }),
            ),
            (
                "tasks",
                named(
                    measures
                        .tasks
                        .iter()
                        .map(|(queue, n)| (program.name(NameId(*queue)).to_owned(), json!(n)))
                        .collect(),
                ),
            ),
            (
                "outcomes",
                named(
                    measures
                        .outcomes
                        .iter()
                        .map(|(outcome, count)| {
                            (program.outcome_name(OutcomeId(*outcome)).to_owned(), self.count(count))
                        })
                        .collect(),
                ),
            ),
            ("open", self.count(&measures.open)),
            (
                "steps",
                named(
                    measures
                        .steps
                        .iter()
                        .map(|(step, n)| {
                            (program.step_name(StepId(*step)).to_owned(), json!({ "entered": n }))
                        })
                        .collect(),
                ),
            ),
            ("recovered", json!(self.amount(measures.recovered))),
            (
                "cost",
                json!(
                    self.prices
                        .of_sent(measures.channels.map(|channel| channel.sent))
                        .map(|cost| self.amount(cost))
                ),
            ),
            ("paid_outside", json!(self.amount(measures.paid_outside))),
            ("received", json!(self.amount(measures.received))),
            ("payments", json!(measures.payments)),
            ("by_date", self.by_date()),
            ("whatsapp", self.whatsapp()),
            ("roll_rates", self.roll()),
            ("dso", json!({ "start": dso_start.map(tenth), "end": dso_end.map(tenth) })),
            ("cei", json!(measures.cei().map(tenth))),
            (
                "buckets",
                named(
                    Bucket::ALL
                        .iter()
                        .map(|bucket| {
                            (bucket.name().to_owned(), self.part(&measures.buckets[bucket.index()]))
                        })
                        .collect(),
                ),
            ),
            (
                "segments",
                named(
                    measures
                        .segments
                        .iter()
                        .map(|(segment, part)| (segment.clone(), self.part(part)))
                        .collect(),
                ),
            ),
        ]
    }

    fn contacts(&self) -> Value {
        let mut by_channel = Map::new();
        let mut by_hour = Map::new();
        for channel in Channel::ALL {
            let sent = self.measures.channel(channel).sent;
            if sent > 0 {
                by_channel.insert(channel.word().to_owned(), json!(sent));
                by_hour.insert(channel.word().to_owned(), json!(self.measures.hours[channel.index()]));
            }
        }
        let days = self.dates().filter(|(_, day)| day.messages() > 0);
        json!({
            "messages": self.measures.sent(),
            "counted": self.measures.contacts,
            "by_channel": by_channel,
            "by_hour": by_hour,
            "by_day": days.map(|(date, day)| (date, json!(day.messages()))).collect::<Map<_, _>>(),
        })
    }

    fn dates(&self) -> impl Iterator<Item = (String, &cobro_engine::measure::Day)> {
        let dates = self.plan.from.iter_days();
        dates.zip(&self.measures.days).map(|(date, day)| (date.to_string(), day))
    }

    fn funnel(&self) -> Value {
        let mut channels = Map::new();
        for channel in Channel::ALL {
            let funnel = self.measures.channel(channel);
            if funnel.sent > 0 {
                let cost = self.prices.any().then(|| self.prices.of_channel(channel.index(), funnel.sent));
                let per_unit = cost.filter(|_| funnel.recovered > 0);
                channels.insert(
                    channel.word().to_owned(),
                    json!({
                        "sent": funnel.sent, "delivered": funnel.delivered, "bounced": funnel.bounced,
                        "read": funnel.read, "answered": funnel.answered, "paid": funnel.paid,
                        "recovered": self.amount(funnel.recovered),
                        "cost": cost.map(|cost| self.amount(cost)),
                        "cost_per_unit_recovered": per_unit.map(|cost| {
                            (cost as f64 / funnel.recovered as f64 * 1e6).round() / 1e6
                        }),
                    }),
                );
            }
        }
        json!({ "by_channel": channels, "unprompted": self.amount(self.measures.unprompted) })
    }

    fn by_date(&self) -> Value {
        let mut so_far = 0_i64;
        let rows = self.dates().map(|(date, day)| {
            so_far = so_far.saturating_add(day.collected);
            json!({
                "date": date,
                "payments": day.payments,
                "collected": self.amount(day.collected),
                "collected_so_far": self.amount(so_far),
                "tasks_opened": day.tasks_opened,
                "tasks_done": day.tasks_done,
                "tasks_open_in_the_morning": day.tasks_open,
            })
        });
        Value::Array(rows.collect())
    }

    fn whatsapp(&self) -> Value {
        let days = || self.dates().filter(|(_, day)| day.whatsapp_customers > 0);
        let most = days().map(|(_, day)| day.whatsapp_customers).max().unwrap_or(0);
        let over: Map<String, Value> = WHATSAPP_TIERS
            .iter()
            .map(|tier| {
                let days = days().filter(|(_, day)| day.whatsapp_customers > *tier).count();
                (tier.to_string(), json!(days))
            })
            .collect();
        json!({
            "customers_by_day": days().map(|(date, day)| (date, json!(day.whatsapp_customers))).collect::<Map<_, _>>(),
            "messages_by_number_and_day": days().map(|(date, day)| (date, json!(day.whatsapp_numbers))).collect::<Map<_, _>>(),
            "customers_most": most,
            "days_over_tier": over,
        })
    }

    fn roll(&self) -> Value {
        let mut from = Map::new();
        for (bucket, row) in Bucket::ALL.iter().zip(&self.measures.roll.cells) {
            if row.iter().all(|cell| cell.count == 0) {
                continue;
            }
            let cells = Bucket::ALL.iter().zip(row).filter(|(_, cell)| cell.count > 0);
            let to: Map<String, Value> =
                cells.map(|(to, cell)| (to.name().to_owned(), self.count(cell))).collect();
            from.insert(bucket.name().to_owned(), Value::Object(to));
        }
        Value::Object(from)
    }

    fn part(&self, part: &Part) -> Value {
        json!({
            "accounts": part.accounts,
            "owed": self.amount(part.owed),
            "entered": part.entered,
            "messages": part.sent.iter().sum::<u64>(),
            "tasks": part.tasks,
            "collected": self.amount(part.collected),
            "cleared": part.cleared,
            "cost": self.prices.of_sent(part.sent).map(|cost| self.amount(cost)),
        })
    }
}

fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
