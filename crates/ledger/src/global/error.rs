//! Why the global state refuses.

use alloy_primitives::B256;
use causeway_types::{GoldilocksDigest, NetworkId, TypesError};

use crate::chains::PayloadEntry;
use crate::error::LedgerError;

/// Something that does not fit the global state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GlobalError {
    /// A rule of the ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// An entry of a payload is malformed.
    #[error(transparent)]
    Types(#[from] TypesError),
    /// A payload does not end with an entry.
    #[error(
        "a payload of {length} bytes is no number of entries of {} bytes",
        PayloadEntry::ENCODED_LEN
    )]
    PayloadNotWhole {
        /// Bytes it has.
        length: usize,
    },
    /// A network's exit root is not below the rollup exit tree's first node of a height.
    #[error("network {} is beyond the first 2^{height} of the rollup exit tree", network.get())]
    BeyondRollupNode {
        /// The network.
        network: NetworkId,
        /// The height.
        height: u32,
    },
    /// A network's history has another entry or none, or L1 another shadow root.
    #[error("network {} has no such entry at {index}: it is {got:?}, not {}", network.get(), B256::from(*expected))]
    DependencyNotMet {
        /// The network.
        network: NetworkId,
        /// The height; on L1 the count.
        index: u64,
        /// The entry that was asked for.
        expected: GoldilocksDigest,
        /// What is there.
        got: Option<GoldilocksDigest>,
    },
    /// No exit of L1, or more than are consumed.
    #[error("L1's first {count} exits, of {exit_count} consumed")]
    PrefixOutOfRange {
        /// How many were asked for.
        count: u64,
        /// How many there are.
        exit_count: u32,
    },
    /// The registry's chain is not the logged one: an entry is missing or another.
    #[error("entry {entry} of the registry gives {got}, its log says {expected}")]
    RegistryLogMismatch {
        /// Its number, from 1.
        entry: u32,
        /// The chain that its log says.
        expected: B256,
        /// The chain of the logs.
        got: B256,
    },
    /// An exit of L1 is not the next one.
    #[error("exit {index} of L1 is logged, the next one is {expected}")]
    ExitLogMismatch {
        /// Its place.
        index: u32,
        /// The next place.
        expected: u64,
    },
    /// An epoch consumed more entries of the registry than were logged, or fewer than the one before it.
    #[error(
        "epoch {epoch} consumed {consumed} entries of the registry: {settled} were before it, {logged} are logged"
    )]
    RegistryNotLogged {
        /// The epoch, from 0.
        epoch: u64,
        /// How many are consumed after it.
        consumed: u32,
        /// How many were before it.
        settled: u32,
        /// How many are logged.
        logged: u64,
    },
    /// An epoch consumed more exits of L1 than were logged, or fewer than the one before it.
    #[error("epoch {epoch} consumed {consumed} exits of L1: {settled} were before it, {logged} are logged")]
    DepositsNotLogged {
        /// The epoch, from 0.
        epoch: u64,
        /// How many are consumed after it.
        consumed: u32,
        /// How many were before it.
        settled: u32,
        /// How many are logged.
        logged: u64,
    },
    /// The state that the logs give is not the one that was settled.
    #[error("epoch {epoch} was settled as {}, the logs give {}", B256::from(*expected), B256::from(*got))]
    ReplayMismatch {
        /// The epoch, from 0.
        epoch: u64,
        /// The commitment that was settled.
        expected: GoldilocksDigest,
        /// The commitment of the logs.
        got: GoldilocksDigest,
    },
}
