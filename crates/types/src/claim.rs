//! LxLy's proof that an exit exists, as a certificate carries it.

use alloy_primitives::{B256, keccak256};
use serde::{Deserialize, Serialize};

use crate::proof::MerkleProof;
use crate::roots::{ExitRoot, GlobalExitRoot, L1InfoRoot, RollupExitRoot};

/// A path and the root that it is said to lead to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimProof<R> {
    /// The root.
    pub root: R,
    /// The path.
    pub proof: MerkleProof,
}

impl<R: Copy + Into<B256>> ClaimProof<R> {
    /// Keccak of the root and the 32 siblings.
    pub fn hash(&self) -> B256 {
        let mut bytes = self.root.into().to_vec();
        bytes.extend(self.proof.siblings().iter().flatten());
        keccak256(bytes)
    }
}

/// What a leaf of the L1 info tree hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct L1InfoLeafInner {
    /// The global exit root at that time.
    pub global_exit_root: GlobalExitRoot,
    /// Hash of the block before.
    pub block_hash: B256,
    /// Time of the block, in seconds.
    pub timestamp: u64,
}

/// A leaf of the L1 info tree with its place and the two roots it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct L1InfoLeaf {
    /// Its place.
    pub l1_info_tree_index: u32,
    /// The rollup exit root.
    pub rer: RollupExitRoot,
    /// The mainnet exit root.
    pub mer: ExitRoot,
    /// What is hashed.
    pub inner: L1InfoLeafInner,
}

impl L1InfoLeafInner {
    /// Keccak of 72 bytes: global exit root, block hash, big-endian timestamp.
    pub fn hash(&self) -> B256 {
        let mut bytes = [0; 72];
        bytes[..32].copy_from_slice(self.global_exit_root.get().as_slice());
        bytes[32..64].copy_from_slice(self.block_hash.as_slice());
        bytes[64..].copy_from_slice(&self.timestamp.to_be_bytes());
        keccak256(bytes)
    }
}

impl L1InfoLeaf {
    /// The leaf's hash, with the global exit root that its two roots give, whatever the one beside them says.
    pub fn hash(&self) -> B256 {
        L1InfoLeafInner {
            global_exit_root: self.global_exit_root(),
            ..self.inner
        }
        .hash()
    }

    /// The global exit root of the leaf's two roots.
    pub fn global_exit_root(&self) -> GlobalExitRoot {
        GlobalExitRoot::of(self.mer, self.rer)
    }
}

/// The paths from an exit to an L1 info root.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum ClaimData {
    /// The exit was made on L1.
    Mainnet {
        /// From the exit to the mainnet exit root.
        proof_leaf_mer: ClaimProof<ExitRoot>,
        /// From the global exit root to the L1 info root.
        proof_ger_l1root: ClaimProof<L1InfoRoot>,
        /// The leaf between them.
        l1_leaf: L1InfoLeaf,
    },
    /// The exit was made on another network.
    Rollup {
        /// From the exit to its network's exit root.
        proof_leaf_ler: ClaimProof<ExitRoot>,
        /// From that root to the rollup exit root.
        proof_ler_rer: ClaimProof<RollupExitRoot>,
        /// From the global exit root to the L1 info root.
        proof_ger_l1root: ClaimProof<L1InfoRoot>,
        /// The leaf between them.
        l1_leaf: L1InfoLeaf,
    },
}

impl ClaimData {
    /// The leaf of the L1 info tree.
    pub const fn l1_leaf(&self) -> &L1InfoLeaf {
        match self {
            Self::Mainnet { l1_leaf, .. } | Self::Rollup { l1_leaf, .. } => l1_leaf,
        }
    }

    /// The path to the L1 info root.
    pub const fn proof_ger_l1root(&self) -> &ClaimProof<L1InfoRoot> {
        match self {
            Self::Mainnet { proof_ger_l1root, .. } | Self::Rollup { proof_ger_l1root, .. } => {
                proof_ger_l1root
            }
        }
    }

    /// The claim's part of a certificate id.
    pub fn hash(&self) -> B256 {
        match self {
            Self::Mainnet {
                proof_leaf_mer,
                proof_ger_l1root,
                l1_leaf,
            } => keccak256([proof_leaf_mer.hash(), proof_ger_l1root.hash(), l1_leaf.hash()].concat()),
            Self::Rollup {
                proof_leaf_ler,
                proof_ler_rer,
                proof_ger_l1root,
                l1_leaf,
            } => keccak256(
                [
                    proof_leaf_ler.hash(),
                    proof_ler_rer.hash(),
                    proof_ger_l1root.hash(),
                    l1_leaf.hash(),
                ]
                .concat(),
            ),
        }
    }
}
