//! The one place of every parameter that carries soundness in the layers of this crate.
//!
//! What each configuration is worth in bits is computed from the configuration itself by
//! [`crate::security`]; a unit test there holds every one of them to 100 bits.

use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::fri::FriConfig;
use plonky2::fri::reduction_strategies::FriReductionStrategy;
use plonky2::plonk::circuit_data::CircuitConfig;
use plonky2::plonk::config::PoseidonGoldilocksConfig;

/// The field of every circuit here: p = 2^64 - 2^32 + 1.
pub type F = GoldilocksField;
/// The hashes of every circuit here: Poseidon over Goldilocks for Merkle trees and transcript.
pub type C = PoseidonGoldilocksConfig;
/// Degree of the field extension from which the verifier draws its points.
pub const D: usize = 2;

/// Configuration of normalised proofs and tree nodes: cheap to prove, two of them fit one node.
///
/// Three challenges, because two leave the permutation argument at 2^13 rows with 89 bits. 27 queries at rate 1/8
/// are worth 80 bits and not 81, so grinding makes up 21; with 28 queries two proofs no longer fit a node.
pub fn standard_config() -> CircuitConfig {
    CircuitConfig {
        num_wires: 135,
        num_routed_wires: 80,
        num_constants: 2,
        use_base_arithmetic_gate: true,
        security_bits: 100,
        num_challenges: 3,
        zero_knowledge: false,
        max_quotient_degree_factor: 8,
        fri_config: FriConfig {
            rate_bits: 3,
            cap_height: 4,
            proof_of_work_bits: 21,
            reduction_strategy: FriReductionStrategy::ConstantArityBits(4, 5),
            num_query_rounds: 27,
        },
    }
}

/// Configuration of the closing proof, the only one that the BN254 layer verifies: a higher rate and fewer
/// queries, so that verifying it with 40 routed wires takes less than 2^12 rows there.
///
/// Rate 1/32 is the least for which that holds (3,740 rows; 4,200 at 1/16). Rate 1/128 would leave that layer no smaller and
/// cost four times as much to prove here.
pub fn closing_config() -> CircuitConfig {
    CircuitConfig {
        fri_config: FriConfig {
            rate_bits: 5,
            cap_height: 4,
            proof_of_work_bits: 18,
            reduction_strategy: FriReductionStrategy::ConstantArityBits(4, 5),
            num_query_rounds: 17,
        },
        ..standard_config()
    }
}
