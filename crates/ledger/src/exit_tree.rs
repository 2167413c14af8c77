//! LxLy's exit tree: keccak, 32 levels, empty leaves of 32 zero bytes.

use std::sync::OnceLock;

use alloy_primitives::B256;
use causeway_types::{ExitRoot, GoldilocksDigest, MerkleProof, TREE_DEPTH, hash_pair};

use crate::error::LedgerError;
use crate::frontier::Frontier;
use crate::poseidon::{FRONTIER, Message};
use crate::rollup_exit_tree::rollup_leaf;
use crate::stored::{Stored, StoredError, Stream};
use crate::tree::{Tree, TreeKind, empty_digests};

/// Keccak trees of 32 levels whose leaves are hashes already.
#[derive(Clone, Copy, Debug)]
pub enum Keccak {}

impl TreeKind for Keccak {
    type Digest = B256;
    type Leaf = B256;

    const DEPTH: u32 = TREE_DEPTH as u32;

    fn leaf(leaf: &B256) -> B256 {
        *leaf
    }

    fn node(left: B256, right: B256) -> B256 {
        hash_pair(left, right)
    }

    fn empty() -> &'static [B256] {
        static EMPTY: OnceLock<Vec<B256>> = OnceLock::new();
        EMPTY.get_or_init(|| empty_digests::<Self>(B256::ZERO))
    }
}

/// An exit tree as settlement keeps it: appendable, without its leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExitFrontier(Frontier<Keccak>);

impl Stored for ExitFrontier {
    fn store(&self, to: &mut Vec<u8>) {
        self.0.store(to);
    }

    fn restore(from: &mut Stream<'_>) -> Result<Self, StoredError> {
        Ok(Self(Frontier::restore(from)?))
    }
}

impl ExitFrontier {
    /// Of no exit.
    pub fn new() -> Self {
        Self::default()
    }

    /// From a count and a branch as a bridge contract stores them.
    pub fn from_parts(count: u32, branch: [B256; TREE_DEPTH]) -> Self {
        Self(Frontier::from_parts(count, branch))
    }

    /// How many exits there are. A root does not fix this: trailing empty leaves leave it unchanged.
    pub const fn count(&self) -> u32 {
        self.0.count()
    }

    /// The nodes by height; a slot whose bit in the count is zero is zero.
    pub const fn branch(&self) -> &[B256; TREE_DEPTH] {
        self.0.branch()
    }

    /// Appends the leaf of an exit and says where.
    ///
    /// # Errors
    /// [`LedgerError::TreeFull`] after 2^32 - 1 exits.
    pub fn append(&mut self, leaf: B256) -> Result<u32, LedgerError> {
        self.0.append(leaf)
    }

    /// The root.
    pub fn root(&self) -> ExitRoot {
        ExitRoot::new(self.0.root())
    }

    /// The digest under which circuits find the nodes: the count, then every node from the lowest, 257 words.
    ///
    /// A root would not do: to open the nodes under it costs a hash of keccak for each level, these cost none. The nodes are
    /// cut as Keccak cuts them, since circuits have them so.
    pub fn digest(&self) -> GoldilocksDigest {
        let counted = Message::new().u32(self.count());
        let nodes = self.branch().iter();
        nodes
            .fold(counted, |message, &node| message.keccak_digest(node))
            .hash(FRONTIER)
    }

    /// What the rollup exit tree holds for a network with this tree: zero while there is no exit.
    pub fn rollup_leaf(&self) -> B256 {
        rollup_leaf(self.count(), self.root())
    }
}

/// An exit tree with all its leaves, for whoever opens it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExitTree {
    count: u32,
    tree: Tree<Keccak>,
}

impl ExitTree {
    /// Of no exit.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many exits there are.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Appends the leaf of an exit and says where.
    ///
    /// # Errors
    /// [`LedgerError::TreeFull`] after 2^32 - 1 exits.
    pub fn append(&mut self, leaf: B256) -> Result<u32, LedgerError> {
        let index = self.count;
        self.count = index.checked_add(1).ok_or(LedgerError::TreeFull)?;
        self.tree.set(index.into(), leaf);
        Ok(index)
    }

    /// The root.
    pub fn root(&self) -> ExitRoot {
        ExitRoot::new(self.tree.root())
    }

    /// The root after the first `count` exits.
    pub fn root_at(&self, count: u32) -> ExitRoot {
        ExitRoot::new(self.tree.prefix_root(count.into()))
    }

    /// The path of an exit.
    pub fn proof(&self, index: u32) -> MerkleProof {
        merkle_proof(&self.tree.path(index.into()))
    }

    /// The path of an exit to the root of the first `count` exits.
    pub fn proof_at(&self, index: u32, count: u32) -> MerkleProof {
        merkle_proof(&self.tree.prefix_path(index.into(), count.into()))
    }
}

/// The path of a leaf of a keccak tree.
pub(crate) fn merkle_proof(path: &[B256]) -> MerkleProof {
    let mut siblings = [B256::ZERO; TREE_DEPTH];
    siblings.copy_from_slice(path);
    MerkleProof::new(siblings)
}
