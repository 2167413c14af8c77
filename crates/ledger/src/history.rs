//! The history tree: one entry for each certificate, at its height, for other networks to point at.

use std::sync::OnceLock;

use causeway_types::{GoldilocksDigest, HistoryEntry};

use crate::error::LedgerError;
use crate::poseidon::{HISTORY, HISTORY_NODE, Message};
use crate::stored::stored_fields;
use crate::tree::{Tree, TreeKind, empty_digests};

/// History trees.
#[derive(Clone, Copy, Debug)]
pub enum History {}

impl TreeKind for History {
    type Digest = GoldilocksDigest;
    type Leaf = HistoryEntry;

    const DEPTH: u32 = 32;

    fn leaf(entry: &HistoryEntry) -> GoldilocksDigest {
        history_entry(entry)
    }

    fn node(left: GoldilocksDigest, right: GoldilocksDigest) -> GoldilocksDigest {
        HISTORY_NODE.node(left, right)
    }

    fn empty() -> &'static [GoldilocksDigest] {
        static EMPTY: OnceLock<Vec<GoldilocksDigest>> = OnceLock::new();
        EMPTY.get_or_init(|| empty_digests::<Self>(GoldilocksDigest::ZERO))
    }
}

/// Digest of an entry.
pub fn history_entry(entry: &HistoryEntry) -> GoldilocksDigest {
    Message::new()
        .u64(entry.height)
        .bytes32(entry.state_root)
        .digest(entry.shadow_root)
        .u32(entry.exit_count)
        .hash(HISTORY)
}

/// The entries of one network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryTree {
    count: u32,
    tree: Tree<History>,
}

stored_fields!(HistoryTree, count, tree);

impl HistoryTree {
    /// Of no certificate.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many entries there are: the height of the next one.
    pub const fn height(&self) -> u64 {
        self.count as u64
    }

    /// The root.
    pub fn root(&self) -> GoldilocksDigest {
        self.tree.root()
    }

    /// The entry of a height.
    pub fn get(&self, height: u64) -> Option<&HistoryEntry> {
        self.tree.get(u32::try_from(height).ok()?.into())
    }

    /// The 32 siblings of an entry, its own first.
    pub fn path(&self, height: u32) -> Vec<GoldilocksDigest> {
        self.tree.path(height.into())
    }

    /// The 32 siblings of where the next entry goes, its own first.
    pub fn next_path(&self) -> Vec<GoldilocksDigest> {
        self.path(self.count)
    }

    /// The first entry that covers an exit.
    pub fn covering(&self, leaf_index: u32) -> Option<&HistoryEntry> {
        let covers = |height: u64| {
            self.get(height)
                .is_some_and(|entry| entry.exit_count > leaf_index)
        };
        // By halving: counts do not decrease.
        let (mut low, mut high) = (0, self.height());
        while low < high {
            let middle = low + (high - low) / 2;
            (low, high) = if covers(middle) {
                (low, middle)
            } else {
                (middle + 1, high)
            };
        }
        self.get(low)
    }

    /// One that takes no more.
    #[cfg(test)]
    pub(crate) fn full() -> Self {
        Self {
            count: u32::MAX,
            ..Self::default()
        }
    }

    /// Appends the entry of the next height.
    ///
    /// # Errors
    /// [`LedgerError::HeightOverflow`] after 2^32 - 1 entries.
    pub(crate) fn append(&mut self, entry: HistoryEntry) -> Result<(), LedgerError> {
        let overflow = LedgerError::HeightOverflow { height: entry.height };
        let count = self.count.checked_add(1).ok_or(overflow)?;
        self.tree.set(self.count.into(), entry);
        self.count = count;
        Ok(())
    }
}
