//! The closing proof: verifies exactly one standard-shape proof under a constant key and states four limbs.
//!
//! It has the closing shape, the only one that the BN254 layer verifies, whatever was closed: one setup serves
//! every program.

use plonky2::field::types::Field;
use plonky2::iop::target::Target;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::{CircuitData, VerifierCircuitTarget, VerifierOnlyCircuitData};
use plonky2::plonk::proof::ProofWithPublicInputsTarget;

use crate::check::Violations;
use crate::commitment::Commitment;
use crate::config::{C, D, F};
use crate::domain;
use crate::key::{KeyDigest, key_digest, key_digest_target};
use crate::limbs::{LimbTarget, StatementDigest, statement_digest_target};
use crate::proof_shape::{ProofShapeError, check_key};
use crate::prove::{ProveError, prove};
use crate::shape::{Shape, ShapeError};
use crate::shaped_proof::{ProofError, ShapedProof};
use crate::tree::{Aggregator, NodeInputsTarget, Root};

/// A proof of the closing shape with its key.
pub type ClosedProof = ShapedProof;

/// Why a closing circuit cannot be built or proven.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClosingError {
    /// The inner key is malformed.
    #[error(transparent)]
    InnerKey(#[from] ProofShapeError),
    /// The statement takes more rows than verifying one proof leaves.
    #[error("the closing circuit does not fit: {0}")]
    Circuit(#[from] ShapeError),
    /// The inner proof is refused.
    #[error("inner proof: {0}")]
    Inner(#[from] ProofError),
    /// The inner proof is of another circuit than this closes.
    #[error("the inner proof is of another circuit than this closes")]
    OtherKey {
        /// Digest of the key that this closes.
        expected: KeyDigest,
        /// Digest of the proof's key.
        got: KeyDigest,
    },
    /// The statement does not hold of this proof and witness.
    #[error("the statement does not hold, {} constraints are broken: {violations}", violations.total())]
    Unsatisfied {
        /// The constraints broken.
        violations: Violations,
    },
    /// The statement's own targets lack values or have two, or plonky2 failed.
    #[error("the closing circuit: {0}")]
    Prover(ProveError),
}

impl From<ProveError> for ClosingError {
    fn from(error: ProveError) -> Self {
        match error {
            ProveError::Unsatisfied { violations } => Self::Unsatisfied { violations },
            error => Self::Prover(error),
        }
    }
}

/// A circuit that closes the proofs of one standard-shape circuit.
#[derive(Debug)]
pub struct Closing {
    data: CircuitData<F, C, D>,
    inner_key: VerifierOnlyCircuitData<C, D>,
    inner: ProofWithPublicInputsTarget<D>,
    inner_key_target: VerifierCircuitTarget,
    rows: usize,
}

impl Closing {
    /// Builds the circuit. `statement` gets the 16 public inputs of the proof that was verified and returns what is
    /// stated; it may constrain them and add targets of its own, which [`Self::prove_with`] fills.
    ///
    /// # Errors
    /// [`ClosingError::InnerKey`] or [`ClosingError::Circuit`].
    pub fn new(
        inner_key: &VerifierOnlyCircuitData<C, D>,
        statement: impl FnOnce(&mut CircuitBuilder<F, D>, &[Target]) -> [LimbTarget; 4],
    ) -> Result<Self, ClosingError> {
        let common = Shape::Standard.common();
        check_key(inner_key, common)?;
        let mut builder = Shape::Closing.builder();
        let inner = builder.add_virtual_proof_with_pis(common);
        // A constant key, held by its digest: the 68 elements as constants would take the rows that are left.
        let key = builder.add_virtual_verifier_data(common.config.fri_config.cap_height);
        let digest = key_digest_target(&mut builder, &key);
        let expected = builder.constants(&key_digest(inner_key).elements());
        for (got, expected) in digest.elements.into_iter().zip(expected) {
            builder.connect(got, expected);
        }
        builder.verify_proof::<C>(&inner, &key, common);
        let limbs = statement(&mut builder, &inner.public_inputs);
        builder.register_public_inputs(&limbs.map(LimbTarget::target));
        let shaped = Shape::Closing.build(builder)?;
        Ok(Self {
            data: shaped.data,
            inner_key: inner_key.clone(),
            inner,
            inner_key_target: key,
            rows: shaped.rows,
        })
    }

    /// The closing circuit's key; the BN254 layer holds it as a constant.
    pub const fn key(&self) -> &VerifierOnlyCircuitData<C, D> {
        &self.data.verifier_only
    }

    /// Digest of [`Self::key`].
    pub fn key_digest(&self) -> KeyDigest {
        key_digest(self.key())
    }

    /// The circuit, for the constraint checker.
    pub const fn data(&self) -> &CircuitData<F, C, D> {
        &self.data
    }

    /// Rows that the circuit takes before padding.
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// Proves the statement of one proof.
    ///
    /// # Errors
    /// Those of [`Self::prove_with`].
    pub fn prove(&self, inner: &ShapedProof) -> Result<ClosedProof, ClosingError> {
        self.prove_with(inner, PartialWitness::new())
    }

    /// [`Self::prove`] for a statement with targets of its own, whose values are in `witness`.
    ///
    /// # Errors
    /// [`ClosingError::Inner`] or [`ClosingError::OtherKey`] if the proof is refused, [`ClosingError::Unsatisfied`] if the
    /// statement does not hold of it, [`ClosingError::Prover`] for everything else that is wrong with the witness, such as
    /// another value for a target of the inner proof.
    pub fn prove_with(
        &self,
        inner: &ShapedProof,
        mut witness: PartialWitness<F>,
    ) -> Result<ClosedProof, ClosingError> {
        for (target, value) in self.witness(inner)?.target_values {
            witness
                .set_target(target, value)
                .map_err(|_| ProveError::Assignment)?;
        }
        let proof = prove(&self.data, &witness)?;
        Ok(ClosedProof {
            shape: Shape::Closing,
            proof,
            key: self.key().clone(),
        })
    }

    /// A prover's inputs for one proof, without those of the statement's own targets.
    ///
    /// # Errors
    /// [`ClosingError::Inner`] or [`ClosingError::OtherKey`] if the proof is refused.
    pub fn witness(&self, inner: &ShapedProof) -> Result<PartialWitness<F>, ClosingError> {
        inner.verify_as(Shape::Standard)?;
        if inner.key != self.inner_key {
            return Err(ClosingError::OtherKey {
                expected: key_digest(&self.inner_key),
                got: inner.key_digest(),
            });
        }
        let mut witness = PartialWitness::new();
        witness
            .set_proof_with_pis_target(&self.inner, &inner.proof)
            .map_err(|_| ProveError::Assignment)?;
        witness
            .set_verifier_data_target(&self.inner_key_target, &inner.key)
            .map_err(|_| ProveError::Assignment)?;
        Ok(witness)
    }
}

/// Closes the trees of one aggregator.
#[derive(Debug)]
pub struct TreeClosing(Closing);

impl TreeClosing {
    /// Builds the circuit: the root must carry the true digest of the node key, which is a constant here.
    ///
    /// # Errors
    /// Those of [`Closing::new`].
    pub fn new<M: Commitment>(aggregator: &Aggregator<M>) -> Result<Self, ClosingError> {
        let node = aggregator.node();
        let width = aggregator.commitment().width();
        Closing::new(node.key(), |builder, public_inputs| {
            let root = NodeInputsTarget::from_slice(public_inputs, width);
            let expected = builder.constants(&node.key_digest().elements());
            for (carried, expected) in root.node_key.elements.into_iter().zip(expected) {
                builder.connect(carried, expected);
            }
            let mut message = vec![root.count];
            message.extend(root.value);
            let hash = domain::STATEMENT.hash_target(builder, &message);
            statement_digest_target(builder, hash)
        })
        .map(Self)
    }

    /// The closing circuit.
    pub const fn circuit(&self) -> &Closing {
        &self.0
    }

    /// Proves the statement of one root.
    ///
    /// # Errors
    /// Those of [`Closing::prove_with`].
    pub fn close(&self, root: &Root) -> Result<ClosedProof, ClosingError> {
        self.0.prove(&root.proof)
    }
}

/// The statement about an aggregation of `count` proofs with this value.
pub fn tree_statement(count: u32, value: &[F]) -> StatementDigest {
    let message = [&[F::from_canonical_u32(count)], value].concat();
    StatementDigest::from_hash(domain::STATEMENT.hash(&message))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use plonky2::plonk::proof::ProofWithPublicInputs;

    use super::*;
    use crate::check::Trace;
    use crate::forged::pinned_and_free;

    #[test]
    fn the_key_is_held_to_its_digest() {
        let [pinned, free] = pinned_and_free(
            || Shape::Standard.builder(),
            |builder| Shape::Standard.build(builder).unwrap().data,
        );
        let closing = Closing::new(pinned.key(), |builder, inputs| {
            std::array::from_fn(|i| LimbTarget::range_checked(builder, inputs[i]))
        })
        .unwrap();
        let violations = |inner: &ProofWithPublicInputs<F, C, D>, key: &VerifierOnlyCircuitData<C, D>| {
            let mut witness = PartialWitness::new();
            witness.set_proof_with_pis_target(&closing.inner, inner).unwrap();
            witness
                .set_verifier_data_target(&closing.inner_key_target, key)
                .unwrap();
            Trace::honest(&closing.data, &witness).violations()
        };
        assert_eq!(violations(&pinned.prove(5), pinned.key()), vec![]);
        // A valid proof of another circuit, with the key that it verifies under.
        assert_ne!(violations(&free.prove(6), free.key()), vec![]);
    }
}
