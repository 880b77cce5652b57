//! The report of one dry-run.

mod tables;

use super::chart::{self, Axes, Line};
use super::definitions::Definition;
use super::{Page, Table, short};
use crate::dry_run::words::{self, count, money, percent};
use crate::dry_run::{DryRunArgs, Prices};
use cobro_dsl::graph::svg;
use cobro_dsl::graph::view::{Place, View};
use cobro_dsl::program::Program;
use cobro_dsl::values::{Channel, Lang, NaiveDate};
use cobro_engine::measure::resample::{Band, Resample};
use cobro_engine::measure::surprise::Surprise;
use cobro_engine::measure::{Day, Fate, Measures};
use cobro_engine::simulate::Plan;
use cobro_engine::trace;
use std::collections::BTreeMap;

/// What a report is made of.
pub(crate) struct Report<'a> {
    pub(crate) program: &'a Program,
    pub(crate) args: &'a DryRunArgs,
    pub(crate) plan: &'a Plan,
    pub(crate) lang: Lang,
    pub(crate) measures: &'a Measures,
    pub(crate) drawn: &'a Resample,
    /// The same customers with the strategy switched off; `None` where what happened is fixed.
    pub(crate) without: Option<(&'a Measures, &'a Resample)>,
    pub(crate) stories: &'a [Story],
}

/// A surprising account with its timeline.
pub(crate) struct Story {
    pub(crate) account: String,
    pub(crate) fate: Fate,
    pub(crate) surprise: Surprise,
    pub(crate) lines: Vec<String>,
}

/// The page.
pub(crate) fn of(report: &Report<'_>) -> anyhow::Result<String> {
    let (program, lang, plan) = (report.program, report.lang, report.plan);
    let last = plan.end.pred_opt().unwrap_or(plan.end);
    let under = [
        format!(
            "{} {} · {} {} · {} {} {} {last} ({} {})",
            lang.pick("Estrategia", "Strategy"),
            program.name,
            lang.pick("versión", "version"),
            program.version.short(),
            lang.pick("del", "from"),
            plan.from,
            lang.pick("al", "to"),
            plan.days,
            lang.pick("días", "days"),
        ),
        format!(
            "{}: {} · {} {} · {}: {}",
            lang.pick("Conducta", "Behaviour"),
            words::behaviour(&report.args.behaviour, lang),
            lang.pick("semilla", "seed"),
            plan.seed,
            lang.pick("Cartera", "Portfolio"),
            report.args.portfolio.display(),
        ),
    ];
    let heads: Vec<(&str, &str)> = SECTIONS.iter().map(|(id, es, en)| (*id, lang.pick(*es, *en))).collect();
    let mut page = Page::begin(lang, &program.title, &under, &heads);
    report.headline(&mut page);
    report.curve(&mut page)?;
    report.contacts(&mut page)?;
    report.graph(&mut page);
    report.funnel(&mut page);
    report.gate(&mut page);
    report.outcomes(&mut page);
    report.roll(&mut page);
    report.people(&mut page)?;
    report.whatsapp(&mut page)?;
    report.segments(&mut page);
    report.surprising(&mut page);
    Ok(page.finish())
}

const SECTIONS: [(&str, &str, &str); 12] = [
    ("headline", "En resumen", "In short"),
    ("curve", "Curva de recuperación", "Recovery curve"),
    ("contacts", "Contactos", "Contacts"),
    ("graph", "Pasos y flujos", "Steps and flows"),
    ("funnel", "Embudo y costo por canal", "Funnel and cost by channel"),
    ("gate", "Aplazados y no enviados", "Put off and not sent"),
    ("outcomes", "Finales y promesas", "Outcomes and promises"),
    ("roll", "Rodamiento de la mora", "Roll rates"),
    ("agents", "Carga de las personas", "Agent load"),
    ("whatsapp", "Uso de WhatsApp", "WhatsApp use"),
    ("segments", "Segmentos", "Segments"),
    ("surprising", "Cuentas sorprendentes", "Surprising accounts"),
];

impl Report<'_> {
    fn heading(&self, id: &str) -> &'static str {
        SECTIONS.iter().find(|row| row.0 == id).map_or("", |row| self.lang.pick(row.1, row.2))
    }

    fn money(&self, minor: i64) -> String {
        money(self.program, minor)
    }

    fn say<'b>(&self, es: &'b str, en: &'b str) -> &'b str {
        self.lang.pick(es, en)
    }

    /// The label of a day at the foot of a chart.
    fn day(&self, at: usize) -> String {
        let days = chrono::Days::new(at as u64);
        self.plan.from.checked_add_days(days).map_or_else(String::new, |on| on.format("%m-%d").to_string())
    }

    fn dates(&self) -> impl Iterator<Item = (NaiveDate, &Day)> {
        self.plan.from.iter_days().zip(&self.measures.days)
    }

    fn amounts(&self) -> impl Fn(f64) -> String {
        let unit = self.program.currency.minor_per_unit();
        move |minor| short(minor, unit)
    }

    /// A share's band on the amount that is owed.
    fn band(&self, band: &Band) -> (f64, f64) {
        let owed = self.measures.owed as f64;
        (band.low * owed, band.high * owed)
    }

    fn headline(&self, page: &mut Page) {
        let measures = self.measures;
        page.section("headline", self.heading("headline"), &[]);
        let sent = measures.sent();
        if let Some((without, drawn)) = self.without {
            let more = measures.collected().saturating_sub(without.collected());
            let band =
                self.drawn.bands_against(drawn).last().map(|band| self.band(band)).unwrap_or((0.0, 0.0));
            let [low, high] = [band.0, band.1].map(|value| self.money(value.round() as i64));
            let share = percent(more, without.collected());
            let verdict = match (band.0 > 0.0, band.1 < 0.0) {
                (true, _) => self.say(
                    "La estrategia cobra más que no hacer nada",
                    "The strategy collects more than doing nothing",
                ),
                (_, true) => self.say(
                    "La estrategia cobra menos que no hacer nada",
                    "The strategy collects less than doing nothing",
                ),
                _ => self.say("No se distingue de no hacer nada", "It cannot be told from doing nothing"),
            };
            let line = format!(
                "{verdict}: {}{} ({}{share}), {} {low} {} {high}, {} {} {}.",
                if more > 0 { "+" } else { "" },
                self.money(more),
                if more > 0 { "+" } else { "" },
                self.say("banda de", "band from"),
                self.say("a", "to"),
                self.say("con", "with"),
                count(sent),
                self.say("mensajes", "messages"),
            );
            page.html.leaf("p", &[("class", "verdict")], &line);
        } else {
            page.html.leaf("p", &[("class", "verdict")], self.say(
                "Aquí los pagos son los que ocurrieron de verdad: se ve qué haría la estrategia y a quién escribiría, no cuánto cambiaría los pagos.",
                "Here payments are those that really happened: it shows what the strategy would do and whom it would write to, not how much it would change payments.",
            ));
        }
        let cost = Prices::of(self.args, self.program).of_sent(measures.channels.map(|channel| channel.sent));
        let mut figures = vec![
            (
                Definition::Entered,
                count(measures.entered),
                format!(
                    "{} {} · {}",
                    self.say("de", "of"),
                    count(measures.accounts),
                    self.money(measures.owed_entered)
                ),
            ),
            (
                Definition::Recovered,
                self.money(measures.recovered),
                format!(
                    "{} {}",
                    percent(measures.recovered, measures.owed_entered),
                    self.say("de lo que entró", "of what entered")
                ),
            ),
            (
                Definition::Collected,
                self.money(measures.collected()),
                format!(
                    "{} {} {}",
                    percent(measures.collected(), measures.owed),
                    self.say("de", "of"),
                    self.money(measures.owed)
                ),
            ),
            (
                Definition::Messages,
                count(sent),
                format!(
                    "{} {}",
                    count(measures.contacts),
                    self.say("cuentan como contacto", "count as contacts")
                ),
            ),
            (
                Definition::Agents,
                count(measures.tasks.values().sum()),
                self.say("tareas para personas", "tasks for people").to_owned(),
            ),
        ];
        figures.push(match cost {
            Some(cost) => (
                Definition::Cost,
                self.money(cost),
                format!(
                    "{} {}",
                    percent(cost, measures.recovered),
                    self.say("de lo recuperado", "of what was recovered")
                ),
            ),
            None => (
                Definition::Cost,
                "—".to_owned(),
                self.say("sin precio: use --cost", "no price given: use --cost").to_owned(),
            ),
        });
        if let Some(cei) = measures.cei() {
            figures.push((Definition::Cei, format!("{cei:.1} %"), String::new()));
        }
        let (before, after) = measures.dso(self.plan.from, self.plan.end);
        if let (Some(before), Some(after)) = (before, after) {
            figures.push((
                Definition::Dso,
                format!("{after:.1}"),
                format!("{} {before:.1}", self.say("antes", "before")),
            ));
        }
        page.figures(&figures);
    }

    fn curve(&self, page: &mut Page) -> anyhow::Result<()> {
        page.section(
            "curve",
            self.heading("curve"),
            &[Definition::Collected, Definition::BandOf, Definition::Effect],
        );
        let floats = |curve: Vec<i64>| curve.into_iter().map(|minor| minor as f64).collect::<Vec<_>>();
        let bands = |drawn: &Resample| drawn.bands().iter().map(|band| self.band(band)).collect::<Vec<_>>();
        let (curve, band) = (self.measures.curve(), bands(self.drawn));
        let mut lines = vec![Line { values: floats(curve.clone()), band: band.clone(), is_dashed: false }];
        let mut legend =
            vec![("k1", self.say("con la estrategia, con su banda", "with the strategy, with its band"))];
        let mut head = vec![
            self.say("día", "day"),
            self.say("cobrado", "collected"),
            self.say("banda: de", "band: from"),
            self.say("a", "to"),
        ];
        if let Some((without, drawn)) = self.without {
            lines.push(Line { values: floats(without.curve()), band: bands(drawn), is_dashed: true });
            legend.push((
                "dash",
                self.say("sin estrategia, con su banda", "without a strategy, with its band"),
            ));
            head.extend([
                self.say("sin estrategia", "without"),
                self.say("diferencia", "difference"),
                self.say("banda: de", "band: from"),
                self.say("a", "to"),
            ]);
        }
        let gaps: Vec<(f64, f64)> = self.without.map_or_else(Vec::new, |(_, drawn)| {
            self.drawn.bands_against(drawn).iter().map(|band| self.band(band)).collect()
        });
        let none = self.without.map(|(without, _)| without.curve());
        let mut rows = Vec::new();
        for (at, ((date, collected), (low, high))) in
            self.plan.from.iter_days().zip(&curve).zip(&band).enumerate()
        {
            let mut row = vec![
                date.to_string(),
                self.money(*collected),
                self.money(*low as i64),
                self.money(*high as i64),
            ];
            if let (Some(none), Some((low, high))) = (&none, gaps.get(at)) {
                let none = none.get(at).copied().unwrap_or(0);
                row.extend([
                    self.money(none),
                    self.money(collected - none),
                    self.money(*low as i64),
                    self.money(*high as i64),
                ]);
            }
            rows.push(row);
        }
        let caption = format!(
            "{} ({})",
            self.say("Cobrado hasta cada día", "Collected by each day"),
            self.program.currency
        );
        let (x, y) = (|at| self.day(at), self.amounts());
        let axes = Axes { says: &caption, x: &x, y: &y };
        page.chart(&caption, &legend, &chart::lines(&axes, &lines)?, Table { head: &head, rows });
        Ok(())
    }

    /// The channels that were used, with the class of their colour.
    fn channels(&self) -> Vec<(Channel, &'static str)> {
        let used = Channel::ALL.into_iter().filter(|channel| self.measures.channel(*channel).sent > 0);
        used.zip(["k1", "k2", "k3", "k4"]).collect()
    }

    fn contacts(&self, page: &mut Page) -> anyhow::Result<()> {
        page.section("contacts", self.heading("contacts"), &[Definition::Messages]);
        let used = self.channels();
        if used.is_empty() {
            page.paragraph(self.say("No se envió ningún mensaje.", "No message was sent."));
            return Ok(());
        }
        let legend: Vec<(&str, &str)> =
            used.iter().map(|(channel, class)| (*class, trace::channel(*channel, self.lang))).collect();
        let mut head = vec![self.say("día", "day")];
        head.extend(legend.iter().map(|(_, name)| *name));
        let y = |value: f64| short(value, 1);
        let by_day = |channel: &Channel| {
            self.measures.days.iter().map(|day| day.sent[channel.index()] as f64).collect::<Vec<_>>()
        };
        let stacked: Vec<Vec<f64>> = used.iter().map(|(channel, _)| by_day(channel)).collect();
        let rows = self.dates().filter(|(_, day)| day.messages() > 0).map(|(date, day)| {
            let counts = used.iter().map(|(channel, _)| count(day.sent[channel.index()]));
            std::iter::once(date.to_string()).chain(counts).collect()
        });
        let caption = self.say("Mensajes por día y canal", "Messages by day and channel");
        let x = |at| self.day(at);
        let drawn = chart::bars(&Axes { says: caption, x: &x, y: &y }, &stacked)?;
        page.chart(caption, &legend, &drawn, Table { head: &head, rows: rows.collect() });
        let by_hour = |channel: &Channel| {
            self.measures.hours[channel.index()].iter().map(|n| *n as f64).collect::<Vec<_>>()
        };
        let stacked: Vec<Vec<f64>> = used.iter().map(|(channel, _)| by_hour(channel)).collect();
        let caption = self.say("Mensajes por hora local y canal", "Messages by local hour and channel");
        let x = |at: usize| format!("{at}:00");
        let drawn = chart::bars(&Axes { says: caption, x: &x, y: &y }, &stacked)?;
        head[0] = self.say("hora", "hour");
        let rows = (0..24).map(|hour: usize| {
            let counts = used.iter().map(|(channel, _)| count(self.measures.hours[channel.index()][hour]));
            std::iter::once(format!("{hour}:00")).chain(counts).collect()
        });
        page.chart(caption, &legend, &drawn, Table { head: &head, rows: rows.collect() });
        Ok(())
    }

    fn graph(&self, page: &mut Page) {
        page.section("graph", self.heading("graph"), &[Definition::Entered, Definition::Outcomes]);
        page.paragraph(self.say(
            "Los números en las flechas son las veces que se tomaron; en los pasos, las veces que se llegó.",
            "Numbers on arrows are the times they were taken; in steps, the times they were come to.",
        ));
        let mut view = View::of(self.program);
        for arrow in &mut view.arrows {
            let taken = count(self.measures.arrows.get(&arrow.op.0).copied().unwrap_or(0));
            arrow.label = if arrow.label.is_empty() { taken } else { format!("{taken} · {}", arrow.label) };
        }
        for card in &mut view.cards {
            let line = match card.place {
                Place::Start => {
                    Some(format!("{} {}", count(self.measures.entered), self.say("cuentas", "accounts")))
                }
                Place::Step(step) => {
                    let times = self.measures.steps.get(&step.0).copied().unwrap_or(0);
                    Some(format!("{} {}", count(times), self.say("veces", "times")))
                }
                Place::Outcome(outcome) => {
                    let ended = self.measures.outcomes.get(&outcome.0).copied().unwrap_or_default();
                    Some(format!("{} {}", count(ended.count), self.say("cuentas", "accounts")))
                }
                Place::Always => None,
            };
            card.lines.splice(0..0, line);
        }
        page.html.open(
            "div",
            &[
                ("class", "graph"),
                ("tabindex", "0"),
                ("role", "region"),
                ("aria-label", self.heading("graph")),
            ],
        );
        page.html.drawing(&svg::draw(&view, &BTreeMap::new()));
        page.html.close("div");
        let arrows: Vec<Vec<String>> = view
            .arrows
            .iter()
            .map(|arrow| {
                let name = |place| view.card(place).map_or_else(String::new, |card| card.name.clone());
                vec![format!("{} → {}", name(arrow.from), name(arrow.to)), arrow.label.clone()]
            })
            .collect();
        page.html.open("details", &[]);
        page.html.leaf("summary", &[], self.say("Las cifras en una tabla", "The figures as a table"));
        let head = [self.say("flecha", "arrow"), self.say("veces · condición", "times · condition")];
        page.html.table(self.heading("graph"), &head, &arrows);
        page.html.close("details");
    }
}
