//! What somebody may send, and what it takes to read it.

use std::io::{Read, Write};
use std::net::{IpAddr, TcpStream};

use super::mock::{body, certificate};
use super::*;
use crate::desk::{Code, Refusal};

/// Hands something in from behind a proxy, as an address: the status, and the code or class of a refusal.
async fn from(service: &Service, sender: &str, text: String) -> (u16, Value) {
    let request = service
        .client
        .post(format!("http://{}/v1/certificates", service.public))
        .header("x-forwarded-for", sender)
        .body(text);
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    let text = response.text().await.expect("a text");
    let answer: Value = serde_json::from_str(&text).expect("JSON");
    (status, answer["code"].clone())
}

fn trusting() -> Settings {
    Settings {
        trusted_proxies: vec![IpAddr::from([127, 0, 0, 1])],
        ..settings()
    }
}

#[tokio::test]
async fn what_a_network_did_not_make_does_not_use_up_what_it_may_send() {
    let service = Service::with(Settings {
        rate_burst: 2,
        ..settings()
    })
    .await;
    service
        .desk
        .refuse(Refusal::new(Code::Unauthorised, "its signer did not make it"));
    for height in 0..20 {
        let (status, _) = service
            .post("/v1/certificates", body(&certificate(7, height, 1)))
            .await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    *service.desk.refuses.lock().expect("a lock") = None;
    let first = body(&certificate(7, 0, 1));
    for expected in [StatusCode::ACCEPTED, StatusCode::OK, StatusCode::OK] {
        let (status, _) = service.post("/v1/certificates", first.clone()).await;
        assert_eq!(status, expected, "what is here already is nothing new");
    }
    for (height, expected) in [(1, StatusCode::ACCEPTED), (2, StatusCode::TOO_MANY_REQUESTS)] {
        let (status, _) = service
            .post("/v1/certificates", body(&certificate(7, height, 1)))
            .await;
        assert_eq!(status, expected);
    }
}

#[tokio::test]
async fn who_floods_is_refused_whatever_he_names_and_nobody_else_is() {
    let service = Service::with(Settings {
        sender_rate_burst: 3,
        ..trusting()
    })
    .await;
    let rubbish = || "{".to_owned();
    for _ in 0..3 {
        assert_eq!(from(&service, "7.7.7.7", rubbish()).await.0, 400);
    }
    let too_many = (429, Value::from("too_many"));
    assert_eq!(from(&service, "7.7.7.7", rubbish()).await, too_many);
    let good = body(&certificate(7, 0, 1));
    assert_eq!(from(&service, "7.7.7.7", good.clone()).await, too_many);
    // What he says of others before him is worth nothing.
    assert_eq!(from(&service, "8.8.8.8, 7.7.7.7", good.clone()).await, too_many);
    assert_eq!(from(&service, "8.8.8.8", good).await.0, 202);
}

#[tokio::test]
async fn calls_of_a_batch_count_each() {
    let service = Service::with(Settings {
        sender_rate_burst: 3,
        ..settings()
    })
    .await;
    let call =
        serde_json::json!({ "jsonrpc": "2.0", "id": 1, "method": "interop_sendCertificate", "params": [{}] });
    let (_, answers) = service.post("/rpc", Value::from(vec![call; 5])).await;
    let codes: Vec<_> = answers
        .as_array()
        .expect("a batch")
        .iter()
        .map(|answer| answer["error"]["data"]["code"].clone())
        .collect();
    assert_eq!(
        codes,
        ["malformed", "malformed", "malformed", "too_many", "too_many"]
    );
}

/// A connection on which a long body is begun and not ended.
fn begin(service: &Service, sender: &str, length: usize) -> TcpStream {
    let mut stream = TcpStream::connect(service.public).expect("a connection");
    let head = format!(
        "POST /v1/certificates HTTP/1.1\r\nhost: x\r\nx-forwarded-for: {sender}\r\ncontent-length: {}\r\n\r\n",
        length + 1
    );
    stream.write_all(head.as_bytes()).expect("sent");
    stream.write_all(&vec![b' '; length]).expect("sent");
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_being_read_has_a_limit_for_each_and_for_all() {
    let service = Service::with(Settings {
        max_pending: 256 << 10,
        // Nor does what is held end by itself, however slow the machine is.
        request_timeout: Duration::from_secs(300),
        // It is not the rate that refuses.
        sender_rate_burst: u32::MAX,
        ..trusting()
    })
    .await;
    let good = || body(&certificate(7, 0, 1));
    let mut held = Vec::new();
    for sender in ["7.7.7.1", "7.7.7.2", "7.7.7.3"] {
        held.push(begin(&service, sender, 64 << 10));
    }
    // One of them has all that he may have.
    let refused = async {
        loop {
            // Nothing else of his is asked while the last of it is taken: that could be what there is no room for.
            tokio::time::sleep(Duration::from_millis(300)).await;
            let (status, code) = from(&service, "7.7.7.1", good()).await;
            if status == 429 {
                break code;
            }
            drop(held.remove(0));
            held.insert(0, begin(&service, "7.7.7.1", 64 << 10));
        }
    };
    let code = tokio::time::timeout(Duration::from_secs(60), refused).await;
    assert_eq!(code, Ok(Value::from("too_many")));
    assert!(matches!(from(&service, "7.7.7.9", good()).await.0, 200 | 202));
    // And when all of it is taken, nobody has any, until somebody gives his back.
    let full = async {
        loop {
            held.push(begin(&service, "7.7.7.4", 64 << 10));
            tokio::time::sleep(Duration::from_millis(300)).await;
            if from(&service, "7.7.7.9", good()).await.0 == 429 {
                break;
            }
            held.pop();
        }
        held.pop();
        while from(&service, "7.7.7.9", good()).await.0 == 429 {}
    };
    assert_eq!(tokio::time::timeout(Duration::from_secs(60), full).await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_more_than_a_quarter_of_the_connections() {
    let service = Service::with(Settings {
        most_connections: 16,
        ..settings()
    })
    .await;
    let public = service.public;
    let closed = tokio::task::spawn_blocking(move || {
        let mut streams: Vec<_> = (0..5)
            .map(|_| TcpStream::connect(public).expect("a connection"))
            .collect();
        let last = streams.last_mut().expect("five");
        last.set_read_timeout(Some(Duration::from_secs(10)))
            .expect("a time");
        let mut byte = [0];
        matches!(last.read(&mut byte), Ok(0)) || last.write_all(b"x").is_err()
    });
    assert!(closed.await.expect("a thread"), "the fifth is closed");
}
