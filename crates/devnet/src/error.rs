//! What goes wrong with chains of developers.

use std::path::PathBuf;

use alloy_primitives::{Address, B256};
use causeway_chain::CallError;

/// Why a chain of developers does not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum DevnetError {
    /// The node's binary is not there.
    #[error(
        "anvil is not at {}: run `npm ci`, or set CAUSEWAY_ANVIL to the binary itself (npm's wrapper does not do)",
        looked.display()
    )]
    AnvilMissing {
        /// Where it was looked for last.
        looked: PathBuf,
    },
    /// The node cannot be started, or a signal cannot be sent to it.
    #[error("{what}: {source}")]
    Process {
        /// What was tried.
        what: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// The node ended before it answered.
    #[error("anvil ended before it answered; it said: {said}")]
    Ended {
        /// Its last words.
        said: String,
    },
    /// It is not an address of a node.
    #[error("{url} is no address of a node")]
    Url {
        /// What it is.
        url: String,
    },
    /// The node does not answer, or refuses.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The chain is another one.
    #[error("the node's chain is {found}, not {expected}")]
    OtherChain {
        /// Its id.
        found: u64,
        /// The one that was asked for.
        expected: u64,
    },
    /// A transaction was mined and did nothing.
    #[error("{what} was reverted in transaction {hash}")]
    Reverted {
        /// What it should have done.
        what: &'static str,
        /// Its hash.
        hash: B256,
    },
    /// A transaction is not mined, however often blocks are made.
    #[error("{what} is not mined: transaction {hash}")]
    NotMined {
        /// What it should have done.
        what: &'static str,
        /// Its hash.
        hash: B256,
    },
    /// A contract is somewhere else than it should be.
    #[error("{what} is at {found}, not at {expected}")]
    Elsewhere {
        /// Which contract.
        what: &'static str,
        /// Where it is.
        found: Address,
        /// Where it should be.
        expected: Address,
    },
    /// A contract answered something that cannot be read, or a log is missing.
    #[error("{what} cannot be read: {detail}")]
    Answer {
        /// What was asked.
        what: &'static str,
        /// Why.
        detail: String,
    },
    /// The key does not sign.
    #[error(transparent)]
    Signer(#[from] alloy_signer::Error),
    /// A network got another number than it should.
    #[error("the network was registered as {found}, not as {expected}")]
    OtherNetwork {
        /// Its number.
        found: u32,
        /// The one that was planned.
        expected: u32,
    },
}
