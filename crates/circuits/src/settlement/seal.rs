//! The seal circuit: closes the epoch's list. What is stated is the epoch's word, and it does nothing but pass it on.

use causeway_aggregation::{D, F, KeyDigest, Shape, ShapedProof};
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_builder::CircuitBuilder;

use super::error::{SettlementError, Stage};
use super::roles::one_of;
use crate::keccak::{List, ListTarget};
use crate::recursion::{Circuit, InnerTargets, KeccakKeys, TakeIn};

/// Targets of the seal circuit.
#[derive(Clone, Debug)]
pub struct SealTargets {
    /// The epoch.
    pub epoch: InnerTargets,
    /// The proof that closes its list.
    pub keccak: InnerTargets,
}

/// The seal circuit.
pub type Seal = Circuit<SealTargets>;

impl Circuit<SealTargets> {
    /// Builds the circuit over the epoch's key and those of the circuits that close lists.
    ///
    /// # Errors
    /// [`SettlementError::Circuit`] if it does not fit.
    pub fn new(epoch: KeyDigest, keccak_keys: &KeccakKeys) -> Result<Self, SettlementError> {
        let mut builder = Shape::Standard.builder();
        let targets = constrain(&mut builder, InnerTargets::verify, epoch, keccak_keys);
        Self::build(builder, targets).map_err(Stage::Seal.unfit())
    }

    /// A prover's inputs; `None` if a proof is not of the standard shape.
    pub fn witness(&self, epoch: &ShapedProof, keccak: &ShapedProof) -> Option<PartialWitness<F>> {
        let mut witness = PartialWitness::new();
        self.targets().epoch.set(&mut witness, epoch)?;
        self.targets().keccak.set(&mut witness, keccak)?;
        Some(witness)
    }

    /// Proves an epoch whose list is closed.
    ///
    /// # Errors
    /// [`SettlementError::Prove`].
    pub fn prove_seal(
        &self,
        epoch: &ShapedProof,
        keccak: &ShapedProof,
    ) -> Result<ShapedProof, SettlementError> {
        self.prove(self.witness(epoch, keccak))
            .map_err(Stage::Seal.unproven())
    }
}

/// The list that an epoch's proof exposes; `None` of a proof with too few public inputs.
pub fn exposed_list(epoch: &ShapedProof) -> Option<List> {
    let (_, rest) = epoch.public_inputs().split_first_chunk::<4>()?;
    let (list, _) = rest.split_first_chunk::<4>()?;
    Some(List::from_elements(*list))
}

/// The constraints of a seal.
pub(super) fn constrain(
    builder: &mut CircuitBuilder<F, D>,
    take_in: TakeIn,
    epoch: KeyDigest,
    keccak_keys: &KeccakKeys,
) -> SealTargets {
    let inner = take_in(builder);
    one_of(builder, &inner, &[epoch]);
    let list = ListTarget::new(HashOutTarget {
        elements: inner.public_inputs(4),
    });
    let keccak = keccak_keys.verify(builder, take_in, list);
    builder.register_public_inputs(&inner.public_inputs(0));
    SealTargets { epoch: inner, keccak }
}
