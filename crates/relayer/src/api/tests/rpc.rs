use alloy_primitives::B256;
use causeway_journal::{NewEpoch, Reason, ReasonClass, Standing, certificate_id};
use serde_json::json;

use super::mock::{body, certificate};
use super::*;
use crate::desk::{Code, Refusal};

fn certificate_json(network: u32, height: u64, salt: u64) -> Value {
    serde_json::from_str(&body(&certificate(network, height, salt))).expect("JSON")
}

#[tokio::test]
async fn a_certificate_is_sent_and_known_by_lxlys_id() {
    let service = Service::new().await;
    let id = certificate(7, 0, 1).id();
    let answer = service
        .call("interop_sendCertificate", json!([certificate_json(7, 0, 1)]))
        .await;
    assert_eq!(answer, json!({ "jsonrpc": "2.0", "result": id, "id": 1 }));
    let answer = service
        .call("interop_getCertificateHeader", json!({ "certificate_id": id }))
        .await;
    let empty = causeway_types::ExitRoot::EMPTY;
    let expected = json!({
        "network_id": 7, "height": 0, "epoch_number": null, "certificate_index": null, "certificate_id": id,
        "prev_local_exit_root": empty, "new_local_exit_root": B256::with_last_byte(1), "metadata": B256::ZERO,
        "status": "Pending", "settlement_job_id": null, "settlement_tx_hash": null,
    });
    assert_eq!(answer["result"], expected);
}

#[tokio::test]
async fn a_proof_stands_beside_agglayers_fields() {
    let service = Service::new().await;
    let mut with = certificate_json(7, 0, 1);
    with["own_proof"] = json!("0x70726f6f66");
    let answer = service.call("interop_sendCertificate", json!([with])).await;
    assert_eq!(answer["result"], json!(certificate(7, 0, 1).id()));
    assert_eq!(
        *service.desk.proofs.lock().expect("a lock"),
        [(certificate_id(&certificate(7, 0, 1)), b"proof".to_vec())]
    );
    let wanted = json!({ "to_prove": { "digest": B256::ZERO, "key": B256::ZERO } });
    service
        .desk
        .refuse(Refusal::new(Code::Unsigned, "a reason").with(wanted.clone()));
    let answer = service
        .call("interop_sendCertificate", json!([certificate_json(7, 1, 1)]))
        .await;
    assert_eq!(answer["error"]["code"], -10_002);
    assert_eq!(answer["error"]["data"]["details"], wanted);
}

#[tokio::test]
async fn the_latest_headers_follow_where_certificates_stand() {
    let service = Service::new().await;
    let height = |answer: Value| answer["result"]["height"].clone();
    for method in ["Known", "Settled", "Pending"] {
        let answer = service
            .call(&format!("interop_getLatest{method}CertificateHeader"), json!([7]))
            .await;
        assert_eq!(answer, json!({ "jsonrpc": "2.0", "result": null, "id": 1 }));
    }
    for at in 0..2 {
        service
            .call("interop_sendCertificate", json!([certificate_json(7, at, 1)]))
            .await;
    }
    let first = certificate_id(&certificate(7, 0, 1));
    service.change(|change| {
        change.move_certificate(first, Standing::Proven, None)?;
        change.move_certificate(first, Standing::Confirmed, None)?;
        change.move_certificate(first, Standing::Settled, None)
    });
    let latest = async |which: &str| {
        service
            .call(&format!("interop_getLatest{which}CertificateHeader"), json!([7]))
            .await
    };
    assert_eq!(height(latest("Known").await), 1);
    assert_eq!(height(latest("Settled").await), 0);
    assert_eq!(height(latest("Pending").await), 1);
    let second = certificate_id(&certificate(7, 1, 1));
    service.change(|change| {
        let reason = Reason::new(
            "balance_underflow",
            ReasonClass::Rebuild,
            "5 are sent, 3 are there",
        );
        change.move_certificate(second, Standing::Rejected, Some(&reason))
    });
    let expected = json!({ "InError": { "error": { "CertificationError": "rejected: balance_underflow: 5 are sent, 3 are there" } } });
    assert_eq!(latest("Pending").await["result"]["status"], expected);
    let info = service.call("interop_getNetworkInfo", json!([7])).await;
    assert_eq!(info["result"]["settled_height"], 0);
    assert_eq!(
        info["result"]["settled_certificate_id"],
        json!(certificate(7, 0, 1).id())
    );
    assert_eq!(info["result"]["latest_pending_height"], 1);
    assert_eq!(info["result"]["network_type"], "Ecdsa");
}

#[tokio::test]
async fn a_proven_epoch_makes_candidates() {
    let service = Service::new().await;
    service
        .call("interop_sendCertificate", json!([certificate_json(7, 0, 1)]))
        .await;
    let id = certificate_id(&certificate(7, 0, 1));
    let epoch = service.change(|change| {
        change.move_certificate(id, Standing::Proven, None)?;
        change.move_certificate(id, Standing::Confirmed, None)?;
        change.open_epoch(&NewEpoch {
            before: B256::ZERO,
            after: B256::with_last_byte(1),
            inputs: "{}",
            certificates: &[id],
        })
    });
    let header = async || {
        service
            .call("interop_getCertificateHeader", json!([certificate(7, 0, 1).id()]))
            .await["result"]
            .clone()
    };
    assert_eq!(header().await["status"], "Proven");
    service.change(|change| change.prove_epoch(epoch, "{}"));
    let header = header().await;
    assert_eq!(header["status"], "Candidate");
    assert_eq!(
        (&header["epoch_number"], &header["certificate_index"]),
        (&json!(1), &json!(0))
    );
}

#[tokio::test]
async fn the_epoch_configuration_is_what_clients_ask_for_at_their_start() {
    let service = Service::new().await;
    let answer = service.call("interop_getEpochConfiguration", json!([])).await;
    assert_eq!(
        answer["result"],
        json!({ "epoch_duration": 50, "genesis_block": 21_000_000 })
    );
}

#[tokio::test]
async fn refusals_have_agglayers_numbers_and_our_class() {
    let service = Service::new().await;
    let cases = [
        (Code::Malformed, -32_602, "invalid-argument"),
        (Code::TooLarge, -10_003, "validation"),
        (Code::UnknownNetwork, -10_001, "rollup-not-registered"),
        (Code::NotFound, -10_008, "resource-not-found"),
        (Code::HeightConflict, -10_006, "send-certificate"),
        (Code::Unauthorised, -10_002, "signature-mismatch"),
        (Code::Unsigned, -10_002, "signature-mismatch"),
        (Code::Refused, -10_003, "validation"),
        (Code::ExpiresTooSoon, -10_006, "send-certificate"),
        (Code::Blocked, -10_006, "send-certificate"),
        (Code::Paused, -10_006, "send-certificate"),
        (Code::TooMany, -10_007, "rate-limited"),
        (Code::HistoryMissing, -10_006, "send-certificate"),
        (Code::NotReady, -10_014, "unavailable"),
        (Code::Storage, -10_014, "unavailable"),
        (Code::NotFollowed, -10_008, "resource-not-found"),
        (Code::NotSettled, -10_014, "unavailable"),
        (Code::NotPushed, -10_014, "unavailable"),
        (Code::AlreadyClaimed, -10_003, "validation"),
        (Code::OtherExits, -10_003, "validation"),
    ];
    assert_eq!(cases.map(|(code, ..)| code), Code::ALL);
    for (code, number, tag) in cases {
        service.desk.refuse(Refusal::new(code, "a reason"));
        let answer = service
            .call("interop_sendCertificate", json!([certificate_json(7, 0, 1)]))
            .await;
        let error = &answer["error"];
        assert_eq!(error["code"], number, "{code:?}");
        assert!(error["data"].get(tag).is_some(), "{error}");
        assert_eq!(error["data"]["code"], json!(code));
        assert_eq!(error["data"]["class"], json!(code.class()));
    }
}

#[tokio::test]
async fn what_is_unsigned_is_told_what_to_sign() {
    let service = Service::new().await;
    let to_sign =
        json!({ "to_sign": { "digest": B256::with_last_byte(1), "signing_hash": B256::with_last_byte(2) } });
    let refusal = Refusal::new(Code::Unsigned, "it has no authorisation of Causeway's").with(to_sign.clone());
    service.desk.refuse(refusal);
    let answer = service
        .call("interop_sendCertificate", json!([certificate_json(7, 0, 1)]))
        .await;
    let expected = json!({
        "code": -10_002,
        "message": "Rollup signature verification failed: it has no authorisation of Causeway's",
        "data": {
            "signature-mismatch": { "detail": "it has no authorisation of Causeway's" },
            "code": "unsigned", "class": "rebuild", "details": to_sign,
        },
    });
    assert_eq!(answer["error"], expected);
}

#[tokio::test]
async fn frames_are_held_to_json_rpc() {
    let service = Service::new().await;
    let cases = [
        ("{", -32_700, "Parse error: this is no JSON", Value::Null),
        (
            "7",
            -32_600,
            "Invalid request: a call is an object with jsonrpc, method and id",
            Value::Null,
        ),
        (
            "[]",
            -32_600,
            "Invalid request: a batch has 1 to 100 calls, this one 0",
            Value::Null,
        ),
        (
            r#"{"id":5,"method":"interop_getEpochConfiguration"}"#,
            -32_600,
            "Invalid request: jsonrpc is to be \"2.0\"",
            json!(5),
        ),
        (
            r#"{"jsonrpc":"2.0","id":"a","method":"interop_sendMoney"}"#,
            -32_601,
            "Method not found: interop_sendMoney",
            json!("a"),
        ),
        (
            r#"{"jsonrpc":"2.0","id":5,"method":"interop_getNetworkInfo","params":[7,8]}"#,
            -32_602,
            "Invalid params: interop_getNetworkInfo takes one parameter, network_id",
            json!(5),
        ),
        (
            r#"{"jsonrpc":"2.0","id":5,"method":"interop_getNetworkInfo","params":[9]}"#,
            -10_001,
            "Rollup 9 not registered",
            json!(5),
        ),
        (
            r#"{"jsonrpc":"2.0","id":5,"method":"interop_sendTx","params":[{}]}"#,
            -10_009,
            "The sendTx method is disabled",
            json!(5),
        ),
    ];
    for path in ["/", "/rpc", "/json-rpc"] {
        for (call, code, message, id) in &cases {
            let (status, answer) = service.post(path, call).await;
            assert_eq!(status, StatusCode::OK);
            assert_eq!(answer["jsonrpc"], "2.0");
            let found = (
                &answer["error"]["code"],
                &answer["error"]["message"],
                &answer["id"],
            );
            assert_eq!(found, (&json!(code), &json!(message), id), "{call}");
        }
    }
}

#[tokio::test]
async fn a_batch_is_answered_but_for_its_notifications() {
    let service = Service::new().await;
    let send = json!({
        "jsonrpc": "2.0", "method": "interop_sendCertificate", "params": [certificate_json(7, 0, 1)],
    });
    let ask = json!({ "jsonrpc": "2.0", "id": 2, "method": "interop_getLatestKnownCertificateHeader", "params": [7] });
    let (status, answer) = service.post("/rpc", json!([send, ask, 1])).await;
    assert_eq!(status, StatusCode::OK);
    let answers = answer.as_array().expect("a list");
    assert_eq!(answers.len(), 2);
    assert_eq!(
        answers[0]["result"]["height"], 0,
        "the notification was carried out before"
    );
    assert_eq!(answers[1]["error"]["code"], -32_600);
    let (status, answer) = service.post("/rpc", json!([send])).await;
    assert_eq!((status, answer), (StatusCode::NO_CONTENT, json!("")));
    let (status, _) = service.post("/rpc", send).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
}
