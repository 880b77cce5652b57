//! A case: a `.cobro` file with strategies and tests, and beside it a snapshot of all that comes of it.
//!
//! In: the file's path from the root of the repository. Out: nothing, or a panic that says what differs. The
//! snapshot holds the findings in both languages, every arrow, and the whole trace of every `test` block.

use crate::cases::root;
use cobro_dsl::format::{Refusal, format};
use cobro_dsl::imports::{Loaded, NotLoaded};
use cobro_dsl::law::Laws;
use cobro_dsl::program::coverage::{Coverage, Missed};
use cobro_dsl::program::test::Test;
use cobro_dsl::program::{Op, Program};
use cobro_dsl::values::Lang;
use cobro_dsl::{Compiled, Project};
use cobro_engine::advance::Context;
use cobro_engine::gate::Law;
use cobro_engine::testing::{self, Outcome};
use cobro_engine::trace;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// Runs one case.
pub fn run(path: &str) {
    let text = read(path);
    let laws = Laws::shipped();
    let compiled = compile(path, &text, &laws, None);
    written_in_one_form(path, &text, &compiled, &laws);
    let mut told = findings(&compiled);
    told.push_str(&arrows(&compiled));
    let mut failures = Vec::new();
    let mut covered: BTreeMap<String, Coverage> = BTreeMap::new();
    for test in &compiled.tests {
        let (outcome, lines) = play(&compiled, test, &laws);
        let lines = if lines.is_empty() { "(nothing happens)".to_owned() } else { lines.join("\n") };
        let _ = writeln!(told, "\ntest {:?}\n{lines}", test.name);
        covered.entry(test.strategy.clone()).or_default().add(&outcome.coverage);
        failures
            .extend(outcome.failures.iter().map(|failure| format!("{path}:{} {}", failure.line, failure.en)));
    }
    assert!(failures.is_empty(), "expectations that do not hold:\n{}", failures.join("\n"));
    if path.starts_with("strategies/") {
        assert!(compiled.findings.is_empty(), "{path}: a shipped strategy has no finding\n{told}");
    }
    if path.starts_with("strategies/") || path.contains("/whole/") {
        for program in &compiled.programs {
            let missed = covered.get(&program.name).cloned().unwrap_or_default().missed(program);
            let missed: Vec<String> = missed.iter().map(|missed| said(program, *missed)).collect();
            assert_eq!(missed, Vec::<String>::new(), "{path}: what no test goes through");
        }
    }
    snapshot(path, &told);
}

/// Reads and checks a case with the files beside it; with their keywords in another language, when one is given.
pub fn compile(path: &str, text: &str, laws: &Laws, lang: Option<Lang>) -> Compiled {
    let files = |wanted: &str| {
        let missing = |_| NotLoaded { es: "no existe".to_owned(), en: "does not exist".to_owned() };
        let text = std::fs::read_to_string(root().join(wanted)).map_err(missing)?;
        let text = lang.and_then(|lang| format(&text, Some(lang)).ok()).unwrap_or(text);
        Ok(Loaded { name: wanted.to_owned(), text })
    };
    cobro_dsl::compile_project(&Project { files: &files, ..Project::alone(path, text) }, laws)
}

/// The text of a file of the repository.
pub fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The law of a program, as the commands take it.
pub fn law(program: &Program, laws: &Laws) -> Law {
    laws.get(&program.law).map_or_else(Law::cautious, |pack| Law::new(pack.clone()))
}

/// Plays a test and tells its trace.
pub fn play(compiled: &Compiled, test: &Test, laws: &Laws) -> (Outcome, Vec<String>) {
    let program = compiled.program(Some(&test.strategy)).expect("a test names a strategy of its file");
    let law = law(program, laws);
    let outcome = testing::run(Context { program, law: &law }, test, &Default::default());
    let zone = test.account.zone.unwrap_or(program.zone);
    let lines = outcome.rows.iter().map(|row| trace::line(program, zone, row)).collect();
    (outcome, lines)
}

/// The file is in its one form, and neither the formatter nor the other language changes what it means.
fn written_in_one_form(path: &str, text: &str, compiled: &Compiled, laws: &Laws) {
    let once = match format(text, None) {
        Ok(once) => once,
        // What cannot be read cannot be written either; the findings say so.
        Err(Refusal::HasMistakes) => return,
        Err(Refusal::WouldChangeMeaning) => panic!("{path}: the formatted text does not mean the same"),
    };
    assert_eq!(once, text, "{path}: not in its one form; run `cobro fmt`");
    let other = compiled.lang.pick(Lang::En, Lang::Es);
    let there = format(text, Some(other)).unwrap_or_else(|why| panic!("{path} in {other:?}: {why:?}"));
    let back = format(&there, Some(compiled.lang)).unwrap_or_else(|why| panic!("{path} back: {why:?}"));
    assert_eq!(back, text, "{path}: another text after a journey through the other language");
    let abroad = compile(path, &there, laws, Some(other));
    assert_eq!(versions(&abroad), versions(compiled), "{path}: another version in the other language");
}

fn versions(compiled: &Compiled) -> Vec<String> {
    compiled.programs.iter().map(|program| format!("{} {}", program.name, program.version)).collect()
}

fn findings(compiled: &Compiled) -> String {
    let mut told = String::from("findings\n");
    for finding in &compiled.findings {
        let (line, column) = compiled.source.line_column(finding.span.start);
        let (file, start) = compiled.source.part(finding.span.start);
        let file = if start == 0 { String::new() } else { format!("{file}:") };
        let _ = writeln!(told, "{file}{line}:{column} {} {}", finding.problem.code(), finding.problem.name());
        for lang in Lang::ALL {
            let facts = finding.problem.facts();
            let parts = [facts.headline(lang), facts.beside(lang), facts.help(lang).unwrap_or_default()];
            let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            let _ = writeln!(told, "  {} {}", lang.code(), parts.join(" | "));
        }
    }
    if compiled.findings.is_empty() {
        told.push_str("none\n");
    }
    told
}

fn arrows(compiled: &Compiled) -> String {
    let mut told = String::new();
    for program in &compiled.programs {
        let _ = writeln!(told, "\narrows of {}", program.name);
        let mut arrows: Vec<_> = program.arrows().collect();
        arrows.sort_by_key(|arrow| program.origin.ops.get(arrow.0 as usize).map(|(span, _)| *span));
        for arrow in arrows {
            let _ = writeln!(told, "{}", arrow_of(program, arrow));
        }
    }
    told
}

fn arrow_of(program: &Program, arrow: cobro_dsl::program::OpId) -> String {
    let from = program.step_of(arrow).map_or("(always)", |step| program.step_name(step));
    let to = match program.op(arrow) {
        Op::Go(step) => program.step_name(*step).to_owned(),
        Op::End(outcome) => format!("end {}", program.outcome_name(*outcome)),
        _ => String::new(),
    };
    format!("{from} -> {to}")
}

fn said(program: &Program, missed: Missed) -> String {
    match missed {
        Missed::Arrow(arrow) => format!("line {}: {}", program.origin.line(arrow), arrow_of(program, arrow)),
        Missed::Handler(handler) => format!("line {}: handler", program.origin.handler_line(handler)),
        Missed::Step(step) => format!("step {}", program.step_name(step)),
        Missed::Outcome(outcome) => format!("end {}", program.outcome_name(outcome)),
    }
}

/// Compares with the snapshot beside the case.
pub fn snapshot(path: &str, told: &str) {
    let file = root().join(path);
    let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(file.parent().unwrap_or(Path::new("")));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_input_file(&file);
    settings.set_description("findings, arrows, and the trace of every test");
    settings.bind(|| insta::assert_snapshot!(name, told));
}
