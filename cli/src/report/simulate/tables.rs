//! The report's sections that are mostly tables: what became of messages, accounts and people's time.

use super::super::chart::{self, Axes};
use super::super::definitions::Definition;
use super::super::{Page, Table, short};
use super::Report;
use crate::dry_run::Prices;
use crate::dry_run::words::{self, count, percent};
use cobro_dsl::program::{NameId, OutcomeId};
use cobro_dsl::values::Channel;
use cobro_engine::measure::{Bucket, Part, WHATSAPP_TIERS};
use cobro_engine::trace;

/// So many segments are shown, those that owe the most.
const SEGMENTS_MAX: usize = 30;

impl Report<'_> {
    pub(super) fn funnel(&self, page: &mut Page) {
        page.section(
            "funnel",
            self.heading("funnel"),
            &[Definition::FunnelOf, Definition::Credit, Definition::Cost],
        );
        let prices = Prices::of(self.args, self.program);
        let head = [
            self.say("canal", "channel"),
            self.say("enviados", "sent"),
            self.say("entregados", "delivered"),
            self.say("leídos", "read"),
            self.say("respondidos", "answered"),
            self.say("con pago", "paid"),
            self.say("recuperado", "recovered"),
            self.say("costo", "cost"),
            self.say("costo por unidad", "cost per unit"),
        ];
        let cell = |part: u64, sent: u64| format!("{} ({})", count(part), percent(part as i64, sent as i64));
        let mut rows = Vec::new();
        for (channel, _) in self.channels() {
            let one = self.measures.channel(channel);
            let cost = prices.any().then(|| prices.of_channel(channel.index(), one.sent));
            let per_unit = cost.filter(|_| one.recovered > 0).map(|cost| cost as f64 / one.recovered as f64);
            rows.push(vec![
                trace::channel(channel, self.lang).to_owned(),
                count(one.sent),
                cell(one.delivered, one.sent),
                cell(one.read, one.sent),
                cell(one.answered, one.sent),
                cell(one.paid, one.sent),
                self.money(one.recovered),
                cost.map_or("—".to_owned(), |cost| self.money(cost)),
                per_unit.map_or("—".to_owned(), |cost| format!("{cost:.4}")),
            ]);
        }
        let mut last = vec![self.say("sin mensaje en 7 días", "no message in 7 days").to_owned()];
        last.extend((0..5).map(|_| String::new()));
        last.extend([self.money(self.measures.unprompted), String::new(), String::new()]);
        rows.push(last);
        page.html.table(self.heading("funnel"), &head, &rows);
        if !self.measures.answers.is_empty() {
            let rows: Vec<Vec<String>> = self
                .measures
                .answers
                .iter()
                .map(|(button, number)| {
                    let name =
                        if button.is_empty() { self.say("(texto libre)", "(free text)") } else { button };
                    vec![name.to_owned(), count(*number)]
                })
                .collect();
            page.html.table(
                self.say("Respuestas", "Answers"),
                &[self.say("botón", "button"), self.say("veces", "times")],
                &rows,
            );
        }
    }

    pub(super) fn gate(&self, page: &mut Page) {
        page.section("gate", self.heading("gate"), &[Definition::Gate]);
        let head = [self.say("regla", "rule"), self.say("veces", "times")];
        for (caption, rules) in [
            (self.say("Aplazados: «no antes de»", "Put off: \"not before\""), &self.measures.deferred),
            (self.say("No enviados: «nunca»", "Not sent: \"never\""), &self.measures.refused),
        ] {
            let rows: Vec<Vec<String>> = rules
                .iter()
                .map(|(rule, times)| vec![words::rule(rule, self.lang).to_owned(), count(*times)])
                .collect();
            match rows.is_empty() {
                true => page.paragraph(&format!("{caption}: 0")),
                false => page.html.table(caption, &head, &rows),
            }
        }
    }

    pub(super) fn outcomes(&self, page: &mut Page) {
        page.section("outcomes", self.heading("outcomes"), &[Definition::Outcomes, Definition::PromisesOf]);
        let (entered, program) = (self.measures.entered as i64, self.program);
        let row = |name: &str, number: u64, amount: i64| {
            vec![name.to_owned(), count(number), percent(number as i64, entered), self.money(amount)]
        };
        let ended = self.measures.outcomes.iter();
        let mut rows: Vec<Vec<String>> = ended
            .map(|(outcome, one)| row(program.outcome_name(OutcomeId(*outcome)), one.count, one.amount))
            .collect();
        rows.push(row(
            self.say("(siguen en curso)", "(still running)"),
            self.measures.open.count,
            self.measures.open.amount,
        ));
        let head = [
            self.say("final", "outcome"),
            self.say("cuentas", "accounts"),
            self.say("de las que entraron", "of those entered"),
            self.say("debían al entrar", "owed on entering"),
        ];
        page.html.table(self.say("Finales", "Outcomes"), &head, &rows);
        if self.measures.promises.made.count > 0 {
            let promises = &self.measures.promises;
            let rows: Vec<Vec<String>> = [
                (self.say("hechas", "made"), promises.made),
                (self.say("cumplidas", "kept"), promises.kept),
                (self.say("incumplidas", "broken"), promises.broken),
            ]
            .into_iter()
            .map(|(name, one)| vec![name.to_owned(), count(one.count), self.money(one.amount)])
            .collect();
            page.html.table(
                self.say("Promesas", "Promises"),
                &[
                    self.say("promesas", "promises"),
                    self.say("cuántas", "how many"),
                    self.say("monto", "amount"),
                ],
                &rows,
            );
        }
        let objections = &self.measures.objections;
        page.paragraph(&format!(
            "{} {} · {} {} · {} {}",
            self.say("Pidieron no ser contactados:", "Asked not to be contacted:"),
            count(objections.opted_out),
            self.say("reclamos abiertos:", "disputes opened:"),
            count(objections.disputed),
            self.say("número equivocado:", "wrong person:"),
            count(objections.wrong_person),
        ));
    }

    pub(super) fn roll(&self, page: &mut Page) {
        page.section("roll", self.heading("roll"), &[Definition::RollRate]);
        let cells = &self.measures.roll.cells;
        let seen = |at: usize| {
            (0..Bucket::ALL.len()).any(|other| cells[at][other].count > 0 || cells[other][at].count > 0)
        };
        let used: Vec<Bucket> = Bucket::ALL.into_iter().filter(|bucket| seen(bucket.index())).collect();
        let mut head = vec![self.say("desde \\ hasta (días de mora)", "from \\ to (days past due)")];
        head.extend(used.iter().map(|bucket| words::bucket(*bucket, self.lang)));
        head.extend([self.say("cuentas", "accounts"), self.say("debían", "owed")]);
        let mut rows = Vec::new();
        for from in &used {
            let row = &cells[from.index()];
            let total: u64 = row.iter().map(|cell| cell.count).sum();
            if total == 0 {
                continue;
            }
            let mut line = vec![words::bucket(*from, self.lang).to_owned()];
            line.extend(used.iter().map(|to| percent(row[to.index()].count as i64, total as i64)));
            let owed = row.iter().fold(0_i64, |sum, cell| sum.saturating_add(cell.amount));
            line.extend([count(total), self.money(owed)]);
            rows.push(line);
        }
        page.html.table(self.heading("roll"), &head, &rows);
    }

    pub(super) fn people(&self, page: &mut Page) -> anyhow::Result<()> {
        page.section("agents", self.heading("agents"), &[Definition::Agents]);
        if self.measures.tasks.is_empty() {
            page.paragraph(self.say("No se abrió ninguna tarea.", "No task was opened."));
            return Ok(());
        }
        let queues: Vec<Vec<String>> = self
            .measures
            .tasks
            .iter()
            .map(|(queue, number)| vec![self.program.name(NameId(*queue)).to_owned(), count(*number)])
            .collect();
        page.html.table(
            self.say("Tareas por cola", "Tasks by queue"),
            &[self.say("cola", "queue"), self.say("abiertas", "opened")],
            &queues,
        );
        let opened: Vec<f64> = self.measures.days.iter().map(|day| day.tasks_opened as f64).collect();
        let caption = self.say("Tareas abiertas por día", "Tasks opened by day");
        let x = |at| self.day(at);
        let y = |value: f64| short(value, 1);
        let drawn = chart::bars(&Axes { says: caption, x: &x, y: &y }, &[opened])?;
        let head = [
            self.say("día", "day"),
            self.say("abiertas", "opened"),
            self.say("terminadas", "done"),
            self.say("pendientes al empezar", "open in the morning"),
        ];
        let rows = self
            .dates()
            .filter(|(_, day)| day.tasks_opened + day.tasks_done + day.tasks_open > 0)
            .map(|(date, day)| {
                vec![date.to_string(), count(day.tasks_opened), count(day.tasks_done), count(day.tasks_open)]
            });
        page.chart(
            caption,
            &[("k1", self.say("tareas abiertas", "tasks opened"))],
            &drawn,
            Table { head: &head, rows: rows.collect() },
        );
        Ok(())
    }

    pub(super) fn whatsapp(&self, page: &mut Page) -> anyhow::Result<()> {
        page.section("whatsapp", self.heading("whatsapp"), &[Definition::WhatsappUse]);
        let most = self.dates().map(|(_, day)| day.whatsapp_customers).max().unwrap_or(0);
        if most == 0 {
            page.paragraph(
                self.say("No se escribió a nadie por WhatsApp.", "Nobody was written to by WhatsApp."),
            );
            return Ok(());
        }
        let customers: Vec<f64> =
            self.measures.days.iter().map(|day| day.whatsapp_customers as f64).collect();
        let caption =
            self.say("Clientes escritos por WhatsApp, por día", "Customers written to by WhatsApp, by day");
        let x = |at| self.day(at);
        let y = |value: f64| short(value, 1);
        let drawn = chart::bars(&Axes { says: caption, x: &x, y: &y }, &[customers])?;
        let numbers = self.measures.days.first().map_or(1, |day| day.whatsapp_numbers.len());
        let mut head = vec![self.say("día", "day").to_owned(), self.say("clientes", "customers").to_owned()];
        head.extend(
            (1..=numbers)
                .map(|number| format!("{} {number}", self.say("mensajes del número", "messages of number"))),
        );
        let head: Vec<&str> = head.iter().map(String::as_str).collect();
        let rows =
            self.dates().filter(|(_, day)| day.sent[Channel::Whatsapp.index()] > 0).map(|(date, day)| {
                let mut row = vec![date.to_string(), count(day.whatsapp_customers)];
                row.extend(day.whatsapp_numbers.iter().map(|n| count(*n)));
                row
            });
        page.chart(
            caption,
            &[("k1", self.say("clientes distintos", "different customers"))],
            &drawn,
            Table { head: &head, rows: rows.collect() },
        );
        let rows: Vec<Vec<String>> = WHATSAPP_TIERS
            .iter()
            .map(|tier| {
                let over = self.dates().filter(|(_, day)| day.whatsapp_customers > *tier).count();
                vec![count(*tier), count(over as u64)]
            })
            .collect();
        page.html.table(
            self.say("Días por encima de cada límite de Meta", "Days over each of Meta's limits"),
            &[self.say("límite de clientes", "limit of customers"), self.say("días por encima", "days over")],
            &rows,
        );
        Ok(())
    }

    pub(super) fn segments(&self, page: &mut Page) {
        page.section("segments", self.heading("segments"), &[Definition::Segments]);
        let prices = Prices::of(self.args, self.program);
        let head = |first| {
            [
                first,
                self.say("cuentas", "accounts"),
                self.say("debían", "owed"),
                self.say("entran", "enter"),
                self.say("mensajes", "messages"),
                self.say("tareas", "tasks"),
                self.say("cobrado", "collected"),
                self.say("% cobrado", "% collected"),
                self.say("saldadas", "cleared"),
                self.say("costo", "cost"),
            ]
        };
        let row = |name: &str, part: &Part| {
            vec![
                name.to_owned(),
                count(part.accounts),
                self.money(part.owed),
                count(part.entered),
                count(part.sent.iter().sum()),
                count(part.tasks),
                self.money(part.collected),
                percent(part.collected, part.owed),
                count(part.cleared),
                prices.of_sent(part.sent).map_or("—".to_owned(), |cost| self.money(cost)),
            ]
        };
        let rows: Vec<Vec<String>> = Bucket::ALL
            .iter()
            .map(|bucket| (bucket, self.measures.buckets[bucket.index()]))
            .filter(|(_, part)| part.accounts > 0)
            .map(|(bucket, part)| row(words::bucket(*bucket, self.lang), &part))
            .collect();
        page.html.table(
            self.say("Por tramo de mora al empezar", "By age bucket at the start"),
            &head(self.say("días de mora", "days past due")),
            &rows,
        );
        let mut segments: Vec<(&String, &Part)> = self.measures.segments.iter().collect();
        segments.sort_by_key(|(name, part)| (std::cmp::Reverse(part.owed), *name));
        let rows: Vec<Vec<String>> = segments
            .iter()
            .take(SEGMENTS_MAX)
            .map(|(name, part)| {
                let name = if name.is_empty() { self.say("(sin segmento)", "(no segment)") } else { name };
                row(name, part)
            })
            .collect();
        page.html.table(
            self.say("Por segmento", "By segment"),
            &head(self.say("segmento", "segment")),
            &rows,
        );
        if segments.len() > SEGMENTS_MAX {
            page.paragraph(&format!(
                "{} {}",
                self.say("No se muestran otros segmentos:", "Other segments, not shown:"),
                segments.len() - SEGMENTS_MAX
            ));
        }
    }

    pub(super) fn surprising(&self, page: &mut Page) {
        page.section("surprising", self.heading("surprising"), &[Definition::Surprising]);
        if self.stories.is_empty() {
            page.paragraph(self.say(
                "Ninguna: las cuentas son muy pocas o todas iguales.",
                "None: the accounts are very few or all alike.",
            ));
        }
        for story in self.stories {
            let (fate, surprise) = (&story.fate, &story.surprise);
            page.html.leaf("h3", &[], &story.account);
            let usual = (surprise.usual_share * 1000.0).round() as i64;
            page.paragraph(&format!(
                "{}: {} · {} {} {} {} ({}; {}: {}) · {} {} ({}: {:.1}) · {} {:.1}",
                self.say("mora al empezar", "age at the start"),
                words::bucket(fate.bucket, self.lang),
                self.say("pagó", "paid"),
                self.money(fate.paid),
                self.say("de", "of"),
                self.money(fate.owed),
                percent(fate.paid, fate.owed),
                self.say("lo usual en su tramo", "usual in its bucket"),
                percent(usual, 1000),
                fate.sent.iter().sum::<u32>(),
                self.say("mensajes", "messages"),
                self.say("lo usual", "usual"),
                surprise.usual_messages,
                self.say("sorpresa", "surprise"),
                surprise.score,
            ));
            page.html.leaf("pre", &[("tabindex", "0")], &story.lines.join("\n"));
        }
    }
}
