//! Paths in trees of Poseidon.

use causeway_aggregation::{D, F};
use causeway_ledger::Domain;
use causeway_ledger::poseidon::{BALANCE_NODE, EXIT_NODE, GLOBAL_NODE, HISTORY_NODE, NULLIFIER_NODE};
use causeway_types::GoldilocksDigest;
use plonky2::field::types::Field;
use plonky2::hash::hash_types::HashOut;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::message::{tag, tagged_node};
use super::word::DigestTarget;

/// A kind of tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TreeTarget {
    /// Shadow exit trees.
    Shadow,
    /// Balance trees.
    Balances,
    /// Nullifier trees.
    Nullifiers,
    /// History trees.
    History,
    /// The global tree.
    Global,
}

impl TreeTarget {
    /// Levels below the root.
    pub const fn depth(self) -> usize {
        match self {
            Self::Nullifiers => 64,
            Self::Shadow | Self::Balances | Self::History | Self::Global => 32,
        }
    }

    /// What the hash of its nodes is told that it is for.
    pub(crate) fn tag(self, builder: &mut CircuitBuilder<F, D>) -> Target {
        tag(builder, self.domain())
    }

    const fn domain(self) -> Domain {
        match self {
            Self::Shadow => EXIT_NODE,
            Self::Balances => BALANCE_NODE,
            Self::Nullifiers => NULLIFIER_NODE,
            Self::History => HISTORY_NODE,
            Self::Global => GLOBAL_NODE,
        }
    }
}

/// Where siblings lead from a leaf in a tree of this tag, level by level.
pub(crate) fn climb(
    builder: &mut CircuitBuilder<F, D>,
    tag: Target,
    leaf: DigestTarget,
    siblings: &[DigestTarget],
    index: &[BoolTarget],
) -> DigestTarget {
    let steps = index.iter().zip(siblings);
    steps.fold(leaf, |below, (&right, &sibling)| {
        tagged_node(builder, tag, below, sibling, right)
    })
}

/// The siblings on the way to a root, the leaf's own first: the prover's word until a root that they lead to is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathTarget {
    tree: TreeTarget,
    siblings: Vec<DigestTarget>,
}

impl PathTarget {
    /// A witness.
    pub fn new(builder: &mut CircuitBuilder<F, D>, tree: TreeTarget) -> Self {
        Self {
            tree,
            siblings: builder.add_virtual_hashes(tree.depth()),
        }
    }

    /// The siblings.
    pub fn siblings(&self) -> &[DigestTarget] {
        &self.siblings
    }

    /// Where the path leads from a leaf whose index has these bits, the lowest first: a row for each level.
    ///
    /// # Panics
    /// While a circuit is built, if the index has more or fewer bits than the tree has levels.
    pub fn root(
        &self,
        builder: &mut CircuitBuilder<F, D>,
        leaf: DigestTarget,
        index: &[BoolTarget],
    ) -> DigestTarget {
        assert_eq!(
            index.len(),
            self.siblings.len(),
            "an index has a bit for each level"
        );
        let tag = self.tree.tag(builder);
        climb(builder, tag, leaf, &self.siblings, index)
    }

    /// Fills the witness; `None` if it has other values, or there are more or fewer siblings.
    pub fn set(&self, witness: &mut PartialWitness<F>, siblings: &[GoldilocksDigest]) -> Option<()> {
        if siblings.len() != self.siblings.len() {
            return None;
        }
        for (&target, sibling) in self.siblings.iter().zip(siblings) {
            let elements = sibling.words().map(F::from_canonical_u64);
            witness.set_hash_target(target, HashOut { elements }).ok()?;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use causeway_ledger::ShadowTree;
    use causeway_ledger::poseidon::EXIT;

    use super::*;
    use crate::targets::testing::{Gadget, words};
    use crate::targets::word::U32Target;

    #[test]
    fn a_path_leads_where_the_ledgers_does() {
        let mut tree = ShadowTree::new();
        let leaves: Vec<_> = (0..5)
            .map(|leaf| EXIT.hash(&[F::from_canonical_u32(leaf)]))
            .collect();
        tree.extend(&leaves).unwrap();
        let gadget = Gadget::new(|builder| {
            let leaf = builder.add_virtual_hash();
            let index = U32Target::new(builder);
            let bits = index.bits(builder);
            let path = PathTarget::new(builder, TreeTarget::Shadow);
            let root = path.root(builder, leaf, &bits);
            let siblings: Vec<_> = path
                .siblings()
                .iter()
                .flat_map(|sibling| sibling.elements)
                .collect();
            [&leaf.elements[..], &[index.target()], &siblings, &root.elements].concat()
        });
        for index in [0, 3, 4] {
            let siblings: Vec<u64> = tree
                .path(index)
                .siblings()
                .iter()
                .flat_map(|&sibling| words(sibling))
                .collect();
            let leaf = words(leaves[index as usize]);
            let values = [&leaf[..], &[index.into()], &siblings, &words(tree.root())].concat();
            assert!(gadget.holds(&values), "{index}");
            // Any other leaf, index, sibling or root.
            for at in [0, 3, 4, 5, 8, 131, 132, 133, 136] {
                let mut other = values.clone();
                other[at] += 1;
                assert!(!gadget.holds(&other), "{index}: {at}");
            }
        }
    }
}
