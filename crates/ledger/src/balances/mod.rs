//! The balance tree: an indexed Merkle tree. Leaves are linked in the order of the whole token id, so that a leaf and its
//! successor prove that nothing is between them, and no two tokens can meet in one place.

#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use alloy_primitives::U256;
use causeway_types::{GoldilocksDigest, TokenId};

use crate::error::LedgerError;
use crate::map::Map;
use crate::poseidon::{BALANCE, BALANCE_NODE, BALANCE_ROOT, Message};
use crate::stored::{Stored, StoredError, Stream};
use crate::tree::{Tree, TreeKind, empty_digests, path_root};

/// Balance trees.
#[derive(Clone, Copy, Debug)]
pub enum Balances {}

/// A leaf. L1's ETH is the least of all tokens and is leaf 0 of every tree; being nobody's successor, it stands for "none"
/// as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BalanceLeaf {
    /// The token.
    pub token: TokenId,
    /// How much of it the network holds.
    pub balance: U256,
    /// The next token in order, [`TokenId::ETH`] if there is none.
    pub next: TokenId,
}

impl BalanceLeaf {
    /// The leaf's digest.
    pub fn hash(&self) -> GoldilocksDigest {
        Message::new()
            .token(self.token)
            .u256(self.balance)
            .token(self.next)
            .hash(BALANCE)
    }

    /// Whether the leaf shows that a token has none: it lies between this one and its successor.
    pub fn excludes(&self, token: TokenId) -> bool {
        self.token < token && (token < self.next || self.next == TokenId::ETH)
    }
}

impl TreeKind for Balances {
    type Digest = GoldilocksDigest;
    type Leaf = BalanceLeaf;

    const DEPTH: u32 = 32;

    fn leaf(leaf: &BalanceLeaf) -> GoldilocksDigest {
        leaf.hash()
    }

    fn node(left: GoldilocksDigest, right: GoldilocksDigest) -> GoldilocksDigest {
        BALANCE_NODE.node(left, right)
    }

    fn empty() -> &'static [GoldilocksDigest] {
        static EMPTY: OnceLock<Vec<GoldilocksDigest>> = OnceLock::new();
        EMPTY.get_or_init(|| empty_digests::<Self>(GoldilocksDigest::ZERO))
    }
}

/// The tree's root and its number of leaves in one: where the next token goes is no prover's choice.
pub fn balance_root(count: u32, tree: GoldilocksDigest) -> GoldilocksDigest {
    Message::new().u32(count).digest(tree).hash(BALANCE_ROOT)
}

/// Balances of one network.
#[derive(Clone, Debug)]
pub struct BalanceTree {
    count: u32,
    tree: Tree<Balances>,
    indices: Map<TokenId, u32>,
}

/// How one balance was replaced, for a circuit to follow. Paths have 32 siblings, the leaf's own first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BalanceAccess {
    /// The token had a leaf.
    Present {
        /// Where.
        index: u32,
        /// The leaf before.
        leaf: BalanceLeaf,
        /// Its path.
        path: Vec<GoldilocksDigest>,
    },
    /// The token had none and got the next place; its predecessor now points to it.
    Absent {
        /// Where the predecessor is.
        low_index: u32,
        /// The predecessor before.
        low: BalanceLeaf,
        /// Its path before.
        low_path: Vec<GoldilocksDigest>,
        /// Path of the new place, once the predecessor was changed.
        path: Vec<GoldilocksDigest>,
    },
}

impl BalanceTree {
    /// Of a network that holds nothing.
    pub fn new() -> Self {
        let mut new = Self {
            count: 0,
            tree: Tree::new(),
            indices: Map::new(),
        };
        new.push(BalanceLeaf {
            token: TokenId::ETH,
            balance: U256::ZERO,
            next: TokenId::ETH,
        });
        new
    }

    /// How many tokens have leaves.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// The root, count included.
    pub fn root(&self) -> GoldilocksDigest {
        balance_root(self.count, self.tree.root())
    }

    /// Root of the Merkle tree alone.
    pub fn tree_root(&self) -> GoldilocksDigest {
        self.tree.root()
    }

    /// How much the network holds of a token.
    pub fn get(&self, token: TokenId) -> U256 {
        let index = self.indices.get(token);
        let leaf = index.and_then(|&index| self.tree.get(index.into()));
        leaf.map_or(U256::ZERO, |leaf| leaf.balance)
    }

    /// All leaves, in the order of their tokens.
    pub fn iter(&self) -> impl Iterator<Item = &BalanceLeaf> {
        self.indices
            .iter()
            .filter_map(|(_, &index)| self.tree.get(index.into()))
    }

    /// Replaces a balance; the token gets a leaf if it has none.
    ///
    /// # Errors
    /// [`LedgerError::TreeFull`] if there is no room for another token.
    pub fn set(&mut self, token: TokenId, balance: U256) -> Result<BalanceAccess, LedgerError> {
        let lookup =
            |index: Option<&u32>| index.and_then(|&index| Some((index, *self.tree.get(index.into())?)));
        if let Some((index, leaf)) = lookup(self.indices.get(token)) {
            let path = self.tree.path(index.into());
            self.tree.set(index.into(), BalanceLeaf { balance, ..leaf });
            return Ok(BalanceAccess::Present { index, leaf, path });
        }
        // ETH has a leaf and is below every other token: there is a predecessor.
        let (low_index, low) = lookup(self.indices.below(token)).ok_or(LedgerError::TreeFull)?;
        if self.count == u32::MAX {
            return Err(LedgerError::TreeFull);
        }
        let low_path = self.tree.path(low_index.into());
        self.tree
            .set(low_index.into(), BalanceLeaf { next: token, ..low });
        let path = self.tree.path(self.count.into());
        self.push(BalanceLeaf {
            token,
            balance,
            next: low.next,
        });
        Ok(BalanceAccess::Absent {
            low_index,
            low,
            low_path,
            path,
        })
    }

    /// One that takes no more tokens.
    #[cfg(test)]
    pub(crate) fn full() -> Self {
        Self {
            count: u32::MAX,
            ..Self::new()
        }
    }

    fn push(&mut self, leaf: BalanceLeaf) {
        self.tree.set(self.count.into(), leaf);
        self.indices.insert(leaf.token, self.count);
        self.count += 1;
    }
}

impl Stored for BalanceTree {
    fn store(&self, to: &mut Vec<u8>) {
        self.count.store(to);
        self.tree.store(to);
    }

    fn restore(from: &mut Stream<'_>) -> Result<Self, StoredError> {
        let (count, tree) = <(u32, Tree<Balances>)>::restore(from)?;
        let mut indices = Map::new();
        for index in 0..count {
            let leaf = tree.get(index.into());
            let leaf = leaf.ok_or(StoredError::Malformed { what: "balance tree" })?;
            indices.insert(leaf.token, index);
        }
        Ok(Self { count, tree, indices })
    }
}

impl Default for BalanceTree {
    fn default() -> Self {
        Self::new()
    }
}

/// Two are equal if their roots are.
impl PartialEq for BalanceTree {
    fn eq(&self, other: &Self) -> bool {
        self.root() == other.root()
    }
}

impl Eq for BalanceTree {}

impl BalanceAccess {
    /// The balance before.
    pub const fn initial(&self) -> U256 {
        match self {
            Self::Present { leaf, .. } => leaf.balance,
            Self::Absent { .. } => U256::ZERO,
        }
    }

    /// Follows the replacement as a circuit does, from nothing but this opening: the count and the tree's root after it,
    /// or nothing if it does not start from the given ones.
    pub fn follow(
        &self,
        token: TokenId,
        balance: U256,
        count: u32,
        root: GoldilocksDigest,
    ) -> Option<(u32, GoldilocksDigest)> {
        let up = |leaf: &BalanceLeaf, index: u32, path: &[_]| {
            path_root::<Balances>(leaf.hash(), index.into(), path)
        };
        match self {
            Self::Present { index, leaf, path } => {
                let starts = leaf.token == token && up(leaf, *index, path) == root;
                starts.then(|| (count, up(&BalanceLeaf { balance, ..*leaf }, *index, path)))
            }
            Self::Absent {
                low_index,
                low,
                low_path,
                path,
            } => {
                if !low.excludes(token) || up(low, *low_index, low_path) != root {
                    return None;
                }
                let linked = up(&BalanceLeaf { next: token, ..*low }, *low_index, low_path);
                let empty = path_root::<Balances>(GoldilocksDigest::ZERO, count.into(), path);
                let leaf = BalanceLeaf {
                    token,
                    balance,
                    next: low.next,
                };
                let count = (empty == linked).then_some(count)?;
                Some((count.checked_add(1)?, up(&leaf, count, path)))
            }
        }
    }
}
