//! `cobro test`: the `test` blocks of strategy files, in virtual time.

use crate::args::{CostArgs, Format, SetArgs, lang};
use crate::{output, strategy_file};
use clap::Args;
use cobro_dsl::graph::words;
use cobro_dsl::law::Laws;
use cobro_dsl::program::coverage::{Coverage, Missed, outcomes};
use cobro_dsl::program::{Op, Program};
use cobro_dsl::values::Lang;
use cobro_engine::advance::Context;
use cobro_engine::{testing, trace};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

/// Runs the tests written in strategy files.
///
/// Example: cobro test strategies/*.cobro --coverage
#[derive(Args, Debug)]
pub(crate) struct TestArgs {
    /// Strategy files
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Only tests whose name contains this
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Show the whole trace of every test
    #[arg(long)]
    trace: bool,
    /// Say which steps, arrows, handlers and outcomes no test goes through; exit 1 when there is one
    #[arg(long)]
    coverage: bool,
    #[command(flatten)]
    set: SetArgs,
    #[command(flatten)]
    cost: CostArgs,
    /// Language of the report: es, en; without it each file's own
    #[arg(long, value_parser = lang)]
    lang: Option<Lang>,
    /// For people, or one JSON document
    #[arg(long, value_enum, default_value_t = Format::People)]
    format: Format,
}

struct Report {
    people: Vec<String>,
    tests: Vec<Value>,
    passed: usize,
    failed: usize,
}

pub(crate) fn run(args: &TestArgs) -> anyhow::Result<ExitCode> {
    let laws = Laws::shipped();
    let mut report = Report { people: Vec::new(), tests: Vec::new(), passed: 0, failed: 0 };
    let mut coverage = Vec::new();
    let mut all_covered = true;
    let compile = |path: &PathBuf| strategy_file::compile_with(path, &laws, &args.set.values);
    let files: Vec<_> = args.files.iter().map(compile).collect::<Result<_, _>>()?;
    strategy_file::all_are_known(&files, &args.set.values)?;
    let prices = args.cost.prices();
    for compiled in &files {
        args.cost.unasked(&compiled.programs, compiled.lang);
        if !compiled.has_errors() && compiled.programs.is_empty() {
            anyhow::bail!("{}", strategy_file::no_strategy(compiled, None));
        }
        let lang = args.lang.unwrap_or(compiled.lang);
        if compiled.has_errors() {
            output::message(&output::findings(compiled, lang));
            return Ok(ExitCode::from(output::NO));
        }
        let mut taken: BTreeMap<&str, Coverage> = BTreeMap::new();
        for test in &compiled.tests {
            let Some(program) = compiled.program(Some(&test.strategy)) else { continue };
            if args.only.as_ref().is_some_and(|only| !test.name.contains(only.as_str())) {
                continue;
            }
            let law = strategy_file::law(program, &laws);
            let outcome = testing::run(Context { program, law: &law }, test, &prices);
            taken.entry(&program.name).or_default().add(&outcome.coverage);
            report.one(&compiled.source.name, program, test, &outcome, args, lang);
        }
        if args.coverage {
            for program in &compiled.programs {
                let taken = taken.remove(program.name.as_str()).unwrap_or_default();
                let (lines, document, is_whole) = cover(program, &taken, lang);
                report.people.extend(lines);
                coverage.push(document);
                all_covered &= is_whole;
            }
        }
    }
    let Report { people, tests, passed, failed } = report;
    match args.format {
        Format::People => {
            let summary = args.lang.unwrap_or(Lang::Es).pick(
                format!("{passed} pruebas pasan, {failed} fallan"),
                format!("{passed} tests pass, {failed} fail"),
            );
            output::answer(&people.into_iter().chain([summary]).collect::<Vec<_>>().join("\n"));
        }
        Format::Json => output::document(&json!({
            "ok": failed == 0 && all_covered, "passed": passed, "failed": failed, "tests": tests, "coverage": coverage
        })),
    }
    Ok(output::yes_or_no(failed == 0 && all_covered))
}

impl Report {
    fn one(
        &mut self,
        file: &str,
        program: &Program,
        test: &cobro_dsl::program::test::Test,
        outcome: &testing::Outcome,
        args: &TestArgs,
        lang: Lang,
    ) {
        let zone = test.account.zone.unwrap_or(program.zone);
        let lines: Vec<String> = outcome.rows.iter().map(|row| trace::line(program, zone, row)).collect();
        let passed = outcome.failures.is_empty();
        self.passed += usize::from(passed);
        self.failed += usize::from(!passed);
        let mark = if passed { lang.pick("pasa ", "pass ") } else { lang.pick("FALLA", "FAIL ") };
        self.people.push(format!("{mark}  {file}:{}  {}", test.line, test.name));
        for failure in &outcome.failures {
            let line = lang.pick("línea", "line");
            let why = lang.pick(&failure.es, &failure.en);
            self.people.push(format!("       {line} {}: {why}", failure.line));
        }
        if args.trace || !passed {
            self.people.extend(lines.iter().map(|line| format!("       {line}")));
        }
        self.tests.push(json!({
            "file": file, "line": test.line, "name": test.name, "strategy": program.name, "passed": passed,
            "failures": outcome.failures.iter().map(|failure| json!({
                "line": failure.line, "es": failure.es, "en": failure.en
            })).collect::<Vec<_>>(),
            "trace": lines,
        }));
    }
}

/// What of a strategy the tests went through.
fn cover(program: &Program, coverage: &Coverage, lang: Lang) -> (Vec<String>, Value, bool) {
    let missed = coverage.missed(program);
    let of = |all: usize, is_kind: fn(&Missed) -> bool| {
        let missed = missed.iter().filter(|missed| is_kind(missed)).count();
        (all - missed.min(all), all)
    };
    let steps = of(program.steps.len(), |missed| matches!(missed, Missed::Step(_)));
    let arrows = of(program.arrows().count(), |missed| matches!(missed, Missed::Arrow(_)));
    let handlers = of(program.handlers.len(), |missed| matches!(missed, Missed::Handler(_)));
    let outcomes = of(outcomes(program).len(), |missed| matches!(missed, Missed::Outcome(_)));
    let share = |(hit, all): (usize, usize)| (hit * 100).checked_div(all).unwrap_or(100);
    let mut lines = vec![lang.pick(
        format!(
            "cobertura de {}: {} de {} flechas ({} %), {} de {} pasos, {} de {} sucesos atendidos, {} de {} finales",
            program.name, arrows.0, arrows.1, share(arrows), steps.0, steps.1, handlers.0, handlers.1,
            outcomes.0, outcomes.1
        ),
        format!(
            "coverage of {}: {} of {} arrows ({} %), {} of {} steps, {} of {} handlers, {} of {} outcomes",
            program.name, arrows.0, arrows.1, share(arrows), steps.0, steps.1, handlers.0, handlers.1,
            outcomes.0, outcomes.1
        ),
    )];
    let rows: Vec<MissedRow> = missed.iter().map(|missed| MissedRow::of(program, *missed, lang)).collect();
    for row in &rows {
        let place = if row.line > 0 {
            format!("{} {}  ", lang.pick("línea", "line"), row.line)
        } else {
            String::new()
        };
        lines.push(format!(
            "       {}: {place}{} {}",
            lang.pick("sin prueba", "no test"),
            row.word,
            row.what
        ));
    }
    let document = json!({
        "strategy": program.name, "arrows": arrows.1, "taken": arrows.0,
        "steps": { "all": steps.1, "covered": steps.0 },
        "handlers": { "all": handlers.1, "covered": handlers.0 },
        "outcomes": { "all": outcomes.1, "covered": outcomes.0 },
        "missed": rows.iter().map(|row| json!({
            "kind": row.kind, "line": row.line, "what": row.what, "from": row.from, "to": row.to
        })).collect::<Vec<_>>(),
    });
    (lines, document, missed.is_empty())
}

/// Something that no test goes through, in words.
struct MissedRow {
    kind: &'static str,
    word: &'static str,
    line: u32,
    what: String,
    /// Ends of an arrow.
    from: Option<String>,
    to: Option<String>,
}

impl MissedRow {
    fn of(program: &Program, missed: Missed, lang: Lang) -> MissedRow {
        let plain = |kind, word, line, what| MissedRow { kind, word, line, what, from: None, to: None };
        match missed {
            Missed::Step(step) => {
                let line = program.origin.steps.get(usize::from(step.0)).map_or(0, |(_, line)| *line);
                plain("step", lang.pick("paso", "step"), line, program.step_name(step).to_owned())
            }
            Missed::Handler(handler) => {
                let trigger = program.handlers.get(handler as usize).map(|handler| handler.trigger);
                let what = trigger.map_or_else(String::new, |trigger| words::trigger(program, trigger, lang));
                plain("handler", lang.pick("suceso", "handler"), program.origin.handler_line(handler), what)
            }
            Missed::Outcome(outcome) => {
                plain("outcome", lang.pick("fin", "outcome"), 0, program.outcome_name(outcome).to_owned())
            }
            Missed::Arrow(arrow) => {
                let from = program.step_of(arrow);
                let from =
                    from.map_or(lang.pick("siempre", "always"), |step| program.step_name(step)).to_owned();
                let to = match program.op(arrow) {
                    Op::Go(step) => program.step_name(*step).to_owned(),
                    Op::End(outcome) => program.outcome_name(*outcome).to_owned(),
                    _ => String::new(),
                };
                MissedRow {
                    from: Some(from.clone()),
                    to: Some(to.clone()),
                    ..plain(
                        "arrow",
                        lang.pick("flecha", "arrow"),
                        program.origin.line(arrow),
                        format!("{from} -> {to}"),
                    )
                }
            }
        }
    }
}
