//! What tests of forged keys share: two circuits of equal shape, one that states something and one that states nothing.
#![allow(clippy::unwrap_used)]

use plonky2::field::types::Field;
use plonky2::iop::target::Target;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::{CircuitData, VerifierCircuitTarget, VerifierOnlyCircuitData};
use plonky2::plonk::proof::ProofWithPublicInputs;

use crate::config::{C, D, F};

pub(crate) struct Inner {
    pub(crate) data: CircuitData<F, C, D>,
    input: Target,
}

/// "The first public input is five", and a circuit of equal shape that takes any.
pub(crate) fn pinned_and_free(
    begin: impl Fn() -> CircuitBuilder<F, D>,
    build: impl Fn(CircuitBuilder<F, D>) -> CircuitData<F, C, D>,
) -> [Inner; 2] {
    let inner = [F::ONE, F::ZERO].map(|scale| {
        let mut builder = begin();
        let input = builder.add_virtual_public_input();
        let five = builder.constant(F::from_canonical_u64(5));
        let difference = builder.sub(input, five);
        let scaled = builder.mul_const(scale, difference);
        builder.assert_zero(scaled);
        Inner {
            data: build(builder),
            input,
        }
    });
    assert_eq!(inner[0].data.common, inner[1].data.common);
    assert_ne!(inner[0].key(), inner[1].key());
    inner
}

impl Inner {
    pub(crate) fn key(&self) -> &VerifierOnlyCircuitData<C, D> {
        &self.data.verifier_only
    }

    pub(crate) fn prove(&self, input: u64) -> ProofWithPublicInputs<F, C, D> {
        let mut witness = PartialWitness::new();
        witness
            .set_target(self.input, F::from_canonical_u64(input))
            .unwrap();
        let proof = self.data.prove(witness).unwrap();
        self.data.verify(proof.clone()).unwrap();
        proof
    }
}

/// A key as a prover would write it into a circuit.
pub(crate) fn key_assignment(
    target: &VerifierCircuitTarget,
    key: &VerifierOnlyCircuitData<C, D>,
) -> Vec<(Target, F)> {
    let caps = target
        .constants_sigmas_cap
        .0
        .iter()
        .zip(&key.constants_sigmas_cap.0);
    caps.chain([(&target.circuit_digest, &key.circuit_digest)])
        .flat_map(|(target, hash)| target.elements.into_iter().zip(hash.elements))
        .collect()
}
