use alloy_primitives::{Address, B256, U256};
use causeway_journal::{
    ClaimKey, Fees, Hold, JobKind, NewEpoch, NewJob, Scope, Signed, Standing, Wallet, certificate_id,
};
use causeway_types::NetworkId;
use serde_json::json;

use super::mock::{body, certificate};
use super::*;

/// Makes a certificate confirmed and puts it in an epoch that has a job with a transaction.
async fn settling(service: &Service) -> B256 {
    let certificate = certificate(7, 0, 1);
    service.post("/v1/certificates", body(&certificate)).await;
    let id = certificate_id(&certificate);
    service.change(|change| {
        change.move_certificate(id, Standing::Proven, None)?;
        change.move_certificate(id, Standing::Confirmed, None)?;
        let epoch = change.open_epoch(&NewEpoch {
            before: B256::ZERO,
            after: B256::with_last_byte(1),
            inputs: "{}",
            certificates: &[id],
        })?;
        change.prove_epoch(epoch, "{}")?;
        let job = change.make_job(&NewJob {
            kind: JobKind::Settle,
            subject: &epoch.to_string(),
            wallet: Wallet {
                chain: 1,
                address: Address::with_last_byte(3),
            },
            target: mock::FINGERPRINT.settlement,
            calldata: &[1, 2, 3],
            value: U256::ZERO,
        })?;
        change.record_attempt(&Signed {
            job,
            nonce: 4,
            hash: B256::with_last_byte(0xaa),
            raw: &[9],
            fees: Fees {
                max_fee: 30_000_000_000,
                tip: 10_000_000,
            },
            gas: 900_000,
        })?;
        change.hold_job(job, Some(Hold::Ceiling), Some("the base fee is 212 gwei"), now())
    });
    id
}

#[tokio::test]
async fn a_certificate_tells_its_epoch_its_transactions_and_its_history() {
    let service = Service::new().await;
    let id = settling(&service).await;
    let (status, answer) = service.get(&format!("/v1/certificates/{id}")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(answer["standing"], "assigned");
    assert_eq!(answer["tier"], "confirmed");
    assert_eq!((&answer["epoch"], &answer["position"]), (&json!(1), &json!(0)));
    assert_eq!(answer["transactions"], json!([B256::with_last_byte(0xaa)]));
    assert_eq!(answer["own_proof"], false);
    assert_eq!(answer["body"]["network_id"], 7);
    let history: Vec<_> = answer["history"].as_array().expect("a list").iter().collect();
    let stood: Vec<_> = history.iter().map(|event| &event["body"]["standing"]).collect();
    assert_eq!(stood, ["accepted", "proven", "confirmed", "assigned"]);
    let (_, by_lxly_id) = service
        .get(&format!("/v1/certificates/{}", certificate(7, 0, 1).id()))
        .await;
    assert_eq!(by_lxly_id, answer);
}

#[tokio::test]
async fn lists_are_read_page_by_page_and_by_what_is_asked() {
    let service = Service::new().await;
    for height in 0..3 {
        service
            .post("/v1/certificates", body(&certificate(7, height, 1)))
            .await;
    }
    service
        .post("/v1/certificates", body(&certificate(8, 0, 1)))
        .await;
    let heights = |answer: &Value| -> Vec<u64> {
        let list = answer["certificates"].as_array().expect("a list");
        list.iter().filter_map(|one| one["height"].as_u64()).collect()
    };
    let (_, first) = service.get("/v1/certificates?network=7&limit=2").await;
    assert_eq!(heights(&first), [2, 1]);
    let next = first["next"].as_u64().expect("another page");
    let (_, second) = service
        .get(&format!("/v1/certificates?network=7&limit=2&before={next}"))
        .await;
    assert_eq!((heights(&second), &second["next"]), (vec![0], &Value::Null));
    let (_, none) = service.get("/v1/certificates?standing=settled").await;
    assert_eq!(heights(&none), Vec::<u64>::new());
    let (status, answer) = service.get("/v1/certificates?standing=settling").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(
        answer["message"],
        "`settling` is no standing: waiting, accepted, proven, confirmed, assigned, settled, finalized, rejected, expired, superseded"
    );
    let (status, _) = service.get("/v1/certificates?netwrk=7").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_is_not_there_is_said_in_the_same_form() {
    let service = Service::new().await;
    let absent = B256::with_last_byte(9);
    for (path, message) in [
        (
            format!("/v1/certificates/{absent}"),
            format!("there is no certificate {absent}"),
        ),
        ("/v1/networks/99".to_owned(), "there is no network 99".to_owned()),
        ("/v1/epochs/99".to_owned(), "there is no epoch 99".to_owned()),
        ("/v1/jobs/99".to_owned(), "there is no job 99".to_owned()),
        (
            "/v1/claims/7:0:99".to_owned(),
            "there is no claim 7:0:99".to_owned(),
        ),
        ("/v2".to_owned(), "there is no /v2: see /openapi.json".to_owned()),
    ] {
        let answer = service.get(&path).await;
        let expected = json!({ "code": "not_found", "class": "rebuild", "message": message });
        assert_eq!(answer, (StatusCode::NOT_FOUND, expected));
    }
    let (status, answer) = service
        .ask(service.public, Method::DELETE, "/v1/jobs", None)
        .await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(
        answer["message"],
        "DELETE is no method of /v1/jobs: see /openapi.json"
    );
}

#[tokio::test]
async fn a_certificate_is_explained_by_the_desk() {
    let service = Service::new().await;
    let certificate = certificate(7, 0, 1);
    let id = certificate_id(&certificate);
    service.post("/v1/certificates", body(&certificate)).await;
    let (status, answer) = service.get(&format!("/v1/certificates/{id}/explain")).await;
    let expected = json!({
        "id": id, "standing": "accepted",
        "causes": [{
            "code": "waits_for_epoch", "detail": "an epoch closes with 64 certificates or after 10m", "about": id,
        }],
    });
    assert_eq!((status, answer), (StatusCode::OK, expected));
}

#[tokio::test]
async fn an_epoch_and_its_job_tell_what_holds_them() {
    let service = Service::new().await;
    let id = settling(&service).await;
    let (_, epoch) = service.get("/v1/epochs/1").await;
    assert_eq!(epoch["standing"], "proven");
    assert_eq!(epoch["certificates"], json!([id]));
    assert_eq!(epoch["job"], 1);
    let (_, job) = service.get("/v1/jobs/1").await;
    assert_eq!(job["hold"], "ceiling");
    assert_eq!(job["detail"], "the base fee is 212 gwei");
    assert_eq!(job["data"], "0x010203");
    assert_eq!(job["attempts"][0]["max_fee"], "30000000000");
    assert_eq!(job["attempts"][0]["outcome"], Value::Null);
    let (_, epochs) = service.get("/v1/epochs").await;
    assert_eq!(epochs["epochs"], json!([epoch]));
    let (_, jobs) = service.get("/v1/jobs?kind=settle").await;
    assert_eq!(jobs["jobs"][0]["id"], 1);
    let (_, jobs) = service.get("/v1/jobs?kind=claim").await;
    assert_eq!(jobs, json!({ "jobs": [], "next": null }));
}

#[tokio::test]
async fn a_network_tells_its_heights_and_who_paused_it() {
    let service = Service::new().await;
    let id = settling(&service).await;
    service.change(|change| change.pause(Scope::Network(NetworkId::new(7)), "ann", "a fork", None));
    let (status, answer) = service.get("/v1/networks/7").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(answer["settled_height"], 1);
    assert_eq!(answer["paused"]["reason"], "a fork");
    assert_eq!(answer["highest"][0]["standing"], "assigned");
    assert_eq!(answer["highest"][0]["id"], json!(id));
    let (_, all) = service.get("/v1/networks").await;
    assert_eq!(all["networks"].as_array().expect("a list").len(), 2);
    assert_eq!(all["networks"][1].get("paused"), None);
}

#[tokio::test]
async fn a_claim_has_a_call_as_soon_as_it_can_be_claimed() {
    let service = Service::new().await;
    for deposit in 0..2 {
        let key = ClaimKey {
            origin: NetworkId::new(7),
            destination: NetworkId::MAINNET,
            deposit,
        };
        service.change(|change| change.see_claim(key, U256::from(deposit), "{\"amount\":\"1\"}"));
    }
    let (_, claims) = service.get("/v1/claims?destination=0&standing=seen").await;
    assert_eq!(claims["claims"].as_array().expect("a list").len(), 2);
    let (_, claim) = service.get("/v1/claims/7:0:1").await;
    assert_eq!(
        (&claim["id"], &claim["leaf"]["amount"]),
        (&json!("7:0:1"), &json!("1"))
    );
    let (status, call) = service.get("/v1/claims/7:0:0/calldata").await;
    let expected =
        json!({ "network": 0, "to": mock::FINGERPRINT.bridge, "data": "0xccaa2d11", "value": "0x0" });
    assert_eq!((status, call), (StatusCode::OK, expected));
    let (status, answer) = service.get("/v1/claims/7:0:1/calldata").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer["retry_after_s"], 30);
    let (status, answer) = service.get("/v1/claims/7:0").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(
        answer["message"],
        "`7:0` is no claim: origin:destination:deposit, three numbers"
    );
}

#[tokio::test]
async fn readiness_names_what_is_missing() {
    let service = Service::new().await;
    let (status, answer) = service.get("/readyz").await;
    let component = json!({ "name": "l1_read", "ready": true, "detail": "2 nodes" });
    let expected = json!({ "ready": true, "paused": false, "components": [component] });
    assert_eq!((status, answer), (StatusCode::OK, expected));
    *service.desk.ill.lock().expect("a lock") = true;
    let (status, answer) = service.get("/readyz").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer["components"][0]["detail"], "no node answers");
    let (status, answer) = service.get("/healthz").await;
    assert_eq!((status, &answer["ok"]), (StatusCode::OK, &json!(true)));
    let (_, answer) = service.get("/version").await;
    assert_eq!(answer["chain_id"], 1);
    let (_, answer) = service.get("/v1/status").await;
    assert_eq!((&answer["ready"], &answer["block"]), (&json!(false), &json!(100)));
}
