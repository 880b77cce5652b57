//! Every mistake is told, once, at its place; the next one is not hidden by it.

use super::{check_en, check_es, compiled, en, es, found, told};
use crate::values::Lang;

const TEN_ES: &str = include_str!("../../../tests/cases/known_bad/ten_mistakes_es.cobro");
const TEN_EN: &str = include_str!("../../../tests/cases/known_bad/ten_mistakes_en.cobro");

#[test]
fn ten_mistakes_are_ten_findings_in_spanish() {
    let expected = [
        "7:16 C0111",
        "10:38 C0105",
        "13:12 C0107",
        "16:10 C0201",
        "19:5 C0101",
        "20:19 C0109",
        "21:24 C0206",
        "22:14 C0101",
        "27:12 C0505",
        "29:11 C0205",
    ];
    assert_eq!(found(TEN_ES), expected);
}

#[test]
fn ten_mistakes_are_ten_findings_in_english() {
    let expected = [
        "7:12 C0111",
        "10:48 C0105",
        "13:8 C0107",
        "16:9 C0201",
        "19:5 C0101",
        "20:16 C0109",
        "21:19 C0206",
        "22:10 C0101",
        "27:10 C0505",
        "29:11 C0205",
    ];
    assert_eq!(found(TEN_EN), expected);
}

#[test]
fn a_file_without_mistakes_is_sound() {
    check_es("", "");
    check_en("", "");
}

/// The words beside a single finding.
#[track_caller]
fn suggests(text: &str, lang: Lang, wanted: &str) {
    let told = told(text, lang);
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told.iter().all(|line| line.contains(wanted)), "{told:#?} does not say {wanted}");
}

#[test]
fn a_misspelt_keyword_is_recognised_in_the_language_of_the_file() {
    for (statement, right) in [
        ("enviarr whatsapp plantilla aviso", "enviar"),
        ("esperra 3 días", "esperar"),
        ("esperar hsata 3 días", "hasta"),
        ("esperar 3 diias", "días"),
        ("esperar 3 días hábilles", "hábiles"),
        ("escallar", "escalar"),
        ("assignar cola x", "asignar"),
        ("asignar colla x", "cola"),
        ("asignar cola x priorida alta", "prioridad"),
        ("asignar cola x prioridad altta", "alta"),
        ("notta \"x\"", "nota"),
        ("enviar whatsap plantilla aviso", "whatsapp"),
        ("enviar whatsapp plantila aviso", "plantilla"),
        ("enviar plantila aviso", "plantilla"),
        ("si en_disputa { fim curada }", "fin"),
        ("esperar 3 días { cuanddo baja -> curada }", "cuando"),
        ("esperar 3 días { cuando respueta pagar -> curada }", "respuesta"),
        ("esperar 3 días { cuando pago totall -> curada }", "total"),
        ("esperar 3 días { cuando pago_total -> curada }", "pago total"),
        ("esperar 3 días { cuando no entrgado { escalar } }", "entregado"),
    ] {
        suggests(&es(statement), Lang::Es, &format!("¿quiso decir `{right}`?"));
    }
    for (statement, right) in [
        ("sennd whatsapp template notice", "send"),
        ("wiat 3 days", "wait"),
        ("wait 3 dayss", "days"),
        ("wait 3 busines days", "business"),
        ("escallate", "escalate"),
        ("asign queue x", "assign"),
        ("assign queue x prority high", "priority"),
        ("noet \"x\"", "note"),
        ("if disputed { edn cured }", "end"),
        ("wait 3 days { on timeuot { escalate } }", "timeout"),
        ("wait 3 days { on full paymnt -> cured }", "payment"),
        ("wait 3 days { on optout -> cured }", "opt out"),
    ] {
        suggests(&en(statement), Lang::En, &format!("did you mean `{right}`?"));
    }
}

#[test]
fn a_word_of_the_other_language_is_told_with_its_fix() {
    let check = |text: &str, written: &str, right: &str| {
        let compiled = compiled(text);
        let [only] = compiled.findings.as_slice() else { panic!("{:#?}", compiled.findings) };
        assert_eq!(only.problem.code(), "C0107", "{only:?}");
        assert_eq!(compiled.source.slice(only.span), written);
        assert_eq!(
            only.fixes
                .first()
                .map(|fix| (fix.replacement.as_str(), fix.safety == crate::diagnostic::Safety::Safe)),
            Some((right, true))
        );
    };
    check(&es("send whatsapp plantilla aviso"), "send", "enviar");
    check(&es("wait 3 días"), "wait", "esperar");
    check(&es("esperar up to 3 días"), "up to", "hasta");
    check(&es("esperar 3 business days"), "business days", "días hábiles");
    check(&es("si en_disputa { go to curada }"), "go to", "ir a");
    check(&es("assign cola x"), "assign", "asignar");
    check(&es("esperar 3 días { on baja -> curada }"), "on", "cuando");
    check(&es("esperar 3 días { cuando timeout { escalar } }"), "timeout", "vence");
    check(&es("esperar 3 días { cuando full payment -> curada }"), "full payment", "pago total");
}

#[test]
fn a_figure_with_separators_is_refused_with_every_reading() {
    let readings = |figure: &str| {
        let text = es(&format!("si saldo >= {figure} PEN {{ nota \"x\" }}"));
        let compiled = compiled(&text);
        let codes: Vec<&str> = compiled.findings.iter().map(|finding| finding.problem.code()).collect();
        assert_eq!(codes, ["C0105"], "{figure}");
        let fixes = compiled.findings.iter().flat_map(|finding| &finding.fixes);
        fixes.map(|fix| fix.replacement.clone()).collect::<Vec<_>>().join(" | ")
    };
    assert_eq!(readings("1.200"), "1200 | 1.2");
    assert_eq!(readings("1,200"), "1200 | 1.2");
    assert_eq!(readings("1.234,56"), "1234.56");
    assert_eq!(readings("1,234.56"), "1234.56");
    assert_eq!(readings("1.234.567"), "1234567");
    assert_eq!(readings("0,5"), "0.5");
    check_es("si saldo >= 1_200.50 PEN { nota \"x\" }", "");
    check_es("si dias_mora en (30,60,90) { nota \"x\" }", "4:18 C0105");
    check_es("esperar 1.200 días { cuando baja -> curadda }", "4:9 C0105, 4:37 C0201");
}

#[test]
fn a_missing_brace_is_told_where_the_block_opens() {
    // Before the next step.
    let text =
        es("").replace("fin sin_acuerdo } }", "-> paso_2\n  paso paso_2 {\n    fin sin_acuerdo\n  }\n}");
    assert_eq!(found(&text), ["3:13 C0102"]);
    // Handlers that were never closed, seen from the indentation.
    check_es("  esperar 3 días {\n    cuando baja -> curada\n  nota \"x\"", "4:18 C0102");
    check_es(
        "  esperar 3 días {\n    cuando baja {\n      nota \"x\"\n    cuando no entregado -> curada\n  }",
        "5:17 C0102",
    );
    // At the end of the file.
    let text = "estrategia e {\n  moneda PEN zona horaria America/Lima norma PE\n  entra si saldo > 0 PEN inicio a\n  fin b\n  paso a { fin b }\n";
    assert_eq!(found(text), ["1:14 C0102"]);
    // The contact rules.
    let text = es("")
        .replace("inicio paso_1\n", "inicio paso_1\n  contacto {\n    máximo 1 por día\n  título \"x\"\n");
    assert_eq!(found(&text), ["2:12 C0102"]);
}

#[test]
fn a_missing_opening_brace_does_not_spoil_the_block() {
    let text = es("").replace("paso paso_1 {", "paso paso_1\n");
    assert_eq!(found(&text), ["3:6 C0122"]);
    check_es("si saldo >= 20 PEN -> curada }", "4:20 C0122");
    check_es("si saldo >= 20 PEN -> curada", "4:20 C0122");
    check_es("si saldo >= 20 PEN PEN { nota x }", "4:20 C0101, 4:31 C0121");
}

#[test]
fn a_missing_closing_quote_ends_with_its_line() {
    check_es("nota \"llamar mañana", "4:6 C0103");
    check_es("esperar 3 días { cuando baja { nota \"llamar mañana } }", "4:37 C0103");
    check_es("nota \"llamar\nesperrar 1 día", "4:6 C0103, 5:1 C0101");
}

#[test]
fn a_stray_brace_or_character_is_told_once() {
    assert_eq!(found(&format!("{}}}\n", es(""))), ["8:1 C0104"]);
    check_es("nota \"x\";", "4:9 C0115");
    check_es("esperar 3 días { vence { nota \"x\" } }", "4:18 C0123");
    check_es("si no { nota \"x\" }", "4:1 C0101");
}

#[test]
fn a_question_may_begin_with_no() {
    check_es("si no en_disputa { nota \"x\" }", "");
    check_es("si en_disputa { nota \"x\" } si no en_disputa { nota \"y\" }", "");
    check_es("si en_disputa { nota \"x\" } si no { nota \"y\" }", "");
    check_es("si en_disputa { nota \"x\" } si no si saldo > 3 PEN { nota \"y\" } sino { nota \"z\" }", "");
    check_es("enviar plantilla aviso\nsi no en_disputa { nota \"x\" }", "");
    check_es("enviar plantilla aviso si no { nota \"x\" }", "");
}

#[test]
fn a_name_may_be_spelt_like_a_keyword() {
    for name in
        ["si", "a", "no", "y", "fin", "paso", "cuando", "esperar", "hasta", "el", "whatsapp", "plantilla"]
    {
        let text = es("-> paso_2")
            .replace("fin sin_acuerdo } }", "}}")
            .replace("plantilla aviso para sms", "plantilla otra para sms");
        let text = text.replacen(
            "}}\n",
            "} paso paso_2 { enviar plantilla otra esperar 1 día fin sin_acuerdo } }\n",
            1,
        );
        let text = text.replace("paso_2", name).replace("otra", name);
        assert_eq!(found(&text), [""; 0], "{name}\n{text}");
        for lang in Lang::ALL {
            let formatted = crate::format::format(&text, Some(lang)).unwrap();
            assert_eq!(found(&formatted), [""; 0], "{name}\n{formatted}");
        }
    }
}

#[test]
fn the_language_is_that_of_the_first_line_or_of_most_lines() {
    assert_eq!(compiled("language en\nstrategy s { }").lang, Lang::En);
    assert_eq!(compiled("stratgy s {\n  currency PEN\n  law PE\n}").lang, Lang::En);
    assert_eq!(compiled("estrategai s {\n  moneda PEN\n}").lang, Lang::Es);
    assert_eq!(found("idioma fr").first().map(String::as_str), Some("1:8 C0101"));
}

#[test]
fn accents_case_and_synonyms_do_not_matter() {
    check_es("ESPERAR HASTA 2 DIAS HABILES { CUANDO SE ACABA EL TIEMPO -> curada }", "5:1 C0405");
    check_es("esperar 1 di\u{301}a", "");
    check_en("wait for up to 2 working days { when time out { note \"x\" } }", "");
}
