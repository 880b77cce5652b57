//! The pages of `docs/codes` and the reference: every example in them is run.

#![allow(clippy::disallowed_methods, reason = "a test reads the pages it is about")]

use super::compiled;
use crate::diagnostic::Severity;
use crate::format::format;
use crate::problems::ALL;
use crate::values::Lang;
use std::collections::BTreeSet;
use std::path::PathBuf;

pub(super) fn docs() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

/// The blocks of a page that are fenced as `cobro`.
pub(super) fn blocks(page: &str) -> Vec<String> {
    let fenced = page.split("```cobro\n").skip(1);
    fenced.map(|block| block.split("```").next().unwrap().to_owned()).collect()
}

/// Runs a block: `# error: C0201` in its first line names its only finding, else it has none.
pub(super) fn run(place: &str, block: &str) -> Option<String> {
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
    let mut cannot_be_rendered = Vec::new();
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
        let mut is_shown_in_both = false;
        // In the other language it is the same finding, and the same cure: of what can be read, the formatter writes it.
        for (block, wanted) in [(&blocks[0], Some(*code)), (&blocks[1], None)] {
            let other = compiled(block).lang.pick(Lang::En, Lang::Es);
            // Files that are imported are of one language.
            let is_alone = !block.contains("import");
            if let (true, Ok(there)) = (is_alone, format(block, Some(other))) {
                assert_eq!(run(code, &there).as_deref(), wanted, "{code} in {}", other.code());
                is_shown_in_both |= wanted.is_some();
            }
        }
        if !is_shown_in_both && !blocks[0].contains("import") {
            cannot_be_rendered.push(*code);
        }
        // The cure stands as the formatter would write it.
        assert_eq!(format(&blocks[1], None).as_deref(), Ok(blocks[1].as_str()), "{code}");
    }
    // What cannot be read cannot be written in the other language: those mistakes are told there by hand.
    for code in cannot_be_rendered {
        let is_everyday = EVERYDAY.contains(&code);
        let by_hand = by_hand().into_iter().find(|(of, _)| *of == code);
        if let Some((_, text)) = &by_hand {
            let compiled = compiled(text);
            let found: Vec<_> = compiled.findings.iter().map(|finding| finding.problem.code()).collect();
            assert_eq!(found, [code], "{text}");
        }
        assert!(is_everyday || by_hand.is_some(), "{code} is shown in one language only");
    }
}

/// Mistakes of spelling, which `tests/cases/everyday_mistakes` has in both languages.
const EVERYDAY: &[&str] = &[
    "C0101", "C0102", "C0103", "C0104", "C0107", "C0108", "C0109", "C0114", "C0115", "C0116", "C0117",
    "C0118", "C0120", "C0121", "C0122", "C0123",
];

/// Other mistakes that the formatter refuses, in the language that their page has not.
fn by_hand() -> Vec<(&'static str, String)> {
    let en = |enter: &str| {
        format!(
            "language en\n\nstrategy s {{\n  currency PEN\n  timezone America/Lima\n  law PE\n  enter when {enter}\n  start a\n\n  \
             step a {{\n    wait 1 day\n    end done\n  }}\n\n  end done failure\n}}\n"
        )
    };
    let es = |value: &str| {
        format!(
            "idioma es\n\nparámetro pausa {value}\n\nestrategia s {{\n  moneda PEN\n  zona horaria America/Lima\n  norma PE\n  \
             entra si dias_mora >= 1\n  inicio a\n\n  paso a {{\n    esperar pausa\n    fin lista\n  }}\n\n  fin lista fracaso\n}}\n"
        )
    };
    vec![
        ("C0105", en("balance > 1.200 PEN")),
        ("C0106", en(&format!("{}disputed{}", "(".repeat(40), ")".repeat(40)))),
        ("C0119", en("due_date > 02/03/2026")),
        (
            "C0622",
            "idioma es\n\nestrategia s {\n  moneda PEN\n  zona horaria America/Lima\n  norma PE\n  contacto { máximo 2 en 1000 días }\n  \
             entra si dias_mora >= 1\n  inicio a\n\n  paso a {\n    esperar 1 día\n    fin lista\n  }\n\n  fin lista fracaso\n}\n"
                .to_owned(),
        ),
        ("C0901", es("plazo = 20 días entre 1 día y 10 días")),
        ("C0902", es("monto = 20 PEN")),
    ]
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
