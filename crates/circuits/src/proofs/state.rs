//! The state of a subtree, and the proof of it.

use causeway_aggregation::domain::Domain;
use causeway_aggregation::{D, F};
use plonky2::field::types::{Field, PrimeField64};
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::target::Target;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::error::ProgramError;
use super::native::MAX_DEPTH;
use crate::keccak::{DIGEST_LIMBS, DigestTarget, List, ListTarget, digest_limbs, limbs_digest};

/// Digests of subtrees' states.
pub const SUBTREE: Domain = Domain::new("cw.sub");

/// Field elements of a state.
pub const STATE_LEN: usize = 2 + DIGEST_LIMBS + 4 + 4;

/// What a subtree's proof says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// Proofs below: the leaves of index below it, and no others.
    pub count: u32,
    /// Height of the root above the leaves.
    pub height: u8,
    /// Merkle root.
    pub root: [u8; 32],
    /// The list before the subtree's keccak blocks, as its prover chose it.
    pub list_in: List,
    /// The list with them.
    pub list_out: List,
}

impl State {
    /// The state as field elements.
    pub fn elements(&self) -> [F; STATE_LEN] {
        let root = digest_limbs(self.root);
        let (list_in, list_out) = (self.list_in.elements(), self.list_out.elements());
        std::array::from_fn(|i| match i {
            0 => F::from_canonical_u32(self.count),
            1 => F::from_canonical_u8(self.height),
            2..10 => F::from_canonical_u32(root[i - 2]),
            10..14 => list_in[i - 10],
            _ => list_out[i - 14],
        })
    }

    /// Reads what [`Self::elements`] wrote.
    ///
    /// # Errors
    /// [`ProgramError::State`] for an element that no state has.
    pub fn from_elements(elements: &[F; STATE_LEN]) -> Result<Self, ProgramError> {
        let mut root = [0; DIGEST_LIMBS];
        for (index, limb) in (2..).zip(&mut root) {
            *limb = u32::try_from(elements[index].to_canonical_u64())
                .map_err(|_| ProgramError::State { index })?;
        }
        let list = |at: usize| List::from_elements(std::array::from_fn(|i| elements[at + i]));
        Ok(Self {
            count: u32::try_from(elements[0].to_canonical_u64())
                .map_err(|_| ProgramError::State { index: 0 })?,
            height: u8::try_from(elements[1].to_canonical_u64())
                .ok()
                .filter(|&height| height <= MAX_DEPTH)
                .ok_or(ProgramError::State { index: 1 })?,
            root: limbs_digest(root),
            list_in: list(10),
            list_out: list(14),
        })
    }

    /// The digest that proofs expose.
    pub fn digest(&self) -> [F; 4] {
        SUBTREE.hash(&self.elements()).elements
    }
}

/// [`State`] in a circuit.
#[derive(Clone, Copy, Debug)]
pub struct StateTarget {
    /// Proofs below.
    pub count: Target,
    /// Height of the root.
    pub height: Target,
    /// Merkle root.
    pub root: DigestTarget,
    /// The list before.
    pub list_in: ListTarget,
    /// The list after.
    pub list_out: ListTarget,
}

impl StateTarget {
    /// A state that is the prover's word until its digest is compared.
    pub fn new_unchecked(builder: &mut CircuitBuilder<F, D>) -> Self {
        Self {
            count: builder.add_virtual_target(),
            height: builder.add_virtual_target(),
            root: builder.add_virtual_target_arr(),
            list_in: ListTarget::new(builder.add_virtual_hash()),
            list_out: ListTarget::new(builder.add_virtual_hash()),
        }
    }

    /// The state as targets, in the order of [`State::elements`].
    pub fn to_targets(&self) -> Vec<Target> {
        [
            &[self.count, self.height],
            &self.root[..],
            &self.list_in.digest().elements,
            &self.list_out.digest().elements,
        ]
        .concat()
    }

    /// [`State::digest`].
    pub fn digest(&self, builder: &mut CircuitBuilder<F, D>) -> HashOutTarget {
        SUBTREE.hash_target(builder, &self.to_targets())
    }

    /// Registers a subtree's public inputs.
    pub fn register(&self, builder: &mut CircuitBuilder<F, D>, node_key: HashOutTarget) {
        let digest = self.digest(builder);
        builder.register_public_inputs(&node_key.elements);
        builder.register_public_inputs(&digest.elements);
    }

    /// Fills a witnessed state; `None` if it has other values already.
    pub(super) fn set(&self, witness: &mut PartialWitness<F>, state: &State) -> Option<()> {
        witness.set_target_arr(&self.to_targets(), &state.elements()).ok()
    }
}
