//! Paths in LxLy's keccak trees.

use alloy_primitives::{B256, keccak256};
use serde::{Deserialize, Serialize};

/// Depth of every LxLy tree.
pub const TREE_DEPTH: usize = 32;

/// The node above two nodes: keccak of their 64 bytes.
pub fn hash_pair(left: B256, right: B256) -> B256 {
    let mut bytes = [0; 64];
    bytes[..32].copy_from_slice(left.as_slice());
    bytes[32..].copy_from_slice(right.as_slice());
    keccak256(bytes)
}

/// The 32 siblings of a leaf, from the leaf's own up to the one below the root.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MerkleProof {
    siblings: Box<[B256; TREE_DEPTH]>,
}

impl MerkleProof {
    /// A path of these siblings, the leaf's own first.
    pub fn new(siblings: [B256; TREE_DEPTH]) -> Self {
        Self {
            siblings: Box::new(siblings),
        }
    }

    /// The siblings, the leaf's own first.
    pub const fn siblings(&self) -> &[B256; TREE_DEPTH] {
        &self.siblings
    }

    /// The root above a leaf at an index.
    pub fn root(&self, leaf: B256, index: u32) -> B256 {
        self.siblings
            .iter()
            .enumerate()
            .fold(leaf, |node, (height, &sibling)| {
                if index >> height & 1 == 1 {
                    hash_pair(sibling, node)
                } else {
                    hash_pair(node, sibling)
                }
            })
    }
}
