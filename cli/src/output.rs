//! How commands speak: findings and answers on stdout, messages on stderr, exit codes.
//!
//! 0: done. 1: the answer is no. 2: used wrongly, or could not run. A closed pipe is no failure.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use cobro_dsl::Compiled;
use cobro_dsl::diagnostic::{Diagnostic, Safety, Severity};
use cobro_dsl::values::Lang;
use serde_json::{Value, json};
use std::fs::OpenOptions;
use std::io::{ErrorKind, IsTerminal as _, Write as _};
use std::path::Path;
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

/// Puts a text in a file's place. It is written beside the file, which is the old one or the new one, never half
/// of it. What a link points to is replaced, not the link; what is no file, as `/dev/stdout`, is written to.
pub(crate) fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let known = std::fs::metadata(&path).ok();
    if known.as_ref().is_some_and(|known| !known.is_file() && !known.is_dir()) {
        return OpenOptions::new().write(true).open(&path)?.write_all(text.as_bytes());
    }
    // Who made a file read-only did not mean it to be replaced, though the folder would permit it.
    if known.as_ref().is_some_and(|known| known.is_file() && known.permissions().readonly()) {
        return Err(ErrorKind::PermissionDenied.into());
    }
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(name);
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&beside)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            if let Some(known) = known.filter(|known| known.is_file()) {
                file.set_permissions(known.permissions())?;
            }
            file.sync_all()
        })
        .and_then(|()| std::fs::rename(&beside, &path));
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written
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
    compiled.findings.iter().chain(&compiled.advice).map(one).collect::<Vec<_>>().join("\n\n")
}

fn rich(compiled: &Compiled, finding: &Diagnostic, lang: Lang, renderer: &Renderer) -> String {
    let level = match finding.severity() {
        Severity::Error => Level::ERROR.with_name("error"),
        Severity::Warning => Level::WARNING.with_name(lang.pick("aviso", "warning")),
        Severity::Advice => Level::NOTE.with_name(lang.pick("consejo", "advice")),
    };
    let facts = finding.problem.facts();
    let (headline, beside) = (facts.headline(lang), facts.beside(lang));
    let source = &compiled.source;
    let (own, abroad): (Vec<_>, Vec<_>) = finding
        .others
        .iter()
        .partition(|other| source.part(other.span.start) == source.part(finding.span.start));
    let text = source.text.as_str();
    // The renderer reads all that it is given, for each finding: only the lines that are marked are given.
    let spans = || std::iter::once(finding.span).chain(own.iter().map(|other| other.span));
    let first = spans().map(|span| span.start).min().unwrap_or(0) as usize;
    let last = spans().map(|span| span.end).max().unwrap_or(0) as usize;
    let from = text.get(..first).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let to = text.get(last..).and_then(|after| after.find('\n')).map_or(text.len(), |at| last + at + 1);
    let text = text.get(from..to).unwrap_or(text);
    let range = |span: cobro_dsl::source::Span| {
        let start = (span.start as usize).saturating_sub(from).min(text.len());
        start..(span.end as usize).saturating_sub(from).clamp(start, text.len())
    };
    let mut snippet = Snippet::source(text)
        .line_start(compiled.source.line_column(from as u32).0 as usize)
        .path(source.name_at(finding.span.start))
        .annotation(AnnotationKind::Primary.span(range(finding.span)).label(beside));
    for other in own {
        let words = lang.pick(other.es.clone(), other.en.clone());
        snippet = snippet.annotation(AnnotationKind::Context.span(range(other.span)).label(words));
    }
    let mut group = level.primary_title(headline).id(finding.problem.code()).element(snippet);
    // What explains it may stand in another file.
    for other in abroad {
        let (line, column) = source.line_column(other.span.start);
        let (words, name) = (lang.pick(&other.es, &other.en), source.name_at(other.span.start));
        let place = format!("{words}: {name}:{line}:{column}");
        group = group.element(Level::NOTE.with_name(lang.pick("también", "also")).message(place));
    }
    if let Some(help) = facts.help(lang) {
        group = group.element(Level::HELP.with_name(lang.pick("ayuda", "help")).message(help));
    }
    if let Some(fixes) = fixes(finding, lang) {
        group = group.element(Level::HELP.with_name(lang.pick("arreglo", "fix")).message(fixes));
    }
    let page = format!("docs/codes/{0}.md (`cobro explain {0}`)", finding.problem.code());
    group = group.element(Level::NOTE.with_name(lang.pick("página", "page")).message(page));
    renderer.render(&[group])
}

/// The edits that a finding offers, in words: what `cobro fix` does, or what only a person can choose.
fn fixes(finding: &Diagnostic, lang: Lang) -> Option<String> {
    let first = finding.fixes.first()?;
    let words: Vec<String> = finding.fixes.iter().map(|fix| fix.words(lang)).collect();
    let words = words.join(lang.pick(", o ", ", or "));
    Some(match (first.safety, finding.fixes.len()) {
        (Safety::Safe, _) => format!("{words} (`cobro fix`)"),
        (Safety::Guess, 1) => format!("{words} (`cobro fix --unsafe`)"),
        (Safety::Guess, _) => {
            format!("{words} ({} `cobro fix --unsafe`)", lang.pick("lo primero:", "the first:"))
        }
        (Safety::Choice, 1) => format!("{words} ({})", lang.pick("decida usted", "you decide")),
        (Safety::Choice, _) => format!("{words} ({})", lang.pick("elija uno", "choose one")),
    })
}

/// A finding as sentences without drawings: for screen readers and mail.
pub(crate) fn plain(compiled: &Compiled, finding: &Diagnostic, lang: Lang) -> String {
    let (line, column) = compiled.source.line_column(finding.span.start);
    let severity = match finding.severity() {
        Severity::Error => "Error",
        Severity::Warning => lang.pick("Aviso", "Warning"),
        Severity::Advice => lang.pick("Consejo", "Advice"),
    };
    let facts = finding.problem.facts();
    let (code, file) = (finding.problem.code(), compiled.source.name_at(finding.span.start));
    let mut out = match lang {
        Lang::Es => format!("{severity} {code}, {file}, línea {line}, columna {column}: "),
        Lang::En => format!("{severity} {code}, {file}, line {line}, column {column}: "),
    };
    out.push_str(&format!("{}.", facts.headline(lang)));
    let mut sentence = |text: &str| {
        let text = text.trim();
        if !text.is_empty() {
            out.push(' ');
            out.push_str(&capital(text));
            if !text.ends_with(['.', '?', '!', '…']) {
                out.push('.');
            }
        }
    };
    sentence(&facts.beside(lang));
    for other in &finding.others {
        let (line, _) = compiled.source.line_column(other.span.start);
        let words = lang.pick(&other.es, &other.en);
        sentence(&format!("{} {line}: {words}", lang.pick("Línea", "Line")));
    }
    sentence(&facts.help(lang).unwrap_or_default());
    if let Some(fixes) = fixes(finding, lang) {
        sentence(&format!("{}: {fixes}", lang.pick("Arreglo", "Fix")));
    }
    sentence(&format!("{}: cobro explain {code}", lang.pick("Más", "More")));
    out
}

fn capital(text: &str) -> String {
    let opening = text.len() - text.trim_start_matches(['¿', '¡']).len();
    let (before, rest) = text.split_at(opening);
    let mut letters = rest.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{before}{first}{}", letters.as_str())
}

/// A finding as one stable JSON object.
pub(crate) fn finding_json(compiled: &Compiled, finding: &Diagnostic) -> Value {
    let place = |span: cobro_dsl::source::Span| {
        let (line, column) = compiled.source.line_column(span.start);
        let (end_line, end_column) = compiled.source.line_column(span.end);
        let local = compiled.source.local(span);
        json!({ "line": line, "column": column, "end_line": end_line, "end_column": end_column,
                "start": local.start, "end": local.end })
    };
    let facts = finding.problem.facts();
    let words = |lang: Lang| json!({ "headline": facts.headline(lang), "beside": facts.beside(lang), "help": facts.help(lang) });
    json!({
        "code": finding.problem.code(),
        "name": finding.problem.name(),
        "severity": match finding.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Advice => "advice",
        },
        "file": compiled.source.name_at(finding.span.start),
        "place": place(finding.span),
        "es": words(Lang::Es),
        "en": words(Lang::En),
        "others": finding.others.iter().map(|other| json!({
            "file": compiled.source.name_at(other.span.start),
            "place": place(other.span), "es": other.es, "en": other.en
        })).collect::<Vec<_>>(),
        "fixes": finding.fixes.iter().map(|fix| json!({
            "place": place(fix.span), "replacement": fix.replacement, "safe": fix.safety == Safety::Safe,
            "safety": match fix.safety { Safety::Safe => "safe", Safety::Guess => "guess", Safety::Choice => "choice" },
            "es": fix.words(Lang::Es), "en": fix.words(Lang::En)
        })).collect::<Vec<_>>(),
        "page": format!("docs/codes/{}.md", finding.problem.code()),
    })
}

/// How many errors and warnings there are, in words.
pub(crate) fn count(compiled: &[Compiled], lang: Lang) -> String {
    let all = || compiled.iter().flat_map(|file| &file.findings);
    let errors = all().filter(|finding| finding.severity() == Severity::Error).count();
    let warnings = all().count() - errors;
    let advice: usize = compiled.iter().map(|file| file.advice.len()).sum();
    let plural =
        |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let mut told = match lang {
        Lang::Es => {
            format!("{}, {}", plural(errors, "error", "errores"), plural(warnings, "aviso", "avisos"))
        }
        Lang::En => {
            format!("{}, {}", plural(errors, "error", "errors"), plural(warnings, "warning", "warnings"))
        }
    };
    if advice > 0 {
        told.push_str(&match lang {
            Lang::Es => format!(", {}", plural(advice, "consejo", "consejos")),
            Lang::En => format!(", {}", plural(advice, "piece of advice", "pieces of advice")),
        });
    }
    told
}

#[cfg(test)]
mod tests {
    use super::replace;

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_a_folder_a_folder() {
        let dir = std::env::temp_dir().join(format!("cobro-replace-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let (file, link) = (dir.join("file"), dir.join("link"));
        std::fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        replace(&link, "new").unwrap();
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "new");
        assert!(replace(&dir, "x").is_err());
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
