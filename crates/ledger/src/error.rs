//! Why the ledger refuses, and what whoever asked does next.

use alloy_primitives::aliases::U512;
use alloy_primitives::{Address, B256, U256};
use causeway_types::{
    ExitRoot, Expiry, GlobalExitRoot, GlobalIndex, GoldilocksDigest, L1InfoRoot, LeafType, NetworkId,
    RollupExitRoot, TokenId,
};

use crate::apply::Dependency;

/// What to do with a refused certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Ask again with newer state: what was asked was right and came too late or too early by one read.
    Retry,
    /// Have the network build another certificate: no waiting makes this one right.
    Rebuild,
    /// Keep it until something else has happened.
    Wait,
    /// Call a person: the network itself or its registration is at fault.
    Operator,
}

/// What a certificate does to the balance of one token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sums {
    /// Balance before.
    pub initial: U256,
    /// Sum of imports.
    pub imported: U512,
    /// Sum of exits.
    pub exported: U512,
}

/// A rule that a certificate breaks. Positions are those in the certificate's lists.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// L1 is no network that sends certificates.
    #[error("network 0 is L1 and has no certificates")]
    MainnetHasNoState,
    /// The network is not registered.
    #[error("network {} is not registered", network.get())]
    UnknownNetwork {
        /// The network.
        network: NetworkId,
    },
    /// The certificate may be too late: nothing is proven in no time, and with it no certificate of its epoch could settle.
    #[error("the certificate expires at {}, and the epoch settles no earlier than {settles_at}", expiry.get())]
    ExpiresTooSoon {
        /// Until when it can settle.
        expiry: Expiry,
        /// The earliest time at which the epoch settles, in seconds.
        settles_at: u64,
    },
    /// The certificate is another network's.
    #[error("certificate of network {} for the state of network {}", declared.get(), expected.get())]
    MismatchNetwork {
        /// The certificate's network.
        declared: NetworkId,
        /// The state's.
        expected: NetworkId,
    },
    /// The certificate is not the next one.
    #[error("certificate of height {declared}, the next one is {expected}")]
    MismatchHeight {
        /// The certificate's height.
        declared: u64,
        /// The height of the next one.
        expected: u64,
    },
    /// A network has as many certificates as its history takes.
    #[error("height {height} is beyond the history tree")]
    HeightOverflow {
        /// The height.
        height: u64,
    },
    /// The certificate starts from other exits.
    #[error("previous exit root is {}, declared {}", expected.get(), declared.get())]
    MismatchPrevLocalExitRoot {
        /// The certificate's.
        declared: ExitRoot,
        /// The state's.
        expected: ExitRoot,
    },
    /// The certificate's exits do not lead to the exit root that it declares.
    #[error("new exit root is {}, declared {}", computed.get(), declared.get())]
    MismatchNewLocalExitRoot {
        /// The certificate's.
        declared: ExitRoot,
        /// Of the exits.
        computed: ExitRoot,
    },
    /// An append-only tree has 2^32 - 1 leaves.
    #[error("the tree has 2^32 - 1 leaves and takes no more")]
    TreeFull,

    /// An import from the importing network itself.
    #[error("import {import} is an exit of its own network")]
    ImportFromSameNetwork {
        /// Position of the import.
        import: usize,
    },
    /// An import that goes to another network.
    #[error("import {import} goes to network {}", destination.get())]
    InvalidExitNetwork {
        /// Position of the import.
        import: usize,
        /// Where it goes.
        destination: NetworkId,
    },
    /// A claim of the other kind than the global index says.
    #[error("import {import} has a global index of network {} and a claim of another kind", source_network.get())]
    MismatchGlobalIndexInclusionProof {
        /// Position of the import.
        import: usize,
        /// The network of the global index.
        source_network: NetworkId,
    },
    /// Claims under two L1 info roots.
    #[error("import {import} is claimed under L1 info root {}, the ones before under {}", got.get(), first.get())]
    MultipleL1InfoRoot {
        /// Position of the import.
        import: usize,
        /// The first claim's root.
        first: L1InfoRoot,
        /// This one's.
        got: L1InfoRoot,
    },
    /// The declared size of the L1 info tree does not cover a claim.
    #[error("import {import} is claimed by L1 info leaf {index}, of {declared} declared")]
    L1InfoLeafBeyondCount {
        /// Position of the import.
        import: usize,
        /// Its leaf.
        index: u32,
        /// The declared number of leaves.
        declared: u32,
    },
    /// The path of a mainnet claim ends in another root than the L1 info leaf has.
    #[error("import {import}: path to mainnet exit root {}, L1 info leaf has {}", proof.get(), leaf.get())]
    MismatchMER {
        /// Position of the import.
        import: usize,
        /// The path's root.
        proof: ExitRoot,
        /// The leaf's.
        leaf: ExitRoot,
    },
    /// The path of a rollup claim ends in another root than the L1 info leaf has.
    #[error("import {import}: path to rollup exit root {}, L1 info leaf has {}", proof.get(), leaf.get())]
    MismatchRER {
        /// Position of the import.
        import: usize,
        /// The path's root.
        proof: RollupExitRoot,
        /// The leaf's.
        leaf: RollupExitRoot,
    },
    /// The global exit root of an L1 info leaf is not that of its two roots.
    #[error("import {import}: global exit root {}, the two roots give {}", declared.get(), computed.get())]
    InconsistentGlobalExitRoot {
        /// Position of the import.
        import: usize,
        /// The leaf's.
        declared: GlobalExitRoot,
        /// Of its two roots.
        computed: GlobalExitRoot,
    },
    /// The exit is not at that place of its exit tree.
    #[error("import {import}: its path leads to exit root {}, not {}", computed.get(), declared.get())]
    InvalidMerklePathLeafToLER {
        /// Position of the import.
        import: usize,
        /// The claimed root: L1's or the source's.
        declared: ExitRoot,
        /// Where the path leads.
        computed: ExitRoot,
    },
    /// The source's exit root is not at its place of the rollup exit tree.
    #[error("import {import}: its network's path leads to rollup exit root {}, not {}", computed.get(), declared.get())]
    InvalidMerklePathLERToRER {
        /// Position of the import.
        import: usize,
        /// The claimed root.
        declared: RollupExitRoot,
        /// Where the path leads.
        computed: RollupExitRoot,
    },
    /// The L1 info leaf is not at that place of the L1 info tree.
    #[error("import {import}: its L1 info path leads to {}, not {}", computed.get(), declared.get())]
    InvalidMerklePathGERToL1Root {
        /// Position of the import.
        import: usize,
        /// The claimed root.
        declared: L1InfoRoot,
        /// Where the path leads.
        computed: L1InfoRoot,
    },
    /// The history entry is another network's than the global index says.
    #[error("import {import} of network {} is backed by an entry of network {}", source_network.get(), entry.get())]
    MismatchHistoryNetwork {
        /// Position of the import.
        import: usize,
        /// The network of the global index.
        source_network: NetworkId,
        /// The entry's.
        entry: NetworkId,
    },
    /// The history entry covers fewer exits.
    #[error("import {import} is exit {leaf_index}, its entry covers {exit_count}")]
    ImportBeyondExitCount {
        /// Position of the import.
        import: usize,
        /// Its leaf index.
        leaf_index: u32,
        /// Exits that the entry covers.
        exit_count: u32,
    },
    /// The exit is not at that place of the entry's shadow tree.
    #[error("import {import}: its shadow path leads to {}, not {}", B256::from(*computed), B256::from(*declared))]
    InvalidShadowPath {
        /// Position of the import.
        import: usize,
        /// The entry's shadow root.
        declared: GoldilocksDigest,
        /// Where the path leads.
        computed: GoldilocksDigest,
    },
    /// The exit was imported before, or is so twice by this certificate.
    #[error("import {import} is already imported: exit {} of network {}", global_index.leaf_index(), global_index.source().get())]
    AlreadyImported {
        /// Position of the import.
        import: usize,
        /// The exit.
        global_index: GlobalIndex,
    },

    /// An exit to the exporting network itself.
    #[error("exit {exit} goes to its own network")]
    CannotExitToSameNetwork {
        /// Position of the exit.
        exit: usize,
    },
    /// A message in another network's name.
    #[error("exit {exit} is a message of network {}", origin.get())]
    InvalidMessageOriginNetwork {
        /// Position of the exit.
        exit: usize,
        /// The network that it names.
        origin: NetworkId,
    },
    /// Address zero is L1's ETH, on network 0 only.
    #[error("exit {exit} is a {leaf_type:?} of address zero of network {}", origin.get())]
    InvalidL1TokenInfo {
        /// Position of the exit.
        exit: usize,
        /// What it carries.
        leaf_type: LeafType,
        /// The network that it names.
        origin: NetworkId,
    },
    /// The network sends more than it holds and receives.
    #[error("token {} of network {}: {} + {} does not cover {}", token.address, token.network.get(), sums.initial, sums.imported, sums.exported)]
    BalanceUnderflow {
        /// The token.
        token: TokenId,
        /// The amounts.
        sums: Box<Sums>,
    },
    /// The network would hold more than 256 bits.
    #[error("token {} of network {}: {} + {} - {} takes more than 256 bits", token.address, token.network.get(), sums.initial, sums.imported, sums.exported)]
    BalanceOverflow {
        /// The token.
        token: TokenId,
        /// The amounts.
        sums: Box<Sums>,
    },

    /// A contingency on the network itself.
    #[error("contingency {contingency} is on its own network")]
    ContingencyOnSelf {
        /// Position of the contingency.
        contingency: usize,
    },
    /// A contingency on L1, which has neither heights nor a state root.
    #[error("contingency {contingency} is on L1")]
    ContingencyOnMainnet {
        /// Position of the contingency.
        contingency: usize,
    },
    /// Two contingencies on one certificate.
    #[error("contingency {contingency} is a second one on network {} at height {height}", network.get())]
    DuplicateContingency {
        /// Position of the second.
        contingency: usize,
        /// The network.
        network: NetworkId,
        /// The height.
        height: u64,
    },
    /// What an import or a contingency points at is neither settled nor offered.
    #[error("what is to be opened of network {} is neither settled nor offered", dependency.network().get())]
    MissingDependency {
        /// What is missing.
        dependency: Dependency,
    },
    /// Imports or contingencies name two entries for one place.
    #[error("two entries are named for network {} at {index}", network.get())]
    ContradictoryDependencies {
        /// The network.
        network: NetworkId,
        /// The height; on L1 the count.
        index: u64,
    },

    /// A certificate without authorisation.
    #[error("the certificate carries no authorisation")]
    MissingAuthorisation,
    /// A certificate without the signature that its network's authority asks for.
    #[error("the certificate carries no signature, its authority is {}", signer)]
    MissingSignature {
        /// Who has to sign.
        signer: Address,
    },
    /// A certificate without the validity proof that its network's authority asks for.
    #[error("the certificate carries no validity proof")]
    MissingValidityProof,
    /// A signature that nobody made.
    #[error("no signer can be recovered from the signature, expected {expected}")]
    UnrecoverableSignature {
        /// Who had to sign.
        expected: Address,
    },
    /// Another's signature.
    #[error("signed by {recovered}, expected {expected}")]
    InvalidSignature {
        /// Who had to sign.
        expected: Address,
        /// Who did.
        recovered: Address,
    },
    /// A proof under another key.
    #[error("validity key is {}, expected {}", B256::from(*got), B256::from(*expected))]
    InvalidValidityKey {
        /// The authority's key.
        expected: GoldilocksDigest,
        /// The certificate's.
        got: GoldilocksDigest,
    },
}

impl LedgerError {
    /// What to do next.
    pub const fn class(&self) -> Class {
        match self {
            Self::MismatchHeight { declared, expected } if *declared > *expected => Class::Wait,
            Self::MissingDependency { .. } => Class::Wait,
            Self::MismatchHeight { .. } | Self::MismatchPrevLocalExitRoot { .. } => Class::Retry,
            Self::UnknownNetwork { .. } | Self::InvalidSignature { .. } | Self::InvalidValidityKey { .. } => {
                Class::Operator
            }
            Self::MainnetHasNoState
            | Self::MismatchNetwork { .. }
            | Self::HeightOverflow { .. }
            | Self::TreeFull
            | Self::BalanceUnderflow { .. }
            | Self::BalanceOverflow { .. } => Class::Operator,
            _ => Class::Rebuild,
        }
    }
}
