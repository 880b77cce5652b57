//! Words: what a piece of a program says, told to a person.
//!
//! In: a program, an id, a language. Out: a few words in the author's vocabulary: amounts, facts and names as
//! they stand in the text. Absent: layout, and whole sentences about a run; the trace makes those from these.

use crate::keywords::Keyword as K;
use crate::program::expr::{Arithmetic, Expr, ExprId};
use crate::program::{
    Anchor, Awaited, Op, OpId, OutcomeKind, Part, PlanId, Priority, Program, Side, Slice, Trigger, Until,
};
use crate::values::{Channel, Lang, Lapse, Money, TimeOfDay, Value};

/// A condition as its author wrote it, with only the parentheses it needs.
pub fn condition(program: &Program, id: ExprId, lang: Lang) -> String {
    expression(program, id, lang, Binding::Or)
}

/// How tightly an operator holds its operands; an operand that holds looser stands in parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Not,
    Comparison,
    Sum,
    Product,
    Operand,
}

fn expression(program: &Program, id: ExprId, lang: Lang, around: Binding) -> String {
    let Some(expr) = program.exprs.get(id) else { return String::new() };
    let of = |id: &ExprId, around| expression(program, *id, lang, around);
    let and = K::And.word(lang);
    let (binding, text) = match expr {
        Expr::Value(is) => (Binding::Operand, value(is, lang)),
        Expr::Fact(fact) => (Binding::Operand, fact.name(lang).to_owned()),
        Expr::Field(name, _) | Expr::Named(name, _) => (Binding::Operand, name.clone()),
        Expr::Tagged(name) => (Binding::Operand, format!("{} {name}", K::Tagged.word(lang))),
        Expr::Not(x) => (Binding::Not, format!("{} {}", K::Not.word(lang), of(x, Binding::Not))),
        Expr::And(x, y) => (Binding::And, format!("{} {and} {}", of(x, Binding::And), of(y, Binding::And))),
        Expr::Or(x, y) => {
            let or = K::Or.word(lang);
            (Binding::Or, format!("{} {or} {}", of(x, Binding::Or), of(y, Binding::Or)))
        }
        Expr::Compare(sign, x, y) => {
            let (x, y) = (of(x, Binding::Sum), of(y, Binding::Sum));
            (Binding::Comparison, format!("{x} {} {y}", sign.sign()))
        }
        Expr::Between(x, low, high) => {
            let (x, low, high) = (of(x, Binding::Sum), of(low, Binding::Sum), of(high, Binding::Sum));
            (Binding::Comparison, format!("{x} {} {low} {and} {high}", K::Between.word(lang)))
        }
        Expr::In(x, choices) => {
            let choices: Vec<String> = choices.iter().map(|choice| of(choice, Binding::Sum)).collect();
            let x = of(x, Binding::Sum);
            (Binding::Comparison, format!("{x} {} ({})", K::In.word(lang), choices.join(", ")))
        }
        Expr::Arithmetic(sign, x, y) => {
            let (binding, tighter) = match sign {
                Arithmetic::Add | Arithmetic::Subtract => (Binding::Sum, Binding::Product),
                Arithmetic::Multiply | Arithmetic::Divide => (Binding::Product, Binding::Operand),
            };
            // `a - (b - c)` is not `a - b - c`: on the right, the same strength needs parentheses too.
            (binding, format!("{} {} {}", of(x, binding), sign.sign(), of(y, tighter)))
        }
    };
    if binding < around { format!("({text})") } else { text }
}

/// A value as its author writes it.
pub fn value(value: &Value, lang: Lang) -> String {
    match value {
        Value::Money(amount) => money(*amount),
        Value::Number(number) => number.to_string(),
        Value::Percent(share) => format!("{share}%"),
        Value::Date(date) => date.to_string(),
        Value::Text(text) => format!("\"{text}\""),
        Value::Truth(is) => (if *is { K::Yes } else { K::No }).word(lang).to_owned(),
    }
}

/// An amount without the decimals that say nothing: `20 PEN`, `20.50 PEN`.
pub fn money(amount: Money) -> String {
    let figure = amount.figure();
    let whole = match figure.split_once('.') {
        Some((whole, rest)) if rest.bytes().all(|digit| digit == b'0') => whole,
        _ => figure.as_str(),
    };
    format!("{whole} {}", amount.currency)
}

/// A length of time: `3 días hábiles`, `1 week`.
pub fn lapse(lapse: Lapse, lang: Lang) -> String {
    let (count, one, many) = match lapse {
        Lapse::Days(n) => (n, lang.pick("día", "day"), lang.pick("días", "days")),
        Lapse::BusinessDays(n) => {
            (n, lang.pick("día hábil", "business day"), lang.pick("días hábiles", "business days"))
        }
        Lapse::Weeks(n) => (n, lang.pick("semana", "week"), lang.pick("semanas", "weeks")),
        Lapse::Months(n) => (n, lang.pick("mes", "month"), lang.pick("meses", "months")),
        Lapse::Seconds(n) if n % 3600 == 0 => {
            (n / 3600, lang.pick("hora", "hour"), lang.pick("horas", "hours"))
        }
        Lapse::Seconds(n) if n % 60 == 0 => {
            (n / 60, lang.pick("minuto", "minute"), lang.pick("minutos", "minutes"))
        }
        Lapse::Seconds(n) => (n, lang.pick("segundo", "second"), lang.pick("segundos", "seconds")),
    };
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Until when a wait lasts: `3 días`, `until 10:00`, `until 3 days before due at 09:00`.
pub fn until(until: &Until, lang: Lang) -> String {
    let word = K::Until.word(lang);
    let at = |time: &Option<TimeOfDay>| {
        time.map_or_else(String::new, |time| format!(" {} {time}", K::AtTime.word(lang)))
    };
    match until {
        Until::For(lapse) => self::lapse(*lapse, lang),
        Until::Ever => lang.pick("sin plazo", "without a limit").to_owned(),
        Until::Time(time) => format!("{word} {time}"),
        Until::Date(date, None) => format!("{word} {date}"),
        Until::Date(date, Some(time)) => format!("{word} {date} {time}"),
        Until::BusinessDay(day, time) => {
            let business_day = K::BusinessDays.forms(lang).nth(1).unwrap_or("");
            format!("{word} {business_day} {day}{}", at(time))
        }
        Until::Near { lapse, side: Side::After, anchor: anchor @ (Anchor::Due | Anchor::Promise), time }
            if lapse.is_zero() =>
        {
            let date = if *anchor == Anchor::Due { K::AtDue } else { K::AtPromise };
            format!("{word} {}{}", date.word(lang), at(time))
        }
        Until::Near { time, .. } | Until::NearStep { time, .. } => {
            format!("{word} {}{}", near(until, lang), at(time))
        }
        Until::MonthEnd { of, time } => {
            let of = of
                .as_ref()
                .map_or_else(String::new, |of| format!(" {} {}", K::EndAfter.word(lang), near(of, lang)));
            format!("{word} {}{of}{}", K::MonthEnd.word(lang), at(time))
        }
        Until::Schedule(text) => format!("{word} \"{text}\""),
    }
}

/// A length of time and what it is measured from: `10 days after last message`.
fn near(until: &Until, lang: Lang) -> String {
    match until {
        Until::Near { lapse, side, anchor, .. } => {
            let side = match (side, anchor) {
                (Side::Before, Anchor::Promise) => K::BeforePromise,
                (Side::Before, _) => K::BeforeDue,
                (Side::After, Anchor::Due) => K::AfterDue,
                (Side::After, Anchor::Promise) => K::AfterPromise,
                (Side::After, Anchor::LastMessage) => K::AfterLastMessage,
                (Side::After, Anchor::LastReply) => K::AfterLastReply,
                (Side::After, Anchor::Entry) => K::AfterEntry,
            };
            format!("{} {}", self::lapse(*lapse, lang), side.word(lang))
        }
        Until::NearStep { lapse, step, .. } => {
            let step = crate::format::quoted_name(step);
            format!("{} {} {step}", self::lapse(*lapse, lang), K::AfterStep.word(lang))
        }
        _ => String::new(),
    }
}

/// What a handler waits for: `respuesta pagar`, `full payment`.
pub fn trigger(program: &Program, trigger: Trigger, lang: Lang) -> String {
    let word = |keyword: K| keyword.word(lang).to_owned();
    match trigger {
        Trigger::Response(name) => format!("{} {}", word(K::Response), program.name(name)),
        Trigger::AnyResponse => lang.pick("cualquier respuesta", "any response").to_owned(),
        Trigger::FullPayment => word(K::FullPayment),
        Trigger::PartialPayment => word(K::PartialPayment),
        Trigger::PaymentOf(least) => {
            let least = match least {
                Part::Amount(minor) => money(Money::new(minor, program.currency)),
                Part::Share(share) => format!("{share}%"),
            };
            format!("{} {} {least}", word(K::Payment), word(K::OfAtLeast))
        }
        Trigger::AnyPayment => word(K::Payment),
        Trigger::PaymentReversed => word(K::PaymentReversed),
        Trigger::Delivered => word(K::Delivered),
        Trigger::Read => word(K::Read),
        Trigger::NotDelivered => word(K::NotDelivered),
        Trigger::OptOut => word(K::OptOut),
        Trigger::OptIn => word(K::OptIn),
        Trigger::BalanceChanged => word(K::BalanceChanged),
        Trigger::Event(name) => format!("{} {}", word(K::Event), program.name(name)),
        Trigger::Dispute => word(K::Dispute),
        Trigger::DisputeClosed => word(K::DisputeClosed),
        Trigger::DisputeUpheld => word(K::DisputeUpheld),
        Trigger::DisputeRejected => word(K::DisputeRejected),
        Trigger::PlanAccepted => word(K::PlanAccepted),
        Trigger::PlanRejected => word(K::PlanRejected),
        Trigger::PlanBroken => word(K::PlanBroken),
        Trigger::PlanCompleted => word(K::PlanCompleted),
        Trigger::InstalmentPaid => word(K::InstalmentPaid),
        Trigger::InstalmentMissed => word(K::InstalmentMissed),
        Trigger::Verified => word(K::Verified),
        Trigger::Failed => word(K::Failed),
        Trigger::WrongPerson => word(K::WrongPerson),
        Trigger::Promise => word(K::Promise),
        Trigger::PromiseKept => word(K::PromiseKept),
        Trigger::PromisePartlyKept => word(K::PromisePartlyKept),
        Trigger::PromiseBroken => word(K::PromiseBroken),
        Trigger::Done(name) => format!("{} {}", word(K::Done), program.name(name)),
        Trigger::Holds(id) | Trigger::Awaited(id) => condition(program, id, lang),
        Trigger::AnyDone => lang.pick("cualquier resultado", "any result").to_owned(),
    }
}

/// What an operation does, in the third person: `envía whatsapp recordatorio_pago`.
pub fn op(program: &Program, id: OpId, lang: Lang) -> String {
    match program.op(id) {
        Op::Send { channel, template, .. } => {
            let channel = channel.map_or_else(String::new, |it| format!("{} ", self::channel(it, lang)));
            format!("{} {channel}{}", lang.pick("envía", "sends"), program.template_name(*template))
        }
        Op::Escalate { .. } => lang.pick("escala al siguiente canal", "takes the next channel").to_owned(),
        Op::Wait { until, handlers, .. } => {
            if let Some(condition) = awaited(program, *handlers) {
                let condition = self::condition(program, condition, lang);
                let at_most = match until {
                    Until::For(lapse) => format!(" {} {}", K::ForUpTo.word(lang), self::lapse(*lapse, lang)),
                    _ => String::new(),
                };
                let waits = lang.pick("espera", "waits");
                return format!("{waits} {} {condition}{at_most}", K::UntilThat.word(lang));
            }
            if *until == Until::Ever {
                return lang.pick("sigue en la etapa", "stays in the stage").to_owned();
            }
            let Until::For(lapse) = until else {
                return format!("{} {}", lang.pick("espera", "waits"), self::until(until, lang));
            };
            let waits = lang.pick("espera", "waits");
            let up_to = if handlers.len == 0 { "" } else { lang.pick("hasta ", "up to ") };
            format!("{waits} {up_to}{}", self::lapse(*lapse, lang))
        }
        Op::Branch { condition, .. } => {
            format!("{} {}", K::If.word(lang), self::condition(program, *condition, lang))
        }
        Op::Assign { queue, priority, due, .. } => {
            let mut text = format!("{} {}", lang.pick("asigna cola", "assigns queue"), program.name(*queue));
            text.push_str(match priority {
                Priority::High => lang.pick(", prioridad alta", ", priority high"),
                Priority::Normal => "",
                Priority::Low => lang.pick(", prioridad baja", ", priority low"),
            });
            if let Some(due) = due {
                let due = self::lapse(*due, lang);
                text.push_str(&format!(", {} {due}", lang.pick("vence en", "due in")));
            }
            text
        }
        Op::Await { what, up_to, .. } => {
            let name = |plan: &PlanId| format!(" {}", program.plan_name(*plan));
            let says = match what {
                Awaited::Offer(plan) => {
                    format!("{}{}", lang.pick("ofrece convenio", "offers plan"), name(plan))
                }
                Awaited::Follow(plan) => {
                    let plan = plan.as_ref().map_or_else(String::new, name);
                    format!("{}{plan}", lang.pick("sigue convenio", "follows plan"))
                }
                Awaited::Webhook { name, .. } => {
                    format!("{} {}", lang.pick("llama webhook", "calls webhook"), program.name(*name))
                }
                Awaited::Verify => lang.pick("verifica identidad", "verifies identity").to_owned(),
            };
            let up_to = up_to.map_or_else(String::new, |up_to| {
                format!(" {} {}", K::UpTo.word(lang), self::lapse(up_to, lang))
            });
            format!("{says}{up_to}")
        }
        Op::Note { text, .. } => {
            let text = program.notes.get(usize::from(*text)).map_or("", String::as_str);
            format!("{} \"{text}\"", lang.pick("anota", "notes"))
        }
        Op::Tag { name, is_on, .. } => {
            let tags = if *is_on {
                lang.pick("etiqueta", "tags")
            } else {
                lang.pick("quita la etiqueta", "takes off the tag")
            };
            format!("{tags} {}", program.name(*name))
        }
        Op::Set { field, value, .. } => {
            let value = self::condition(program, *value, lang);
            format!("{} {} = {value}", lang.pick("fija", "sets"), program.name(*field))
        }
        Op::Hold { until, because, .. } => {
            let until = match until {
                Until::For(lapse) => self::lapse(*lapse, lang),
                other => self::until(other, lang),
            };
            let because = match because.as_str() {
                "" => String::new(),
                because => format!(" ({because})"),
            };
            format!("{} {until}{because}", lang.pick("suspende la gestión", "holds"))
        }
        Op::Release { .. } => lang.pick("levanta la suspensión", "releases the hold").to_owned(),
        Op::Block { channel: None, .. } => lang.pick("bloquea el canal", "blocks the channel").to_owned(),
        Op::Block { channel: Some(channel), .. } => {
            format!("{} {}", lang.pick("bloquea", "blocks"), self::channel(*channel, lang))
        }
        Op::Repeat { times, .. } => {
            let word = match times {
                1 => K::Times.forms(lang).nth(1).unwrap_or(""),
                _ => K::Times.word(lang),
            };
            format!("{} {times} {word}", lang.pick("repite hasta", "repeats up to"))
        }
        Op::Again { .. } => lang.pick("otra vuelta", "goes round again").to_owned(),
        Op::Split { experiment, ways, .. } => {
            let ways: Vec<String> =
                ways.iter().map(|way| format!("{}% {}", way.share, program.name(way.name))).collect();
            let experiment = program.name(*experiment);
            format!("{} {experiment}: {}", lang.pick("reparte", "splits"), ways.join(", "))
        }
        Op::Go(step) => format!("{} {}", lang.pick("pasa a", "goes to"), program.step_name(*step)),
        Op::End(outcome) => {
            format!("{} {}", lang.pick("termina en", "ends in"), program.outcome_name(*outcome))
        }
        Op::Resume => lang.pick("sigue donde estaba", "goes on where it stood").to_owned(),
    }
}

/// The condition that a wait waits for.
pub fn awaited(program: &Program, handlers: Slice) -> Option<ExprId> {
    handlers.of(&program.handlers).iter().find_map(|handler| match handler.trigger {
        Trigger::Awaited(condition) => Some(condition),
        _ => None,
    })
}

/// The word for a channel in strategies of a language.
pub fn channel(channel: Channel, lang: Lang) -> &'static str {
    match channel {
        Channel::Whatsapp => K::Whatsapp.word(lang),
        Channel::Email => K::Email.word(lang),
        Channel::Sms => K::Sms.word(lang),
        Channel::Call => K::Call.word(lang),
    }
}

/// How an outcome counts, in a word.
pub fn outcome_kind(kind: OutcomeKind, lang: Lang) -> &'static str {
    match kind {
        OutcomeKind::Success => K::Success.word(lang),
        OutcomeKind::Neutral => K::Neutral.word(lang),
        OutcomeKind::Failure => K::Failure.word(lang),
    }
}

/// A promise of a strategy, as a sentence about every run.
pub fn guarantee(guarantee: &crate::program::guarantee::Guarantee, lang: Lang) -> String {
    use crate::program::guarantee::Guarantee as G;
    use crate::values::Window;
    match guarantee {
        G::NoSendAfterPayment => {
            lang.pick("ningún envío después de pago total", "no send after full payment").to_owned()
        }
        G::NoSendAfterOptOut => lang.pick("ningún envío después de baja", "no send after opt out").to_owned(),
        G::NoSendOutside(_) => {
            lang.pick("ningún envío fuera de su horario", "no send outside its hours").to_owned()
        }
        G::AtMost(limit) => {
            let window = match limit.window {
                Window::Day => lang.pick("por día", "per day").to_owned(),
                Window::Week => lang.pick("por semana", "per week").to_owned(),
                Window::Month => lang.pick("por mes", "per month").to_owned(),
                Window::Days(days) => {
                    format!("{} {days} {}", lang.pick("en", "in"), lang.pick("días", "days"))
                }
            };
            format!("{} {} {window}", lang.pick("máximo", "at most"), limit.contacts_max)
        }
        G::EndsWithin(lapse) => {
            format!("{} {}", lang.pick("termina en", "ends within"), self::lapse(*lapse, lang))
        }
        G::CostAtMost(amount) => format!("{} <= {amount}", lang.pick("costo por cuenta", "cost per account")),
    }
}
