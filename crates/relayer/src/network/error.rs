//! Why there is no certificate.

use alloy_primitives::{Address, B256};
use causeway_chain::CallError;
use causeway_ledger::LedgerError;
use causeway_types::{ExitRoot, GlobalIndex, NetworkId, TypesError};

use crate::state::StateError;

/// Why logs give no certificate, or a certificate no signature.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// A log is not what it should be.
    #[error(transparent)]
    Log(#[from] StateError),
    /// A value that cannot be.
    #[error(transparent)]
    Value(#[from] TypesError),
    /// The node does not answer, or not what was asked.
    #[error("the chain cannot be read: {0}")]
    Call(#[from] CallError),
    /// The chain went another way while it was read.
    #[error("block {block} left the chain while its logs were read: ask again")]
    Moved {
        /// The block.
        block: u64,
    },
    /// A log comes after one that is later.
    #[error("the log in block {block}, number {index} comes after one in block {}, number {}", after.0, after.1)]
    OutOfOrder {
        /// Its block.
        block: u64,
        /// Its number in the block.
        index: u64,
        /// Block and number of the one before.
        after: (u64, u64),
    },
    /// An exit is missing before this one.
    #[error("the exit in block {block} is number {got} of network {}, the next one is number {expected}: a log is missing", network.get())]
    ExitGap {
        /// Whose exits.
        network: NetworkId,
        /// The block of the log.
        block: u64,
        /// The number that it says.
        got: u64,
        /// The number of the next exit.
        expected: u64,
    },
    /// Exits were taken back or added by hand, and lead to another root than the bridge says.
    #[error("the exits of network {} lead to {} after block {block}, its bridge says {}", network.get(), computed.get(), declared.get())]
    ExitsRewritten {
        /// Whose exits.
        network: NetworkId,
        /// The block of the log.
        block: u64,
        /// The bridge's root.
        declared: ExitRoot,
        /// Of the exits.
        computed: ExitRoot,
    },
    /// A claim whose link in the chain of claims is not before it.
    #[error("the claim in block {block}, number {index} is not announced by the log before it")]
    ClaimUnlinked {
        /// Its block.
        block: u64,
        /// Its number in the block.
        index: u64,
    },
    /// A claim does not follow from the one before it: one is missing, or the exit is another.
    #[error("the claim of exit {} of network {} leads the chain of claims to {got}, the bridge has {expected}: a log is missing, or the exit is another", index.leaf_index(), index.source().get())]
    ClaimChain {
        /// The exit.
        index: GlobalIndex,
        /// The bridge's.
        expected: B256,
        /// Of the claims.
        got: B256,
    },
    /// Nothing here tells what was claimed.
    #[error("exit {} of network {} was claimed, and neither its claim nor its source's logs are here to tell what it is", index.leaf_index(), index.source().get())]
    UnknownExit {
        /// The exit.
        index: GlobalIndex,
    },
    /// What was claimed is not what the source sent.
    #[error("exit {} of network {} was claimed as something else than its source sent", index.leaf_index(), index.source().get())]
    OtherExit {
        /// The exit.
        index: GlobalIndex,
    },
    /// Nothing here shows an exit to settlement.
    #[error("nothing here shows exit {} of network {}: its source has neither settled it nor is a certificate with it here", index.leaf_index(), index.source().get())]
    Unbacked {
        /// The exit.
        index: GlobalIndex,
    },
    /// The logs of a source give another tree than it settled.
    #[error("the first {count} exits of network {} are not those that it settled: are its logs complete?", network.get())]
    OtherSource {
        /// The source.
        network: NetworkId,
        /// How many exits.
        count: u32,
    },
    /// An L1 info leaf is not the next one, or leads to another root.
    #[error("leaf {leaf} of the L1 info tree leads to {got}, L1 says {expected}: a log is missing")]
    InfoGap {
        /// The leaf.
        leaf: u32,
        /// L1's root.
        expected: B256,
        /// Of the leaves.
        got: B256,
    },
    /// A network that L1 does not know.
    #[error("network {} is not registered", network.get())]
    UnknownNetwork {
        /// The network.
        network: NetworkId,
    },
    /// An earlier certificate is not there.
    #[error("the certificate of height {height} of network {} is not here: put all of its settled ones into the folder", network.get())]
    PastMissing {
        /// The network.
        network: NetworkId,
        /// The height.
        height: u64,
    },
    /// Two certificates have one height.
    #[error("two different certificates of height {height} are here: take the one away that will not settle")]
    PastTwice {
        /// The height.
        height: u64,
    },
    /// An earlier certificate is not the one that settled.
    #[error("the certificate of height {height} is not the one that L1 settled")]
    PastOther {
        /// The height.
        height: u64,
    },
    /// An earlier certificate does not apply.
    #[error("the certificate of height {height} does not apply: {source}")]
    Past {
        /// The height.
        height: u64,
        /// The rule.
        source: LedgerError,
    },
    /// The bridge's exits are not those that were certified.
    #[error("the first {count} exits of the bridge lead to {}, those that were certified to {}", logged.get(), certified.get())]
    ExitsDiffer {
        /// How many were certified.
        count: u32,
        /// The bridge's.
        logged: ExitRoot,
        /// Those of the certificates.
        certified: ExitRoot,
    },
    /// There is nothing to certify.
    #[error("nothing happened since the last certificate")]
    NothingNew,
    /// The certificate breaks a rule.
    #[error("the certificate breaks a rule: {0}")]
    Refused(LedgerError),
    /// A certificate of another network whose exits are not all here.
    #[error("not all exits of the certificate of network {} are here: give its bridge's logs as well, up to a newer block", network.get())]
    NotToBuildOn {
        /// The network.
        network: NetworkId,
    },
    /// The network's authority does not sign.
    #[error("network {} proves its certificates and has no signer", network.get())]
    NoSigner {
        /// The network.
        network: NetworkId,
    },
    /// The key is another's.
    #[error("the key is that of {got}, network {}'s signer is {expected}", network.get())]
    WrongKey {
        /// The network.
        network: NetworkId,
        /// Its signer.
        expected: Address,
        /// Whose key it is.
        got: Address,
    },
    /// The signer does not sign.
    #[error("the signer does not sign: {0}")]
    Signer(#[from] alloy_signer::Error),
}
