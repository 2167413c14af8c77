//! What others speak with: REST and JSON-RPC for anybody, another address for operators, one for metrics.
//!
//! It judges nothing. What can be read is read from the journal, everything else is asked of the [`Desk`](crate::desk::Desk).

mod admin;
mod answer;
mod certificates;
mod claims;
mod connection;
mod epochs;
mod events;
mod health;
mod jobs;
mod limit;
mod networks;
pub mod openapi;
mod rpc;
mod serve;
mod settings;
#[cfg(test)]
mod tests;

pub use answer::{Failure, codes};
pub use serve::{Listeners, ServeError};
pub use settings::{EpochConfiguration, Settings};

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::routing::{get, post, put};
use causeway_journal::{Journal, JournalError, View};
use tokio_util::sync::CancellationToken;

use crate::clock::now;
use crate::desk::Desk;
use crate::metrics::Metrics;
use limit::Limiter;

/// What every handler has.
#[derive(Clone)]
pub struct Api {
    desk: Arc<dyn Desk>,
    journal: Arc<Journal>,
    metrics: Metrics,
    settings: Arc<Settings>,
    limiter: Arc<Limiter>,
    began: Instant,
    stop: CancellationToken,
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Api")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Api {
    /// An interface to a desk and its journal, which ends when `stop` is cancelled.
    pub fn new(
        desk: Arc<dyn Desk>,
        journal: Arc<Journal>,
        metrics: Metrics,
        settings: Settings,
        stop: CancellationToken,
    ) -> Self {
        let limiter = Arc::new(Limiter::new(settings.rate_per_second, settings.rate_burst));
        Self {
            desk,
            journal,
            metrics,
            settings: Arc::new(settings),
            limiter,
            began: Instant::now(),
            stop,
        }
    }

    /// Reads the journal, as it is at one moment.
    fn read<T>(&self, read: impl FnOnce(&View<'_>) -> Result<T, JournalError>) -> Result<T, Failure> {
        Ok(self.journal.read(read)?)
    }

    /// For anybody.
    pub fn public(&self) -> Router {
        let router = Router::new()
            .route("/", post(rpc::handle))
            .route("/rpc", post(rpc::handle))
            .route("/json-rpc", post(rpc::handle))
            .route(
                "/v1/certificates",
                get(certificates::list).post(certificates::submit),
            )
            .route("/v1/certificates/{id}", get(certificates::one))
            .route("/v1/certificates/{id}/explain", get(certificates::explain))
            .route("/v1/certificates/{id}/proof", put(certificates::own_proof))
            .route("/v1/networks", get(networks::list))
            .route("/v1/networks/{id}", get(networks::one))
            .route("/v1/epochs", get(epochs::list))
            .route("/v1/epochs/plan", get(epochs::plan))
            .route("/v1/epochs/{id}", get(epochs::one))
            .route("/v1/jobs", get(jobs::list))
            .route("/v1/jobs/{id}", get(jobs::one))
            .route("/v1/claims", get(claims::list))
            .route("/v1/claims/{claim}", get(claims::one))
            .route("/v1/claims/{claim}/calldata", get(claims::calldata))
            .route("/v1/events", get(events::follow))
            .route("/v1/status", get(health::status))
            .route("/healthz", get(health::alive))
            .route("/readyz", get(health::ready))
            .route("/version", get(health::version))
            .route("/openapi.json", get(openapi::document));
        serve::around(router, self, "public")
    }

    /// For operators.
    pub fn admin(&self) -> Router {
        let router = Router::new()
            .route("/v1/admin/pause", post(admin::pause))
            .route("/v1/admin/resume", post(admin::resume))
            .route("/v1/admin/jobs/{id}/retry", post(admin::retry))
            .route("/v1/admin/jobs/{id}/abort", post(admin::abort))
            .route("/v1/admin/certificates/{id}/reject", post(admin::reject))
            .route("/v1/admin/audit", get(admin::audit))
            .layer(axum::middleware::from_fn_with_state(self.clone(), admin::let_in));
        serve::around(router, self, "admin")
    }

    /// For whoever watches.
    pub fn metrics(&self) -> Router {
        let router = Router::new().route("/metrics", get(health::metrics));
        serve::around(router, self, "metrics")
    }
}
