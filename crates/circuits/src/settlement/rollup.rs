//! The rollup exit tree: an epoch threads one node of it, below which is all that changes.
//!
//! The old and the new node climb together. A network's certificate takes them from its leaf to the threaded node, the end of the
//! epoch takes them from there to the root; together that is fewer hashes than a way to the root for each network.

use alloy_primitives::B256;
use causeway_aggregation::{D, F};
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::run::set_limbs;
use crate::keccak::{DIGEST_LIMBS, DigestTarget as KeccakTarget, Entry, ListTarget, hash_pair_if};
use crate::recursion::{falls, select};

/// Levels of the tree.
pub const LEVELS: usize = 32;

/// Takes old and new node as many levels up as there are siblings; on each level the entry of the old one comes first.
pub fn climb(nodes: [B256; 2], index: u64, siblings: &[B256]) -> (Vec<Entry>, [B256; 2]) {
    let mut entries = Vec::with_capacity(2 * siblings.len());
    let above = siblings
        .iter()
        .enumerate()
        .fold(nodes, |nodes, (level, sibling)| {
            nodes.map(|node| {
                let pair = if index >> level & 1 == 1 {
                    [*sibling, node]
                } else {
                    [node, *sibling]
                };
                let (entry, above) = Entry::of_message(pair.map(|half| half.0).as_flattened());
                entries.extend(entry);
                B256::new(above)
            })
        });
    (entries, above)
}

/// A height of up to 32 levels: a flag for each, set below the height.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeightTarget(Vec<BoolTarget>);

impl HeightTarget {
    /// The flags of a height, which is constrained thereby.
    pub fn new(builder: &mut CircuitBuilder<F, D>, height: Target) -> Self {
        let below: Vec<BoolTarget> = (0..LEVELS)
            .map(|_| builder.add_virtual_bool_target_safe())
            .collect();
        for flags in below.windows(2) {
            falls(builder, flags[0], flags[1]);
        }
        let sum = builder.add_many(below.iter().map(|below| below.target));
        builder.connect(sum, height);
        Self(below)
    }

    /// The flags, the lowest level's first.
    pub fn below(&self) -> &[BoolTarget] {
        &self.0
    }

    /// Fills the witness; `None` if it has other values.
    pub fn set(&self, witness: &mut PartialWitness<F>, height: u8) -> Option<()> {
        let mut flags = (0..).zip(&self.0);
        flags.try_for_each(|(level, &below)| witness.set_bool_target(below, level < height).ok())
    }
}

/// One level of a climb.
#[derive(Clone, Debug)]
pub struct LevelTarget {
    /// Whether the way goes through it.
    pub taken: BoolTarget,
    /// Whether the node is the right one of its pair.
    pub right: BoolTarget,
    /// The other one of the pair.
    pub sibling: KeccakTarget,
}

impl LevelTarget {
    /// Fills the sibling, zeros where there is none; `None` if it has another value.
    pub fn set_sibling(&self, witness: &mut PartialWitness<F>, sibling: Option<&B256>) -> Option<()> {
        set_limbs(witness, &self.sibling, sibling.copied().unwrap_or(B256::ZERO))
    }

    /// The node above.
    fn above(
        &self,
        builder: &mut CircuitBuilder<F, D>,
        list: &mut ListTarget,
        appended: BoolTarget,
        node: KeccakTarget,
    ) -> KeccakTarget {
        let left = select(builder, self.right, self.sibling, node);
        // What is not to the left is to the right.
        let right: [Target; DIGEST_LIMBS] = std::array::from_fn(|i| {
            let both = builder.add(node[i], self.sibling[i]);
            builder.sub(both, left[i])
        });
        let above = hash_pair_if(builder, list, appended, left, right);
        select(builder, self.taken, above, node)
    }
}

/// [`climb`] in a circuit: through the levels that are taken, appending to the list only where `appended` is set too. Where it is
/// not, nothing shows that the nodes above are right.
pub fn climb_target(
    builder: &mut CircuitBuilder<F, D>,
    list: &mut ListTarget,
    appended: BoolTarget,
    nodes: [KeccakTarget; 2],
    levels: &[LevelTarget],
) -> [KeccakTarget; 2] {
    levels.iter().fold(nodes, |nodes, level| {
        let appended = builder.and(level.taken, appended);
        nodes.map(|node| level.above(builder, list, appended, node))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::targets::testing::Gadget;

    #[test]
    fn a_height_has_but_one_row_of_flags() {
        let gadget = Gadget::new(|builder| {
            let height = builder.add_virtual_target();
            let flags = HeightTarget::new(builder, height);
            let below = flags.below().iter().map(|below| below.target);
            std::iter::once(height).chain(below).collect()
        });
        let flags = |height: usize| -> Vec<u64> {
            let below = (0..LEVELS).map(|level| u64::from(level < height));
            std::iter::once(height as u64).chain(below).collect()
        };
        for height in [0, 1, 3, 31, 32] {
            gadget.holds_alone(&flags(height));
        }
        // As many, but not the lowest; flags that are none; more levels than there are.
        let mut gap = flags(3);
        gap.swap(3, 4);
        assert!(!gadget.holds(&gap));
        let mut twice = flags(3);
        (twice[1], twice[2]) = (2, 0);
        assert!(!gadget.holds(&twice));
        let mut higher = flags(32);
        higher[0] = 33;
        assert!(!gadget.holds(&higher));
    }
}
