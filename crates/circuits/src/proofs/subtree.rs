//! The proof of a subtree.

use causeway_aggregation::{D, F, KeyDigest, Shape, ShapedProof};
use plonky2::iop::target::Target;
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::error::ProgramError;
use super::state::{State, StateTarget};
use crate::recursion::{InnerTargets, TakeIn, connect};

/// A subtree's proof and the state whose digest it exposes.
///
/// Public inputs of such a proof: the digest of the node key it was made over, zeros for a leaf's; the digest of its state;
/// zeros.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subtree {
    /// The proof.
    pub proof: ShapedProof,
    /// Its state.
    pub state: State,
}

impl Subtree {
    /// Verifies the proof and holds the state to it. Of which circuit it is remains to be seen.
    ///
    /// # Errors
    /// [`ProgramError::Subtree`] or [`ProgramError::OtherState`].
    pub fn verify(&self) -> Result<(), ProgramError> {
        self.proof
            .verify_as(Shape::Standard)
            .map_err(ProgramError::Subtree)?;
        if self.proof.public_inputs()[4..8] == self.state.digest() {
            Ok(())
        } else {
            Err(ProgramError::OtherState)
        }
    }

    /// The digest of the node key that the proof carries; `None` of a proof with too few public inputs.
    pub fn node_key(&self) -> Option<KeyDigest> {
        let (key, _) = self.proof.public_inputs().split_first_chunk::<4>()?;
        Some(KeyDigest::from_elements(*key))
    }
}

/// A subtree's proof, verified, and its state.
#[derive(Clone, Debug)]
pub struct SubtreeTargets {
    /// The proof.
    pub inner: InnerTargets,
    /// The state, held to the proof's digest.
    pub state: StateTarget,
}

impl SubtreeTargets {
    /// Verifies a subtree's proof. The caller holds the key to what may stand there.
    pub(super) fn verify(builder: &mut CircuitBuilder<F, D>, take_in: TakeIn) -> Self {
        let inner = take_in(builder);
        let state = StateTarget::new_unchecked(builder);
        let digest = state.digest(builder);
        connect(builder, digest.elements, inner.public_inputs(4));
        Self { inner, state }
    }

    /// The digest of the node key that the proof carries.
    pub(super) fn node_key(&self) -> [Target; 4] {
        self.inner.public_inputs(0)
    }

    /// Fills proof, key and state.
    pub(super) fn set(&self, witness: &mut PartialWitness<F>, subtree: &Subtree) -> Option<()> {
        self.inner.set(witness, &subtree.proof)?;
        self.state.set(witness, &subtree.state)
    }
}
