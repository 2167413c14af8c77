//! The account tree: a sparse Poseidon tree of balances, natively and in a circuit.

use std::collections::BTreeMap;

use causeway_aggregation::domain::Domain;
use causeway_aggregation::{D, F};
use plonky2::field::types::Field;
use plonky2::hash::hash_types::{HashOut, HashOutTarget};
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::DEPTH;

const ACCOUNT: Domain = Domain::new("pay.acc");
const INNER: Domain = Domain::new("pay.inn");

/// Siblings of a leaf, lowest first.
pub(super) type Path = [HashOut<F>; DEPTH];
/// [`Path`] in a circuit.
pub(super) type PathTarget = [HashOutTarget; DEPTH];

/// The leaf of an account.
fn hash_account(balance: F) -> HashOut<F> {
    ACCOUNT.hash(&[balance])
}

fn hash_inner(left: HashOut<F>, right: HashOut<F>) -> HashOut<F> {
    INNER.hash(&[left.elements, right.elements].concat())
}

/// The root that an account's balance and path give.
#[cfg(test)]
pub(super) fn root(index: u32, balance: F, path: &Path) -> HashOut<F> {
    path.iter()
        .enumerate()
        .fold(hash_account(balance), |node, (level, &sibling)| {
            if index >> level & 1 == 1 {
                hash_inner(sibling, node)
            } else {
                hash_inner(node, sibling)
            }
        })
}

/// [`root`] in a circuit; the index is given by its bits, lowest first.
pub(super) fn root_target(
    builder: &mut CircuitBuilder<F, D>,
    index: &[BoolTarget],
    balance: Target,
    path: &PathTarget,
) -> HashOutTarget {
    let mut node = ACCOUNT.hash_target(builder, &[balance]);
    for (&bit, sibling) in index.iter().zip(path) {
        let mut message = Vec::with_capacity(8);
        for (left, right) in [(node, *sibling), (*sibling, node)] {
            let pairs = left.elements.into_iter().zip(right.elements);
            message.extend(pairs.map(|(straight, swapped)| builder.select(bit, swapped, straight)));
        }
        node = INNER.hash_target(builder, &message);
    }
    node
}

/// Balances by account index; absent ones are zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AccountTree {
    balances: BTreeMap<u32, u64>,
    /// Nodes that differ from those of an empty tree, by height and position.
    nodes: BTreeMap<(usize, u32), HashOut<F>>,
    /// Nodes of an empty tree, by height.
    empty: [HashOut<F>; DEPTH + 1],
}

impl AccountTree {
    /// The tree of zeros.
    pub(super) fn new() -> Self {
        let mut empty = [hash_account(F::ZERO); DEPTH + 1];
        for height in 1..=DEPTH {
            empty[height] = hash_inner(empty[height - 1], empty[height - 1]);
        }
        Self {
            balances: BTreeMap::new(),
            nodes: BTreeMap::new(),
            empty,
        }
    }

    /// The root.
    pub(super) fn root(&self) -> HashOut<F> {
        self.node(DEPTH, 0)
    }

    /// An account's balance.
    pub(super) fn balance(&self, index: u32) -> u64 {
        self.balances.get(&index).copied().unwrap_or(0)
    }

    /// All balances that were ever set.
    pub(super) const fn balances(&self) -> &BTreeMap<u32, u64> {
        &self.balances
    }

    /// Sets an account's balance.
    pub(super) fn set(&mut self, index: u32, balance: u64) {
        self.balances.insert(index, balance);
        self.set_leaf(index, F::from_canonical_u64(balance));
    }

    /// The tree with any field element as a balance, as only a forger would have it.
    #[cfg(test)]
    pub(super) fn with(&self, index: u32, balance: F) -> Self {
        let mut tree = self.clone();
        tree.set_leaf(index, balance);
        tree
    }

    fn set_leaf(&mut self, index: u32, balance: F) {
        let mut node = hash_account(balance);
        self.nodes.insert((0, index), node);
        for height in 1..=DEPTH {
            let position = index >> height;
            let children = [2 * position, 2 * position + 1].map(|child| self.node(height - 1, child));
            node = hash_inner(children[0], children[1]);
            self.nodes.insert((height, position), node);
        }
    }

    /// An account's path.
    pub(super) fn path(&self, index: u32) -> Path {
        std::array::from_fn(|height| self.node(height, index >> height ^ 1))
    }

    fn node(&self, height: usize, position: u32) -> HashOut<F> {
        self.nodes
            .get(&(height, position))
            .copied()
            .unwrap_or(self.empty[height])
    }
}
