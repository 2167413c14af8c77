//! Why logs are none of Causeway's.

use alloy_primitives::B256;
use causeway_ledger::GlobalError;
use causeway_types::TypesError;

/// Why logs do not give a state.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// A log has a topic that it should not have, or data of another form.
    #[error("the log of {topic} in block {block}, number {index}: {source}")]
    Malformed {
        /// The first topic.
        topic: B256,
        /// Its block.
        block: u64,
        /// Its number in the block.
        index: u64,
        /// Why.
        source: Box<alloy_sol_types::Error>,
    },
    /// A log has a value that cannot be.
    #[error("the log in block {block}, number {index}: {source}")]
    Value {
        /// Its block.
        block: u64,
        /// Its number in the block.
        index: u64,
        /// Why.
        source: TypesError,
    },
    /// The log's payload is none.
    #[error("the payload in block {block}, number {index}: {source}")]
    Payload {
        /// Its block.
        block: u64,
        /// Its number in the block.
        index: u64,
        /// Why.
        source: GlobalError,
    },
    /// The logs do not follow one another, or do not lead to what was settled.
    #[error("the log in block {block}, number {index}: {source}")]
    Replay {
        /// Its block.
        block: u64,
        /// Its number in the block.
        index: u64,
        /// Why.
        source: GlobalError,
    },
    /// A node said that a log was removed: it is no part of the chain.
    #[error("the log in block {block}, number {index} was removed from the chain: ask for the logs again")]
    Removed {
        /// Its block.
        block: u64,
        /// Its number in the block.
        index: u64,
    },
}
