use super::*;
use cobro_engine::durable::store::{RunKey, Version};
use cobro_engine::effect::Message;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, channel};

/// What the other system does with a connection.
#[derive(Clone, Copy)]
enum Does {
    Answer(u16),
    /// Reads the call and closes.
    Hangs,
    /// Reads the call and says nothing for two seconds.
    Sleeps,
}

/// A system on this machine; the calls that it read.
fn other_system(does: Does) -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (calls, read) = channel();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut call = Vec::new();
            let mut part = [0; 4096];
            // The body is JSON and the last thing that comes.
            while !call.ends_with(b"}") {
                let read = connection.read(&mut part).unwrap();
                call.extend_from_slice(&part[..read]);
            }
            let _ = calls.send(String::from_utf8(call).unwrap());
            match does {
                Does::Answer(status) => {
                    let head =
                        format!("HTTP/1.1 {status} X\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n");
                    connection.write_all(head.as_bytes()).unwrap();
                }
                Does::Hangs => {}
                Does::Sleeps => std::thread::sleep(Duration::from_secs(2)),
            }
        }
    });
    (address, read)
}

fn row() -> OutboxRow {
    OutboxRow {
        id: "Á-1/1740000000000/1000001".to_owned(),
        customer: "C-1".to_owned(),
        run: RunKey { account: "Á-1".to_owned(), entered_at: Instant(1), version: Version([7; 16]) },
        message: Message::call(1, "crm"),
        decided_at: Instant(1_740_000_000_000),
        not_before: Instant(1_740_000_000_000),
        state: cobro_engine::durable::store::OutboxState::Marked,
        attempts: 0,
        mark: 1,
        why: String::new(),
        provider_id: String::new(),
    }
}

fn caller(address: SocketAddr) -> Caller {
    let text = format!("[crm]\nurl = \"http://{address}/hooks\"\ntimeout_seconds = 1\n");
    Caller::new(Webhooks::read(&text).unwrap(), "default")
}

fn call(caller: &Caller) -> Handover {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(caller.call(&row()))
}

#[test]
fn what_the_other_system_answers_is_what_became_of_the_call() {
    for (status, expected) in [
        (200, "accepted"),
        (204, "accepted"),
        (301, "refused"),
        (400, "refused"),
        (410, "refused"),
        (501, "refused"),
        (429, "later"),
        (503, "later"),
        (500, "unknown"),
        (502, "unknown"),
        (504, "unknown"),
    ] {
        let (address, calls) = other_system(Does::Answer(status));
        let word = match call(&caller(address)) {
            Handover::Accepted { .. } => "accepted",
            Handover::Refused { .. } => "refused",
            Handover::Later { .. } => "later",
            Handover::Unknown => "unknown",
        };
        assert_eq!(word, expected, "{status}");
        assert_eq!(calls.try_iter().count(), 1, "{status}: one call, nobody else is called");
    }
}

#[test]
fn nobody_knows_when_no_answer_comes_and_nothing_was_done_without_a_connection() {
    let (address, calls) = other_system(Does::Hangs);
    assert_eq!(call(&caller(address)), Handover::Unknown);
    assert_eq!(calls.try_iter().count(), 1);

    let (address, calls) = other_system(Does::Sleeps);
    let slow = caller(address);
    assert_eq!(call(&slow), Handover::Unknown);
    // It is left alone, so that messages of customers need not wait for it.
    assert!(matches!(call(&slow), Handover::Later { .. }));
    assert_eq!(calls.try_iter().count(), 1);

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = listener.local_addr().unwrap();
    drop(listener);
    assert!(matches!(call(&caller(nobody)), Handover::Later { .. }));

    let elsewhere = Caller::new(Webhooks::default(), "default");
    assert!(matches!(call(&elsewhere), Handover::Refused { .. }));
}

#[test]
fn a_call_names_itself_and_says_little() {
    let (address, calls) = other_system(Does::Answer(200));
    let crm = caller(address);
    let Handover::Accepted { provider_id } = call(&crm) else { panic!("taken") };
    call(&crm);
    let heads: Vec<String> = calls.try_iter().collect();
    let (first, again) = (&heads[0], &heads[1]);
    assert!(first.starts_with("POST /hooks HTTP/1.1"));
    assert!(first.contains(&format!("idempotency-key: {provider_id}\r\n")), "{first}");
    assert!(first.contains(&format!("webhook-id: {provider_id}\r\n")));
    assert!(again.contains(&provider_id), "the same call has the same name");
    assert!(!first.contains("webhook-signature"), "there is no secret");
    let body = first.split("\r\n\r\n").nth(1).unwrap();
    assert_eq!(
        body,
        r#"{"data":{"account":"Á-1","customer":"C-1"},"timestamp":"2025-02-19T21:20:00.000Z","type":"crm"}"#
    );
}

/// The example of the specification: <https://github.com/standard-webhooks/standard-webhooks>.
#[test]
fn it_is_signed_as_standard_webhooks_says() {
    let key = BASE64_STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let signature = sign(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", r#"{"test": 2432232314}"#);
    assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

#[test]
fn a_configuration_that_cannot_be_used_is_told_without_its_secret() {
    let told = |text: &str| Webhooks::read(text).unwrap_err().to_string();
    assert!(told("[crm]\nurl = \"ftp://x\"").starts_with("[crm]: url"));
    assert!(told("[crm]\nurl = \"https://user:pass@x/\"").starts_with("[crm]: url"));
    assert!(told("[crm]\nurl = \"https://x\"\ntimeout_seconds = 60").contains("from 1 to 15"));
    let secret = told("[crm]\nurl = \"https://x\"\nsecret = \"whsec_c2hvcnQ=\"");
    assert!(secret.contains("24 bytes") && !secret.contains("c2hv"), "{secret}");
    let unknown = told("[crm]\nurl = \"https://x\"\nsecrt = \"whsec_abc\"");
    assert!(unknown.starts_with("line 3") && !unknown.contains("abc"), "{unknown}");
    assert!(Webhooks::read("").is_ok());
}
