//! The version of a program: the same for every way of writing it, another for every other meaning.

use super::compiled;
use crate::format::format;
use crate::program::{Program, Version};
use crate::values::Lang;

const SAMPLE: &str = include_str!("sample.cobro");

#[track_caller]
fn program(text: &str) -> Program {
    let mut compiled = compiled(text);
    assert!(!compiled.has_errors(), "{:#?}", compiled.findings);
    compiled.programs.remove(0)
}

fn version(text: &str) -> Version {
    program(text).version
}

#[track_caller]
fn changed(from: &str, to: &str) -> String {
    assert!(SAMPLE.contains(from), "the sample has no `{from}`");
    SAMPLE.replacen(from, to, 1)
}

#[test]
fn spelling_layout_comments_and_language_do_not_matter() {
    let same = |from: &str, to: &str| {
        let text = changed(from, to);
        assert_eq!(version(&text), version(SAMPLE), "{from} → {to}");
        assert_eq!(program(&text).ops, program(SAMPLE).ops, "{from} → {to}");
    };
    same("idioma es\n", "");
    same("esperar hasta 3 días", "ESPERAR   hasta # tres\n 3 dias");
    same("cuando no entregado { escalar }", "cuando rebote {\n escala }");
    same("-> agente", "ir a agente");
    same("cuando pago total -> curada", "cuando pago completo { fin curada }");
    same("saldo >= 20 PEN", "saldo >= 20.00 pen");
    same("puntaje_riesgo >= 70", "puntaje_riesgo >= 7_0.0");
    same("09:00-18:30", "9:00-18:30");
    same("norma PE", "norma pe");
    same("{{nombre}}", "{{ nombre }}");
    same("paga antes del segundo aviso", "otra prueba");
    same("prueba \"", "plantilla sin_uso para sms { texto \"x\" }\nprueba \"");
    let english = format(SAMPLE, Some(Lang::En)).unwrap();
    assert_eq!(version(&english), version(SAMPLE));
    assert_eq!(program(&english).ops, program(SAMPLE).ops);
}

#[test]
fn templates_in_another_order_are_the_same_program() {
    let at = SAMPLE.find("\nplantilla recordatorio_pago para whatsapp").unwrap();
    let next = SAMPLE.find("\nplantilla recordatorio_pago para correo").unwrap();
    let end = SAMPLE.find("\nplantilla gracias").unwrap();
    let swapped = format!("{}{}{}{}", &SAMPLE[..at], &SAMPLE[next..end], &SAMPLE[at..next], &SAMPLE[end..]);
    assert_eq!(version(&swapped), version(SAMPLE));
    assert_eq!(program(&swapped).templates, program(SAMPLE).templates);
    assert_eq!(program(&swapped).names, program(SAMPLE).names);
}

#[test]
fn every_change_of_meaning_is_another_version() {
    let mut seen = vec![version(SAMPLE)];
    for (from, to) in [
        ("mora_temprana {", "otro_nombre {"),
        ("Mora temprana: aviso", "Mora  temprana: aviso"),
        ("America/Lima", "America/Bogota"),
        ("máximo 1 por día", "máximo 1 por mes"),
        ("whatsapp > correo > sms", "whatsapp > sms > correo"),
        ("entre -3 y 30", "entre -3 y 31"),
        ("esperar hasta 3 días", "esperar hasta 3 días hábiles"),
        ("esperar hasta 24 horas", "esperar hasta 1 día"),
        ("cuando respuesta duda -> agente", "cuando respuesta duda -> segundo_aviso"),
        ("prioridad normal", "prioridad alta"),
        ("vence en 3 días hábiles", "vence en 4 días hábiles"),
        ("puntaje_riesgo >= 70", "puntaje_riesgo > 70"),
        ("fin anulada neutral", "fin anulada fracaso"),
        ("\"Recibimos tu pago.", "\"Recibimos  tu pago."),
        ("Pagar ahora", "Pagar ya"),
        ("finalidad constancia", "finalidad aviso legal"),
        ("recordatorio_pago_v3", "recordatorio_pago_v4"),
        ("asunto \"Segundo aviso\"", "asunto \"Aviso\""),
        ("categoría utility", "categoría marketing"),
        ("  inicio recordatorio\n", "  gracia de promesa 1 día\n  inicio recordatorio\n"),
        ("esperar 1 semana\n", "repetir hasta 2 veces { esperar 1 semana }\n"),
    ] {
        let text = changed(from, to).replace(
            "de mora_temprana {",
            if to == "otro_nombre {" { "de otro_nombre {" } else { "de mora_temprana {" },
        );
        let version = version(&text);
        assert!(!seen.contains(&version), "{from} → {to} changes nothing");
        seen.push(version);
    }
}

#[test]
fn a_parameter_s_value_is_part_of_the_version_and_nothing_else_of_it() {
    let with = |head: &str, used: &str| {
        let text = changed("idioma es\n", &format!("idioma es\n{head}\n"));
        version(&text.replacen("esperar hasta 3 días", &format!("esperar hasta {used}"), 1))
    };
    let plain = version(SAMPLE);
    assert_eq!(with("parámetro a plazo = 3 días", "a"), plain);
    assert_eq!(with("parámetro otro plazo = 3 días entre 1 día y 9 días \"ayuda\"", "otro"), plain);
    assert_ne!(with("parámetro a plazo = 4 días", "a"), plain);
    let text = changed("idioma es\n", "idioma es\nparámetro a plazo = 4 días\n");
    let text = text.replacen("esperar hasta 3 días", "esperar hasta a", 1);
    let settings = crate::Settings { values: vec![("a".to_owned(), "3 days".to_owned())] };
    let project = crate::Project { settings, ..crate::Project::alone("a", &text) };
    let compiled = crate::compile_project(&project, &crate::law::Laws::shipped());
    assert_eq!(compiled.programs[0].version, plain);
}
