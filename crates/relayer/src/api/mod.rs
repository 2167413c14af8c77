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
mod handed;
mod health;
mod jobs;
mod limit;
mod networks;
pub mod openapi;
mod rpc;
mod sender;
mod serve;
mod settings;
mod shares;
#[cfg(test)]
mod tests;

pub use answer::{Failure, codes};
pub use serve::{Listeners, ServeError};
pub use settings::{EpochConfiguration, Settings};

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::routing::{get, post, put};
use causeway_journal::{Journal, JournalError, View};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::clock::now;
use crate::desk::Desk;
use crate::metrics::Metrics;
use limit::Limiter;
use shares::Shares;

/// Requests of more bytes are understood one at a time.
const LONG: usize = 1 << 20;

/// Nobody has more than one of so many parts of what there is for all.
const PARTS: usize = 4;

/// What every handler has.
#[derive(Clone)]
pub struct Api {
    desk: Arc<dyn Desk>,
    journal: Arc<Journal>,
    metrics: Metrics,
    settings: Arc<Settings>,
    /// What senders may send, whatever network they name.
    senders: Arc<Limiter<IpAddr>>,
    /// What networks may send that are shown to have made it.
    networks: Arc<Limiter<u32>>,
    /// Memory for what is being read.
    room: Arc<Shares>,
    /// Long requests are understood one at a time: as values they take many times their length.
    long: Arc<Semaphore>,
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
        let networks = Limiter::new(settings.rate_per_second, settings.rate_burst);
        let senders = Limiter::new(settings.sender_rate_per_second, settings.sender_rate_burst);
        let each = (settings.max_pending / PARTS).max(settings.max_body);
        let room = Shares::new(settings.max_pending, each);
        Self {
            desk,
            journal,
            metrics,
            settings: Arc::new(settings),
            senders: Arc::new(senders),
            networks: Arc::new(networks),
            room,
            long: Arc::new(Semaphore::new(1)),
            began: Instant::now(),
            stop,
        }
    }

    /// Waits until no other long request is being understood; short ones wait for nobody.
    async fn alone(&self, length: usize) -> Option<OwnedSemaphorePermit> {
        if length <= LONG {
            return None;
        }
        // It is never closed.
        Arc::clone(&self.long).acquire_owned().await.ok()
    }

    /// Reads the journal, as it is at one moment.
    fn read<T>(&self, read: impl FnOnce(&View<'_>) -> Result<T, JournalError>) -> Result<T, Failure> {
        let outcome = self.journal.read(read);
        // The next one who asks for a list has the others.
        if let Err(JournalError::Damaged {
            table: table @ ("certificates" | "jobs"),
            column,
            row: Some(row),
        }) = &outcome
        {
            let why = format!("column {column} cannot be read");
            self.journal
                .change(now(), |change| change.quarantine(table, row.unsigned_abs(), &why))?;
        }
        Ok(outcome?)
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
