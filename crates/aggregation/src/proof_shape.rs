//! Checks that a proof from outside has every length its circuit prescribes.
//!
//! plonky2's own verifier takes logarithms of cap sizes and indexes the folding challenges by what the proof brings,
//! hence panics on some malformed proofs. Nothing here is handed to it, or to a witness, unchecked.

use plonky2::fri::proof::FriProof;
use plonky2::hash::merkle_tree::MerkleCap;
use plonky2::plonk::circuit_data::{CommonCircuitData, VerifierOnlyCircuitData};
use plonky2::plonk::config::{GenericConfig, Hasher};
use plonky2::plonk::proof::{OpeningSet, ProofWithPublicInputs};

use crate::config::{D, F};

/// Where a proof or key departs from the shape of its circuit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{part} has {got} elements where the circuit has {expected}")]
pub struct ProofShapeError {
    /// What has the wrong length.
    pub part: &'static str,
    /// The length it has.
    pub got: usize,
    /// The length it must have.
    pub expected: usize,
}

fn length(part: &'static str, got: usize, expected: usize) -> Result<(), ProofShapeError> {
    if got == expected {
        Ok(())
    } else {
        Err(ProofShapeError { part, got, expected })
    }
}

/// Lengths of the four kinds of Merkle leaf (constants and sigmas, wires, products, quotient) of a circuit that
/// neither hides nor looks up.
pub(crate) fn leaf_lengths(common: &CommonCircuitData<F, D>) -> [usize; 4] {
    let config = &common.config;
    [
        common.num_constants + config.num_routed_wires,
        config.num_wires,
        config.num_challenges * (1 + common.num_partial_products),
        config.num_challenges * common.quotient_degree_factor,
    ]
}

/// Checks the length of a verifying key's cap.
///
/// # Errors
/// The part that is wrong.
pub fn check_key<InC: GenericConfig<D, F = F>>(
    key: &VerifierOnlyCircuitData<InC, D>,
    common: &CommonCircuitData<F, D>,
) -> Result<(), ProofShapeError> {
    cap("constants_sigmas_cap", &key.constants_sigmas_cap, common)
}

/// Checks every length of a proof of a circuit without lookups and without hiding.
///
/// # Errors
/// The first part that is wrong.
pub fn check_proof<InC: GenericConfig<D, F = F>>(
    proof: &ProofWithPublicInputs<F, InC, D>,
    common: &CommonCircuitData<F, D>,
) -> Result<(), ProofShapeError> {
    length(
        "public_inputs",
        proof.public_inputs.len(),
        common.num_public_inputs,
    )?;
    let proof = &proof.proof;
    cap("wires_cap", &proof.wires_cap, common)?;
    cap(
        "plonk_zs_partial_products_cap",
        &proof.plonk_zs_partial_products_cap,
        common,
    )?;
    cap("quotient_polys_cap", &proof.quotient_polys_cap, common)?;
    openings(&proof.openings, common)?;
    fri::<InC>(&proof.opening_proof, common)
}

fn cap<H: Hasher<F>>(
    part: &'static str,
    cap: &MerkleCap<F, H>,
    common: &CommonCircuitData<F, D>,
) -> Result<(), ProofShapeError> {
    length(part, cap.0.len(), 1 << common.config.fri_config.cap_height)
}

fn openings(openings: &OpeningSet<F, D>, common: &CommonCircuitData<F, D>) -> Result<(), ProofShapeError> {
    let (config, challenges) = (&common.config, common.config.num_challenges);
    length("constants", openings.constants.len(), common.num_constants)?;
    length(
        "plonk_sigmas",
        openings.plonk_sigmas.len(),
        config.num_routed_wires,
    )?;
    length("wires", openings.wires.len(), config.num_wires)?;
    length("plonk_zs", openings.plonk_zs.len(), challenges)?;
    length("plonk_zs_next", openings.plonk_zs_next.len(), challenges)?;
    length(
        "partial_products",
        openings.partial_products.len(),
        challenges * common.num_partial_products,
    )?;
    length(
        "quotient_polys",
        openings.quotient_polys.len(),
        challenges * common.quotient_degree_factor,
    )?;
    length("lookup_zs", openings.lookup_zs.len(), 0)?;
    length("lookup_zs_next", openings.lookup_zs_next.len(), 0)
}

fn fri<InC: GenericConfig<D, F = F>>(
    proof: &FriProof<F, InC::Hasher, D>,
    common: &CommonCircuitData<F, D>,
) -> Result<(), ProofShapeError> {
    let params = &common.fri_params;
    let cap_height = params.config.cap_height;
    length(
        "commit_phase_merkle_caps",
        proof.commit_phase_merkle_caps.len(),
        params.reduction_arity_bits.len(),
    )?;
    for folded in &proof.commit_phase_merkle_caps {
        cap("commit_phase_merkle_cap", folded, common)?;
    }
    length(
        "final_poly",
        proof.final_poly.coeffs.len(),
        params.final_poly_len(),
    )?;
    length(
        "query_round_proofs",
        proof.query_round_proofs.len(),
        params.config.num_query_rounds,
    )?;
    for round in &proof.query_round_proofs {
        let oracles = &round.initial_trees_proof.evals_proofs;
        let leaves = leaf_lengths(common);
        length("initial_trees_proof", oracles.len(), leaves.len())?;
        for ((leaf, path), expected) in oracles.iter().zip(leaves) {
            length("initial leaf", leaf.len(), expected)?;
            length(
                "initial path",
                path.siblings.len(),
                params.lde_bits() - cap_height,
            )?;
        }
        length("steps", round.steps.len(), params.reduction_arity_bits.len())?;
        let mut bits = params.lde_bits();
        for (step, arity_bits) in round.steps.iter().zip(&params.reduction_arity_bits) {
            bits -= arity_bits;
            length("step evals", step.evals.len(), 1 << arity_bits)?;
            length("step path", step.merkle_proof.siblings.len(), bits - cap_height)?;
        }
    }
    Ok(())
}
