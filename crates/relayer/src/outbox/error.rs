//! Why a round is broken off.

use causeway_chain::CallError;
use causeway_journal::JournalError;

/// Why a round is broken off. The next one goes on where it was.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// The nodes.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The signer.
    #[error("the signer does not sign: {0}")]
    Signer(String),
    /// A contract answers what it should not.
    #[error("{contract} answers {call} with something else: {detail}")]
    Answer {
        /// Which one.
        contract: &'static str,
        /// What was asked.
        call: &'static str,
        /// Why.
        detail: String,
    },
    /// The coordinator.
    #[error("{0}")]
    Coordinator(String),
}
