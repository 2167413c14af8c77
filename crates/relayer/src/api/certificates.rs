//! Certificates: taken in, listed, told of.

use std::net::IpAddr;
use std::time::Instant;

use alloy_primitives::B256;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use causeway_journal::{
    CertificateFilter, CertificateRecord, Event, JobKind, JournalError, Reason, Standing, Tier, Timestamp,
    View,
};
use causeway_types::{CertificateJson, NetworkId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Asked, Body, hash, named, page};
use super::handed::Handed;
use super::{Api, Failure};
use crate::desk::{Cause, Code, Refusal, Submitted};

/// A certificate and where it stands.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct CertificateView {
    /// Its number in the order of arrival: `before` of the next page.
    pub(super) seq: u64,
    /// Its id: the hash of all of it.
    #[schema(value_type = String)]
    pub(super) id: B256,
    /// LxLy's id, which others may share.
    #[schema(value_type = String)]
    pub(super) lxly_id: B256,
    /// Its network.
    #[schema(value_type = u32)]
    pub(super) network: NetworkId,
    /// Its height.
    pub(super) height: u64,
    /// What its network signs or proves, once that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub(super) digest: Option<B256>,
    /// Where it stands.
    #[schema(value_type = String)]
    pub(super) standing: Standing,
    /// The tier that users see.
    #[schema(value_type = String)]
    pub(super) tier: Tier,
    /// Why there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ReasonView>)]
    pub(super) reason: Option<Reason>,
    /// Who sent it.
    pub(super) source: String,
    /// Until when it may wait for others, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u64>)]
    pub(super) deadline: Option<Timestamp>,
    /// When it came.
    #[schema(value_type = u64)]
    pub(super) received_at: Timestamp,
    /// Since when it stands there.
    #[schema(value_type = u64)]
    pub(super) standing_at: Timestamp,
}

/// Why something stands where it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct ReasonView {
    /// Its code, which never changes.
    pub(super) code: String,
    /// What to do: `retry`, `rebuild`, `wait` or `operator`.
    pub(super) class: Option<String>,
    /// In words.
    pub(super) detail: String,
}

/// A certificate and all that is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct CertificateDetail {
    /// Where it stands.
    #[serde(flatten)]
    pub(super) certificate: CertificateView,
    /// The epoch that it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) epoch: Option<u64>,
    /// Its place there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) position: Option<u64>,
    /// Transactions that settle or settled it, in the order in which they were signed.
    #[schema(value_type = Vec<String>)]
    pub(super) transactions: Vec<B256>,
    /// Whether the proof of a network that proves its own certificates is here.
    pub(super) own_proof: bool,
    /// What happened to it.
    #[schema(value_type = Vec<super::events::EventView>)]
    pub(super) history: Vec<Event>,
    /// All of it, as it came.
    #[schema(value_type = Object)]
    pub(super) body: CertificateJson,
}

/// A page of certificates, the newest first.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct CertificatePage {
    /// They.
    pub(super) certificates: Vec<CertificateView>,
    /// `before` of the next page, if there is one.
    pub(super) next: Option<u64>,
}

/// Why a certificate stands where it does.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct Explanation {
    /// Which certificate.
    #[schema(value_type = String)]
    pub(super) id: B256,
    /// Where it stands.
    #[schema(value_type = String)]
    pub(super) standing: Standing,
    /// The nearest cause first; the last one is what would have to happen.
    pub(super) causes: Vec<Cause>,
}

/// What became of a certificate that was handed in.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct SubmittedView {
    /// What the desk says.
    #[serde(flatten)]
    pub(super) submitted: Submitted,
    /// The tier that users see.
    #[schema(value_type = String)]
    pub(super) tier: Tier,
}

/// Which certificates to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Of this network.
    network: Option<u32>,
    /// That stand there.
    standing: Option<String>,
    /// That came before this number.
    before: Option<u64>,
    /// So many at most: 50 if nothing is said, 500 at most.
    limit: Option<u32>,
}

impl From<CertificateRecord> for CertificateView {
    fn from(record: CertificateRecord) -> Self {
        Self {
            seq: record.seq,
            id: record.id,
            lxly_id: record.lxly_id,
            network: record.certificate.network,
            height: record.certificate.height,
            digest: record.digest,
            standing: record.standing,
            tier: record.standing.tier(),
            reason: record.reason,
            source: record.source,
            deadline: record.deadline,
            received_at: record.received_at,
            standing_at: record.standing_at,
        }
    }
}

/// Hands a certificate in.
#[utoipa::path(
    post, path = "/v1/certificates", tag = "certificates",
    request_body(
        content = Object,
        description = "A certificate: LxLy's fields, Causeway's beside them, and in `own_proof` its network's own proof of it in hexadecimal \
                       digits, which a network that proves and does not sign has to send, and one that does both may send later"
    ),
    responses(
        (status = 202, description = "It is new", body = SubmittedView),
        (status = 200, description = "It was here already; nothing changed", body = SubmittedView),
        (status = 400, description = "It cannot be read", body = Refusal),
        (status = 403, description = "Its network is blocked for a while", body = Refusal),
        (status = 409, description = "Another live certificate has its height; `details.live` names it", body = Refusal),
        (status = 413, description = "It is too long", body = Refusal),
        (status = 422, description = "It is refused; `class` says what to do", body = Refusal),
        (status = 429, description = "Its sender or its network sends too many", body = Refusal),
        (status = 503, description = "Intake is paused, or the relayer is not ready", body = Refusal),
    )
)]
pub(super) async fn submit(State(api): State<Api>, body: Body) -> Result<Response, Failure> {
    let _alone = api.alone(body.bytes.len()).await;
    let submitted = take_in(&api, &body.bytes, body.sender, "rest").await?;
    let status = if submitted.known {
        StatusCode::OK
    } else {
        StatusCode::ACCEPTED
    };
    let place = format!("/v1/certificates/{}", submitted.id);
    let view = SubmittedView {
        tier: submitted.standing.tier(),
        submitted,
    };
    Ok((status, [(header::LOCATION, place)], Json(view)).into_response())
}

/// Takes a certificate in, by whichever way it came, and counts it.
pub(super) async fn take_in(
    api: &Api,
    body: &[u8],
    sender: IpAddr,
    source: &'static str,
) -> Result<Submitted, Failure> {
    let outcome = judged(api, body, sender, source).await;
    let told = match &outcome {
        Ok(Submitted { known: false, .. }) => "new".to_owned(),
        Ok(_) => "known".to_owned(),
        Err(failure) => super::answer::name(failure.refusal.code),
    };
    api.metrics.handed_in(&told);
    outcome
}

/// One certificate, or proof, of what a sender may send.
fn count_sender(api: &Api, sender: IpAddr) -> Result<(), Failure> {
    let taken = api.senders.take(sender, Instant::now());
    taken.map_err(|seconds| {
        let message = format!("{sender} sends more than it may in so short a time");
        Refusal::new(Code::TooMany, message).after(seconds).into()
    })
}

async fn judged(api: &Api, body: &[u8], sender: IpAddr, source: &'static str) -> Result<Submitted, Failure> {
    /// What is read before anything that costs more.
    #[derive(Deserialize)]
    struct Whose {
        network_id: u32,
    }
    let malformed = |error: serde_json::Error| Failure::malformed(error);
    count_sender(api, sender)?;
    let whose: Whose = serde_json::from_slice(body).map_err(malformed)?;
    // Anybody can name a network: only what it is shown to have made is counted as its own.
    if let Err(seconds) = api.networks.look(whose.network_id, Instant::now()) {
        let message = format!(
            "network {} sends more than it may in so short a time",
            whose.network_id
        );
        return Err(Refusal::new(Code::TooMany, message).after(seconds).into());
    }
    let Handed {
        certificate,
        own_proof,
    } = serde_json::from_slice(body).map_err(malformed)?;
    let desk = std::sync::Arc::clone(&api.desk);
    let submitted = off_the_loop(move || desk.submit(certificate, own_proof.as_deref(), source)).await?;
    if !submitted.known {
        api.networks.charge(whose.network_id, Instant::now());
    }
    Ok(submitted)
}

/// Does what takes a while where it holds nobody up.
pub(super) async fn off_the_loop<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Failure> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => Ok(outcome?),
        Err(error) => {
            tracing::error!(%error, "a request fell");
            Err(Refusal::new(Code::NotReady, "something went wrong here; it is in the log").into())
        }
    }
}

/// Lists certificates, the newest first.
#[utoipa::path(
    get, path = "/v1/certificates", tag = "certificates", params(Which),
    responses((status = 200, body = CertificatePage), (status = 400, body = Refusal))
)]
pub(super) async fn list(
    State(api): State<Api>,
    Asked(which): Asked<Which>,
) -> Result<Json<CertificatePage>, Failure> {
    let standing = named(
        which.standing.as_deref(),
        "standing",
        Standing::ALL,
        Standing::of_name,
        |standing| standing.name(),
    )?;
    let filter = CertificateFilter {
        network: which.network.map(NetworkId::new),
        standing,
        before: which.before,
    };
    let most = page(which.limit);
    let records = api.read(|view| view.certificates(&filter, most))?;
    let certificates: Vec<CertificateView> = records.into_iter().map(Into::into).collect();
    let full = certificates.len() == most as usize;
    Ok(Json(CertificatePage {
        next: certificates.last().filter(|_| full).map(|last| last.seq),
        certificates,
    }))
}

/// Tells all of a certificate.
#[utoipa::path(
    get, path = "/v1/certificates/{id}", tag = "certificates",
    params(("id" = String, Path, description = "Its id, or LxLy's: of those that share it, the live one or the newest")),
    responses((status = 200, body = CertificateDetail), (status = 404, body = Refusal))
)]
pub(super) async fn one(
    State(api): State<Api>,
    Path(id): Path<String>,
) -> Result<Json<CertificateDetail>, Failure> {
    let record = find(&api, hash(&id)?)?;
    let detail = api.read(|view| {
        let epoch = view.epoch_of(record.id)?;
        let position = epoch
            .as_ref()
            .and_then(|epoch| epoch.certificates.iter().position(|other| *other == record.id));
        let number = epoch.map(|epoch| epoch.id);
        Ok(CertificateDetail {
            epoch: number,
            position: position.map(|position| position as u64),
            transactions: match number {
                Some(number) => transactions(view, number)?,
                None => Vec::new(),
            },
            own_proof: view.own_proof_digest(record.id)?.is_some(),
            history: view.events_of("certificate", &record.id.to_string())?,
            body: record.certificate.clone().into(),
            certificate: record.into(),
        })
    })?;
    Ok(Json(detail))
}

/// The transactions for the settlement of an epoch, in the order in which they were signed.
pub(super) fn transactions(view: &View<'_>, epoch: u64) -> Result<Vec<B256>, JournalError> {
    let Some(job) = view.job_of(JobKind::Settle, &epoch.to_string())? else {
        return Ok(Vec::new());
    };
    let attempts = view.attempts(job.id)?;
    Ok(attempts.into_iter().map(|attempt| attempt.hash).collect())
}

/// A certificate by its id or by LxLy's.
pub(super) fn find(api: &Api, id: B256) -> Result<CertificateRecord, Failure> {
    let found = api.read(|view| match view.certificate(id)? {
        Some(record) => Ok(Some(record)),
        None => view.certificate_by_lxly_id(id),
    })?;
    found.ok_or_else(|| Failure::not_found(format_args!("certificate {id}")))
}

/// Tells why a certificate stands where it does.
#[utoipa::path(
    get, path = "/v1/certificates/{id}/explain", tag = "certificates",
    params(("id" = String, Path, description = "Its id, or LxLy's")),
    responses((status = 200, body = Explanation), (status = 404, body = Refusal))
)]
pub(super) async fn explain(
    State(api): State<Api>,
    Path(id): Path<String>,
) -> Result<Json<Explanation>, Failure> {
    let record = find(&api, hash(&id)?)?;
    Ok(Json(Explanation {
        id: record.id,
        standing: record.standing,
        causes: api.desk.explain(&record),
    }))
}

/// Takes in the proof that a network made of its own certificate, after it.
#[utoipa::path(
    put, path = "/v1/certificates/{id}/proof", tag = "certificates",
    params(("id" = String, Path, description = "The certificate's id")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 202, description = "It is verified and kept, or one was here already", body = SubmittedView),
        (status = 404, body = Refusal), (status = 413, body = Refusal), (status = 422, body = Refusal),
        (status = 429, body = Refusal),
    )
)]
pub(super) async fn own_proof(
    State(api): State<Api>,
    Path(id): Path<String>,
    body: Body,
) -> Result<Response, Failure> {
    let id = hash(&id)?;
    count_sender(&api, body.sender)?;
    let proof = body.bytes.clone();
    if proof.is_empty() {
        return Err(Failure::malformed(
            "the body is empty: it is the proof, as its prover wrote it",
        ));
    }
    let desk = std::sync::Arc::clone(&api.desk);
    let submitted = off_the_loop(move || desk.submit_own_proof(id, &proof)).await?;
    let view = SubmittedView {
        tier: submitted.standing.tier(),
        submitted,
    };
    Ok((StatusCode::ACCEPTED, Json(view)).into_response())
}
