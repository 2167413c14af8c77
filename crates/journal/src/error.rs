//! Why the journal refuses.

use std::path::PathBuf;

use alloy_primitives::B256;
use causeway_types::NetworkId;

use crate::epochs::EpochStanding;
use crate::proofs::ProofStanding;
use crate::standing::Standing;
use crate::transactions::JobStanding;

/// What went wrong with the journal.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Its folder or file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another process has it.
    #[error("{} is in use by another process: one relayer has a journal at a time", path.display())]
    InUse {
        /// The lock.
        path: PathBuf,
    },
    /// There is none to open.
    #[error("there is no journal at {}", path.display())]
    Absent {
        /// Where.
        path: PathBuf,
    },
    /// The file is no database, or is damaged.
    #[error("{} is damaged: {detail}; put a backup in its place", path.display())]
    Corrupt {
        /// Which one.
        path: PathBuf,
        /// What the database says.
        detail: String,
    },
    /// A newer program made it.
    #[error("the journal has schema {found}, this program knows schemas up to {known}: use a newer program")]
    Newer {
        /// Its schema.
        found: u32,
        /// The newest known.
        known: u32,
    },
    /// It is of another chain or of other contracts.
    #[error(
        "the journal is of {field} {stored}, the configuration says {configured}: give each deployment a journal of its own"
    )]
    Foreign {
        /// What differs.
        field: &'static str,
        /// The journal's.
        stored: String,
        /// The configuration's.
        configured: String,
    },
    /// The disk is full; nothing of the change was kept.
    #[error("no space is left for the journal: nothing was changed")]
    Full,
    /// The database refused something else.
    #[error("the database refuses: {0}")]
    Database(rusqlite::Error),
    /// A column holds what its type does not take.
    #[error("table {table}, column {column}, row {row:?} holds no value of its type")]
    Damaged {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row, if it could be told.
        row: Option<i64>,
    },
    /// A number of more than 63 bits.
    #[error("{number} does not fit a column")]
    TooLarge {
        /// The number.
        number: u64,
    },
    /// A certificate that the journal does not have.
    #[error("no certificate {id}")]
    UnknownCertificate {
        /// Its id.
        id: B256,
    },
    /// An epoch that the journal does not have.
    #[error("no epoch {id}")]
    UnknownEpoch {
        /// Its number.
        id: u64,
    },
    /// A proof that nobody asked for.
    #[error("no work for a prover {id}")]
    UnknownProof {
        /// Its number.
        id: u64,
    },
    /// A job that the journal does not have.
    #[error("no job {id}")]
    UnknownJob {
        /// Its number.
        id: u64,
    },
    /// A transaction that the journal does not have.
    #[error("no attempt {hash}")]
    UnknownAttempt {
        /// Its hash.
        hash: B256,
    },
    /// A transaction that no block has cannot be lost to a reorg.
    #[error("attempt {hash} is in no block")]
    NotMined {
        /// Its hash.
        hash: B256,
    },
    /// A claim that the journal does not have.
    #[error("no claim of deposit {deposit} from network {} on network {}", origin.get(), destination.get())]
    UnknownClaim {
        /// Where it comes from.
        origin: NetworkId,
        /// Where it goes.
        destination: NetworkId,
        /// Its number there.
        deposit: u32,
    },
    /// Another live certificate has the height.
    #[error("network {} has another certificate at height {height}: {live}", network.get())]
    HeightTaken {
        /// The network.
        network: NetworkId,
        /// The height.
        height: u64,
        /// The other's id.
        live: B256,
    },
    /// A certificate does not go from the one to the other.
    #[error("certificate {id} is {}, and does not become {}", from.name(), to.name())]
    CertificateMove {
        /// Its id.
        id: B256,
        /// What it is.
        from: Standing,
        /// What it was to become.
        to: Standing,
    },
    /// An epoch does not go from the one to the other.
    #[error("epoch {id} is {}, and does not become {}", from.name(), to.name())]
    EpochMove {
        /// Its number.
        id: u64,
        /// What it is.
        from: EpochStanding,
        /// What it was to become.
        to: EpochStanding,
    },
    /// An epoch is to be settled, and no proof of it was ever kept.
    #[error("epoch {id} has no proof, and does not become {}", to.name())]
    EpochUnproven {
        /// Its number.
        id: u64,
        /// What it was to become.
        to: EpochStanding,
    },
    /// A certificate of an epoch is in another one by now.
    #[error("certificate {certificate} is in epoch {other}: that one goes first")]
    CertificateElsewhere {
        /// Its id.
        certificate: B256,
        /// The other epoch.
        other: u64,
    },
    /// Another epoch is open.
    #[error("epoch {open} is open: one is proven at a time, because each stands on the one before")]
    EpochOpen {
        /// Its number.
        open: u64,
    },
    /// A prover says something of work that is not his, or no longer.
    #[error("work {id} is {}, and not leased to {holder}", standing.name())]
    LeaseLost {
        /// The work.
        id: u64,
        /// What it is.
        standing: ProofStanding,
        /// Who spoke.
        holder: String,
    },
    /// A job does not go from the one to the other.
    #[error("job {id} is {}, and does not become {}", from.name(), to.name())]
    JobMove {
        /// Its number.
        id: u64,
        /// What it is.
        from: JobStanding,
        /// What it was to become.
        to: JobStanding,
    },
    /// A nonce is another job's, or was used by somebody else.
    #[error("nonce {nonce} is taken")]
    NonceTaken {
        /// The nonce.
        nonce: u64,
    },
    /// A job's transactions share a nonce until that is used up.
    #[error("job {id} holds nonce {held}, not {nonce}")]
    NonceHeld {
        /// The job.
        id: u64,
        /// Its nonce.
        held: u64,
        /// The other.
        nonce: u64,
    },
}

impl JournalError {
    /// Whether what failed may succeed later without anybody's doing.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Full | Self::InUse { .. })
    }
}

impl From<rusqlite::Error> for JournalError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            _ => Self::Database(error),
        }
    }
}
