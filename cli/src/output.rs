//! How commands speak: findings and answers on stdout, messages on stderr, exit codes.
//!
//! 0: done. 1: the answer is no. 2: used wrongly, or could not run. A closed pipe is no failure.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use cobro_dsl::Compiled;
use cobro_dsl::diagnostic::{Diagnostic, Severity};
use cobro_dsl::values::Lang;
use serde_json::{Value, json};
use std::io::{ErrorKind, IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

/// The answer is no.
pub(crate) const NO: u8 = 1;
/// Used wrongly, or could not run.
pub(crate) const FAILED: u8 = 2;

/// An answer was lost: the disk is full, say.
static IS_LOST: AtomicBool = AtomicBool::new(false);

/// Writes the answer. A reader that goes away (`cobro … | head`) is no failure; an answer that could not be
/// written otherwise is, and the command says so when it ends.
pub(crate) fn answer(text: &str) {
    let mut out = std::io::stdout().lock();
    let written = out
        .write_all(text.as_bytes())
        .and_then(|()| if text.ends_with('\n') { Ok(()) } else { out.write_all(b"\n") })
        .and_then(|()| out.flush());
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
        && !IS_LOST.swap(true, Ordering::Relaxed)
    {
        message(&format!("error: stdout: {}", io(&error, Lang::En)));
    }
}

/// The exit code of a command, when all of its answer could be written.
pub(crate) fn ended(code: ExitCode) -> ExitCode {
    if IS_LOST.load(Ordering::Relaxed) { ExitCode::from(FAILED) } else { code }
}

/// Why a file could not be read or written, in words.
pub(crate) fn io(error: &std::io::Error, lang: Lang) -> String {
    let (es, en) = match error.kind() {
        ErrorKind::NotFound => ("no existe", "does not exist"),
        ErrorKind::PermissionDenied => ("no hay permiso", "permission denied"),
        ErrorKind::IsADirectory => ("es una carpeta", "is a directory"),
        ErrorKind::StorageFull => ("el disco está lleno", "the disk is full"),
        ErrorKind::ReadOnlyFilesystem => ("el disco es de solo lectura", "the disk is read-only"),
        ErrorKind::InvalidData => ("no es UTF-8; guárdelo como UTF-8", "is not UTF-8; save it as UTF-8"),
        _ => return error.to_string(),
    };
    lang.pick(es, en).to_owned()
}

/// Writes a JSON document and nothing else.
pub(crate) fn document(value: &Value) {
    answer(&serde_json::to_string_pretty(value).unwrap_or_else(|_| "null".to_owned()));
}

/// Tells people something beside the answer.
pub(crate) fn message(text: &str) {
    eprintln!("{text}");
}

/// The exit code of a yes or no.
pub(crate) fn yes_or_no(is_yes: bool) -> ExitCode {
    if is_yes { ExitCode::SUCCESS } else { ExitCode::from(NO) }
}

/// Findings as people read them, with the text marked.
pub(crate) fn findings(compiled: &Compiled, lang: Lang) -> String {
    let renderer = if std::io::stdout().is_terminal() { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Unicode);
    let one = |finding: &Diagnostic| rich(compiled, finding, lang, &renderer);
    compiled.findings.iter().map(one).collect::<Vec<_>>().join("\n\n")
}

fn rich(compiled: &Compiled, finding: &Diagnostic, lang: Lang, renderer: &Renderer) -> String {
    let level = match finding.severity() {
        Severity::Error => Level::ERROR.with_name("error"),
        Severity::Warning => Level::WARNING.with_name(lang.pick("aviso", "warning")),
    };
    let facts = finding.problem.facts();
    let (headline, beside) = (facts.headline(lang), facts.beside(lang));
    let text = compiled.source.text.as_str();
    let range = |span: cobro_dsl::source::Span| {
        let start = (span.start as usize).min(text.len());
        start..(span.end as usize).clamp(start, text.len())
    };
    let mut snippet = Snippet::source(text)
        .path(compiled.source.name.as_str())
        .annotation(AnnotationKind::Primary.span(range(finding.span)).label(beside));
    for other in &finding.others {
        let words = lang.pick(other.es.clone(), other.en.clone());
        snippet = snippet.annotation(AnnotationKind::Context.span(range(other.span)).label(words));
    }
    let mut group = level.primary_title(headline).id(finding.problem.code()).element(snippet);
    if let Some(help) = facts.help(lang) {
        group = group.element(Level::HELP.with_name(lang.pick("ayuda", "help")).message(help));
    }
    let page = format!("docs/codes/{}.md", finding.problem.code());
    group = group.element(Level::NOTE.with_name(lang.pick("página", "page")).message(page));
    renderer.render(&[group])
}

/// A finding as one stable JSON object.
pub(crate) fn finding_json(compiled: &Compiled, finding: &Diagnostic) -> Value {
    let place = |span: cobro_dsl::source::Span| {
        let (line, column) = compiled.source.line_column(span.start);
        let (end_line, end_column) = compiled.source.line_column(span.end);
        json!({ "line": line, "column": column, "end_line": end_line, "end_column": end_column,
                "start": span.start, "end": span.end })
    };
    let facts = finding.problem.facts();
    let words = |lang: Lang| json!({ "headline": facts.headline(lang), "beside": facts.beside(lang), "help": facts.help(lang) });
    json!({
        "code": finding.problem.code(),
        "name": finding.problem.name(),
        "severity": match finding.severity() { Severity::Error => "error", Severity::Warning => "warning" },
        "file": compiled.source.name,
        "place": place(finding.span),
        "es": words(Lang::Es),
        "en": words(Lang::En),
        "others": finding.others.iter().map(|other| json!({
            "place": place(other.span), "es": other.es, "en": other.en
        })).collect::<Vec<_>>(),
        "fixes": finding.fixes.iter().map(|fix| json!({
            "place": place(fix.span), "replacement": fix.replacement, "safe": fix.is_safe
        })).collect::<Vec<_>>(),
        "page": format!("docs/codes/{}.md", finding.problem.code()),
    })
}

/// How many errors and warnings there are, in words.
pub(crate) fn count(compiled: &[Compiled], lang: Lang) -> String {
    let all = || compiled.iter().flat_map(|file| &file.findings);
    let errors = all().filter(|finding| finding.severity() == Severity::Error).count();
    let warnings = all().count() - errors;
    let plural =
        |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    match lang {
        Lang::Es => {
            format!("{}, {}", plural(errors, "error", "errores"), plural(warnings, "aviso", "avisos"))
        }
        Lang::En => {
            format!("{}, {}", plural(errors, "error", "errors"), plural(warnings, "warning", "warnings"))
        }
    }
}
