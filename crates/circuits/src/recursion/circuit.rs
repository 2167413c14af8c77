//! A circuit of the standard shape with the targets that its prover fills.

use causeway_aggregation::{
    C, D, F, KeyDigest, ProveError, Shape, ShapeError, ShapedProof, key_digest, prove,
};
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::{CircuitData, VerifierOnlyCircuitData};

/// A circuit of the standard shape with the targets that its prover fills.
#[derive(Debug)]
pub struct Circuit<T> {
    data: CircuitData<F, C, D>,
    targets: T,
    rows: usize,
    digest: KeyDigest,
}

impl<T> Circuit<T> {
    /// Brings a circuit to the standard shape.
    pub(crate) fn build(builder: CircuitBuilder<F, D>, targets: T) -> Result<Self, ShapeError> {
        let shaped = Shape::Standard.build(builder)?;
        Ok(Self {
            digest: key_digest(&shaped.data.verifier_only),
            data: shaped.data,
            targets,
            rows: shaped.rows,
        })
    }

    /// A circuit of whatever shape it takes, for tests.
    #[cfg(test)]
    pub(crate) fn build_small(builder: CircuitBuilder<F, D>, targets: T) -> Self {
        let rows = builder.num_gates();
        let data = builder.build::<C>();
        Self {
            digest: key_digest(&data.verifier_only),
            data,
            targets,
            rows,
        }
    }

    /// The circuit's key.
    pub const fn key(&self) -> &VerifierOnlyCircuitData<C, D> {
        &self.data.verifier_only
    }

    /// Digest of [`Self::key`].
    pub const fn key_digest(&self) -> KeyDigest {
        self.digest
    }

    /// Rows that the circuit takes before padding, public inputs and constants.
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// The circuit, for the constraint checker.
    pub const fn data(&self) -> &CircuitData<F, C, D> {
        &self.data
    }

    /// The circuit's targets, for those who fill or forge its witness.
    pub const fn targets(&self) -> &T {
        &self.targets
    }

    /// Proves a witness, or says what is wrong with it.
    pub(crate) fn prove(&self, witness: Option<PartialWitness<F>>) -> Result<ShapedProof, ProveError> {
        let witness = witness.ok_or(ProveError::Assignment)?;
        Ok(ShapedProof {
            shape: Shape::Standard,
            proof: prove(&self.data, &witness)?,
            key: self.key().clone(),
        })
    }
}
