//! A service calls another system for real, on this machine: signed, once, and what it answers is what the strategy hears.

use cobro_dsl::values::Lang;
use cobro_server::{Cobro, Config, Webhooks};
use cobro_tests::http::expect;
use serde_json::json;
use std::net::SocketAddr;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const STRATEGY: &str = r#"
idioma es

estrategia s {
  moneda PEN
  zona horaria America/Lima
  norma PE
  webhook crm
  webhook tesoreria
  webhook nadie
  entra si saldo > 0 PEN
  inicio avisar

  paso avisar {
    llamar webhook crm hasta 1 hora {
      cuando hecho { nota "lo sabe" }
      cuando fallido { nota "no lo sabe" }
    }
    llamar webhook tesoreria hasta 1 hora {
      cuando fallido { nota "rechazado" }
    }
    llamar webhook nadie hasta 1 hora {
      cuando fallido { nota "sin dirección" }
    }
    fin avisado
  }

  fin avisado neutral
}
"#;

/// Takes calls at `/crm` and refuses all others; what it read.
async fn other_system() -> (SocketAddr, UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (calls, read) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let mut call = Vec::new();
            while !call.ends_with(b"}") {
                let mut part = [0; 4096];
                let size = connection.read(&mut part).await.unwrap();
                call.extend_from_slice(&part[..size]);
            }
            let call = String::from_utf8(call).unwrap();
            let status = if call.starts_with("POST /crm ") { "200 OK" } else { "410 Gone" };
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
            connection.write_all(answer.as_bytes()).await.unwrap();
            calls.send(call).unwrap();
        }
    });
    (address, read)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_are_made_once_and_signed_and_the_strategy_hears_the_answer() {
    let (other, mut calls) = other_system().await;
    let webhooks = format!(
        "[crm]\nurl = \"http://{other}/crm\"\nsecret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"\n\
         [tesoreria]\nurl = \"http://{other}/tesoreria\"\n"
    );
    let dir = TempDir::new().unwrap();
    let config = Config {
        database: format!("sqlite://{}", dir.path().join("cobro.db").display()),
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        webhooks: Some(Webhooks::read(&webhooks).unwrap()),
        ..Config::default()
    };
    let server = cobro_server::start(config, Cobro::new(Lang::Es)).await.unwrap();
    let to = server.address();
    let clock = json!({ "to": "2031-03-03T13:00:00Z" }).to_string();
    expect(to, 200, "POST", "/v1/sandbox/clock", clock.as_bytes()).await;
    expect(to, 201, "POST", "/v1/strategies", STRATEGY.as_bytes()).await;
    let portfolio =
        "account,name,company,phone,currency,due_on,amount\nA-1,Ana,Demo,+51900000001,PEN,2031-01-02,9.00\n";
    expect(to, 201, "POST", "/v1/portfolios", portfolio.as_bytes()).await;
    expect(to, 200, "POST", "/v1/strategies/s/enrol", b"{}").await;

    let mut account = json!(null);
    for _ in 0..100 {
        account = expect(to, 200, "GET", "/v1/accounts/A-1", b"").await;
        if account["run"]["ended"].is_object() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(account["run"]["ended"]["outcome"], "avisado", "{account}");
    let timeline = expect(to, 200, "GET", "/v1/accounts/A-1/timeline", b"").await.to_string();
    for note in ["lo sabe", "rechazado", "sin dirección"] {
        assert!(timeline.contains(note), "{note}: {timeline}");
    }
    assert!(!timeline.contains("no lo sabe"));

    let first = calls.recv().await.unwrap().to_lowercase();
    let second = calls.recv().await.unwrap().to_lowercase();
    assert!(first.starts_with("post /crm http/1.1"), "{first}");
    for head in
        ["webhook-id: call_", "idempotency-key: call_", "webhook-timestamp: ", "webhook-signature: v1,"]
    {
        assert!(first.contains(head), "{head}: {first}");
    }
    assert!(first.ends_with(r#","type":"crm"}"#) && first.contains(r#""account":"a-1""#), "{first}");
    assert!(second.starts_with("post /tesoreria") && !second.contains("webhook-signature"), "{second}");
    let outbox = expect(to, 200, "GET", "/v1/outbox", b"").await;
    let states: Vec<_> =
        outbox["messages"].as_array().unwrap().iter().map(|row| row["state"].clone()).collect();
    assert_eq!(states, [json!("accepted"), json!("refused"), json!("refused")], "{outbox}");
    server.stop().await.unwrap();
    assert!(calls.try_recv().is_err(), "no call is made again");
}
