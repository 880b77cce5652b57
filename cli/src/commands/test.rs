//! `cobro test`: the `test` blocks of strategy files, in virtual time.

use crate::args::{CostArgs, Format, SetArgs, lang};
use crate::{output, strategy_file};
use clap::Args;
use cobro_dsl::law::Laws;
use cobro_dsl::program::{Op, OpId, Program};
use cobro_dsl::values::Lang;
use cobro_engine::advance::Context;
use cobro_engine::{testing, trace};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
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
    /// Say which arrows of the graph no test takes; exit 1 when there is one
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
        let mut taken: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
        for test in &compiled.tests {
            let Some(program) = compiled.program(Some(&test.strategy)) else { continue };
            if args.only.as_ref().is_some_and(|only| !test.name.contains(only.as_str())) {
                continue;
            }
            let law = strategy_file::law(program, &laws);
            let outcome = testing::run(Context { program, law: &law }, test, &prices);
            taken.entry(&program.name).or_default().extend(&outcome.arrows);
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

/// Which arrows of a strategy the tests took.
fn cover(program: &Program, taken: &BTreeSet<u32>, lang: Lang) -> (Vec<String>, Value, bool) {
    let arrows: Vec<OpId> = program.arrows().collect();
    let missed: Vec<OpId> = arrows.iter().copied().filter(|arrow| !taken.contains(&arrow.0)).collect();
    let from = |arrow: OpId| {
        program
            .step_of(arrow)
            .map_or(lang.pick("siempre", "always"), |step| program.step_name(step))
            .to_owned()
    };
    let to = |arrow: OpId| match program.op(arrow) {
        Op::Go(step) => program.step_name(*step).to_owned(),
        Op::End(outcome) => program.outcome_name(*outcome).to_owned(),
        _ => String::new(),
    };
    let (all, hit) = (arrows.len(), arrows.len() - missed.len());
    let mut lines = vec![lang.pick(
        format!("cobertura de {}: {hit} de {all} flechas", program.name),
        format!("coverage of {}: {hit} of {all} arrows", program.name),
    )];
    for arrow in &missed {
        let line = program.origin.line(*arrow);
        let word = lang.pick("sin prueba: línea", "no test: line");
        lines.push(format!("       {word} {line}  {} -> {}", from(*arrow), to(*arrow)));
    }
    let document = json!({
        "strategy": program.name, "arrows": all, "taken": hit,
        "missed": missed.iter().map(|arrow| json!({
            "line": program.origin.line(*arrow), "from": from(*arrow), "to": to(*arrow)
        })).collect::<Vec<_>>(),
    });
    (lines, document, missed.is_empty())
}
