//! The tree of all networks' exit roots: leaf i is that of network i + 1, zero while it has no exit.

use alloy_primitives::B256;
use causeway_types::{MerkleProof, RollupExitRoot, RollupIndex};

use crate::exit_tree::{ExitFrontier, Keccak, merkle_proof};
use crate::tree::Tree;

/// The tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RollupExitTree(Tree<Keccak>);

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
        self.set_many(&[(index, exits)]);
    }

    /// Puts many networks' exits at their places, given in ascending order of the indices.
    pub fn set_many(&mut self, networks: &[(RollupIndex, &ExitFrontier)]) {
        let leaves = networks.iter();
        let leaves: Vec<_> = leaves
            .map(|(index, exits)| (u64::from(index.get()), exits.rollup_leaf()))
            .collect();
        self.0.set_many(&leaves);
    }

    /// The path of a network's exit root.
    pub fn proof(&self, index: RollupIndex) -> MerkleProof {
        merkle_proof(&self.0.path(index.get().into()))
    }
}
