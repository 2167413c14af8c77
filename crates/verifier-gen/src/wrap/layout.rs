//! What the wrap needs to know of a circuit, and what it refuses.

use std::ops::Range;

use plonky2::field::goldilocks_field::GoldilocksField;
use plonky2::field::types::PrimeField64;
use plonky2::plonk::circuit_data::CommonCircuitData;
use serde::{Deserialize, Serialize};

use super::gates::SupportedGate;
use crate::bn254::NUM_PUBLIC_INPUTS;

/// A circuit that the wrap cannot verify.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnsupportedCircuit {
    /// Hiding adds salts to leaves and blinding rows, which the wrap does not know.
    #[error("zero_knowledge is set: the wrap verifies circuits without it")]
    ZeroKnowledge,
    /// Public inputs stand for their own hash only if there are as many as a hash has elements.
    #[error("{found} public inputs: the wrap takes exactly {NUM_PUBLIC_INPUTS}")]
    PublicInputs {
        /// Number in the circuit.
        found: usize,
    },
    /// Lookups add polynomials and challenges.
    #[error("{tables} lookup tables: the wrap verifies circuits without lookups")]
    Lookups {
        /// Number in the circuit.
        tables: usize,
    },
    /// A gate whose constraints are not known here.
    #[error("gate {id} is not supported by the wrap")]
    Gate {
        /// plonky2's name of it.
        id: String,
    },
    /// A number that the constraints are not written for.
    #[error("{name} is {found}: the wrap takes {allowed:?}")]
    Parameter {
        /// plonky2's name of it.
        name: &'static str,
        /// Value in the circuit.
        found: usize,
        /// Values that are supported.
        allowed: Range<usize>,
    },
    /// plonky2's description of its selectors could not be read.
    #[error("the circuit's selectors cannot be read")]
    Selectors,
}

/// plonky2's `SelectorsInfo`, whose fields are private there but serialised.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Selectors {
    selector_indices: Vec<usize>,
    groups: Vec<Range<usize>>,
}

/// The shape of a circuit as the verifier uses it.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Gates in plonky2's order.
    pub gates: Vec<SupportedGate>,
    /// For each gate, its selector polynomial.
    pub selector_indices: Vec<usize>,
    /// For each selector polynomial, the gates that it selects.
    pub groups: Vec<Range<usize>>,
    /// Constant polynomials, selectors included.
    pub num_constants: usize,
    /// Wires.
    pub num_wires: usize,
    /// Wires in the permutation argument.
    pub num_routed_wires: usize,
    /// Independent challenges of the vanishing polynomial.
    pub num_challenges: usize,
    /// Partial products per challenge.
    pub num_partial_products: usize,
    /// Chunks of the quotient per challenge, and factors of a partial product.
    pub quotient_degree_factor: usize,
    /// Coset shifts of the permutation argument.
    pub k_is: Vec<u64>,
    /// Binary logarithm of the number of rows.
    pub degree_bits: usize,
    /// Binary logarithm of the inverse FRI rate.
    pub rate_bits: usize,
    /// Height of Merkle caps.
    pub cap_height: usize,
    /// Leading zeros of the grinding response.
    pub pow_bits: usize,
    /// FRI queries.
    pub num_queries: usize,
    /// Binary logarithm of the arity of each FRI reduction.
    pub arity_bits: Vec<usize>,
    /// What the transcript observes first: the FRI parameters.
    pub fri_parameters: Vec<u64>,
}

impl Layout {
    /// Reads a circuit's shape and refuses what the wrap does not handle.
    pub fn new(common: &CommonCircuitData<GoldilocksField, 2>) -> Result<Self, UnsupportedCircuit> {
        let config = &common.config;
        let fri = &common.fri_params;
        if config.zero_knowledge || fri.hiding {
            return Err(UnsupportedCircuit::ZeroKnowledge);
        }
        if common.num_public_inputs != NUM_PUBLIC_INPUTS {
            return Err(UnsupportedCircuit::PublicInputs {
                found: common.num_public_inputs,
            });
        }
        if !common.luts.is_empty() || common.num_lookup_polys != 0 || common.num_lookup_selectors != 0 {
            return Err(UnsupportedCircuit::Lookups {
                tables: common.luts.len(),
            });
        }
        let known = |gate| SupportedGate::from_gate(gate).ok_or(UnsupportedCircuit::Gate { id: gate.0.id() });
        let gates = common.gates.iter().map(known).collect::<Result<Vec<_>, _>>()?;
        let check = |name, found, allowed: Range<usize>| {
            let ok = allowed.contains(&found);
            if ok {
                Ok(())
            } else {
                Err(UnsupportedCircuit::Parameter { name, found, allowed })
            }
        };
        let pow_bits = fri.config.proof_of_work_bits as usize;
        // Query indices are cut from 32 low bits, and the response's zeros make it canonical.
        check("degree_bits + rate_bits", fri.lde_bits(), 1..33)?;
        check("proof_of_work_bits", pow_bits, 1..33)?;
        let reductions: usize = fri.reduction_arity_bits.iter().sum();
        check(
            "cap_height",
            fri.config.cap_height,
            0..fri.lde_bits() + 1 - reductions.min(fri.lde_bits()),
        )?;
        check("sum of reduction_arity_bits", reductions, 0..fri.degree_bits + 1)?;
        for &bits in &fri.reduction_arity_bits {
            check("reduction_arity_bits", bits, 1..5)?;
        }
        let selectors: Selectors = serde_json::to_vec(&common.selectors_info)
            .ok()
            .and_then(|json| serde_json::from_slice(&json).ok())
            .ok_or(UnsupportedCircuit::Selectors)?;
        // What follows walks these lists side by side: a short one would leave checks out.
        let selected = |(row, &group): (usize, &usize)| {
            selectors
                .groups
                .get(group)
                .is_some_and(|rows| rows.contains(&row))
        };
        if selectors.selector_indices.len() != gates.len()
            || !selectors.selector_indices.iter().enumerate().all(selected)
            || selectors.groups.iter().any(|rows| rows.end > gates.len())
            || selectors.groups.len() > common.num_constants
        {
            return Err(UnsupportedCircuit::Selectors);
        }
        let routed = config.num_routed_wires;
        check("num_routed_wires", routed, 1..config.num_wires + 1)?;
        check("num_challenges", config.num_challenges, 1..5)?;
        check("num_query_rounds", fri.config.num_query_rounds, 1..257)?;
        check("quotient_degree_factor", common.quotient_degree_factor, 2..65)?;
        check("k_is", common.k_is.len(), routed..routed + 1)?;
        let chunks = routed.div_ceil(common.quotient_degree_factor);
        check(
            "num_partial_products",
            common.num_partial_products,
            chunks - 1..chunks,
        )?;
        Ok(Self {
            gates,
            selector_indices: selectors.selector_indices,
            groups: selectors.groups,
            num_constants: common.num_constants,
            num_wires: config.num_wires,
            num_routed_wires: config.num_routed_wires,
            num_challenges: config.num_challenges,
            num_partial_products: common.num_partial_products,
            quotient_degree_factor: common.quotient_degree_factor,
            k_is: common.k_is.iter().map(PrimeField64::to_canonical_u64).collect(),
            degree_bits: fri.degree_bits,
            rate_bits: fri.config.rate_bits,
            cap_height: fri.config.cap_height,
            pow_bits,
            num_queries: fri.config.num_query_rounds,
            arity_bits: fri.reduction_arity_bits.clone(),
            fri_parameters: fri_parameters(common),
        })
    }

    /// Binary logarithm of the size of the evaluation domain.
    pub fn lde_bits(&self) -> usize {
        self.degree_bits + self.rate_bits
    }

    /// Coefficients of the last FRI polynomial.
    pub fn final_poly_len(&self) -> usize {
        1 << (self.degree_bits - self.arity_bits.iter().sum::<usize>())
    }

    /// Goldilocks values in a leaf of each of the four initial trees.
    pub fn leaf_lengths(&self) -> [usize; 4] {
        [
            self.num_constants + self.num_routed_wires,
            self.num_wires,
            self.num_challenges * (1 + self.num_partial_products),
            self.num_challenges * self.quotient_degree_factor,
        ]
    }
}

/// The values of `FriParams::observe`, in its order.
fn fri_parameters(common: &CommonCircuitData<GoldilocksField, 2>) -> Vec<u64> {
    let fri = &common.fri_params;
    let strategy: Vec<GoldilocksField> = fri.config.reduction_strategy.serialize();
    let mut values = vec![
        fri.config.rate_bits as u64,
        fri.config.cap_height as u64,
        u64::from(fri.config.proof_of_work_bits),
    ];
    values.extend(strategy.iter().map(PrimeField64::to_canonical_u64));
    values.extend([
        fri.config.num_query_rounds as u64,
        u64::from(fri.hiding),
        fri.degree_bits as u64,
    ]);
    values.extend(fri.reduction_arity_bits.iter().map(|&bits| bits as u64));
    values
}
