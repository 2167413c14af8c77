//! Gauges, as the journal and the desk have them when somebody asks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use causeway_journal::{Journal, JournalError, ProofStanding, Timestamp, View, Wallet};
use prometheus_client::registry::Registry;

use super::labels::{Counters, Gauges as Family, Labels, labels};
use super::names::{self, Kind, Name};
use crate::desk::{NetworkStatus, Status, WalletStatus};

/// Every gauge, by name, and the one counter that the desk keeps.
#[derive(Clone, Debug)]
pub(super) struct Gauges {
    families: BTreeMap<&'static str, Family>,
    restarts: Counters,
    /// When the journal was last copied, in seconds since 1970; 0 if that is not known.
    pub(super) backup_at: Arc<AtomicU64>,
}

impl Gauges {
    pub(super) fn registered(registry: &mut Registry) -> Self {
        let mut families = BTreeMap::new();
        for &name in names::ALL.iter().filter(|name| name.kind == Kind::Gauge) {
            let family = Family::default();
            names::register(registry, name, &family);
            families.insert(name.name, family);
        }
        let restarts = Counters::default();
        names::register(registry, names::RESTARTS, &restarts);
        Self {
            families,
            restarts,
            backup_at: Arc::default(),
        }
    }

    fn set(&self, name: Name, labels: Labels, value: f64) {
        if let Some(family) = self.families.get(name.name) {
            family.get_or_create(&labels).set(value);
        }
    }

    /// Empties them and fills them.
    pub(super) fn fill(
        &self,
        journal: &Journal,
        status: &Status,
        networks: &[NetworkStatus],
        now: Timestamp,
    ) -> Result<(), JournalError> {
        for family in self.families.values() {
            family.clear();
        }
        self.restarts.clear();
        self.set(
            names::BUILD,
            labels([("version", env!("CARGO_PKG_VERSION"))]),
            1.0,
        );
        self.desk(status);
        self.networks(networks, now);
        self.disk(journal);
        journal.read(|view| self.journal(view, now))?;
        journal.read(|view| {
            status
                .wallets
                .iter()
                .try_for_each(|wallet| self.wallet(view, wallet))
        })
    }

    fn desk(&self, status: &Status) {
        let flag = |on: bool| if on { 1.0 } else { 0.0 };
        self.set(names::READY, Vec::new(), flag(status.is_ready()));
        for component in &status.components {
            let labels = labels([("component", component.name)]);
            self.set(names::COMPONENT, labels, flag(component.ready));
        }
        if let Some(block) = status.block {
            self.set(names::L1_BLOCK, Vec::new(), block as f64);
        }
        for endpoint in &status.endpoints {
            let of = || labels([("endpoint", &endpoint.name)]);
            self.set(names::RPC_UP, of(), flag(endpoint.well));
            self.set(names::RPC_FAULTS, of(), f64::from(endpoint.faults));
            if let Some(head) = endpoint.head {
                self.set(names::RPC_HEAD, of(), head as f64);
            }
        }
        for task in &status.tasks {
            let of = || labels([("task", &task.name)]);
            self.set(names::TICK_LIMIT, of(), task.limit_s as f64);
            if let Some(tick) = task.last_tick {
                self.set(names::TICK, of(), tick.millis() as f64 / 1_000.0);
            }
            self.restarts.get_or_create(&of()).inc_by(task.restarts as f64);
        }
    }

    fn networks(&self, networks: &[NetworkStatus], now: Timestamp) {
        for network in networks {
            let id = network.network.get().to_string();
            let of = || labels([("network", &id)]);
            let waits = network
                .oldest_unsettled
                .map_or(0.0, |since| now.since(since).as_secs_f64());
            let blocked = network.blocked_until.is_some_and(|until| until > now);
            self.set(names::OLDEST_UNSETTLED, of(), waits);
            self.set(names::SETTLED_HEIGHT, of(), network.settled_height as f64);
            self.set(names::NEXT_HEIGHT, of(), network.next_height as f64);
            self.set(names::BLOCKED, of(), if blocked { 1.0 } else { 0.0 });
        }
    }

    fn disk(&self, journal: &Journal) {
        let mut log = journal.path().as_os_str().to_owned();
        log.push("-wal");
        let sizes = [journal.path().as_os_str(), &log].map(|path| {
            let metadata = std::fs::metadata(path);
            metadata.map_or(0, |metadata| metadata.len())
        });
        self.set(names::DB_BYTES, Vec::new(), sizes.iter().sum::<u64>() as f64);
        let at = self.backup_at.load(Ordering::Relaxed);
        if at > 0 {
            self.set(names::BACKUP_AT, Vec::new(), at as f64);
        }
    }

    fn journal(&self, view: &View<'_>, now: Timestamp) -> Result<(), JournalError> {
        for (standing, count) in view.count_certificates()? {
            self.set(
                names::CERTIFICATES,
                labels([("standing", standing.name())]),
                count as f64,
            );
        }
        if let Some(epoch) = view.open_epoch()? {
            let of = labels([("standing", epoch.standing.name())]);
            self.set(names::EPOCH_AGE, of, now.since(epoch.standing_at).as_secs_f64());
        }
        let mut jobs = BTreeMap::new();
        let mut held: BTreeMap<_, (u64, Timestamp)> = BTreeMap::new();
        for job in view.open_jobs()? {
            *jobs.entry((job.kind, job.standing)).or_insert(0_u64) += 1;
            if let Some(hold) = job.hold {
                let (count, oldest) = held.entry(hold).or_insert((0, job.standing_at));
                *count += 1;
                *oldest = (*oldest).min(job.standing_at);
            }
        }
        for ((kind, standing), count) in jobs {
            let of = labels([("kind", kind.name()), ("standing", standing.name())]);
            self.set(names::JOBS, of, count as f64);
        }
        for (hold, (count, oldest)) in held {
            let of = || labels([("hold", hold.name())]);
            self.set(names::HELD, of(), count as f64);
            self.set(names::HELD_SECONDS, of(), now.since(oldest).as_secs_f64());
        }
        for standing in [
            ProofStanding::Queued,
            ProofStanding::Leased,
            ProofStanding::Failed,
        ] {
            let mut proofs = BTreeMap::new();
            for proof in view.proofs_at(standing)? {
                *proofs.entry(proof.kind).or_insert(0_u64) += 1;
            }
            for (kind, count) in proofs {
                let of = labels([("kind", kind.name()), ("standing", standing.name())]);
                self.set(names::PROOFS, of, count as f64);
            }
        }
        for (destination, standing, count) in view.count_claims()? {
            let destination = destination.get().to_string();
            let of = labels([("destination", &destination), ("standing", standing.name())]);
            self.set(names::CLAIMS, of, count as f64);
        }
        for (table, count) in view.count_quarantined()? {
            self.set(names::QUARANTINED, labels([("table", &table)]), count as f64);
        }
        for pause in view.pauses(now)? {
            self.set(names::PAUSED, labels([("scope", &pause.scope.to_string())]), 1.0);
        }
        self.set(names::EVENT, Vec::new(), view.newest_event()? as f64);
        Ok(())
    }

    fn wallet(&self, view: &View<'_>, wallet: &WalletStatus) -> Result<(), JournalError> {
        let chain = wallet.chain.to_string();
        let of = || labels([("wallet", &wallet.name), ("chain", &chain)]);
        if let Some(balance) = wallet.balance {
            self.set(names::BALANCE, of(), f64::from(balance));
        }
        self.set(names::LOW_BALANCE, of(), f64::from(wallet.low_below));
        let nonce = |kind, value: u64| {
            let of = labels([("wallet", &wallet.name), ("chain", &chain), ("kind", kind)]);
            self.set(names::NONCE, of, value as f64);
        };
        if let Some(mined) = wallet.nonce {
            nonce("mined", mined);
        }
        let reserved = view.reserved_nonces(Wallet {
            chain: wallet.chain,
            address: wallet.address,
        })?;
        if let (Some((lowest, _)), Some((highest, _))) = (reserved.first(), reserved.last()) {
            nonce("lowest_open", *lowest);
            nonce("highest_reserved", *highest);
        }
        Ok(())
    }
}
