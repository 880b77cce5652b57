//! Everyday mistakes: a right strategy into which one mistake is written at a time. Each is told in both languages in
//! words that help a manager, and most come with an edit that makes the file sound again, which the test applies.

use cobro_dsl::diagnostic::{Diagnostic, Safety};
use cobro_dsl::fix::{Take, apply, fix};
use cobro_dsl::law::Laws;
use cobro_dsl::values::Lang;
use cobro_dsl::{Compiled, compile};
use cobro_tests::cases::root;
use std::fmt::Write as _;

const FOLDER: &str = "tests/cases/everyday_mistakes";

struct Mistake {
    lang: String,
    what: String,
    right: String,
    wrong: String,
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(FOLDER).join(name)).expect("a file of the folder")
}

/// `# es: what`, then the right lines after `-` and the wrong ones after `+`.
fn mistakes() -> Vec<Mistake> {
    let text = read("mistakes.diff");
    let blocks = text.split("\n\n").filter(|block| !block.trim().is_empty());
    let lines = |block: &str, mark: char| {
        let lines: Vec<&str> = block.lines().filter_map(|line| line.strip_prefix(mark)).collect();
        lines.join("\n")
    };
    let one = |block: &str| {
        let (lang, what) = block.lines().next()?.strip_prefix("# ")?.split_once(": ")?;
        let (lang, what) = (lang.to_owned(), what.to_owned());
        Some(Mistake { lang, what, right: lines(block, '-'), wrong: lines(block, '+') })
    };
    blocks.map(|block| one(block).unwrap_or_else(|| panic!("not a mistake:\n{block}"))).collect()
}

/// How the file was made sound again.
fn cured(text: &str, laws: &Laws, first: &Compiled) -> Option<(&'static str, String)> {
    for (how, take) in [("cobro fix", Take::Safe), ("cobro fix --unsafe", Take::Guesses)] {
        let fixed = fix("wrong.cobro", text, laws, take);
        if fixed.compiled.findings.is_empty() {
            return Some((how, fixed.compiled.source.text));
        }
    }
    let choice = first.findings.iter().flat_map(|finding| &finding.fixes);
    let choice = choice.into_iter().find(|fix| fix.safety == Safety::Choice)?;
    let fixed = fix("wrong.cobro", &apply(text, choice), laws, Take::Guesses);
    (!fixed.compiled.has_errors()).then_some(("the first of a choice", fixed.compiled.source.text))
}

fn tell(compiled: &Compiled, finding: &Diagnostic, lang: Lang) -> String {
    let facts = finding.problem.facts();
    let (line, column) = compiled.source.line_column(finding.span.start);
    let mut told = format!("  {} {line}:{column} {}", finding.problem.code(), facts.headline(lang));
    for more in [facts.beside(lang), facts.help(lang).unwrap_or_default()] {
        if !more.is_empty() {
            let _ = write!(told, " | {more}");
        }
    }
    let fixes: Vec<String> = finding.fixes.iter().map(|fix| fix.words(lang)).collect();
    if !fixes.is_empty() {
        let _ = write!(told, " => {}", fixes.join(" / "));
    }
    told
}

/// Words of those who build the tool, not of those who use it.
const OURS: &[&str] = &[
    "token",
    "rule::",
    "parser",
    "identifier",
    "Some(",
    "None",
    "unwrap",
    "EOI",
    "syntax",
    "sintaxis",
    "keyword",
];

#[test]
fn every_mistake_is_told_in_words_that_help_and_most_can_be_put_right() {
    let laws = Laws::shipped();
    let mistakes = mistakes();
    let (mut told, mut with_edit) = (String::new(), 0);
    for mistake in &mistakes {
        let base = read(&format!("right_{}.cobro", mistake.lang));
        assert_eq!(base.matches(&mistake.right).count(), 1, "{}", mistake.what);
        let text = base.replacen(&mistake.right, &mistake.wrong, 1);
        let compiled = compile("wrong.cobro", &text, &laws);
        assert!(!compiled.findings.is_empty(), "{} is not noticed:\n{}", mistake.what, mistake.wrong);
        let _ = writeln!(told, "# {}: {}", mistake.lang, mistake.what);
        for line in mistake.wrong.lines().filter(|line| !mistake.right.lines().any(|right| right == *line)) {
            let _ = writeln!(told, "> {}", line.trim_end());
        }
        for lang in [Lang::Es, Lang::En] {
            for finding in &compiled.findings {
                let line = tell(&compiled, finding, lang);
                for ours in OURS {
                    assert!(!line.contains(ours), "{}: `{ours}` in {line}", mistake.what);
                }
                let _ = writeln!(told, "{line}");
            }
        }
        match cured(&text, &laws, &compiled) {
            Some((how, cured)) => {
                with_edit += 1;
                let lines = cured.lines().filter(|line| !text.lines().any(|wrong| wrong == *line));
                let lines: Vec<&str> = lines.map(str::trim).collect();
                let back = if cured == base { "as it was" } else { "sound" };
                let _ = writeln!(told, "  {how}, {back}: {}", lines.join(" ¦ "));
            }
            None => told.push_str("  by hand\n"),
        }
        told.push('\n');
    }
    assert!(mistakes.len() >= 60, "{}", mistakes.len());
    assert!(with_edit >= 48, "{with_edit} of {}", mistakes.len());
    let _ = writeln!(told, "{} mistakes, {with_edit} with an edit that makes the file sound", mistakes.len());
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("everyday_mistakes", told);
    });
}
