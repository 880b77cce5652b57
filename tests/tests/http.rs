//! The service from outside: a strategy is deployed, a portfolio imported, and sixty days go by.

use cobro_dsl::values::Lang;
use cobro_server::{Cobro, Config, Server};
use cobro_tests::http::{ask, expect};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use tempfile::TempDir;

struct Service {
    server: Server,
    dir: TempDir,
}

const STRATEGY: &[u8] = include_bytes!("../../strategies/mora_temprana.cobro");

async fn serve_in(dir: &Path) -> Server {
    let config = Config {
        database: format!("sqlite://{}", dir.join("cobro.db").display()),
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        body_bytes_max: 1 << 20,
        ..Config::default()
    };
    cobro_server::start(config, Cobro::new(Lang::Es)).await.unwrap()
}

async fn service() -> Service {
    let dir = TempDir::new().unwrap();
    let service = Service { server: serve_in(dir.path()).await, dir };
    // A Monday at eight in Lima, whenever the test runs.
    let to = json!({ "to": "2031-03-03T13:00:00Z" }).to_string();
    expect(service.at(), 200, "POST", "/v1/sandbox/clock", to.as_bytes()).await;
    service
}

impl Service {
    fn at(&self) -> SocketAddr {
        self.server.address()
    }

    async fn restarted(self) -> Service {
        self.server.stop().await.unwrap();
        Service { server: serve_in(self.dir.path()).await, dir: self.dir }
    }
}

/// Accounts that fall due `days` after the service's today.
async fn portfolio(to: SocketAddr, accounts: &[(&str, &str, i64)]) -> String {
    let now = expect(to, 200, "GET", "/v1/sandbox/clock", b"").await;
    let today: chrono::NaiveDate = now["now"].as_str().unwrap()[..10].parse().unwrap();
    let mut file =
        "customer,account,name,company,pay_link,phone,currency,invoice,due_on,amount,balance\n".to_owned();
    for (number, (customer, account, days)) in accounts.iter().enumerate() {
        let due_on = today + chrono::Days::new(u64::try_from(*days).unwrap());
        file += &format!(
            "{customer},{account},Ana,Demo,https://example.com,+5190000000{number},PEN,F-{number},{due_on},200.00,200.00\n"
        );
    }
    file
}

async fn forward(to: SocketAddr, span: &str) -> Value {
    loop {
        let body = json!({ "advance": span }).to_string();
        let moved = expect(to, 200, "POST", "/v1/sandbox/clock", body.as_bytes()).await;
        if moved["is_reached"] == true {
            return moved;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_days_of_a_portfolio() {
    let service = service().await;
    let to = service.at();
    let deployed = expect(to, 201, "POST", "/v1/strategies", STRATEGY).await;
    assert_eq!(deployed["name"], "mora_temprana");
    assert_eq!(expect(to, 200, "POST", "/v1/strategies", STRATEGY).await["deployed"], "unchanged");

    let file = portfolio(to, &[("C1", "A1", 5), ("C2", "A2", 5), ("C2", "A3", 6)]).await;
    let report = expect(to, 201, "POST", "/v1/portfolios", file.as_bytes()).await;
    assert_eq!((&report["customers"], &report["accounts"]), (&json!(2), &json!(3)));
    let again = expect(to, 409, "POST", "/v1/portfolios", file.as_bytes()).await;
    assert_eq!((&again["code"], &again["accounts"]), (&json!("accounts-exist"), &json!(["A1", "A2", "A3"])));

    // The strategy's own review brings accounts in; one week is enough to be three days before the due date.
    let moved = forward(to, "7 days").await;
    assert!(moved["accounts_offered"].as_u64().unwrap() >= 3, "{moved}");
    let account = expect(to, 200, "GET", "/v1/accounts/A1", b"").await;
    assert_eq!(account["run"]["strategy"], "mora_temprana", "{account:#}");
    assert!(account["next"]["at"].is_string(), "{account:#}");

    let sent = expect(to, 200, "GET", "/v1/sandbox/messages?account=A1", b"").await;
    let first = &sent["messages"][0];
    assert!(first["text"].as_str().unwrap().contains("Ana"), "{sent:#}");
    let press = json!({ "message": first["id"], "button": "pagar" }).to_string();
    assert_eq!(expect(to, 200, "POST", "/v1/sandbox/answers", press.as_bytes()).await["result"], "accepted");
    assert_eq!(expect(to, 200, "POST", "/v1/sandbox/answers", press.as_bytes()).await["result"], "duplicate");

    let pay = json!({ "type": "payment_received", "source": "bank", "id": "tx1", "account": "A1", "amount": "200.00", "currency": "PEN" });
    assert_eq!(expect(to, 200, "POST", "/v1/events", pay.to_string().as_bytes()).await["result"], "accepted");
    assert_eq!(
        expect(to, 200, "POST", "/v1/events", pay.to_string().as_bytes()).await["result"],
        "duplicate"
    );
    forward(to, "1 minute").await;
    let account = expect(to, 200, "GET", "/v1/accounts/A1", b"").await;
    assert_eq!(account["run"]["ended"]["outcome"], "curada", "{account:#}");
    assert_eq!(account["facts"]["open"], "0.00 PEN");

    forward(to, "53 days").await;
    let ready = expect(to, 200, "GET", "/ready", b"").await;
    assert_eq!((&ready["parked"], &ready["unknown"]), (&json!(0), &json!(0)), "{ready:#}");
    let timeline = expect(to, 200, "GET", "/v1/accounts/A2/timeline?limit=3", b"").await;
    assert_eq!(timeline["rows"][0]["entry"]["what"], "entered", "{timeline:#}");
    let after = timeline["next"].as_u64().unwrap_or_else(|| panic!("{timeline:#} {ready:#}"));
    let rest = expect(to, 200, "GET", &format!("/v1/accounts/A2/timeline?after={after}"), b"").await;
    assert!(rest["rows"][0]["number"].as_u64().unwrap() > after);
    let graph = expect(to, 200, "GET", "/v1/strategies/mora_temprana/graph", b"").await;
    let sum = |rows: &Value, what: &str| {
        rows.as_array().unwrap().iter().map(|row| row[what].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!(sum(&graph["steps"], "open") + sum(&graph["outcomes"], "ended"), 3, "{graph:#}");
    service.server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_continues_and_does_not_go_back_in_time() {
    let service = service().await;
    expect(service.at(), 201, "POST", "/v1/strategies", STRATEGY).await;
    let file = portfolio(service.at(), &[("C1", "A1", 3)]).await;
    expect(service.at(), 201, "POST", "/v1/portfolios", file.as_bytes()).await;
    forward(service.at(), "5 days").await;
    let before = expect(service.at(), 200, "GET", "/v1/sandbox/clock", b"").await;
    let run = expect(service.at(), 200, "GET", "/v1/accounts/A1", b"").await["run"].clone();
    assert_eq!(run["is_open"], true);
    let service = service.restarted().await;
    let after = expect(service.at(), 200, "GET", "/v1/sandbox/clock", b"").await;
    assert!(after["now"].as_str() > before["now"].as_str(), "{before} {after}");
    assert_eq!(expect(service.at(), 200, "GET", "/v1/accounts/A1", b"").await["run"], run);
    let back = json!({ "to": before["now"] }).to_string();
    let refused = expect(service.at(), 409, "POST", "/v1/sandbox/clock", back.as_bytes()).await;
    assert_eq!(refused["code"], "not-backward");
    service.server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn listed_accounts_are_offered_and_unknown_ones_named() {
    let service = service().await;
    let to = service.at();
    expect(to, 201, "POST", "/v1/strategies", STRATEGY).await;
    let file = portfolio(to, &[("C1", "A1", 1), ("C2", "A2", 1)]).await;
    expect(to, 201, "POST", "/v1/portfolios", file.as_bytes()).await;
    let body = json!({ "accounts": ["A1", "nobody"] }).to_string();
    let path = "/v1/strategies/mora_temprana/enrol";
    let answer = expect(to, 200, "POST", path, body.as_bytes()).await;
    assert_eq!(answer, json!({ "offered": 1, "unknown": ["nobody"] }));
    let missing = expect(to, 404, "POST", "/v1/strategies/otra/enrol", b"").await;
    assert_eq!(missing["code"], "unknown-strategy");
    service.server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_answers_for_each_event() {
    let service = service().await;
    let to = service.at();
    expect(to, 201, "POST", "/v1/portfolios", portfolio(to, &[("C1", "A1", 1)]).await.as_bytes()).await;
    let batch = json!([
        { "type": "payment_received", "id": "1", "account": "A1", "amount": "10.50", "currency": "PEN" },
        { "type": "payment_received", "id": "1", "account": "A1", "amount": "10.50", "currency": "PEN" },
        { "type": "payment_received", "id": "2", "account": "A1", "amount": "10.50", "currency": "USD" },
        { "type": "payment_received", "id": "3", "account": "A1", "amount": "10.505", "currency": "PEN" },
        { "type": "payment_received", "id": "4", "account": "nobody", "amount": "1", "currency": "PEN" },
        { "type": "response_received", "id": "5", "account": "A1", "channel": "pigeon", "text": "hola" },
        { "type": "invented", "id": "6", "account": "A1" },
        { "type": "dispute_opened", "id": "a\u{0}b", "account": "A1" },
        { "type": "dispute_opened", "id": "8", "account": "A1", "occurred_at": "yesterday" },
        17,
        { "type": "promise_made", "id": "9", "account": "A1", "amount": "50", "currency": "PEN", "on": "2099-03-10" },
        { "type": "promise_made", "id": "10", "account": "A1", "amount": "50", "currency": "PEN", "on": "soon" }
    ]);
    let answer = expect(to, 200, "POST", "/v1/events", batch.to_string().as_bytes()).await;
    let codes = answer["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["problem"]["code"].as_str().or(result["result"].as_str()).unwrap());
    let codes = codes.collect::<Vec<_>>();
    assert_eq!(
        codes,
        [
            "accepted",
            "duplicate",
            "other-currency",
            "bad-amount",
            "unknown-account",
            "unknown-channel",
            "not-an-event",
            "bad-key",
            "bad-time",
            "not-an-event",
            "accepted",
            "bad-date",
        ]
    );
    assert_eq!(
        (&answer["accepted"], &answer["duplicate"], &answer["refused"]),
        (&json!(2), &json!(1), &json!(9))
    );
    // No strategy yet: the payment waits, durably, and is taken when there is one to judge it by.
    assert_eq!(expect(to, 200, "GET", "/v1/accounts/A1", b"").await["inputs_waiting"], 2);
    expect(to, 201, "POST", "/v1/strategies", STRATEGY).await;
    forward(to, "1 second").await;
    let account = expect(to, 200, "GET", "/v1/accounts/A1", b"").await;
    assert_eq!((&account["inputs_waiting"], &account["facts"]["open"]), (&json!(0), &json!("189.50 PEN")));
    let promise = json!({ "on": "2099-03-10", "amount": "50.00 PEN", "paid": "0.00 PEN" });
    assert_eq!(account["facts"]["promise"], promise);
    service.server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_error_is_a_problem() {
    let service = service().await;
    let to = service.at();
    let large = vec![b' '; (1 << 20) + 1];
    for (status, code, method, path, body) in [
        (404, "no-such-route", "GET", "/v2/nothing", &b""[..]),
        (405, "method-not-allowed", "DELETE", "/v1/events", b""),
        (400, "not-json", "POST", "/v1/events", b"{"),
        (400, "not-an-event", "POST", "/v1/events", b"{}"),
        (413, "body-too-large", "POST", "/v1/events", &large),
        (404, "unknown-account", "GET", "/v1/accounts/nobody", b""),
        (404, "unknown-account", "GET", "/v1/accounts/nobody/timeline", b""),
        (400, "bad-query", "GET", "/v1/outbox?limit=many", b""),
        (400, "bad-cursor", "GET", "/v1/outbox?after=x", b""),
        (400, "unknown-state", "GET", "/v1/outbox?state=lost", b""),
        (404, "unknown-strategy", "GET", "/v1/strategies/none/graph", b""),
        (422, "strategy-has-errors", "POST", "/v1/strategies", b"estrategia x {"),
        (400, "not-utf8", "POST", "/v1/strategies", b"\xff"),
        (422, "portfolio-refused", "POST", "/v1/portfolios", b"nothing,here\n1,2\n"),
        (400, "bad-query", "POST", "/v1/portfolios?strict=maybe", b""),
        (400, "bad-move", "POST", "/v1/sandbox/clock", b"{\"advance\":\"soon\"}"),
        (404, "unknown-message", "POST", "/v1/sandbox/answers", b"{\"message\":\"x\",\"text\":\"y\"}"),
    ] {
        let answer = ask(to, method, path, body).await.unwrap();
        assert_eq!(
            (answer.status, &answer.body["code"]),
            (status, &json!(code)),
            "{method} {path}: {answer:?}"
        );
        assert!(answer.head.contains("content-type: application/problem+json"), "{}", answer.head);
        assert!(answer.head.contains("x-request-id: "), "{}", answer.head);
        assert_eq!(answer.body["status"], json!(status));
    }
    let findings = expect(to, 422, "POST", "/v1/strategies", b"estrategia x {").await["findings"].clone();
    assert!(findings[0]["line"].as_u64().unwrap() >= 1, "{findings:#}");
    assert_eq!(expect(to, 200, "GET", "/health", b"").await["status"], "ok");
    service.server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_strict_import_refuses_a_file_with_one_wrong_row() {
    let service = service().await;
    let to = service.at();
    let mut file = portfolio(to, &[("C1", "A1", 1)]).await;
    file += "C2,A2,Eva,Demo,https://example.com,+51900000009,PEN,F-9,31/02/2026,1.00,1.00\n";
    let refused = expect(to, 422, "POST", "/v1/portfolios?strict=true", file.as_bytes()).await;
    assert_eq!(
        (&refused["problems"][0]["line"], &refused["rows_wrong"]),
        (&json!(3), &json!(1)),
        "{refused:#}"
    );
    assert_eq!(ask(to, "GET", "/v1/accounts/A1", b"").await.unwrap().status, 404);
    let report = expect(to, 201, "POST", "/v1/portfolios", file.as_bytes()).await;
    assert_eq!((&report["accounts"], &report["rows_wrong"]), (&json!(1), &json!(1)), "{report:#}");
    service.server.stop().await.unwrap();
}

#[tokio::test]
async fn several_files_are_deployed_together() {
    let service = service().await;
    let strategy = String::from_utf8_lossy(STRATEGY).into_owned();
    let at = strategy.find("\nplantilla ").unwrap();
    let test = strategy.find("\nprueba ").unwrap_or(strategy.len());
    let (main, templates) = (&strategy[..at], format!("idioma es\n{}", &strategy[at..test]));
    let main = format!("{main}\nimportar \"plantillas.cobro\"\n");
    let lost = expect(service.at(), 422, "POST", "/v1/strategies", main.as_bytes()).await;
    assert_eq!(lost["findings"][0]["code"], "C0904");
    let files = json!({ "a.cobro": main, "plantillas.cobro": templates });
    let bundle = json!({ "main": "a.cobro", "files": files }).to_string();
    let deployed = expect(service.at(), 201, "POST", "/v1/strategies", bundle.as_bytes()).await;
    // The same program as in one file, and it is there again after a restart.
    let again = expect(service.at(), 200, "POST", "/v1/strategies", STRATEGY).await;
    assert_eq!(again["version"], deployed["version"]);
    let service = service.restarted().await;
    expect(service.at(), 200, "GET", "/v1/strategies/mora_temprana/graph", b"").await;
}

#[tokio::test]
async fn what_is_stopped_is_shown_and_lifted_and_counted() {
    let service = service().await;
    let to = service.at();
    let wrong = ask(to, "POST", "/v1/stops", br#"{"channel":"fax"}"#).await.unwrap();
    assert_eq!((wrong.status, &wrong.body["code"]), (400, &json!("bad-stop")));
    let both = ask(to, "POST", "/v1/stops", br#"{"all":true,"channel":"sms"}"#).await.unwrap();
    assert_eq!(both.status, 400);
    let stop = br#"{"strategy":"s","because":"wrong text"}"#;
    assert_eq!(expect(to, 200, "POST", "/v1/stops", stop).await["result"], "stopped");
    assert_eq!(expect(to, 200, "POST", "/v1/stops", stop).await["result"], "was stopped already");
    let shown = expect(to, 200, "GET", "/v1/stops", b"").await;
    assert_eq!(
        (&shown["stops"][0]["strategy"], &shown["stops"][0]["because"]),
        (&json!("s"), &json!("wrong text"))
    );
    assert_eq!(expect(to, 200, "DELETE", "/v1/stops", stop).await["result"], "lifted");
    assert_eq!(expect(to, 200, "DELETE", "/v1/stops", stop).await["result"], "was not stopped");
    let metrics = ask(to, "GET", "/metrics", b"").await.unwrap();
    assert_eq!(metrics.status, 200);
    assert!(metrics.head.contains("text/plain; version=0.0.4"), "{}", metrics.head);
}
