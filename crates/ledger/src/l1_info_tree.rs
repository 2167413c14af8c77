//! LxLy's L1 info tree: one leaf for each new global exit root.

use causeway_types::{L1InfoLeafInner, L1InfoRoot, MerkleProof};

use crate::error::LedgerError;
use crate::exit_tree::{Keccak, merkle_proof};
use crate::tree::Tree;

/// The tree with all its leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct L1InfoTree {
    count: u32,
    tree: Tree<Keccak>,
}

impl L1InfoTree {
    /// Of no entry.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many leaves there are.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Appends a leaf and says where.
    ///
    /// # Errors
    /// [`LedgerError::TreeFull`] after 2^32 - 1 leaves.
    pub fn append(&mut self, leaf: &L1InfoLeafInner) -> Result<u32, LedgerError> {
        let index = self.count;
        self.count = index.checked_add(1).ok_or(LedgerError::TreeFull)?;
        self.tree.set(index.into(), leaf.hash());
        Ok(index)
    }

    /// The root.
    pub fn root(&self) -> L1InfoRoot {
        L1InfoRoot::new(self.tree.root())
    }

    /// The root when there were `count` leaves.
    pub fn root_at(&self, count: u32) -> L1InfoRoot {
        L1InfoRoot::new(self.tree.prefix_root(count.into()))
    }

    /// The path of a leaf.
    pub fn proof(&self, index: u32) -> MerkleProof {
        merkle_proof(&self.tree.path(index.into()))
    }
}
