//! Inclusion in a keccak tree of depth 32.

use alloy_primitives::{B256, keccak256};
use serde::{Deserialize, Serialize};

/// Levels between a leaf and the root of an exit tree, rollup exit tree or L1 info tree.
pub const DEPTH: usize = 32;

/// The 32 siblings of a leaf, lowest first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MerkleProof {
    siblings: [B256; DEPTH],
}

impl MerkleProof {
    /// The proof with these siblings.
    pub const fn new(siblings: [B256; DEPTH]) -> Self {
        Self { siblings }
    }

    /// The siblings, lowest first.
    pub const fn siblings(&self) -> &[B256; DEPTH] {
        &self.siblings
    }

    /// The root that `leaf` has at `index`: bit h of the index says on which side its ancestor of height h is.
    pub fn root(&self, leaf: B256, index: u32) -> B256 {
        self.siblings
            .iter()
            .enumerate()
            .fold(leaf, |node, (height, &sibling)| {
                if index >> height & 1 == 1 {
                    keccak256([sibling, node].concat())
                } else {
                    keccak256([node, sibling].concat())
                }
            })
    }
}
