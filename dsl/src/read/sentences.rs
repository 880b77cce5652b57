//! The sentence of each operation and each event. Every kind has its own: a new one does not compile without.

use super::conditions::condition;
use crate::graph::words;
use crate::program::{Op, OpId, Piece, Priority, Program, Trigger, Until};
use crate::values::{Channel, Lang};

/// What an operation does; empty for what only closes a block. `why` is what its author gave as a reason.
pub(super) fn sentence(program: &Program, id: OpId, why: &str, lang: Lang) -> String {
    let pick = |es: String, en: String| lang.pick(es, en);
    match program.op(id) {
        Op::Send { channel, template, .. } => {
            let name = program.template_name(*template);
            match channel {
                Some(channel) => {
                    let by = by_channel(*channel, lang);
                    pick(
                        format!("Envía el mensaje «{name}» por {by}{why}."),
                        format!("Sends the message “{name}” by {by}{why}."),
                    )
                }
                None => pick(
                    format!(
                        "Envía el mensaje «{name}» por el canal de la conversación o el primero que se pueda{why}."
                    ),
                    format!(
                        "Sends the message “{name}” on the channel of the conversation, or the first that is possible{why}."
                    ),
                ),
            }
        }
        Op::Escalate { .. } => pick(
            format!("Repite el último mensaje por el siguiente canal permitido{why}."),
            format!("Sends the last message again on the next permitted channel{why}."),
        ),
        Op::Wait { handlers, .. } if words::awaited(program, *handlers).is_some() => {
            format!("{}{why}.", capital(&words::op(program, id, lang)))
        }
        Op::Wait { until, handlers, .. } => {
            let meanwhile =
                if handlers.len == 0 { "." } else { lang.pick(". Mientras tanto:", ". Meanwhile:") };
            match until {
                Until::Ever => pick(
                    format!("Sigue ahí mientras le corresponda{why}."),
                    format!("Stays there for as long as it belongs there{why}."),
                ),
                Until::For(lapse) => {
                    let (lapse, up_to) = (words::lapse(*lapse, lang), handlers.len > 0);
                    match (lang, up_to) {
                        (Lang::Es, true) => format!("Espera hasta {lapse}{why}{meanwhile}"),
                        (Lang::Es, false) => format!("Espera {lapse}{why}{meanwhile}"),
                        (Lang::En, true) => format!("Waits up to {lapse}{why}{meanwhile}"),
                        (Lang::En, false) => format!("Waits {lapse}{why}{meanwhile}"),
                    }
                }
                Until::Time(_)
                | Until::Date(..)
                | Until::BusinessDay(..)
                | Until::Near { .. }
                | Until::Schedule(_)
                | Until::NearStep { .. }
                | Until::MonthEnd { .. } => {
                    let until = words::until(until, lang);
                    pick(format!("Espera {until}{why}{meanwhile}"), format!("Waits {until}{why}{meanwhile}"))
                }
            }
        }
        Op::Await { handlers, .. } => {
            let end = if handlers.len == 0 { "." } else { ":" };
            format!("{}{why}{end}", capital(&words::op(program, id, lang)))
        }
        Op::Hold { .. } | Op::Release { .. } | Op::Block { .. } => {
            format!("{}{why}.", capital(&words::op(program, id, lang)))
        }
        Op::Branch { condition: id, .. } => {
            let holds = condition(program, *id, lang);
            pick(format!("Si la cuenta tiene {holds}{why}:"), format!("If the account has {holds}{why}:"))
        }
        Op::Assign { queue, priority, due, handlers, .. } => {
            let queue = program.name(*queue);
            let urgent = match priority {
                Priority::High => lang.pick(" urgente", "n urgent"),
                Priority::Normal => "",
                Priority::Low => lang.pick(" sin urgencia", " low-priority"),
            };
            let due = due.map_or_else(String::new, |due| {
                let due = words::lapse(due, lang);
                pick(format!(", que vence en {due}"), format!(", due in {due}"))
            });
            let end = if handlers.len == 0 { "." } else { ":" };
            pick(
                format!("Abre una tarea{urgent} para una persona en la cola «{queue}»{due}{why}{end}"),
                format!("Opens a{urgent} task for a person in the queue “{queue}”{due}{why}{end}"),
            )
        }
        Op::Note { text, .. } => {
            let text = program.notes.get(usize::from(*text)).map_or("", String::as_str);
            pick(format!("Deja anotado: «{text}»"), format!("Leaves a note: “{text}”"))
        }
        Op::Tag { name, is_on, .. } => {
            let name = program.name(*name);
            if *is_on {
                pick(format!("Pone la etiqueta «{name}»."), format!("Puts the tag “{name}” on."))
            } else {
                pick(format!("Quita la etiqueta «{name}»."), format!("Takes the tag “{name}” off."))
            }
        }
        Op::Set { field, value, .. } => {
            let (field, value) = (program.name(*field), words::condition(program, *value, lang));
            pick(format!("Fija «{field}» en {value}."), format!("Sets “{field}” to {value}."))
        }
        Op::Repeat { times, .. } => match (lang, times) {
            (Lang::Es, 1) => "Una vez:".to_owned(),
            (Lang::Es, _) => format!("Hasta {times} veces:"),
            (Lang::En, 1) => "Once:".to_owned(),
            (Lang::En, _) => format!("Up to {times} times:"),
        },
        Op::Split { experiment, .. } => {
            let name = program.name(*experiment);
            pick(
                format!(
                    "Reparte las cuentas en el experimento «{name}»; cada cuenta queda siempre en el mismo grupo:"
                ),
                format!(
                    "Splits the accounts in the experiment “{name}”; an account always stays in the same group:"
                ),
            )
        }
        Op::Go(step) => {
            let step = program.step_name(*step);
            pick(format!("Pasa al paso «{step}»."), format!("Goes to the step “{step}”."))
        }
        Op::End(outcome) => {
            let name = program.outcome_name(*outcome);
            pick(format!("Termina como «{name}»."), format!("Ends as “{name}”."))
        }
        Op::Again { .. } | Op::Resume => String::new(),
    }
}

/// An event as the beginning of a sentence: `Si el cliente paga todo`.
pub(super) fn event(program: &Program, trigger: Trigger, lang: Lang) -> String {
    let pick = |es: &str, en: &str| lang.pick(es, en).to_owned();
    match trigger {
        Trigger::Response(button) => {
            let label = label(program, button).unwrap_or_else(|| program.name(button));
            lang.pick(
                format!("Si el cliente responde «{label}»"),
                format!("If the customer answers “{label}”"),
            )
        }
        Trigger::AnyResponse => {
            pick("Si el cliente responde otra cosa", "If the customer answers anything else")
        }
        Trigger::FullPayment => pick("Si el cliente paga todo", "If the customer pays everything"),
        Trigger::PartialPayment => pick("Si el cliente paga una parte", "If the customer pays a part"),
        Trigger::PaymentOf(_) => {
            let least = words::trigger(program, trigger, lang);
            lang.pick(format!("Si llega un {least}"), format!("If a {least} comes in"))
        }
        Trigger::AnyPayment => pick("Si el cliente paga", "If the customer pays"),
        Trigger::PaymentReversed => pick("Si un pago es devuelto", "If a payment comes back"),
        Trigger::OptIn => {
            pick("Si el cliente vuelve a permitir mensajes", "If the customer allows contact again")
        }
        Trigger::BalanceChanged => pick("Si lo que se debe cambia", "If what is owed changes"),
        Trigger::Event(name) => {
            let name = program.name(name);
            lang.pick(format!("Si ocurre «{name}»"), format!("If “{name}” happens"))
        }
        Trigger::DisputeUpheld => pick("Si el reclamo procede", "If the dispute is upheld"),
        Trigger::DisputeRejected => pick("Si el reclamo no procede", "If the dispute is rejected"),
        Trigger::PlanAccepted => pick("Si acepta el convenio", "If the plan is accepted"),
        Trigger::PlanRejected => pick("Si no acepta el convenio", "If the plan is rejected"),
        Trigger::PlanBroken => pick("Si incumple el convenio", "If the plan is broken"),
        Trigger::PlanCompleted => pick("Si completa el convenio", "If the plan is completed"),
        Trigger::InstalmentPaid => pick("Si paga una cuota", "If an instalment is paid"),
        Trigger::InstalmentMissed => pick("Si no paga una cuota", "If an instalment is missed"),
        Trigger::Verified => pick("Si se comprueba quién es", "If the identity is verified"),
        Trigger::Failed => pick("Si no se comprueba quién es", "If the identity is not verified"),
        Trigger::PromisePartlyKept => pick("Si cumple su promesa en parte", "If the promise is kept in part"),
        Trigger::Holds(id) | Trigger::Awaited(id) => {
            let holds = condition(program, id, lang);
            lang.pick(format!("Cuando la cuenta tiene {holds}"), format!("When the account has {holds}"))
        }
        Trigger::Delivered => pick("Si el mensaje llega", "If the message arrives"),
        Trigger::Read => pick("Si el mensaje es leído", "If the message is read"),
        Trigger::NotDelivered => pick("Si el mensaje no llega", "If the message does not arrive"),
        Trigger::OptOut => {
            pick("Si el cliente pide no recibir mensajes", "If the customer asks not to be contacted")
        }
        Trigger::Dispute => pick("Si el cliente reclama la deuda", "If the customer contests the debt"),
        Trigger::DisputeClosed => pick("Si el reclamo se cierra", "If the dispute is closed"),
        Trigger::WrongPerson => pick("Si el número es de otra persona", "If it is somebody else's number"),
        Trigger::Promise => pick("Si el cliente promete pagar", "If the customer promises to pay"),
        Trigger::PromiseKept => pick("Si cumple su promesa", "If the promise is kept"),
        Trigger::PromiseBroken => pick("Si no cumple su promesa", "If the promise is broken"),
        Trigger::Done(result) => {
            let name = program.name(result);
            lang.pick(format!("Si la tarea termina en «{name}»"), format!("If the task ends in “{name}”"))
        }
        Trigger::AnyDone => pick("Si la tarea termina de otra manera", "If the task ends otherwise"),
    }
}

/// What the debtor reads on a button.
fn label(program: &Program, button: crate::program::NameId) -> Option<&str> {
    let forms = program.templates.iter().flat_map(|template| &template.forms);
    forms
        .flat_map(|form| &form.buttons)
        .find(|known| known.name == button)
        .map(|button| button.label.as_str())
}

fn by_channel(channel: Channel, lang: Lang) -> &'static str {
    match channel {
        Channel::Whatsapp => "WhatsApp",
        Channel::Email => lang.pick("correo", "e-mail"),
        Channel::Sms => "SMS",
        Channel::Call => lang.pick("llamada", "telephone"),
    }
}

/// A message with its variables in square brackets, on one line.
pub(super) fn message(pieces: &[Piece], lang: Lang) -> String {
    let one = |piece: &Piece| match piece {
        Piece::Text(text) => text.replace('\n', " "),
        Piece::Field(name, _) => format!("[{name}]"),
        Piece::Fact(fact) => format!("[{}]", super::conditions::fact(*fact, lang)),
    };
    pieces.iter().map(one).collect()
}

/// With a capital at its beginning.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}", letters.as_str())
}
