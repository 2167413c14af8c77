//! What a relayer knows and means to do, on disk.
//!
//! The [`Journal`] is the only truth about intent; the chains are the only truth about outcome. Whatever changes does so in a
//! [`Change`]: one transaction, durable when it returns, with the events that tell of it. What must never be (two live certificates at
//! a height, two open epochs, a nonce mined twice) is held by the schema, whatever the code above it does.

pub mod certificates;
pub mod chains;
pub mod check;
pub mod claims;
pub mod columns;
pub mod epochs;
pub mod error;
pub mod events;
pub mod fingerprint;
pub mod journal;
pub mod pauses;
pub mod proofs;
mod schema;
pub mod snapshots;
pub mod standing;
#[cfg(test)]
mod tests;
pub mod time;
pub mod transactions;

pub use certificates::{CertificateFilter, CertificateRecord, Intake, NewCertificate, certificate_id};
pub use chains::{Header, StoredLog};
pub use check::Finding;
pub use claims::{ClaimKey, ClaimRecord, ClaimStanding, NoClaimKey};
pub use epochs::{EpochRecord, EpochStanding, NewEpoch};
pub use error::JournalError;
pub use events::{AuditEntry, Event};
pub use fingerprint::Fingerprint;
pub use journal::{Change, Journal, View};
pub use pauses::{Pause, Scope};
pub use proofs::{ProofJob, ProofKind, ProofStanding};
pub use snapshots::{DamagedSnapshot, Snapshot};
pub use standing::{Reason, ReasonClass, Standing, Tier};
pub use time::Timestamp;
pub use transactions::{
    Attempt, AttemptOutcome, Fees, Hold, Job, JobKind, JobStanding, Mined, NewJob, Signed, SlotStanding,
    Wallet,
};
