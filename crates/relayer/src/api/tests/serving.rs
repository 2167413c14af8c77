use std::io::{Read, Write};
use std::net::TcpStream;

use super::mock::{body, certificate};
use super::*;
use causeway_journal::Scope;

/// Reads events until there are so many: each its id, kind and data.
async fn events(service: &Service, path: &str, last: Option<u64>, most: usize) -> Vec<(u64, String, Value)> {
    let mut request = service.client.get(format!("http://{}{path}", service.public));
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let mut response = request.send().await.expect("an answer");
    let mut text = String::new();
    let mut told = Vec::new();
    while told.len() < most {
        let chunk = response.chunk().await.expect("a chunk").expect("more");
        text += std::str::from_utf8(&chunk).expect("text");
        while let Some(end) = text.find("\n\n") {
            let event: String = text.drain(..end + 2).collect();
            let field = |name: &str| {
                event
                    .lines()
                    .find_map(|line| line.strip_prefix(name))
                    .map(str::trim)
            };
            if let (Some(id), Some(kind), Some(data)) = (field("id:"), field("event:"), field("data:")) {
                told.push((
                    id.parse().expect("a number"),
                    kind.to_owned(),
                    serde_json::from_str(data).expect("JSON"),
                ));
            }
        }
    }
    told
}

#[tokio::test]
async fn who_follows_events_misses_none_and_gets_none_twice() {
    let service = Service::new().await;
    for height in 0..3 {
        service
            .post("/v1/certificates", body(&certificate(7, height, 1)))
            .await;
    }
    let all = events(&service, "/v1/events?after=0", None, 3).await;
    assert_eq!(all.iter().map(|(id, ..)| *id).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(all[0].1, "certificate");
    assert_eq!(all[0].2["body"]["standing"], "accepted");
    let rest = events(&service, "/v1/events?after=0", Some(1), 2).await;
    assert_eq!(rest, all[1..], "the header is above the question");
}

#[tokio::test]
async fn who_asks_for_nothing_older_hears_what_comes() {
    let service = Service::new().await;
    service
        .post("/v1/certificates", body(&certificate(7, 0, 1)))
        .await;
    let follow = events(&service, "/v1/events?kind=pause", None, 1);
    let happen = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        service
            .post("/v1/certificates", body(&certificate(7, 1, 1)))
            .await;
        service.change(|change| change.pause(Scope::Claims, "ann", "x", None));
    };
    let (told, ()) = tokio::join!(follow, happen);
    assert_eq!(told[0].2["subject"], "claims");
}

#[tokio::test]
async fn a_header_that_is_no_number_is_refused() {
    let service = Service::new().await;
    let response = service
        .client
        .get(format!("http://{}/v1/events", service.public))
        .header("last-event-id", "yesterday")
        .send()
        .await
        .expect("an answer");
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn stopping_ends_streams_and_frees_the_port() {
    let service = Service::new().await;
    let mut response = service
        .client
        .get(format!("http://{}/v1/events", service.public))
        .send()
        .await
        .expect("an answer");
    service.stop.cancel();
    let end = tokio::time::timeout(Duration::from_secs(10), async {
        while let Ok(Some(_)) = response.chunk().await {}
    });
    assert_eq!(end.await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_drips_is_broken_off() {
    let service = Service::with(Settings {
        request_timeout: Duration::from_millis(300),
        ..settings()
    })
    .await;
    let public = service.public;
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(public).expect("a connection");
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .expect("a time");
        // A body is announced and does not come.
        let head = "POST /v1/certificates HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{";
        stream.write_all(head.as_bytes()).expect("sent");
        let mut answer = [0; 256];
        let length = stream.read(&mut answer).expect("an answer");
        String::from_utf8_lossy(&answer[..length]).into_owned()
    });
    let answer = answer.await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_whose_head_never_ends_is_closed() {
    let service = Service::with(Settings {
        request_timeout: Duration::ZERO,
        ..settings()
    })
    .await;
    let public = service.public;
    let closed = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(public).expect("a connection");
        stream
            .set_read_timeout(Some(Duration::from_millis(200)))
            .expect("a time");
        stream.write_all(b"GET / HTTP/1.1\r\n").expect("sent");
        let mut rest = [0; 64];
        // A letter now and then does not help.
        for _ in 0..100 {
            let _ = stream.write_all(b"x");
            match stream.read(&mut rest) {
                Ok(0) => return true,
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Ok(_) => {}
                Err(_) => return true,
            }
        }
        false
    });
    assert!(closed.await.expect("a thread"));
}

#[tokio::test]
async fn metrics_have_an_address_of_their_own() {
    let service = Service::new().await;
    service
        .post("/v1/certificates", body(&certificate(7, 0, 1)))
        .await;
    let (status, text) = service.ask(service.metrics, Method::GET, "/metrics", None).await;
    assert_eq!(status, StatusCode::OK);
    let text = text.as_str().expect("text");
    for line in [
        "causeway_certificates{standing=\"accepted\"} 1.0",
        "causeway_certificates_handed_in_total{outcome=\"new\"} 1.0",
        "causeway_http_requests_total{listener=\"public\",route=\"/v1/certificates\",status=\"202\"} 1.0",
        "causeway_ready{} 1.0",
    ] {
        assert!(
            text.lines().any(|other| other == line),
            "{line} is not in\n{text}"
        );
    }
    let (status, _) = service.get("/metrics").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
