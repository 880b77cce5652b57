//! Views, words, DOT and Mermaid of small strategies in both languages.

use super::view::{Place, View};
use super::wire::Graph;
use super::{dot, mermaid, words};
use crate::law::Laws;
use crate::program::{Program, StepId};
use crate::values::{Lang, Lapse};
use std::collections::BTreeMap;

pub(super) const MORA_TEMPRANA: &str = include_str!("../tests/sample.cobro");

pub(super) fn program(text: &str) -> Program {
    let compiled = crate::compile("test.cobro", text, &Laws::shipped());
    match compiled.program(None) {
        Some(program) => program.clone(),
        None => panic!("{:#?}", compiled.findings),
    }
}

/// A strategy with these steps; `first` is where it starts.
fn spanish(enter: &str, steps: &str) -> Program {
    program(&format!(
        "idioma es\nestrategia prueba {{\n título \"Dice \\\"hola\\\" {{a todos}}\"\n moneda PEN\n \
         zona horaria America/Lima\n norma PE\n entra si {enter}\n inicio uno\n {steps}\n fin bien éxito\n \
         fin mal fracaso\n}}\nplantilla aviso para whatsapp {{\n aprobada como \"aviso_1\"\n idioma es_PE\n \
         categoría utility\n finalidad recordatorio\n texto \"Hola {{{{nombre}}}}\"\n botón sí_quiero \"Sí\"\n}}\n"
    ))
}

fn english(steps: &str) -> Program {
    program(&format!(
        "language en\nstrategy trial {{\n title \"Trial\"\n currency PEN\n timezone America/Lima\n law PE\n \
         enter when balance > 20.50 PEN\n start one\n {steps}\n end good success\n end bad failure\n}}\n\
         template notice for whatsapp {{\n approved as \"notice_1\"\n language en_US\n category utility\n \
         purpose reminder\n text \"Hello {{{{name}}}}\"\n button okay \"OK\"\n}}\n"
    ))
}

/// The arrows as `from -> to: label`.
fn arrows(program: &Program) -> Vec<String> {
    let view = View::of(program);
    let name = |place: Place| view.card(place).map_or("?", |card| card.name.as_str());
    let tell = |arrow: &super::view::Arrow| {
        format!("{} -> {}: {}", name(arrow.from), name(arrow.to), arrow.label).trim_end().to_owned()
    };
    view.arrows.iter().map(tell).collect()
}

fn lines(program: &Program, step: u16) -> Vec<String> {
    View::of(program).card(Place::Step(StepId(step))).map(|card| card.lines.clone()).unwrap_or_default()
}

#[test]
fn every_leaving_operation_is_one_arrow_with_its_line() {
    let program = program(MORA_TEMPRANA);
    let view = View::of(&program);
    let mut ops: Vec<_> = view.arrows.iter().map(|arrow| arrow.op).collect();
    ops.sort();
    assert_eq!(ops, program.arrows().collect::<Vec<_>>());
    assert!(view.arrows.iter().all(|arrow| arrow.line == program.origin.line(arrow.op) && arrow.line > 0));
}

#[test]
fn the_shipped_strategy_reads_as_its_author_meant() {
    let program = program(MORA_TEMPRANA);
    let told = arrows(&program);
    for expected in [
        "siempre -> curada: pago total",
        "siempre -> reclamos: reclamo",
        "recordatorio -> enlace: respuesta pagar",
        "recordatorio -> segundo_aviso: respuesta despues · tras 2 días hábiles",
        "recordatorio -> segundo_aviso: vence 3 días",
        "enlace -> segundo_aviso: tras 24 horas",
        "segundo_aviso -> agente: si puntaje_riesgo >= 70",
        "segundo_aviso -> agente: tras 1 semana",
        "agente -> sin_acuerdo: vence 3 días hábiles",
        "agente -> sin_acuerdo: tarea hecha",
        "reclamos -> sin_acuerdo: otro resultado",
    ] {
        assert!(told.iter().any(|one| one == expected), "{expected} is missing from {told:#?}");
    }
    assert_eq!(
        lines(&program, 0),
        [
            "envía whatsapp recordatorio_pago",
            "espera hasta 3 días",
            "si pago parcial: envía gracias, espera 5 días",
            "si no entregado: escala al siguiente canal",
        ]
    );
    assert_eq!(
        lines(&program, 3),
        ["asigna cola mora_temprana, vence en 3 días hábiles", "si hecho promesa: espera 5 días hábiles"]
    );
}

#[test]
fn an_english_strategy_is_told_in_english() {
    let program = english(
        "step one {\n send whatsapp template notice\n wait up to 1 day {\n on response okay -> two\n \
         on not delivered { escalate }\n on timeout -> bad\n }\n }\n step two {\n \
         assign queue desk priority high due in 2 business days {\n on done paid -> good\n }\n -> bad\n }",
    );
    assert_eq!(
        lines(&program, 0),
        ["sends whatsapp notice", "waits up to 1 day", "if not delivered: takes the next channel"]
    );
    assert_eq!(lines(&program, 1), ["assigns queue desk, priority high, due in 2 business days"]);
    assert_eq!(
        arrows(&program),
        [
            "one -> two: response okay",
            "one -> bad: timeout 1 day",
            "two -> good: done paid",
            // Both another result and the deadline lead there, so neither is named.
            "two -> bad:",
        ]
    );
}

#[test]
fn a_condition_that_no_longer_matters_is_not_named() {
    let program = spanish(
        "saldo > 0 PEN",
        "paso uno {\n si saldo > 100 PEN { enviar whatsapp plantilla aviso } si no { nota \"poco\" }\n \
         esperar 2 días\n si dias_mora > 30 { -> mal }\n -> bien\n }",
    );
    assert_eq!(arrows(&program), ["uno -> mal: si dias_mora > 30", "uno -> bien: si no"]);
    assert_eq!(
        lines(&program, 0),
        ["si saldo > 100 PEN: envía whatsapp aviso", "si no: anota \"poco\"", "espera 2 días"]
    );
}

#[test]
fn conditions_keep_the_parentheses_they_need() {
    let check = |written: &str, told: &str| {
        let program = spanish(written, "paso uno { esperar 1 día\n -> bien\n }");
        assert_eq!(words::condition(&program, program.enter, Lang::Es), told);
    };
    check("dias_mora entre -3 y 30 y saldo >= 20.00 PEN", "dias_mora entre -3 y 30 y saldo >= 20 PEN");
    check(
        "(en_disputa o dias_mora > 5) y no (saldo > 20.50 PEN y tiene_correo)",
        "(en_disputa o dias_mora > 5) y no (saldo > 20.50 PEN y tiene_correo)",
    );
    check("dias_mora - (facturas_impagas - 1) > 2", "dias_mora - (facturas_impagas - 1) > 2");
    check("segmento en (\"a\", \"b\")", "segmento en (\"a\", \"b\")");
}

#[test]
fn lapses_agree_with_their_count() {
    let check = |lapse: Lapse, es: &str, en: &str| {
        assert_eq!([words::lapse(lapse, Lang::Es), words::lapse(lapse, Lang::En)], [es, en]);
    };
    check(Lapse::Days(1), "1 día", "1 day");
    check(Lapse::BusinessDays(3), "3 días hábiles", "3 business days");
    check(Lapse::Seconds(7200), "2 horas", "2 hours");
    check(Lapse::Seconds(60), "1 minuto", "1 minute");
}

#[test]
fn dot_quotes_what_it_was_given() {
    let mut view = View::of(&spanish("saldo > 0 PEN", "paso uno { esperar 1 día\n -> bien\n }"));
    if let Some(arrow) = view.arrows.first_mut() {
        arrow.label = "a \"b\" \\ {c}".to_owned();
    }
    let drawn = dot::draw(&view);
    assert!(drawn.contains(r#"label="Dice \"hola\" {a todos}""#), "{drawn}");
    assert!(drawn.contains(r#"s0 -> o0 [label="a \"b\" \\ {c}"];"#), "{drawn}");
    // An odd number of quotes would leave a string open.
    assert!(
        drawn.lines().all(|line| line.replace("\\\\", "").replace("\\\"", "").matches('"').count() % 2 == 0)
    );
}

#[test]
fn mermaid_writes_letters_with_a_meaning_by_number() {
    let mut view = View::of(&spanish("saldo > 0 PEN", "paso uno { esperar 1 día\n -> bien\n }"));
    if let Some(arrow) = view.arrows.first_mut() {
        arrow.label = "a \"b\" | {c}".to_owned();
    }
    let drawn = mermaid::draw(&view);
    assert!(drawn.contains(r#"title: "Dice \"hola\" {a todos}""#), "{drawn}");
    assert!(drawn.contains("s0 -->|\"a #34;b#34; #124; #123;c#125;\"| o0"), "{drawn}");
    assert!(drawn.contains("o0([\"<b>bien</b><br/>éxito\"]):::success"), "{drawn}");
}

#[test]
fn counts_travel_with_their_step() {
    let view = View::of(&program(MORA_TEMPRANA));
    let told = format!("{:?}", Graph::of(&view, &BTreeMap::from([(StepId(1), 7)])));
    assert_eq!(told.matches("accounts: Some(7)").count(), 1);
    assert_eq!(told.matches("accounts: Some").count(), 1);
}
