//! Tests of the whole road, text to findings and programs. What concerns one file stands in that file.

mod recovery;
mod formatting;
mod meaning;
mod flow;
mod hostile;
mod fixes;
mod pages;
mod book;
mod packs;

use crate::imports::{Loaded, NotLoaded};
use crate::law::Laws;
use crate::source::Source;
use crate::values::Lang;
use crate::{Compiled, Project, compile_project};
use std::sync::OnceLock;

/// Files that the examples import.
fn library(path: &str) -> Result<Loaded, NotLoaded> {
    let text = match path {
        "templates.cobro" => {
            "template notice for sms {\n  text \"{{name}}, you owe {{balance}}.\"\n}\n".to_owned()
        }
        "rules.cobro" => "condition large when balance >= 1000 PEN\ncurrency PEN\nlaw PE\n".to_owned(),
        "round.cobro" => "import \"test.cobro\"\n".to_owned(),
        "spanish.cobro" => "plantilla aviso para sms {\n  texto \"{{nombre}}\"\n}\n".to_owned(),
        "all.cobro" => (0..10_000).map(|n| format!("import \"part_{n}.cobro\"\n")).collect(),
        part if part.starts_with("part_") => "# nothing\n".to_owned(),
        _ => {
            return Err(NotLoaded { es: "no existe".to_owned(), en: "does not exist".to_owned() });
        }
    };
    Ok(Loaded { name: path.to_owned(), text })
}

fn compiled(text: &str) -> Compiled {
    static LAWS: OnceLock<Laws> = OnceLock::new();
    let project = Project { files: &library, ..Project::alone("test.cobro", text) };
    compile_project(&project, LAWS.get_or_init(Laws::shipped))
}

/// Place and code of every finding: `4:10 C0110`.
fn found(text: &str) -> Vec<String> {
    let source = Source::new("test.cobro", text);
    let place = |at: u32| {
        let (line, column) = source.line_column(at);
        format!("{line}:{column}")
    };
    let findings = compiled(text).findings;
    findings
        .iter()
        .map(|finding| format!("{} {}", place(finding.span.start), finding.problem.code()))
        .collect()
}

/// The findings of a file, one after another, with the words beside them.
fn told(text: &str, lang: Lang) -> Vec<String> {
    let one = |finding: &crate::diagnostic::Diagnostic| {
        let facts = finding.problem.facts();
        format!("{}: {} | {}", finding.problem.code(), facts.headline(lang), facts.beside(lang))
    };
    compiled(text).findings.iter().map(one).collect()
}

/// A sound strategy in Spanish with these statements, from line 4 on, at the head of its only step.
fn es(statements: &str) -> String {
    format!(
        "estrategia e {{ moneda PEN zona horaria America/Lima norma PE entra si dias_mora >= 1 inicio paso_1\n\
         fin curada éxito fin sin_acuerdo fracaso\n\
         paso paso_1 {{ enviar whatsapp plantilla aviso esperar 1 día\n\
         {statements}\n\
         fin sin_acuerdo }} }}\n\
         plantilla aviso para whatsapp {{ texto \"{{{{nombre}}}}\" botón pagar \"Pagar\" }}\n\
         plantilla aviso para sms {{ texto \"{{{{nombre}}}}\" }}\n"
    )
}

/// The same in English.
fn en(statements: &str) -> String {
    format!(
        "strategy e {{ currency PEN timezone America/Lima law PE enter when days_past_due >= 1 start step_1\n\
         end cured success end unresolved failure\n\
         step step_1 {{ send whatsapp template notice wait 1 day\n\
         {statements}\n\
         end unresolved }} }}\n\
         template notice for whatsapp {{ text \"{{{{name}}}}\" button pay \"Pay\" }}\n\
         template notice for sms {{ text \"{{{{name}}}}\" }}\n"
    )
}

/// Statements in Spanish and the only finding they give; none when the expectation is empty.
fn check_es(statements: &str, expected: &str) {
    assert_eq!(
        found(&es(statements)).join(", "),
        expected,
        "{statements}\n{:#?}",
        told(&es(statements), Lang::Es)
    );
}

/// The same in English.
fn check_en(statements: &str, expected: &str) {
    assert_eq!(
        found(&en(statements)).join(", "),
        expected,
        "{statements}\n{:#?}",
        told(&en(statements), Lang::En)
    );
}
