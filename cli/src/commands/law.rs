//! `cobro law`: the law packs as pages for people.
//!
//! In: a pack's code, perhaps a day or a year. Out: its rules, each with article, confidence and source; its
//! holidays and hours day by day. Absent: judging a message; that is the gate's.

use crate::{args, output};
use chrono::{Datelike as _, NaiveDate};
use clap::{Args, Subcommand};
use cobro_dsl::law::{LawPack, Laws, Per, Ruled, Status, Unit, cited};
use cobro_dsl::values::{Channel, ChannelSet, Lang, Stretch, WeekHours, Window};
use cobro_engine::calendar::Holidays;
use std::fmt::Write as _;
use std::process::ExitCode;

/// Shows the contact law that Cobro holds: packs, their rules, holidays and permitted hours.
///
/// Example: cobro law show CO --as-of 2027-01-01 --lang es
#[derive(Args, Debug)]
pub(crate) struct LawArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// Every pack, a line each
    List(ListArgs),
    /// A pack as a page: every rule with article, confidence and source
    Show(ShowArgs),
    /// The holidays and permitted hours of a year
    Calendar(CalendarArgs),
}

#[derive(Args, Debug)]
struct ListArgs {
    /// Language: es or en
    #[arg(long, default_value = "es", value_parser = args::lang)]
    lang: Lang,
}

#[derive(Args, Debug)]
struct ShowArgs {
    /// The pack's code, such as CO or BR-SP
    code: String,
    /// The day whose law is asked for; the pack's own day when left out
    #[arg(long, value_name = "DATE")]
    as_of: Option<NaiveDate>,
    /// Language: es or en
    #[arg(long, default_value = "es", value_parser = args::lang)]
    lang: Lang,
}

#[derive(Args, Debug)]
struct CalendarArgs {
    /// The pack's code
    code: String,
    /// The year, 2000 to 2100
    #[arg(value_parser = clap::value_parser!(i32).range(2000..=2100))]
    year: i32,
    /// Language: es or en
    #[arg(long, default_value = "es", value_parser = args::lang)]
    lang: Lang,
}

pub(crate) fn run(args: &LawArgs) -> anyhow::Result<ExitCode> {
    let laws = Laws::shipped();
    let (code, lang) = match &args.what {
        What::List(args) => {
            output::answer(&list(&laws, args.lang));
            return Ok(ExitCode::SUCCESS);
        }
        What::Show(args) => (&args.code, args.lang),
        What::Calendar(args) => (&args.code, args.lang),
    };
    let Some(pack) = laws.get(code) else {
        let known = laws.codes().collect::<Vec<_>>().join(", ");
        output::message(&lang.pick(
            format!("error: no hay norma `{code}`; hay {known}"),
            format!("error: no law pack is called `{code}`; there are {known}"),
        ));
        return Ok(ExitCode::from(output::NO));
    };
    output::answer(&match &args.what {
        What::List(args) => list(&laws, args.lang),
        What::Show(args) => show(pack, args.as_of.unwrap_or(pack.as_of), args.lang),
        What::Calendar(args) => calendar(pack, args.year, args.lang),
    });
    Ok(ExitCode::SUCCESS)
}

fn list(laws: &Laws, lang: Lang) -> String {
    let mut page = String::new();
    for pack in laws.codes().filter_map(|code| laws.get(code)) {
        let name = lang.pick(&pack.name_es, &pack.name_en);
        let rules = pack.hours.len() + pack.limits.len() + pack.gaps.len();
        let rules = rules + pack.exclusives.len() + pack.silences.len() + pack.exempt.len() + 1;
        let base = pack.extends.as_ref().map_or_else(String::new, |base| {
            format!("  {} {base}", lang.pick("más estricto que", "tightens"))
        });
        let (told, at) = (lang.pick("reglas", "rules"), lang.pick("al", "as of"));
        let _ = writeln!(page, "{:<6} {name:<28} {rules:>2} {told}  {at} {}{base}", pack.code, pack.as_of);
    }
    page.push('\n');
    page.push_str(counsel(lang));
    page
}

fn counsel(lang: Lang) -> &'static str {
    lang.pick(
        "Son datos de ingeniería, no asesoría legal: un abogado local debe confirmar cada norma.\n",
        "Engineering input, not legal advice: local counsel must confirm each pack.\n",
    )
}

/// A pack as a page.
fn show(pack: &LawPack, day: NaiveDate, lang: Lang) -> String {
    let mut page = Page { text: String::new(), day, lang };
    let name = lang.pick(&pack.name_es, &pack.name_en);
    page.line(&format!("{name} ({})  {} {day}", pack.code, lang.pick("norma al", "law as of")));
    page.line(&format!(
        "{} {}",
        lang.pick("cotejada con sus fuentes el", "compared with its sources on"),
        pack.as_of
    ));
    if let Some(base) = &pack.extends {
        page.line(&format!(
            "{} {base}",
            lang.pick("todas sus reglas se suman a las de", "its rules come on top of those of")
        ));
    }
    let zones: Vec<&str> = pack.zones.iter().map(|zone| zone.name()).collect();
    page.line(&format!("{}: {}", lang.pick("zonas", "zones"), zones.join(", ")));
    page.line(counsel(lang).trim_end());
    page.head(
        "Horario permitido, en la hora local del deudor",
        "Permitted hours, in the debtor's local time",
    );
    for it in &pack.hours {
        page.rule(it, &format!("{}: {}", channels(it.rule.channels, lang), week(&it.rule.week, lang)));
    }
    page.head("Límites de contactos", "Limits of contacts");
    for it in &pack.limits {
        let limit = &it.rule.limit;
        let per = window(limit.window, lang);
        let counted = unit(it.rule.counted, lang);
        let told = format!(
            "{}: {} {} {per}, {} ({counted})",
            channels(limit.channels, lang),
            lang.pick("a lo más", "at most"),
            limit.contacts_max,
            scope(it.rule.per, lang)
        );
        page.rule(it, &told);
    }
    for it in &pack.gaps {
        let apart = lang.pick("entre contactos, al menos", "between contacts, at least");
        let told =
            format!("{}: {apart} {}", channels(it.rule.channels, lang), minutes(it.rule.minutes, lang));
        page.rule(it, &format!("{told}, {} ({})", scope(it.rule.per, lang), unit(it.rule.counted, lang)));
    }
    for it in &pack.exclusives {
        let told = lang.pick(
            "tras un contacto por un canal, los demás quedan cerrados hasta el domingo",
            "after a contact on one channel the others are closed until Sunday",
        );
        page.rule(
            it,
            &format!("{}: {told} ({})", channels(it.rule.channels, lang), unit(it.rule.after, lang)),
        );
    }
    for it in &pack.silences {
        let told =
            lang.pick("días de silencio desde una conversación", "days of silence from a conversation on");
        let (days, per) = (it.rule.days, scope(it.rule.per, lang));
        page.rule(it, &format!("{}: {days} {told}, {per}", channels(it.rule.channels, lang)));
    }
    if pack.limits.is_empty() && pack.gaps.is_empty() && pack.exclusives.is_empty() {
        page.line(lang.pick("  ninguno hallado en vigor", "  none found in force"));
    }
    page.head("A quién se contacta, y por dónde", "Who is contacted, and where");
    for it in &pack.recipients {
        let roles = it.rule.roles.iter().map(|role| cobro_engine::trace::role(role.word(), lang));
        page.rule(it, &format!("{} {}", lang.pick("solo:", "only:"), roles.collect::<Vec<_>>().join(", ")));
    }
    for it in &pack.consents {
        let told = lang.pick("solo con autorización del cliente", "only when the customer authorised it");
        page.rule(it, &format!("{}: {told}", channels(it.rule.channels, lang)));
    }
    page.head("Mensajes que no son contacto", "Messages that are no contact");
    for it in &pack.exempt {
        let words: Vec<&str> = it.rule.purposes.iter().map(|purpose| self::purpose(*purpose, lang)).collect();
        page.rule(it, &words.join(", "));
    }
    let replies = pack.replies.rule;
    let counted = if replies.are_counted {
        lang.pick("las respuestas cuentan como contacto", "replies count as contacts")
    } else {
        lang.pick("las respuestas no cuentan como contacto", "replies do not count as contacts")
    };
    let hours = if replies.keep_hours {
        lang.pick("respetan el horario", "they keep the hours")
    } else {
        lang.pick("a cualquier hora", "at any hour")
    };
    page.rule(&pack.replies, &format!("{counted}; {hours}"));
    if !pack.duties.is_empty() {
        page.head(
            "Lo que debe cuidar una persona (el sistema no lo juzga)",
            "What people must see to (the gate does not judge it)",
        );
        for it in &pack.duties {
            page.rule(it, lang.pick(&it.rule.es, &it.rule.en));
        }
    }
    page.text
}

struct Page {
    text: String,
    day: NaiveDate,
    lang: Lang,
}

impl Page {
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{line}");
    }

    fn head(&mut self, es: &str, en: &str) {
        let head = self.lang.pick(es, en).to_owned();
        let _ = writeln!(self.text, "\n{head}");
    }

    fn rule<T>(&mut self, it: &Ruled<T>, told: &str) {
        let lang = self.lang;
        let state = match it.status {
            Status::Bill => lang.pick("  [PROYECTO: no rige]", "  [BILL: not in force]").to_owned(),
            _ if !it.binds_on(self.day) => {
                format!("  [{} {}]", lang.pick("no rige el", "not in force on"), self.day)
            }
            Status::Guide => lang.pick("  [guía]", "  [guide]").to_owned(),
            Status::Practice => lang.pick("  [práctica o cautela]", "  [practice or caution]").to_owned(),
            Status::Law => String::new(),
        };
        let since =
            it.from.map_or_else(String::new, |from| format!("; {} {from}", lang.pick("desde", "from")));
        let sure = lang.pick("confianza", "confidence");
        let _ = writeln!(self.text, "  - {told}{state}");
        let _ = writeln!(self.text, "      {}; {sure} {}{since}", cited(&it.article, lang), it.confidence);
        let _ = writeln!(self.text, "      {}", it.source);
    }
}

/// The holidays of a year and the hours of each kind of day.
fn calendar(pack: &LawPack, year: i32, lang: Lang) -> String {
    let holidays = Holidays::of(pack.holidays.iter().filter(|it| it.status.is_enforced()).map(|it| &it.rule));
    let mut page = String::new();
    let _ = writeln!(page, "{} {year}\n", lang.pick(&pack.name_es, &pack.name_en));
    for (date, name) in holidays.iter().filter(|(date, _)| date.year() == year) {
        let _ = writeln!(page, "{date} {:<9}  {name}", weekday(date.weekday().num_days_from_monday(), lang));
    }
    let first = NaiveDate::from_ymd_opt(year, 1, 1);
    for channel in Channel::ALL {
        let days = || first.into_iter().flat_map(|day| day.iter_days()).take_while(|day| day.year() == year);
        let mut minutes = 0;
        let mut open = 0;
        for day in days() {
            let on = permitted_minutes(pack, channel, day, holidays.contains(day));
            minutes += on;
            open += u32::from(on > 0);
        }
        let word = cobro_engine::trace::channel(channel, lang);
        let (days, hours) = (lang.pick("días abiertos", "open days"), lang.pick("horas", "hours"));
        let _ = writeln!(page, "\n{word}: {open} {days}, {} {hours}", minutes / 60);
        for hours in pack.hours_of(channel) {
            let _ = writeln!(page, "  {}", week(&hours.rule.week, lang));
        }
    }
    if let Some(warning) = unknown_holidays(pack, year, lang) {
        let _ = writeln!(page, "\n{warning}");
    }
    page
}

/// Says that not all holidays of a year are known, when that is so.
pub(crate) fn unknown_holidays(pack: &LawPack, year: i32, lang: Lang) -> Option<String> {
    let last = pack.holidays_known_until.filter(|_| !pack.knows_holidays_of(year))?;
    let code = &pack.code;
    Some(lang.pick(
        format!("aviso: norma {code}: los feriados se conocen hasta {last}; los de {year} pueden faltar"),
        format!("warning: law {code}: holidays are known until {last}; some of {year} may be missing"),
    ))
}

/// Minutes of a day that every rule of hours permits.
fn permitted_minutes(pack: &LawPack, channel: Channel, day: NaiveDate, is_holiday: bool) -> u32 {
    let rules: Vec<&[Stretch]> = pack
        .hours_of(channel)
        .filter(|it| it.binds_on(day))
        .map(|it| it.rule.week.on(day.weekday(), is_holiday))
        .collect();
    let is_open = |minute: u16| {
        let within = |it: &Stretch| it.open.0 <= minute && minute < it.close.0;
        rules.iter().all(|stretches| stretches.iter().any(within))
    };
    if rules.is_empty() { 0 } else { (0..1440).filter(|minute| is_open(*minute)).count() as u32 }
}

fn week(week: &WeekHours, lang: Lang) -> String {
    let told = |stretches: &[Stretch]| match stretches {
        [] => lang.pick("cerrado", "closed").to_owned(),
        all => all.iter().map(|it| format!("{}-{}", it.open, it.close)).collect::<Vec<_>>().join(", "),
    };
    let [monday, _, _, _, _, saturday, sunday] = &week.days;
    let parts = [
        (lang.pick("lun-vie", "mon-fri"), monday),
        (lang.pick("sáb", "sat"), saturday),
        (lang.pick("dom", "sun"), sunday),
        (lang.pick("feriados", "holidays"), &week.holiday),
    ];
    parts.map(|(name, stretches)| format!("{name} {}", told(stretches))).join("; ")
}

fn channels(set: ChannelSet, lang: Lang) -> String {
    if set == ChannelSet::ALL {
        return lang.pick("todos los canales", "all channels").to_owned();
    }
    set.iter().map(|channel| cobro_engine::trace::channel(channel, lang)).collect::<Vec<_>>().join(", ")
}

fn window(window: Window, lang: Lang) -> String {
    match window {
        Window::Day => lang.pick("por día", "a day").to_owned(),
        Window::Week => {
            lang.pick("por semana (lun-dom y 7 × 24 h)", "a week (Mon-Sun and 7 × 24 h)").to_owned()
        }
        Window::Month => lang.pick("por mes", "a month").to_owned(),
        Window::Days(days) => format!("{} {days} × 24 h", lang.pick("en", "in")),
    }
}

fn minutes(minutes: u32, lang: Lang) -> String {
    match minutes {
        minutes if minutes % 1440 == 0 => format!("{} {}", minutes / 1440, lang.pick("días", "days")),
        minutes => format!("{minutes} {}", lang.pick("minutos", "minutes")),
    }
}

fn unit(unit: Unit, lang: Lang) -> &'static str {
    match unit {
        Unit::Attempt => lang.pick("cuenta todo intento", "every attempt counts"),
        Unit::Delivered => {
            lang.pick("cuenta lo que llegó o pudo llegar", "what arrived, or may have, counts")
        }
        Unit::Connected => {
            lang.pick("cuenta lo atendido o que pudo serlo", "what was taken, or may have been, counts")
        }
        Unit::TwoWay => lang.pick("cuenta la conversación", "an exchange counts"),
    }
}

fn scope(per: Per, lang: Lang) -> &'static str {
    match per {
        Per::Person => lang.pick("por persona", "per person"),
        Per::Debt => lang.pick("por deuda", "per debt"),
    }
}

fn purpose(purpose: cobro_dsl::values::Purpose, lang: Lang) -> &'static str {
    use cobro_dsl::values::Purpose;
    match purpose {
        Purpose::Reminder => lang.pick("recordatorio", "reminder"),
        Purpose::Receipt => lang.pick("comprobante de pago", "payment receipt"),
        Purpose::Information => lang.pick("información pedida", "information asked for"),
        Purpose::Offer => lang.pick("oferta", "offer"),
        Purpose::Notice => lang.pick("aviso legal", "legal notice"),
    }
}

fn weekday(from_monday: u32, lang: Lang) -> &'static str {
    let es = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];
    let en = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    lang.pick(es, en).get(from_monday as usize).copied().unwrap_or("")
}
