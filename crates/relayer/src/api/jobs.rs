//! Jobs: what is to happen on chains, and every transaction that was signed for it.

use alloy_primitives::{Address, B256, Bytes};
use axum::Json;
use axum::extract::{Path, State};
use causeway_journal::{Attempt, AttemptOutcome, Hold, Job, JobKind, JobStanding, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Asked, named, number, page};
use super::{Api, Failure};
use crate::desk::Refusal;

/// A job and how far it is.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct JobView {
    /// Its number.
    pub(super) id: u64,
    /// What for: `settle`, `reserve`, `withdraw`, `claim`, `push` or `cancel`.
    #[schema(value_type = String)]
    pub(super) kind: JobKind,
    /// Of which epoch, claim or nonce.
    pub(super) subject: String,
    /// The chain.
    pub(super) chain: u64,
    /// Who signs.
    #[schema(value_type = String)]
    pub(super) wallet: Address,
    /// The contract.
    #[schema(value_type = String)]
    pub(super) target: Address,
    /// Wei sent with it.
    pub(super) value: String,
    /// How far it is.
    #[schema(value_type = String)]
    pub(super) standing: JobStanding,
    /// Why it waits although its time has come; it ends by itself when the cause does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub(super) hold: Option<Hold>,
    /// A code of what happened last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<String>,
    /// In words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) detail: Option<String>,
    /// When it is looked at again.
    #[schema(value_type = u64)]
    pub(super) due: Timestamp,
    /// Since when it is here.
    #[schema(value_type = u64)]
    pub(super) created_at: Timestamp,
    /// Since when it stands there.
    #[schema(value_type = u64)]
    pub(super) standing_at: Timestamp,
}

/// A job and its transactions.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct JobDetail {
    /// It.
    #[serde(flatten)]
    pub(super) job: JobView,
    /// The call.
    #[schema(value_type = String)]
    pub(super) data: Bytes,
    /// What was signed for it, in order.
    pub(super) attempts: Vec<AttemptView>,
}

/// A signed transaction.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct AttemptView {
    /// Its hash.
    #[schema(value_type = String)]
    pub(super) hash: B256,
    /// Its nonce.
    pub(super) nonce: u64,
    /// `maxFeePerGas`, in wei.
    pub(super) max_fee: String,
    /// `maxPriorityFeePerGas`, in wei.
    pub(super) tip: String,
    /// Its gas limit.
    pub(super) gas: u64,
    /// When it was signed.
    #[schema(value_type = u64)]
    pub(super) signed_at: Timestamp,
    /// When a node first took it.
    #[schema(value_type = Option<u64>)]
    pub(super) accepted_at: Option<Timestamp>,
    /// When it was last sent.
    #[schema(value_type = Option<u64>)]
    pub(super) sent_at: Option<Timestamp>,
    /// How often it was sent.
    pub(super) sends: u64,
    /// What became of it: `success`, `revert` or `replaced`.
    #[schema(value_type = Option<String>)]
    pub(super) outcome: Option<AttemptOutcome>,
    /// The block that has it.
    pub(super) block: Option<u64>,
    /// That block's hash.
    #[schema(value_type = Option<String>)]
    pub(super) block_hash: Option<B256>,
    /// Gas that it used.
    pub(super) gas_used: Option<u64>,
    /// Wei that it cost.
    pub(super) fee_paid: Option<String>,
}

impl From<&Job> for JobView {
    fn from(job: &Job) -> Self {
        Self {
            id: job.id,
            kind: job.kind,
            subject: job.subject.clone(),
            chain: job.wallet.chain,
            wallet: job.wallet.address,
            target: job.target,
            value: job.value.to_string(),
            standing: job.standing,
            hold: job.hold,
            code: job.code.clone(),
            detail: job.detail.clone(),
            due: job.due,
            created_at: job.created_at,
            standing_at: job.standing_at,
        }
    }
}

impl From<Attempt> for AttemptView {
    fn from(attempt: Attempt) -> Self {
        Self {
            hash: attempt.hash,
            nonce: attempt.nonce,
            max_fee: attempt.fees.max_fee.to_string(),
            tip: attempt.fees.tip.to_string(),
            gas: attempt.gas,
            signed_at: attempt.signed_at,
            accepted_at: attempt.accepted_at,
            sent_at: attempt.sent_at,
            sends: attempt.sends,
            outcome: attempt.outcome,
            block: attempt.mined.map(|mined| mined.block),
            block_hash: attempt.mined.map(|mined| mined.block_hash),
            gas_used: attempt.mined.map(|mined| mined.gas_used),
            fee_paid: attempt.mined.map(|mined| mined.fee_paid.to_string()),
        }
    }
}

/// A page of jobs, the newest first.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct JobPage {
    /// They.
    pub(super) jobs: Vec<JobView>,
    /// `before` of the next page, if there is one.
    pub(super) next: Option<u64>,
}

/// Which jobs to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Of this kind.
    kind: Option<String>,
    /// Before this number.
    before: Option<u64>,
    /// So many at most: 50 if nothing is said, 500 at most.
    limit: Option<u32>,
}

/// Lists jobs, the newest first.
#[utoipa::path(
    get, path = "/v1/jobs", tag = "jobs", params(Which),
    responses((status = 200, body = JobPage), (status = 400, body = Refusal))
)]
pub(super) async fn list(
    State(api): State<Api>,
    Asked(which): Asked<Which>,
) -> Result<Json<JobPage>, Failure> {
    let kind = named(
        which.kind.as_deref(),
        "kind",
        JobKind::ALL,
        JobKind::of_name,
        |kind| kind.name(),
    )?;
    let most = page(which.limit);
    let jobs = api.read(|view| view.jobs(kind, which.before, most))?;
    let jobs: Vec<JobView> = jobs.iter().map(Into::into).collect();
    let full = jobs.len() == most as usize;
    Ok(Json(JobPage {
        next: jobs.last().filter(|_| full).map(|last| last.id),
        jobs,
    }))
}

/// Tells of a job and its transactions.
#[utoipa::path(
    get, path = "/v1/jobs/{id}", tag = "jobs",
    params(("id" = u64, Path, description = "Its number")),
    responses((status = 200, body = JobDetail), (status = 404, body = Refusal))
)]
pub(super) async fn one(State(api): State<Api>, Path(id): Path<String>) -> Result<Json<JobDetail>, Failure> {
    let id: u64 = number(&id)?;
    let found = api.read(|view| {
        let Some(job) = view.job(id)? else {
            return Ok(None);
        };
        let attempts = view.attempts(id)?;
        Ok(Some(JobDetail {
            job: (&job).into(),
            data: job.calldata.into(),
            attempts: attempts.into_iter().map(Into::into).collect(),
        }))
    })?;
    found
        .map(Json)
        .ok_or_else(|| Failure::not_found(format_args!("job {id}")))
}
