//! The shadow exit tree: the leaves of an exit tree once more, over Poseidon, for circuits to open.

use std::sync::OnceLock;

use causeway_types::{Exit, GoldilocksDigest, ShadowPath, TREE_DEPTH};

use crate::error::LedgerError;
use crate::frontier::{APPEND_DEPTH, Frontier};
use crate::poseidon::{EXIT, EXIT_NODE, Message};
use crate::stored::stored_fields;
use crate::tree::{Tree, TreeKind, empty_digests, path_root};

/// Shadow exit trees.
#[derive(Clone, Copy, Debug)]
pub enum Shadow {}

impl TreeKind for Shadow {
    type Digest = GoldilocksDigest;
    type Leaf = GoldilocksDigest;

    const DEPTH: u32 = TREE_DEPTH as u32;

    fn leaf(leaf: &GoldilocksDigest) -> GoldilocksDigest {
        *leaf
    }

    fn node(left: GoldilocksDigest, right: GoldilocksDigest) -> GoldilocksDigest {
        EXIT_NODE.node(left, right)
    }

    fn empty() -> &'static [GoldilocksDigest] {
        static EMPTY: OnceLock<Vec<GoldilocksDigest>> = OnceLock::new();
        EMPTY.get_or_init(|| empty_digests::<Self>(GoldilocksDigest::ZERO))
    }
}

/// An exit's leaf in a shadow tree: Poseidon of its fields, 29 words.
pub fn shadow_leaf(exit: &Exit) -> GoldilocksDigest {
    Message::new()
        .u32(exit.leaf_type as u32)
        .token(exit.token)
        .u32(exit.destination_network.get())
        .address(exit.destination_address)
        .u256(exit.amount)
        .bytes32(exit.metadata_hash)
        .hash(EXIT)
}

/// Where a shadow path leads.
pub fn shadow_root(leaf: GoldilocksDigest, index: u32, path: &ShadowPath) -> GoldilocksDigest {
    path_root::<Shadow>(leaf, index.into(), path.siblings())
}

/// A shadow exit tree with all its leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShadowTree {
    count: u32,
    tree: Tree<Shadow>,
}

stored_fields!(ShadowTree, count, tree);

impl ShadowTree {
    /// Of no exit.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many exits there are.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// The root.
    pub fn root(&self) -> GoldilocksDigest {
        self.tree.root()
    }

    /// The root of the first `count` exits.
    pub fn root_at(&self, count: u32) -> GoldilocksDigest {
        self.tree.prefix_root(count.into())
    }

    /// The leaf at an index.
    pub fn leaf(&self, index: u32) -> Option<GoldilocksDigest> {
        self.tree.get(index.into()).copied()
    }

    /// The path of a leaf to the root.
    pub fn path(&self, index: u32) -> ShadowPath {
        shadow_path(&self.tree.path(index.into()))
    }

    /// The path of a leaf to the root of the first `count` exits, among which it is.
    pub fn path_at(&self, index: u32, count: u32) -> ShadowPath {
        shadow_path(&self.tree.prefix_path(index.into(), count.into()))
    }

    /// One with room for so many more, the others empty.
    #[cfg(test)]
    pub(crate) fn with_room(room: u32) -> Self {
        Self {
            count: u32::MAX - room,
            ..Self::default()
        }
    }

    /// Appends leaves.
    ///
    /// # Errors
    /// [`LedgerError::TreeFull`] if there would be more than 2^32 - 1.
    pub fn extend(&mut self, leaves: &[GoldilocksDigest]) -> Result<(), LedgerError> {
        let added = u32::try_from(leaves.len()).map_err(|_| LedgerError::TreeFull)?;
        let count = self.count.checked_add(added).ok_or(LedgerError::TreeFull)?;
        let leaves: Vec<_> = (u64::from(self.count)..).zip(leaves.iter().copied()).collect();
        self.tree.set_many(&leaves);
        self.count = count;
        Ok(())
    }

    /// What a circuit needs to append.
    pub fn frontier(&self) -> Frontier<Shadow> {
        let mut branch = [GoldilocksDigest::ZERO; APPEND_DEPTH];
        branch.copy_from_slice(&self.tree.path(self.count.into()));
        Frontier::from_parts(self.count, branch)
    }
}

fn shadow_path(path: &[GoldilocksDigest]) -> ShadowPath {
    let mut siblings = [GoldilocksDigest::ZERO; TREE_DEPTH];
    siblings.copy_from_slice(path);
    ShadowPath::new(siblings)
}
