//! Sane strategies of different shapes are found sound; each mistake of the flow is found once.

use super::{check_en, check_es, found, told};
use crate::values::Lang;

/// A strategy of these clauses, with two messages: `aviso` for WhatsApp and SMS with a button, `carta` for e-mail.
fn of(clauses: &str) -> String {
    format!(
        "estrategia e {{ moneda PEN zona horaria America/Lima norma PE entra si dias_mora >= 1 inicio a\n\
         {clauses}\n\
         }}\n\
         plantilla aviso para whatsapp {{ texto \"{{{{nombre}}}}\" botón pagar \"Pagar\" }}\n\
         plantilla aviso para sms {{ texto \"{{{{nombre}}}}\" }}\n\
         plantilla carta para correo {{ asunto \"x\" texto \"{{{{nombre}}}}\" }}\n"
    )
}

/// The findings of these clauses, without C0508 about the message that a case does not need.
#[track_caller]
fn check(clauses: &str, expected: &[&str]) {
    let text = of(clauses);
    let mut places = found(&text);
    places.retain(|place| !place.ends_with("C0508"));
    assert_eq!(places, expected, "{clauses}\n{:#?}", told(&text, Lang::Es));
}

#[test]
fn sane_strategies_are_sound() {
    for clauses in [
        // One message and an end.
        "paso a { enviar plantilla aviso esperar 3 días fin f } fin f",
        // A round that is left when the debt grows old.
        "paso a { enviar whatsapp plantilla aviso esperar 1 semana si dias_mora > 60 { fin f } -> a } fin f",
        // Stages that lead into each other and back, ended by `always` and by age.
        "siempre { cuando pago total -> c cuando reclamo -> r cuando baja { nota \"x\" fin f } }
         paso a { enviar plantilla aviso esperar hasta 5 días { cuando respuesta pagar -> b cuando vence -> b } }
         paso b { enviar plantilla carta esperar 1 mes si dias_mora > 90 { fin f } si no { -> a } }
         paso r { asignar cola reclamos { cuando hecho procede { fin c } cuando hecho -> a } }
         fin c éxito fin f fracaso",
        // Only people.
        "paso a { asignar cola x prioridad alta vence en 2 días { cuando hecho cobrado -> c cuando vence { nota \"tarde\" } } fin f } fin c fin f",
        // Every result is taken, so nothing follows the task.
        "paso a { asignar cola x vence en 2 días { cuando hecho -> c cuando vence -> f } } fin c fin f",
        "paso a { asignar cola x { cuando hecho sí_paga -> c cuando hecho -> f } } fin c fin f",
        // The body of `done` goes on behind the task.
        "paso a { asignar cola x { cuando hecho { esperar 5 días } } fin f } fin f",
        // Handlers that come back, with waits of their own and answers in them.
        "paso a { enviar whatsapp plantilla aviso esperar hasta 3 días {
           cuando pago parcial { enviar plantilla carta esperar 2 días { cuando respuesta pagar -> c } }
           cuando no entregado { escalar }
           cuando entregado { nota \"x\" } cuando leído { nota \"y\" } } fin f } fin c fin f",
        // A message that the gate refuses goes another way.
        "paso a { enviar whatsapp plantilla aviso si no { enviar sms plantilla aviso } esperar 1 día fin f } fin f",
        // `always` reaches a step that nothing else reaches, and no wait stands before it.
        "siempre { cuando persona equivocada -> t } paso a { enviar plantilla aviso fin f } paso t { asignar cola x fin f } fin f",
        // An answer while a person works on the account.
        "paso a { enviar plantilla aviso asignar cola x vence en 1 día { cuando respuesta pagar -> c } fin f } fin c fin f",
        // Conditions of every type.
        "paso a { si saldo * 50% >= 10 PEN y producto en (\"x\", \"y\") o no tiene_correo { fin f }
           si fecha_ultimo_pago - fecha_vencimiento > 3 y (segmento = \"z\" o en_disputa = no) { fin f } fin f } fin f",
        // Any answer, after a message without buttons.
        "paso a { enviar plantilla carta esperar hasta 3 días { cuando respuesta -> c } fin f } fin c fin f",
        // The law's hours to the minute; holidays left out.
        "contacto { horario lun-vie 08:00-12:00 y 14:00-18:30 máximo 1 por día, 3 en 30 días escala sms > correo }
         paso a { enviar sms plantilla aviso esperar 1 día fin f } fin f",
    ] {
        check(clauses, &[]);
    }
}

#[test]
fn a_block_that_is_repeated() {
    // It waits each time, or does nothing outside, or ends by itself.
    check("paso a { repetir hasta 3 veces { enviar plantilla aviso esperar 2 días } fin f } fin f", &[]);
    check("paso a { repetir hasta 3 veces { nota \"x\" } fin f } fin f", &[]);
    check("paso a { repetir hasta 1 vez { enviar plantilla aviso esperar 2 días -> f } } fin f", &[]);
    // The block is gone through at least once, so its wait is always met.
    check("paso a { repetir hasta 2 veces { esperar 1 día } si dias_mora > 9 { fin f } -> a } fin f", &[]);
    check(
        "paso a { repetir hasta 3 veces { enviar plantilla aviso } fin f } fin f",
        &["2:10 C0401", "2:34 C0620"],
    );
    check("paso a { repetir hasta 3 veces { esperar 1 día } } fin f", &["2:6 C0403"]);
    check_es("repetir hasta 2 veces { -> curada } nota \"x\"", "4:37 C0405");
    check_es("repetir hasta 0 veces { nota \"x\" }", "4:15 C0112");
    check_es("repetir hasta 2 { nota \"x\" }", "4:17 C0101");
}

#[test]
fn waits_until_a_moment() {
    check("paso a { enviar plantilla aviso esperar hasta 10:00 si dias_mora > 9 { fin f } -> a } fin f", &[]);
    check(
        "paso a { enviar plantilla aviso esperar hasta el vencimiento si dias_mora > 9 { fin f } -> a } fin f",
        &["2:89 C0401"],
    );
    check_es("esperar hasta día hábil 24", "4:25 C0112");
    check_es("esperar hasta 25:00", "4:15 C0108");
    check_es("esperar hasta \"cada lunes\"", "4:15 C0113");
    check_es("esperar hasta mañana", "4:15 C0101");
    check_es("esperar hasta que mañana", "4:19 C0204");
    check_en("wait until disputed", "");
    check_en("wait until days_past_due >= 60 for up to 3 days", "");
    check_en("wait until disputed { on timeout { note \"x\" } }", "4:26 C0407");
    check_en("wait until 3 days", "5:1 C0101");
    check_en("wait up to 3 days before due", "");
    check_en("wait until business day 1", "");
}

#[test]
fn promises() {
    check(
        "gracia de promesa 2 días siempre { cuando promesa -> p cuando promesa incumplida { nota \"x\" } }
         paso a { enviar plantilla aviso esperar 3 días fin f }
         paso p { esperar hasta 1 día hábil después de la promesa { cuando promesa cumplida -> f } fin f } fin f",
        &[],
    );
    check_es("esperar 1 día { cuando promesa { nota \"x\" } cuando promesa { nota \"y\" } }", "4:52 C0406");
    check_es("esperar hasta la promesa a las 09:00", "");
    check_es("si monto_promesa > 5 { nota \"x\" }", "4:20 C0304");
}

#[test]
fn own_facts() {
    check(
        "campo n número = 0 campo cuando_paga fecha campo vip sí o no = no condición grande si saldo > 9 PEN
         segmento x si grande o vip
         paso a { fijar n = n + 1 fijar vip = no
           fijar cuando_paga = fecha_vencimiento + 3 etiquetar t
           si x y etiquetada t y cuando_paga > 2026-01-01 { quitar etiqueta t } fin f } fin f",
        &[],
    );
    check("campo n número = 5 PEN paso a { fin f } fin f", &["2:18 C0301"]);
    check("campo n número = saldo\npaso a { fin f } fin f", &["2:18 C0101"]);
    check("campo n número campo n texto paso a { fin f } fin f", &["2:22 C0202"]);
    check("campo n número paso a { fijar n = saldo fin f } fin f", &["2:35 C0301"]);
    check("campo n número paso a { fijar saldo = 5 PEN fin f } fin f", &["2:31 C0212"]);
    // A condition may speak of those above it only, so none speaks of itself.
    check("condición x si x paso a { si x { fin f } fin f } fin f", &["2:16 C0204"]);
    check("condición b si c1 condición c1 si saldo > 1 PEN paso a { fin f } fin f", &["2:16 C0204"]);
    check("segmento saldo si en_disputa paso a { fin f } fin f", &["2:10 C0213"]);
    check("condición x si saldo paso a { fin f } fin f", &["2:16 C0302"]);
}

#[test]
fn an_experiment() {
    check(
        "paso a { repartir e { 50% x { enviar plantilla aviso } 50% y { } } esperar 1 día fin f } fin f",
        &[],
    );
    check("paso a { repartir e { 33.3% x { -> f } 66.7% y { fin f } } } fin f", &[]);
    check("paso a { repartir e { 50% x { -> f } 50% y { } } } fin f", &["2:6 C0403"]);
    check_es("repartir e { 50% x { } 60% y { } }", "4:10 C0409");
    check_es("repartir e { }", "4:10 C0409");
    check_es("repartir e { 50% x { } 50% x { } }", "4:28 C0202");
    check_es("repartir e {\n 50% x { }\n mitad y { }\n 50% z { } }", "6:2 C0101");
}

#[test]
fn a_round_that_only_the_customer_ends_is_one_finding() {
    check("paso a { enviar plantilla aviso esperar 1 semana -> a } fin f", &["2:6 C0404"]);
    check(
        "siempre { cuando pago total -> f } paso a { enviar plantilla aviso esperar 1 semana -> a } fin f",
        &["2:41 C0404"],
    );
    check(
        "paso a { enviar plantilla aviso esperar 1 semana { cuando respuesta pagar -> f } -> a } fin f",
        &["2:6 C0404"],
    );
    check(
        "paso a { esperar 1 día -> b }\npaso b { esperar 1 día -> c }\npaso c { esperar 1 día -> b } fin f",
        &["3:6 C0404"],
    );
}

#[test]
fn a_round_without_a_wait_is_one_finding() {
    check("paso a { enviar plantilla aviso -> a } fin f", &["2:10 C0620", "2:33 C0401"]);
    check("paso a { enviar plantilla aviso esperar 0 días -> a } fin f", &["2:10 C0620", "2:48 C0401"]);
    check(
        "paso a { si en_disputa { fin f } -> b }\npaso b { enviar plantilla aviso -> a } fin f",
        &["3:33 C0401"],
    );
    check("paso a { asignar cola x { cuando hecho -> a } } fin f", &["2:6 C0404"]);
}

#[test]
fn a_step_that_runs_out_is_told() {
    check("paso a { enviar plantilla aviso } fin f", &["2:6 C0403"]);
    check("paso a { esperar 1 día { cuando baja -> f } } fin f", &["2:6 C0403"]);
    check("paso a { asignar cola x { cuando hecho bien -> f } } fin f", &["2:6 C0403"]);
    check("paso a { asignar cola x { cuando hecho { nota \"x\" } } } fin f", &["2:6 C0403"]);
    check("paso a { asignar cola x vence en 1 día { cuando hecho -> f } } fin f", &["2:6 C0403"]);
    check("paso a { si en_disputa { fin f } } fin f", &["2:6 C0403"]);
}

#[test]
fn nothing_stands_behind_what_leaves() {
    check_es("si en_disputa { -> curada nota \"x\" }", "4:27 C0405");
    check_es("si en_disputa { fin curada } si no { -> curada }", "5:1 C0405");
    check_es("esperar 1 día { cuando vence -> curada }", "5:1 C0405");
    check_es("asignar cola x { cuando hecho -> curada }", "5:1 C0405");
    check_es("asignar cola x vence en 1 día { cuando hecho -> curada cuando vence { nota \"x\" } }", "");
    check_es("asignar cola x { cuando hecho bien { nota \"x\" } cuando hecho -> curada }", "");
    check_es("esperar 1 día { cuando baja -> curada }", "");
    check_en("wait 1 day { on timeout { if disputed { end cured } } }", "");
}

#[test]
fn answers_that_nobody_can_give_are_told() {
    check("paso a { esperar hasta 1 día { cuando respuesta -> f } fin f } fin f", &["2:39 C0408"]);
    check(
        "paso a { enviar plantilla carta esperar hasta 1 día { cuando respuesta pagar -> f } fin f }
           paso b { enviar plantilla aviso fin f } fin f",
        &["2:62 C0408", "3:17 C0402"],
    );
    check_es("esperar 1 día { cuando respuesta pagra { nota \"x\" } }", "4:34 C0206");
}

#[test]
fn a_ladder_that_leads_nowhere_is_told() {
    check("paso a { escalar fin f } fin f", &["2:10 C0506"]);
    check("paso a { enviar plantilla carta esperar 1 día escalar fin f } fin f", &["2:47 C0506"]);
    check("paso a { enviar sms plantilla aviso esperar 1 día escalar fin f } fin f", &["2:51 C0506"]);
    check("paso a { enviar whatsapp plantilla aviso esperar 1 día escalar fin f } fin f", &[]);
    check(
        "contacto { escala whatsapp > correo }
           paso a { enviar whatsapp plantilla aviso esperar 1 día escalar fin f } fin f",
        &["3:67 C0506"],
    );
    check(
        "contacto { escala sms > whatsapp }
           paso a { enviar sms plantilla aviso esperar 1 día escalar fin f } fin f",
        &[],
    );
}

/// What the checker says of a strategy's pace: the marked text and the words beside it.
#[track_caller]
fn pace(law: &str, clauses: &str, expected: &[&str]) {
    let text = of(clauses).replace("norma PE", &format!("norma {law}"));
    let told = told(&text, Lang::En);
    let told: Vec<&String> = told.iter().filter(|line| line.contains("C0620")).collect();
    assert_eq!(told.len(), expected.len(), "{law}: {clauses}\n{told:#?}");
    for (line, words) in told.iter().zip(expected) {
        assert!(line.contains(words), "{line} has no {words}");
    }
}

#[test]
fn what_must_be_put_off_is_told_with_its_rule_and_time() {
    let two = |wait: &str| {
        format!("paso a {{ enviar whatsapp plantilla aviso {wait} enviar sms plantilla aviso fin f }} fin f")
    };
    // Chile: two days between messages. 47 hours are an hour too few; two days are enough.
    pace("CL", &two("esperar 47 horas"), &["at least 60 minutes"]);
    pace("CL", &two("esperar 2 días"), &[]);
    // A business day may be a weekend long, and is at its fastest a day.
    pace("CL", &two("esperar 1 día hábil"), &["at least 1 day"]);
    // Until when a moment of the calendar is, nobody knows.
    pace("CL", &two("esperar hasta las 10:00"), &[]);
    // Ecuador: one a day, 07:00 to 20:00: eleven hours lie between a day and the next.
    pace("EC", &two("esperar 3 horas"), &["at least 8 hours"]);
    pace("EC", &two("esperar 12 horas"), &[]);
    pace("EC", &two(""), &["at least 11 hours"]);
    // Colombia: from Saturday 15:00 to Monday 07:00 there are forty hours.
    pace("CO", &two("esperar 39 horas"), &["at least 60 minutes"]);
    pace("CO", &two("esperar 2 días"), &[]);
    // Peru: one a day is the pack's caution.
    pace("PE", &two(""), &["at least 11 hours"]);
    // Uruguay says nothing of numbers.
    pace("UY", &two(""), &[]);
}

#[test]
fn what_may_suffice_is_not_told() {
    // Two conditions may exclude each other.
    pace(
        "EC",
        "paso a { si saldo > 5 PEN { enviar whatsapp plantilla aviso } si saldo < 5 PEN { enviar sms plantilla aviso } fin f } fin f",
        &[],
    );
    // When an answer comes, or that a message did not arrive, nobody knows.
    pace(
        "CL",
        "paso a { enviar whatsapp plantilla aviso esperar hasta 3 días { cuando no entregado { escalar } cuando respuesta pagar { enviar plantilla aviso } } fin f } fin f",
        &[],
    );
    // A block that is repeated once is not repeated twice.
    pace(
        "CL",
        "paso a { repetir hasta 1 veces { enviar whatsapp plantilla aviso esperar 1 hora } fin f } fin f",
        &[],
    );
    pace(
        "CL",
        "paso a { repetir hasta 2 veces { enviar whatsapp plantilla aviso esperar 1 hora } fin f } fin f",
        &["at least 47 hours"],
    );
    // The third in a week, a round that comes back to itself.
    pace("CL", "paso a { enviar whatsapp plantilla aviso esperar 3 días -> a } fin f", &["at least 1 day"]);
    // Six business days are never six days.
    pace(
        "CL",
        "paso a { enviar whatsapp plantilla aviso esperar 3 días hábiles enviar sms plantilla aviso esperar 3 días hábiles enviar whatsapp plantilla aviso fin f } fin f",
        &[],
    );
}
