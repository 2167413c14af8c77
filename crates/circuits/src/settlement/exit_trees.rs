//! Who exports has two trees of exits: LxLy's, of which circuits thread the frontier, and the shadow tree beside it.

use causeway_aggregation::{D, F};
use causeway_ledger::L1State;
use causeway_ledger::poseidon::{Domain, Message};
use causeway_types::GoldilocksDigest;
use plonky2::iop::target::Target;
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use crate::targets::{DigestTarget, MessageTarget, U32Target, set_digest, set_u32};

/// Digests of L1's exit trees, between two runs of deposits.
pub const L1_RUN: Domain = Domain::new("cw.l1r");

/// Both trees, in roots and counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitTrees {
    /// How many exits there are.
    pub exit_count: u32,
    /// Digest of the exit tree's frontier.
    pub frontier: GoldilocksDigest,
    /// Shadow exit root.
    pub shadow_root: GoldilocksDigest,
}

impl ExitTrees {
    /// The digest, if they are L1's.
    pub fn hash(&self) -> GoldilocksDigest {
        Message::new()
            .u32(self.exit_count)
            .digest(self.frontier)
            .digest(self.shadow_root)
            .hash(L1_RUN)
    }
}

impl From<&L1State> for ExitTrees {
    fn from(state: &L1State) -> Self {
        Self {
            exit_count: state.exit_count,
            frontier: state.frontier,
            shadow_root: state.shadow_root,
        }
    }
}

/// [`ExitTrees`] in a circuit.
#[derive(Clone, Copy, Debug)]
pub struct ExitTreesTarget {
    /// How many exits there are.
    pub exit_count: U32Target,
    /// Digest of the exit tree's frontier.
    pub frontier: DigestTarget,
    /// Shadow exit root.
    pub shadow_root: DigestTarget,
}

impl ExitTreesTarget {
    /// The prover's word, until a digest of them is compared: the count of those that are threaded was constrained when it was
    /// reached.
    pub fn new_unchecked(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            exit_count: U32Target::new_unchecked(builder.add_virtual_target()),
            frontier: builder.add_virtual_hash(),
            shadow_root: builder.add_virtual_hash(),
        }
    }

    /// The digest, if they are L1's: two rows.
    pub fn hash(&self, builder: &mut CircuitBuilder<F, D>) -> DigestTarget {
        self.message().hash(builder, L1_RUN)
    }

    fn message(&self) -> MessageTarget {
        MessageTarget::new()
            .u32(self.exit_count)
            .digest(self.frontier)
            .digest(self.shadow_root)
    }

    /// Its targets in the order in which they are hashed.
    pub fn targets(&self) -> Vec<Target> {
        self.message().elements().to_vec()
    }

    /// Fills the witness; `None` if it has other values.
    pub fn set(&self, witness: &mut PartialWitness<F>, trees: &ExitTrees) -> Option<()> {
        set_u32(witness, self.exit_count, trees.exit_count)?;
        set_digest(witness, self.frontier, trees.frontier)?;
        set_digest(witness, self.shadow_root, trees.shadow_root)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::targets::testing::{Gadget, digest, words};

    #[test]
    fn trees_have_their_digest_and_every_field_is_in_it() {
        let trees = ExitTrees {
            exit_count: u32::MAX,
            frontier: digest(1),
            shadow_root: digest(2),
        };
        let mut target = None;
        let gadget = Gadget::new(|builder| {
            let trees = ExitTreesTarget::new_unchecked(builder);
            target = Some(trees);
            [trees.targets(), trees.hash(builder).elements.to_vec()].concat()
        });
        let fields = [
            &[u32::MAX.into()],
            &words(digest(1))[..],
            &words(digest(2)),
            &words(trees.hash()),
        ]
        .concat();
        gadget.holds_alone(&fields);
        let mut witness = PartialWitness::new();
        target.unwrap().set(&mut witness, &trees).unwrap();
        assert_eq!(gadget.read(&witness, fields.len()), fields);
    }
}
