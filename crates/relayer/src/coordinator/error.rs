//! Why the relayer's heart cannot do what is asked.

use causeway_journal::JournalError;
use causeway_ledger::LedgerError;

use crate::known::KnownError;

/// Why.
#[derive(Debug, thiserror::Error)]
pub enum CoordinatorError {
    /// L1 was not read yet.
    #[error("L1 has not been read yet")]
    NotReady,
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// What L1 tells.
    #[error(transparent)]
    Known(#[from] KnownError),
    /// The ledger refuses what it took before.
    #[error("the ledger refuses what it took before: {0}")]
    Ledger(#[from] LedgerError),
    /// Something in the journal does not read.
    #[error("what is kept of epoch {epoch} does not read: {detail}")]
    Epoch {
        /// Which one.
        epoch: u64,
        /// Why.
        detail: String,
    },
}
