//! Bad portfolio files through the real binary: each gives a clear error, and the database is as it was.

use cobro_tests::binary;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

const HEAD: &str = "account,currency,due_on,amount";

/// What stands in the database, byte for byte as SQLite keeps it once the log is folded in.
fn state(folder: &Path) -> Vec<u8> {
    std::fs::read(folder.join("cobro.db")).expect("the database is there")
}

fn import(folder: &Path, file: &Path, more: &[&str]) -> Output {
    let database = format!("sqlite://{}", folder.join("cobro.db").display());
    let file = file.to_string_lossy().into_owned();
    let mut args = vec!["import", &file, "--database", &database, "--lang", "en"];
    args.extend(more);
    binary::run(&args).expect("cobro runs")
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A database with one account, and a file to try on it.
fn check(bytes: &[u8], more: &[&str], code: i32, says: &[&str]) {
    let folder = TempDir::new().expect("a folder");
    let good = folder.path().join("good.csv");
    std::fs::write(&good, format!("{HEAD}\nA1,PEN,2026-03-02,120.00\n")).expect("written");
    assert_eq!(import(folder.path(), &good, &[]).status.code(), Some(0));
    let before = state(folder.path());
    let bad = folder.path().join("bad.csv");
    std::fs::write(&bad, bytes).expect("written");
    let output = import(folder.path(), &bad, more);
    let words = words(&output);
    assert_eq!(output.status.code(), Some(code), "{words}");
    for part in says {
        assert!(words.contains(part), "`{part}` is not said in: {words}");
    }
    for leak in ["SELECT", "INSERT", "panicked", "sqlx", "src/"] {
        assert!(!words.contains(leak), "`{leak}` leaks in: {words}");
    }
    assert_eq!(state(folder.path()), before, "the database changed; it said: {words}");
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).expect("the folder").flatten().map(|e| e.file_name()).collect();
    assert!(left.len() <= 5, "something is left behind: {left:?}");
}

fn rows(rows: &str) -> Vec<u8> {
    format!("{HEAD}\n{rows}").into_bytes()
}

#[test]
fn the_wrong_encoding() {
    let mut bytes = b"cuenta,moneda,vencimiento,monto,nombre\nA2,PEN,2026-03-02,10.00,Mu".to_vec();
    bytes.extend([0xF1, b'o', b'z', b'\n']);
    check(&bytes, &[], 2, &["UTF-8", "line 2"]);
}

#[test]
fn a_missing_column() {
    check(b"account,currency,amont\nA2,PEN,10.00\n", &[], 2, &["due_on"]);
}

#[test]
fn a_date_that_does_not_exist() {
    check(
        &rows("A2,PEN,31/02/2026,10.00\nA3,PEN,2026-03-02,1.00\n"),
        &["--strict"],
        1,
        &["line 2", "due_on", "31/02/2026"],
    );
}

#[test]
fn an_amount_of_another_country() {
    check(
        &rows("A2,PEN,2026-03-02,\"1.234,56\"\nA3,PEN,2026-03-02,1.00\n"),
        &["--strict"],
        1,
        &["line 2", "amount", "1.234,56"],
    );
}

#[test]
fn nul_bytes() {
    check(&rows("A2,PEN,2026-03-02,10\0.00\n"), &[], 2, &["NUL"]);
}

#[test]
fn a_line_of_ten_megabytes() {
    let mut bytes = rows("A2,PEN,2026-03-02,");
    bytes.resize(bytes.len() + 10_000_000, b'1');
    bytes.push(b'\n');
    check(&bytes, &["--strict"], 2, &["line 2"]);
}

#[test]
fn an_account_twice() {
    check(
        &rows("A2,PEN,2026-03-02,10.00\nA2,PEN,2026-03-05,20.00\n"),
        &["--strict"],
        1,
        &["A2", "line 3", "2"],
    );
}

#[test]
fn nothing_at_all() {
    check(b"", &[], 2, &["empty"]);
    check(format!("{HEAD}\n").as_bytes(), &[], 2, &["no rows"]);
}

#[test]
fn an_account_that_is_there_already() {
    check(&rows("A1,PEN,2026-03-02,10.00\nA2,PEN,2026-03-02,10.00\n"), &[], 1, &["A1", "already"]);
}

#[test]
fn good_rows_come_in_when_nothing_strict_was_asked_for() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("mixed.csv");
    std::fs::write(&file, rows("A1,PEN,31/02/2026,1.00\nA2,PEN,2026-03-02,10.00\n")).expect("written");
    let output = import(folder.path(), &file, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    let again = folder.path().join("again.csv");
    std::fs::write(&again, rows("A2,PEN,2026-03-02,10.00\n")).expect("written");
    let output = import(folder.path(), &again, &[]);
    assert_eq!(output.status.code(), Some(1), "A2 was kept, so it is refused: {}", words(&output));
}
