//! Appending to trees of 32 levels of which only the frontier is known: one node for each bit of the count.
//!
//! Leaves are joined level by level. On a level the nodes that came up from below stand behind the frontier's node, if the count has
//! that bit: then they are shifted by one, pairs go up, and who is left without a neighbour is the frontier's new node.

use causeway_aggregation::{D, F};
use causeway_ledger::exit_tree::Keccak;
use causeway_ledger::frontier::APPEND_DEPTH;
use causeway_ledger::poseidon::{EXIT_NODE, FRONTIER};
use causeway_ledger::tree::TreeKind;
use causeway_types::GoldilocksDigest;
use plonky2::field::types::Field;
use plonky2::iop::target::{BoolTarget, Target};
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::message::{MessageTarget, node};
use super::word::{DigestTarget, U32Target};
use crate::keccak::{self, DIGEST_LIMBS, ListTarget, digest_limbs, hash_pair_if};
use crate::recursion::select;

/// Where some leaves go behind those that a tree has: what joins what on each level.
#[derive(Clone, Debug)]
pub struct AppendingTarget {
    levels: Vec<LevelTarget>,
}

/// One level: nodes in places 0, 1, 2, ..., the frontier's own the first where the count has this level's bit.
#[derive(Clone, Debug)]
struct LevelTarget {
    /// The count's bit.
    bit: BoolTarget,
    /// Whether places 2i and 2i + 1 are both taken: falls but once.
    pairs: Vec<BoolTarget>,
    /// Whether place 2i is taken and 2i + 1 is not.
    lone: Vec<BoolTarget>,
}

impl AppendingTarget {
    /// Appends as many leaves as flags are set, behind as many as the bits of the count say, the lowest first.
    ///
    /// The flags fall but once: the caller constrains that. There is no room for more than 2^32 - 1 leaves.
    ///
    /// # Panics
    /// While a circuit is built, if there are no flags or not [`APPEND_DEPTH`] bits.
    pub fn new(builder: &mut CircuitBuilder<F, D>, count: &[BoolTarget], active: &[BoolTarget]) -> Self {
        assert_eq!(count.len(), APPEND_DEPTH, "a count has a bit for each level");
        assert!(!active.is_empty(), "something may be appended");
        let mut active = active.to_vec();
        let mut levels = Vec::with_capacity(APPEND_DEPTH);
        for &bit in count {
            let mut taken = Vec::with_capacity(active.len() + 1);
            taken.push(builder.or(bit, active[0]));
            for flags in active.windows(2) {
                let shifted = builder.select(bit, flags[0].target, flags[1].target);
                taken.push(BoolTarget::new_unsafe(shifted));
            }
            taken.push(builder.and(bit, active[active.len() - 1]));
            let lone = taken.chunks(2).map(|pair| match pair {
                // The second falls after the first.
                [first, second] => BoolTarget::new_unsafe(builder.sub(first.target, second.target)),
                _ => pair[0],
            });
            let level = LevelTarget {
                bit,
                lone: lone.collect(),
                pairs: taken.as_chunks::<2>().0.iter().map(|pair| pair[1]).collect(),
            };
            active.clone_from(&level.pairs);
            levels.push(level);
        }
        // What would go up from the uppermost level.
        builder.assert_zero(active[0].target);
        Self { levels }
    }

    /// The bits of the count with the new leaves.
    pub fn count(&self, builder: &mut CircuitBuilder<F, D>) -> Vec<BoolTarget> {
        let levels = self.levels.iter();
        levels
            .map(|level| {
                let sum = builder.add_many(level.lone.iter().map(|lone| lone.target));
                BoolTarget::new_unsafe(sum)
            })
            .collect()
    }

    /// The frontier with the new leaves. `join` gives the node above two, and is told whether they are there. A slot whose bit
    /// in the new count is zero is zero.
    fn append<const N: usize>(
        &self,
        builder: &mut CircuitBuilder<F, D>,
        branch: &[[Target; N]],
        leaves: &[[Target; N]],
        mut join: impl FnMut(&mut CircuitBuilder<F, D>, BoolTarget, [Target; N], [Target; N]) -> [Target; N],
    ) -> Vec<[Target; N]> {
        let mut nodes = leaves.to_vec();
        let mut after = Vec::with_capacity(APPEND_DEPTH);
        for (height, (level, &slot)) in self.levels.iter().zip(branch).enumerate() {
            let mut places = vec![select(builder, level.bit, slot, nodes[0])];
            for pair in nodes.windows(2) {
                places.push(select(builder, level.bit, pair[0], pair[1]));
            }
            // Taken only if the others are shifted.
            places.push(nodes[nodes.len() - 1]);
            let mut left = [builder.zero(); N];
            for (place, lone) in places.iter().step_by(2).zip(&level.lone) {
                for (left, &element) in left.iter_mut().zip(place) {
                    *left = builder.mul_add(lone.target, element, *left);
                }
            }
            after.push(left);
            if height + 1 < APPEND_DEPTH {
                let pairs = places.as_chunks::<2>().0.iter().zip(&level.pairs);
                nodes = pairs
                    .map(|(pair, &there)| join(builder, there, pair[0], pair[1]))
                    .collect();
            }
        }
        after
    }
}

/// The nodes of `causeway_ledger::ExitFrontier`, in limbs, by height.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExitFrontierTarget(Vec<keccak::DigestTarget>);

impl ExitFrontierTarget {
    /// A witness: the prover's word until a digest of it is compared.
    pub fn new(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self(
            (0..APPEND_DEPTH)
                .map(|_| builder.add_virtual_target_arr())
                .collect(),
        )
    }

    /// The nodes.
    pub fn nodes(&self) -> &[keccak::DigestTarget] {
        &self.0
    }

    /// The digest of count and nodes: 33 rows.
    pub fn digest(&self, builder: &mut CircuitBuilder<F, D>, count: U32Target) -> DigestTarget {
        let counted = MessageTarget::new().u32(count);
        let nodes = self.0.iter();
        nodes
            .fold(counted, |message, node| message.keccak_digest(node))
            .hash(builder, FRONTIER)
    }

    /// With the leaves of new exits. The list is told of every node above two, level by level from the lowest.
    #[must_use]
    pub fn append(
        &self,
        builder: &mut CircuitBuilder<F, D>,
        list: &mut ListTarget,
        appending: &AppendingTarget,
        leaves: &[keccak::DigestTarget],
    ) -> Self {
        Self(
            appending.append(builder, &self.0, leaves, |builder, there, left, right| {
                hash_pair_if(builder, list, there, left, right)
            }),
        )
    }

    /// The root of a tree of that many leaves. The list is told of every level's node, if at all.
    pub fn root(
        &self,
        builder: &mut CircuitBuilder<F, D>,
        list: &mut ListTarget,
        told: BoolTarget,
        count: &[BoolTarget],
    ) -> keccak::DigestTarget {
        let empty = Keccak::empty().iter().map(|empty| digest_limbs(empty.0));
        let levels = self.0.iter().zip(count).zip(empty);
        let mut below = [builder.zero(); DIGEST_LIMBS];
        for ((&slot, &bit), empty) in levels {
            let empty = empty.map(|limb| builder.constant(F::from_canonical_u32(limb)));
            let left = select(builder, bit, slot, below);
            let right = select(builder, bit, below, empty);
            below = hash_pair_if(builder, list, told, left, right);
        }
        below
    }

    /// Fills the witness; `None` if it has other values.
    pub fn set(
        &self,
        witness: &mut PartialWitness<F>,
        frontier: &causeway_ledger::ExitFrontier,
    ) -> Option<()> {
        for (targets, node) in self.0.iter().zip(frontier.branch()) {
            let limbs = digest_limbs(node.0).map(F::from_canonical_u32);
            witness.set_target_arr(targets, &limbs).ok()?;
        }
        Some(())
    }
}

/// The nodes of a shadow exit tree's frontier, by height.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShadowFrontierTarget(Vec<[Target; 4]>);

impl ShadowFrontierTarget {
    /// A witness: the prover's word until a root of it is compared.
    pub fn new(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self(
            (0..APPEND_DEPTH)
                .map(|_| builder.add_virtual_target_arr())
                .collect(),
        )
    }

    /// The nodes.
    pub fn nodes(&self) -> &[[Target; 4]] {
        &self.0
    }

    /// With new leaves.
    #[must_use]
    pub fn append(
        &self,
        builder: &mut CircuitBuilder<F, D>,
        appending: &AppendingTarget,
        leaves: &[DigestTarget],
    ) -> Self {
        let leaves: Vec<_> = leaves.iter().map(|leaf| leaf.elements).collect();
        Self(
            appending.append(builder, &self.0, &leaves, |builder, _, left, right| {
                let ordered = builder._false();
                node(builder, EXIT_NODE, left.into(), right.into(), ordered).elements
            }),
        )
    }

    /// The root of a tree of that many leaves.
    pub fn root(&self, builder: &mut CircuitBuilder<F, D>, count: &[BoolTarget]) -> DigestTarget {
        let ordered = builder._false();
        let mut below = DigestTarget::from([builder.zero(); 4]);
        // An empty subtree is a row to compute, and two as constants.
        let mut empty = below;
        for (height, (&slot, &bit)) in self.0.iter().zip(count).enumerate() {
            if height > 0 {
                empty = node(builder, EXIT_NODE, empty, empty, ordered);
            }
            let beside = select(builder, bit, slot, empty.elements);
            below = node(builder, EXIT_NODE, below, beside.into(), bit);
        }
        below
    }

    /// Fills the witness; `None` if it has other values.
    pub fn set(&self, witness: &mut PartialWitness<F>, branch: &[GoldilocksDigest]) -> Option<()> {
        if branch.len() != self.0.len() {
            return None;
        }
        for (targets, node) in self.0.iter().zip(branch) {
            let elements = node.words().map(F::from_canonical_u64);
            witness.set_target_arr(targets, &elements).ok()?;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests;
