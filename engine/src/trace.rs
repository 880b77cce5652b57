//! History as a diary that people read, in the strategy's language.
//!
//! In: rows of history and the program they belong to. Out: one line a row. The same rows give the same text,
//! whoever made them: simulator, test or executor. Absent: deciding anything.

use crate::calendar::Instant;
use crate::gate::{Author, Reach, Rule};
use crate::record::{Entry, EventSeen, FactSeen, NotWaited, Row, Skipped, Taker, ValueSeen};
use chrono::Datelike;
use cobro_dsl::graph::words;
use cobro_dsl::law::cited;
use cobro_dsl::program::{NameId, Op, OpId, OutcomeId, Program, Reason, Reasoned, StepId, TemplateId};
use cobro_dsl::values::{Channel, Lang, Money, Role};
use cobro_dsl::vocabulary;

/// One row as a line, without its end: local time, weekday, what, details.
pub fn line(program: &Program, zone: chrono_tz::Tz, row: &Row) -> String {
    let words = Words { program, zone, lang: program.lang };
    let (verb, details) = words.entry(&row.entry);
    let line = format!("{}  {verb:<9} {details}", words.moment(row.at));
    line.trim_end().to_owned()
}

/// What one row says, without its moment.
pub fn told(program: &Program, zone: chrono_tz::Tz, row: &Row) -> String {
    let (verb, details) = Words { program, zone, lang: program.lang }.entry(&row.entry);
    format!("{verb} {details}").trim_end().to_owned()
}

/// Facts with their values, in the strategy's language.
pub fn facts(program: &Program, facts: &[FactSeen]) -> String {
    Words { program, zone: program.zone, lang: program.lang }.facts(facts)
}

/// A gate rule in words.
pub fn rule(rule: &Rule, lang: Lang) -> String {
    let whose = |by: &Author| match by {
        Author::Law => lang.pick("norma", "law"),
        Author::Strategy => lang.pick("estrategia", "strategy"),
    };
    match rule {
        Rule::Hours { by, .. } => {
            format!("{} ({})", lang.pick("fuera de horario", "outside hours"), whose(by))
        }
        Rule::Holiday { name, .. } => format!("{} ({name})", lang.pick("feriado", "holiday")),
        Rule::Frequency { by, used, max, window, .. } => {
            let window = match window.as_str() {
                "day" => lang.pick("por día", "per day").to_owned(),
                "week" => lang.pick("por semana", "per week").to_owned(),
                "month" => lang.pick("por mes", "per month").to_owned(),
                days => format!(
                    "{} {}",
                    lang.pick("en", "in"),
                    match lang {
                        Lang::Es => days.replace("days", "días"),
                        Lang::En => days.to_owned(),
                    }
                ),
            };
            let reached = lang.pick("límite alcanzado", "limit reached");
            format!("{reached}: {used} {} {max} {window} ({})", lang.pick("de", "of"), whose(by))
        }
        Rule::Gap { minutes, article } => {
            let (count, es, en) = match minutes {
                minutes if minutes % 1440 == 0 => (minutes / 1440, "días", "days"),
                minutes if minutes % 60 == 0 => (minutes / 60, "horas", "hours"),
                minutes => (*minutes, "minutos", "minutes"),
            };
            let since = lang.pick("aún no han pasado", "since the last contact not yet");
            format!("{since} {count} {} ({})", lang.pick(es, en), cited(article, lang))
        }
        Rule::Exclusive { channel: on, article } => {
            let on = Channel::parse(on).map_or(on.as_str(), |on| channel(on, lang));
            let used = lang.pick("esta semana ya se usó otro canal", "another channel was used this week");
            format!("{used}: {on} ({})", cited(article, lang))
        }
        Rule::Silence { days, article } => {
            let silence = lang.pick("silencio tras una conversación", "silence after a conversation");
            format!("{silence}: {days} {} ({})", lang.pick("días", "days"), cited(article, lang))
        }
        Rule::UnknownZone { zone, because } => {
            let unknown = lang.pick("zona desconocida; en", "unknown zone; in");
            format!("{unknown} {zone}: {}", self::rule(because, lang))
        }
        Rule::Hold { because } => {
            let held = lang.pick("gestión suspendida", "on hold");
            if because.is_empty() { held.to_owned() } else { format!("{held}: {because}") }
        }
        Rule::Late => lang.pick("llega demasiado tarde", "it comes too late").to_owned(),
        Rule::NothingOwed => lang.pick("no se debe nada", "nothing is owed").to_owned(),
        Rule::PaymentReversed => lang
            .pick("el pago que confirma fue revertido", "the payment that it confirms was taken back")
            .to_owned(),
        Rule::OptedOut => lang.pick("pidió baja del canal", "opted out of the channel").to_owned(),
        Rule::Blocked => lang
            .pick("el canal llega a otra persona o a nadie", "the channel reaches somebody else or nobody")
            .to_owned(),
        Rule::NotAuthorised { known, article } => {
            let why = match known {
                true => lang
                    .pick("canal no autorizado por el cliente", "the customer did not authorise the channel"),
                false => lang.pick(
                    "sin autorización registrada del canal",
                    "no authorisation of the channel on record",
                ),
            };
            format!("{why} ({})", cited(article, lang))
        }
        Rule::OtherCountry { country, law } => {
            let account = lang.pick("la cuenta es de", "the account belongs to");
            format!("{account} {country}, {} {law}", lang.pick("la norma es", "the law is of"))
        }
        Rule::Recipient { role, article } => {
            let who = lang.pick("no se contacta a una persona que es", "not to a person who is a");
            format!("{who} {} ({})", self::role(role, lang), cited(article, lang))
        }
        Rule::NoAddress => lang.pick("sin dirección en el canal", "no address on the channel").to_owned(),
        Rule::NoForm => lang.pick("sin plantilla para el canal", "no template for the channel").to_owned(),
        Rule::Cancelled => lang.pick("gestión cancelada", "the run was cancelled").to_owned(),
        Rule::Disputed => lang.pick("deuda en reclamo", "the debt is in dispute").to_owned(),
        Rule::NotVerified => lang
            .pick(
                "no se sabe quién lee: identidad sin verificar",
                "who reads is not known: identity not verified",
            )
            .to_owned(),
        Rule::NoChannelLeft => lang.pick("no queda canal", "no channel is left").to_owned(),
        Rule::MissingFact { fact } => {
            let name = vocabulary::find(fact, Lang::En).map_or(fact.as_str(), |fact| fact.name(lang));
            format!("{} `{name}`", lang.pick("falta el dato", "missing fact"))
        }
        Rule::NoPermittedTime => {
            lang.pick("ninguna hora permitida en un año", "no permitted time within a year").to_owned()
        }
    }
}

/// The rule's stable name in JSON documents.
pub fn rule_name(rule: &Rule) -> &'static str {
    match rule {
        Rule::Hours { .. } => "hours",
        Rule::Holiday { .. } => "holiday",
        Rule::Frequency { .. } => "frequency",
        Rule::Gap { .. } => "gap",
        Rule::Exclusive { .. } => "exclusive",
        Rule::Silence { .. } => "silence",
        Rule::UnknownZone { .. } => "unknown_zone",
        Rule::Hold { .. } => "hold",
        Rule::Late => "late",
        Rule::NothingOwed => "nothing_owed",
        Rule::PaymentReversed => "payment_reversed",
        Rule::OptedOut => "opted_out",
        Rule::Blocked => "blocked",
        Rule::NotAuthorised { .. } => "not_authorised",
        Rule::OtherCountry { .. } => "other_country",
        Rule::Recipient { .. } => "recipient",
        Rule::NoAddress => "no_address",
        Rule::NoForm => "no_form",
        Rule::Cancelled => "cancelled",
        Rule::Disputed => "disputed",
        Rule::NotVerified => "not_verified",
        Rule::NoChannelLeft => "no_channel_left",
        Rule::MissingFact { .. } => "missing_fact",
        Rule::NoPermittedTime => "no_permitted_time",
    }
}

/// A channel in a language.
pub fn channel(channel: Channel, lang: Lang) -> &'static str {
    use cobro_dsl::keywords::Keyword;
    match channel {
        Channel::Whatsapp => Keyword::Whatsapp.word(lang),
        Channel::Email => Keyword::Email.word(lang),
        Channel::Sms => Keyword::Sms.word(lang),
        Channel::Call => Keyword::Call.word(lang),
    }
}

/// A role in a language, by its word in data files.
pub fn role(word: &str, lang: Lang) -> &str {
    use cobro_dsl::keywords::Keyword;
    match Role::parse(word) {
        Some(Role::Debtor) => Keyword::Debtor.word(lang),
        Some(Role::Guarantor) => Keyword::Guarantor.word(lang),
        Some(Role::Reference) => Keyword::Reference.word(lang),
        None => word,
    }
}

struct Words<'a> {
    program: &'a Program,
    zone: chrono_tz::Tz,
    lang: Lang,
}

impl Words<'_> {
    fn say(&self, es: &str, en: &str) -> String {
        self.lang.pick(es, en).to_owned()
    }

    fn moment(&self, at: Instant) -> String {
        let local = at.local(self.zone);
        let days = self.lang.pick(
            ["lun", "mar", "mié", "jue", "vie", "sáb", "dom"],
            ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        );
        let day = days.get(local.weekday().num_days_from_monday() as usize).copied().unwrap_or("");
        format!("{} {day}", local.format("%Y-%m-%d %H:%M"))
    }

    fn until(&self, at: Instant) -> String {
        at.local(self.zone).format("%Y-%m-%d %H:%M").to_string()
    }

    fn line_of(&self, op: u32) -> String {
        format!("({} {})", self.lang.pick("línea", "line"), self.program.origin.line(OpId(op)))
    }

    /// The condition that a wait waits for, as its author wrote it.
    fn awaited(&self, op: u32) -> String {
        let Op::Wait { handlers, .. } = self.program.op(OpId(op)) else { return String::new() };
        let condition = words::awaited(self.program, *handlers);
        condition.map_or_else(String::new, |id| words::condition(self.program, id, self.lang))
    }

    /// Why something is there, as its author says, with two spaces before it.
    fn reason(&self, of: impl Fn(&Reasoned) -> bool) -> String {
        let reason = self.program.reason(of).map(Reason::words);
        reason.map_or_else(String::new, |words| format!("  {}: {words}", self.lang.pick("porque", "because")))
    }

    fn reason_of_rule(&self, rule: &Rule) -> String {
        let Rule::Frequency { by: Author::Strategy, max, window, .. } = rule else { return String::new() };
        self.reason(|of| match of {
            Reasoned::Limit(limit) => {
                limit.contacts_max == *max && crate::gate::window_name(limit.window) == *window
            }
            Reasoned::Step(_) | Reasoned::Op(_) => false,
        })
    }

    fn entry(&self, entry: &Entry) -> (String, String) {
        match entry {
            Entry::Entered { step, facts } => {
                let details = format!("{}  {}", self.program.step_name(StepId(*step)), self.facts(facts));
                (self.say("entra", "enters"), details)
            }
            Entry::WentTo { step, arrow } => {
                let why = self.reason(|of| *of == Reasoned::Step(StepId(*step)));
                let details =
                    format!("{}  {}{why}", self.program.step_name(StepId(*step)), self.line_of(*arrow));
                (self.say("pasa a", "goes to"), details)
            }
            Entry::Sent { message, channel: on, template, reach, used, passed, documents, .. } => {
                let gate = match reach {
                    Reach::Reply => self.say("respuesta en conversación", "reply in a conversation"),
                    Reach::Exempt => self.say("no cuenta como contacto", "no contact by its purpose"),
                    Reach::NewContact => match used {
                        Some((used, max)) => {
                            format!("{} ({used} {} {max})", self.say("ahora", "now"), self.say("de", "of"))
                        }
                        None => self.say("ahora", "now"),
                    },
                };
                let name = self.program.template_name(TemplateId(*template));
                let label = self.say("puerta", "gate");
                let passed = self.passed(passed);
                let details = format!(
                    "{} {name} #{message}  {label}: {gate}{passed}{}",
                    channel(*on, self.lang),
                    self.documents(documents)
                );
                (self.say("envía", "sends"), details)
            }
            Entry::Deferred { channel: on, template, until, rule: why, passed, .. } => {
                let name = self.program.template_name(TemplateId(*template));
                let not_before = self.say("no antes de", "not before");
                let said = self.reason_of_rule(why);
                let why = format!("{}{said}{}", rule(why, self.lang), self.passed(passed));
                let (on, until) = (channel(*on, self.lang), self.until(*until));
                (self.say("aplaza", "puts off"), format!("{on} {name}  {not_before} {until}: {why}"))
            }
            Entry::Refused { channel: on, template, rule: why, passed, .. } => {
                let name = self.program.template_name(TemplateId(*template));
                let on = on.map_or_else(String::new, |on| format!("{} ", channel(on, self.lang)));
                let why = format!("{}{}", rule(why, self.lang), self.passed(passed));
                (self.say("no envía", "refuses"), format!("{on}{name}  {why}"))
            }
            Entry::Escalated { from, to, skipped, op } => {
                let why = self.reason(|of| *of == Reasoned::Op(OpId(*op)));
                let word = |on: &Option<Channel>| on.map_or("—", |on| channel(on, self.lang));
                let to = match to {
                    Some(_) => word(to).to_owned(),
                    None => rule(&Rule::NoChannelLeft, self.lang),
                };
                let passed = self.passed(skipped);
                (self.say("escala", "escalates"), format!("{} -> {to}{passed}{why}", word(from)))
            }
            Entry::Waits { until, .. } => (
                self.say("espera", "waits"),
                format!("{} {}", self.say("hasta", "until"), self.until(*until)),
            ),
            Entry::Awaits { until, facts, op } => {
                let until = until.map_or_else(String::new, |at| {
                    format!("  {} {}", self.say("a lo más hasta", "at most until"), self.until(at))
                });
                let facts = format!("{} {}", self.facts(facts), self.line_of(*op));
                (self.say("aguarda", "awaits"), format!("{}: {facts}{until}", self.awaited(*op)))
            }
            Entry::Staged { step, is_back, facts, .. } => {
                let why = self.reason(|of| *of == Reasoned::Step(StepId(*step)));
                let verb = match is_back {
                    true => self.say("baja a", "falls to"),
                    false => self.say("sube a", "rises to"),
                };
                (verb, format!("{}  {}{why}", self.program.step_name(StepId(*step)), self.facts(facts)))
            }
            Entry::Stays { step, .. } => {
                (self.say("sigue en", "stays in"), self.program.step_name(StepId(*step)).to_owned())
            }
            Entry::Held { handler, facts, taker } => {
                let taker = match taker {
                    Taker::Wait(_) | Taker::Always(_) => self.taker(*taker),
                    _ => format!("{}  {}", self.taker(Taker::Wait(*handler)), self.taker(*taker)),
                };
                (self.say("se cumple", "is met"), format!("{}  {taker}", self.facts(facts)))
            }
            Entry::WaitOver { until, op } => {
                let why = match until {
                    Some(until) => format!("{} {}", self.until(*until), self.say("ya pasó", "is past")),
                    None => self.say("no hay tal fecha", "there is no such date"),
                };
                (self.say("no espera", "no wait"), format!("{why}  {}", self.line_of(*op)))
            }
            Entry::Late { planned, op } => {
                let planned = format!("{} {}", self.say("era para", "was due"), self.until(*planned));
                (self.say("con atraso", "late"), format!("{planned}  {}", self.line_of(*op)))
            }
            Entry::Called { call, webhook, until, .. } => {
                let until = until.map_or_else(String::new, |until| {
                    format!("  {} {}", self.say("hasta", "until"), self.until(until))
                });
                let name = self.program.name(NameId(*webhook));
                (self.say("llama", "calls"), format!("webhook {name} #{call}{until}"))
            }
            Entry::Offered { plan, amount, until, .. } => {
                let over = Money::new(*amount, self.program.currency);
                let until = until.map_or_else(String::new, |until| {
                    format!("  {} {}", self.say("hasta", "until"), self.until(until))
                });
                let plan_word = self.say("convenio", "plan");
                (self.say("ofrece", "offers"), format!("{plan_word} {plan}: {over}{until}"))
            }
            Entry::Follows { plan, next_on, .. } => {
                let next = next_on.as_ref().map_or_else(String::new, |on| {
                    format!("  {} {on}", self.say("próxima cuota", "next instalment"))
                });
                (self.say("sigue", "follows"), format!("{} {plan}{next}", self.say("convenio", "plan")))
            }
            Entry::NotWaited { why, op } => (
                self.say("no espera", "no wait"),
                format!("{}  {}", self.not_waited(*why), self.line_of(*op)),
            ),
            Entry::TimedOut { op } => (self.say("vence", "times out"), self.line_of(*op)),
            Entry::Happened { event, taker } => {
                let (verb, details) = self.event(event);
                (verb, format!("{details}  {}", self.taker(*taker)))
            }
            Entry::Branched { held, facts, op } => {
                let answer = if *held { self.say("sí", "yes") } else { self.say("no", "no") };
                (
                    self.say("pregunta", "asks"),
                    format!("{answer}  {} {}", self.facts(facts), self.line_of(*op)),
                )
            }
            Entry::Assigned { task, queue, due_at, .. } => {
                let queue = self.program.name(NameId(*queue));
                let due = due_at.map_or_else(String::new, |at| {
                    format!("  {} {}", self.say("vence", "due"), self.until(at))
                });
                (self.say("asigna", "assigns"), format!("{} {queue} #{task}{due}", self.say("cola", "queue")))
            }
            Entry::Tagged { tag, is_on, op } => {
                let verb = match is_on {
                    true => self.say("etiqueta", "tags"),
                    false => self.say("quita", "untags"),
                };
                (verb, format!("{}  {}", self.program.name(NameId(*tag)), self.line_of(*op)))
            }
            Entry::Set { field, value, op } => {
                let seen =
                    FactSeen { fact: self.program.name(NameId(*field)).to_owned(), value: value.clone() };
                (self.say("fija", "sets"), format!("{}  {}", self.facts(&[seen]), self.line_of(*op)))
            }
            Entry::OnHold { until, because, op } => {
                let because = if because.is_empty() { String::new() } else { format!("  {because}") };
                let until = format!("{} {}", self.say("hasta", "until"), self.until(*until));
                (self.say("suspende", "holds"), format!("{until}{because}  {}", self.line_of(*op)))
            }
            Entry::Blocked { channels, op } => {
                let names = match channels.as_slice() {
                    [] => self.say("ningún canal", "no channel"),
                    channels => self.channels(channels),
                };
                (self.say("bloquea", "blocks"), format!("{names}  {}", self.line_of(*op)))
            }
            Entry::Released { op } => (self.say("reanuda", "releases"), self.line_of(*op)),
            Entry::Repeats { round, times, op } => (
                self.say("repite", "repeats"),
                format!("{round} {} {times}  {}", self.say("de", "of"), self.line_of(*op)),
            ),
            Entry::Split { experiment, way, op } => {
                let name = |id: u16| self.program.name(NameId(id));
                let details = format!("{}: {}  {}", name(*experiment), name(*way), self.line_of(*op));
                (self.say("reparte", "splits"), details)
            }
            Entry::Noted { note } => {
                let text = self.program.notes.get(usize::from(*note)).map_or("", String::as_str);
                (self.say("anota", "notes"), text.to_owned())
            }
            Entry::Withdrawn { message, rule: why } => {
                (self.say("retira", "withdraws"), format!("#{message}  {}", rule(why, self.lang)))
            }
            Entry::Ended { outcome, arrow } => {
                let name = self.program.outcome_name(OutcomeId(*outcome));
                (self.say("termina", "ends"), format!("{name}  {}", self.line_of(*arrow)))
            }
        }
    }

    /// Channels that were passed over, with two spaces before them.
    fn passed(&self, passed: &[Skipped]) -> String {
        let told: Vec<String> = passed
            .iter()
            .map(|rung| format!("{}: {}", channel(rung.channel, self.lang), rule(&rung.rule, self.lang)))
            .collect();
        if told.is_empty() { String::new() } else { format!("  ({})", told.join("; ")) }
    }

    fn event(&self, event: &EventSeen) -> (String, String) {
        let money = |minor: i64| Money::new(minor, self.program.currency);
        match event {
            EventSeen::Payment { amount, balance } => {
                let owed = vocabulary::Fact::Balance.name(self.lang);
                (
                    self.say("pago", "payment"),
                    format!("{}  {owed} {}", money(*amount), money(*balance).figure()),
                )
            }
            EventSeen::PaymentReversed { amount, balance } => {
                let owed = vocabulary::Fact::Balance.name(self.lang);
                (
                    self.say("devuelto", "returned"),
                    format!("{}  {owed} {}", money(*amount), money(*balance).figure()),
                )
            }
            EventSeen::ReversalUnknown { reference } => {
                let unknown = self.say("no hay tal pago por devolver", "there is no such payment to return");
                (self.say("devuelto", "returned"), format!("{reference}: {unknown}"))
            }
            EventSeen::Response { channel: on, button, text, intent } => {
                let answer = match (button.as_str(), intent.as_str()) {
                    ("", "") => format!("\"{text}\""),
                    ("", intent) => format!("\"{text}\" = {intent}"),
                    (button, _) => button.to_owned(),
                };
                (self.say("responde", "answers"), format!("{} {answer}", channel(*on, self.lang)))
            }
            EventSeen::Delivered { message } => (self.say("entregado", "delivered"), format!("#{message}")),
            EventSeen::Read { message } => (self.say("leído", "read"), format!("#{message}")),
            EventSeen::NotDelivered { message } => (
                self.say("rebota", "bounces"),
                format!("#{message} {}", self.say("no entregado", "not delivered")),
            ),
            EventSeen::OptedOut { channels } => (self.say("baja", "opts out"), self.channels(channels)),
            EventSeen::OptedIn { channels } => (self.say("alta", "opts in"), self.channels(channels)),
            EventSeen::BalanceChanged { before, balance } => {
                let to = self.say("pasa a", "becomes");
                let before = money(*before).figure();
                (self.say("saldo", "balance"), format!("{before} {to} {}", money(*balance)))
            }
            EventSeen::HoldPlaced { until, because } => {
                let because = if because.is_empty() { String::new() } else { format!("  {because}") };
                (self.say("suspende", "hold"), format!("{} {until}{because}", self.say("hasta", "until")))
            }
            EventSeen::HoldReleased => {
                (self.say("reanuda", "hold"), self.say("suspensión levantada", "released"))
            }
            EventSeen::Paused { because } => (self.say("pausa", "paused"), because.clone()),
            EventSeen::Resumed => (self.say("sigue", "resumed"), String::new()),
            EventSeen::Cancelled { because } => (self.say("cancela", "cancelled"), because.clone()),
            EventSeen::Custom { name } => (self.say("suceso", "event"), name.clone()),
            EventSeen::DisputeOpened { reason } => {
                let reason = if reason.is_empty() { String::new() } else { format!(": \"{reason}\"") };
                (self.say("reclamo", "dispute"), format!("{}{reason}", self.say("abierto", "opened")))
            }
            EventSeen::DisputeClosed { upheld } => {
                let how = match upheld {
                    None => self.say("cerrado", "closed"),
                    Some(true) => self.say("fundado", "upheld"),
                    Some(false) => self.say("infundado", "rejected"),
                };
                (self.say("reclamo", "dispute"), how)
            }
            EventSeen::PlanAccepted { plan, amount, instalments, first_on } => {
                let first = first_on.as_ref().map_or_else(String::new, |on| {
                    format!(", {} {on}", self.say("la primera el", "the first on"))
                });
                let of = match instalments {
                    1 => self.say("cuota", "instalment"),
                    _ => self.say("cuotas", "instalments"),
                };
                let details = format!("{plan}: {} ({instalments} {of}{first})", money(*amount));
                (self.say("acepta", "accepts"), details)
            }
            EventSeen::PlanNotBegun { plan, why } => {
                let not = self.say("no empieza", "does not begin");
                let details = format!("{plan} {not}: {}", self.not_waited(*why));
                (self.say("acepta", "accepts"), details.trim_start().to_owned())
            }
            EventSeen::PlanRejected { plan } => (self.say("rechaza", "rejects"), plan.clone()),
            EventSeen::InstalmentPaid { number, of, amount } => {
                let paid = self.say("pagada", "paid");
                let (cuota, de) = (self.say("cuota", "part"), self.say("de", "of"));
                (cuota, format!("{number} {de} {of} {paid}: {}", money(*amount)))
            }
            EventSeen::InstalmentMissed { number, of, amount } => {
                let missed = self.say("impaga", "missed");
                let (cuota, de) = (self.say("cuota", "part"), self.say("de", "of"));
                (cuota, format!("{number} {de} {of} {missed}: {}", money(*amount)))
            }
            EventSeen::PlanBroken { plan, paid, amount } => {
                let (broken, de) = (self.say("incumplido", "broken"), self.say("de", "of"));
                let paid = money(*paid).figure();
                (self.say("convenio", "plan"), format!("{plan} {broken}: {paid} {de} {}", money(*amount)))
            }
            EventSeen::PlanCompleted { plan, paid, amount } => {
                let (done, de) = (self.say("cumplido", "completed"), self.say("de", "of"));
                let paid = money(*paid).figure();
                (self.say("convenio", "plan"), format!("{plan} {done}: {paid} {de} {}", money(*amount)))
            }
            EventSeen::WebhookAnswered { call, is_done } => {
                let how = if *is_done { self.say("hecho", "done") } else { self.say("falló", "failed") };
                ("webhook".to_owned(), format!("#{call} {how}"))
            }
            EventSeen::IdentityVerified { channel: on } => (
                self.say("identidad", "identity"),
                format!("{}{}", self.say("verificada", "verified"), self.on(on)),
            ),
            EventSeen::IdentityNotVerified { channel: on } => {
                let not = self.say("no verificada", "not verified");
                (self.say("identidad", "identity"), format!("{not}{}", self.on(on)))
            }
            EventSeen::WrongPerson { channel: on } => {
                (self.say("equivocado", "wrong"), channel(*on, self.lang).to_owned())
            }
            EventSeen::Moved { zone } => (self.say("se muda", "moves"), zone.clone()),
            EventSeen::ContactMade { channel: on, made_at, answered } => {
                let taken = match answered {
                    true => self.say("con respuesta", "answered"),
                    false => self.say("sin respuesta", "no answer"),
                };
                let (by, on) = (self.say("del agente", "by an agent"), channel(*on, self.lang));
                (self.say("contacto", "contact"), format!("{on} {by} {}, {taken}", self.until(*made_at)))
            }
            EventSeen::PromiseMade { on, amount } => (
                self.say("promete", "promises"),
                format!("{} {} {on}", money(*amount), self.say("para el", "on")),
            ),
            EventSeen::PromiseKept { amount, paid } => self.promise("cumplida", "kept", *amount, *paid),
            EventSeen::PromisePartlyKept { amount, paid } => {
                self.promise("cumplida en parte", "partly kept", *amount, *paid)
            }
            EventSeen::PromiseReopened { amount, paid } => {
                self.promise("otra vez abierta", "open again", *amount, *paid)
            }
            EventSeen::PromiseBroken { amount, paid } => self.promise("incumplida", "broken", *amount, *paid),
            EventSeen::TaskDone { task, result } => {
                (self.say("hecho", "done"), format!("{} #{task}: {result}", self.say("tarea", "task")))
            }
        }
    }

    fn not_waited(&self, why: NotWaited) -> String {
        match why {
            NotWaited::PlanRuns => self.say("ya se paga por un convenio", "another plan is paid by"),
            NotWaited::NothingOwed => self.say("no se debe nada", "nothing is owed"),
            NotWaited::NoPlan => self.say("no hay tal convenio", "there is no such plan"),
            NotWaited::Verified => self.say("la identidad ya está verificada", "the identity is verified"),
        }
    }

    /// The channel of an event that has one, with a blank before it.
    fn on(&self, word: &Option<String>) -> String {
        let on = word.as_deref().and_then(Channel::parse);
        on.map_or_else(String::new, |on| format!(" {}", channel(on, self.lang)))
    }

    fn promise(&self, es: &str, en: &str, amount: i64, paid: i64) -> (String, String) {
        let money = |minor: i64| Money::new(minor, self.program.currency);
        let (of, paid) = (self.say("de", "of"), money(paid).figure());
        (self.say("promesa", "promise"), format!("{}: {paid} {of} {}", self.say(es, en), money(amount)))
    }

    /// Channels as history keeps them, in the reader's words.
    fn documents(&self, documents: &[String]) -> String {
        if documents.is_empty() {
            return String::new();
        }
        let said = |document: &String| match document.split_once(' ') {
            Some(("invoice", id)) => format!("{} {id}", self.say("factura", "invoice")),
            Some(("statement", id)) => format!("{} {id}", self.say("estado de cuenta", "statement")),
            _ => document.clone(),
        };
        let said: Vec<String> = documents.iter().map(said).collect();
        format!("  {} {}", self.say("adjunta", "attaches"), said.join(", "))
    }

    fn channels(&self, words: &[String]) -> String {
        let mut told = Vec::new();
        for word in words {
            told.push(Channel::parse(word).map_or(word.as_str(), |on| channel(on, self.lang)));
        }
        told.join(", ")
    }

    fn taker(&self, taker: Taker) -> String {
        let line = |handler: u32| {
            format!("({} {})", self.lang.pick("línea", "line"), self.program.origin.handler_line(handler))
        };
        match taker {
            Taker::Wait(handler) => line(handler),
            Taker::Always(handler) => format!("{} {}", self.say("siempre", "always"), line(handler)),
            Taker::GivesWay => self.say("(cede ante otra condición)", "(gives way to another condition)"),
            Taker::Already => self.say("(ya atendida en este momento)", "(taken at this moment already)"),
            Taker::Nobody => self.say("(nadie lo atiende)", "(nobody takes it)"),
            Taker::NoRun => self.say("(sin estrategia en curso)", "(no run)"),
        }
    }

    fn facts(&self, facts: &[FactSeen]) -> String {
        let one = |seen: &FactSeen| {
            let name = vocabulary::find(&seen.fact, Lang::En)
                .map_or(seen.fact.as_str(), |fact| fact.name(self.lang));
            let value = match &seen.value {
                None => self.say("sin dato", "unknown"),
                Some(ValueSeen::Truth(is)) => {
                    if *is {
                        self.say("sí", "yes")
                    } else {
                        self.say("no", "no")
                    }
                }
                Some(
                    ValueSeen::Money(text)
                    | ValueSeen::Number(text)
                    | ValueSeen::Date(text)
                    | ValueSeen::Text(text),
                ) => text.clone(),
                Some(ValueSeen::Percent(text)) => format!("{text}%"),
            };
            format!("{name} {value}")
        };
        facts.iter().map(one).collect::<Vec<_>>().join(", ")
    }
}
