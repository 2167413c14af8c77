//! Epochs: what is proven and settled together.

use alloy_primitives::B256;
use axum::Json;
use axum::extract::{Path, State};
use causeway_journal::{
    EpochRecord, EpochStanding, JobKind, JournalError, ProofJob, ProofKind, ProofStanding, Reason, Timestamp,
    View,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Asked, number, page};
use super::certificates::{ReasonView, off_the_loop, transactions};
use super::{Api, Failure};
use crate::desk::{NextEpoch, Refusal};

/// An epoch and how far it is.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct EpochView {
    /// Its number here; L1 knows nothing of it.
    pub(super) id: u64,
    /// Where it stands.
    #[schema(value_type = String)]
    pub(super) standing: EpochStanding,
    /// The state commitment that it stands on.
    #[schema(value_type = String)]
    pub(super) before: B256,
    /// The one that it leads to.
    #[schema(value_type = String)]
    pub(super) after: B256,
    /// Its certificates, in the order in which they settle.
    #[schema(value_type = Vec<String>)]
    pub(super) certificates: Vec<B256>,
    /// Why it stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ReasonView>)]
    pub(super) reason: Option<Reason>,
    /// When it was composed.
    #[schema(value_type = u64)]
    pub(super) created_at: Timestamp,
    /// Since when it stands there.
    #[schema(value_type = u64)]
    pub(super) standing_at: Timestamp,
    /// How far its proof is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) proof: Option<ProofView>,
    /// The job that settles it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) job: Option<u64>,
    /// Its transactions, in the order in which they were signed.
    #[schema(value_type = Vec<String>)]
    pub(super) transactions: Vec<B256>,
}

/// How far a proof is.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct ProofView {
    /// How far.
    #[schema(value_type = String)]
    pub(super) standing: ProofStanding,
    /// The stage that its prover was at when it last spoke.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stage: Option<String>,
    /// Who has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) holder: Option<String>,
    /// How often it was begun.
    pub(super) tries: u64,
    /// What went wrong the last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) detail: Option<String>,
}

impl From<ProofJob> for ProofView {
    fn from(job: ProofJob) -> Self {
        Self {
            standing: job.standing,
            stage: job.stage,
            holder: job.holder,
            tries: job.tries,
            detail: job.detail,
        }
    }
}

/// A page of epochs, the newest first.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct EpochPage {
    /// They.
    pub(super) epochs: Vec<EpochView>,
    /// `before` of the next page, if there is one.
    pub(super) next: Option<u64>,
}

/// Which epochs to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Before this number.
    before: Option<u64>,
    /// So many at most: 50 if nothing is said, 500 at most.
    limit: Option<u32>,
}

pub(super) fn told(view: &View<'_>, record: EpochRecord) -> Result<EpochView, JournalError> {
    let subject = record.id.to_string();
    Ok(EpochView {
        proof: view.proof_of(ProofKind::Epoch, &subject)?.map(Into::into),
        job: view.job_of(JobKind::Settle, &subject)?.map(|job| job.id),
        transactions: transactions(view, record.id)?,
        id: record.id,
        standing: record.standing,
        before: record.before,
        after: record.after,
        certificates: record.certificates,
        reason: record.reason,
        created_at: record.created_at,
        standing_at: record.standing_at,
    })
}

/// Lists epochs, the newest first.
#[utoipa::path(
    get, path = "/v1/epochs", tag = "epochs", params(Which),
    responses((status = 200, body = EpochPage), (status = 400, body = Refusal))
)]
pub(super) async fn list(
    State(api): State<Api>,
    Asked(which): Asked<Which>,
) -> Result<Json<EpochPage>, Failure> {
    let most = page(which.limit);
    let epochs = api.read(|view| {
        let records = view.epochs(which.before, most)?;
        records
            .into_iter()
            .map(|record| told(view, record))
            .collect::<Result<Vec<_>, _>>()
    })?;
    let full = epochs.len() == most as usize;
    Ok(Json(EpochPage {
        next: epochs.last().filter(|_| full).map(|last| last.id),
        epochs,
    }))
}

/// Tells what the next epoch would have if it was closed now, and what keeps it from being closed.
#[utoipa::path(
    get, path = "/v1/epochs/plan", tag = "epochs",
    responses((status = 200, body = NextEpoch), (status = 503, body = Refusal))
)]
pub(super) async fn plan(State(api): State<Api>) -> Result<Json<NextEpoch>, Failure> {
    let desk = std::sync::Arc::clone(&api.desk);
    off_the_loop(move || desk.next_epoch()).await.map(Json)
}

/// Tells of an epoch.
#[utoipa::path(
    get, path = "/v1/epochs/{id}", tag = "epochs",
    params(("id" = u64, Path, description = "Its number")),
    responses((status = 200, body = EpochView), (status = 404, body = Refusal))
)]
pub(super) async fn one(State(api): State<Api>, Path(id): Path<String>) -> Result<Json<EpochView>, Failure> {
    let id: u64 = number(&id)?;
    let found = api.read(|view| view.epoch(id)?.map(|record| told(view, record)).transpose())?;
    found
        .map(Json)
        .ok_or_else(|| Failure::not_found(format_args!("epoch {id}")))
}
