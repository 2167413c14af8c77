//! Why logs cannot be believed.

use causeway_ledger::{ForeignState, GlobalError, LedgerError};

use crate::state::StateError;

/// What is wrong with L1's logs, or with what is here beside them. Read again from the beginning it may not be; if it is, the nodes or
/// the addresses of the contracts are wrong.
#[derive(Debug, thiserror::Error)]
pub enum KnownError {
    /// A log is malformed.
    #[error(transparent)]
    Log(#[from] StateError),
    /// A log does not go on from the ones before it: one is missing.
    #[error("log {index} of block {block}: {source}")]
    Replay {
        /// Its block.
        block: u64,
        /// Its number in the block.
        index: u64,
        /// Why.
        source: GlobalError,
    },
    /// The ledger refuses what L1 took.
    #[error("L1 has what the ledger refuses: {0}")]
    Ledger(LedgerError),
    /// A state is not the one that is settled.
    #[error(transparent)]
    State(#[from] ForeignState),
}
