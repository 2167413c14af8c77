//! Every metric's name and what it says. Dashboards and alerts are held to this table by a test.

use prometheus_client::registry::{Metric, Registry};

/// What begins every name.
pub const PREFIX: &str = "causeway";

/// How a metric is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It goes up and down.
    Gauge,
    /// It only goes up; its name as printed ends in `_total`.
    Counter,
    /// It is spread over steps; its names as printed end in `_bucket`, `_sum` and `_count`.
    Histogram,
}

/// A metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    /// Its name, without prefix and ending.
    pub name: &'static str,
    /// How it is read.
    pub kind: Kind,
    /// What it says.
    pub help: &'static str,
}

impl Name {
    /// The names under which it is printed.
    pub fn printed(self) -> Vec<String> {
        let endings: &[&str] = match self.kind {
            Kind::Gauge => &[""],
            Kind::Counter => &["_total"],
            Kind::Histogram => &["_bucket", "_sum", "_count"],
        };
        let name = |ending: &&str| format!("{PREFIX}_{}{ending}", self.name);
        endings.iter().map(name).collect()
    }
}

macro_rules! metrics {
    ($($constant:ident = $kind:ident $name:literal, $help:literal;)+) => {
        $(pub(super) const $constant: Name = Name { name: $name, kind: Kind::$kind, help: $help };)+
        /// All of them.
        pub const ALL: &[Name] = &[$($constant),+];
    };
}

metrics! {
    // Is anything stuck, and on what?
    CERTIFICATES = Gauge "certificates", "Certificates by standing";
    OLDEST_UNSETTLED = Gauge "oldest_unsettled_seconds", "For how long a network's oldest certificate has waited that L1 does not have";
    SETTLED_HEIGHT = Gauge "network_settled_certificates", "Certificates of a network that L1 has settled";
    NEXT_HEIGHT = Gauge "network_next_height", "The height that a network's next certificate should have";
    BLOCKED = Gauge "network_blocked", "1 while nothing of a network is taken in, because it offended too often";
    EPOCH_AGE = Gauge "epoch_open_seconds", "For how long the open epoch has stood where it stands";
    JOBS = Gauge "jobs_open", "Jobs that are not over, by kind and standing";
    HELD = Gauge "jobs_held", "Jobs that wait although their time has come, by reason";
    HELD_SECONDS = Gauge "jobs_held_seconds", "For how long the oldest of them has been open, by reason";
    QUARANTINED = Gauge "quarantined_rows", "Rows that were set aside, by table";
    PAUSED = Gauge "paused", "1 for what an operator stopped";
    // Where does the time go?
    MOVES = Counter "certificate_moves", "Certificates that came to stand somewhere, by standing";
    STAGE_SECONDS = Histogram "certificate_stage_seconds", "How long certificates stood somewhere, by standing";
    TOTAL_SECONDS = Histogram "certificate_total_seconds", "From a certificate's arrival to its finality on L1";
    EPOCHS = Counter "epoch_moves", "Epochs that came to stand somewhere, by standing";
    // Is the process alive inside?
    READY = Gauge "ready", "1 if everything that the relayer needs is there";
    COMPONENT = Gauge "component_ready", "1 for a part that is well";
    TICK = Gauge "task_last_tick_timestamp_seconds", "When a task last finished a round";
    TICK_LIMIT = Gauge "task_limit_seconds", "How long a round of a task may take";
    RESTARTS = Counter "task_restarts", "How often a task fell and was begun again";
    BUILD = Gauge "build_info", "1, with the version of the program";
    // Is the chain side healthy?
    L1_BLOCK = Gauge "l1_block", "The newest block of L1 that was read";
    RPC_HEAD = Gauge "rpc_head", "The newest block that a node showed";
    RPC_UP = Gauge "rpc_up", "1 for a node that is asked before others";
    RPC_FAULTS = Gauge "rpc_faults", "Faults of a node one after another";
    RPC_SECONDS = Histogram "rpc_seconds", "How long nodes take, by method";
    RPC_ERRORS = Counter "rpc_errors", "Faults of nodes, by class";
    REORGS = Counter "reorgs", "How often a chain took blocks back";
    REORG_DEPTH = Histogram "reorg_depth", "How many blocks";
    // Landing cleanly or churning?
    ATTEMPTS = Counter "attempts", "Transactions signed: first of a job, or another of its nonce";
    OUTCOMES = Counter "attempt_outcomes", "What became of them";
    INCLUSION = Histogram "inclusion_seconds", "From a job's first signature to its block, by kind";
    HOLDS = Counter "job_holds", "How often a job began to wait, by reason";
    // Nonces and money?
    NONCE = Gauge "wallet_nonce", "A wallet's nonces: mined, lowest_open, highest_reserved";
    BALANCE = Gauge "wallet_balance_wei", "What a wallet has";
    LOW_BALANCE = Gauge "wallet_low_wei", "Below what a wallet is low";
    FEES = Counter "fee_spent_wei", "What transactions cost, by kind of job";
    // Proving?
    PROOFS = Gauge "prover_jobs", "Work for provers, by kind and standing";
    PROVER_SECONDS = Histogram "prover_seconds", "From a proof's being asked for to its end, by kind";
    // Claims?
    CLAIMS = Gauge "claims", "Claims by destination and standing";
    CLAIM_SECONDS = Histogram "claim_seconds", "From an exit's being seen to its being claimed, by destination";
    // Disk?
    DB_BYTES = Gauge "db_bytes", "Bytes of the journal and its log";
    COMMIT_SECONDS = Histogram "db_commit_seconds", "How long a change of the journal takes";
    BACKUPS = Counter "backups", "Copies made of the journal";
    BACKUP_AT = Gauge "backup_timestamp_seconds", "When the newest copy was made";
    EVENT = Gauge "event_seq", "The number of the newest event";
    // Who asks?
    HTTP_REQUESTS = Counter "http_requests", "Requests, by listener, route and status";
    HTTP_SECONDS = Histogram "http_request_seconds", "How long they took, by route";
    HANDED_IN = Counter "certificates_handed_in", "Certificates handed in: new, known, or the code of the refusal";
}

/// Registers a metric under its name.
pub(super) fn register(registry: &mut Registry, name: Name, metric: &(impl Metric + Clone)) {
    registry.register(name.name, name.help, metric.clone());
}
