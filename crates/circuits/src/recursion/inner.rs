//! Proofs that a circuit takes in.

use causeway_aggregation::{C, D, F, Shape, ShapedProof, key_digest_target};
use plonky2::hash::hash_types::HashOutTarget;
use plonky2::iop::target::Target;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::VerifierCircuitTarget;
use plonky2::plonk::proof::ProofWithPublicInputsTarget;

/// A proof of the standard shape, verified under a witnessed key.
#[derive(Clone, Debug)]
pub struct InnerTargets {
    /// The proof.
    pub proof: ProofWithPublicInputsTarget<D>,
    /// The key.
    pub key: VerifierCircuitTarget,
    /// The key's digest, computed.
    pub digest: HashOutTarget,
}

/// How a circuit takes in a proof: [`InnerTargets::verify`], but in tests of what else it constrains.
pub(crate) type TakeIn = fn(&mut CircuitBuilder<F, D>) -> InnerTargets;

impl InnerTargets {
    /// Verifies a proof.
    pub(crate) fn verify(builder: &mut CircuitBuilder<F, D>) -> Self {
        let inner = Self::new_unchecked(builder);
        builder.verify_proof::<C>(&inner.proof, &inner.key, Shape::Standard.common());
        inner
    }

    /// A proof that is not verified.
    pub(crate) fn new_unchecked(builder: &mut CircuitBuilder<F, D>) -> Self {
        let common = Shape::Standard.common();
        let proof = builder.add_virtual_proof_with_pis(common);
        let key = builder.add_virtual_verifier_data(common.config.fri_config.cap_height);
        let digest = key_digest_target(builder, &key);
        Self { proof, key, digest }
    }

    /// Four public inputs, from the one of index `at` on.
    pub(crate) fn public_inputs(&self, at: usize) -> [Target; 4] {
        std::array::from_fn(|i| self.proof.public_inputs[at + i])
    }

    /// Fills proof and key; `None` if the proof is not of the standard shape.
    pub(crate) fn set(&self, witness: &mut PartialWitness<F>, proof: &ShapedProof) -> Option<()> {
        // Setting targets zips lists and panics where their lengths differ.
        if proof.shape != Shape::Standard || proof.check_shape().is_err() {
            return None;
        }
        witness
            .set_proof_with_pis_target(&self.proof, &proof.proof)
            .ok()?;
        witness.set_verifier_data_target(&self.key, &proof.key).ok()
    }
}
