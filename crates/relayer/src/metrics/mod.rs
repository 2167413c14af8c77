//! Metrics: one registry, every name in one table.
//!
//! Gauges are filled when somebody asks: from the journal, which is the truth, and from the desk. Counters and times follow the journal's
//! events, so that nobody who changes something has to count it; what is no event is counted by whoever holds [`Metrics`].

mod follow;
mod gauges;
mod labels;
pub mod names;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use causeway_chain::{CallError, CallObserver};
use causeway_journal::{Journal, JournalError, Timestamp};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::desk::{NetworkStatus, Status};
use follow::Followed;
use gauges::Gauges;
use labels::{Counters, Histograms, labels};

/// All metrics. A clone is the same metrics.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Arc<Registry>,
    handles: Handles,
    backup_at: Arc<AtomicU64>,
    // One scrape at a time: gauges are emptied and filled.
    scrape: Arc<Mutex<(Gauges, Followed)>>,
}

/// What is counted by whoever does it.
#[derive(Clone, Debug)]
struct Handles {
    http_requests: Counters,
    http_seconds: Histograms,
    handed_in: Counters,
    rpc_seconds: Histograms,
    rpc_errors: Counters,
    commit_seconds: Histogram,
    backups: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// All of them, at nothing.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix(names::PREFIX);
        let handles = Handles {
            http_requests: Counters::default(),
            http_seconds: Histograms::new_with_constructor(labels::short),
            handed_in: Counters::default(),
            rpc_seconds: Histograms::new_with_constructor(labels::short),
            rpc_errors: Counters::default(),
            commit_seconds: labels::short(),
            backups: Counter::default(),
        };
        names::register(&mut registry, names::HTTP_REQUESTS, &handles.http_requests);
        names::register(&mut registry, names::HTTP_SECONDS, &handles.http_seconds);
        names::register(&mut registry, names::HANDED_IN, &handles.handed_in);
        names::register(&mut registry, names::RPC_SECONDS, &handles.rpc_seconds);
        names::register(&mut registry, names::RPC_ERRORS, &handles.rpc_errors);
        names::register(&mut registry, names::COMMIT_SECONDS, &handles.commit_seconds);
        names::register(&mut registry, names::BACKUPS, &handles.backups);
        let gauges = Gauges::registered(&mut registry);
        let followed = Followed::registered(&mut registry);
        Self {
            registry: Arc::new(registry),
            handles,
            backup_at: Arc::clone(&gauges.backup_at),
            scrape: Arc::new(Mutex::new((gauges, followed))),
        }
    }

    /// A request was answered.
    pub fn answered(&self, listener: &str, route: &str, status: u16, took: Duration) {
        self.handles
            .http_seconds
            .get_or_create(&labels([("route", route)]))
            .observe(took.as_secs_f64());
        let of = labels([
            ("listener", listener),
            ("route", route),
            ("status", &status.to_string()),
        ]);
        self.handles.http_requests.get_or_create(&of).inc();
    }

    /// A certificate was handed in: `new`, `known`, or the code of its refusal.
    pub fn handed_in(&self, outcome: &str) {
        let of = labels([("outcome", outcome)]);
        self.handles.handed_in.get_or_create(&of).inc();
    }

    /// A change of the journal is on the disk.
    pub fn committed(&self, took: Duration) {
        self.handles.commit_seconds.observe(took.as_secs_f64());
    }

    /// The journal was copied.
    pub fn backed_up(&self, at: Timestamp) {
        self.handles.backups.inc();
        self.newest_backup(at);
    }

    /// The newest copy of the journal that was found is of this time.
    pub fn newest_backup(&self, at: Timestamp) {
        self.backup_at.fetch_max(at.seconds(), Ordering::Relaxed);
    }

    /// All of them as Prometheus reads them, with what the journal and the desk say now.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub fn text(
        &self,
        journal: &Journal,
        status: &Status,
        networks: &[NetworkStatus],
        now: Timestamp,
    ) -> Result<String, JournalError> {
        let mut scrape = self.scrape.lock().unwrap_or_else(PoisonError::into_inner);
        let (gauges, followed) = &mut *scrape;
        journal.read(|view| followed.catch_up(view))?;
        gauges.fill(journal, status, networks, now)?;
        Ok(self.printed())
    }

    /// All of them as they are.
    fn printed(&self) -> String {
        let mut text = String::new();
        // A text takes everything that is written to it.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

impl CallObserver for Metrics {
    fn called(&self, endpoint: &str, method: &'static str, took: Duration, error: Option<&CallError>) {
        let of = labels([("endpoint", endpoint), ("method", method)]);
        self.handles
            .rpc_seconds
            .get_or_create(&of)
            .observe(took.as_secs_f64());
        if let Some(error) = error.filter(|error| error.is_fault()) {
            let of = labels([("endpoint", endpoint), ("class", error.class())]);
            self.handles.rpc_errors.get_or_create(&of).inc();
        }
    }
}
