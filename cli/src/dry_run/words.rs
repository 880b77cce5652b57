//! The result of a dry-run as people read it in a terminal, and the words that its other forms share.

use super::{DryRunArgs, Prices};
use cobro_dsl::program::{NameId, OutcomeId, Program, StepId};
use cobro_dsl::values::{Channel, Lang, Money};
use cobro_engine::measure::{Bucket, Measures};
use cobro_engine::simulate::Plan;
use cobro_engine::trace;
use std::collections::BTreeMap;

/// An amount with its currency, in groups of three digits.
pub(crate) fn money(program: &Program, minor: i64) -> String {
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

/// A number in groups of three digits.
pub(crate) fn count(number: u64) -> String {
    grouped(&number.to_string())
}

/// A share in percent, with one decimal.
pub(crate) fn percent(part: i64, whole: i64) -> String {
    if whole == 0 {
        return "—".to_owned();
    }
    let share = part as f64 * 100.0 / whole as f64;
    // A share too small for one decimal is not nought.
    let digits = if part != 0 && share.abs() < 0.05 { 3 } else { 1 };
    format!("{share:.digits$} %")
}

/// How debtors act, as a report names it.
pub(crate) fn behaviour(named: &str, lang: Lang) -> &str {
    match named {
        "history" => lang.pick("lo que ocurrió de verdad (history)", "what really happened (history)"),
        named => named,
    }
}

/// A rule of the gate, by its stable name.
pub(crate) fn rule<'a>(rule: &'a str, lang: Lang) -> &'a str {
    match rule {
        "hours" => lang.pick("fuera de horario", "outside hours"),
        "holiday" => lang.pick("feriado", "holiday"),
        "frequency" => lang.pick("límite de contactos", "limit of contacts"),
        "gap" => lang.pick("muy pronto tras el último", "too soon after the last"),
        "exclusive" => lang.pick("otro canal esta semana", "another channel this week"),
        "silence" => lang.pick("silencio tras conversación", "silence after a conversation"),
        "unknown_zone" => lang.pick("zona desconocida", "unknown zone"),
        "nothing_owed" => lang.pick("no se debe nada", "nothing is owed"),
        "opted_out" => lang.pick("pidió baja", "opted out"),
        "blocked" => lang.pick("canal bloqueado", "channel blocked"),
        "no_address" => lang.pick("sin dirección", "no address"),
        "no_form" => lang.pick("sin plantilla para el canal", "no template for the channel"),
        "disputed" => lang.pick("en reclamo", "in dispute"),
        "no_channel_left" => lang.pick("no queda canal", "no channel left"),
        "no_permitted_time" => lang.pick("ninguna hora permitida", "no permitted time"),
        "missing_fact" => lang.pick("falta un dato del mensaje", "a fact of the message is missing"),
        other => other,
    }
}

/// An age bucket.
pub(crate) fn bucket(bucket: Bucket, lang: Lang) -> &'static str {
    match bucket {
        Bucket::Clear => lang.pick("sin deuda", "nothing owed"),
        Bucket::Current => lang.pick("al día", "not late"),
        Bucket::To30 => "1–30",
        Bucket::To60 => "31–60",
        Bucket::To90 => "61–90",
        Bucket::To180 => "91–180",
        Bucket::Over180 => lang.pick("más de 180", "over 180"),
    }
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

    fn rules(&mut self, head: &str, rules: &BTreeMap<&'static str, u64>, lang: Lang) {
        if rules.is_empty() {
            return;
        }
        self.head(head);
        for (name, number) in rules {
            self.row(rule(name, lang), &count(*number), "");
        }
    }
}

/// The whole result.
pub(crate) fn of(
    program: &Program,
    args: &DryRunArgs,
    plan: &Plan,
    measures: &Measures,
    lang: Lang,
) -> String {
    let mut lines = Lines { out: vec![program.title.clone()] };
    let last = plan.end.pred_opt().unwrap_or(plan.end);
    lines.out.push(format!(
        "{} {}, {} {}; {} {} {} {}; {}: {}",
        lang.pick("estrategia", "strategy"),
        program.name,
        lang.pick("versión", "version"),
        program.version.short(),
        lang.pick("del", "from"),
        args.from,
        lang.pick("al", "to"),
        last,
        lang.pick("conducta", "behaviour"),
        behaviour(&args.behaviour, lang),
    ));
    lines.head(lang.pick("Cartera", "Portfolio"));
    lines.row(lang.pick("cuentas", "accounts"), &count(measures.accounts), &money(program, measures.owed));
    lines.row(
        lang.pick("entran en la estrategia", "enter the strategy"),
        &count(measures.entered),
        &money(program, measures.owed_entered),
    );
    if measures.other_currency > 0 {
        lines.row(
            lang.pick("en otra moneda, no entran", "in another currency, kept out"),
            &count(measures.other_currency),
            "",
        );
    }
    contacts(&mut lines, plan, measures, lang);
    lines.rules(lang.pick("Aplazados por la puerta", "Put off by the gate"), &measures.deferred, lang);
    lines.rules(lang.pick("No enviados", "Not sent"), &measures.refused, lang);
    if !measures.tasks.is_empty() {
        lines.head(lang.pick("Tareas para personas", "Tasks for people"));
        for (queue, number) in &measures.tasks {
            lines.row(program.name(NameId(*queue)), &count(*number), "");
        }
    }
    if measures.promises.made.count > 0 {
        lines.head(lang.pick("Promesas", "Promises"));
        let promises = &measures.promises;
        for (name, one) in [
            (lang.pick("hechas", "made"), promises.made),
            (lang.pick("cumplidas", "kept"), promises.kept),
            (lang.pick("incumplidas", "broken"), promises.broken),
        ] {
            lines.row(name, &count(one.count), &money(program, one.amount));
        }
    }
    lines.head(lang.pick("Finales", "Outcomes"));
    for (outcome, one) in &measures.outcomes {
        lines.row(program.outcome_name(OutcomeId(*outcome)), &count(one.count), &money(program, one.amount));
    }
    if measures.open.count > 0 {
        lines.row(
            lang.pick("(siguen en curso)", "(still running)"),
            &count(measures.open.count),
            &money(program, measures.open.amount),
        );
    }
    lines.head(lang.pick("Pasos", "Steps"));
    for (step, number) in &measures.steps {
        lines.row(program.step_name(StepId(*step)), &count(*number), "");
    }
    amounts(&mut lines, program, args, plan, measures, lang);
    lines.out.join("\n")
}

fn contacts(lines: &mut Lines, plan: &Plan, measures: &Measures, lang: Lang) {
    lines.head(lang.pick("Contactos", "Contacts"));
    lines.row(lang.pick("mensajes", "messages"), &count(measures.sent()), "");
    let all = measures.funnel();
    for channel in Channel::ALL {
        let sent = measures.channel(channel).sent;
        if sent > 0 {
            lines.row(&format!("  {}", trace::channel(channel, lang)), &count(sent), "");
        }
    }
    for (name, number) in [
        (lang.pick("entregados", "delivered"), all.delivered),
        (lang.pick("leídos", "read"), all.read),
        (lang.pick("respondidos", "answered"), all.answered),
        (lang.pick("con pago en 7 días", "paid within 7 days"), all.paid),
    ] {
        if number > 0 {
            lines.row(name, &count(number), &percent(number as i64, all.sent as i64));
        }
    }
    lines.row(lang.pick("cuentan como contacto", "count as contacts"), &count(measures.contacts), "");
    let days = plan.from.iter_days().zip(&measures.days);
    let busiest = days.max_by_key(|(date, day)| (day.messages(), std::cmp::Reverse(*date)));
    if let Some((date, day)) = busiest.filter(|(_, day)| day.messages() > 0) {
        lines.row(lang.pick("día de más mensajes", "busiest day"), &count(day.messages()), &date.to_string());
    }
}

fn amounts(
    lines: &mut Lines,
    program: &Program,
    args: &DryRunArgs,
    plan: &Plan,
    measures: &Measures,
    lang: Lang,
) {
    lines.head(lang.pick("Dinero", "Money"));
    lines.row(
        lang.pick("recuperado", "recovered"),
        &money(program, measures.recovered),
        &format!(
            "{} {}",
            percent(measures.recovered, measures.owed_entered),
            lang.pick("de lo que entró", "of what entered")
        ),
    );
    if let Some(cost) = Prices::of(args, program).of_sent(measures.channels.map(|channel| channel.sent)) {
        let share = percent(cost, measures.recovered);
        let more = format!("{share} {}", lang.pick("de lo recuperado", "of what was recovered"));
        lines.row(lang.pick("costo de los mensajes", "cost of the messages"), &money(program, cost), &more);
    }
    lines.row(
        lang.pick("pagado antes de entrar", "paid before entering"),
        &money(program, measures.paid_outside),
        "",
    );
    lines.row(
        lang.pick("pagos recibidos", "payments received"),
        &money(program, measures.received),
        &count(measures.payments),
    );
    if let Some(cei) = measures.cei() {
        lines.row(lang.pick("efectividad (CEI)", "effectiveness (CEI)"), &format!("{cei:.1} %"), "");
    }
    if let (Some(start), Some(end)) = measures.dso(plan.from, plan.end) {
        let days = lang.pick("días", "days");
        lines.row(
            "DSO",
            &format!("{end:.1} {days}"),
            &format!("{} {start:.1}", lang.pick("antes", "before")),
        );
    }
}
