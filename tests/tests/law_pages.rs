//! The table of every rule of every law pack is generated from the packs, so that it cannot be stale; and the
//! pages that `cobro law` prints hold what a compliance officer looks for.

use cobro_dsl::law::{LawPack, Laws, Ruled};
use cobro_tests::{binary, cases};
use std::fmt::Write as _;

/// The tests that show a kind of rule, each with its file.
const SHOWN_BY: &[(&str, &str)] = &[
    ("hours", "engine/src/gate/hours.rs"),
    ("limit", "engine/src/gate/frequency.rs"),
    ("gap", "engine/src/gate/gap.rs"),
    ("exclusive", "engine/src/gate/exclusive.rs"),
    ("silence", "engine/src/gate/silence.rs"),
    ("recipients", "engine/src/gate/recipients.rs"),
    ("consent", "engine/src/gate/authorised.rs"),
    ("exempt", "engine/src/gate/frequency.rs"),
    ("replies", "engine/src/gate/law.rs"),
    ("duty", "—"),
    ("holidays", "engine/src/calendar.rs"),
];

fn row<T>(table: &mut String, pack: &LawPack, kind: &str, told: &str, it: &Ruled<T>) {
    let shown = SHOWN_BY.iter().find(|(known, _)| *known == kind).map_or("—", |(_, by)| *by);
    let shown = if it.status.is_enforced() { shown } else { "dsl/src/law.rs" };
    let (article, source) = (it.article.replace('|', "/"), it.source.replace('|', "/"));
    let (code, status, sure) = (&pack.code, it.status.word(), it.confidence);
    let _ =
        writeln!(table, "| {code} | {kind} | {told} | {status} | {article} | {source} | {sure} | {shown} |");
}

/// The part of a pack that is its own, not its base's.
fn own<'a, T>(pack: &'a [Ruled<T>], base: Option<&[Ruled<T>]>) -> &'a [Ruled<T>] {
    pack.get(base.map_or(0, <[Ruled<T>]>::len)..).unwrap_or(&[])
}

const CASES: &str = "tests/cases/law/";

/// The case files whose strategy names a pack.
fn cases_of(code: &str) -> Vec<String> {
    let name = code.replace('-', "_");
    let names = |text: &str| {
        let words = text.lines().filter_map(|line| line.trim().split_once(' '));
        words.into_iter().any(|(word, rest)| matches!(word, "law" | "norma") && rest.trim() == name)
    };
    let files = cases::strategy_files().into_iter().filter(|(_, text)| names(text));
    files.filter_map(|(path, _)| path.strip_prefix(CASES).map(str::to_owned)).collect()
}

/// The page of a pack: what `cobro law show` says, in both languages.
fn page(code: &str) -> String {
    let told = |lang: &str| printed(&["law", "show", code, "--lang", lang]);
    let cases: Vec<String> =
        cases_of(code).iter().map(|case| format!("[{case}](../../{CASES}{case})")).collect();
    format!(
        "# {code}\n\nGenerated from `laws/{code}.toml` as `cobro law show {code}` prints it; a test fails when it is stale, \
         `UPDATE=1` writes it anew. All packs: [rule by rule](README.md). Cases: {}.\n\n\
         ## Español\n\n```text\n{}```\n\n## English\n\n```text\n{}```\n",
        cases.join(", "),
        told("es"),
        told("en")
    )
}

#[test]
fn every_pack_has_a_fresh_page_and_cases() {
    for code in Laws::shipped().codes() {
        assert!(!cases_of(code).is_empty(), "{code} has no case in {CASES}");
        let path = cases::root().join(format!("docs/laws/{code}.md"));
        let fresh = page(code);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, &fresh).expect("written");
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(found == fresh, "docs/laws/{code}.md is stale: run this test with UPDATE=1");
    }
}

fn table() -> String {
    let laws = Laws::shipped();
    let mut table = String::from(
        "# The law packs, rule by rule\n\n\
         Generated from `laws/*.toml` by `cobro-tests::law_pages`, which fails when it is stale; `UPDATE=1` in the\n\
         environment writes it anew. Engineering input, not legal advice: **local counsel must confirm every pack.**\n\n\
         `law` is a norm in force, `guide` an authority's guide, `practice` custom or our own caution, `bill` a\n\
         proposal: shown, never enforced. Confidence: V1 the norm was read, V2 a secondary source (V2-low a weak\n\
         one), G general knowledge, C sources disagree and the stricter reading is taken, safe the law is silent,\n\
         P a proposal. An overlay (`BR-SP`) has its base's rules besides its own. The last column is the file whose\n\
         tests show the kind of rule; that every figure is what the reference says is held by the oracle,\n\
         `tests/src/oracle.rs`, which has its own copy of them. How a pack is written, and what we count:\n\
         [schema](schema.md).\n\n\
         | pack | page | cases in the language |\n\
         |---|---|---|\n",
    );
    for pack in laws.codes().filter_map(|code| laws.get(code)) {
        let (code, name) = (&pack.code, &pack.name_en);
        let cases: Vec<String> =
            cases_of(code).iter().map(|case| format!("[{case}](../../{CASES}{case})")).collect();
        let _ = writeln!(table, "| {code} | [{name}]({code}.md) | {} |", cases.join(", "));
    }
    table.push_str(
        "\n\
         | pack | kind | rule | status | article | source | confidence | test |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for pack in laws.codes().filter_map(|code| laws.get(code)) {
        let base = pack.extends.as_ref().and_then(|base| laws.get(base));
        let words = |set: cobro_dsl::values::ChannelSet| {
            set.iter().map(|channel| channel.word()).collect::<Vec<_>>().join(" ")
        };
        for it in own(&pack.hours, base.map(|base| base.hours.as_slice())) {
            let day = |stretches: &[cobro_dsl::values::Stretch]| match stretches {
                [] => "none".to_owned(),
                all => all.iter().map(|it| format!("{}-{}", it.open, it.close)).collect::<Vec<_>>().join(" "),
            };
            let week = &it.rule.week;
            let told = format!(
                "{}: mon-fri {}, sat {}, sun {}, holiday {}",
                words(it.rule.channels),
                day(&week.days[0]),
                day(&week.days[5]),
                day(&week.days[6]),
                day(&week.holiday)
            );
            row(&mut table, pack, "hours", &told, it);
        }
        for it in own(&pack.limits, base.map(|base| base.limits.as_slice())) {
            let (limit, counted) = (&it.rule.limit, it.rule.counted.word());
            let told = format!(
                "{}: {} in {:?}, {counted}, per {:?}",
                words(limit.channels),
                limit.contacts_max,
                limit.window,
                it.rule.per
            );
            row(&mut table, pack, "limit", &told.to_lowercase(), it);
        }
        for it in own(&pack.gaps, base.map(|base| base.gaps.as_slice())) {
            let told = format!("{}: {} minutes", words(it.rule.channels), it.rule.minutes);
            row(&mut table, pack, "gap", &told, it);
        }
        for it in own(&pack.exclusives, base.map(|base| base.exclusives.as_slice())) {
            let told = format!("{}: one a week after {}", words(it.rule.channels), it.rule.after.word());
            row(&mut table, pack, "exclusive", &told, it);
        }
        for it in own(&pack.silences, base.map(|base| base.silences.as_slice())) {
            let told = format!("{}: {} days from a conversation on", words(it.rule.channels), it.rule.days);
            row(&mut table, pack, "silence", &told, it);
        }
        for it in own(&pack.recipients, base.map(|base| base.recipients.as_slice())) {
            let roles: Vec<&str> = it.rule.roles.iter().map(|role| role.word()).collect();
            row(&mut table, pack, "recipients", &format!("only {}", roles.join(", ")), it);
        }
        for it in own(&pack.consents, base.map(|base| base.consents.as_slice())) {
            let told = format!("{}: only when authorised", words(it.rule.channels));
            row(&mut table, pack, "consent", &told, it);
        }
        if base.is_none() {
            for it in &pack.exempt {
                row(&mut table, pack, "exempt", "payment receipts are no contact", it);
            }
            let replies = pack.replies.rule;
            let told = format!("counted: {}; keep the hours: {}", replies.are_counted, replies.keep_hours);
            row(&mut table, pack, "replies", &told, &pack.replies);
        }
        for it in own(&pack.duties, base.map(|base| base.duties.as_slice())) {
            row(&mut table, pack, "duty", &it.rule.en, it);
        }
        let mut holidays = own(&pack.holidays, base.map(|base| base.holidays.as_slice()));
        while let Some(first) = holidays.first() {
            let same = holidays.iter().take_while(|it| it.article == first.article).count();
            row(&mut table, pack, "holidays", &format!("{same} rules"), first);
            holidays = &holidays[same..];
        }
    }
    table
}

#[test]
fn the_table_of_rules_is_fresh() {
    let path = cases::root().join("docs/laws/README.md");
    let fresh = table();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &fresh).expect("written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == fresh, "docs/laws/README.md is stale: run this test with UPDATE=1");
}

#[test]
fn every_enforced_rule_has_a_test_file_that_exists() {
    for (kind, file) in SHOWN_BY {
        assert!(*file == "—" || cases::root().join(file).exists(), "{kind}: {file}");
    }
}

fn printed(args: &[&str]) -> String {
    let output = binary::run(args).expect("it runs");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_page_of_colombia_says_hours_articles_and_confidence() {
    let page = printed(&["law", "show", "CO", "--lang", "es"]);
    for words in
        ["lun-vie 07:00-19:00", "sáb 08:00-15:00", "Ley 2300 de 2023, art. 3", "confianza V2", "abogado"]
    {
        assert!(page.contains(words), "no `{words}` in:\n{page}");
    }
    let before = printed(&["law", "show", "CO", "--as-of", "2022-01-01", "--lang", "en"]);
    assert!(before.contains("[not in force on 2022-01-01]"), "{before}");
}

#[test]
fn a_bill_is_shown_as_one() {
    let page = printed(&["law", "show", "PA", "--lang", "en"]);
    assert!(page.contains("[BILL: not in force]"), "{page}");
}

#[test]
fn the_calendar_has_holidays_and_hours() {
    let page = printed(&["law", "calendar", "CO", "2027", "--lang", "es"]);
    assert!(page.contains("2027-07-12 lunes"), "{page}");
    assert!(page.contains("días abiertos"), "{page}");
    assert!(printed(&["law", "calendar", "CO", "2041"]).contains("aviso"));
}

#[test]
fn the_list_names_every_pack() {
    let page = printed(&["law", "list"]);
    for code in Laws::shipped().codes() {
        assert!(page.lines().any(|line| line.starts_with(code)), "{code}");
    }
}

#[test]
fn an_unknown_pack_is_a_no() {
    assert_eq!(binary::run(&["law", "show", "XX"]).expect("it runs").status.code(), Some(1));
}

#[test]
fn the_cases_of_contact_law_pass() {
    let cases: Vec<String> = cases::strategy_files()
        .into_iter()
        .map(|(path, _)| path)
        .filter(|path| path.starts_with("tests/cases/law/"))
        .collect();
    assert!(cases.len() >= 5, "{cases:?}");
    for path in cases {
        let output = binary::run(&["test", &path]).expect("it runs");
        assert!(output.status.success(), "{path}: {}", String::from_utf8_lossy(&output.stdout));
    }
}
