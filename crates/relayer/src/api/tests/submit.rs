use causeway_journal::certificate_id;
use serde_json::{Value, json};

use super::mock::{body, certificate};
use super::*;
use crate::desk::{Code, Refusal};

#[tokio::test]
async fn a_certificate_is_taken_in_once() {
    let service = Service::new().await;
    let certificate = certificate(7, 0, 1);
    let id = certificate_id(&certificate);
    let expected = json!({
        "id": id, "lxly_id": certificate.id(), "standing": "accepted", "tier": "pre_confirmed", "known": false,
    });
    let (status, answer) = service.post("/v1/certificates", body(&certificate)).await;
    assert_eq!((status, answer), (StatusCode::ACCEPTED, expected.clone()));
    let (status, answer) = service.post("/v1/certificates", body(&certificate)).await;
    let mut again = expected;
    again["known"] = Value::Bool(true);
    assert_eq!((status, answer), (StatusCode::OK, again));
}

#[tokio::test]
async fn another_certificate_of_a_height_is_told_which_one_has_it() {
    let service = Service::new().await;
    let first = certificate(7, 0, 1);
    service.post("/v1/certificates", body(&first)).await;
    let (status, answer) = service
        .post("/v1/certificates", body(&certificate(7, 0, 2)))
        .await;
    let live = certificate_id(&first);
    let expected = json!({
        "code": "height_conflict", "class": "rebuild",
        "message": format!("network 7 has another certificate at height 0: {live}"), "details": { "live": live },
    });
    assert_eq!((status, answer), (StatusCode::CONFLICT, expected));
}

#[tokio::test]
async fn every_refusal_has_its_status_and_says_when_to_come_again() {
    let service = Service::new().await;
    let certificate = body(&certificate(7, 0, 1));
    let cases = [
        (Code::Malformed, 400, None),
        (Code::TooLarge, 413, None),
        (Code::UnknownNetwork, 422, None),
        (Code::NotFound, 404, None),
        (Code::HeightConflict, 409, None),
        (Code::Unauthorised, 422, None),
        (Code::Unsigned, 422, None),
        (Code::Refused, 422, None),
        (Code::ExpiresTooSoon, 422, None),
        (Code::Blocked, 403, None),
        (Code::Paused, 503, Some(10)),
        (Code::TooMany, 429, Some(1)),
        (Code::HistoryMissing, 422, None),
        (Code::NotReady, 503, Some(10)),
        (Code::Storage, 503, Some(10)),
        (Code::NotFollowed, 422, None),
        (Code::NotSettled, 409, None),
        (Code::NotPushed, 409, None),
        (Code::AlreadyClaimed, 409, None),
        (Code::OtherExits, 500, None),
    ];
    assert_eq!(cases.map(|(code, ..)| code), Code::ALL);
    for (code, status, after) in cases {
        service.desk.refuse(Refusal::new(code, "a reason"));
        let response = service
            .client
            .post(format!("http://{}/v1/certificates", service.public))
            .body(certificate.clone())
            .send()
            .await
            .expect("an answer");
        assert_eq!(response.status().as_u16(), status, "{code:?}");
        let header = response.headers().get("retry-after");
        let header = header.map(|value| value.to_str().expect("text").parse::<u64>().expect("a number"));
        assert_eq!(header, after, "{code:?}");
        let answer: Value = serde_json::from_str(&response.text().await.expect("text")).expect("JSON");
        let mut expected = json!({ "code": code, "class": code.class(), "message": "a reason" });
        if let Some(after) = after {
            expected["retry_after_s"] = json!(after);
        }
        assert_eq!(answer, expected);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_before_the_desk_sees_it() {
    let service = Service::new().await;
    let (status, answer) = service.post("/v1/certificates", "{\"network_id\": 7,").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(answer["code"], "malformed");
    let mut odd: Value = serde_json::from_str(&body(&certificate(7, 0, 1))).expect("JSON");
    odd["expires"] = json!(1);
    let (status, answer) = service.post("/v1/certificates", odd).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let message = answer["message"].as_str().expect("a message");
    assert!(message.starts_with("unknown field `expires`"), "{message}");
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_as_everything_else_is() {
    let service = Service::new().await;
    let long = format!("{{\"network_id\": 7, \"x\": \"{}\"}}", "x".repeat(64 << 10));
    let (status, answer) = service.post("/v1/certificates", long).await;
    let expected = json!({
        "code": "too_large", "class": "rebuild", "message": "the request is longer than the 65536 bytes that are taken",
    });
    assert_eq!((status, answer), (StatusCode::PAYLOAD_TOO_LARGE, expected));
}

#[tokio::test]
async fn a_network_that_floods_waits_and_others_do_not() {
    let service = Service::with(Settings {
        rate_per_second: 0.001,
        rate_burst: 2,
        ..settings()
    })
    .await;
    for height in 0..2 {
        let (status, _) = service
            .post("/v1/certificates", body(&certificate(7, height, 1)))
            .await;
        assert_eq!(status, StatusCode::ACCEPTED);
    }
    let (status, answer) = service
        .post("/v1/certificates", body(&certificate(7, 2, 1)))
        .await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer["code"], "too_many");
    assert_eq!(answer["class"], "retry");
    let (status, _) = service
        .post("/v1/certificates", body(&certificate(8, 0, 1)))
        .await;
    assert_eq!(status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_proof_that_comes_with_its_certificate_reaches_the_desk_and_is_no_part_of_the_id() {
    let service = Service::new().await;
    let certificate = certificate(7, 0, 1);
    let id = certificate_id(&certificate);
    let mut with: Value = serde_json::from_str(&body(&certificate)).expect("JSON");
    with["own_proof"] = json!("0x70726f6f66");
    let (status, answer) = service.post("/v1/certificates", &with).await;
    assert_eq!((status, &answer["id"]), (StatusCode::ACCEPTED, &json!(id)));
    assert_eq!(
        *service.desk.proofs.lock().expect("a lock"),
        [(id, b"proof".to_vec())]
    );
    with["own_proof"] = json!("proof");
    let (status, answer) = service.post("/v1/certificates", with).await;
    assert_eq!(
        (status, &answer["code"]),
        (StatusCode::BAD_REQUEST, &json!("malformed"))
    );
}

#[tokio::test]
async fn a_proof_of_its_own_reaches_the_desk_as_it_came() {
    let service = Service::new().await;
    let certificate = certificate(7, 0, 1);
    let id = certificate_id(&certificate);
    let path = format!("/v1/certificates/{id}/proof");
    let put = async |body: &str| {
        service
            .ask(service.public, Method::PUT, &path, Some(body.to_owned()))
            .await
    };
    let (status, answer) = put("proof").await;
    assert_eq!(
        (status, &answer["code"]),
        (StatusCode::NOT_FOUND, &json!("not_found"))
    );
    service.post("/v1/certificates", body(&certificate)).await;
    let (status, _) = put("").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let (status, _) = put("proof").await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_eq!(
        *service.desk.proofs.lock().expect("a lock"),
        [(id, b"proof".to_vec())]
    );
}
