//! Append-only trees of 32 levels that keep only what appending needs: one node for each bit of the count.

use std::fmt::Debug;

use crate::error::LedgerError;
use crate::stored::{Stored, StoredError, Stream};
use crate::tree::TreeKind;

/// Levels of every append-only tree.
pub const APPEND_DEPTH: usize = 32;

/// The nodes left of where the next leaf goes. A slot whose bit in the count is zero holds the empty leaf: LxLy's
/// contracts leave stale nodes there, which no root reads.
pub struct Frontier<K: TreeKind> {
    count: u32,
    branch: Box<[K::Digest; APPEND_DEPTH]>,
}

impl<K: TreeKind> Frontier<K> {
    /// Of no leaf.
    pub fn new() -> Self {
        Self {
            count: 0,
            branch: Box::new([K::empty()[0]; APPEND_DEPTH]),
        }
    }

    /// From a count and a branch as a contract stores them, stale slots included.
    pub fn from_parts(count: u32, branch: [K::Digest; APPEND_DEPTH]) -> Self {
        let mut frontier = Self::new();
        frontier.count = count;
        for (height, node) in branch.into_iter().enumerate() {
            if count >> height & 1 == 1 {
                frontier.branch[height] = node;
            }
        }
        frontier
    }

    /// How many leaves there are.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// The nodes, by height.
    pub const fn branch(&self) -> &[K::Digest; APPEND_DEPTH] {
        &self.branch
    }

    /// Appends a leaf and says where.
    ///
    /// # Errors
    /// [`LedgerError::TreeFull`] after 2^32 - 1 leaves.
    pub fn append(&mut self, leaf: K::Digest) -> Result<u32, LedgerError> {
        let index = self.count;
        self.count = index.checked_add(1).ok_or(LedgerError::TreeFull)?;
        let mut node = leaf;
        // The bits that carry are full subtrees: they and the new leaf become one.
        let carries = index.trailing_ones() as usize;
        for slot in &mut self.branch[..carries] {
            node = K::node(*slot, node);
            *slot = K::empty()[0];
        }
        self.branch[carries] = node;
        Ok(index)
    }

    /// The root.
    pub fn root(&self) -> K::Digest {
        let empty = K::empty();
        self.branch
            .iter()
            .enumerate()
            .fold(empty[0], |node, (height, &slot)| {
                if self.count >> height & 1 == 1 {
                    K::node(slot, node)
                } else {
                    K::node(node, empty[height])
                }
            })
    }
}

impl<K: TreeKind<Digest: Stored>> Stored for Frontier<K> {
    fn store(&self, to: &mut Vec<u8>) {
        self.count.store(to);
        self.branch.iter().for_each(|node| node.store(to));
    }

    fn restore(from: &mut Stream<'_>) -> Result<Self, StoredError> {
        let count = u32::restore(from)?;
        let mut branch = [K::empty()[0]; APPEND_DEPTH];
        for node in &mut branch {
            *node = K::Digest::restore(from)?;
        }
        Ok(Self::from_parts(count, branch))
    }
}

impl<K: TreeKind> Default for Frontier<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: TreeKind> Clone for Frontier<K> {
    fn clone(&self) -> Self {
        Self {
            count: self.count,
            branch: self.branch.clone(),
        }
    }
}

impl<K: TreeKind> Debug for Frontier<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Frontier")
            .field("count", &self.count)
            .field("root", &self.root())
            .finish_non_exhaustive()
    }
}

impl<K: TreeKind> PartialEq for Frontier<K> {
    fn eq(&self, other: &Self) -> bool {
        self.count == other.count && self.branch == other.branch
    }
}

impl<K: TreeKind> Eq for Frontier<K> {}
