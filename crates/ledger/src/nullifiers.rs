//! The nullifier tree: which exits a network has imported.

use std::sync::OnceLock;

use causeway_types::{GlobalIndex, GoldilocksDigest};

use crate::poseidon::NULLIFIER_NODE;
use crate::stored::{Stored, StoredError, Stream};
use crate::tree::{Tree, TreeKind, empty_digests, path_root};

/// Nullifier trees.
#[derive(Clone, Copy, Debug)]
pub enum Nullifiers {}

impl TreeKind for Nullifiers {
    type Digest = GoldilocksDigest;
    type Leaf = ();

    const DEPTH: u32 = 64;

    fn leaf((): &()) -> GoldilocksDigest {
        imported_leaf()
    }

    fn node(left: GoldilocksDigest, right: GoldilocksDigest) -> GoldilocksDigest {
        NULLIFIER_NODE.node(left, right)
    }

    fn empty() -> &'static [GoldilocksDigest] {
        static EMPTY: OnceLock<Vec<GoldilocksDigest>> = OnceLock::new();
        EMPTY.get_or_init(|| empty_digests::<Self>(GoldilocksDigest::ZERO))
    }
}

/// The leaf of an imported exit: the elements 1, 0, 0, 0. Which exit it is is its place.
pub fn imported_leaf() -> GoldilocksDigest {
    GoldilocksDigest::reduced([1, 0, 0, 0])
}

/// An exit's place: source network in the upper 32 bits, leaf index in the lower.
pub fn nullifier_key(index: GlobalIndex) -> u64 {
    u64::from(index.source().get()) << 32 | u64::from(index.leaf_index())
}

/// The exits that one network has imported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NullifierTree(Tree<Nullifiers>);

impl Stored for NullifierTree {
    fn store(&self, to: &mut Vec<u8>) {
        self.0.store(to);
    }

    fn restore(from: &mut Stream<'_>) -> Result<Self, StoredError> {
        Ok(Self(Tree::restore(from)?))
    }
}

impl NullifierTree {
    /// Of no exit.
    pub fn new() -> Self {
        Self::default()
    }

    /// The root.
    pub fn root(&self) -> GoldilocksDigest {
        self.0.root()
    }

    /// Whether an exit was imported.
    pub fn contains(&self, index: GlobalIndex) -> bool {
        self.0.get(nullifier_key(index)).is_some()
    }

    /// The 64 siblings of an exit's place, its own first.
    pub fn path(&self, index: GlobalIndex) -> Vec<GoldilocksDigest> {
        self.0.path(nullifier_key(index))
    }

    /// Marks exits as imported, in any order.
    pub fn insert(&mut self, indices: impl IntoIterator<Item = GlobalIndex>) {
        let mut leaves: Vec<_> = indices
            .into_iter()
            .map(|index| (nullifier_key(index), ()))
            .collect();
        leaves.sort_unstable();
        self.0.set_many(&leaves);
    }
}

/// Follows one import as a circuit does: the root after it, or nothing if the path does not show an empty place under the
/// given root.
pub fn nullify(
    index: GlobalIndex,
    path: &[GoldilocksDigest],
    root: GoldilocksDigest,
) -> Option<GoldilocksDigest> {
    let key = nullifier_key(index);
    let empty = path_root::<Nullifiers>(GoldilocksDigest::ZERO, key, path);
    (empty == root).then(|| path_root::<Nullifiers>(imported_leaf(), key, path))
}
