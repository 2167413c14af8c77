//! The tree of all networks' exit roots: leaf i is that of network i + 1, zero while it has no exit.

use alloy_primitives::B256;
use causeway_types::{ExitRoot, MerkleProof, RollupExitRoot, RollupIndex};

use crate::exit_tree::{ExitFrontier, Keccak, merkle_proof};
use crate::stored::{Stored, StoredError, Stream};
use crate::tree::{Tree, path_root};

/// The tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RollupExitTree(Tree<Keccak>);

impl Stored for RollupExitTree {
    fn store(&self, to: &mut Vec<u8>) {
        self.0.store(to);
    }

    fn restore(from: &mut Stream<'_>) -> Result<Self, StoredError> {
        Ok(Self(Tree::restore(from)?))
    }
}

impl RollupExitTree {
    /// Of networks without exits.
    pub fn new() -> Self {
        Self::default()
    }

    /// The root.
    pub fn root(&self) -> RollupExitRoot {
        RollupExitRoot::new(self.0.root())
    }

    /// What is at a network's place.
    pub fn leaf(&self, index: RollupIndex) -> B256 {
        self.0.get(index.get().into()).copied().unwrap_or(B256::ZERO)
    }

    /// Puts a network's exits at its place.
    pub fn set(&mut self, index: RollupIndex, exits: &ExitFrontier) {
        self.set_many(&[(index, exits.rollup_leaf())]);
    }

    /// Puts leaves at many networks' places, given in ascending order of the indices.
    pub fn set_many(&mut self, leaves: &[(RollupIndex, B256)]) {
        let leaves = leaves.iter();
        let leaves: Vec<_> = leaves
            .map(|&(index, leaf)| (u64::from(index.get()), leaf))
            .collect();
        self.0.set_many(&leaves);
    }

    /// The path of a network's exit root.
    pub fn proof(&self, index: RollupIndex) -> MerkleProof {
        merkle_proof(&self.0.path(index.get().into()))
    }

    /// The node above the first 2^height leaves.
    pub fn node(&self, height: u32) -> B256 {
        let leaf = self.0.get(0).copied().unwrap_or(B256::ZERO);
        let below: Vec<_> = self.0.path(0).into_iter().take(height as usize).collect();
        path_root::<Keccak>(leaf, 0, &below)
    }

    /// The siblings of that node, its own first.
    pub fn node_path(&self, height: u32) -> Vec<B256> {
        self.0.path(0).into_iter().skip(height as usize).collect()
    }
}

/// What the tree holds for a network with these exits: zero while there is none.
pub fn rollup_leaf(exit_count: u32, exit_root: ExitRoot) -> B256 {
    match exit_count {
        0 => B256::ZERO,
        _ => exit_root.get(),
    }
}
