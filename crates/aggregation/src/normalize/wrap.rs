//! One circuit that verifies one proof under a constant key.

use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::{
    CircuitData, CommonCircuitData, VerifierCircuitTarget, VerifierOnlyCircuitData,
};
use plonky2::plonk::config::{AlgebraicHasher, GenericConfig};
use plonky2::plonk::proof::{ProofWithPublicInputs, ProofWithPublicInputsTarget};

use super::NormalizedInputs;
use super::message::message_digest_target;
use crate::config::{C, D, F};
use crate::domain;
use crate::key::key_digest;
use crate::prove::{ProveError, prove};
use crate::shape::Shape;

/// Which public inputs a wrap exposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WrapKind {
    /// Those of the program's own proof become two digests, beside that of its key.
    First,
    /// Those of the wrap below are handed up.
    Further,
}

/// A circuit that verifies one proof under a constant key.
#[derive(Debug)]
pub(super) struct Wrap {
    data: CircuitData<F, C, D>,
    proof: ProofWithPublicInputsTarget<D>,
    rows: usize,
    standard: bool,
}

impl Wrap {
    /// Builds the wrap in the standard shape if it fits, else in a shape of its own.
    pub(super) fn new<InC>(
        common: &CommonCircuitData<F, D>,
        key: &VerifierOnlyCircuitData<InC, D>,
        kind: WrapKind,
    ) -> Self
    where
        InC: GenericConfig<D, F = F> + 'static,
        InC::Hasher: AlgebraicHasher<F>,
    {
        let (builder, proof, _) = circuit(common, key, kind);
        if let Ok(shaped) = Shape::Standard.build(builder) {
            return Self {
                data: shaped.data,
                proof,
                rows: shaped.rows,
                standard: true,
            };
        }
        // Too many rows, or a gate that a foreign cap height or arity asks for: plonky2 builds what it takes.
        let (builder, proof, _) = circuit(common, key, kind);
        let rows = builder.num_gates();
        Self {
            data: builder.build::<C>(),
            proof,
            rows,
            standard: false,
        }
    }

    /// Whether the wrap has the standard shape.
    pub(super) const fn is_standard(&self) -> bool {
        self.standard
    }

    /// The wrap's key.
    pub(super) const fn key(&self) -> &VerifierOnlyCircuitData<C, D> {
        &self.data.verifier_only
    }

    /// The wrap's circuit data.
    pub(super) const fn common(&self) -> &CommonCircuitData<F, D> {
        &self.data.common
    }

    /// Rows before padding.
    pub(super) const fn rows(&self) -> usize {
        self.rows
    }

    /// Proves the wrap of a proof that has been verified.
    pub(super) fn prove<InC>(
        &self,
        proof: &ProofWithPublicInputs<F, InC, D>,
    ) -> Result<ProofWithPublicInputs<F, C, D>, ProveError>
    where
        InC: GenericConfig<D, F = F>,
        InC::Hasher: AlgebraicHasher<F>,
    {
        let mut witness = PartialWitness::new();
        witness
            .set_proof_with_pis_target(&self.proof, proof)
            .map_err(|_| ProveError::Assignment)?;
        prove(&self.data, &witness)
    }
}

/// The constraints, where the proof goes, and where its constant key is.
fn circuit<InC>(
    common: &CommonCircuitData<F, D>,
    key: &VerifierOnlyCircuitData<InC, D>,
    kind: WrapKind,
) -> (
    CircuitBuilder<F, D>,
    ProofWithPublicInputsTarget<D>,
    VerifierCircuitTarget,
)
where
    InC: GenericConfig<D, F = F> + 'static,
    InC::Hasher: AlgebraicHasher<F>,
{
    let mut builder = Shape::Standard.builder();
    let proof = builder.add_virtual_proof_with_pis(common);
    let constant_key = builder.constant_verifier_data::<InC>(key);
    builder.verify_proof::<InC>(&proof, &constant_key, common);
    match kind {
        WrapKind::First => {
            let program = builder.constants(&key_digest(key).elements());
            let digest = domain::PUBLIC_INPUTS.hash_target(&mut builder, &proof.public_inputs);
            builder.register_public_inputs(&program);
            builder.register_public_inputs(&digest.elements);
            let message = message_digest_target(&mut builder, &proof.public_inputs);
            builder.register_public_inputs(&message);
        }
        WrapKind::Further => builder.register_public_inputs(&proof.public_inputs[..NormalizedInputs::LEN]),
    }
    (builder, proof, constant_key)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use plonky2::plonk::circuit_data::CircuitConfig;

    use super::*;
    use crate::check::Trace;
    use crate::forged::{key_assignment, pinned_and_free};

    #[test]
    fn the_key_is_constant() {
        let [pinned, free] = pinned_and_free(
            || CircuitBuilder::new(CircuitConfig::standard_recursion_config()),
            CircuitBuilder::build::<C>,
        );
        let (builder, proof, key) = circuit(&pinned.data.common, pinned.key(), WrapKind::First);
        let data = builder.build::<C>();
        let witness = |inner: &ProofWithPublicInputs<F, C, D>| {
            let mut witness = PartialWitness::new();
            witness.set_proof_with_pis_target(&proof, inner).unwrap();
            witness
        };
        let (honest, other) = (witness(&pinned.prove(5)), witness(&free.prove(6)));
        assert_eq!(Trace::honest(&data, &honest).violations(), vec![]);
        assert_ne!(Trace::honest(&data, &other).violations(), vec![]);
        // A prover who swaps the key as well, and leaves the digest that is exposed as it was.
        let forged = Trace::forged(&data, &other, &key_assignment(&key, free.key()));
        assert_ne!(forged.violations(), vec![]);
    }
}
