//! The pages of `docs/codes` and the reference: every example in them is run.

#![allow(clippy::disallowed_methods, reason = "a test reads the pages it is about")]

use super::compiled;
use crate::diagnostic::Severity;
use crate::format::format;
use crate::problems::ALL;
use crate::values::Lang;
use std::collections::BTreeSet;
use std::path::PathBuf;

fn docs() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

/// The blocks of a page that are fenced as `cobro`.
fn blocks(page: &str) -> Vec<String> {
    let fenced = page.split("```cobro\n").skip(1);
    fenced.map(|block| block.split("```").next().unwrap().to_owned()).collect()
}

/// Runs a block: `# error: C0201` in its first line names its only finding, else it has none.
fn run(place: &str, block: &str) -> Option<String> {
    let first = block.lines().next().unwrap_or("");
    let marks = [
        ("# error: ", Severity::Error),
        ("# warning: ", Severity::Warning),
        ("# advice: ", Severity::Advice),
    ];
    let expected = marks
        .into_iter()
        .find_map(|(mark, severity)| Some((first.strip_prefix(mark)?.trim().to_owned(), severity)));
    let compiled = compiled(block);
    // Advice is looked at only where the page is about it: other examples are as short as can be.
    let is_advice = expected.as_ref().is_some_and(|(_, severity)| *severity == Severity::Advice);
    let findings = if is_advice {
        assert!(compiled.findings.is_empty(), "{place}\n{block}\n{:#?}", compiled.findings);
        compiled.advice
    } else {
        compiled.findings
    };
    let found: Vec<_> =
        findings.iter().map(|finding| (finding.problem.code().to_owned(), finding.severity())).collect();
    assert_eq!(found, expected.clone().into_iter().collect::<Vec<_>>(), "{place}\n{block}\n{findings:#?}");
    for finding in &findings {
        for lang in Lang::ALL {
            let headline = finding.headline(lang);
            assert!(!headline.is_empty() && !headline.ends_with('.'), "{place}: `{headline}`");
        }
        assert_ne!(finding.headline(Lang::Es), finding.headline(Lang::En), "{place}");
    }
    expected.map(|(code, _)| code)
}

#[test]
fn every_code_has_its_page_and_every_page_its_code() {
    let codes: BTreeSet<String> = ALL.iter().map(|(code, _)| format!("{code}.md")).collect();
    let pages = std::fs::read_dir(docs().join("codes")).unwrap();
    let pages = pages.map(|page| page.unwrap().file_name().into_string().unwrap());
    assert_eq!(pages.collect::<BTreeSet<_>>(), codes);
}

#[test]
fn every_page_shows_its_finding_and_its_cure() {
    for (code, name) in ALL {
        let page = std::fs::read_to_string(docs().join("codes").join(format!("{code}.md"))).unwrap();
        assert!(page.starts_with(&format!("# {code} {name}\n")), "{code}: the title");
        let blocks = blocks(&page);
        assert_eq!(blocks.len(), 2, "{code}: a wrong example and its cure");
        assert_eq!(run(code, &blocks[0]).as_deref(), Some(*code));
        assert_eq!(run(code, &blocks[1]), None);
        if blocks[0].starts_with("# advice: ") {
            let advice = compiled(&blocks[1]).advice;
            assert!(advice.is_empty(), "{code}: the cure\n{advice:#?}");
        }
        // The cure stands as the formatter would write it.
        assert_eq!(format(&blocks[1], None).as_deref(), Ok(blocks[1].as_str()), "{code}");
    }
}

#[test]
fn the_reference_is_true() {
    let page = std::fs::read_to_string(docs().join("language.md")).unwrap();
    let blocks = blocks(&page);
    assert!(!blocks.is_empty());
    for block in &blocks {
        run("language.md", block);
    }
    for (code, name) in ALL {
        assert!(
            page.contains(&format!("[{code}](codes/{code}.md) | {name} |")),
            "{code} {name} is not listed"
        );
    }
    for keyword in crate::keywords::Keyword::all() {
        let row = format!("| `{}` | `{}` |", keyword.word(Lang::En), keyword.word(Lang::Es));
        assert!(page.contains(&row), "no row {row}");
    }
    for fact in crate::vocabulary::FACTS {
        let row = format!("| `{}` | `{}` |", fact.en, fact.es);
        assert!(page.contains(&row), "no row {row}");
    }
}
