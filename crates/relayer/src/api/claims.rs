//! Claims: exits that somebody may want paid, and the call that pays each.

use axum::Json;
use axum::extract::{Path, State};
use causeway_journal::{ClaimKey, ClaimRecord, ClaimStanding, JobKind, JournalError, Timestamp, View};
use causeway_types::NetworkId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::answer::{Asked, named, page};
use super::certificates::off_the_loop;
use super::{Api, Failure};
use crate::desk::{ClaimCall, Refusal};

/// An exit and whether it is claimed.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct ClaimView {
    /// `origin:destination:deposit`.
    pub(super) id: String,
    /// Where it was made.
    #[schema(value_type = u32)]
    pub(super) origin: NetworkId,
    /// Where it is claimed.
    #[schema(value_type = u32)]
    pub(super) destination: NetworkId,
    /// Its index in its origin's exit tree.
    pub(super) deposit: u32,
    /// LxLy's global index.
    pub(super) global_index: String,
    /// How far it is.
    #[schema(value_type = String)]
    pub(super) standing: ClaimStanding,
    /// The exit, in LxLy's JSON.
    #[schema(value_type = Object)]
    pub(super) leaf: Value,
    /// A code of what happened last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<String>,
    /// In words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) detail: Option<String>,
    /// How often it was tried and would not be paid out.
    pub(super) tries: u32,
    /// The job that makes it, if one was ever made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) job: Option<u64>,
    /// What it cost this relayer, in wei.
    pub(super) fee_paid: String,
    /// When it was first seen.
    #[schema(value_type = u64)]
    pub(super) seen_at: Timestamp,
    /// Since when it stands there.
    #[schema(value_type = u64)]
    pub(super) standing_at: Timestamp,
}

impl ClaimView {
    fn of(view: &View<'_>, record: ClaimRecord) -> Result<Self, JournalError> {
        let subject = record.key.to_string();
        let job = view.job_of(JobKind::Claim, &subject)?;
        let cost = view.cost_of(JobKind::Claim, &subject)?;
        Ok(Self {
            id: record.key.to_string(),
            origin: record.key.origin,
            destination: record.key.destination,
            deposit: record.key.deposit,
            global_index: record.global_index.to_string(),
            standing: record.standing,
            leaf: serde_json::from_str(&record.leaf).unwrap_or(Value::String(record.leaf)),
            code: record.code,
            detail: record.detail,
            tries: record.tries,
            job: job.map(|job| job.id),
            fee_paid: cost.to_string(),
            seen_at: record.seen_at,
            standing_at: record.standing_at,
        })
    }
}

/// Claims, in the order of destination, origin and deposit.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct ClaimList {
    /// They.
    pub(super) claims: Vec<ClaimView>,
}

/// Which claims to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Claimed on this network: 0 is L1.
    destination: Option<u32>,
    /// That stand there.
    standing: Option<String>,
    /// So many at most: 50 if nothing is said, 500 at most.
    limit: Option<u32>,
}

/// Lists claims.
#[utoipa::path(
    get, path = "/v1/claims", tag = "claims", params(Which),
    responses((status = 200, body = ClaimList), (status = 400, body = Refusal))
)]
pub(super) async fn list(
    State(api): State<Api>,
    Asked(which): Asked<Which>,
) -> Result<Json<ClaimList>, Failure> {
    let standing = named(
        which.standing.as_deref(),
        "standing of claims",
        ClaimStanding::ALL,
        ClaimStanding::of_name,
        |standing| standing.name(),
    )?;
    let destination = which.destination.map(NetworkId::new);
    let claims = api.read(|view| {
        let records = view.claims(destination, standing, page(which.limit))?;
        let claims = records.into_iter().map(|record| ClaimView::of(view, record));
        claims.collect::<Result<_, _>>()
    })?;
    Ok(Json(ClaimList { claims }))
}

/// `origin:destination:deposit`.
fn key(text: &str) -> Result<ClaimKey, Failure> {
    text.parse().map_err(|_| {
        Failure::malformed(format_args!(
            "`{text}` is no claim: origin:destination:deposit, three numbers"
        ))
    })
}

/// Tells of a claim.
#[utoipa::path(
    get, path = "/v1/claims/{claim}", tag = "claims",
    params(("claim" = String, Path, description = "`origin:destination:deposit`")),
    responses((status = 200, body = ClaimView), (status = 404, body = Refusal))
)]
pub(super) async fn one(
    State(api): State<Api>,
    Path(claim): Path<String>,
) -> Result<Json<ClaimView>, Failure> {
    let key = key(&claim)?;
    let found = api.read(|view| {
        let record = view.claim(key)?;
        record.map(|record| ClaimView::of(view, record)).transpose()
    })?;
    found
        .map(Json)
        .ok_or_else(|| Failure::not_found(format_args!("claim {key}")))
}

/// The call that claims an exit: anybody may send it.
#[utoipa::path(
    get, path = "/v1/claims/{claim}/calldata", tag = "claims",
    params(("claim" = String, Path, description = "`origin:destination:deposit`")),
    responses(
        (status = 200, body = ClaimCall), (status = 404, body = Refusal),
        (status = 409, description = "It is claimed, not settled, or its destination was told no root that covers it", body = Refusal),
        (status = 503, description = "The chains have not been read yet", body = Refusal),
    )
)]
pub(super) async fn calldata(
    State(api): State<Api>,
    Path(claim): Path<String>,
) -> Result<Json<ClaimCall>, Failure> {
    let key = key(&claim)?;
    let desk = std::sync::Arc::clone(&api.desk);
    Ok(Json(off_the_loop(move || desk.claim_call(key)).await?))
}
