//! Whether it lives, whether it is ready, how it is.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use causeway_journal::{Pause, Scope, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::epochs::{EpochView, told};
use super::jobs::JobView;
use super::{Api, Failure, now};
use crate::desk::{Component, Refusal, Status};

/// That the process is up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Alive {
    /// Always.
    pub(super) ok: bool,
    /// For how long, in seconds.
    pub(super) up_s: u64,
}

/// Whether everything that it needs is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Ready {
    /// Whether it is.
    pub(super) ready: bool,
    /// Whether an operator stopped something: it is ready all the same.
    pub(super) paused: bool,
    /// Part by part.
    pub(super) components: Vec<Component>,
}

/// What program this is, and of which deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Version {
    /// The program's version.
    pub(super) version: String,
    /// The commit that it was built of, if whoever built it said so (`CAUSEWAY_COMMIT`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) commit: Option<String>,
    /// L1's chain id.
    pub(super) chain_id: u64,
    /// The settlement contract.
    pub(super) settlement: String,
}

/// Something that an operator stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct PauseView {
    /// What: `intake`, `proving`, `settlement`, `claims` or `network:N`.
    #[schema(value_type = String)]
    pub(super) scope: Scope,
    /// Who.
    pub(super) actor: String,
    /// Why.
    pub(super) reason: String,
    /// Since when.
    #[schema(value_type = u64)]
    pub(super) since: Timestamp,
    /// Until when, if it ends by itself.
    #[schema(value_type = Option<u64>)]
    pub(super) until: Option<Timestamp>,
}

/// How the relayer is, all of it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct StatusView {
    /// Whether everything that it needs is there.
    pub(super) ready: bool,
    /// Parts, nodes, wallets and tasks.
    #[serde(flatten)]
    pub(super) status: Status,
    /// How many certificates stand where.
    pub(super) certificates: Vec<Count>,
    /// The epoch that is being proven or settled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) epoch: Option<EpochView>,
    /// Jobs that are not over.
    pub(super) jobs: Vec<JobView>,
    /// What operators stopped.
    #[schema(value_type = Vec<PauseView>)]
    pub(super) pauses: Vec<Pause>,
    /// Rows that were set aside because they cannot be read.
    pub(super) quarantined: Vec<Count>,
}

/// How many there are of a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Count {
    /// A standing, or a table.
    pub(super) name: String,
    /// How many.
    pub(super) count: u64,
}

impl Count {
    fn of(name: impl Into<String>, count: u64) -> Self {
        Self {
            name: name.into(),
            count,
        }
    }
}

/// Says that the process is up; asks nobody else.
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = 200, body = Alive)))]
pub(super) async fn alive(State(api): State<Api>) -> Json<Alive> {
    Json(Alive {
        ok: true,
        up_s: api.began.elapsed().as_secs(),
    })
}

/// Says whether everything that the relayer needs is there.
#[utoipa::path(
    get, path = "/readyz", tag = "health",
    responses((status = 200, body = Ready), (status = 503, description = "Something is missing", body = Ready))
)]
pub(super) async fn ready(State(api): State<Api>) -> Result<Response, Failure> {
    let status = api.desk.status();
    let ready = Ready {
        ready: status.is_ready(),
        paused: !api.read(|view| view.pauses(now()))?.is_empty(),
        components: status.components,
    };
    let code = if ready.ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    Ok((code, Json(ready)).into_response())
}

/// Says what program this is, and of which deployment.
#[utoipa::path(get, path = "/version", tag = "health", responses((status = 200, body = Version)))]
pub(super) async fn version(State(api): State<Api>) -> Json<Version> {
    let status = api.desk.status();
    Json(Version {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: option_env!("CAUSEWAY_COMMIT").map(str::to_owned),
        chain_id: status.chain_id,
        settlement: status.settlement.to_string(),
    })
}

/// Tells how the relayer is.
#[utoipa::path(
    get, path = "/v1/status", tag = "health",
    responses((status = 200, body = StatusView), (status = 503, body = Refusal))
)]
pub(super) async fn status(State(api): State<Api>) -> Result<Json<StatusView>, Failure> {
    let status = api.desk.status();
    let view = api.read(|view| {
        let certificates = view.count_certificates()?;
        let quarantined = view.count_quarantined()?;
        Ok(StatusView {
            ready: status.is_ready(),
            status,
            certificates: certificates
                .into_iter()
                .map(|(standing, count)| Count::of(standing.name(), count))
                .collect(),
            epoch: view.open_epoch()?.map(|epoch| told(view, epoch)).transpose()?,
            jobs: view.open_jobs()?.iter().map(Into::into).collect(),
            pauses: view.pauses(now())?,
            quarantined: quarantined
                .into_iter()
                .map(|(table, count)| Count::of(table, count))
                .collect(),
        })
    })?;
    Ok(Json(view))
}

/// All metrics, as Prometheus reads them.
pub(super) async fn metrics(State(api): State<Api>) -> Result<Response, Failure> {
    let text = api
        .metrics
        .text(&api.journal, &api.desk.status(), &api.desk.networks(), now())?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}
