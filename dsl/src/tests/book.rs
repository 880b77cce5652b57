//! The book of the language, `docs/book`: both languages have the same pages with the same sections, every example in
//! it is run, and its tables are those of the code.

#![allow(clippy::disallowed_methods, reason = "a test reads the pages it is about")]

use super::pages::{blocks, docs, run};
use crate::keywords::Keyword;
use crate::problems::ALL;
use crate::values::{Lang, Type};
use crate::vocabulary::FACTS;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn folder(lang: Lang) -> PathBuf {
    docs().join("book").join(lang.code()).join("src")
}

/// A page as mdBook shows it: with what it includes.
fn page(file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let included = line.trim().strip_prefix("{{#include ").and_then(|rest| rest.strip_suffix("}}"));
        let Some(included) = included else {
            out.push_str(line);
            continue;
        };
        let (path, anchor) = included.split_once(':').unwrap_or((included, ""));
        let whole = std::fs::read_to_string(file.parent().unwrap().join(path))
            .unwrap_or_else(|error| panic!("{} includes {path}: {error}", file.display()));
        let part = if anchor.is_empty() {
            whole.as_str()
        } else {
            let begun = whole.split_once(&format!("<!-- ANCHOR: {anchor} -->\n"));
            let ended =
                begun.and_then(|(_, rest)| rest.split_once(&format!("<!-- ANCHOR_END: {anchor} -->")));
            ended.unwrap_or_else(|| panic!("{path} has no {anchor}")).0
        };
        out.push_str(part);
        out.push('\n');
    }
    out
}

/// The pages of the book's list, in its order.
fn listed(lang: Lang) -> Vec<String> {
    let list = std::fs::read_to_string(folder(lang).join("SUMMARY.md")).unwrap();
    list.split("](").skip(1).map(|rest| rest.split(')').next().unwrap().to_owned()).collect()
}

#[test]
fn both_languages_have_the_same_pages_and_sections() {
    assert_eq!(listed(Lang::Es), listed(Lang::En));
    for lang in Lang::ALL {
        let mut there: Vec<String> = std::fs::read_dir(folder(lang))
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .filter(|name| !["SUMMARY.md", "facts_table.md"].contains(&name.as_str()))
            .collect();
        let mut listed = listed(lang);
        there.sort();
        listed.sort();
        assert_eq!(there, listed, "{}: every page is in the list", lang.code());
    }
    for name in listed(Lang::Es) {
        let sections = |lang: Lang| {
            let page = page(&folder(lang).join(&name));
            page.lines().filter(|line| line.starts_with("## ")).count()
        };
        assert_eq!(sections(Lang::Es), sections(Lang::En), "{name}: sections");
    }
}

#[test]
fn every_example_of_the_book_is_run() {
    let mut count = 0;
    for lang in Lang::ALL {
        for name in listed(lang) {
            let page = page(&folder(lang).join(&name));
            for block in blocks(&page) {
                run(&format!("book/{}/{name}", lang.code()), &block);
                if lang == Lang::Es {
                    assert_eq!(super::compiled(&block).lang, Lang::Es, "{name}\n{block}");
                }
                count += 1;
            }
        }
    }
    assert!(count > 20, "{count}");
}

/// Links from one page to another lead somewhere.
#[test]
fn links_of_the_book_lead_to_pages() {
    for lang in Lang::ALL {
        for name in listed(lang) {
            let page = page(&folder(lang).join(&name));
            for link in page.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                let file = link.split('#').next().unwrap();
                assert!(
                    !file.is_empty() && folder(lang).join(file).exists(),
                    "{}/{name}: {link}",
                    lang.code()
                );
            }
        }
    }
}

#[test]
fn the_tables_of_the_book_are_those_of_the_code() {
    for lang in Lang::ALL {
        is_written(&folder(lang).join("keywords.md"), &keywords(lang));
        is_written(&folder(lang).join("findings.md"), &findings(lang));
    }
    is_written(&folder(Lang::Es).join("facts_table.md"), &facts());
}

/// With `INSTA_UPDATE=always`, as for snapshots, the page is written; else it must be there.
fn is_written(file: &Path, wanted: &str) {
    if std::env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
        std::fs::write(file, wanted).unwrap();
    }
    let text = std::fs::read_to_string(file).unwrap_or_default();
    assert!(text == wanted, "{} is not what the code says; INSTA_UPDATE=always writes it", file.display());
}

fn keywords(lang: Lang) -> String {
    let other = lang.pick(Lang::En, Lang::Es);
    let mut out = lang
        .pick(
            "# Todas las palabras\n\nLa primera columna es lo que escribe `cobro fmt`; también se leen las de la segunda. Una palabra lo es \
             solo donde puede estar: un paso puede llamarse `si`.\n\n| español | también se lee | inglés |\n|---|---|---|\n",
            "# All keywords\n\nThe first column is what `cobro fmt` writes; those of the second are read too. A keyword is one only \
             where it can stand: a step may be called `if`.\n\n| English | also read | Spanish |\n|---|---|---|\n",
        )
        .to_owned();
    let mut rows: Vec<(String, Keyword)> =
        Keyword::all().map(|keyword| (crate::keywords::fold(keyword.word(lang)), keyword)).collect();
    rows.sort();
    let mut lines: Vec<String> = rows
        .into_iter()
        .map(|(_, keyword)| {
            let more: Vec<String> = keyword.forms(lang).skip(1).map(|form| format!("`{form}`")).collect();
            format!("| `{}` | {} | `{}` |\n", keyword.word(lang), more.join(", "), keyword.word(other))
        })
        .collect();
    lines.dedup();
    out.extend(lines);
    out
}

/// Code, name and the first sentence of the code's page.
fn findings(lang: Lang) -> String {
    let mut out = lang
        .pick(
            "# Lo que encuentra la revisión\n\n`cobro explain C0101` muestra la página de un código, con un ejemplo mal y uno bien.\n\n\
             | código | nombre | |\n|---|---|---|\n",
            "# What the checker finds\n\n`cobro explain C0101` shows the page of a code, with an example that is wrong and one that is \
             right.\n\n| code | name | |\n|---|---|---|\n",
        )
        .to_owned();
    for (code, name) in ALL {
        let page = std::fs::read_to_string(docs().join("codes").join(format!("{code}.md"))).unwrap();
        let mut paragraphs = page.split("\n\n").skip(1);
        let text = paragraphs.nth(lang.pick(0, 1)).unwrap_or("").replace('\n', " ");
        let _ = writeln!(out, "| {code} | {name} | {} |", text.replace('|', "\\|"));
    }
    out
}

fn facts() -> String {
    let mut out = "| dato | tipo | puede no saberse | qué es |\n|---|---|---|---|\n".to_owned();
    for row in FACTS {
        let kind = match row.kind {
            Type::Money => "monto",
            Type::Number => "número",
            Type::Percent => "porcentaje",
            Type::Date => "fecha",
            Type::Text => "texto",
            Type::Truth => "sí o no",
        };
        let unknown = if row.may_be_missing { "sí" } else { "no" };
        let _ = writeln!(out, "| `{}` | {kind} | {unknown} | {} |", row.es, row.help_es);
    }
    out
}
