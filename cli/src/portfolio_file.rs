//! Portfolio files on disk: read with their mapping, shown with their problems.
//!
//! In: paths. Out: a portfolio and the report on it, or why there is none. Whatever reads a portfolio goes
//! through here, so that every command understands the same files and says the same words.

use cobro_dsl::values::{Lang, NaiveDate};
use cobro_engine::portfolio::{self, Mapping, Portfolio, Problem, Report, Row, mapping};
use indicatif::{ProgressBar, ProgressStyle};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The largest file that is taken into memory.
const FILE_BYTES_MAX: u64 = 2_000_000_000;

/// Why there is no portfolio.
#[derive(Debug)]
pub(crate) enum Refused {
    /// A file cannot be opened or read.
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Larger than we take into memory.
    TooLarge {
        /// Which.
        path: PathBuf,
    },
    /// The mapping is wrong.
    Mapping {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        problem: mapping::Problem,
    },
    /// Nothing in the portfolio can be used.
    Unusable {
        /// Which.
        path: PathBuf,
        /// Everything that was found.
        report: Box<Report>,
    },
}

/// The portfolio of a file as it stands at the beginning of `as_of`. Rows with problems are left out and stand
/// in the report.
pub(crate) fn read(
    path: &Path,
    mapping: Option<&Path>,
    as_of: NaiveDate,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(Portfolio, Report), Refused> {
    let (rows, report) = read_rows(path, mapping, progress)?;
    Ok((Portfolio::gather(rows, as_of), report))
}

/// The rows of a file, before any day is chosen.
pub(crate) fn read_rows(
    path: &Path,
    mapping: Option<&Path>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(Vec<Row>, Report), Refused> {
    let mapping = match mapping {
        Some(path) => read_mapping(path)?,
        None => Mapping::default(),
    };
    let (rows, report) = portfolio::read(&bytes_of(path)?, &mapping, progress);
    match report.is_usable() {
        true => Ok((rows, report)),
        false => Err(Refused::Unusable { path: path.to_owned(), report: Box::new(report) }),
    }
}

fn read_mapping(path: &Path) -> Result<Mapping, Refused> {
    let bytes = bytes_of(path)?;
    let text = String::from_utf8(bytes).map_err(|error| Refused::File {
        path: path.to_owned(),
        error: io::Error::new(io::ErrorKind::InvalidData, error.utf8_error()),
    })?;
    Mapping::parse(&text).map_err(|problem| Refused::Mapping { path: path.to_owned(), problem })
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, Refused> {
    let failed = |error| Refused::File { path: path.to_owned(), error };
    if std::fs::metadata(path).map_err(failed)?.len() > FILE_BYTES_MAX {
        return Err(Refused::TooLarge { path: path.to_owned() });
    }
    std::fs::read(path).map_err(failed)
}

impl Refused {
    /// What is wrong and what to do, a line each.
    pub(crate) fn lines(&self, lang: Lang) -> Vec<String> {
        match self {
            Refused::File { path, error } => vec![lang.pick(
                format!("no se puede leer {}: {}", path.display(), file_words(error, lang)),
                format!("cannot read {}: {}", path.display(), file_words(error, lang)),
            )],
            Refused::TooLarge { path } => vec![lang.pick(
                format!("{} tiene más de 2 GB: divídalo por clientes", path.display()),
                format!("{} is larger than 2 GB: split it by customers", path.display()),
            )],
            Refused::Mapping { path, problem } => {
                vec![format!("{}: {}", path.display(), problem.words(lang))]
            }
            Refused::Unusable { path, report } => {
                let mut lines = Vec::new();
                for problem in &report.unusable {
                    lines.push(format!("{}: {}", path.display(), problem.words(lang)));
                    lines.push(help_line(problem, lang));
                }
                lines
            }
        }
    }
}

/// The usual failures in the reader's language, the others as the system says them.
pub(crate) fn file_words(error: &io::Error, lang: Lang) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => lang.pick("no existe", "it does not exist").to_owned(),
        io::ErrorKind::PermissionDenied => lang.pick("no hay permiso", "permission denied").to_owned(),
        io::ErrorKind::IsADirectory => lang.pick("es una carpeta", "it is a folder").to_owned(),
        io::ErrorKind::InvalidData => lang.pick("no está en UTF-8", "it is not UTF-8").to_owned(),
        _ => crate::output::io(error, lang),
    }
}

/// Doubts about rows that were taken, as people read them: so many, and of how many.
pub(crate) fn doubt_lines(doubts: &[Problem], lang: Lang, most: usize) -> Vec<String> {
    if doubts.is_empty() {
        return Vec::new();
    }
    let count = doubts.len();
    let mut lines = vec![lang.pick(
        format!("aviso: {count} datos por revisar en filas aceptadas"),
        format!("warning: {count} things to look at in rows that were taken in"),
    )];
    lines.extend(problem_lines(doubts, lang, most));
    lines
}

/// Problems of rows as people read them: at most `most`, and how many are not shown.
pub(crate) fn problem_lines(problems: &[Problem], lang: Lang, most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for problem in problems.iter().take(most) {
        lines.push(problem.words(lang));
        lines.push(help_line(problem, lang));
    }
    if let Some(hidden) = problems.len().checked_sub(most).filter(|hidden| *hidden > 0) {
        lines.push(lang.pick(
            format!("y {hidden} problemas más; `--format json` los muestra todos"),
            format!("and {hidden} more problems; `--format json` shows all"),
        ));
    }
    lines
}

/// How many rows came in and how many did not.
pub(crate) fn count_line(path: &Path, report: &Report, lang: Lang) -> String {
    let Report { rows_read, rows_kept, rows_refused, rows_skipped, .. } = report;
    let path = path.display();
    let skipped = match rows_skipped {
        0 => String::new(),
        n => lang.pick(format!(", {n} omitidas por el mapeo"), format!(", {n} skipped by the mapping")),
    };
    lang.pick(
        format!(
            "{path}: {rows_read} filas leídas, {rows_kept} aceptadas, {rows_refused} dejadas fuera{skipped}"
        ),
        format!("{path}: {rows_read} rows read, {rows_kept} taken in, {rows_refused} left out{skipped}"),
    )
}

fn help_line(problem: &Problem, lang: Lang) -> String {
    format!("  {}: {}", lang.pick("ayuda", "help"), problem.help(lang))
}

/// A progress bar on stderr that appears only on a terminal, and only when the work takes longer than a second.
pub(crate) fn bar() -> impl FnMut(u64, u64) {
    let begun = Instant::now();
    let mut bar: Option<ProgressBar> = None;
    move |done, all| {
        if begun.elapsed() < Duration::from_secs(1) {
            return;
        }
        let bar = bar.get_or_insert_with(|| {
            let style = ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes}");
            ProgressBar::new(all).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        bar.set_position(done);
        if done == all {
            bar.finish_and_clear();
        }
    }
}
