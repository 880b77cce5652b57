//! What the service asks of the language: read a strategy, read a portfolio.
//!
//! In: text and bytes as they were uploaded. Out: a program with its law, or findings; customers, or the rows
//! that are wrong. Absent: how either is done. This is the only file that knows who does it.

use cobro_dsl::diagnostic::Severity;
use cobro_dsl::imports::{Loaded, NotLoaded};
use cobro_dsl::law::Laws;
use cobro_dsl::values::{Lang, NaiveDate};
use cobro_dsl::{Compiled, Project, diagnostic::Diagnostic};
use cobro_engine::customer::Customer;
use cobro_engine::durable::programs::Judged;
use cobro_engine::gate::Law;
use cobro_engine::portfolio::{self, Mapping, Problem};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Reads what people upload. Pure: the same text gives the same answer.
pub trait Language: Send + Sync + 'static {
    /// A strategy, checked and ready to run, or what is wrong with it.
    fn compile(&self, text: &str) -> Result<Judged, Vec<Finding>>;

    /// The customers of a portfolio file as they stand at the beginning of a day, and the rows that were left
    /// out. A file that cannot be read at all gives no customers and says why in its problems.
    fn read_portfolio(&self, bytes: &[u8], as_of: NaiveDate) -> Portfolio;
}

/// Something wrong with a strategy, as the API shows it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Finding {
    /// `C0201`; empty when it is about the upload and not the text.
    pub code: String,
    /// `unknown-step`.
    pub name: String,
    /// `error` or `warning`.
    pub severity: String,
    /// One line, in the language of the strategy.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The file of a bundle in which it stands; absent in the main one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// What to write instead of the marked text, when that cannot change what was meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

/// A portfolio as it was read.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Portfolio {
    /// Customers with their accounts.
    pub customers: Vec<Customer>,
    /// Rows of the file, without the head.
    pub rows: u64,
    /// What is wrong, row by row.
    pub problems: Vec<RowProblem>,
    /// What somebody had better look at in rows that are taken.
    pub doubts: Vec<RowProblem>,
}

/// What is wrong with a row.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RowProblem {
    /// From 1, with the head; null for the whole file.
    pub line: Option<u64>,
    /// The column's name; null for the whole row.
    pub column: Option<String>,
    /// `not-a-date`.
    pub problem: String,
    /// One line.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// The language of this repository, with the law packs that it ships.
pub struct Cobro {
    laws: Laws,
    lang: Lang,
}

impl Cobro {
    /// Tells what is wrong with portfolios in this language; a strategy's findings are told in its own.
    pub fn new(lang: Lang) -> Cobro {
        Cobro { laws: Laws::shipped(), lang }
    }
}

impl Language for Cobro {
    fn compile(&self, text: &str) -> Result<Judged, Vec<Finding>> {
        let mut compiled = match Sources::of(text) {
            Err(message) => return Err(vec![unreadable(message)]),
            Ok(sources) => sources.compile(&self.laws),
        };
        if compiled.has_errors() {
            return Err(compiled.findings.iter().map(|finding| shown(&compiled, finding)).collect());
        }
        // One text, one strategy: what is deployed has one name and one version.
        let (Some(program), true) = (compiled.programs.pop(), compiled.programs.is_empty()) else {
            return Err(vec![not_one(compiled.lang)]);
        };
        let law = self.laws.get(&program.law).map_or_else(Law::cautious, |pack| Law::new(pack.clone()));
        Ok(Judged { program: Arc::new(program), law: Arc::new(law) })
    }

    fn read_portfolio(&self, bytes: &[u8], as_of: NaiveDate) -> Portfolio {
        let (rows, report) = portfolio::read(bytes, &Mapping::default(), &mut |_, _| {});
        let problems = report.unusable.iter().chain(&report.problems);
        Portfolio {
            rows: report.rows_read,
            problems: problems.map(|problem| row_problem(problem, self.lang)).collect(),
            doubts: report.doubts.iter().map(|doubt| row_problem(doubt, self.lang)).collect(),
            customers: portfolio::Portfolio::gather(rows, as_of).customers,
        }
    }
}

/// What was uploaded: a strategy's text, or a JSON bundle of several files, `{"main": "a.cobro", "files": {…}}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sources {
    /// The path of the file with the strategy.
    main: String,
    /// Every text by its path.
    files: BTreeMap<String, String>,
}

impl Sources {
    fn of(text: &str) -> Result<Sources, String> {
        if text.trim_start().starts_with('{') {
            return serde_json::from_str(text).map_err(|error| error.to_string());
        }
        let main = "strategy.cobro".to_owned();
        Ok(Sources { files: BTreeMap::from([(main.clone(), text.to_owned())]), main })
    }

    fn compile(&self, laws: &Laws) -> Compiled {
        let load = |path: &str| match self.files.get(path) {
            Some(text) => Ok(Loaded { name: path.to_owned(), text: text.clone() }),
            None => Err(NotLoaded {
                es: "no vino con la estrategia; envíe todos los archivos juntos, con `cobro bundle`"
                    .to_owned(),
                en: "it did not come with the strategy; send all files together, with `cobro bundle`"
                    .to_owned(),
            }),
        };
        let text = self.files.get(&self.main).map_or("", String::as_str);
        let alone = Project::alone(&self.main, text);
        cobro_dsl::compile_project(&Project { files: &load, ..alone }, laws)
    }
}

/// A bundle that cannot be read.
fn unreadable(message: String) -> Finding {
    Finding {
        code: String::new(),
        name: "unreadable-bundle".to_owned(),
        severity: "error".to_owned(),
        message,
        help: None,
        file: None,
        line: 1,
        column: 1,
        fix: None,
    }
}

fn shown(compiled: &Compiled, finding: &Diagnostic) -> Finding {
    let (line, column) = compiled.source.line_column(finding.span.start);
    let place = compiled.source.part(finding.span.start);
    Finding {
        code: finding.problem.code().to_owned(),
        name: finding.problem.name().to_owned(),
        severity: match finding.severity() {
            Severity::Error => "error".to_owned(),
            Severity::Warning => "warning".to_owned(),
            Severity::Advice => "advice".to_owned(),
        },
        message: finding.headline(compiled.lang),
        help: finding.problem.facts().help(compiled.lang),
        file: (place.1 != 0).then(|| place.0.to_owned()),
        line,
        column,
        fix: finding
            .fixes
            .iter()
            .find(|fix| fix.safety == cobro_dsl::diagnostic::Safety::Safe)
            .map(|fix| fix.replacement.clone()),
    }
}

fn not_one(lang: Lang) -> Finding {
    Finding {
        code: String::new(),
        name: "not-one-strategy".to_owned(),
        severity: "error".to_owned(),
        message: lang
            .pick("se despliega una estrategia por texto", "one strategy is deployed from one text")
            .to_owned(),
        help: None,
        file: None,
        line: 1,
        column: 1,
        fix: None,
    }
}

fn row_problem(problem: &Problem, lang: Lang) -> RowProblem {
    RowProblem {
        line: problem.line,
        column: problem.column.clone(),
        problem: problem.fault.name().to_owned(),
        message: problem.words(lang),
        help: problem.help(lang),
    }
}
