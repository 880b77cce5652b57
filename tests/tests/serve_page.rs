//! What `docs/serve.md` tells to type is typed, against the real binary, and must answer what the page says.

use cobro_tests::http::ask;
use cobro_tests::{binary, cases};
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Command, Stdio};

/// The blocks of a language in a page.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    page.split(&fence).skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

/// Is everything that the page says in the answer?
fn says(answer: &Value, page: &Value) -> bool {
    match (answer, page) {
        (Value::Object(answer), Value::Object(page)) => {
            page.iter().all(|(key, value)| answer.get(key).is_some_and(|answer| says(answer, value)))
        }
        (answer, page) => answer == page,
    }
}

#[tokio::test]
async fn the_page_of_the_service_is_true() {
    let page = std::fs::read_to_string(cases::root().join("docs/serve.md")).unwrap();
    let strategy = blocks(&page, "cobro")[0];
    let portfolio = blocks(&page, "csv")[0];
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(binary::path().unwrap())
        .args(["serve", "--listen", "127.0.0.1:0", "--database"])
        .arg(format!("sqlite://{}", folder.path().join("cobro.db").display()))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address: SocketAddr = line.trim().strip_prefix("http://").unwrap().parse().unwrap();
    let mut typed = 0;
    for block in blocks(&page, "console") {
        let mut lines = block.lines().peekable();
        while let Some(line) = lines.next() {
            let Some(command) = line.strip_prefix("$ curl ") else { continue };
            let (command, data) =
                command.split_once(" -d ").map_or((command, ""), |(head, data)| (head, data));
            let words: Vec<&str> = command.split(' ').collect();
            let asked = words.iter().position(|word| *word == "-X").and_then(|at| words.get(at + 1));
            let method = asked.copied().unwrap_or("GET");
            let url = words.iter().find(|word| word.starts_with("http://")).unwrap();
            let path = url.strip_prefix("http://127.0.0.1:8080").unwrap();
            let body = match words.last() {
                Some(&"@aviso.cobro") => strategy,
                Some(&"@cartera.csv") => portfolio,
                _ => data.trim_matches('\''),
            };
            let answer = ask(address, method, path, body.as_bytes()).await.unwrap();
            assert!((200..300).contains(&answer.status), "{line}: {:#}", answer.body);
            if let Some(shown) = lines.next_if(|next| next.starts_with('{')) {
                let shown: Value = serde_json::from_str(shown).unwrap();
                assert!(
                    says(&answer.body, &shown),
                    "{line}\nthe page: {shown}\nthe answer: {:#}",
                    answer.body
                );
            }
            typed += 1;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(typed >= 10, "only {typed} commands were typed");
}
