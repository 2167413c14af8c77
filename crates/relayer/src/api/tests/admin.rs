use causeway_journal::Scope;
use serde_json::json;

use super::mock::{body, certificate};
use super::*;
use crate::desk::Operator;

#[tokio::test]
async fn a_pause_says_what_was_and_is_written_down_with_who_and_why() {
    let service = Service::new().await;
    let (status, answer) = service
        .operate(
            "/v1/admin/pause",
            json!({ "scope": "intake", "reason": "upgrade", "by": "ann" }),
        )
        .await;
    let expected = json!({ "changed": true, "before": "running", "after": "paused", "audit_seq": 1 });
    assert_eq!((status, answer), (StatusCode::OK, expected));
    let pause = service
        .journal
        .read(|view| view.pause(Scope::Intake, now()))
        .expect("a journal");
    let pause = pause.expect("a pause");
    assert_eq!(
        (pause.actor.as_str(), pause.reason.as_str(), pause.until),
        ("ann", "upgrade", None)
    );
    let (_, answer) = service.get("/readyz").await;
    assert_eq!(
        (&answer["ready"], &answer["paused"]),
        (&json!(true), &json!(true))
    );

    let (_, answer) = service
        .operate("/v1/admin/resume", json!({ "scope": "intake", "reason": "done" }))
        .await;
    let expected = json!({ "changed": true, "before": "paused", "after": "running", "audit_seq": 2 });
    assert_eq!(answer, expected);
    let (_, answer) = service
        .operate(
            "/v1/admin/resume",
            json!({ "scope": "intake", "reason": "again" }),
        )
        .await;
    let expected = json!({ "changed": false, "before": "running", "after": "running", "audit_seq": 3 });
    assert_eq!(answer, expected);
    let (_, audit) = service
        .ask(service.admin, Method::GET, "/v1/admin/audit?after=1", None)
        .await;
    let reasons: Vec<_> = audit["entries"].as_array().expect("a list").iter().collect();
    let reasons: Vec<_> = reasons.iter().map(|entry| &entry["reason"]).collect();
    assert_eq!(reasons, ["done", "again"]);
}

#[tokio::test]
async fn a_pause_can_end_by_itself() {
    let service = Service::new().await;
    let (status, _) = service
        .operate(
            "/v1/admin/pause",
            json!({ "scope": "network:7", "reason": "a fork", "for_s": 3600 }),
        )
        .await;
    assert_eq!(status, StatusCode::OK);
    let pauses = service
        .journal
        .read(|view| view.pauses(now()))
        .expect("a journal");
    assert!(pauses[0].until.is_some_and(|until| until > now()));
}

#[tokio::test]
async fn nothing_is_done_without_a_reason() {
    let service = Service::new().await;
    for path in [
        "/v1/admin/pause",
        "/v1/admin/resume",
        "/v1/admin/jobs/7/retry",
        "/v1/admin/jobs/7/abort",
    ] {
        let mut request = json!({ "reason": "  " });
        if path.ends_with("pause") || path.ends_with("resume") {
            request["scope"] = json!("intake");
        }
        let (status, answer) = service.operate(path, request).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(answer["message"], "say why: `reason` is empty");
    }
    assert_eq!(
        service
            .journal
            .read(|view| view.audits(0, 10))
            .expect("a journal"),
        []
    );
    let (status, answer) = service
        .operate("/v1/admin/pause", json!({ "scope": "everything", "reason": "x" }))
        .await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let message = answer["message"].as_str().expect("a message");
    assert!(
        message.starts_with("everything is none of intake, proving, settlement, claims and network:N"),
        "{message}"
    );
}

#[tokio::test]
async fn jobs_and_certificates_are_the_desks() {
    let service = Service::new().await;
    let id = causeway_journal::certificate_id(&certificate(7, 0, 1));
    service
        .post("/v1/certificates", body(&certificate(7, 0, 1)))
        .await;
    for path in [
        "/v1/admin/jobs/7/retry".to_owned(),
        "/v1/admin/jobs/7/abort".to_owned(),
        format!("/v1/admin/certificates/{id}/reject"),
    ] {
        let (status, answer) = service
            .operate(&path, json!({ "reason": "stuck", "by": "ann" }))
            .await;
        assert_eq!(
            (status, &answer["changed"]),
            (StatusCode::OK, &json!(true)),
            "{path}"
        );
    }
    let by = Operator {
        name: "ann".to_owned(),
        reason: "stuck".to_owned(),
    };
    let acted = service.desk.acted.lock().expect("a lock").clone();
    let expected = ["retry", "abort", "reject"].map(|what| (what.to_owned(), by.clone()));
    assert_eq!(acted, expected);
    let (status, answer) = service
        .operate("/v1/admin/jobs/8/retry", json!({ "reason": "stuck" }))
        .await;
    assert_eq!(
        (status, &answer["message"]),
        (StatusCode::NOT_FOUND, &json!("there is no job 8"))
    );
}

#[tokio::test]
async fn operators_show_the_token_if_there_is_one() {
    let service = Service::with(Settings {
        admin_token: Some("correct horse".to_owned()),
        ..settings()
    })
    .await;
    let pause = async |token: Option<&str>| {
        let mut request = service
            .client
            .post(format!("http://{}/v1/admin/pause", service.admin))
            .header("content-type", "application/json")
            .body(json!({ "scope": "intake", "reason": "x" }).to_string());
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        request.send().await.expect("an answer").status()
    };
    assert_eq!(pause(None).await, StatusCode::UNAUTHORIZED);
    assert_eq!(pause(Some("wrong horse")).await, StatusCode::UNAUTHORIZED);
    assert_eq!(pause(Some("")).await, StatusCode::UNAUTHORIZED);
    assert_eq!(
        service
            .journal
            .read(|view| view.audits(0, 10))
            .expect("a journal"),
        []
    );
    assert_eq!(pause(Some("correct horse")).await, StatusCode::OK);
}

#[tokio::test]
async fn a_page_in_a_browser_changes_nothing() {
    let service = Service::new().await;
    let response = service
        .client
        .post(format!("http://{}/v1/admin/pause", service.admin))
        .header("content-type", "text/plain")
        .body(json!({ "scope": "intake", "reason": "x" }).to_string())
        .send()
        .await
        .expect("an answer");
    assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(
        service
            .journal
            .read(|view| view.audits(0, 10))
            .expect("a journal"),
        []
    );
}

#[tokio::test]
async fn a_name_that_leads_here_is_not_enough() {
    let service = Service::new().await;
    let pause = async |host: String| {
        let request = service
            .client
            .post(format!("http://{}/v1/admin/pause", service.admin))
            .header("host", host)
            .header("content-type", "application/json")
            .body(json!({ "scope": "intake", "reason": "x" }).to_string());
        request.send().await.expect("an answer").status()
    };
    assert_eq!(
        pause("rebound.example:9091".to_owned()).await,
        StatusCode::FORBIDDEN
    );
    assert_eq!(pause("rebound.example".to_owned()).await, StatusCode::FORBIDDEN);
    assert_eq!(
        service
            .journal
            .read(|view| view.audits(0, 10))
            .expect("a journal"),
        []
    );
    assert_eq!(pause(service.admin.to_string()).await, StatusCode::OK);
    assert_eq!(pause("localhost:9091".to_owned()).await, StatusCode::OK);
    assert_eq!(pause("[::1]:9091".to_owned()).await, StatusCode::OK);
}

#[tokio::test]
async fn operators_are_heard_on_their_own_address_alone() {
    let service = Service::new().await;
    let request = json!({ "scope": "intake", "reason": "x" });
    let (status, _) = service.post("/v1/admin/pause", request).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
