//! The last plonky2 layer: verifies one proof of a fixed shape under a constant key, over BN254.

use std::fmt;
use std::str::FromStr;

use causeway_aggregation::security::Fields;
use causeway_aggregation::{ProveError, Security, prove};
use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::field::types::Field;
use plonky2::fri::FriConfig;
use plonky2::fri::reduction_strategies::FriReductionStrategy;
use plonky2::hash::hash_types::HashOut;
use plonky2::hash::merkle_tree::MerkleCap;
use plonky2::iop::witness::{PartialWitness, WitnessWrite};
use plonky2::plonk::circuit_builder::CircuitBuilder;
use plonky2::plonk::circuit_data::{
    CircuitConfig, CircuitData, CommonCircuitData, VerifierCircuitTarget, VerifierOnlyCircuitData,
};
use plonky2::plonk::config::PoseidonGoldilocksConfig;
use plonky2::plonk::proof::{ProofWithPublicInputs, ProofWithPublicInputsTarget};

use crate::bn254::{Bn254Config, NUM_PUBLIC_INPUTS};
use crate::wrap::LastProof;

type F = GoldilocksField;
const D: usize = 2;

/// A proof that the last layer verifies.
pub type InnerProof = ProofWithPublicInputs<F, PoseidonGoldilocksConfig, D>;
/// Its verifying key.
pub type InnerKey = VerifierOnlyCircuitData<PoseidonGoldilocksConfig, D>;

/// Binary logarithm of the last layer's rows.
pub const DEGREE_BITS: usize = 12;

/// A choice of FRI parameters of the last layer. Each reaches 100 bits; they trade its own time for the wrap's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Profile {
    /// Least time for last layer and Groth16 together.
    Default,
    /// Fewest constraints, and a last layer that hashes four times as much: a domain of 2^20 holds it.
    Small,
    /// More queries, for whoever trusts proven bounds on FRI more than conjectured ones.
    Conservative,
}

impl Profile {
    /// All profiles.
    pub const ALL: [Self; 3] = [Self::Default, Self::Small, Self::Conservative];

    /// The configuration of the last layer.
    pub fn config(self) -> CircuitConfig {
        let (rate_bits, num_query_rounds, proof_of_work_bits) = match self {
            Self::Default => (4, 21, 18),
            Self::Small => (6, 14, 18),
            Self::Conservative => (5, 26, 20),
        };
        config(rate_bits, num_query_rounds, proof_of_work_bits)
    }
}

/// The last layer's configuration: few routed wires, since each is opened twice and costs factors of the permutation
/// argument, and three challenges, since the argument has 93 bits with two.
pub fn config(rate_bits: usize, num_query_rounds: usize, proof_of_work_bits: u32) -> CircuitConfig {
    CircuitConfig {
        num_wires: 135,
        num_routed_wires: 40,
        num_constants: 2,
        use_base_arithmetic_gate: true,
        security_bits: 100,
        num_challenges: 3,
        zero_knowledge: false,
        max_quotient_degree_factor: 8,
        fri_config: FriConfig {
            rate_bits,
            cap_height: 3,
            proof_of_work_bits,
            reduction_strategy: FriReductionStrategy::ConstantArityBits(3, 6),
            num_query_rounds,
        },
    }
}

/// The last layer's circuit for one inner key.
#[derive(Debug)]
pub struct LastCircuit {
    data: CircuitData<F, Bn254Config, D>,
    target: ProofWithPublicInputsTarget<D>,
}

/// Bits of security below which no last layer is built.
pub const LEAST_BITS: f64 = 100.0;

/// What a configuration of the last layer is worth.
pub fn security(config: &CircuitConfig) -> Security {
    Security::of(config, DEGREE_BITS, Fields::GOLDILOCKS_OVER_BN254)
}

/// Why the last layer cannot be built or proven.
#[derive(Debug, thiserror::Error)]
pub enum LastError {
    /// The configuration is worth too little.
    #[error("the configuration of the last layer is worth {bits:.1} bits, at least {LEAST_BITS} are needed")]
    Weak {
        /// What it is worth.
        bits: f64,
    },
    /// The inner circuit does not expose the four limbs of a statement digest.
    #[error("the inner circuit has {found} public inputs, the last layer takes {NUM_PUBLIC_INPUTS}")]
    PublicInputs {
        /// Number in the inner circuit.
        found: usize,
    },
    /// The circuit needs another number of rows than the one that the wrap is set up for.
    #[error("the last layer has 2^{found} rows, the wrap takes 2^{DEGREE_BITS}")]
    Degree {
        /// Binary logarithm of the rows.
        found: usize,
    },
    /// The inner proof does not verify, or plonky2 failed.
    #[error("the last layer: {0}")]
    Prove(#[from] ProveError),
    /// plonky2 made a proof that does not verify.
    #[error("the last layer's proof does not verify")]
    Invalid,
}

/// The constraints, where the inner proof goes, and where its constant key is.
fn constrain(
    config: CircuitConfig,
    inner: &CommonCircuitData<F, D>,
    key: &InnerKey,
) -> Result<
    (
        CircuitBuilder<F, D>,
        ProofWithPublicInputsTarget<D>,
        VerifierCircuitTarget,
    ),
    LastError,
> {
    let bits = security(&config).bits();
    if bits < LEAST_BITS {
        return Err(LastError::Weak { bits });
    }
    if inner.num_public_inputs != NUM_PUBLIC_INPUTS {
        return Err(LastError::PublicInputs {
            found: inner.num_public_inputs,
        });
    }
    let mut builder = CircuitBuilder::<F, D>::new(config);
    let target = builder.add_virtual_proof_with_pis(inner);
    let key = builder.constant_verifier_data(key);
    builder.verify_proof::<PoseidonGoldilocksConfig>(&target, &key, inner);
    builder.register_public_inputs(&target.public_inputs);
    Ok((builder, target, key))
}

/// What last layers for inner circuits of one shape have in common: all that the wrap depends on.
///
/// The inner key is a constant of the circuit and shows in its values, never in its shape. Any key would do here: this
/// one is made of different numbers, as a real one is, since equal constants would share a wire.
pub fn common_data(
    config: CircuitConfig,
    inner: &CommonCircuitData<F, D>,
) -> Result<CommonCircuitData<F, D>, LastError> {
    let mut numbers = (1u64 << 32..).map(F::from_canonical_u64);
    let mut hash = || HashOut {
        elements: std::array::from_fn(|_| numbers.next().unwrap_or_default()),
    };
    let cap = (0..inner.config.fri_config.num_cap_elements())
        .map(|_| hash())
        .collect();
    let key = InnerKey {
        constants_sigmas_cap: MerkleCap(cap),
        circuit_digest: hash(),
    };
    let (builder, _, _) = constrain(config, inner, &key)?;
    let common = builder.mock_build::<Bn254Config>().common;
    check_degree(&common)?;
    Ok(common)
}

fn check_degree(common: &CommonCircuitData<F, D>) -> Result<(), LastError> {
    let found = common.degree_bits();
    if found == DEGREE_BITS {
        Ok(())
    } else {
        Err(LastError::Degree { found })
    }
}

impl LastCircuit {
    /// Builds the circuit. The inner key is held as constants.
    pub fn new(
        config: CircuitConfig,
        inner: &CommonCircuitData<F, D>,
        key: &InnerKey,
    ) -> Result<Self, LastError> {
        let (builder, target, _) = constrain(config, inner, key)?;
        let data = builder.build::<Bn254Config>();
        check_degree(&data.common)?;
        Ok(Self { data, target })
    }

    /// The circuit's data.
    pub fn data(&self) -> &CircuitData<F, Bn254Config, D> {
        &self.data
    }

    /// A prover's inputs.
    ///
    /// # Errors
    /// [`ProveError::Assignment`] if plonky2 cannot assign the proof.
    ///
    /// # Panics
    /// plonky2 panics on a proof whose parts have other lengths than its circuit prescribes.
    pub fn witness(&self, inner: &InnerProof) -> Result<PartialWitness<F>, ProveError> {
        let mut witness = PartialWitness::new();
        witness
            .set_proof_with_pis_target(&self.target, inner)
            .map_err(|_| ProveError::Assignment)?;
        Ok(witness)
    }

    /// Proves that an inner proof of the right shape verifies. The result is verified before it is returned.
    pub(crate) fn prove(&self, inner: &InnerProof) -> Result<LastProof, LastError> {
        let proof = prove(&self.data, &self.witness(inner)?)?;
        self.data.verify(proof.clone()).map_err(|_| LastError::Invalid)?;
        Ok(proof)
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "default",
            Self::Small => "small",
            Self::Conservative => "conservative",
        })
    }
}

/// No profile has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no profile is called {name}: there are default, small and conservative")]
pub struct UnknownProfile {
    /// The name given.
    pub name: String,
}

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, UnknownProfile> {
        let known = Self::ALL.into_iter().find(|profile| profile.to_string() == name);
        known.ok_or_else(|| UnknownProfile {
            name: name.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use causeway_aggregation::Shape;
    use causeway_aggregation::check::Trace;
    use plonky2::iop::target::Target;

    use super::*;

    /// "The first public input is five", and a circuit of equal shape that takes any: key, and a proof with `input`.
    fn inner(scale: F, input: u64) -> (InnerKey, InnerProof) {
        let mut builder = Shape::Closing.builder();
        let inputs: [Target; NUM_PUBLIC_INPUTS] = builder.add_virtual_public_input_arr();
        let five = builder.constant(F::from_canonical_u64(5));
        let difference = builder.sub(inputs[0], five);
        let scaled = builder.mul_const(scale, difference);
        builder.assert_zero(scaled);
        let data = Shape::Closing.build(builder).unwrap().data;
        let mut witness = PartialWitness::new();
        witness
            .set_target_arr(&inputs, &[input, 2, 3, 4].map(F::from_canonical_u64))
            .unwrap();
        let proof = data.prove(witness).unwrap();
        (data.verifier_only, proof)
    }

    #[test]
    fn the_key_is_constant_and_the_inner_public_inputs_are_exposed() {
        let common = Shape::Closing.common();
        let (pinned_key, pinned) = inner(F::ONE, 5);
        let (free_key, free) = inner(F::ZERO, 6);
        assert_ne!(pinned_key, free_key);
        let (builder, target, key) = constrain(Profile::Default.config(), common, &pinned_key).unwrap();
        let data = builder.build::<Bn254Config>();
        let witness = |inner: &InnerProof| {
            let mut witness = PartialWitness::new();
            witness.set_proof_with_pis_target(&target, inner).unwrap();
            witness
        };
        let (honest, other) = (witness(&pinned), witness(&free));

        let trace = Trace::honest(&data, &honest);
        assert_eq!(trace.violations(), vec![]);
        assert_eq!(trace.public_inputs(), pinned.public_inputs);
        for forged in target.public_inputs.iter().map(|&input| (input, F::ZERO)) {
            assert_ne!(Trace::forged(&data, &honest, &[forged]).violations(), vec![]);
        }

        // A valid proof of another circuit, under the constant key and under its own.
        assert_ne!(Trace::honest(&data, &other).violations(), vec![]);
        let caps = key
            .constants_sigmas_cap
            .0
            .iter()
            .zip(&free_key.constants_sigmas_cap.0);
        let swapped: Vec<_> = caps
            .chain([(&key.circuit_digest, &free_key.circuit_digest)])
            .flat_map(|(target, hash)| target.elements.into_iter().zip(hash.elements))
            .collect();
        assert_ne!(Trace::forged(&data, &other, &swapped).violations(), vec![]);
    }

    #[test]
    fn weak_configurations_are_refused() {
        let mut few_challenges = Profile::Default.config();
        few_challenges.num_challenges = 2;
        for weak in [config(4, 20, 18), config(4, 21, 17), few_challenges] {
            let worth = security(&weak).bits();
            let error = common_data(weak, Shape::Closing.common()).unwrap_err();
            assert!(
                matches!(error, LastError::Weak { bits } if bits == worth && bits < LEAST_BITS),
                "{error}"
            );
        }
    }
}
