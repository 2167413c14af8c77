//! A chain of Poseidon hashes: "hashing `start` 3,000 times gives `end`".
//!
//! Everything about it differs from the payments chain: degree, rate, challenges, gates (no base-field arithmetic
//! gate), number of public inputs.

use causeway_aggregation::domain::Domain;
use causeway_aggregation::{C, D, F, ProveError, prove};
use plonky2::field::types::{Field, PrimeField64};
use plonky2::fri::FriConfig;
use plonky2::fri::reduction_strategies::FriReductionStrategy;
use plonky2::hash::hash_types::{HashOut, HashOutTarget};
use plonky2::iop::witness::PartialWitness;
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::{CircuitConfig, CircuitData};
use plonky2::plonk::proof::ProofWithPublicInputs;

/// Hashes in the chain.
pub const LENGTH: usize = 3000;
const LINK: Domain = Domain::new("cw.link");

/// 20 queries at rate 1/16 and 16 bits of grinding: 94 bits, and three challenges.
fn config() -> CircuitConfig {
    CircuitConfig {
        num_challenges: 3,
        use_base_arithmetic_gate: false,
        security_bits: 90,
        fri_config: FriConfig {
            rate_bits: 4,
            cap_height: 4,
            proof_of_work_bits: 16,
            reduction_strategy: FriReductionStrategy::ConstantArityBits(4, 5),
            num_query_rounds: 20,
        },
        ..CircuitConfig::standard_recursion_config()
    }
}

/// Public inputs: start, end, length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashChainInputs {
    /// The first element of the chain.
    pub start: HashOut<F>,
    /// The last one.
    pub end: HashOut<F>,
    /// Hashes between them.
    pub length: u32,
}

impl HashChainInputs {
    /// Number of public inputs.
    pub const LEN: usize = 9;

    /// The inputs of the chain from `start`, hashed natively.
    pub fn compute(start: HashOut<F>) -> Self {
        let end = (0..LENGTH).fold(start, |hash, _| LINK.hash(&hash.elements));
        Self {
            start,
            end,
            length: LENGTH as u32,
        }
    }

    /// The field elements, in the circuit's order.
    pub fn to_vec(&self) -> Vec<F> {
        let length = F::from_canonical_u32(self.length);
        [&self.start.elements[..], &self.end.elements, &[length]].concat()
    }

    /// Reads them back; `None` unless there are [`Self::LEN`] and the length is a number of 32 bits.
    pub fn from_slice(inputs: &[F]) -> Option<Self> {
        let inputs: &[F; Self::LEN] = inputs.try_into().ok()?;
        let hash = |at: usize| HashOut {
            elements: [inputs[at], inputs[at + 1], inputs[at + 2], inputs[at + 3]],
        };
        let length = u32::try_from(inputs[8].to_canonical_u64()).ok()?;
        Some(Self {
            start: hash(0),
            end: hash(4),
            length,
        })
    }
}

/// Why a chain is not proven.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashChainError {
    /// The witness was not proven.
    #[error("the hash chain: {0}")]
    Prover(#[from] ProveError),
}

/// The circuit.
#[derive(Debug)]
pub struct HashChainProgram {
    data: CircuitData<F, C, D>,
    start: HashOutTarget,
}

impl HashChainProgram {
    /// Builds the circuit.
    pub fn build() -> Self {
        let mut builder = CircuitBuilder::<F, D>::new(config());
        let start = builder.add_virtual_hash();
        let mut hash = start;
        for _ in 0..LENGTH {
            hash = LINK.hash_target(&mut builder, &hash.elements);
        }
        let length = builder.constant(F::from_canonical_usize(LENGTH));
        builder.register_public_inputs(&start.elements);
        builder.register_public_inputs(&hash.elements);
        builder.register_public_input(length);
        Self {
            data: builder.build::<C>(),
            start,
        }
    }

    /// The circuit.
    pub const fn data(&self) -> &CircuitData<F, C, D> {
        &self.data
    }

    /// A prover's inputs.
    pub fn witness(&self, start: HashOut<F>) -> PartialWitness<F> {
        let mut witness = PartialWitness::new();
        for (target, value) in self.start.elements.into_iter().zip(start.elements) {
            witness.target_values.insert(target, value);
        }
        witness
    }

    /// Proves the chain from `start`.
    ///
    /// # Errors
    /// [`HashChainError::Prover`] if the witness is not proven.
    pub fn prove(&self, start: HashOut<F>) -> Result<ProofWithPublicInputs<F, C, D>, HashChainError> {
        Ok(prove(&self.data, &self.witness(start))?)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use causeway_aggregation::Security;
    use causeway_aggregation::check::Trace;
    use plonky2::field::types::Sample;
    use plonky2::iop::target::Target;

    use super::*;

    #[test]
    fn a_chain_is_proven_and_cannot_be_bent() {
        let program = HashChainProgram::build();
        assert_eq!(program.data.common.degree_bits(), 12);
        assert!(Security::of_circuit(&program.data.common).bits() > 90.0);
        let start = HashOut {
            elements: [1, 2, 3, 4].map(F::from_canonical_u64),
        };
        let inputs = HashChainInputs::compute(start);

        let witness = program.witness(start);
        let trace = Trace::honest(&program.data, &witness);
        assert_eq!(trace.violations(), vec![]);
        assert_eq!(HashChainInputs::from_slice(&trace.public_inputs()), Some(inputs));
        // Start, end and length as public, and a wire in mid-chain.
        let public = &program.data.prover_only.public_inputs;
        for target in [public[5], public[8], Target::wire(1500, 13)] {
            let trace = Trace::forged(&program.data, &witness, &[(target, F::rand())]);
            assert_ne!(trace.violations(), vec![], "{target:?}");
        }

        let proof = program.prove(start).unwrap();
        assert_eq!(proof.public_inputs, inputs.to_vec());
        program.data.verify(proof).unwrap();
    }
}
