//! The formatter: one layout, comments kept, both languages, never another meaning.

use super::{es, found};
use crate::format::{Refusal, format};
use crate::values::Lang;

const SAMPLE: &str = include_str!("sample.cobro");

fn es_of(text: &str) -> String {
    format(text, Some(Lang::Es)).unwrap()
}

/// The statements of a step as the formatter writes them, without their indentation.
#[track_caller]
fn check(statements: &str, expected: &str) {
    let formatted = es_of(&es(statements));
    assert_eq!(es_of(&formatted), formatted, "not the same twice");
    let english = format(&formatted, Some(Lang::En)).unwrap();
    assert_eq!(format(&english, Some(Lang::En)).unwrap(), english, "not the same twice in English");
    assert_eq!(es_of(&english), formatted, "not the same over English");
    let from = formatted.find("esperar 1 día\n").unwrap() + "esperar 1 día\n".len();
    let body = &formatted[from..formatted.find("    fin sin_acuerdo\n  }\n}").unwrap()];
    let body = body.lines().map(|line| line.strip_prefix("    ").unwrap_or(line)).collect::<Vec<_>>();
    assert_eq!(body.join("\n").trim(), expected);
}

#[test]
fn the_sample_stands_as_the_formatter_writes_it() {
    for (written, formatted) in SAMPLE.lines().zip(format(SAMPLE, None).unwrap().lines()) {
        assert_eq!(written, formatted);
    }
    let english = format(SAMPLE, Some(Lang::En)).unwrap();
    assert_eq!(found(&english), [""; 0]);
    assert_eq!(es_of(&english), SAMPLE);
}

#[test]
fn one_way_to_write_what_means_the_same() {
    check("ir a paso_1", "-> paso_1");
    check(
        "esperar 2 dias { cuando rebote { -> curada } }",
        "esperar 2 días {\n  cuando no entregado -> curada\n}",
    );
    check("ESPERAR HASTA 1 DIAS HABILES", "esperar hasta 1 día hábil");
    check("esperar 48 horas", "esperar 48 horas");
    check("etiqueta vip", "etiquetar vip");
    check("escala base \"Ley\" porque \"x\"", "escalar porque \"x\" base legal \"Ley\"");
    check("desetiquetar vip", "quitar etiqueta vip");
    check("si no etiquetado `si` { nota \"x\" }", "si no etiquetada `si` { nota \"x\" }");
    check("esperar hasta 9:00", "esperar hasta 09:00");
    check("esperar hasta 2026-03-10", "esperar hasta 2026-03-10");
    check("esperar hasta 2026-03-10 a las 9:30", "esperar hasta 2026-03-10 09:30");
    check("esperar hasta dia laborable 5 a las 10:00", "esperar hasta día hábil 5 a las 10:00");
    check("esperar hasta vencimiento", "esperar hasta el vencimiento");
    check("esperar hasta 1 dias antes de vencer", "esperar hasta 1 día antes del vencimiento");
    check(
        "esperar hasta 2 dias habiles tras el vencimiento a las 8:00 { cuando vence { escalar } }",
        "esperar hasta 2 días hábiles después del vencimiento a las 08:00 {\n  cuando vence { escalar }\n}",
    );
    check("esperar hasta \"0 0 9 * * Mon\"", "esperar hasta \"0 0 9 * * Mon\"");
    check("repite 2 vez{nota \"x\"}", "repetir hasta 2 veces { nota \"x\" }");
    check("repetir hasta 1 veces { }", "repetir hasta 1 vez {\n}");
    check(
        "reparte tono{50%a{nota \"x\"}50% b{}}",
        "repartir tono {\n  50% a { nota \"x\" }\n  50% b {\n  }\n}",
    );
    check("mandar plantilla aviso sino { escala }", "enviar plantilla aviso si no { escalar }");
    check("si saldo>=1_200.50 pen{nota \"x\"}", "si saldo >= 1_200.50 PEN { nota \"x\" }");
}

#[test]
fn branches_of_a_question() {
    check(
        "si en_disputa { nota \"1\" } si no si saldo > 1 PEN { nota \"2\" } si no { nota \"3\" }",
        "si en_disputa {\n  nota \"1\"\n} si no si saldo > 1 PEN {\n  nota \"2\"\n} si no {\n  nota \"3\"\n}",
    );
    check(
        "si en_disputa { nota \"1\" } si no { si saldo > 1 PEN { nota \"2\" } }",
        "si en_disputa {\n  nota \"1\"\n} si no {\n  si saldo > 1 PEN { nota \"2\" }\n}",
    );
    check("si en_disputa { } si no { }", "si en_disputa {\n} si no {\n}");
    check("enviar plantilla aviso si no { }", "enviar plantilla aviso si no {\n}");
    check(
        "si en_disputa { nota \"1\" } si no en_disputa { nota \"2\" }",
        "si en_disputa { nota \"1\" }\nsi no en_disputa { nota \"2\" }",
    );
}

#[test]
fn yes_and_no_are_never_taken_for_if_and_not() {
    check("si (no) { nota \"x\" }", "si (falso) { nota \"x\" }");
    check("si falso { nota \"x\" }", "si falso { nota \"x\" }");
    check("si no verdadero { nota \"x\" }", "si no verdadero { nota \"x\" }");
    check(
        "si en_disputa = no y sí = sí { nota \"x\" }",
        "si en_disputa = no y verdadero = sí { nota \"x\" }",
    );
}

#[test]
fn comments_are_kept_wherever_they_stand() {
    check("# solo\nnota \"x\" # al final\n# último", "# solo\nnota \"x\"  # al final\n# último");
    check(
        "si en_disputa { # abre\n nota \"1\"\n # dentro\n} # tras la llave\n# entre\nsi no { # otro\n nota \"2\" }",
        "si en_disputa {  # abre\n  nota \"1\"\n  # dentro\n} si no {  # tras la llave\n  # entre\n  # otro\n  nota \"2\"\n}",
    );
    check(
        "esperar 3 días { # a\n # b\n cuando baja { # c\n nota \"x\" # d\n } # e\n cuando vence { escalar } # f\n # g\n}",
        "esperar 3 días {  # a\n  # b\n  cuando baja {  # c\n    nota \"x\"  # d\n  }  # e\n  cuando vence { escalar }  # f\n  # g\n}",
    );
    check("esperar # a\n 3 # b\n días", "esperar 3 días  # a\n# b");
    check(
        "si saldo > # a\n 1 PEN # b\n # c\n { nota \"x\" }",
        "si saldo > 1 PEN { nota \"x\" }  # a\n# b\n# c",
    );
    let every_line: String = SAMPLE.lines().flat_map(|line| [line, " # c\n# d\n"]).collect();
    let formatted = es_of(&every_line);
    assert_eq!(formatted.matches("# c").count(), SAMPLE.lines().count());
    assert_eq!(formatted.matches("# d").count(), SAMPLE.lines().count());
    assert_eq!(es_of(&formatted), formatted);
}

#[test]
fn the_line_that_names_the_language_keeps_its_comments() {
    let text = "# uno\nidioma es # dos\n# tres\nplantilla a para sms {\n  texto \"x\"\n}\n";
    assert_eq!(es_of(text), "# uno\nidioma es  # dos\n# tres\nplantilla a para sms {\n  texto \"x\"\n}\n");
}

#[test]
fn one_blank_line_is_kept_and_no_more() {
    check("nota \"1\"\n\n\n\nnota \"2\"\nnota \"3\"\n\n", "nota \"1\"\n\nnota \"2\"\nnota \"3\"");
}

#[test]
fn a_file_with_mistakes_is_left_alone() {
    assert_eq!(format("estrategia {", None), Err(Refusal::HasMistakes));
}
