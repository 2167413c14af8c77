//! JSON-RPC as AggLayer's clients speak it: `interop_*`, with AggLayer's schema and codes. Ids there are LxLy's.

mod error;
mod few;
mod frame;
mod header;
mod methods;

use std::net::IpAddr;

use axum::extract::State;
use axum::http::{StatusCode, header as headers};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt};
use serde_json::value::RawValue;

use super::Api;
use super::answer::Body;
use error::RpcFailure;
pub(super) use error::number;
use few::Few;
use frame::{Answer, Request};

/// Calls in one batch.
const MOST_CALLS: usize = 100;

/// Calls `interop_*` of AggLayer's JSON-RPC, one or a batch.
///
/// Methods: `interop_sendCertificate`, `interop_getCertificateHeader`, `interop_getEpochConfiguration`,
/// `interop_getLatestKnownCertificateHeader`, `interop_getLatestSettledCertificateHeader`,
/// `interop_getLatestPendingCertificateHeader`, `interop_getNetworkInfo`.
#[utoipa::path(
    post, path = "/rpc", tag = "json-rpc", request_body = Object,
    responses(
        (status = 200, description = "Answers in JSON-RPC 2.0; errors have AggLayer's codes, with `class` and `code` in `data`", body = Object),
        (status = 204, description = "Notifications alone, which are not answered"),
    )
)]
pub(super) async fn handle(State(api): State<Api>, body: Body) -> Response {
    let sender = body.sender;
    let _alone = api.alone(body.bytes.len()).await;
    // Nothing is made a value of before it is known what it should be: as values, zeros take sixteen times their length.
    let Ok(whole) = serde_json::from_slice::<&RawValue>(&body.bytes) else {
        return one(&Answer::failed(None, RpcFailure::parse("this is no JSON")));
    };
    let Some(calls) = Few::list(whole, MOST_CALLS) else {
        return match answer(&api, whole, sender).await {
            Some(answer) => one(&answer),
            None => StatusCode::NO_CONTENT.into_response(),
        };
    };
    if calls.count == 0 || calls.count > MOST_CALLS {
        let detail = format!("a batch has 1 to {MOST_CALLS} calls, this one {}", calls.count);
        return one(&Answer::failed(None, RpcFailure::invalid(detail)));
    }
    let answers: Vec<Answer> = stream::iter(calls.values())
        .then(|call| answer(&api, call, sender))
        .filter_map(std::future::ready)
        .collect()
        .await;
    if answers.is_empty() {
        return StatusCode::NO_CONTENT.into_response();
    }
    json(serde_json::to_string(&answers))
}

async fn answer(api: &Api, call: &RawValue, sender: IpAddr) -> Option<Answer> {
    let request = match Request::read(call) {
        Ok(request) => request,
        Err(answer) => return Some(*answer),
    };
    let outcome = methods::call(api, &request, sender).await;
    request.answered(outcome)
}

fn one(answer: &Answer) -> Response {
    json(serde_json::to_string(answer))
}

fn json(text: Result<String, serde_json::Error>) -> Response {
    let kind = [(headers::CONTENT_TYPE, "application/json")];
    match text {
        Ok(text) => (kind, text).into_response(),
        Err(error) => {
            tracing::error!(%error, "an answer has no JSON");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
