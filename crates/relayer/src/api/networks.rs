//! Networks: as L1 has them, and what is here of theirs.

use alloy_primitives::B256;
use axum::Json;
use axum::extract::{Path, State};
use causeway_journal::{CertificateRecord, Pause, Reason, Scope, Standing, Timestamp};
use causeway_types::NetworkId;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::number;
use super::certificates::ReasonView;
use super::{Api, Failure, now};
use crate::desk::{NetworkStatus, Refusal};

/// A network and whether it is stopped.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct NetworkView {
    /// As L1 and the certificates here have it.
    #[serde(flatten)]
    pub(super) network: NetworkStatus,
    /// Who stopped it, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<super::health::PauseView>)]
    pub(super) paused: Option<Pause>,
}

/// A network and the newest of its certificates at each standing.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct NetworkDetail {
    /// It.
    #[serde(flatten)]
    pub(super) network: NetworkView,
    /// Its highest certificate at each standing that has one.
    pub(super) highest: Vec<Highest>,
    /// Its newest certificate that was rejected or expired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) latest_dead: Option<Highest>,
}

/// The highest certificate of a network at a standing.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct Highest {
    /// The standing.
    #[schema(value_type = String)]
    pub(super) standing: Standing,
    /// Its height.
    pub(super) height: u64,
    /// Its id.
    #[schema(value_type = String)]
    pub(super) id: B256,
    /// Since when it stands there.
    #[schema(value_type = u64)]
    pub(super) standing_at: Timestamp,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ReasonView>)]
    pub(super) reason: Option<Reason>,
}

impl From<CertificateRecord> for Highest {
    fn from(record: CertificateRecord) -> Self {
        Self {
            standing: record.standing,
            height: record.certificate.height,
            id: record.id,
            standing_at: record.standing_at,
            reason: record.reason,
        }
    }
}

/// All networks.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct NetworkList {
    /// They, in order.
    pub(super) networks: Vec<NetworkView>,
}

/// Lists networks.
#[utoipa::path(get, path = "/v1/networks", tag = "networks", responses((status = 200, body = NetworkList)))]
pub(super) async fn list(State(api): State<Api>) -> Result<Json<NetworkList>, Failure> {
    let pauses = api.read(|view| view.pauses(now()))?;
    let networks = api.desk.networks().into_iter().map(|network| NetworkView {
        paused: pauses
            .iter()
            .find(|pause| pause.scope == Scope::Network(network.network))
            .cloned(),
        network,
    });
    Ok(Json(NetworkList {
        networks: networks.collect(),
    }))
}

/// Tells of a network.
#[utoipa::path(
    get, path = "/v1/networks/{id}", tag = "networks",
    params(("id" = u32, Path, description = "Its id")),
    responses((status = 200, body = NetworkDetail), (status = 404, body = Refusal))
)]
pub(super) async fn one(
    State(api): State<Api>,
    Path(id): Path<String>,
) -> Result<Json<NetworkDetail>, Failure> {
    let id = NetworkId::new(number(&id)?);
    let Some(network) = api.desk.network(id) else {
        return Err(Failure::not_found(format_args!("network {}", id.get())));
    };
    let (paused, highest, latest_dead) = api.read(|view| {
        let mut highest = Vec::new();
        for &standing in Standing::ALL.iter().filter(|standing| standing.is_live()) {
            highest.extend(view.highest_certificate(id, &[standing])?);
        }
        let dead = view.highest_certificate(id, &[Standing::Rejected, Standing::Expired])?;
        Ok((view.pause(Scope::Network(id), now())?, highest, dead))
    })?;
    Ok(Json(NetworkDetail {
        network: NetworkView { network, paused },
        highest: highest.into_iter().map(Into::into).collect(),
        latest_dead: latest_dead.map(Into::into),
    }))
}
