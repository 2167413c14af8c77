//! For operators: what they stop, let go on, do again and give up. Each says why, and is written down in the transaction that does it.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use causeway_journal::{AuditEntry, Change, JournalError, Scope};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use utoipa::{IntoParams, ToSchema};

use super::answer::{Asked, Body, hash, number, page};
use super::certificates::off_the_loop;
use super::{Api, Failure, now};
use crate::desk::{Acted, Code, Operator, Refusal};

/// What to stop.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PauseRequest {
    /// `intake`, `proving`, `settlement`, `claims` or `network:N`.
    #[schema(value_type = String)]
    scope: Scope,
    /// For how many seconds; until it is resumed if nothing is said.
    for_s: Option<u64>,
    /// Why.
    reason: String,
    /// Who says so.
    by: Option<String>,
}

/// What to let go on.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ResumeRequest {
    /// As it was stopped.
    #[schema(value_type = String)]
    scope: Scope,
    /// Why.
    reason: String,
    /// Who says so.
    by: Option<String>,
}

/// Why something is done.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReasonRequest {
    /// Why.
    reason: String,
    /// Who says so.
    by: Option<String>,
}

/// What operators did, in order.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct AuditPage {
    /// It.
    #[schema(value_type = Vec<Object>)]
    pub(super) entries: Vec<AuditEntry>,
    /// `after` of the next page, if there is one.
    pub(super) next: Option<u64>,
}

/// Which entries to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// After this number.
    after: Option<u64>,
    /// So many at most: 50 if nothing is said, 500 at most.
    limit: Option<u32>,
}

/// Lets in who shows the token, if there is one. What changes something has to say that it is JSON: a page in an operator's browser
/// cannot say that without asking first, and is not answered then.
pub(super) async fn let_in(State(api): State<Api>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if let Some(token) = &api.settings.admin_token
        && !shows(headers, token)
    {
        let refusal = Refusal::new(
            Code::Unauthorised,
            "show the token of api.admin_token: Authorization: Bearer TOKEN",
        );
        return Failure {
            status: StatusCode::UNAUTHORIZED,
            refusal: Box::new(refusal),
        }
        .into_response();
    }
    if api.settings.admin_token.is_none() && !asks_by_address(headers) {
        let refusal = Refusal::new(
            Code::Unauthorised,
            "ask by address or as localhost, or set api.admin_token: a name may be anybody's",
        );
        return Failure {
            status: StatusCode::FORBIDDEN,
            refusal: Box::new(refusal),
        }
        .into_response();
    }
    let json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| {
            kind.split(';')
                .next()
                .is_some_and(|kind| kind.trim() == "application/json")
        });
    if request.method() != Method::GET && !json {
        return Failure {
            status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
            refusal: Box::new(Refusal::new(
                Code::Malformed,
                "Content-Type is to be application/json",
            )),
        }
        .into_response();
    }
    next.run(request).await
}

/// Whether this machine is asked for by its address. A page in an operator's browser can have a name that leads here, but no address.
fn asks_by_address(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let Some(host) = host else {
        return true;
    };
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    host.parse::<IpAddr>().is_ok()
        || host.parse::<SocketAddr>().is_ok()
        || name.parse::<IpAddr>().is_ok()
        || name == "localhost"
}

/// Whether the token is shown. Digests are compared, so that the time it takes says nothing of the token.
fn shows(headers: &HeaderMap, token: &str) -> bool {
    let shown = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    Sha256::digest(shown.trim()) == Sha256::digest(token)
}

fn operator(name: Option<String>, reason: String) -> Result<Operator, Failure> {
    let reason = reason.trim().to_owned();
    if reason.is_empty() {
        return Err(Failure::malformed("say why: `reason` is empty"));
    }
    let name = name
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty());
    Ok(Operator {
        name: name.unwrap_or_else(|| "operator".to_owned()),
        reason,
    })
}

/// Changes the journal, and says what the entry that the change wrote says.
async fn change(
    api: &Api,
    change: impl FnOnce(&Change<'_>) -> Result<(), JournalError> + Send + 'static,
) -> Result<Json<Acted>, Failure> {
    let journal = Arc::clone(&api.journal);
    let work = move || {
        journal.change(now(), |changing| {
            change(changing)?;
            changing.view().newest_audit()
        })
    };
    let entry = tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Refusal::new(Code::Storage, "the change fell; nothing was changed"))??;
    let entry = entry.ok_or_else(|| Refusal::new(Code::Storage, "the change was not written down"))?;
    Ok(Json(entry.into()))
}

/// Stops something.
#[utoipa::path(
    post, path = "/v1/admin/pause", tag = "admin", request_body = PauseRequest,
    responses((status = 200, body = Acted), (status = 400, body = Refusal), (status = 401, body = Refusal))
)]
pub(super) async fn pause(State(api): State<Api>, body: Body) -> Result<Json<Acted>, Failure> {
    let request: PauseRequest = body.json()?;
    let by = operator(request.by, request.reason)?;
    let until = request
        .for_s
        .map(|seconds| now().after(Duration::from_secs(seconds)));
    change(&api, move |change| {
        change.pause(request.scope, &by.name, &by.reason, until)
    })
    .await
}

/// Lets something go on.
#[utoipa::path(
    post, path = "/v1/admin/resume", tag = "admin", request_body = ResumeRequest,
    responses((status = 200, body = Acted), (status = 400, body = Refusal), (status = 401, body = Refusal))
)]
pub(super) async fn resume(State(api): State<Api>, body: Body) -> Result<Json<Acted>, Failure> {
    let request: ResumeRequest = body.json()?;
    let by = operator(request.by, request.reason)?;
    change(&api, move |change| {
        change.resume(request.scope, &by.name, &by.reason).map(|_| ())
    })
    .await
}

/// Looks at a job again at once; one that failed is made again.
#[utoipa::path(
    post, path = "/v1/admin/jobs/{id}/retry", tag = "admin", request_body = ReasonRequest,
    params(("id" = u64, Path, description = "Its number")),
    responses((status = 200, body = Acted), (status = 401, body = Refusal), (status = 404, body = Refusal), (status = 422, body = Refusal))
)]
pub(super) async fn retry(
    State(api): State<Api>,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<Acted>, Failure> {
    let (id, by) = (number(&id)?, because(&body)?);
    Ok(Json(off_the_loop(move || api.desk.retry_job(id, &by)).await?))
}

/// Gives a job up.
#[utoipa::path(
    post, path = "/v1/admin/jobs/{id}/abort", tag = "admin", request_body = ReasonRequest,
    params(("id" = u64, Path, description = "Its number")),
    responses((status = 200, body = Acted), (status = 401, body = Refusal), (status = 404, body = Refusal), (status = 422, body = Refusal))
)]
pub(super) async fn abort(
    State(api): State<Api>,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<Acted>, Failure> {
    let (id, by) = (number(&id)?, because(&body)?);
    Ok(Json(off_the_loop(move || api.desk.abort_job(id, &by)).await?))
}

/// Rejects a certificate that L1 does not have.
#[utoipa::path(
    post, path = "/v1/admin/certificates/{id}/reject", tag = "admin", request_body = ReasonRequest,
    params(("id" = String, Path, description = "Its id")),
    responses((status = 200, body = Acted), (status = 401, body = Refusal), (status = 404, body = Refusal), (status = 422, body = Refusal))
)]
pub(super) async fn reject(
    State(api): State<Api>,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<Acted>, Failure> {
    let (id, by) = (hash(&id)?, because(&body)?);
    Ok(Json(
        off_the_loop(move || api.desk.reject_certificate(id, &by)).await?,
    ))
}

fn because(body: &Body) -> Result<Operator, Failure> {
    let request: ReasonRequest = body.json()?;
    operator(request.by, request.reason)
}

/// Lists what operators did, in order.
#[utoipa::path(
    get, path = "/v1/admin/audit", tag = "admin", params(Which),
    responses((status = 200, body = AuditPage), (status = 401, body = Refusal))
)]
pub(super) async fn audit(
    State(api): State<Api>,
    Asked(which): Asked<Which>,
) -> Result<Json<AuditPage>, Failure> {
    let most = page(which.limit);
    let entries = api.read(|view| view.audits(which.after.unwrap_or(0), most))?;
    let full = entries.len() == most as usize;
    Ok(Json(AuditPage {
        next: entries.last().filter(|_| full).map(|last| last.seq),
        entries,
    }))
}
