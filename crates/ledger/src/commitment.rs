//! What settlement keeps of everything: the leaves of the global tree and the one word above it.

use std::sync::OnceLock;

use alloy_primitives::{Address, B256};
use causeway_types::{Authority, ExitRoot, GoldilocksDigest, NetworkId, RollupExitRoot, StateRoot};

use crate::poseidon::{COMMITMENT, GLOBAL, GLOBAL_NODE, L1, Message, NETWORK};
use crate::rollup_exit_tree::rollup_leaf;
use crate::tree::{TreeKind, empty_digests};

/// The global state tree: leaf i is that of network i, and network 0 is L1.
#[derive(Clone, Copy, Debug)]
pub enum Global {}

impl TreeKind for Global {
    type Digest = GoldilocksDigest;
    type Leaf = GoldilocksDigest;

    const DEPTH: u32 = 32;

    fn leaf(leaf: &GoldilocksDigest) -> GoldilocksDigest {
        *leaf
    }

    fn node(left: GoldilocksDigest, right: GoldilocksDigest) -> GoldilocksDigest {
        GLOBAL_NODE.node(left, right)
    }

    fn empty() -> &'static [GoldilocksDigest] {
        static EMPTY: OnceLock<Vec<GoldilocksDigest>> = OnceLock::new();
        EMPTY.get_or_init(|| empty_digests::<Self>(GoldilocksDigest::ZERO))
    }
}

/// One network in roots and counts: all that a transition reads and writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkState {
    /// The network.
    pub network: NetworkId,
    /// How many certificates it has settled.
    pub height: u64,
    /// How many exits it has made.
    pub exit_count: u32,
    /// Its exit root.
    pub exit_root: ExitRoot,
    /// Its shadow exit root.
    pub shadow_root: GoldilocksDigest,
    /// Its balance root.
    pub balance_root: GoldilocksDigest,
    /// Its nullifier root.
    pub nullifier_root: GoldilocksDigest,
    /// Its history root.
    pub history_root: GoldilocksDigest,
    /// Its own state root.
    pub state_root: StateRoot,
    /// Digest of its exit tree's frontier: [`crate::ExitFrontier::digest`].
    pub frontier: GoldilocksDigest,
}

impl NetworkState {
    /// What the rollup exit tree holds for it.
    pub fn rollup_leaf(&self) -> B256 {
        rollup_leaf(self.exit_count, self.exit_root)
    }

    /// The digest.
    pub fn hash(&self) -> GoldilocksDigest {
        Message::new()
            .u32(self.network.get())
            .u64(self.height)
            .u32(self.exit_count)
            .bytes32(self.exit_root)
            .digest(self.shadow_root)
            .digest(self.balance_root)
            .digest(self.nullifier_root)
            .digest(self.history_root)
            .bytes32(self.state_root)
            .digest(self.frontier)
            .hash(NETWORK)
    }

    /// The network's leaf in the global tree.
    pub fn leaf(&self, authority: &Authority) -> GoldilocksDigest {
        Message::new()
            .digest(self.hash())
            .u32(authority.kind().into())
            .address(authority.signer_address().unwrap_or(Address::ZERO))
            .digest(authority.validity_key().unwrap_or(GoldilocksDigest::ZERO))
            .hash(GLOBAL)
    }
}

/// L1 in roots and counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct L1State {
    /// How many of its exits are consumed.
    pub exit_count: u32,
    /// The exit root of these.
    pub exit_root: ExitRoot,
    /// Their shadow exit root.
    pub shadow_root: GoldilocksDigest,
    /// Digest of their exit tree's frontier: [`crate::ExitFrontier::digest`].
    pub frontier: GoldilocksDigest,
}

impl L1State {
    /// L1's leaf in the global tree.
    pub fn leaf(&self) -> GoldilocksDigest {
        Message::new()
            .u32(self.exit_count)
            .bytes32(self.exit_root)
            .digest(self.shadow_root)
            .digest(self.frontier)
            .hash(L1)
    }
}

/// The preimage of the word that the settlement contract stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateCommitment {
    /// Root of the global tree.
    pub global_root: GoldilocksDigest,
    /// Rollup exit root.
    pub rollup_exit_root: RollupExitRoot,
    /// How many of L1's exits are consumed.
    pub deposits: u32,
    /// How many registry entries are consumed.
    pub registry_entries: u32,
}

impl StateCommitment {
    /// The word.
    pub fn hash(&self) -> GoldilocksDigest {
        Message::new()
            .digest(self.global_root)
            .bytes32(B256::from(self.rollup_exit_root))
            .u32(self.deposits)
            .u32(self.registry_entries)
            .hash(COMMITMENT)
    }
}
